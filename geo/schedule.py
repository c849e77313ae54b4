"""When a use takes place: a validity, weekly windows, holidays and exceptions; exact intervals.

Intervals are half-open instants; windows are local times of day and belong to the day on which they
start. Where weeks repeat unchanged, two schedules are compared by one week of each, however long
they run; elsewhere they are followed, day by day, for HORIZON and no further.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo import almanac
from geo.almanac import Calendar, Days, day_number, time_of_day
from geo.clock import DAY, EPOCH, MICROSECOND, YEARS, Clock, clock_of, zone_of
from geo.errors import ScheduleRefused
from geo.text import Text
from geo.times import (
    NEVER,
    Times,
    clipped,
    cycle,
    difference,
    intersection,
    length,
    merged,
    one,
    repeated,
    widened,
)

HORIZON = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Interval:
    """From start to before end; `end` None: without end."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        _refuse_bad_bounds(self.start, self.end)


class Weekday(StrEnum):
    """A day of the week."""

    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"


class Holidays(StrEnum):
    """Whether windows are used on public holidays."""

    included = "included"
    excluded = "excluded"
    only = "only"


Sun = Literal["sunrise", "sunset"]
MIDNIGHT = time(0)
NOON = time(12)


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """A window of the day on which it starts; it ends on the next one when end <= start.

    "00:00" as the end is the midnight that ends the day. Sunrise is before noon, sunset after it:
    against a time of day they are ordered by that alone, so that a window from 07:00 to a sunrise
    before seven is empty on that day and never a day long.
    """

    days: frozenset[Weekday]
    start: time | Sun
    end: time | Sun

    def __post_init__(self) -> None:
        if not self.days:
            raise ScheduleRefused("window_without_days", _WITHOUT_DAYS, "/days")
        for name, end in (("from", self.start), ("to", self.end)):
            if isinstance(end, time) and end.tzinfo is not None:
                raise ScheduleRefused("time_with_zone", _WITH_ZONE, f"/{name}")

    @property
    def overnight(self) -> bool:
        """True when the window ends on the day after the one on which it starts."""
        if isinstance(self.start, time) and isinstance(self.end, time):
            return self.end <= self.start
        return _half_of_day(self.end) < _half_of_day(self.start) or self.start == self.end


