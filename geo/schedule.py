"""When a use takes place: a validity, weekly windows, holidays and exceptions; exact intervals.

Intervals are half-open instants; windows are local times of day and belong to the day on which they
start. Windows without end are followed for HORIZON beyond the later start, and no further.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Literal, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from geo.errors import ScheduleRefused
from geo.text import Text

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


_WEEK = tuple(Weekday)


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
            if instant is not None and instant.year not in _YEARS:
                raise ScheduleRefused("time_out_of_range", _OUT_OF_RANGE, f"/{name}")
        _clock(self.zone)

    @cached_property
    def is_plain(self) -> bool:
        """True when the whole validity is used."""
        return not self.weekly and not self.except_dates and self.holidays is Holidays.included

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The validity in microseconds since 1970; the far future where it has no end."""
        return _bounds(self.start, self.end)


class Calendar(Protocol):
    """What a jurisdiction knows of its days. Hashable, and always of the same opinion."""

    def is_holiday(self, day: date) -> bool:
        """True on public holidays; a make-up working day is none."""
        ...

    def sun(self, day: date) -> tuple[time, time] | None:
        """Sunrise and sunset in local time; None when not known."""
        ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Overlap:
    """The first common interval of two schedules and how long they share in all."""

    first: Interval
    total: timedelta


def windows(schedule: Schedule, within: Interval, calendar: Calendar) -> Iterator[Interval]:
    """The times of use inside the interval, merged and ascending.

    Windows without end are followed for HORIZON. Where the times of the sun are not known, a window
    is as long as it could be.
    """
    low, high = _bounds(within.start, within.end)
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
    nothing. Windows are followed, and the total counted, for HORIZON from the later start.
    """
    half = _half(margin)
    low, high = _shared_validity(a, b, half)
    if low >= high:
        return None
    ahead = min(high, low + _HORIZON)
    if a.is_plain and b.is_plain:
        return Overlap(_interval((low, high)), (ahead - low) * _MICROSECOND)
    both = _intersection(
        _widened(_used(a, low - half, ahead + half, calendar), half),
        _widened(_used(b, low - half, ahead + half, calendar), half),
    )
    if not len(both):
        return None
    return Overlap(_interval(both[0]), int((both[:, 1] - both[:, 0]).sum()) * _MICROSECOND)


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
        opened = _used(outer, start, ahead, calendar, surely=True)
        gaps = _intersection(used, _complement(opened))
        if len(gaps):
            return _interval(gaps[0])
    return None


# Below, times are an (n, 2) array: from, to in microseconds since 1970, ascending and disjoint.
_Times = NDArray[np.int64]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HORIZON = HORIZON // _MICROSECOND
_YEARS = range(1900, 3000)
_FOREVER = (datetime(_YEARS.stop, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_EVERY_DAY = (WeeklyWindow(frozenset(Weekday), MIDNIGHT, MIDNIGHT),)


def _half(margin: timedelta) -> int:
    return -(-margin // _MICROSECOND // 2)


def _shared_validity(a: Schedule, b: Schedule, half: int) -> tuple[int, int]:
    (a_start, a_end), (b_start, b_end) = a.bounds, b.bounds
    return max(a_start, b_start) - half, min(a_end, b_end) + half


def _used(
    schedule: Schedule, low: int, high: int, calendar: Calendar, *, surely: bool = False
) -> _Times:
    """The times of use from low to high; `surely`: only those known without the sun's times."""
    start, end = schedule.bounds
    low, high = max(low, start), min(high, end)
    if low >= high:
        return np.empty((0, 2), np.int64)
    if schedule.is_plain:
        return np.array([(low, high)], np.int64)
    high = min(high, low + _HORIZON)
    # a window of the evening before may reach into the first day
    first = _day(low, schedule.zone) - timedelta(days=1)
    years = range(first.year, _day(high, schedule.zone).year + 1)
    found = np.vstack([_year(schedule, year, calendar, surely) for year in years])
    clipped = found.clip(low, high)
    return _merged(clipped[clipped[:, 0] < clipped[:, 1]])


@lru_cache(maxsize=4096)
def _year(schedule: Schedule, year: int, calendar: Calendar, surely: bool) -> _Times:
    """The windows of the days of a year that touch the validity, not yet clipped to it."""
    start, end = schedule.bounds
    first = max(date(year, 1, 1), _day(start, schedule.zone) - timedelta(days=1))
    last = min(date(year, 12, 31), _day(min(end, _FOREVER), schedule.zone))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    found = [
        ends
        for day in days
        if _is_used(schedule, day, calendar)
        for window in schedule.weekly or _EVERY_DAY
        if _WEEK[day.weekday()] in window.days
        and (ends := _on(window, day, schedule.zone, calendar, surely))
    ]
    return np.array(found, np.int64).reshape(-1, 2)


