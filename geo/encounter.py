"""Where and when moving things come within a distance: of each other, or of a place that stays.

Only place, times and heights in metres; what they mean is paths.py's affair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.altitude import HAIR_M
from geo.crs import Plane, Positions, Scale
from geo.edges import edges, lines
from geo.motion import MICRO_S, TICK_S, Bound, Flags, Legs, Numbered, Numbers, Pairs, in_micros
from geo.times import NEVER, Times, difference, merged

_FAN = 8
_AT_ONCE = 256
_PAIRS_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too near: all of it at once is an encounter.

    Less than `reach_m` true metres apart, less than `margin_s` seconds (0: at one instant), and
    less than `vertical_m` apart in height: `surely`, whatever the shifts are, or perhaps.
    """

    reach_m: float
    margin_s: float = 0.0
    vertical_m: float = inf
    surely: bool = True


@dataclass(frozen=True, slots=True)
class Encounter:
    """The closest moments, of the first and of the second, and all times of being too near.

    Moments are in seconds of the clock of the legs, times in microseconds of it.
    """

    first_s: float
    second_s: float
    times: Times


def encounter(a: Legs, b: Legs, limits: Limits, plane: Plane) -> Encounter | None:
    """The encounter of two paths, their legs on one clock; None when there is none.

    The shifts of the first alone count. With a margin the times are those within half of it from
    both, so that they are instants without one.
    """
    return _Search(a, b, limits, plane).found()


class _Search:
    """A walk down the runs of legs that may come too near, the nearest first.

    Runs whose times are known to be too near are left out, unless they may hold the closest place.
    """

    def __init__(self, a: Legs, b: Legs, limits: Limits, plane: Plane) -> None:
        self._a, self._b = a, b
        self._reach_m = limits.reach_m
        self._margin_s, self._half_s = limits.margin_s, limits.margin_s / 2
        # those who fly level at just the vertical distance keep it
        self._vertical_m = limits.vertical_m - HAIR_M
        # the columns of a shift that count from above and from below
        self._shifts = (1, 0) if limits.surely else (0, 1)
        self._scale = _scale(a.latitude, b.latitude, plane)
        self._closest = (inf, 0.0, 0.0)
        self._times = NEVER

    def found(self) -> Encounter | None:
        levels = [(_Boxes.of(self._a, self._shifts), _Boxes.of(self._b, self._shifts))]
        while max(map(len, levels[-1])) > _FAN:
            levels.append((levels[-1][0].coarser(), levels[-1][1].coarser()))
        top = np.indices(tuple(map(len, levels[-1]))).reshape(2, -1)
        left = [(len(levels) - 1, top[0], top[1])]
        while left:
            level, i, j = left.pop()
            i, j = self._worth_a_look(*levels[level], i, j)
            if level == 0:
                self._measure(i, j)
                continue
            counts = len(levels[level - 1][0]), len(levels[level - 1][1])
            for start in reversed(range(0, len(i), _AT_ONCE)):
                chunk = slice(start, start + _AT_ONCE)
                left.append((level - 1, *_children(i[chunk], j[chunk], *counts)))
        distance, first_s, second_s = self._closest
        return None if distance == inf else Encounter(first_s, second_s, self._times)

    def _worth_a_look(
        self, a: "_Boxes", b: "_Boxes", i: Numbered, j: Numbered
    ) -> tuple[Numbered, Numbered]:
        """The pairs of runs that may tell something new, the nearest first."""
        least, most = a.low[i] - b.high[j], a.high[i] - b.low[j]
        # columns: x, y, time, height from above, height from below
        between = np.maximum(least, -most)
        gap = np.hypot(*np.maximum(between[:, :2], 0).T)
        near = (gap < self._reach_m * self._scale.largest) & (between[:, 2] <= self._margin_s)
        near &= (least[:, 3] <= self._vertical_m) & (most[:, 4] >= -self._vertical_m)
        far = np.hypot(*np.maximum(-least, most)[:, :2].T)
        whole = near & (far < self._reach_m * self._scale.least)
        whole &= (most[:, 3] <= self._vertical_m) & (least[:, 4] >= -self._vertical_m)
        times = self._shared(
            np.maximum(a.low[i, 2], b.low[j, 2]), np.minimum(a.high[i, 2], b.high[j, 2])
        )
        self._add(times[whole])
        kept = near & (~self._known(times) | (gap < self._closest[0] * self._scale.largest))
        order = gap[kept].argsort(kind="stable")
        return i[kept][order], j[kept][order]

    def _measure(self, i: Numbered, j: Numbered) -> None:
        """Looks at pairs of legs exactly."""
        a, b = self._a.take(i), self._b.take(j)
        apart, s, t = self._pairs(a, b).nearest()
        scale = self._scale.halfway(a.latitude, b.latitude)
        hit = apart < self._reach_m * scale
        if not hit.any():
            return
        a, b, apart, s, t, scale = a.take(hit), b.take(hit), apart[hit], s[hit], t[hit], scale[hit]
        best = (apart / scale).argmin()
        found = float(apart[best] / scale[best])
        if found < self._closest[0]:
            self._closest = found, float(a.begin[best] + s[best]), float(b.begin[best] + t[best])
        first, last = np.maximum(a.begin + s, b.begin + t), np.minimum(a.begin + s, b.begin + t)
        together: Bound = (a.begin - b.begin, 1.0, -1.0)
        for s, t, valid in self._pairs(a, b).within(self._reach_m * scale, together):
            at_a, at_b = a.begin + s, b.begin + t
            first = np.where(valid, np.minimum(first, np.maximum(at_a, at_b)), first)
            last = np.where(valid, np.maximum(last, np.minimum(at_a, at_b)), last)
        self._add(self._shared(first, last))

    def _pairs(self, a: Legs, b: Legs) -> Pairs:
        late = a.begin - b.begin
        bounds: list[Bound] = [
            *_box(a.duration, b.duration),
            (self._margin_s - late, -1.0, 1.0),
            (self._margin_s + late, 1.0, -1.0),
        ]
        if self._vertical_m < inf:
            top, bottom = (a.height + a.shift[:, column] - b.height for column in self._shifts)
            bounds.append((self._vertical_m - top, -a.climb, b.climb))
            bounds.append((self._vertical_m + bottom, a.climb, -b.climb))
        return Pairs(a.start - b.start, a.velocity, b.velocity, bounds)

    def _shared(self, late: Numbers, early: Numbers) -> Times:
        """The times from the later to the earlier moment, wider by half the margin at each end."""
        return in_micros(late - self._half_s, early + self._half_s)

    def _add(self, times: Times) -> None:
        if len(times):
            self._times = merged(np.vstack((self._times, times)))

    def _known(self, times: Times) -> Flags:
        """Which of the times are already found to be too near."""
        if not len(self._times):
            return np.zeros(len(times), dtype=np.bool_)
        at = np.searchsorted(self._times[:, 0], times[:, 0], side="right") - 1
        return np.asarray((at >= 0) & (times[:, 1] <= self._times[at, 1]))


