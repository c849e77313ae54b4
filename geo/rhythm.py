"""Times that repeat week after week, but for some days between: whose they are, and what two share.

However many weeks a span has, it costs what one of them costs. Days are followed one by one only
where they differ: beside the ends of a validity, excepted dates and changes of the clock, and where
a calendar decides.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo import almanac
from geo.almanac import Calendar, Days
from geo.clock import DAY, Clock, Micros
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
from geo.weekly import EVERY_DAY, WEEK, Windows, arcs, starting_on

# a window reaches over midnight, and a clock can be put on by a day
_REACH_DAYS = 3
_REACH = _REACH_DAYS * DAY

Algebra = Callable[[Times, Times], Times]
_Week = tuple[Windows, int, bool]


@dataclass(frozen=True, slots=True)
class Use:
    """When something is used, as far as a calendar tells; without one, as far as it can be.

    `surely`: only what is known. `excepted` days are ascending, `on_holidays` None: whatever day.
    """

    bounds: tuple[int, int]
    windows: Windows
    clock: Clock
    excepted: Days
    on_holidays: bool | None
    calendar: Calendar | None
    surely: bool = False

    def within(self, spans: Times) -> Times:
        """The times of use in the spans."""
        spans = clipped(spans, *self.bounds)
        if self._is_plain or not len(spans):
            return spans
        if self.calendar is None and not len(self._breaks(spans[0, 0], spans[-1, 1])):
            (week,) = self.weeks(spans[:1, 0])
            times = (repeated(arcs(*week), WEEK, *span) for span in spans.tolist())
            return merged(np.vstack(list(times)))
        days = _days(self.clock.day(spans) + np.array([-_REACH_DAYS, _REACH_DAYS + 1]))
        days = days[self._are_used(days)]
        found = starting_on(days, self.windows, self.clock, self.calendar, surely=self.surely)
        return intersection(found, spans)

    def uneven(self, low: int, high: int, margin: int) -> Times:
        """Where from low to high a week can differ from the others, in any order.

        `margin`: by how much the times are widened.
        """
        if self.calendar is not None:
            return one(low, high)
        # an end or a break beside the span reaches into it when the times are widened
        reach = _REACH + margin
        ends = np.array([e for e in self.bounds if low - reach < e < high + reach], np.int64)
        breaks = np.concatenate((ends, self._breaks(low - margin, high + margin)))
        return clipped(breaks[:, None] + np.array([-reach, reach]), low, high)

    def _breaks(self, low: int, high: int) -> Micros:
        """The changes of the clock and the excepted dates that matter from low to high."""
        breaks = self.clock.changes
        if len(self.excepted):
            breaks = np.sort(np.concatenate((breaks, self.clock.earliest(self.excepted * DAY))))
        first, last = np.searchsorted(breaks, (low - _REACH, high + _REACH))
        return breaks[first:last]

    def weeks(self, instants: Micros) -> Iterator[_Week]:
        """What makes the week at each of the instants: what `arcs` takes."""
        start, end = self.bounds
        offsets = [0] * len(instants) if self._is_plain else self.clock.offset(instants).tolist()
        for at, offset in zip(instants.tolist(), offsets, strict=True):
            is_open = start <= at < end and not self._is_never_sure
            yield (self.windows if is_open else ()), offset, self.surely

    def _are_used(self, days: Days) -> NDArray[np.bool_]:
        used = ~np.isin(days, self.excepted)
        if self._is_never_sure:
            used[:] = False
        elif self.on_holidays is not None and self.calendar is not None:
            used &= almanac.holidays(self.calendar, days) == self.on_holidays
        return used

    @property
    def _is_plain(self) -> bool:
        return self.windows is EVERY_DAY and not len(self.excepted) and self.on_holidays is None

    @property
    def _is_never_sure(self) -> bool:
        """True when all that is used depends on holidays that are not known."""
        return self.surely and self.on_holidays is not None and self.calendar is None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Arcs of a week, each with the spans through which they repeat, and the times between spans.

    Spans never touch each other.
    """

    weeks: Sequence[tuple[Times, Times]]
    between: Times

    def first(self) -> Times:
        """The first run of all, as long as it goes on, as the only row; no row without any."""
        firsts = [_first(arcs, spans) for arcs, spans in self.weeks if len(arcs)]
        return merged(np.vstack((self.between, *firsts)))[:1]

    def length(self, until: int) -> int:
        """How many microseconds before `until` they are in all."""
        return length(clipped(self.between, _BEGINNING, until)) + sum(
            _length(arcs, clipped(spans, _BEGINNING, until))
            for arcs, spans in self.weeks
            if len(arcs)
        )


