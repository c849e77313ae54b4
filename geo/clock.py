"""The clock of a time zone: its UTC offsets, and the instants that a local time can mean.

All times are whole microseconds: instants since 1970 in UTC, local times since 1970 as the clock
shows them. Days are counted from 1970-01-01.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from geo.errors import ScheduleRefused
from geo.text import Text

YEARS = range(1900, 3000)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND

Micros = NDArray[np.int64]

_ZERO, _A_SECOND = timedelta(0), timedelta(seconds=1)
_NOON, _A_DAY = timedelta(hours=12), timedelta(days=1)
# no zone has changed its offset twice in less
_STEP_DAYS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """UTC offsets: `offsets[n]` holds before the instant `changes[n]`, the last one after all.

    A change makes the clock show some times twice, or leaves some out. Such a time has two
    readings, by the offset before and by the offset after, and the earliest one is by the larger.
    """

    changes: Micros
    offsets: Micros

    @classmethod
    def fixed(cls, offset: int) -> Self:
        """A clock that is never changed."""
        return cls(np.empty(0, np.int64), np.array([offset], np.int64))

    def offset(self, instants: Micros) -> Micros:
        """The offsets that hold at instants."""
        return self.offsets[np.searchsorted(self.changes, instants, side="right")]

    def day(self, instants: Micros) -> Micros:
        """The days that the clock shows at instants."""
        return (instants + self.offset(instants)) // DAY

    def earliest(self, local: Micros) -> Micros:
        """The first instants that local times can mean."""
        reached = np.searchsorted(self.changes + self.offsets[:-1], local, side="right")
        return local - self.offsets[reached]

    def latest(self, local: Micros) -> Micros:
        """The last instants that local times can mean."""
        reached = np.searchsorted(self.changes + self.offsets[1:], local, side="right")
        return local - self.offsets[reached]


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name; ScheduleRefused when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleRefused(
            "zone_unknown",
            Text(f"未知时区：{name[:40]}", f"unknown time zone: {name[:40]}"),
            "/zone",
        ) from None


@lru_cache(maxsize=64)
def clock_of(name: str) -> Clock:
    """The clock of a zone over all YEARS; takes some 50 ms when a zone is first asked for."""
    zone = zone_of(name)
    days = range(date(YEARS.start - 1, 12, 1).toordinal(), date(YEARS.stop, 2, 1).toordinal())
    noons = [datetime.fromordinal(day) + _NOON for day in days[::_STEP_DAYS]]
    samples = [(noon.replace(tzinfo=UTC), zone.utcoffset(noon) or _ZERO) for noon in noons]
    changes = [
        # a day earlier: a zone that crossed the date line left out a noon
        (_change(zone, start - old - _A_DAY, end - new), new)
        for (start, old), (end, new) in pairwise(samples)
        if old != new
    ]
    offsets = [samples[0][1], *(new for _, new in changes)]
    return Clock(
        np.array([instant * _A_SECOND // MICROSECOND for instant, _ in changes], np.int64),
        np.array([offset // MICROSECOND for offset in offsets], np.int64),
    )


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> int:
    """The second since 1970 at which the offset becomes what it is at the later time."""

    def is_settled(second: int) -> bool:
        return (EPOCH + second * _A_SECOND).astimezone(zone).utcoffset() == settled

    settled = high.astimezone(zone).utcoffset()
    first, last = ((instant - EPOCH) // _A_SECOND for instant in (low, high))
    return first + bisect_left(range(first, last), True, key=is_settled)
