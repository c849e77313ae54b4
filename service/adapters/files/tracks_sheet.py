"""What the readers of recordings share: numbers, times and heights as devices write them.

A reader never guesses in silence: what it takes to be so is said once in the remarks of the file.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from geo.altitude import Reference
from geo.crs import Extent, is_canonical
from geo.text import Text
from service.adapters.files.features import stated_crs
from service.domain.errors import Malformed, Problem
from service.domain.recording import Remarks
from service.usecases.import_telemetry import Told

MOST_LINE = 1_000_000
MOST_READ_AT_ONCE = 256_000_000
FEET_M = 0.3048
METRES = {"": 1.0, "m": 1.0, "meter": 1.0, "meters": 1.0, "metres": 1.0}
METRES |= {"ft": FEET_M, "feet": FEET_M}
MPS = {"": 1.0, "m/s": 1.0, "mps": 1.0, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "kph": 1 / 3.6}
MPS |= {"mph": 0.44704, "knots": 1852 / 3600, "kt": 1852 / 3600, "kn": 1852 / 3600}
_MILLISECONDS_FROM = 1e11
"""Seconds since 1970 reach this in the year 5138; a larger count is of milliseconds."""
_LOOSE = re.compile(
    r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})[T ]+(\d{1,2}):(\d\d):(\d\d)"
    r"(?:[.,](\d{1,6})(?:[.,](\d{1,3}))?)?"
)
"""Times as devices write them: months of one digit, thousandths and millionths apart."""


@dataclass
class Sheet:
    """One file being read: what its sender told, and what is to be said of it."""

    told: Told
    zone: str
    extent: Extent
    remarks: Remarks = field(default_factory=Remarks)

    def wgs84(self) -> str:
        """The reference system of a format that is in WGS 84 by its own rules, unless declared."""
        crs = stated_crs(None, self.told.crs or "EPSG:4326")
        if is_canonical(crs):
            self.remarks.say("datum", f"坐标按 {crs} 读取", f"Positions are read as {crs}")
        else:
            self.remarks.say(
                "datum_declared",
                f"该格式规定为 WGS84，按声明的 {crs} 转换",
                f"The format is in WGS 84 by its rules; converted from {crs} as declared",
            )
        return crs

    def position(self, lon: str, lat: str, line: int) -> tuple[float, float] | None:
        """The position; None of one that is none, which is said."""
        return self.placed(number(lon), number(lat), line)

    def placed(self, x: float | None, y: float | None, line: int) -> tuple[float, float] | None:
        """The position; None when a number lacks or both are 0, which devices write without fix."""
        if x is None or y is None:
            zh, en = "坐标不是数值，该点未采用", "A position that is no number was left out"
            self.remarks.say("no_number", zh, en, line)
            return None
        if x == 0 and y == 0:
            zh, en = "0,0 表示尚未定位，该点未采用", "0,0 means no fix yet and was left out"
            self.remarks.say("no_fix", zh, en, line)
            return None
        return x, y

    def time(self, text: str, line: int, *, local: bool = True) -> float | None:
        """POSIX seconds of a written time; without offset it is `local`, or else UTC."""
        at = written_time(text.strip())
        if at is None:
            if text.strip():
                zh, en = "时间无法识别", "A time that cannot be read"
                self.remarks.say("no_time", zh, en, line)
            return None
        return self.moment(at, line, local=local)

    def moment(self, at: datetime, line: int, *, local: bool = True) -> float | None:
        """POSIX seconds of a time; one without offset is `local`, or else UTC."""
        if at.tzinfo is None:
            if local:
                zh, en = (
                    f"时间无时区，按 {self.zone} 计",
                    f"Times have no zone: {self.zone} assumed",
                )
                self.remarks.say("local_time", zh, en, line)
            at = at.replace(tzinfo=ZoneInfo(self.zone) if local else UTC)
        try:
            return at.timestamp()
        except (OverflowError, ValueError):
            return None

    def epoch(self, value: float, line: int) -> float:
        """POSIX seconds of a count of seconds or milliseconds."""
        if abs(value) < _MILLISECONDS_FROM:
            return value
        zh, en = "时间戳按毫秒计", "Time stamps are taken to be milliseconds"
        self.remarks.say("milliseconds", zh, en, line)
        return value / 1000

    def height(
        self, metres: float | None, reference: Reference | None, line: int
    ) -> tuple[float | None, Reference | None]:
        """The height with what it is measured from; unknown when nobody says what that is.

        What the sender declares goes before what is only customary in a format.
        """
        if metres is None:
            return None, None
        if reference is None and self.told.heights is None:
            zh = "高度自起飞点或未写明基准，按未知处理；可声明基准"
            en = "Heights are above take-off or of no stated reference: unknown unless declared"
            self.remarks.say("height_reference_unknown", zh, en, line)
            return None, None
        return metres, reference or self.told.heights

    def customary(self, reference: Reference, line: int) -> Reference:
        """What heights of the format are measured from by custom, unless the sender declares."""
        if self.told.heights is not None:
            return self.told.heights
        zh, en = f"高度基准按惯例取 {reference}", f"Heights are taken to be {reference}, by custom"
        self.remarks.say("height_reference_assumed", zh, en, line)
        return reference


def number(text: str) -> float | None:
    """The finite number; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def finite(value: object) -> float | None:
    """The finite number of a JSON value; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; Malformed at one that no such file has."""
    while line := stream.readline(MOST_LINE):
        if len(line) == MOST_LINE:
            raise Malformed([Problem("/file", "line_too_long", _LONG)])
        yield line


def whole(stream: BinaryIO) -> bytes:
    """All of a file that cannot be read piece by piece; Malformed when it is too large for that."""
    content = stream.read(MOST_READ_AT_ONCE + 1)
    if len(content) > MOST_READ_AT_ONCE:
        raise Malformed([Problem("/file", "file_too_large", _LARGE)])
    return content


def written_time(text: str) -> datetime | None:
    """The time, by ISO 8601 or as devices write it; None for anything else.

    >>> written_time("2022-8-7 13:40:40,774,808")
    datetime.datetime(2022, 8, 7, 13, 40, 40, 774808)
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        loose = _LOOSE.fullmatch(text)
    if loose is None:
        return None
    *date_and_time, thousandths, millionths = loose.groups(default="")
    year, month, day, hour, minute, second = map(int, date_and_time)
    micros = int((thousandths + millionths)[:6].ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, micros)  # noqa: DTZ001
    except ValueError:
        return None


_LONG = Text("有过长的行", "A line is too long")
_LARGE = Text(
    "文件过大，不能整体读取：请改用 CSV 或 GPX",
    "The file is too large to be read as a whole: send it as CSV or GPX",
)