_BEGINNING = np.iinfo(np.int64).min


def _is_whole(arcs: Times) -> bool:
    return bool(arcs[0, 1] - arcs[0, 0] >= WEEK)


def _first(arcs: Times, spans: Times) -> Times:
    """The first run of each span that has one."""
    if _is_whole(arcs):
        return spans
    # an arc may reach over from the week before; one of this week or the next ends after the start
    weeks = spans[:, :1] // WEEK * WEEK + np.array([-WEEK, 0, WEEK])
    runs = (weeks[:, :, None, None] + arcs).reshape(len(spans), -1, 2)
    ahead = (runs[:, :, 1] > spans[:, :1]).argmax(axis=1)
    runs = runs[np.arange(len(spans)), ahead]
    runs = np.column_stack(
        (np.maximum(runs[:, 0], spans[:, 0]), np.minimum(runs[:, 1], spans[:, 1]))
    )
    return runs[runs[:, 0] < runs[:, 1]]


def _length(arcs: Times, spans: Times) -> int:
    if _is_whole(arcs):
        return length(spans)
    within_week = repeated(arcs, WEEK, 0, WEEK)
    turns, into = np.divmod(spans, WEEK)
    begun = np.clip(into[:, :, None] - within_week[:, 0], 0, within_week[:, 1] - within_week[:, 0])
    since_monday = turns * length(within_week) + begun.sum(axis=2)
    return int((since_monday[:, 1] - since_monday[:, 0]).sum())


def together(algebra: Algebra, a: Use, b: Use, low: int, high: int, margin: int = 0) -> Rhythm:
    """What the algebra makes of two uses from low to high, each widened by the margin."""
    rough = merged(np.vstack([use.uneven(low, high, margin) for use in (a, b)]))
    if not len(rough):
        return Rhythm(_weeks(algebra, a, b, one(low, high), margin), NEVER)
    around = widened(rough, margin)
    near = (widened(use.within(around), margin) for use in (a, b))
    between = intersection(algebra(*near), rough)
    return Rhythm(_weeks(algebra, a, b, difference(one(low, high), rough), margin), between)


def _weeks(
    algebra: Algebra, a: Use, b: Use, spans: Times, margin: int
) -> list[tuple[Times, Times]]:
    alike: dict[tuple[_Week, _Week], list[int]] = defaultdict(list)
    for number, pair in enumerate(zip(a.weeks(spans[:, 0]), b.weeks(spans[:, 0]), strict=True)):
        alike[pair].append(number)
    return [(_week(algebra, *pair, margin), spans[numbers]) for pair, numbers in alike.items()]


@lru_cache(maxsize=4096)
def _week(algebra: Algebra, a: _Week, b: _Week, margin: int) -> Times:
    """The arcs that the algebra makes of two weeks, each widened by the margin."""
    wide = (cycle(arcs(*week) + np.array([-margin, margin]), WEEK) for week in (a, b))
    return cycle(algebra(*(repeated(week, WEEK, 0, 2 * WEEK) for week in wide)), WEEK)


def _days(ranges: Days) -> Days:
    """All days from each first to before the last beside it, ascending and each once."""
    first, last = merged(ranges).T
    counts = last - first
    return np.repeat(first - (counts.cumsum() - counts), counts) + np.arange(counts.sum())