def _scale(latitudes: Numbers, others: Numbers, plane: Plane) -> Scale:
    both = np.concatenate((latitudes, others))
    return plane.scale(float(both.min()), float(both.max()))


def _box(first: Numbers | float, second: Numbers) -> list[Bound]:
    """The bounds of s from 0 to the first and of t from 0 to the second."""
    zero = np.zeros_like(second)
    return [(zero, 1.0, 0.0), (zero + first, -1.0, 0.0), (zero, 0.0, 1.0), (second, 0.0, -1.0)]


@dataclass(frozen=True, slots=True)
class _Boxes:
    """The least and the largest x, y, time and two heights of runs of legs; shapes (n, 5)."""

    low: Numbers
    high: Numbers

    @classmethod
    def of(cls, legs: Legs, shifts: tuple[int, int]) -> "_Boxes":
        """The box of each leg, its height shifted by two columns of its shift."""
        heights = np.stack((legs.height, legs.height + legs.climb * legs.duration))
        shifted = heights[:, :, None] + legs.shift[:, shifts]
        start = np.column_stack((legs.start, legs.begin, shifted[0]))
        goal = np.column_stack((legs.goal, legs.end, shifted[1]))
        return cls(np.minimum(start, goal), np.maximum(start, goal))

    def __len__(self) -> int:
        return len(self.low)

    def coarser(self) -> "_Boxes":
        """Runs of _FAN of these."""
        starts = np.arange(0, len(self), _FAN)
        return _Boxes(np.minimum.reduceat(self.low, starts), np.maximum.reduceat(self.high, starts))


def _children(i: Numbered, j: Numbered, most_i: int, most_j: int) -> tuple[Numbered, Numbered]:
    """All pairs of the runs that make up pairs of longer runs."""
    fan = np.arange(_FAN)
    first = np.repeat((i[:, None] * _FAN + fan), _FAN, axis=1).ravel()
    second = np.tile((j[:, None] * _FAN + fan), _FAN).ravel()
    there = (first < most_i) & (second < most_j)
    return first[there], second[there]


@dataclass(frozen=True, slots=True)
class Visit:
    """The closest moment to a place, and all times of being too near it.

    `nearest` is the nearest position of the place, in the plane; None when the place is an area
    and the moment inside.
    """

    moment_s: float
    nearest: Positions | None
    times: Times


