"""Paths with times: where a thing is, and how high, at every moment.

Between two fixes it moves straight in longitude and latitude, at constant speed, and climbs evenly.
What keeps its distance from what is paths.py's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import isfinite
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.altitude import Reference, coded
from geo.clock import EPOCH, YEARS
from geo.crs import Plane, Position, Positions
from geo.errors import TrajectoryRefused
from geo.motion import MICRO_S, Flags, Legs, Numbers
from geo.text import Text
from geo.times import Times

_FIRST_S, _LAST_S = (
    (datetime(year, 1, 1, tzinfo=EPOCH.tzinfo) - EPOCH).total_seconds()
    for year in (YEARS.start, YEARS.stop)
)


# times are told apart to the microsecond, and rounded up
_ROUNDED_S = 2e-6


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a thing is, from its first fix to before its last.

    `lonlat`, (n, 2): canonical degrees; `times`, (n,): POSIX seconds, ascending, told apart to the
    microsecond; `heights_m`, (n,): above `reference`, which is None when it is not known. Without
    heights the thing may be at any. `radius_m`: it takes all places so near, and over each of them
    it is at its height. The arrays are copied and cannot be written to. Anything wrong raises
    TrajectoryRefused with a pointer to the fix, an unknown reference AltitudeRefused.

    >>> Trajectory([(104.06, 30.66), (104.07, 30.66)], [0.0, 60.0]).after(30.0)
    (104.065, 30.66)
    >>> Trajectory([(104.06, 30.66), (104.07, 30.66)], [60.0, 60.0])
    Traceback (most recent call last):
    geo.errors.TrajectoryRefused: the time is not later than that of the fix before
    """

    lonlat: Positions
    times: Numbers
    heights_m: Numbers | None = None
    reference: Reference | None = None
    radius_m: float = 0.0
    _legs: dict[Plane, Legs] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("lonlat", "times", "heights_m"):
            column = getattr(self, name)
            if column is not None:
                column = np.array(column, dtype=np.float64)
                column.setflags(write=False)
                object.__setattr__(self, name, column)
        if self.reference is not None:
            object.__setattr__(self, "reference", coded(Reference, self.reference, "/reference"))
        _refuse_bad_shapes(self)
        _refuse_bad_fixes(self)

    @classmethod
    def timed(
        cls,
        lonlat: Positions,
        instants: Sequence[datetime],
        heights_m: Numbers | None = None,
        reference: Reference | None = None,
        radius_m: float = 0.0,
    ) -> Self:
        """The trajectory through positions at instants, which must have a UTC offset."""
        for fix, instant in enumerate(instants):
            if instant.utcoffset() is None:
                raise TrajectoryRefused("naive_time", _NAIVE, f"/times/{fix}")
        times = np.array([instant.timestamp() for instant in instants])
        return cls(lonlat, times, heights_m, reference, radius_m)

    @cached_property
    def micros(self) -> NDArray[np.int64]:
        """The times in microseconds since 1970."""
        return np.rint(self.times / MICRO_S).astype(np.int64)

    @cached_property
    def seconds(self) -> Numbers:
        """The times in seconds since the first fix."""
        return np.asarray((self.micros - self.micros[0]) * MICRO_S)

    @property
    def duration_s(self) -> float:
        """The seconds from the first fix to the last."""
        return float(self.seconds[-1])

    def after(self, seconds: float) -> Position:
        """The position so many seconds after the first fix.

        Before that and after the last fix nothing is known of it: ValueError.
        """
        lon, lat = (self._between_fixes(seconds, column) for column in self.lonlat.T)
        return lon, lat

    def height_after(self, seconds: float) -> float | None:
        """The height so many seconds after the first fix, as `after`; None without heights."""
        return None if self.heights_m is None else self._between_fixes(seconds, self.heights_m)

    def _between_fixes(self, seconds: float, column: Numbers) -> float:
        if not -_ROUNDED_S <= seconds <= self.duration_s + _ROUNDED_S:
            raise ValueError(f"{seconds} s lie outside of a path of {self.duration_s} s")
        return float(np.interp(seconds, self.seconds, column))

    def piece(self, times: Times) -> BaseGeometry:
        """The path during times in microseconds since the first fix, in canonical degrees."""
        lines = []
        for start, end in (times * MICRO_S).tolist():
            between = self.lonlat[(start < self.seconds) & (self.seconds < end)]
            lines.append(shapely.LineString([self.after(start), *between, self.after(end)]))
        moving = [line for line in lines if line.length > 0]
        if not moving:
            return shapely.Point(lines[0].coords[0])
        return moving[0] if len(moving) == 1 else shapely.MultiLineString(moving)

    def on(self, plane: Plane) -> Legs:
        """The movements in the plane, in seconds since the first fix; computed once.

        A path that leads where the plane does not reach raises TrajectoryRefused.
        """
        legs = self._legs.get(plane)
        if legs is None:
            fixes = np.column_stack((self.lonlat, self.seconds, self._heights))
            legs = self._legs[plane] = Legs.through(fixes, plane)
        return legs

    @property
    def _heights(self) -> Numbers:
        return np.zeros(len(self.lonlat)) if self.heights_m is None else self.heights_m


