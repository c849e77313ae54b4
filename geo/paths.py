"""The exact verdict on a path with times: against another such path, or against a volume.

They conflict when at some moments they come too close in place, in height and in time, all three at
once. What is compared is where things are when they are there, never the box of all their places.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from typing import Protocol

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.altitude import EVERYWHERE, Reference, Span, Unit
from geo.clock import EPOCH, MICROSECOND
from geo.conflict import Judgement, Reason, Verdict
from geo.crs import EDGE_M, geodesic_distance_m
from geo.encounter import Limits, encounter, visit
from geo.footprint import Footprint
from geo.frame import Frame
from geo.motion import MICRO_S, Legs
from geo.nearness import TOUCHING_M
from geo.schedule import Interval, windows
from geo.separation import Separation
from geo.times import Times, intersection, length, widened
from geo.trajectory import Trajectory
from geo.volume import Volume4D

_HOUR = timedelta(hours=1) // MICROSECOND
# things without size meet when they come as near as this
_SAME_M = TOUCHING_M / 2
_HAIR_M = 1e-6
# what is measured from the ground is converted, where it is; what is not comes last
_RANK = {reference: rank for rank, reference in enumerate((*Reference, None))}


def judge_paths(
    a: Trajectory,
    b: Trajectory,
    separation: Separation,
    frame: Frame,
    *,
    height_matters: bool = True,
    level_matters: bool = False,
) -> Judgement:
    """The verdict on two paths that must keep the separation; the same for (b, a).

    A conflict takes a moment of each, less than `separation.time` apart (0: the same moment), at
    which they are less than both radii and the horizontal separation apart, and less than the
    vertical one. With a horizontal separation of 0 they must share more than TOUCHING_M; things
    without size, and heights without a vertical separation, meet when half of it parts them.

    `height_matters`: heights that are not given leave a doubt; without it they are all heights, as
    for two uses of the ground. `level_matters`: the levels of paths are not known and leave one.
    Heights above different references are compared by the ground below each leg.

    The distance, the gap and the witness are those of the closest moments. The overlap is when both
    are too near, each of its moments widened by half of `separation.time`, as schedules are.

    >>> from geo import Extent, Ground, Plane
    >>> city = Extent(102.9, 30.0, 104.95, 31.5)
    >>> frame = Frame(Plane.around(city), city, "Asia/Shanghai", Ground(), calendar=None)
    >>> east = Trajectory([(104.0, 30.6), (104.1, 30.6)], [0, 600], [100, 100], Reference.AGL)
    >>> west = Trajectory([(104.1, 30.6), (104.0, 30.6)], [0, 600], [110, 110], Reference.AGL)
    >>> judge_paths(east, west, Separation(50, 30, timedelta(0)), frame).verdict
    <Verdict.conflict: 'conflict'>
    >>> judge_paths(east, west, Separation(50, 10, timedelta(0)), frame).reason
    <Reason.apart_in_height: 'apart_in_height'>
    """
    a, b = sorted((a, b), key=_rank)
    shared = min(a.micros[-1], b.micros[-1]) - max(a.micros[0], b.micros[0])
    if shared + separation.time // MICROSECOND <= 0:
        return Judgement(Verdict.clear, Reason.apart_in_time)
    late_s = (b.micros[0] - a.micros[0]) * MICRO_S
    legs, others = a.on(frame.plane), b.on(frame.plane).later(late_s)
    all_heights = not height_matters and (a.heights_m is None or b.heights_m is None)
    if not all_heights:
        legs = _comparable(legs, _reference(a), _reference(b), 0.0, frame)
    case = _TwoPaths(a, b, legs, others, late_s, separation, all_heights, frame)
    return _judged(case, max(separation.vertical_m, _SAME_M), level_matters)


def judge_path(
    path: Trajectory,
    volume: Volume4D,
    separation: Separation,
    frame: Frame,
    *,
    height_matters: bool = True,
    level_matters: bool = False,
) -> Judgement:
    """The verdict on a path and a volume that must keep the separation; else as `judge_paths`.

    A volume without an altitude takes all heights, and what touches its band from outside is not in
    it. A path without a radius is in an area once it is half of TOUCHING_M deep. The witness is the
    path while it is too near.
    """
    opened = _opened(path, volume, separation.time, frame)
    legs = path.on(frame.plane).during(widened(opened, separation.time // MICROSECOND))
    if not len(legs):
        return Judgement(Verdict.clear, Reason.apart_in_time)
    band = volume.altitude
    if band is not None and (height_matters or path.heights_m is not None):
        theirs = None if band.unit is Unit.FL else band.reference
        around_m = volume.footprint.radius_m + path.radius_m + separation.horizontal_m
        legs = _comparable(legs, _reference(path), theirs, around_m, frame)
        heights = band.span
    else:
        heights = EVERYWHERE
    case = _PathAndVolume(path, legs, volume.footprint, heights, opened, separation, frame)
    return _judged(case, separation.vertical_m, level_matters)


@dataclass(frozen=True, slots=True)
class _Breach:
    """Where and when a separation is not kept; times in microseconds since 1970."""

    distance_m: float
    gap: Span
    times: Times
    witness: BaseGeometry


class _Case(Protocol):
    """A path and what it is judged against."""

    @property
    def legs(self) -> Legs:
        """The legs of the path, with what may have to be added to their heights."""

    def breach(self, vertical_m: float, surely: bool) -> _Breach | None:
        """Where they are too near and less than so much apart in height, surely or perhaps."""


@dataclass(frozen=True, slots=True, eq=False)
class _TwoPaths:
    """The legs are on the clock of the first path, which the second one joins later."""

    a: Trajectory
    b: Trajectory
    legs: Legs
    others: Legs
    late_s: float
    separation: Separation
    all_heights: bool
    frame: Frame

    def breach(self, vertical_m: float, surely: bool) -> _Breach | None:
        a, b = self.a, self.b
        radii_m = a.radius_m + b.radius_m
        reach_m = max(_reach_m(radii_m, self.separation), _SAME_M)
        vertical_m = inf if self.all_heights else vertical_m
        limits = Limits(reach_m, self.separation.time.total_seconds(), vertical_m, surely)
        met = encounter(self.legs, self.others, limits, self.frame.plane)
        if met is None:
            return None
        moment_s, other_s = met.first_s, met.second_s - self.late_s
        ends = a.at(moment_s), b.at(other_s)
        apart_m = geodesic_distance_m(*ends)
        # the ellipsoid has the last word
        if apart_m >= reach_m:
            return None
        height_m = b.height_at(other_s)
        heights = EVERYWHERE if self.all_heights else Span(height_m, height_m)
        gap = _gap(a.height_at(moment_s), heights, self.legs.shift_at(moment_s))
        witness = LineString(ends) if ends[0] != ends[1] else Point(ends[0])
        return _Breach(max(apart_m - radii_m, 0.0), gap, met.times + a.micros[0], witness)


@dataclass(frozen=True, slots=True, eq=False)
class _PathAndVolume:
    """The legs are those in time, on the clock of the path, as are the times it is opened."""

    path: Trajectory
    legs: Legs
    footprint: Footprint
    heights: Span
    opened: Times
    separation: Separation
    frame: Frame

    def breach(self, vertical_m: float, surely: bool) -> _Breach | None:
        floor_m, ceiling_m = self.heights.min - vertical_m, self.heights.max + vertical_m
        legs = self.legs.between_heights(floor_m + _HAIR_M, ceiling_m - _HAIR_M, surely=surely)
        radii_m = self.path.radius_m + self.footprint.radius_m
        core, plane = self.footprint.on(self.frame.plane), self.frame.plane
        reach_m = _reach_m(radii_m, self.separation)
        if reach_m < _SAME_M:
            deep = reach_m <= 0 and shapely.get_dimensions(core) == 2
            reach_m = -_SAME_M if deep else _SAME_M
        met = visit(legs, core, reach_m, plane) if len(legs) else None
        if met is None:
            return None
        place, apart_m = self.path.at(met.moment_s), 0.0
        if met.nearest is not None:
            lon, lat = plane.unproject_positions(met.nearest[None])[0].tolist()
            apart_m = geodesic_distance_m(place, (lon, lat))
            if apart_m >= reach_m:
                return None
        gap = _gap(self.path.height_at(met.moment_s), self.heights, legs.shift_at(met.moment_s))
        half = -(-self.separation.time // MICROSECOND // 2)
        times = intersection(widened(met.times, half), widened(self.opened, half))
        witness = self.path.piece(met.times)
        return _Breach(max(apart_m - radii_m, 0.0), gap, times + self.path.micros[0], witness)


def _judged(case: _Case, vertical_m: float, level_matters: bool) -> Judgement:
    """What surely breaches, else what perhaps does, else what keeps the two apart."""
    in_doubt = bool((case.legs.shift[:, 0] < case.legs.shift[:, 1]).any())
    for surely in (True, False) if in_doubt else (True,):
        found = case.breach(vertical_m, surely)
        if found is None:
            continue
        verdict, reason = Verdict.conflict, Reason.separation_breached
        if not surely:
            verdict, reason = Verdict.indeterminate, Reason.height_unknown
        elif level_matters:
            verdict, reason = Verdict.indeterminate, Reason.level_unknown
        start, end = found.times[0].tolist()
        return Judgement(
            verdict,
            reason,
            horizontal_distance_m=found.distance_m,
            vertical_gap=found.gap,
            first_overlap=Interval(EPOCH + start * MICROSECOND, EPOCH + end * MICROSECOND),
            overlap_hours=length(found.times) / _HOUR,
            witness=found.witness,
        )
    passing = case.breach(inf, surely=False)
    if passing is None:
        return Judgement(Verdict.clear, Reason.apart_in_place)
    return Judgement(Verdict.clear, Reason.apart_in_height, vertical_gap=passing.gap)


def _reach_m(radii_m: float, separation: Separation) -> float:
    """How near two cores may come; with no distance to keep, both must share TOUCHING_M."""
    if separation.horizontal_m == 0:
        return radii_m - TOUCHING_M
    return radii_m + separation.horizontal_m


def _opened(path: Trajectory, volume: Volume4D, margin: timedelta, frame: Frame) -> Times:
    """When the volume is used around the time of the path, in microseconds from its first fix."""
    start, end = (EPOCH + int(path.micros[fix]) * MICROSECOND for fix in (0, -1))
    used = windows(volume.schedule, Interval(start - margin, end + margin), frame.calendar)
    found = [[(at - start) // MICROSECOND for at in (w.start, w.end or end + margin)] for w in used]
    return np.array(found, np.int64).reshape(-1, 2)


def _comparable(
    legs: Legs, mine: Reference | None, theirs: Reference | None, around_m: float, frame: Frame
) -> Legs:
    """The legs with what may have to be added to their heights to have them above `theirs`.

    Where it is the other that is measured from the ground, that is the ground around.
    """
    if mine is None or theirs is None:
        return replace(legs, shift=np.tile([-inf, inf], (len(legs), 1)))
    if mine is theirs:
        return legs
    around_m = around_m if _RANK[theirs] < _RANK[mine] else 0.0
    length_m = np.hypot(*(legs.goal - legs.start).T)
    stretch = ((length_m.cumsum() - length_m) // EDGE_M).astype(np.intp)
    firsts = np.flatnonzero(np.diff(stretch, prepend=-1))
    ends = frame.plane.unproject_positions(np.vstack((legs.start, legs.goal)))
    ends = ends.reshape(2, -1, 2)
    low = np.minimum.reduceat(ends.min(axis=0), firsts)
    high = np.maximum.reduceat(ends.max(axis=0), firsts)
    steps = [
        frame.ground_at(Footprint(shapely.box(*box)).bounds(around_m)).step(mine, theirs)
        for box in np.hstack((low, high)).tolist()
    ]
    shift = np.array([(step.min, step.max) for step in steps])
    return replace(legs, shift=np.repeat(shift, np.diff(firsts, append=len(legs)), axis=0))


def _reference(path: Trajectory) -> Reference | None:
    return None if path.heights_m is None else path.reference


def _rank(path: Trajectory) -> tuple[object, ...]:
    """An order of their own, so that (a, b) and (b, a) are computed alike."""
    heights = b"" if path.heights_m is None else path.heights_m.tobytes()
    rank = _RANK[_reference(path)]
    return rank, path.micros.tobytes(), path.lonlat.tobytes(), heights, path.radius_m


def _gap(height_m: float, heights: Span, shift: Span) -> Span:
    """The range of the distance of a shifted height from others; negative inside of them."""

    def gap(by: float) -> float:
        above = -inf if heights.max == inf else height_m + by - heights.max
        below = -inf if heights.min == -inf else heights.min - height_m - by
        return max(above, below)

    # convex in the shift: least at an end, or where both sides of it are equal
    deepest = (heights.min + heights.max) / 2 - height_m
    ends = [gap(shift.min), gap(shift.max)]
    inside = [gap(deepest)] if shift.min < deepest < shift.max else []
    return Span(min(ends + inside), max(ends))
