"""Which reader takes which file: the one table of formats that can be imported."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import BinaryIO

from geo.text import Text
from service.adapters.files.districts import read_districts
from service.adapters.files.requests import read_restrictions, read_zones
from service.adapters.files.roads import read_road_features, read_road_table
from service.adapters.files.runways import read_runways
from service.domain.errors import Malformed, Problem
from service.domain.importing import ImportKind
from service.usecases.context import Context
from service.usecases.imports import Item

Reader = Callable[[BinaryIO, str | None, Context], Iterator[Item]]
READERS: Mapping[tuple[ImportKind, str], Reader] = {
    (ImportKind.roads, ".csv"): read_road_table,
    (ImportKind.roads, ".json"): read_road_features,
    (ImportKind.districts, ".json"): read_districts,
    (ImportKind.zones, ".json"): read_zones,
    (ImportKind.restrictions, ".json"): read_restrictions,
    (ImportKind.runways, ".csv"): read_runways,
}


def read(
    kind: ImportKind, stream: BinaryIO, file_name: str, crs: str | None, ctx: Context
) -> Iterator[Item]:
    """The items of a file, checked one by one; Malformed when it cannot be read as a whole.

    `crs` is what the sender declares; needed where the format does not state it.
    """
    suffix = PurePath(file_name).suffix.lower().replace(".geojson", ".json")
    reader = READERS.get((kind, suffix))
    if reader is None:
        known = ", ".join(ending for of, ending in READERS if of is kind)
        words = Text(
            f"{kind.title.zh}不能从 {suffix or file_name} 导入(可用:{known})",
            f"{kind.title.en} are not read from {suffix or file_name} (known: {known})",
        )
        raise Malformed([Problem("/file", "format_unknown", words)])
    return reader(stream, crs, ctx)
