"""The exact verdict on a path with times: against another such path, or against a volume.

They conflict when at some moments they come too close in place, in height and in time, all three at
once. What is compared is where things are when they are there, never the box of all their places.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from typing import Protocol

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.altitude import EVERYWHERE, HAIR_M, Reference, Span, Unit, gap_between
from geo.clock import EPOCH, MICROSECOND
from geo.conflict import Judgement, Reason, Verdict
from geo.crs import EDGE_M, Plane, geodesic_distance_m
from geo.encounter import Limits, encounter, visit
from geo.footprint import Footprint, grown
from geo.frame import Frame
from geo.ground import Bounds, common
from geo.motion import MICRO_S, Legs, Numbered
from geo.nearness import SAME_M, TOUCHING_M
from geo.schedule import Interval, windows
from geo.separation import Separation
from geo.times import Times, intersection, length, merged, widened
from geo.trajectory import Trajectory
from geo.volume import Volume4D

_HOUR = timedelta(hours=1) // MICROSECOND
# what is measured from the ground is converted, where it is; what is of no reference comes last
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
    Heights above different references are compared by the ground below each leg, and heights above
    the ground of two places by that of both; over one place they are compared as they stand.

    The distance, the gap and the witness are those of the closest moments. The overlap is when both
    are too near, each of its moments widened by half of `separation.time`, as schedules are.

    >>> from geo import Extent, Ground, Plane
    >>> city = Extent(102.9, 30.0, 104.95, 31.5)
    >>> frame = Frame(Plane.around(city), city, "Asia/Shanghai", Ground(500, 500), calendar=None)
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
    here = _TwoPaths(a, b, legs, others, late_s, _touching(separation), all_heights, frame)
    if not all_heights:
        _, boxes = _stretches(others, b.radius_m, frame.plane)
        legs = _comparable(legs, a, _reference(b), boxes, separation, frame)
    case = replace(here, legs=legs, separation=separation)
    on_ground = _reference(a) is _reference(b) is Reference.AGL
    vertical_m = max(separation.vertical_m, SAME_M)
    return _judged(case, here if on_ground else None, vertical_m, level_matters)


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
    band, footprint = volume.altitude, volume.footprint
    if band is None or not (height_matters or path.heights_m is not None):
        case = _PathAndVolume(path, legs, footprint, EVERYWHERE, opened, separation, frame)
        return _judged(case, None, separation.vertical_m, level_matters)
    theirs = None if band.unit is Unit.FL else band.reference
    near = _touching(separation)
    here = _PathAndVolume(path, legs, footprint, band.span, opened, near, frame)
    legs = _comparable(legs, path, theirs, [footprint.bounds()], separation, frame)
    case = replace(here, legs=legs, separation=separation)
    on_ground = _reference(path) is theirs is Reference.AGL
    return _judged(case, here if on_ground else None, separation.vertical_m, level_matters)


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
        reach_m = max(_reach_m(radii_m, self.separation), SAME_M)
        vertical_m = inf if self.all_heights else vertical_m
        limits = Limits(reach_m, self.separation.time.total_seconds(), vertical_m, surely)
        met = encounter(self.legs, self.others, limits, self.frame.plane)
        if met is None:
            return None
        moment_s, other_s = met.first_s, met.second_s - self.late_s
        ends = a.after(moment_s), b.after(other_s)
        apart_m = geodesic_distance_m(*ends)
        # the ellipsoid has the last word
        if apart_m >= reach_m:
            return None
        heights = EVERYWHERE if self.all_heights else _height(b, other_s)
        gap = gap_between(_height(a, moment_s), heights, self.legs.shift_at(moment_s))
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
        legs = self.legs.between_heights(floor_m + HAIR_M, ceiling_m - HAIR_M, surely=surely)
        radii_m = self.path.radius_m + self.footprint.radius_m
        core, plane = self.footprint.on(self.frame.plane), self.frame.plane
        reach_m = _reach_m(radii_m, self.separation)
        if reach_m < SAME_M:
            deep = reach_m <= 0 and shapely.get_dimensions(core) == 2
            reach_m = -SAME_M if deep else SAME_M
        met = visit(legs, core, reach_m, plane) if len(legs) else None
        if met is None:
            return None
        place, apart_m = self.path.after(met.moment_s), 0.0
        if met.nearest is not None:
            lon, lat = plane.unproject_positions(met.nearest[None])[0].tolist()
            apart_m = geodesic_distance_m(place, (lon, lat))
        height, half = _height(self.path, met.moment_s), self.separation.half_us
        gap = gap_between(height, self.heights, legs.shift_at(met.moment_s))
        times = intersection(widened(met.times, half), widened(self.opened, half))
        witness = self.path.piece(met.times)
        return _Breach(max(apart_m - radii_m, 0.0), gap, times + self.path.micros[0], witness)


def _judged(case: _Case, here: _Case | None, vertical_m: float, level_matters: bool) -> Judgement:
    """What surely breaches, else what perhaps does, else what keeps the two apart.

    `here` is the case at the places that both share, for heights above the ground: those are
    compared as they stand where the ground is one.
    """
    in_doubt = bool((case.legs.shift[:, 0] < case.legs.shift[:, 1]).any())
    verdict, reason = Verdict.conflict, Reason.separation_breached
    if level_matters:
        verdict, reason = Verdict.indeterminate, Reason.level_unknown
    sure = [case, here] if in_doubt and here is not None else [case]
    found = _all_of([each.breach(vertical_m, surely=True) for each in sure])
    if found is None and in_doubt:
        verdict, reason = Verdict.indeterminate, Reason.height_unknown
        found = case.breach(vertical_m, surely=False)
    if found is not None:
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


def _all_of(found: Sequence[_Breach | None]) -> _Breach | None:
    """The closest of breaches, at the times of all."""
    breaches = [breach for breach in found if breach is not None]
    if not breaches:
        return None
    nearest = min(breaches, key=lambda breach: breach.distance_m)
    return replace(nearest, times=merged(np.vstack([breach.times for breach in breaches])))


def _touching(separation: Separation) -> Separation:
    return replace(separation, horizontal_m=0.0)


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
    legs: Legs,
    path: Trajectory,
    theirs: Reference | None,
    others: Sequence[Bounds],
    separation: Separation,
    frame: Frame,
) -> Legs:
    """The legs with what may have to be added to their heights to have them above `theirs`.

    The ground is that below each stretch of the path and that of the other where it comes near,
    in `others`, the boxes it is in.
    """
    mine, apart_m = _reference(path), separation.horizontal_m
    if mine is None or theirs is None:
        return replace(legs, shift=np.tile([-inf, inf], (len(legs), 1)))
    if mine is theirs and not (apart_m and mine is Reference.AGL):
        return legs
    firsts, boxes = _stretches(legs, path.radius_m, frame.plane)
    steps = []
    for box in boxes:
        there = _met(grown(box, apart_m), others)
        steps.append(frame.ground_at(box).step(mine, theirs, frame.ground_at(there)))
    shift = np.array([(step.min, step.max) for step in steps])
    return replace(legs, shift=np.repeat(shift, np.diff(firsts, append=len(legs)), axis=0))


def _stretches(legs: Legs, radius_m: float, plane: Plane) -> tuple[Numbered, list[Bounds]]:
    """The first legs of stretches of some hundred metres, and the boxes that those are in."""
    length_m = np.hypot(*(legs.goal - legs.start).T)
    stretch = ((length_m.cumsum() - length_m) // EDGE_M).astype(np.intp)
    firsts = np.flatnonzero(np.diff(stretch, prepend=-1))
    ends = plane.unproject_positions(np.vstack((legs.start, legs.goal)))
    ends = ends.reshape(2, -1, 2)
    low = np.minimum.reduceat(ends.min(axis=0), firsts)
    high = np.maximum.reduceat(ends.max(axis=0), firsts)
    boxes = zip(*low.T.tolist(), *high.T.tolist(), strict=True)
    return firsts, [grown(box, radius_m) for box in boxes]


def _met(near: Bounds, others: Sequence[Bounds]) -> Bounds:
    """The box round all that a box has in common with others; itself when that is nothing."""
    met = [shared for other in others if (shared := common(near, other)) is not None]
    if not met:
        return near
    west, south, east, north = zip(*met, strict=True)
    return min(west), min(south), max(east), max(north)


def _reference(path: Trajectory) -> Reference | None:
    return None if path.heights_m is None else path.reference


def _rank(path: Trajectory) -> tuple[object, ...]:
    """An order of their own, so that (a, b) and (b, a) are computed alike."""
    heights = b"" if path.heights_m is None else path.heights_m.tobytes()
    rank = _RANK[_reference(path)]
    return rank, path.micros.tobytes(), path.lonlat.tobytes(), heights, path.radius_m


def _height(path: Trajectory, seconds: float) -> Span:
    """The height as a span; what it is without heights has no meaning."""
    height_m = path.height_after(seconds) or 0.0
    return Span(height_m, height_m)