def visit(legs: Legs, core: BaseGeometry, reach_m: float, plane: Plane) -> Visit | None:
    """When a path comes within a distance of a planar core; None when it never does.

    A negative distance asks how deep inside an area the path must be, and of nothing else.
    """
    beside = _Beside(legs, core, abs(reach_m), plane)
    near = beside.times()
    stays = merged(legs.times)
    free = difference(stays, near)
    inside = free[_holds(core, legs.at(free.mean(axis=1) * MICRO_S))]
    if reach_m < 0:
        return Visit(float(inside[0].mean()) * MICRO_S, None, inside) if len(inside) else None
    times = merged(np.vstack((near, inside)))
    if not len(times):
        return None
    # what is never free may still lie inside, as a whole or after a crossing of the border
    fresh = np.concatenate(([True], legs.begin[1:] > legs.end[:-1] + TICK_S))
    moments = np.concatenate((legs.begin[fresh], inside.mean(axis=1) * MICRO_S))
    held = moments[_holds(core, np.vstack((legs.start[fresh], legs.at(moments[fresh.sum() :]))))]
    return Visit(float(held[0]), None, times) if len(held) else Visit(*beside.closest(), times)


class _Beside:
    """The legs of a path beside the edges of a planar core that they may come near."""

    def __init__(self, legs: Legs, core: BaseGeometry, reach_m: float, plane: Plane) -> None:
        self._legs, self._reach_m = legs, reach_m
        self._edges = edges(core)
        self._latitude = plane.unproject_positions(self._edges.mean(axis=1))[:, 1]
        self._scale = _scale(legs.latitude, self._latitude, plane)
        self._lines = lines(np.stack((legs.start, legs.goal), axis=1))
        self._tree = shapely.STRtree(lines(self._edges))
        self._least_m = inf

    def times(self) -> Times:
        """When the path is within reach of an edge."""
        found = [NEVER]
        for leg, edge in self._facing():
            legs, pairs = self._pairs(leg, edge)
            apart, first, _ = pairs.nearest()
            scale = self._scale.halfway(legs.latitude, self._latitude[edge])
            last = first
            for s, _, valid in pairs.within(self._reach_m * scale):
                first = np.where(valid, np.minimum(first, s), first)
                last = np.where(valid, np.maximum(last, s), last)
            hit = apart < self._reach_m * scale
            found.append(in_micros(legs.begin + first, legs.begin + last)[hit])
            self._least_m = min(self._least_m, float((apart / scale).min()))
        return merged(np.vstack(found))

    def closest(self) -> tuple[float, Positions]:
        """The closest moment, and the position on an edge that it is closest to."""
        limit_m = self._least_m * self._scale.largest + 2 * HAIR_M
        leg, edge = self._tree.query(self._lines, "dwithin", distance=limit_m)
        legs, pairs = self._pairs(leg, edge)
        apart, s, t = pairs.nearest()
        best = (apart / self._scale.halfway(legs.latitude, self._latitude[edge])).argmin()
        start, end = self._edges[edge[best]]
        return float(legs.begin[best] + s[best]), start + t[best] * (end - start)

    def _facing(self) -> Iterator[tuple[Numbered, Numbered]]:
        """Legs and edges within reach; of a leg that one edge alone keeps within it, that one."""
        most_m = float(self._reach_m * self._scale.largest) + 2 * HAIR_M
        (leg, edge), apart = self._tree.query_nearest(
            self._lines, max_distance=most_m, return_distance=True, all_matches=False
        )
        whole = apart + shapely.length(self._lines[leg]) < self._reach_m * self._scale.least
        others = leg[~whole]
        of_others, more = self._tree.query(self._lines[others], "dwithin", distance=most_m)
        leg = np.concatenate((leg[whole], others[of_others]))
        edge = np.concatenate((edge[whole], more))
        for start in range(0, len(leg), _PAIRS_AT_ONCE):
            yield leg[start : start + _PAIRS_AT_ONCE], edge[start : start + _PAIRS_AT_ONCE]

    def _pairs(self, leg: Numbered, edge: Numbered) -> tuple[Legs, Pairs]:
        legs, (start, end) = self._legs.take(leg), self._edges[edge].swapaxes(0, 1)
        box = _box(legs.duration, np.ones(len(leg)))
        return legs, Pairs(legs.start - start, legs.velocity, end - start, box)


def _holds(core: BaseGeometry, positions: Positions) -> Flags:
    """Which positions lie inside an area."""
    # contains_xy would prepare the core, which threads share
    return np.asarray(shapely.contains(core, shapely.points(positions)), dtype=np.bool_)
