"""Which reader takes which file: the one table of formats that can be imported.

Reference data are read as items, recordings of vehicles as fixes.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import BinaryIO

from geo.text import Text
from service.adapters.files.districts import read_districts
from service.adapters.files.rails import read_rails
from service.adapters.files.requests import read_restrictions, read_zones
from service.adapters.files.roads import read_road_features, read_road_table
from service.adapters.files.runways import read_runways
from service.adapters.files.tracks import READERS as RECORDINGS
from service.adapters.files.tracks import read_recording
from service.domain.errors import Malformed, Problem
from service.domain.importing import ImportKind
from service.usecases.context import Context
from service.usecases.import_telemetry import Recorded, Told
from service.usecases.imports import Items

Reader = Callable[[BinaryIO, str | None, Context], Items]
CSV, GEOJSON = (".csv",), (".geojson", ".json")
READERS: Mapping[ImportKind, Mapping[tuple[str, ...], Reader]] = {
    ImportKind.roads: {CSV: read_road_table, GEOJSON: read_road_features},
    ImportKind.districts: {GEOJSON: read_districts},
    ImportKind.zones: {GEOJSON: read_zones},
    ImportKind.restrictions: {GEOJSON: read_restrictions},
    ImportKind.runways: {CSV: read_runways},
    ImportKind.rail: {GEOJSON: read_rails},
}


def read(
    kind: ImportKind, stream: BinaryIO, file_name: str, crs: str | None, ctx: Context
) -> Items:
    """The items of a file, checked one by one; Malformed when it cannot be read as a whole.

    `crs` is what the sender declares; needed where the format does not state it.
    """
    suffix = PurePath(file_name).suffix.lower()
    if kind is ImportKind.telemetry:
        raise Malformed([Problem("/as", "vehicle_required", _WHOSE)])
    for endings, reader in READERS[kind].items():
        if suffix in endings:
            return reader(stream, crs, ctx)
    raise _unknown(kind, file_name)


def read_telemetry(stream: BinaryIO, file_name: str, told: Told, ctx: Context) -> Recorded:
    """What a flight log or track holds; Malformed when it cannot be read as a whole."""
    if PurePath(file_name).suffix.lower() not in RECORDINGS:
        raise _unknown(ImportKind.telemetry, file_name)
    return read_recording(stream, file_name, told, ctx)


def formats() -> str:
    """Every kind with the endings of the files that it is read from."""
    endings = {
        **{kind: [one for some in readers for one in some] for kind, readers in READERS.items()},
        ImportKind.telemetry: list(RECORDINGS),
    }
    return "; ".join(f"{kind} {', '.join(known)}" for kind, known in endings.items())


def _unknown(kind: ImportKind, file_name: str) -> Malformed:
    named, known = PurePath(file_name).suffix.lower() or file_name, formats()
    words = Text(
        f"{kind.title.zh}不能从 {named} 导入；可读取：{known}",
        f"{kind.title.en} are not read from {named}; what is read: {known}",
    )
    return Malformed([Problem("/file", "format_unknown", words)])


_WHOSE = Text(
    "遥测文件须说明车辆与许可：POST /v1/imports/telemetry",
    "A recording needs its vehicle and permit: POST /v1/imports/telemetry",
)
