"""When a use takes place: a validity, weekly windows, holidays and exceptions; exact intervals.

Intervals are half-open instants; windows are local times of day and belong to the day on which they
start. Where weeks repeat unchanged, two schedules are compared by one week of each, however long
they run; days are followed one by one only beside excepted dates and changes of the clock, and
where holidays or the sun decide, there for no more than CALENDAR_REACH.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np

from geo.almanac import Calendar, Days, day_number
from geo.clock import EPOCH, MICROSECOND, YEARS, Clock, clock_of, zone_of
from geo.errors import ScheduleRefused
from geo.rhythm import Use, together
from geo.text import Text
from geo.times import NEVER, difference, intersection, merged, one
from geo.weekly import EVERY_DAY, Sun, Weekday, WeeklyWindow, Windows

__all__ = [
    "CALENDAR_REACH",
    "HORIZON",
    "Holidays",
    "Interval",
    "Overlap",
    "Schedule",
    "Sun",
    "Weekday",
    "WeeklyWindow",
    "first_uncovered_time",
    "may_overlap",
    "overlap",
    "windows",
]

HORIZON = timedelta(days=5 * 366)
"""For how long hours are counted that are shared without end."""
CALENDAR_REACH = timedelta(days=40 * 366)
"""How far ahead a calendar is asked; its opinion of days later than that is not known."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From start to before end; `end` None: without end."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        _refuse_bad_bounds(self.start, self.end)


class Holidays(StrEnum):
    """Whether windows are used on public holidays."""

    included = "included"
    excluded = "excluded"
    only = "only"


@dataclass(frozen=True)
class Schedule:
    """A validity and what of it is used: without weekly windows all but the days taken out."""

    start: datetime
    end: datetime | None
    zone: str
    weekly: Windows = ()
    except_dates: frozenset[date] = frozenset()
    holidays: Holidays = Holidays.included

    def __post_init__(self) -> None:
        _refuse_bad_bounds(self.start, self.end)
        for name, instant in (("start", self.start), ("end", self.end)):
            if instant is not None and instant.year not in YEARS:
                raise ScheduleRefused("time_out_of_range", _OUT_OF_RANGE, f"/{name}")
        zone_of(self.zone)
        object.__setattr__(self, "weekly", _windows(self.weekly))
        object.__setattr__(self, "except_dates", _dates(self.except_dates))
        object.__setattr__(self, "holidays", _rule(self.holidays))

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
    def excepted(self) -> Days:
        """The excepted dates in days since 1970-01-01, ascending."""
        return np.array(sorted(map(day_number, self.except_dates)), np.int64)

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The validity in microseconds since 1970; the far future where it has no end."""
        return _bounds(self.start, self.end)

    def use(self, calendar: Calendar | None, *, surely: bool = False) -> Use:
        """When it is used, as far as the calendar tells; without one, as far as it can be."""
        return Use(
            self.bounds,
            self.weekly or EVERY_DAY,
            _UTC if self.is_plain else clock_of(self.zone),
            self.excepted,
            None if self.holidays is Holidays.included else self.holidays is Holidays.only,
            calendar if self.asks_calendar else None,
            surely,
        )


@dataclass(frozen=True, slots=True)
class Overlap:
    """The first common interval of two schedules and how long they share in all.

    `known` False: no more than may be shared, on days so far ahead that no calendar was asked.
    """

    first: Interval
    total: timedelta
    known: bool = True


def windows(schedule: Schedule, within: Interval, calendar: Calendar | None) -> Iterator[Interval]:
    """The times of use inside the interval, merged and ascending.

    Windows without end are listed for HORIZON from the first time that is both valid and inside,
    all others for CALENDAR_REACH at most. Where the times of the sun are not known, a window is as
    long as it could be. ScheduleRefused ("calendar_needed") when a calendar is and there is none.
    """
    low, high = _bounds(within.start, within.end)
    low, high = max(low, schedule.bounds[0]), min(high, schedule.bounds[1])
    if not schedule.is_plain:
        high = min(high, low + (_HORIZON if high >= _FOREVER else _CALENDAR_REACH))
    _refuse_missing(calendar, schedule)
    used = schedule.use(calendar).within(one(low, high)) if low < high else NEVER
    return map(_interval, used.tolist())


def may_overlap(a: Schedule, b: Schedule, margin: timedelta = timedelta(0)) -> bool:
    """False when the validities alone, with the margin between them, keep the schedules apart."""
    low, high = _shared_validity(a, b, _half(margin))
    return low < high


def overlap(
    a: Schedule, b: Schedule, calendar: Calendar | None, margin: timedelta = timedelta(0)
) -> Overlap | None:
    """What the schedules share when both are widened by half the margin at each end, or None.

    Two uses that follow each other in less than the margin so share something; touching alone is
    nothing. What is shared without end is counted for HORIZON from its first moment. Holidays and
    the sun are asked of the calendar for CALENDAR_REACH from the later start: what is found there
    is counted there; where nothing is, all that later days may share is told as not `known`.
    ScheduleRefused ("calendar_needed") when a calendar is and there is none.

    >>> from datetime import UTC, time
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
    if a.is_plain and b.is_plain:
        until = high if high < _FOREVER else low + _HORIZON
        return Overlap(_interval((low, high)), (until - low) * MICROSECOND)
    for since, until, known in _asked(low, high, calendar, a, b):
        asked = calendar if known else None
        shared = together(intersection, a.use(asked), b.use(asked), since, until, half)
        if len(first := shared.first()):
            counted = until if high < _FOREVER else min(until, int(first[0, 0]) + _HORIZON)
            return Overlap(_interval(first[0]), shared.length(counted) * MICROSECOND, known)
    return None


