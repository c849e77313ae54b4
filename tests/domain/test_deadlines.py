"""Due times: months that are too short, holidays in between, years nobody has announced."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from service.domain.deadlines import Due, add_months, due, working_days_after
from service.domain.rulebook_term import Clock, StartEvent, TermRow
from tests.builders import ZONE
from tests.surroundings import a_context

CHENGDU = ZoneInfo(ZONE)
RULE = a_context().pack.rules[0]


@dataclass(frozen=True)
class GoldenWeek:
    """Weekends and the first week of October off; the tenth, a Saturday, is made up."""

    def is_working(self, day: date) -> bool:
        off = day.weekday() >= 5 or (day.month == 10 and day.day <= 7)
        return not off or day == date(2026, 10, 10)

    def is_announced(self, day: date) -> bool:
        return day.year <= 2026


def a_term(clock: Clock, amount: int, at: time | None = None) -> TermRow:
    return TermRow(rule=RULE, clock=clock, amount=amount, starts_at=StartEvent.event, at=at)


def local(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHENGDU)


def when(term: TermRow, start: datetime) -> Due:
    return due(term, start, ZONE, GoldenWeek())


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (a_term(Clock.minutes, 30), local(9, 30, 22, 30)),
        (a_term(Clock.hours, 24), local(10, 1, 22)),
        (a_term(Clock.days, 7), local(10, 7, 22)),
        (a_term(Clock.months, 1), local(10, 30, 22)),
        (a_term(Clock.wall, -1, time(12)), local(9, 29, 12)),
        (a_term(Clock.wall, 0, time(21)), local(9, 30, 21)),
    ],
)
def test_a_term_is_counted_on_its_own_clock(term: TermRow, expected: datetime) -> None:
    assert when(term, local(9, 30, 22)) == Due(expected)


def test_the_day_of_a_wall_clock_is_the_local_one() -> None:
    late_in_utc = local(10, 2, 7).astimezone(ZoneInfo("UTC"))
    assert late_in_utc.day == 1
    assert when(a_term(Clock.wall, 0, time(12)), late_in_utc).at == local(10, 2, 12)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (local(1, 31), 1, local(2, 28)),
        (local(1, 31, year=2028), 1, local(2, 29, year=2028)),
        (local(8, 31), 6, local(2, 28, year=2027)),
        (local(11, 30), 18, local(5, 30, year=2028)),
        (local(12, 31), 12, local(12, 31, year=2027)),
        (local(3, 31), -1, local(2, 28)),
    ],
)
def test_a_month_too_short_for_the_day_ends_on_its_last(
    start: datetime, months: int, expected: datetime
) -> None:
    assert add_months(start, months) == expected


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (local(9, 28, 9), 1, local(9, 30)),
        (local(9, 29, 9), 1, local(10, 1)),
        (local(9, 30, 9), 1, local(10, 9)),
        (local(9, 30, 9), 3, local(10, 11)),
        (local(9, 30, 9), 4, local(10, 13)),
        (local(10, 3, 9), 1, local(10, 9)),
    ],
)
def test_working_days_skip_holidays_and_count_days_made_up(
    start: datetime, days: int, end: datetime
) -> None:
    assert working_days_after(start, days, GoldenWeek()) == Due(end)


@pytest.mark.parametrize("clock", [*Clock])
def test_past_the_ends_of_the_calendar_a_term_runs_out_there_provisionally(clock: Clock) -> None:
    at = time(12) if clock is Clock.wall else None
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert when(a_term(clock, 40, at), last) == Due(last, provisional=True)
    if clock is not Clock.working_days:
        assert when(a_term(clock, -40, at), first) == Due(first, provisional=True)


def test_the_day_it_starts_on_does_not_count_however_late_or_early() -> None:
    assert when(a_term(Clock.working_days, 1), local(9, 28, 0)).at == local(9, 30)
    assert when(a_term(Clock.working_days, 1), local(9, 28, 23, 59)).at == local(9, 30)


def test_a_due_date_past_the_last_year_announced_is_provisional() -> None:
    assert when(a_term(Clock.working_days, 3), local(12, 30)).provisional
    assert not when(a_term(Clock.working_days, 1), local(12, 30)).provisional
