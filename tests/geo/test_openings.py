"""Schedules that together cover another, hour by hour."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from geo.almanac import Calendar
from geo.openings import openings
from geo.schedule import Holidays, Interval, Schedule, Weekday, WeeklyWindow

START = datetime(2026, 12, 1, tzinfo=UTC)
DAYS = 3
HOURS = st.integers(0, 23)


class OneHoliday:
    """The second day is a holiday; the sun is unknown."""

    def is_holiday(self, day: object) -> bool:
        return day == (START + timedelta(days=1)).date()

    def sun(self, day: object) -> None:
        return None


def daily(start: int, end: int, holidays: Holidays, begins: int) -> Schedule:
    window = WeeklyWindow(frozenset(Weekday), time(start), time(end))
    since = START + timedelta(hours=begins) - timedelta(days=9)
    return Schedule(since, None, "UTC", (window,), holidays=holidays)


def is_open(schedule: Schedule, at: datetime, calendar: Calendar) -> bool:
    """The plain way: the windows of this day and of the one before."""
    if at < schedule.start:
        return False
    (window,) = schedule.weekly
    assert isinstance(window.start, time)
    assert isinstance(window.end, time)
    for day in (at.date(), at.date() - timedelta(days=1)):
        if calendar.is_holiday(day) and schedule.holidays is Holidays.excluded:
            continue
        opens = datetime.combine(day, window.start, UTC)
        closes = datetime.combine(day, window.end, UTC)
        closes += timedelta(days=1) if closes <= opens else timedelta()
        if opens <= at < closes:
            return True
    return False


@given(
    st.lists(
        st.builds(
            daily,
            HOURS,
            HOURS,
            st.sampled_from([Holidays.included, Holidays.excluded]),
            st.integers(0, 24 * (9 + DAYS)),
        ),
        max_size=4,
    )
)
def test_each_hour_is_covered_by_the_set_that_is_open_then(outers: list[Schedule]) -> None:
    calendar = OneHoliday()
    asked = Schedule(START, START + timedelta(days=DAYS), "UTC")
    expected: dict[frozenset[int], datetime] = {}
    for hour in range(24 * DAYS):
        at = START + timedelta(hours=hour)
        by = frozenset(n for n, s in enumerate(outers) if is_open(s, at, calendar))
        expected.setdefault(by, at)
    found = openings(asked, outers, calendar)
    assert {by: first.start for by, first in found.items()} == expected


def test_what_is_missing_only_years_ahead_is_found() -> None:
    day = START + timedelta(days=8 * 365)
    window = WeeklyWindow(frozenset(Weekday), time(0), time(0))
    but_one = Schedule(START, None, "UTC", (window,), except_dates=frozenset({day.date()}))
    found = openings(Schedule(START, None, "UTC"), [but_one], OneHoliday())
    assert found[frozenset()] == Interval(day, day + timedelta(days=1))