def first_uncovered_time(
    inner: Schedule, outer: Schedule, calendar: Calendar | None
) -> Interval | None:
    """The first time of inner that is outside outer, or None when there is none.

    Where the times of the sun are not known, nor holidays later than CALENDAR_REACH, inner is as
    long as it could be, outer as short. ScheduleRefused ("calendar_needed") when a calendar is and
    there is none.
    """
    low, high = inner.bounds
    firsts = [
        together(difference, inner.use(asked), outer.use(asked, surely=True), since, until).first()
        for since, until, known in _asked(low, high, calendar, inner, outer)
        for asked in [calendar if known else None]
    ]
    found = merged(np.vstack(firsts))
    return _interval(found[0]) if len(found) else None


_HORIZON, _CALENDAR_REACH = HORIZON // MICROSECOND, CALENDAR_REACH // MICROSECOND
_FOREVER = (datetime(YEARS.stop, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
_UTC = Clock.fixed(0)


def _asked(
    low: int, high: int, calendar: Calendar | None, *schedules: Schedule
) -> Iterator[tuple[int, int, bool]]:
    """From when to when the schedules are known, and from when to when they are not."""
    _refuse_missing(calendar, *schedules)
    reach = _CALENDAR_REACH if any(s.asks_calendar for s in schedules) else high - low
    until = min(high, low + reach)
    yield low, until, True
    if until < high:
        yield until, high, False


def _half(margin: timedelta) -> int:
    return -(-margin // MICROSECOND // 2)


def _shared_validity(a: Schedule, b: Schedule, half: int) -> tuple[int, int]:
    (a_start, a_end), (b_start, b_end) = a.bounds, b.bounds
    return max(a_start, b_start) - half, min(a_end, b_end) + half


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def _bounds(start: datetime, end: datetime | None) -> tuple[int, int]:
    return _micros(start), _FOREVER if end is None else _micros(end)


def _interval(ends: Iterable[int]) -> Interval:
    start, end = map(int, ends)
    return Interval(
        EPOCH + start * MICROSECOND, None if end >= _FOREVER else EPOCH + end * MICROSECOND
    )


def _refuse_missing(calendar: Calendar | None, *schedules: Schedule) -> None:
    if calendar is None and any(schedule.asks_calendar for schedule in schedules):
        raise ScheduleRefused("calendar_needed", _CALENDAR_NEEDED)


def _refuse_bad_bounds(start: datetime, end: datetime | None) -> None:
    for name, instant in (("start", start), ("end", end)):
        if instant is None and name == "end":
            continue
        if not isinstance(instant, datetime):
            raise ScheduleRefused("not_a_time", _NO_TIME, f"/{name}")
        if instant.utcoffset() is None:
            raise ScheduleRefused("naive_time", _NAIVE, f"/{name}")
    # two times of one zone would be compared as its clock shows them, not as they are
    if end is not None and _micros(end) <= _micros(start):
        raise ScheduleRefused("end_before_start", _END_BEFORE_START, "/end")


def _windows(weekly: object) -> Windows:
    given = (weekly,) if isinstance(weekly, WeeklyWindow) else weekly
    if not isinstance(given, (tuple, list)):
        raise ScheduleRefused("not_a_window", _NO_WINDOW, "/weekly")
    for number, window in enumerate(given):
        if not isinstance(window, WeeklyWindow):
            raise ScheduleRefused("not_a_window", _NO_WINDOW, f"/weekly/{number}")
    return tuple(given)


def _dates(dates: object) -> frozenset[date]:
    if not isinstance(dates, (frozenset, set, tuple, list)):
        raise ScheduleRefused("not_a_date", _NO_DATE, "/except_dates")
    for day in dates:
        # a datetime is a date to Python, but never equal to one
        if not isinstance(day, date) or isinstance(day, datetime):
            raise ScheduleRefused("not_a_date", _NO_DATE, "/except_dates")
    return frozenset(dates)


def _rule(holidays: object) -> Holidays:
    try:
        return Holidays(str(holidays))
    except ValueError:
        raise ScheduleRefused("holidays_unknown", _NO_RULE, "/holidays") from None


_NAIVE = Text("时间缺少时区偏移", "the time has no UTC offset")
_NO_TIME = Text("须为带时区偏移的 datetime", "a time is a datetime with a UTC offset")
_NO_WINDOW = Text("每周时段须为 WeeklyWindow 元组", "weekly windows are a tuple of WeeklyWindow")
_NO_DATE = Text(
    "例外日期须为 datetime.date 的集合", "excepted dates are a set of datetime.date, without times"
)
_NO_RULE = Text(
    f"节假日规则须为 {'、'.join(Holidays)}", f"holidays are one of {', '.join(Holidays)}"
)
_CALENDAR_NEEDED = Text(
    "涉及节假日或日出日落的时段需要日历", "holidays and the sun need a calendar: see FixedDays"
)
_OUT_OF_RANGE = Text(
    f"年份不在 {YEARS.start} 至 {YEARS.stop - 1} 之间",
    f"the year is not within {YEARS.start} to {YEARS.stop - 1}",
)
_END_BEFORE_START = Text("结束时间不晚于开始时间", "the end is not later than the start")
