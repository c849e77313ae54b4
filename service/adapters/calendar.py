"""Working days and public holidays of a jurisdiction: the holidays library, and a file beside it.

The file lets an office add what was announced after the library was released:
`announced = [2027]`, `holidays = [2027-02-09]`, `working = [2027-02-14]`. Until a year is announced
its holidays are those that the law fixes, and the days moved around them are missing: provisional.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Self

from holidays import country_holidays

from geo.text import Text
from service.adapters.sun import SunTimes
from service.domain.errors import Malformed, Problem


@dataclass(frozen=True)
class Overrides:
    """Days and years that an office has announced itself; they win over the library."""

    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    announced: frozenset[int] = frozenset()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The overrides written in a TOML file; Malformed names every key that cannot be read."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            words = Text(f"{path.name} 不是有效的 TOML:{error}", f"{path.name}: {error}")
            raise Malformed([Problem("", "not_toml", words)]) from error
        problems = [
            *(_unknown(key) for key in table.keys() - {"holidays", "working", "announced"}),
            *_strays(table, "holidays", date),
            *_strays(table, "working", date),
            *_strays(table, "announced", int),
        ]
        if problems:
            raise Malformed(problems)
        return cls(**{key: frozenset(days) for key, days in table.items()})


@dataclass(frozen=True)
class HolidayCalendar:
    """The calendar of a country: for schedules (`is_holiday`) and for deadlines (`is_working`)."""

    country: str
    overrides: Overrides = Overrides()
    sun_times: SunTimes | None = None

    def __post_init__(self) -> None:
        """Refuse a country that the library does not know."""
        _year(self.country, date.min.year)

    def is_holiday(self, day: date) -> bool:
        """True on public holidays; a make-up working day is none.

        Where a yearly notice moves days off, a holiday lasts as long as the notice says: all days
        off in a row with it, so that the Sunday in the week of the National Day is one of its days.
        """
        if not _year(self.country, day.year).moves_days:
            return self._is_named(day)
        return any(map(self._is_named, self._days_off_around(day)))

    def is_working(self, day: date) -> bool:
        """True on working days, make-up days included."""
        if day in self.overrides.working:
            return True
        year = _year(self.country, day.year)
        usual = day in year.made_up or day.weekday() not in year.weekend
        return usual and not self._is_named(day)

    def is_announced(self, day: date) -> bool:
        """True when the authorities have published the holidays of that year."""
        return day.year in self.overrides.announced or _year(self.country, day.year).announced

    def sun(self, day: date) -> tuple[time, time] | None:
        """Sunrise and sunset to the minute at the point of `sun_times`; None when not known."""
        return self.sun_times.on(day) if self.sun_times else None

    def _is_named(self, day: date) -> bool:
        if day in self.overrides.working:
            return False
        return day in self.overrides.holidays or day in _year(self.country, day.year).holidays

    def _days_off_around(self, day: date) -> Iterator[date]:
        for step in (-_DAY, _DAY):
            off = day
            while not self.is_working(off):
                yield off
                off += step


@dataclass(frozen=True)
class _Year:
    """One year of a country."""

    holidays: frozenset[date]
    made_up: frozenset[date]
    weekend: frozenset[int]
    moves_days: bool
    announced: bool


_DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def _year(country: str, year: int) -> _Year:
    known = country_holidays(country, years=year)
    holidays = frozenset(day for day in known if day.year == year)
    made_up = frozenset(day for day in known.weekend_workdays if day.year == year)
    moves_days = known.has_substituted_holidays
    # Where days off are moved by yearly notice, a year without a moved day was not announced yet.
    announced = bool(made_up) or not moves_days
    return _Year(holidays, made_up, frozenset(known.weekend), moves_days, announced)


def _unknown(key: str) -> Problem:
    return Problem(f"/{key}", "unknown_key", Text(f"未知的键 {key}", f"unknown key {key}"))


def _strays(table: Mapping[str, object], key: str, kind: type) -> list[Problem]:
    """A problem for the key, when it is no list of values of `kind`."""
    values = table.get(key, [])
    if isinstance(values, list) and all(type(value) is kind for value in values):
        return []
    words = Text(f"{key} 须为 {kind.__name__} 列表", f"{key} must be a list of {kind.__name__}")
    return [Problem(f"/{key}", "wrong_type", words)]
