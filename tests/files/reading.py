"""Files in memory, read as the registry reads them."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from service.adapters.files.reading import read
from service.domain.errors import Malformed
from service.domain.importing import ImportKind
from service.usecases.imports import Item
from tests.surroundings import a_context

CONTEXT = a_context()
LINE = {"type": "LineString", "coordinates": [[104.06, 30.60], [104.07, 30.60]]}
SQUARE = [[104.0, 30.6], [104.1, 30.6], [104.1, 30.7], [104.0, 30.7], [104.0, 30.6]]


def items_of(
    kind: ImportKind, content: str | bytes, suffix: str, crs: str | None = "EPSG:4490"
) -> list[Item]:
    """What is read of a file with that content."""
    raw = content.encode() if isinstance(content, str) else content
    return list(read(kind, BytesIO(raw), f"file{suffix}", crs, CONTEXT))


def codes(item: Item) -> list[tuple[str, str]]:
    """The pointer and code of everything said of an item."""
    return [(note.pointer, note.code) for note in item.notes]


def defects(refused: Malformed) -> list[tuple[str, str]]:
    """The pointer and code of everything wrong with a file."""
    return [(problem.pointer, problem.code) for problem in refused.problems]


def a_collection(*features: object, **members: object) -> str:
    """A GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", **members, "features": features})


def a_feature(
    geometry: Mapping[str, Any] | None, key: object = None, **properties: object
) -> dict[str, object]:
    """A GeoJSON feature."""
    return {"type": "Feature", "id": key, "properties": properties, "geometry": geometry}


def a_polygon(*rings: list[list[float]]) -> dict[str, object]:
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": rings or [SQUARE]}