@dataclass(frozen=True)
class Schedule:
    """A validity and what of it is used: without weekly windows all but the days taken out."""

    start: datetime
    end: datetime | None
    zone: str
    weekly: tuple[WeeklyWindow, ...] = ()
    except_dates: frozenset[date] = frozenset()
    holidays: Holidays = Holidays.included

    def __post_init__(self) -> None:
        _refuse_bad_bounds(self.start, self.end)
        for name, instant in (("start", self.start), ("end", self.end)):
            if instant is not None and instant.year not in YEARS:
                raise ScheduleRefused("time_out_of_range", _OUT_OF_RANGE, f"/{name}")
        zone_of(self.zone)

    @cached_property
    def is_plain(self) -> bool:
        """True when the whole validity is used."""
        return not self.weekly and not self.except_dates and self.holidays is Holidays.included

    @cached_property
    def asks_calendar(self) -> bool:
        """True when holidays or the sun decide what is used."""
        return self.holidays is not Holidays.included or any(
            isinstance(end, str) for window in self.weekly for end in (window.start, window.end)
        )

    @cached_property
    def excepted(self) -> tuple[int, ...]:
        """The excepted dates in days since 1970-01-01."""
        return tuple(day_number(day) for day in self.except_dates)

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The validity in microseconds since 1970; the far future where it has no end."""
        return _bounds(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Overlap:
    """The first common interval of two schedules and how long they share in all."""

    first: Interval
    total: timedelta


def windows(schedule: Schedule, within: Interval, calendar: Calendar) -> Iterator[Interval]:
    """The times of use inside the interval, merged and ascending.

    Windows are followed for HORIZON from the first time that is both valid and inside. Where the
    times of the sun are not known, a window is as long as it could be.
    """
    low, high = _bounds(within.start, within.end)
    if not schedule.is_plain:
        high = min(high, max(low, schedule.bounds[0]) + _HORIZON)
    return map(_interval, _used(schedule, low, high, calendar).tolist())


def may_overlap(a: Schedule, b: Schedule, margin: timedelta = timedelta(0)) -> bool:
    """False when the validities alone, with the margin between them, keep the schedules apart."""
    low, high = _shared_validity(a, b, _half(margin))
    return low < high


def overlap(
    a: Schedule, b: Schedule, calendar: Calendar, margin: timedelta = timedelta(0)
) -> Overlap | None:
    """What the schedules share when both are widened by half the margin at each end, or None.

    Two uses that follow each other in less than the margin so share something; touching alone is
    nothing. What is shared without end is counted for HORIZON from the later start, as is all that
    holidays, the sun, excepted dates or a change of the clock make differ from week to week.

    >>> from datetime import UTC
    >>> start = datetime(2026, 12, 1, tzinfo=UTC)
    >>> nights = WeeklyWindow(frozenset(Weekday), time(22), time(5))
    >>> mondays = WeeklyWindow(frozenset({Weekday.MO}), time(4), time(8))
    >>> a = Schedule(start, start.replace(year=2126), "Asia/Shanghai", (nights,))
    >>> b = Schedule(start, None, "Asia/Shanghai", (mondays,))
    >>> shared = overlap(a, b, calendar=None)
    >>> shared.first.start.isoformat(), shared.total // timedelta(hours=1)
    ('2026-12-06T20:00:00+00:00', 5217)
    """
    half = _half(margin)
    low, high = _shared_validity(a, b, half)
    if low >= high:
        return None
    weekly = all(_week_of(s, low - half, high + half, calendar) is not None for s in (a, b))
    until = high if weekly and high < _FOREVER else min(high, low + _HORIZON)
    if a.is_plain and b.is_plain:
        return Overlap(_interval((low, high)), (until - low) * MICROSECOND)
    # only within twice `half` of where validities begin and end can a week differ from the others:
    # those after the second one that cannot are counted without being looked at, but for the last
    cut = low + 2 * half + 2 * _WEEK
    weeks = max((until - 2 * half - cut) // _WEEK - 1, 0) if weekly else 0
    left_out = weeks * _WEEK
    mine, theirs = (
        widened(_used(s, low - half, min(s.bounds[1], until + half) - left_out, calendar), half)
        for s in (a, b)
    )
    both = clipped(intersection(mine, theirs), low, until - left_out)
    if not len(both):
        return None
    total = length(both) + weeks * length(clipped(both, cut, cut + _WEEK))
    start, end = both[0].tolist()
    if end > cut:  # what is shared through whole weeks is shared through all of them
        end += left_out
    if weekly and end == until:
        end = high
    return Overlap(_interval((start, end)), total * MICROSECOND)


def uncovered(inner: Schedule, outer: Schedule, calendar: Calendar) -> Interval | None:
    """The first time of inner that is outside outer, or None when there is none.

    Windows are followed for HORIZON from the start of inner, and again from the end of outer. Where
    the times of the sun are not known, inner is as long as it could be, outer as short.
    """
    low, end = inner.bounds
    outer_end = outer.bounds[1]
    plain = inner.is_plain and outer.is_plain
    for start in [low] if end <= outer_end else [low, max(low, outer_end)]:
        ahead = end if plain else min(end, start + _HORIZON)
        used = _used(inner, start, ahead, calendar)
        gaps = difference(used, _used(outer, start, ahead, calendar, surely=True))
        if len(gaps):
            return _interval(gaps[0].tolist())
    return None


_HORIZON = HORIZON // MICROSECOND
_WEEK = 7 * DAY
_FOREVER = (datetime(YEARS.stop, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
_EVERY_DAY = (WeeklyWindow(frozenset(Weekday), MIDNIGHT, MIDNIGHT),)
_MONDAY_TO_SUNDAY = np.arange(4, 11)
_ALWAYS = one(0, _WEEK)
# windows reach over midnight, and a clock can be put on by a day
_REACH_DAYS = 2


def _half(margin: timedelta) -> int:
    return -(-margin // MICROSECOND // 2)


def _shared_validity(a: Schedule, b: Schedule, half: int) -> tuple[int, int]:
    (a_start, a_end), (b_start, b_end) = a.bounds, b.bounds
    return max(a_start, b_start) - half, min(a_end, b_end) + half


def _used(
    schedule: Schedule, low: int, high: int, calendar: Calendar, *, surely: bool = False
) -> Times:
    """The times of use from low to high; `surely`: only those known without the sun's times."""
    start, end = schedule.bounds
    low, high = max(low, start), min(high, end)
    if low >= high:
        return NEVER
    week = _week_of(schedule, low, high, calendar)
    if week is not None:
        return repeated(week, _WEEK, low, high)
    clock = clock_of(schedule.zone)
    days = np.arange(clock.day(low) - _REACH_DAYS, clock.day(high) + _REACH_DAYS + 1)
    days = days[_are_used(schedule, days, calendar)]
    return clipped(_starting_on(days, schedule.weekly, clock, calendar, surely), low, high)


