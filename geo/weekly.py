"""Weekly windows: the days on which they start and their local times, by the clock or the sun.

Here they become instants on given days, or the arcs of a week that repeats. Which of the days are
used is the schedule's.
"""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from functools import lru_cache
from typing import Literal

import numpy as np

from geo import almanac
from geo.almanac import Calendar, Days, time_of_day
from geo.clock import DAY, Clock
from geo.errors import ScheduleRefused
from geo.text import Text
from geo.times import NEVER, Times, cycle, merged

WEEK = 7 * DAY


class Weekday(StrEnum):
    """A day of the week."""

    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"


Sun = Literal["sunrise", "sunset"]
MIDNIGHT = time(0)
NOON = time(12)


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """A window of the day on which it starts; it ends on the next one when end <= start.

    "00:00" as the end is the midnight that ends the day. Sunrise is before noon, sunset after it:
    against a time of day they are ordered by that alone, so that a window from 07:00 to a sunrise
    before seven is empty on that day and never a day long.

    >>> WeeklyWindow(frozenset({Weekday.MO}), time(22), "sunrise").overnight
    True
    """

    days: frozenset[Weekday]
    start: time | Sun
    end: time | Sun

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", _weekdays(self.days))
        for name, end in (("from", self.start), ("to", self.end)):
            if end in ("sunrise", "sunset"):
                continue
            if not isinstance(end, time):
                raise ScheduleRefused("not_a_time_of_day", _NO_TIME, f"/{name}")
            if end.tzinfo is not None:
                raise ScheduleRefused("time_with_zone", _WITH_ZONE, f"/{name}")

    @property
    def overnight(self) -> bool:
        """True when the window ends on the day after the one on which it starts."""
        if isinstance(self.start, time) and isinstance(self.end, time):
            return self.end <= self.start
        return _half_of_day(self.end) < _half_of_day(self.start) or self.start == self.end


Windows = tuple[WeeklyWindow, ...]


def starting_on(
    days: Days, weekly: Windows, clock: Clock, calendar: Calendar | None, *, surely: bool
) -> Times:
    """The windows that start on the days; `surely`: only what of them is known.

    Without a calendar nothing is known of the sun: it rises before noon and sets after it.
    """
    # a clock change shows some times twice and some never: the longest reading, or the shortest
    first, last = (clock.latest, clock.earliest) if surely else (clock.earliest, clock.latest)
    found = [NEVER]
    for window in weekly:
        named = np.array([day in window.days for day in Weekday])
        on = days[named[(days + 3) % 7]]  # 1970-01-01 was a Thursday
        if not len(on):
            continue
        starts = _moments(window.start, on, calendar, earliest=not surely)
        ends = _moments(window.end, on + int(window.overnight), calendar, earliest=surely)
        found.append(np.column_stack((first(starts), last(ends))))
    return merged(np.vstack(found))


@lru_cache(maxsize=4096)
def arcs(weekly: Windows, offset: int, surely: bool) -> Times:
    """The arcs of the week that the windows repeat while the clock keeps a UTC offset."""
    monday_to_sunday = np.arange(4, 11)
    clock = Clock.fixed(offset)
    return cycle(starting_on(monday_to_sunday, weekly, clock, None, surely=surely), WEEK)


def _moments(at: time | Sun, days: Days, calendar: Calendar | None, *, earliest: bool) -> Days:
    """Local times on the days; where the sun is unknown, the earliest or latest in its half."""
    if isinstance(at, time):
        return days * DAY + time_of_day(at)
    half = _half_of_day(at) + (0 if earliest else 1)
    unknown = days * DAY + half * DAY // 2
    if calendar is None:
        return unknown
    of_day = almanac.sun_times(calendar, days)[:, _half_of_day(at)]
    return np.where(of_day < 0, unknown, days * DAY + of_day)


def _half_of_day(at: time | Sun) -> int:
    return int(at == "sunset") if isinstance(at, str) else int(at >= NOON)


def _weekdays(days: object) -> frozenset[Weekday]:
    named = [days] if isinstance(days, str) else days
    try:
        found = frozenset(map(Weekday, named))  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise ScheduleRefused("weekday_unknown", _NO_DAY, "/days") from None
    if not found:
        raise ScheduleRefused("window_without_days", _WITHOUT_DAYS, "/days")
    return found


_NO_DAY = Text(
    f"星期须为 {'、'.join(Weekday)}", f"the days of a window are among {', '.join(Weekday)}"
)
_NO_TIME = Text(
    "时刻须为 datetime.time、sunrise 或 sunset",
    "an end of a window is a datetime.time, sunrise or sunset",
)
_WITHOUT_DAYS = Text("每周时段没有指定星期", "a weekly window names no day")
_WITH_ZONE = Text(
    "每周时段使用当地时刻，不带时区", "a weekly window is in local time, without a zone"
)
EVERY_DAY: Windows = (WeeklyWindow(frozenset(Weekday), MIDNIGHT, MIDNIGHT),)
