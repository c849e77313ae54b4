"""What is shown of places, as one GeoJSON FeatureCollection for other programs."""

import json
from collections.abc import Iterable
from typing import Any

from service.wire.common import Output

_NOT_PROPERTIES = frozenset({"id", "geometry", "crs", "declared", "allowed_actions"})


def feature_collection(shown: Iterable[Output]) -> str:
    """The collection of what each has beside its geometry; positions are canonical."""
    features = [_feature(item.model_dump(mode="json", by_alias=True)) for item in shown]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _feature(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": item["id"],
        "geometry": item["geometry"],
        "properties": {name: item[name] for name in item if name not in _NOT_PROPERTIES},
    }
