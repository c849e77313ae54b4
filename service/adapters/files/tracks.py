"""Which reader takes which recording: flight logs and tracks, for usecases/import_telemetry."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import BinaryIO

from service.adapters.files.tracks_csv import read_log
from service.adapters.files.tracks_geojson import crs_of, load, read_geojson
from service.adapters.files.tracks_gpx import read_gpx
from service.adapters.files.tracks_kml import read_kml
from service.adapters.files.tracks_rid import COLUMNS, read_locations
from service.adapters.files.tracks_sheet import Sheet
from service.adapters.files.tracks_srt import read_srt
from service.adapters.files.tracks_table import read_table
from service.domain.recording import Fix
from service.usecases.context import Context
from service.usecases.import_telemetry import Recorded, Told

_CHUNK = 1 << 20
Reader = Callable[[BinaryIO, Sheet], tuple[Iterable[Fix], str]]


def read_recording(stream: BinaryIO, file_name: str, told: Told, ctx: Context) -> Recorded:
    """The fixes of a file whose ending is one of `READERS`, read as they are asked for.

    Malformed when it cannot be read as a whole, at once or where it goes wrong. The file is read
    twice, first for its digest.
    """
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    sheet = Sheet(told, ctx.frame.zone, ctx.frame.extent)
    fixes, crs = READERS[PurePath(file_name).suffix.lower()](stream, sheet)
    return Recorded(fixes, crs, digest.hexdigest(), told, sheet.remarks)


def _table(stream: BinaryIO, sheet: Sheet) -> tuple[Iterable[Fix], str]:
    table = read_table(stream)
    if COLUMNS.issubset(table.header):
        return read_locations(table.rows, sheet), sheet.wgs84()
    return read_log(table.rows, table.header, sheet), sheet.wgs84()


def _geojson(stream: BinaryIO, sheet: Sheet) -> tuple[Iterable[Fix], str]:
    file = load(stream)
    return read_geojson(file, sheet), crs_of(file, sheet)


READERS: Mapping[str, Reader] = {
    ".csv": _table,
    ".geojson": _geojson,
    ".json": _geojson,
    ".gpx": lambda stream, sheet: (read_gpx(stream, sheet), sheet.wgs84()),
    ".kml": lambda stream, sheet: (read_kml(stream, sheet), sheet.wgs84()),
    ".srt": lambda stream, sheet: (read_srt(stream, sheet), sheet.wgs84()),
}
