"""When several things hold, put together: the union of the times that pairs of schedules share.

Hours of one pair are geo.schedule's to count; only a group has to look at the times themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from geo.almanac import Calendar
from geo.clock import EPOCH, MICROSECOND
from geo.schedule import HORIZON, Interval, Schedule, windows
from geo.times import Times, intersection, length, merged, widened

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
    union = merged(np.vstack([np.empty((0, 2), np.int64), *(_times(t, calendar) for t in times)]))
    if not len(union):
        return None
    start, end = (EPOCH + at * MICROSECOND for at in union[0].tolist())
    return Spell(Interval(start, end), length(union) * MICROSECOND / _HOUR)


def used(
    schedule: Schedule, start: datetime, end: datetime, calendar: Calendar
) -> Iterator[Interval]:
    """Every window of use from start to end, however far apart they are."""
    while start < end:
        until = min(start + HORIZON, end)
        yield from windows(schedule, Interval(start, until), calendar)
        start = until


def _times(when: When, calendar: Calendar) -> Times:
    if isinstance(when, Interval):
        return _array([when])
    schedules = when.one, when.other
    start = max(schedule.start for schedule in schedules) - when.margin
    ends = [schedule.end for schedule in schedules if schedule.end is not None]
    end = min(ends) + when.margin if ends else start + HORIZON
    half = -(-when.margin // MICROSECOND // 2)
    mine, theirs = (
        widened(merged(_array(used(schedule, start, end, calendar))), half)
        for schedule in schedules
    )
    return intersection(mine, theirs)


def _array(intervals: Iterable[Interval]) -> Times:
    """The intervals in microseconds since 1970."""
    ends = ((i.start, i.start + HORIZON if i.end is None else i.end) for i in intervals)
    micros = [[(at - EPOCH) // MICROSECOND for at in pair] for pair in ends]
    return np.array(micros, np.int64).reshape(-1, 2)
