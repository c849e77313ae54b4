"""Flight logs as tables: Airdata, DJI flight records, and plain tables of positions with times.

Columns are told by their names; units stand in the names and are converted. Row by row, so that a
log of any length can be read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from geo.altitude import Reference
from geo.text import Text
from service.adapters.files.tables import Row
from service.adapters.files.tracks_sheet import METRES, MPS, Sheet, number
from service.domain.errors import Malformed, Problem
from service.domain.recording import Fix

_NAME = re.compile(r"\s*([^(\[]*?)\s*(?:[(\[]\s*([^)\]]*?)\s*[)\]])?\s*")
_LON = ("longitude", "osd.longitude", "lon", "lng", "long", "x")
_LAT = ("latitude", "osd.latitude", "lat", "y")
_STAMP = ("datetime", "timestamp", "time_utc", "utc", "time", "t")
_ELAPSED = ("time", "osd.flytime")
_DAY, _CLOCK = "custom.date", "custom.updatetime"
_ABOVE_SEA = ("altitude_above_sealevel", "osd.altitude", "altitude_amsl", "elevation", "ele")
_ABOVE_GROUND = ("height_above_ground_at_drone_location",)
_UNREFERENCED = ("height_above_takeoff", "osd.height", "altitude", "alt", "height")
_SPEED = ("speed", "osd.hspeed", "ground_speed")
_SECONDS = {"millisecond": 1e-3, "milliseconds": 1e-3, "ms": 1e-3, "second": 1.0, "s": 1.0}
_KIND = {"m": "height", "m/s": "speed"}
_CLOCKS = ("%I:%M:%S.%f %p", "%I:%M:%S %p", "%H:%M:%S.%f", "%H:%M:%S")
_DAYS = ("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d")


class Column(NamedTuple):
    """A column by the name and the unit that its header has, both in small letters."""

    header: str
    name: str
    unit: str


def columns_of(header: Sequence[str]) -> Mapping[str, Column]:
    """The columns by name; where two have a name, by name and unit as well."""
    found: dict[str, Column] = {}
    for written in header:
        parts = _NAME.fullmatch(written)
        if parts is not None:
            name, unit = parts[1].lower(), (parts[2] or "").lower()
            column = Column(written, name, unit)
            found.setdefault(name, column)
            found[f"{name} {unit}"] = column
    return found


def read_log(rows: Iterator[Row], header: Sequence[str], sheet: Sheet) -> Iterator[Fix]:
    """The position of every row; Malformed when no column says where."""
    columns = columns_of(header)
    lon, lat = _first(columns, _LON), _first(columns, _LAT)
    if lon is None or lat is None:
        words = Text("表头没有经纬度列", "The header has no columns of longitude and latitude")
        raise Malformed([Problem("/file", "columns_missing", words)])
    time, height, speed = (
        _timer(columns, sheet),
        _Heights.of(columns, sheet),
        _speeds(columns, sheet),
    )
    for row in rows:
        if row.problem is not None:
            sheet.remarks.say(row.problem.code, *row.problem.message, row.line)
            continue
        fields = row.fields
        at = sheet.position(fields[lon.header], fields[lat.header], row.line)
        if at is not None:
            height_m, reference = height.of_row(row)
            yield Fix(0, row.line, *at, time(row), height_m, reference, speed(fields))


def _first(columns: Mapping[str, Column], names: Sequence[str]) -> Column | None:
    return next((columns[name] for name in names if name in columns), None)


# times

Timer = Callable[[Row], float | None]


def _timer(columns: Mapping[str, Column], sheet: Sheet) -> Timer:
    """How a row tells its time: by a clock, by what has elapsed since, or by both."""
    clock = _clock(columns, sheet)
    counted = (f"{name} {unit}" for name in _ELAPSED for unit in _SECONDS)
    elapsed = _first(columns, tuple(counted))
    if elapsed is None:
        return clock
    return _Counted(clock, elapsed.header, _SECONDS[elapsed.unit], sheet)


def _clock(columns: Mapping[str, Column], sheet: Sheet) -> Timer:
    day, clock = columns.get(_DAY), columns.get(_CLOCK)
    if day is not None and clock is not None:
        local = day.unit != "utc"
        return lambda row: _of_parts(
            sheet, row.fields[day.header], row.fields[clock.header], row.line, local
        )
    stamps = [columns[name] for name in _STAMP if name in columns]
    stamp = next((column for column in stamps if column.unit not in _SECONDS), None)
    utc = columns.get("datetime utc", stamp)
    if utc is None:
        return lambda row: None
    local = utc.unit != "utc" and "utc" not in utc.name
    return lambda row: _of_stamp(sheet, row.fields[utc.header], row.line, local)


def _of_stamp(sheet: Sheet, text: str, line: int, local: bool) -> float | None:
    count = number(text)
    return sheet.time(text, line, local=local) if count is None else sheet.epoch(count, line)


def _of_parts(sheet: Sheet, day: str, clock: str, line: int, local: bool) -> float | None:
    for form in (f"{a} {b}" for a in _DAYS for b in _CLOCKS):
        try:
            at = datetime.strptime(f"{day.strip()} {clock.strip()}", form)  # noqa: DTZ007
        except ValueError:
            continue
        if form.startswith("%m"):
            zh, en = "日期按 月/日/年 读取", "Dates are read as month/day/year"
            sheet.remarks.say("date_order", zh, en, line)
        return sheet.moment(at, line, local=local)
    return sheet.time(f"{day} {clock}", line, local=local) if day.strip() else None


@dataclass
class _Counted:
    """Times to the millisecond: a clock that shows seconds, read once, and what has elapsed since.

    Without clock they count from the start that the sender states.
    """

    clock: Timer
    header: str
    unit_s: float
    sheet: Sheet
    start_s: float | None = None

    def __call__(self, row: Row) -> float | None:
        """The time of a row."""
        count = number(row.fields[self.header])
        if count is None:
            return self.clock(row)
        elapsed_s = count * self.unit_s
        if self.start_s is None:
            shown_s = self.clock(row)
            if shown_s is None:
                return self._from_stated(elapsed_s, row.line)
            self.start_s = shown_s - elapsed_s
        return self.start_s + elapsed_s

    def _from_stated(self, elapsed_s: float, line: int) -> float | None:
        start = self.sheet.told.started_at
        if start is None or self.sheet.told.ended_at is not None:
            return None
        zh, en = "时间由声明的起点推算", "Times count from the start that was stated"
        self.sheet.remarks.say("time_from_start", zh, en, line)
        return start.timestamp() + elapsed_s


# heights and speeds

Speed = Callable[[Mapping[str, str]], float | None]


@dataclass(frozen=True)
class _Heights:
    """The column that says how high, in what unit, above what."""

    sheet: Sheet
    header: str | None = None
    unit_m: float = 1.0
    reference: Reference | None = None

    @classmethod
    def of(cls, columns: Mapping[str, Column], sheet: Sheet) -> "_Heights":
        """The best that the table has: above sea level, else what the sender says it is above."""
        for names, reference in (
            (_ABOVE_SEA, Reference.AMSL),
            (_UNREFERENCED, None),
            (_ABOVE_GROUND, Reference.AGL),
        ):
            column = _first(columns, names)
            if column is not None:
                if column.unit not in METRES:
                    zh, en = f"高度单位 {column.unit} 未知", f"Heights in {column.unit} are unknown"
                    raise Malformed([Problem("/file", "unit_unknown", Text(zh, en))])
                _say_unit(sheet, column, "m")
                return cls(sheet, column.header, METRES[column.unit], reference)
        return cls(sheet)

    def of_row(self, row: Row) -> tuple[float | None, Reference | None]:
        """The height of a row in metres, and its reference."""
        if self.header is None:
            return None, None
        told = number(row.fields[self.header])
        if told is None:
            return None, None
        reference = self.reference and self.sheet.customary(self.reference, row.line)
        return self.sheet.height(told * self.unit_m, reference, row.line)


def _speeds(columns: Mapping[str, Column], sheet: Sheet) -> Speed:
    """How fast a row says it was, in metres per second."""
    column = _first(columns, _SPEED)
    if column is None or column.unit not in MPS:
        return lambda fields: None
    _say_unit(sheet, column, "m/s")
    header, unit_mps = column.header, MPS[column.unit]

    def speed(fields: Mapping[str, str]) -> float | None:
        told = number(fields[header])
        return None if told is None or told < 0 else told * unit_mps

    return speed


def _say_unit(sheet: Sheet, column: Column, si: str) -> None:
    if not column.unit:
        zh, en = f"{column.name} 未写单位，按 {si} 计", f"{column.name} has no unit: {si} assumed"
        sheet.remarks.say(f"unit_assumed_{_KIND[si]}", zh, en)
    elif column.unit not in ("m", "m/s"):
        name, unit = column.name[:60], column.unit
        zh, en = f"{name} 由 {unit} 换算", f"{name} is converted from {unit}"
        sheet.remarks.say(f"unit_converted_{_KIND[si]}", zh, en)
