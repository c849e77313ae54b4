"""Sunrise and sunset by the astral library, at one point of a jurisdiction.

The upper limb of the sun on a level horizon, refraction included, to the nearest minute. A city is
wide: the sun is four minutes earlier for every degree that a place lies east of the point.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sunrise, sunset

from geo.crs import Extent

Event = Callable[[Observer, date, tzinfo], datetime]

_NOON = time(12)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HALF_A_MINUTE = timedelta(seconds=30)


@dataclass(frozen=True)
class SunTimes:
    """The sun at a point, on the clock of an IANA time zone."""

    lon: float
    lat: float
    zone: str

    @classmethod
    def over(cls, extent: Extent, zone: str) -> Self:
        """The sun at the centre of an extent."""
        return cls((extent.west + extent.east) / 2, (extent.south + extent.north) / 2, zone)

    def on(self, day: date) -> tuple[time, time] | None:
        """Sunrise and sunset of a local day; None on polar days and nights.

        None too where the clock is so far from the sun that it does not rise before noon and set
        after noon of that day.
        """
        rise, fall = (self._time(event, day) for event in (sunrise, sunset))
        if rise is None or fall is None or not rise < _NOON <= fall:
            return None
        return rise, fall

    def _time(self, event: Event, day: date) -> time | None:
        found = self._found(event, day) or self._between(event, day)
        if found is None:
            return None
        local = (found + _HALF_A_MINUTE).astimezone(ZoneInfo(self.zone))
        return local.time().replace(second=0, microsecond=0) if local.date() == day else None

    def _between(self, event: Event, day: date) -> datetime | None:
        """Half-way from the day before to the day after.

        The library finds nothing on the day on which an event crosses midnight in UTC, as sunrise
        does in Chengdu late in January.
        """
        before, after = (self._found(event, near) for near in (day - _DAY, day + _DAY))
        if before is None or after is None or abs(after - before - 2 * _DAY) > _HOUR:
            return None
        return before + (after - before) / 2

    def _found(self, event: Event, day: date) -> datetime | None:
        try:
            return event(Observer(self.lat, self.lon), day, ZoneInfo(self.zone)).astimezone(UTC)
        except ValueError:  # on that day the sun stays up, or down
            return None