def _week_of(schedule: Schedule, low: int, high: int, calendar: Calendar) -> Times | None:
    """The arcs of the week that repeats from low to high; None where a day differs."""
    if schedule.is_plain:
        return _ALWAYS
    if schedule.asks_calendar:
        return None
    start, end = schedule.bounds
    low, high = max(low, start) - _REACH_DAYS * DAY, min(high, end) + _REACH_DAYS * DAY
    offset = clock_of(schedule.zone).offset(low, high)
    if offset is None:
        return None
    days = range((low + offset) // DAY, (high + offset) // DAY + 1)
    if any(day in days for day in schedule.excepted):
        return None
    return _week(schedule.weekly, offset, calendar)


@lru_cache(maxsize=4096)
def _week(weekly: tuple[WeeklyWindow, ...], offset: int, calendar: Calendar) -> Times:
    clock = Clock.fixed(offset)
    return cycle(_starting_on(_MONDAY_TO_SUNDAY, weekly, clock, calendar, surely=False), _WEEK)


def _are_used(schedule: Schedule, days: Days, calendar: Calendar) -> NDArray[np.bool_]:
    used = ~np.isin(days, schedule.excepted)
    if schedule.holidays is not Holidays.included:
        used &= almanac.holidays(calendar, days) == (schedule.holidays is Holidays.only)
    return used


def _starting_on(
    days: Days, weekly: tuple[WeeklyWindow, ...], clock: Clock, calendar: Calendar, surely: bool
) -> Times:
    """The windows that start on the days; `surely`: only what of them is known."""
    # a clock change shows some times twice and some never: the longest reading, or the shortest
    first, last = (clock.latest, clock.earliest) if surely else (clock.earliest, clock.latest)
    found = [NEVER]
    for window in weekly or _EVERY_DAY:
        named = np.array([day in window.days for day in Weekday])
        on = days[named[(days + 3) % 7]]  # 1970-01-01 was a Thursday
        if not len(on):
            continue
        starts = _moments(window.start, on, calendar, earliest=not surely)
        ends = _moments(window.end, on + int(window.overnight), calendar, earliest=surely)
        found.append(np.column_stack((first(starts), last(ends))))
    return merged(np.vstack(found))


def _moments(at: time | Sun, days: Days, calendar: Calendar, *, earliest: bool) -> Days:
    """Local times on the days; where the sun is unknown, the earliest or latest in its half."""
    if isinstance(at, time):
        return days * DAY + time_of_day(at)
    of_day = almanac.sun_times(calendar, days)[:, _half_of_day(at)]
    half = _half_of_day(at) + (0 if earliest else 1)
    return days * DAY + np.where(of_day < 0, half * DAY // 2, of_day)


def _half_of_day(at: time | Sun) -> int:
    return int(at == "sunset") if isinstance(at, str) else int(at >= NOON)


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def _bounds(start: datetime, end: datetime | None) -> tuple[int, int]:
    return _micros(start), _FOREVER if end is None else _micros(end)


def _interval(ends: Iterable[int]) -> Interval:
    start, end = ends
    return Interval(
        EPOCH + start * MICROSECOND, None if end >= _FOREVER else EPOCH + end * MICROSECOND
    )


def _refuse_bad_bounds(start: datetime, end: datetime | None) -> None:
    for name, instant in (("start", start), ("end", end)):
        if instant is not None and instant.utcoffset() is None:
            raise ScheduleRefused("naive_time", _NAIVE, f"/{name}")
    # two times of one zone would be compared as its clock shows them, not as they are
    if end is not None and _micros(end) <= _micros(start):
        raise ScheduleRefused("end_before_start", _END_BEFORE_START, "/end")


_NAIVE = Text("时间缺少时区偏移", "the time has no UTC offset")
_OUT_OF_RANGE = Text(
    f"年份不在 {YEARS.start} 至 {YEARS.stop - 1} 之间",
    f"the year is not within {YEARS.start} to {YEARS.stop - 1}",
)
_END_BEFORE_START = Text("结束时间不晚于开始时间", "the end is not later than the start")
_WITHOUT_DAYS = Text("每周时段没有指定星期", "a weekly window names no day")
_WITH_ZONE = Text(
    "每周时段使用当地时刻，不带时区", "a weekly window is in local time, without a zone"
)
