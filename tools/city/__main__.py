"""Writes the drawn city into fixtures/, one feature a line."""

import json
from collections.abc import Iterable
from pathlib import Path

from tools.city.curves import lonlat
from tools.city.districts import districts
from tools.city.places import restrictions, zones
from tools.city.roads import Stretch, network

FIXTURES = Path(__file__).parents[2] / "fixtures"


def files() -> dict[str, str]:
    """The content of each file by its name."""
    return {
        "roads.geojson": _collection(map(_road, network())),
        "districts.geojson": _collection(
            {
                "type": "Feature",
                "properties": {"code": code, "name": {"zh": zh, "en": en}},
                "geometry": {"type": "Polygon", "coordinates": [list(map(lonlat, ring))]},
            }
            for code, zh, en, ring in districts()
        ),
        "zones.geojson": _collection(zones()),
        "restrictions.geojson": _collection(restrictions()),
    }


def _road(road: Stretch) -> dict[str, object]:
    zh, en = road.name
    return {
        "type": "Feature",
        "id": road.id,
        "properties": {
            "name": {"zh": zh, "en": en},
            "road_class": road.road_class,
            "lanes": road.lanes,
            "bridge": road.level > 0,
            "tunnel": road.level < 0,
        },
        "geometry": {"type": "LineString", "coordinates": list(map(lonlat, road.line))},
    }


def _collection(features: Iterable[dict[str, object]]) -> str:
    head = {"type": "FeatureCollection", "crs": "EPSG:4490", "schematic": True, "approximate": True}
    opening = json.dumps(head)[:-1]
    lines = (json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{opening}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


if __name__ == "__main__":
    for name, content in files().items():
        FIXTURES.joinpath(name).write_text(content, encoding="utf-8")
