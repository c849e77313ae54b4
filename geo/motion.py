"""Straight movements in the plane, and when two of them are too near each other: exact, in bulk.

Positions and heights are linear in time. So the squared distance of two movements is a convex
quadratic in their two times, and limits of time and height cut a convex polygon out of those times:
the least distance, and the times below a distance, are found on its edges or in closed form inside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from math import inf
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geo.altitude import Span
from geo.crs import CANONICAL, Plane, Positions, edge_limit
from geo.errors import TrajectoryRefused
from geo.text import Text
from geo.times import Times, intersection

Numbers = NDArray[np.float64]
Numbered = NDArray[np.intp]
Flags = NDArray[np.bool_]
# c + m * s + n * t >= 0
Bound = tuple[Numbers, Numbers | float, Numbers | float]

MICRO_S = 1e-6
# what is shorter than half a microsecond is rounding
TICK_S = 5e-7
_ROUNDED_US = 1e-3
_ROUNDING = 1e-9
_BEYOND_PLANE = Text(
    "轨迹离辖区太远，无法投影到工作平面",
    "the path leads too far from the jurisdiction to be projected",
)


@dataclass(frozen=True, slots=True)
class Legs:
    """n movements at constant speed in a plane, in the order of time; each field has n rows.

    `start` in metres of the plane, `velocity` in metres per second, `begin` and `duration` in
    seconds of one clock, `height` in metres at the begin, `climb` in metres per second, `latitude`
    in degrees halfway; `shift`, (n, 2), the least and the most that may have to be added to the
    height to compare it.
    """

    start: Positions
    velocity: Positions
    begin: Numbers
    duration: Numbers
    height: Numbers
    climb: Numbers
    latitude: Numbers
    shift: Numbers

    @classmethod
    def through(cls, fixes: Numbers, plane: Plane) -> Self:
        """The legs between fixes, rows of lon, lat, seconds, height; cut to 250 m or less."""
        fixes = _fine(fixes)
        planar = plane.project_positions(fixes[:, :2])
        if not plane.reaches(fixes[:, :2], planar):
            raise TrajectoryRefused("beyond_plane", _BEYOND_PLANE, "/lonlat")
        duration = np.diff(fixes[:, 2])
        return cls(
            start=planar[:-1],
            velocity=np.diff(planar, axis=0) / duration[:, None],
            begin=fixes[:-1, 2],
            duration=duration,
            height=fixes[:-1, 3],
            climb=np.diff(fixes[:, 3]) / duration,
            latitude=(fixes[1:, 1] + fixes[:-1, 1]) / 2,
            shift=np.zeros((len(duration), 2)),
        )

    def __len__(self) -> int:
        return len(self.begin)

    @property
    def end(self) -> Numbers:
        """When each leg ends."""
        return self.begin + self.duration

    @property
    def goal(self) -> Positions:
        """Where each leg ends."""
        return self.start + self.velocity * self.duration[:, None]

    @property
    def times(self) -> Times:
        """From when to when each leg lasts, in microseconds."""
        return in_micros(self.begin, self.end)

    def at(self, moments: Numbers) -> Positions:
        """Where the path is at moments within its legs."""
        leg = self._leg_of(moments)
        return self.start[leg] + self.velocity[leg] * (moments - self.begin[leg])[:, None]

    def shift_at(self, moment: float) -> Span:
        """What may have to be added to the height at a moment within the legs."""
        least, most = self.shift[self._leg_of(np.array([moment]))[0]].tolist()
        return Span(least, most)

    def _leg_of(self, moments: Numbers) -> Numbered:
        return np.maximum(np.searchsorted(self.begin, moments, side="right") - 1, 0)

    def take(self, which: Numbered | Flags) -> Self:
        """Some of the legs."""
        return type(self)(*(getattr(self, column.name)[which] for column in fields(self)))

    def later(self, seconds: float) -> Self:
        """The same legs on a clock that began so much earlier."""
        return replace(self, begin=self.begin + seconds)

    def during(self, times: Times) -> Self:
        """What of the legs falls into times in microseconds."""
        held = np.asarray(intersection(self.times, times) * MICRO_S, dtype=np.float64)
        return self.take(self._leg_of(held.mean(axis=1))).cut(held)

    def between_heights(self, floor_m: float, ceiling_m: float, *, surely: bool) -> Self:
        """What of the legs lies between two heights, surely or perhaps."""
        least, most = self.shift.T if surely else self.shift[:, ::-1].T
        low = np.full(len(self), -inf) if floor_m == -inf else floor_m - least
        high = np.full(len(self), inf) if ceiling_m == inf else ceiling_m - most
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.sort((np.stack((low, high)) - self.height) / self.climb, axis=0)
        level = self.climb == 0
        inside = (low <= self.height) & (self.height <= high)
        ends[:, level] = np.where(inside[level], [[-inf], [inf]], inf)
        cut = (self.begin + ends).T
        held = cut.clip(self.begin[:, None], self.end[:, None])
        lasting = (low <= high) & (held[:, 1] - held[:, 0] > TICK_S)
        return self.take(lasting).cut(held[lasting])

    def cut(self, seconds: Numbers) -> Self:
        """The legs, each from its first second to its second one, of shape (n, 2)."""
        seconds = seconds.clip(self.begin[:, None], self.end[:, None])
        waited = seconds[:, 0] - self.begin
        return replace(
            self,
            start=self.start + self.velocity * waited[:, None],
            begin=seconds[:, 0],
            duration=seconds[:, 1] - seconds[:, 0],
            height=self.height + self.climb * waited,
        )


def in_micros(start: Numbers, end: Numbers) -> Times:
    """Times in seconds as whole microseconds, never shorter than they are, and never empty.

    >>> in_micros(np.array([0.1, 2.0]), np.array([0.2000004, 2.0])).tolist()
    [[100000, 200001], [2000000, 2000001]]
    """
    low = np.floor(start / MICRO_S + _ROUNDED_US).astype(np.int64)
    high = np.ceil(end / MICRO_S - _ROUNDED_US).astype(np.int64)
    return np.column_stack((low, np.maximum(high, low + 1)))


def _fine(fixes: Numbers) -> Numbers:
    """The fixes and as many in between that no edge is longer than it may be to be projected."""
    steps = np.diff(fixes, axis=0)
    pieces = np.ceil(np.hypot(steps[:, 0], steps[:, 1]) / edge_limit(CANONICAL))
    counts = np.maximum(pieces, 1).astype(np.intp)
    leg = np.repeat(np.arange(len(steps)), counts)
    share = (np.arange(len(leg)) - np.repeat(counts.cumsum() - counts, counts)) / counts[leg]
    return np.vstack((fixes[leg] + share[:, None] * steps[leg], fixes[-1:]))


@dataclass(frozen=True, slots=True)
class Pairs:
    """n pairs of movements, `apart + s * first - t * second`, and the bounds of their s and t.

    The bounds leave a convex polygon of finite size, which may be a line, a point or nothing.

    >>> to_the_right = np.array([[1.0, 0.0]])
    >>> zero, nine = np.zeros(1), np.full(1, 9.0)
    >>> box = [(zero, 1, 0), (nine, -1, 0), (zero, 0, 1), (nine, 0, -1)]
    >>> pair = Pairs(np.array([[-5.0, 3.0]]), to_the_right, 0 * to_the_right, box)
    >>> [float(n[0]) for n in pair.nearest()[:2]]
    [3.0, 5.0]
    """

    apart: Positions
    first: Positions
    second: Positions
    bounds: Sequence[Bound]

    def nearest(self) -> tuple[Numbers, Numbers, Numbers]:
        """The least distance of each pair, infinite where the bounds leave nothing; its s and t."""
        found, at_s, at_t = (np.full(len(self.apart), value) for value in (inf, 0.0, 0.0))

        def offer(s: Numbers, t: Numbers, valid: Flags) -> None:
            distance = np.where(valid, np.hypot(*self._apart_at(s, t)), inf)
            nearer = distance < found
            found[nearer], at_s[nearer], at_t[nearer] = distance[nearer], s[nearer], t[nearer]

        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            offer(*self._where(-self.apart))
            for line in self._lines():
                x, y = self._apart_at(line.s, line.t)
                dx, dy = self._moved_by(line.ds, line.dt)
                speed = dx * dx + dy * dy
                best = np.where(speed > 0, -(x * dx + y * dy) / speed, line.low)
                best = best.clip(line.low, np.maximum(line.low, line.high))
                offer(line.s + best * line.ds, line.t + best * line.dt, line.low <= line.high)
        return found, at_s, at_t

    def within(self, reach: Numbers, *more: Bound) -> Iterator[tuple[Numbers, Numbers, Flags]]:
        """The corners and the extremes in s and t of where the distance is the reach or less.

        Each is s, t and in which of the pairs it is one. Of the lines `more` too the ends are told.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for line in self._lines(*more):
                x, y = self._apart_at(line.s, line.t)
                dx, dy = self._moved_by(line.ds, line.dt)
                speed, aside = dx * dx + dy * dy, x * dy - y * dx
                middle = -(x * dx + y * dy) / speed
                half = np.sqrt(speed * reach * reach - aside * aside) / speed
                moving = speed > 0
                low = np.where(moving, np.fmax(line.low, middle - half), line.low)
                high = np.where(moving, np.fmin(line.high, middle + half), line.high)
                near = np.where(moving, ~np.isnan(half), np.hypot(x, y) <= reach) & (low <= high)
                yield line.s + low * line.ds, line.t + low * line.dt, near
                yield line.s + high * line.ds, line.t + high * line.dt, near
            for movement in (self.first, self.second):
                across = movement[:, ::-1] * np.array([-1.0, 1.0])
                outward = across * (reach / np.hypot(*movement.T))[:, None]
                for rim in (outward, -outward):
                    s, t, valid = self._where(rim - self.apart)
                    yield s, t, valid & (np.hypot(*self._apart_at(s, t)) <= reach + _ROUNDING)

    def _apart_at(self, s: Numbers, t: Numbers) -> tuple[Numbers, Numbers]:
        dx, dy = self._moved_by(s, t)
        return self.apart[:, 0] + dx, self.apart[:, 1] + dy

    def _moved_by(self, s: Numbers | float, t: Numbers | float) -> tuple[Numbers, Numbers]:
        first, second = self.first, self.second
        return first[:, 0] * s - second[:, 0] * t, first[:, 1] * s - second[:, 1] * t

    def _where(self, moved: Positions) -> tuple[Numbers, Numbers, Flags]:
        """The s and t that move by so much, and whether they lie within the bounds."""
        turn = _cross(self.first, self.second)
        s, t = _cross(moved, self.second) / turn, _cross(moved, self.first) / turn
        valid = np.isfinite(s) & np.isfinite(t)
        for c, m, n in self.bounds:
            valid &= c + m * s + n * t >= -_ROUNDING
        return s, t, valid

    def _lines(self, *more: Bound) -> Iterator["_Line"]:
        """The edges of the polygon: each bound's line, and more lines, cut by all other bounds."""
        for bound in (*self.bounds, *more):
            c, m, n = bound
            size = m * m + n * n
            s, t = -c * m / size, -c * n / size
            low, high = np.full_like(c, -inf), np.full_like(c, inf)
            for other in self.bounds:
                if other is bound:
                    continue
                value = other[0] + other[1] * s + other[2] * t
                slope = other[2] * m - other[1] * n
                limit = -value / slope
                low = np.where(slope > 0, np.maximum(low, limit), low)
                high = np.where(slope < 0, np.minimum(high, limit), high)
                low = np.where((slope == 0) & (value < -_ROUNDING), inf, low)
            yield _Line(s, t, -n, m, np.where(np.isfinite(s), low, inf), high)


@dataclass(frozen=True, slots=True)
class _Line:
    """Of each pair the places (s, t) + x (ds, dt) for x from low to high; none if low > high."""

    s: Numbers
    t: Numbers
    ds: Numbers | float
    dt: Numbers | float
    low: Numbers
    high: Numbers


def _cross(a: Positions, b: Positions) -> Numbers:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