def _is_used(schedule: Schedule, day: date, calendar: Calendar) -> bool:
    if day in schedule.except_dates:
        return False
    wanted = schedule.holidays
    return wanted is Holidays.included or calendar.is_holiday(day) is (wanted is Holidays.only)


def _on(
    window: WeeklyWindow, day: date, zone: str, calendar: Calendar, surely: bool
) -> tuple[int, int] | None:
    """The window that starts on the day; None when it is empty or, `surely`, not known."""
    next_day = day + timedelta(days=1)
    start = _moment(window.start, day, calendar, earliest=not surely)
    end = _moment(window.end, next_day if window.overnight else day, calendar, earliest=surely)
    # a clock change shows some times twice and some never: the longest reading, or the shortest
    first, last = (max, min) if surely else (min, max)
    clock = _clock(zone)
    found = (
        first(_micros(start.replace(tzinfo=clock, fold=fold)) for fold in (0, 1)),
        last(_micros(end.replace(tzinfo=clock, fold=fold)) for fold in (0, 1)),
    )
    return found if found[0] < found[1] else None


def _moment(at: time | Sun, day: date, calendar: Calendar, *, earliest: bool) -> datetime:
    """The local time on the day; unknown sun: the earliest or latest in its half of the day."""
    if isinstance(at, time):
        return datetime.combine(day, at)
    sun = calendar.sun(day)
    if sun is not None:
        return datetime.combine(day, sun[0] if at == "sunrise" else sun[1])
    half = _half_of_day(at) + (0 if earliest else 1)
    return datetime.combine(day, MIDNIGHT) + half * timedelta(hours=12)


def _half_of_day(at: time | Sun) -> int:
    return int(at == "sunset") if isinstance(at, str) else int(at >= NOON)


def _merged(times: _Times) -> _Times:
    """The union of intervals in any order; those that touch become one."""
    if not len(times):
        return times
    times = times[times[:, 0].argsort(kind="stable")]
    reached = np.maximum.accumulate(times[:, 1])
    parted = times[1:, 0] > reached[:-1]
    firsts = np.concatenate(([True], parted))
    lasts = np.concatenate((parted, [True]))
    return np.column_stack((times[firsts, 0], reached[lasts]))


def _widened(times: _Times, by: int) -> _Times:
    return _merged(times + np.array([-by, by])) if by else times


def _intersection(a: _Times, b: _Times) -> _Times:
    """The times in both."""
    first = np.searchsorted(b[:, 1], a[:, 0], side="right")
    counts = np.maximum(np.searchsorted(b[:, 0], a[:, 1], side="left") - first, 0)
    mine = np.repeat(np.arange(len(a)), counts)
    theirs = np.arange(len(mine)) - np.repeat(counts.cumsum() - counts - first, counts)
    return np.column_stack(
        (np.maximum(a[mine, 0], b[theirs, 0]), np.minimum(a[mine, 1], b[theirs, 1]))
    )


def _complement(times: _Times) -> _Times:
    """All other times."""
    starts = np.concatenate(([-_FOREVER], times[:, 1]))
    ends = np.concatenate((times[:, 0], [2 * _FOREVER]))
    return np.column_stack((starts, ends))[starts < ends]


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _bounds(start: datetime, end: datetime | None) -> tuple[int, int]:
    return _micros(start), _FOREVER if end is None else _micros(end)


def _interval(ends: Iterable[int]) -> Interval:
    start, end = (int(micros) for micros in ends)
    return Interval(
        _EPOCH + start * _MICROSECOND, None if end >= _FOREVER else _EPOCH + end * _MICROSECOND
    )


def _day(micros: int, zone: str) -> date:
    return (_EPOCH + micros * _MICROSECOND).astimezone(_clock(zone)).date()


@lru_cache(maxsize=64)
def _clock(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleRefused(
            "zone_unknown",
            Text(f"未知时区:{zone[:40]}", f"unknown time zone: {zone[:40]}"),
            "/zone",
        ) from None


def _refuse_bad_bounds(start: datetime, end: datetime | None) -> None:
    for name, instant in (("start", start), ("end", end)):
        if instant is not None and instant.utcoffset() is None:
            raise ScheduleRefused("naive_time", _NAIVE, f"/{name}")
    # two times of one zone would be compared as its clock shows them, not as they are
    if end is not None and _micros(end) <= _micros(start):
        raise ScheduleRefused("end_before_start", _END_BEFORE_START, "/end")


_NAIVE = Text("时间缺少时区偏移", "the time has no UTC offset")
_OUT_OF_RANGE = Text(
    f"年份不在 {_YEARS.start} 至 {_YEARS.stop - 1} 之间",
    f"the year is not within {_YEARS.start} to {_YEARS.stop - 1}",
)
_END_BEFORE_START = Text("结束时间不晚于开始时间", "the end is not later than the start")
_WITHOUT_DAYS = Text("每周时段没有指定星期", "a weekly window names no day")
_WITH_ZONE = Text(
    "每周时段使用当地时刻,不带时区", "a weekly window is in local time, without a zone"
)
