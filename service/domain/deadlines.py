"""By when: terms of the rule pack, counted on the calendar (Order 493 Art. 9-13 and others).

Working days need the holiday table; past the last year announced a date is provisional and says so.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from service.domain.rulebook_term import Clock, TermRow

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class WorkCalendar(Protocol):
    """Which days are worked, and how far that has been announced."""

    def is_working(self, day: date) -> bool:
        """True on working days, make-up days included."""
        ...

    def is_announced(self, day: date) -> bool:
        """True when the authorities have published the holidays of that year."""
        ...


@dataclass(frozen=True)
class Due:
    """A due time; `provisional` when the holidays up to it are not all announced."""

    at: datetime
    provisional: bool = False


def due(term: TermRow, start: datetime, zone: str, calendar: WorkCalendar) -> Due:
    """When the term that started at `start` runs out, in the jurisdiction's zone.

    Past the ends of the calendar: its last instant or its first, provisional.
    """
    try:
        return _counted(term, start, zone, calendar)
    except OverflowError:
        return Due(_LAST if term.amount > 0 else _FIRST, provisional=True)


def _counted(term: TermRow, start: datetime, zone: str, calendar: WorkCalendar) -> Due:
    if term.clock is Clock.minutes:
        return Due(start + timedelta(minutes=term.amount))
    if term.clock is Clock.hours:
        return Due(start + timedelta(hours=term.amount))
    local = start.astimezone(ZoneInfo(zone))
    if term.clock is Clock.days:
        return Due(local + timedelta(days=term.amount))
    if term.clock is Clock.months:
        return Due(add_months(local, term.amount))
    if term.clock is Clock.working_days:
        return working_days_after(local, term.amount, calendar)
    assert term.at is not None, "a wall clock has a time of day"
    return Due(datetime.combine(local.date() + timedelta(days=term.amount), term.at, local.tzinfo))


def working_days_after(local: datetime, days: int, calendar: WorkCalendar) -> Due:
    """The end of the `days`-th working day after `local`'s day, midnight that follows it."""
    day, left, announced = local.date(), days, True
    while left > 0:
        day += timedelta(days=1)
        announced = announced and calendar.is_announced(day)
        left -= calendar.is_working(day)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), local.tzinfo)
    return Due(end, provisional=not announced)


def add_months(moment: datetime, months: int) -> datetime:
    """The same day and time `months` later; the last day of a month that is too short for it.

    OverflowError past the ends of the calendar.
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("date value out of range")
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
