"""The exact verdict on two volumes, with a witness.

Two volumes conflict when they come too close in place, in height and in time, all three at once.
One dimension that surely keeps them apart makes them clear, whatever the others say; where one is
in doubt and none keeps them apart the verdict is indeterminate. Touching alone is no conflict.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo.altitude import Span, vertical_gap
from geo.frame import Frame
from geo.nearness import meeting
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
    if gap.min >= separation.vertical_m:
        return Judgement(Verdict.clear, Reason.apart_in_height, vertical_gap=gap)
    met = meeting(a.footprint, b.footprint, separation.horizontal_m, frame)
    if met is None:
        return Judgement(Verdict.clear, Reason.apart_in_place, vertical_gap=gap)
    shared = overlap(a.schedule, b.schedule, frame.calendar, separation.time)
    if shared is None:
        return Judgement(Verdict.clear, Reason.apart_in_time, met.distance_m, gap)
    verdict, reason = Verdict.conflict, Reason.separation_breached
    if gap.max >= separation.vertical_m:
        verdict, reason = Verdict.indeterminate, Reason.height_unknown
    elif level_matters and (a.levels is None or b.levels is None):
        verdict, reason = Verdict.indeterminate, Reason.level_unknown
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

    What the ground of the whole extent leaves open is asked again of the ground there: in the
    boxes of both, each grown by the horizontal separation.
    """
    gap = vertical_gap(a.altitude, b.altitude, frame.ground)
    if gap.min == gap.max or gap.min >= separation.vertical_m:
        return gap
    mine, theirs = (v.footprint.bounds(separation.horizontal_m) for v in (a, b))
    west, south = max(mine[0], theirs[0]), max(mine[1], theirs[1])
    east, north = min(mine[2], theirs[2]), min(mine[3], theirs[3])
    if west > east or south > north:
        return gap
    return vertical_gap(a.altitude, b.altitude, frame.ground_at((west, south, east, north)))
