"""What a jurisdiction knows of its days, for many days at once.

Days are counted from 1970-01-01, times of day in microseconds since local midnight. A calendar is
asked for whole years, and for each year once.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]

_DAY_ZERO = date(1970, 1, 1)
_UNKNOWN = -1


class Calendar(Protocol):
    """What a jurisdiction knows of its days. Hashable, and always of the same opinion."""

    def is_holiday(self, day: date) -> bool:
        """True on public holidays; a make-up working day is none, and that is all it changes.

        Weekly windows follow the name of the day: whoever was permitted Monday to Friday was not
        permitted the Saturday that is worked instead, and an order for Mondays is not for Sundays.
        """
        ...

    def sun(self, day: date) -> tuple[time, time] | None:
        """Sunrise before noon and sunset after it, in local time; None when they are not known."""
        ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FixedDays:
    """A calendar by hand: holidays by their dates, and one sunrise and sunset for all days or none.

    >>> new_year = FixedDays(frozenset({date(2027, 1, 1)}), (time(7, 40), time(18, 10)))
    >>> new_year.is_holiday(date(2027, 1, 1)), new_year.is_holiday(date(2027, 1, 2))
    (True, False)
    """

    holidays: frozenset[date] = frozenset()
    daylight: tuple[time, time] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "holidays", frozenset(self.holidays))

    def is_holiday(self, day: date) -> bool:
        """True on the holidays."""
        return day in self.holidays

    def sun(self, day: date) -> tuple[time, time] | None:
        """The same sunrise and sunset on every day."""
        return self.daylight


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 2, 1))
    31
    """
    return (day - _DAY_ZERO).days


def time_of_day(at: time) -> int:
    """Microseconds since midnight.

    >>> time_of_day(time(0, 1))
    60000000
    """
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def holidays(calendar: Calendar, days: Days) -> NDArray[np.bool_]:
    """Which of the days, ascending, are public holidays."""
    first, years = _years(days)
    return np.concatenate([_holidays(calendar, year) for year in years])[days - first]


def sun_times(calendar: Calendar, days: Days) -> Days:
    """Sunrise and sunset of the days, ascending, as (n, 2); negative where they are not known."""
    first, years = _years(days)
    return np.concatenate([_sun(calendar, year) for year in years])[days - first]


def _years(days: Days) -> tuple[int, range]:
    """The years that the days lie in, and the first day of the first of them."""
    first, last = (_DAY_ZERO + timedelta(days=int(day)) for day in days[[0, -1]])
    return day_number(date(first.year, 1, 1)), range(first.year, last.year + 1)


@lru_cache(maxsize=256)
def _holidays(calendar: Calendar, year: int) -> NDArray[np.bool_]:
    return np.array([calendar.is_holiday(day) for day in _days_of(year)])


@lru_cache(maxsize=256)
def _sun(calendar: Calendar, year: int) -> Days:
    known = (calendar.sun(day) for day in _days_of(year))
    times = [[time_of_day(at) for at in sun] if sun else [_UNKNOWN] * 2 for sun in known]
    return np.array(times, np.int64)


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
