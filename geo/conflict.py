"""The exact verdict on two volumes, with a witness.

Two volumes conflict when they come too close in place, in height and in time, all three at once.
One dimension that surely keeps them apart makes them clear, whatever the others say; where one is
in doubt and none keeps them apart the verdict is indeterminate. Touching alone is no conflict.

Heights above the ground are compared as they stand at a place that both use. Within a horizontal
separation the ground of one place may be higher than that of the other, by what is known of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo.altitude import Span, is_kept, vertical_gap
from geo.frame import Frame
from geo.ground import common
from geo.nearness import SAME_M, meeting
from geo.schedule import Interval, may_overlap, overlap
from geo.separation import Separation
from geo.volume import Volume4D

_HOUR = timedelta(hours=1)


class Verdict(StrEnum):
    """What can be said of two volumes; indeterminate is never to be taken for clear."""

    clear = "clear"
    conflict = "conflict"
    indeterminate = "indeterminate"


class Reason(StrEnum):
    """What decided: the dimension that keeps the volumes apart, or what is not known."""

    apart_in_time = "apart_in_time"
    apart_in_level = "apart_in_level"
    apart_in_height = "apart_in_height"
    apart_in_place = "apart_in_place"
    height_unknown = "height_unknown"
    level_unknown = "level_unknown"
    time_unknown = "time_unknown"
    separation_breached = "separation_breached"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on; what a clear verdict did not need is None.

    The distance is between the footprints, 0 when they meet. Hours without end are counted for
    schedule.HORIZON. The witness, in canonical degrees, is the common area or, between footprints
    that do not meet, the shortest line from core to core.
    """

    verdict: Verdict
    reason: Reason
    horizontal_distance_m: float | None = None
    vertical_gap: Span | None = None
    first_overlap: Interval | None = None
    overlap_hours: float = 0.0
    witness: BaseGeometry | None = None


def judge(
    a: Volume4D, b: Volume4D, separation: Separation, frame: Frame, *, level_matters: bool = False
) -> Judgement:
    """The verdict on two uses that must keep the separation; the same for (b, a).

    `level_matters`: both are used on roads of several levels, so that a level that is not known
    leaves a doubt; without it an unknown level is every level.
    """
    if not may_overlap(a.schedule, b.schedule, separation.time):
        return Judgement(Verdict.clear, Reason.apart_in_time)
    if a.levels is not None and b.levels is not None and a.levels.isdisjoint(b.levels):
        return Judgement(Verdict.clear, Reason.apart_in_level)
    gap = _vertical_gap(a, b, separation, frame)
    if is_kept(gap, separation.vertical_m):
        return Judgement(Verdict.clear, Reason.apart_in_height, vertical_gap=gap)
    met = meeting(a.footprint, b.footprint, separation.horizontal_m, frame)
    if met is None:
        return Judgement(Verdict.clear, Reason.apart_in_place, vertical_gap=gap)
    if met.distance_m < SAME_M:
        here = vertical_gap(a.altitude, b.altitude, frame.ground)
        gap = here if gap.holds(here) and is_kept(here, separation.vertical_m) is False else gap
    shared = overlap(a.schedule, b.schedule, frame.calendar, separation.time)
    if shared is None:
        return Judgement(Verdict.clear, Reason.apart_in_time, met.distance_m, gap)
    verdict, reason = Verdict.conflict, Reason.separation_breached
    if is_kept(gap, separation.vertical_m) is None:
        verdict, reason = Verdict.indeterminate, Reason.height_unknown
    elif level_matters and (a.levels is None or b.levels is None):
        verdict, reason = Verdict.indeterminate, Reason.level_unknown
    elif not shared.known:
        verdict, reason = Verdict.indeterminate, Reason.time_unknown
    return Judgement(
        verdict,
        reason,
        horizontal_distance_m=met.distance_m,
        vertical_gap=gap,
        first_overlap=shared.first,
        overlap_hours=shared.total / _HOUR,
        witness=met.witness(frame.plane),
    )


def _vertical_gap(a: Volume4D, b: Volume4D, separation: Separation, frame: Frame) -> Span:
    """What can be said of the vertical distance wherever the two come too close in place.

    What the ground of the whole extent leaves open is asked again of the ground there: of each in
    its own box, as far as that of the other comes near.
    """
    apart_m, ground = separation.horizontal_m, frame.ground
    gap = vertical_gap(a.altitude, b.altitude, ground, ground if apart_m else None)
    if gap.min == gap.max or is_kept(gap, separation.vertical_m):
        return gap
    mine = common(a.footprint.bounds(), b.footprint.bounds(apart_m))
    theirs = common(b.footprint.bounds(), a.footprint.bounds(apart_m))
    if mine is None or theirs is None:
        return gap
    there = frame.ground_at(theirs) if apart_m else None
    return vertical_gap(a.altitude, b.altitude, frame.ground_at(mine), there)
