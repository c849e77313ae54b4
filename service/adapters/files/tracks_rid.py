"""Location messages of ASTM F3411 remote identification as a table, one message a row.

The message tells the tenths of a second since the full hour and no date, so the hour is that of its
reception. Its reserved values mean unknown: -1000 m, 255 m/s, 0/0, accuracy code 0.
"""

from collections.abc import Iterator, Sequence

from geo.altitude import Reference
from service.adapters.files.tables import Row
from service.adapters.files.tracks_sheet import Sheet, number
from service.domain.recording import Fix

COLUMNS = frozenset({"lat", "lon", "time_in_hour_s"})
_CAPTURE = ("capture_unix_s", "capture_unix_ms")
_NO_HEIGHT_M = -1000.0
_NO_SPEED_MPS = 255.0
_HOUR_S = 3600.0
_ACCURACY_M: Sequence[float | None] = (
    None, 18520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0
)  # fmt: skip
"""Horizontal accuracy by its code, 95 %."""


def read_locations(rows: Iterator[Row], sheet: Sheet) -> Iterator[Fix]:
    """The position of every message."""
    for row in rows:
        if row.problem is not None:
            sheet.remarks.say(row.problem.code, *row.problem.message, row.line)
            continue
        at = sheet.position(row.fields["lon"], row.fields["lat"], row.line)
        if at is not None:
            speed = _told(row, "speed_m_s")
            yield Fix(
                0, row.line, *at, _time(sheet, row), *_height(sheet, row),
                None if speed is None or not 0 <= speed < _NO_SPEED_MPS else speed,
                _accuracy_m(row),
            )  # fmt: skip


def _told(row: Row, column: str) -> float | None:
    return number(row.fields.get(column, ""))


def _time(sheet: Sheet, row: Row) -> float | None:
    """The time of the message in the hour nearest to its reception."""
    told = next((name for name in _CAPTURE if name in row.fields), None)
    captured = None if told is None else _told(row, told)
    if captured is not None:
        captured = sheet.epoch(captured, row.line)
    elif sheet.told.started_at is not None:
        captured = sheet.told.started_at.timestamp()
    in_hour = _told(row, "time_in_hour_s")
    if captured is None or in_hour is None or not 0 <= in_hour <= _HOUR_S:
        return captured
    hours = round((captured - in_hour) / _HOUR_S)
    return hours * _HOUR_S + in_hour


def _height(sheet: Sheet, row: Row) -> tuple[float | None, Reference | None]:
    """Above the ellipsoid where that is told; else above ground, or take-off; pressure is none."""
    geodetic_m, height_m = _told(row, "geodetic_alt_m"), _told(row, "height_m")
    if geodetic_m is not None and geodetic_m > _NO_HEIGHT_M:
        return geodetic_m, Reference.WGS84
    zh, en = "大地高 -1000 表示未知", "A geodetic altitude of -1000 m means unknown"
    sheet.remarks.say("altitude_unknown", zh, en, row.line)
    if height_m is None or height_m <= _NO_HEIGHT_M:
        return None, None
    above_ground = row.fields.get("height_type") == "ground"
    return sheet.height(height_m, Reference.AGL if above_ground else None, row.line)


def _accuracy_m(row: Row) -> float | None:
    code = _told(row, "hacc_code")
    return _ACCURACY_M[int(code)] if code is not None and 0 <= code < len(_ACCURACY_M) else None
