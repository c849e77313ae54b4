"""Which of several schedules cover the times of one together: a day's and a night's all of a day.

Followed for HORIZON from the start of the one, from every start and end of the others, and from
where each of them first leaves something open.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.almanac import Calendar
from geo.clock import EPOCH, MICROSECOND
from geo.schedule import HORIZON, Interval, Schedule, first_uncovered_time
from geo.times import Times, one

_HORIZON = HORIZON // MICROSECOND


def openings(
    inner: Schedule, outers: Sequence[Schedule], calendar: Calendar | None
) -> Mapping[frozenset[int], Interval]:
    """The outer schedules, numbered, that cover the times of inner; when each set first does.

    The empty set stands for the times that none covers. Where the times of the sun are not known
    inner is as long as it could be, the others as short.

    >>> from datetime import UTC, datetime, time
    >>> from geo.schedule import Weekday, WeeklyWindow
    >>> start = datetime(2026, 12, 1, tzinfo=UTC)
    >>> day, night = (
    ...     Schedule(start, None, "UTC", (WeeklyWindow(frozenset(Weekday), *ends),))
    ...     for ends in [(time(6), time(18)), (time(18), time(6))]
    ... )
    >>> asked = Schedule(start, start.replace(day=9), "UTC")
    >>> {tuple(by): first.start.hour for by, first in openings(asked, [day, night], None).items()}
    {(1,): 0, (0,): 6}
    """
    found: dict[frozenset[int], Interval] = {}
    for low, high in _looked_at(inner, outers, calendar):
        used = inner.use(calendar).within(one(low, high))
        held = [outer.use(calendar, surely=True).within(one(low, high)) for outer in outers]
        cuts = np.unique(np.concatenate([times.ravel() for times in (used, *held)]))
        spans = np.column_stack((cuts[:-1], cuts[1:]))
        spans = spans[_inside(spans, used)]
        by = np.array([_inside(spans, times) for times in held], np.bool_)
        for span, members in zip(spans.tolist(), by.reshape(len(held), len(spans)).T, strict=True):
            start, end = (EPOCH + at * MICROSECOND for at in span)
            found.setdefault(frozenset(np.flatnonzero(members).tolist()), Interval(start, end))
    return found


def _looked_at(
    inner: Schedule, outers: Sequence[Schedule], calendar: Calendar | None
) -> Iterator[tuple[int, int]]:
    """From when to when the schedules are followed, one after the other."""
    low, end = inner.bounds
    gaps = (first_uncovered_time(inner, outer, calendar) for outer in outers)
    missing = ((gap.start - EPOCH) // MICROSECOND for gap in gaps if gap)
    ends = (at for outer in outers for at in outer.bounds if low < at < end)
    starts = {low, *missing, *ends}
    until = low
    for start in sorted(starts):
        start, until = max(start, until), min(end, start + _HORIZON)
        if start < until:
            yield start, until


def _inside(spans: Times, times: Times) -> NDArray[np.bool_]:
    """Which spans lie in the times, none of them in part."""
    if not len(times):
        return np.zeros(len(spans), np.bool_)
    at = np.searchsorted(times[:, 0], spans[:, 0], side="right") - 1
    return np.asarray((at >= 0) & (spans[:, 1] <= times[at, 1]))
