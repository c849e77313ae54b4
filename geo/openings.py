"""Which of several schedules cover the times of one together: a day's and a night's all of a day.

All of it is followed, however long: of weeks that repeat unchanged the first, other days one by
one. What no calendar is asked about, later than CALENDAR_REACH, counts as not surely covered.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo.almanac import Calendar
from geo.clock import EPOCH, MICROSECOND, Micros
from geo.rhythm import Use
from geo.schedule import CALENDAR_REACH, Interval, Schedule
from geo.times import Times, difference, merged, one
from geo.weekly import WEEK


@lru_cache(maxsize=256)
def openings(
    inner: Schedule, outers: tuple[Schedule, ...], calendar: Calendar | None
) -> Mapping[frozenset[int], Interval]:
    """The outer schedules, numbered, that cover the times of inner; when each set first does.

    The empty set stands for the times that none covers. Where holidays or the times of the sun are
    not known inner is as long as it could be, the others as short.

    >>> from datetime import UTC, datetime, time
    >>> from geo.schedule import Weekday, WeeklyWindow
    >>> start = datetime(2026, 12, 1, tzinfo=UTC)
    >>> day, night = (
    ...     Schedule(start, None, "UTC", (WeeklyWindow(frozenset(Weekday), *ends),))
    ...     for ends in [(time(6), time(18)), (time(18), time(6))]
    ... )
    >>> asked = Schedule(start, start.replace(day=9), "UTC")
    >>> {tuple(by): first.start.hour for by, first in openings(asked, (day, night), None).items()}
    {(1,): 0, (0,): 6}
    """
    low, high = inner.bounds
    until = high
    if any(schedule.asks_calendar for schedule in (inner, *outers)):
        until = min(high, low + CALENDAR_REACH // MICROSECOND)
    found: dict[frozenset[int], Interval] = {}
    for since, end, asked in ((low, until, calendar), (until, high, None)):
        if since < end:
            uses = [inner.use(asked), *(outer.use(asked, surely=True) for outer in outers)]
            for by, first in _firsts(uses, _looked_at(uses, since, end)):
                found.setdefault(by, first)
    return MappingProxyType(found)


def _firsts(uses: Sequence[Use], spans: Times) -> Iterator[tuple[frozenset[int], Interval]]:
    """The sets of the other uses that last while the first one does, and when each first does."""
    times = [use.within(spans) for use in uses]
    cuts = np.unique(np.concatenate([ends.ravel() for ends in times]))
    held = np.array([_inside(cuts, each) for each in times], np.bool_)
    at = np.flatnonzero(held[0])
    sets = np.packbits(held[:, at], axis=0).T
    _, firsts = np.unique(sets, axis=0, return_index=True)
    for n in at[np.sort(firsts)].tolist():
        start, end = (EPOCH + cut * MICROSECOND for cut in cuts[n : n + 2].tolist())
        yield frozenset(np.flatnonzero(held[1:, n]).tolist()), Interval(start, end)


def _looked_at(uses: Sequence[Use], low: int, high: int) -> Times:
    """Where the uses are followed: wherever one is uneven, and the first of all weeks alike."""
    rough = merged(np.vstack([use.uneven(low, high, 0) for use in uses]))
    even = difference(one(low, high), rough)
    alike = list(zip(*(use.weeks(even[:, 0]) for use in uses), strict=True))
    firsts = even[sorted({week: n for n, week in reversed(list(enumerate(alike)))}.values())]
    weeks = np.column_stack((firsts[:, 0], np.minimum(firsts[:, 1], firsts[:, 0] + WEEK)))
    return merged(np.vstack((rough, weeks)))


def _inside(cuts: Micros, times: Times) -> NDArray[np.bool_]:
    """Whether from each cut to the next it is one of the times, whose ends all are cuts."""
    steps = np.zeros(len(cuts), np.int8)
    steps[np.searchsorted(cuts, times[:, 0])] += 1
    steps[np.searchsorted(cuts, times[:, 1])] -= 1
    return np.asarray(steps.cumsum(dtype=np.int8)[:-1] > 0)
