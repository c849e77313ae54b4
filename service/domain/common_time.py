"""When several things hold, put together: the union of the times that pairs of schedules share.

Hours of one pair are geo.schedule's to count; only a group has to look at the times themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from geo.almanac import Calendar
from geo.clock import EPOCH, MICROSECOND
from geo.schedule import HORIZON, Interval, Schedule, windows
from geo.times import NEVER, Times, intersection, length, merged, widened

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Shared:
    """The times at which two schedules are used within a margin of each other."""

    one: Schedule
    other: Schedule
    margin: timedelta = timedelta(0)


When = Shared | Interval
"""Times as a finding carries them: worked out only if it is put together with another."""


@dataclass(frozen=True)
class Spell:
    """The first time in one piece, and how many hours there are in all."""

    first: Interval
    hours: float


def together(times: Iterable[When], calendar: Calendar) -> Spell | None:
    """All the times as one, or None when there are none; what has no end counts for HORIZON."""
    told = list(times)
    pairs = [_shared(when, calendar) for when in told if isinstance(when, Shared)]
    union = merged(np.vstack([_array(w for w in told if isinstance(w, Interval)), *pairs]))
    if not len(union):
        return None
    start, end = (EPOCH + at * MICROSECOND for at in union[0].tolist())
    return Spell(Interval(start, end), length(union) * MICROSECOND / _HOUR)


def used(schedule: Schedule, start: datetime, end: datetime, calendar: Calendar) -> Times:
    """Every time of use from start to end, however far apart they are."""
    spans = []
    while start < end:
        until = min(start + HORIZON, end)
        spans.append(_array(windows(schedule, Interval(start, until), calendar)))
        start = until
    return merged(np.vstack([NEVER, *spans]))


def _shared(when: Shared, calendar: Calendar) -> Times:
    schedules = when.one, when.other
    start = max(schedule.start for schedule in schedules) - when.margin
    ends = [schedule.end for schedule in schedules if schedule.end is not None]
    end = min(ends) + when.margin if ends else start + HORIZON
    half = -(-when.margin // MICROSECOND // 2)
    mine, theirs = (widened(used(schedule, start, end, calendar), half) for schedule in schedules)
    return intersection(mine, theirs)


def _array(intervals: Iterable[Interval]) -> Times:
    """The intervals in microseconds since 1970."""
    ends = ((i.start, i.start + HORIZON if i.end is None else i.end) for i in intervals)
    micros = [[(at - EPOCH) // MICROSECOND for at in pair] for pair in ends]
    return np.array(micros, np.int64).reshape(-1, 2)