def _refuse_bad_shapes(path: Trajectory) -> None:
    if path.lonlat.ndim != 2 or path.lonlat.shape[1] != 2:
        raise TrajectoryRefused("not_positions", _NOT_POSITIONS, "/lonlat")
    if len(path.lonlat) < 2:
        raise TrajectoryRefused("too_few_fixes", _TOO_FEW, "/lonlat")
    for name, column in (("times", path.times), ("heights_m", path.heights_m)):
        if column is not None and column.shape != path.lonlat.shape[:1]:
            raise TrajectoryRefused("not_one_per_fix", _NOT_ONE_PER_FIX, f"/{name}")
    if not (isfinite(path.radius_m) and path.radius_m >= 0):
        raise TrajectoryRefused("no_radius", _NO_RADIUS, "/radius_m")


def _refuse_bad_fixes(path: Trajectory) -> None:
    for name, column in (("lonlat", path.lonlat.sum(axis=1)), ("times", path.times)):
        _refuse_any(~np.isfinite(column), "not_finite", _NOT_FINITE, name)
    if path.heights_m is not None:
        _refuse_any(~np.isfinite(path.heights_m), "not_finite", _NOT_FINITE, "heights_m")
    far = (np.abs(path.lonlat) > (180, 90)).any(axis=1)
    _refuse_any(far, "not_degrees", _NOT_DEGREES, "lonlat")
    leap = np.abs(np.diff(path.lonlat[:, 0], prepend=path.lonlat[0, 0])) > 180
    _refuse_any(leap, "crosses_date_line", _CROSSES_DATE_LINE, "lonlat")
    wild = (path.times < _FIRST_S) | (path.times >= _LAST_S)
    _refuse_any(wild, "time_out_of_range", _OUT_OF_RANGE, "times")
    late = np.diff(path.micros, prepend=path.micros[0] - 1) <= 0
    _refuse_any(late, "times_not_ascending", _NOT_ASCENDING, "times")


def _refuse_any(bad: Flags | np.bool_, code: str, message: Text, name: str) -> None:
    for fix in np.flatnonzero(bad)[:1].tolist():
        raise TrajectoryRefused(code, message, f"/{name}/{fix}")


_NOT_POSITIONS = Text("位置应为 n 行经纬度", "positions are n rows of longitude and latitude")
_TOO_FEW = Text("轨迹至少需要两个定位点", "a trajectory has two fixes at least")
_NOT_ONE_PER_FIX = Text("每个定位点须有一个数值", "there is not one number for every fix")
_NO_RADIUS = Text("半径应为不小于 0 的有限数值", "a radius is a finite number of 0 m or more")
_NOT_FINITE = Text("不是有限数值", "not a finite number")
_NOT_DEGREES = Text("坐标不是经纬度", "the position is not in degrees")
_CROSSES_DATE_LINE = Text("轨迹跨越日期变更线", "the path crosses the date line")
_OUT_OF_RANGE = Text(
    f"时间不在 {YEARS.start} 至 {YEARS.stop - 1} 年之间：应为 1970 年以来的秒数",
    f"the time is not within {YEARS.start} to {YEARS.stop - 1}: it is in seconds since 1970",
)
_NOT_ASCENDING = Text("时间不晚于前一个定位点", "the time is not later than that of the fix before")
_NAIVE = Text("时间缺少时区偏移", "the time has no UTC offset")
