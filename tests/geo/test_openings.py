"""Schedules that together cover another, hour by hour."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from geo.almanac import Calendar, FixedDays
from geo.openings import openings
from geo.schedule import (
    CALENDAR_REACH,
    Holidays,
    Interval,
    Schedule,
    Weekday,
    WeeklyWindow,
    first_uncovered_time,
)

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
    found = openings(asked, tuple(outers), calendar)
    assert {by: first.start for by, first in found.items()} == expected


def test_what_is_missing_only_years_ahead_is_found() -> None:
    day = START + timedelta(days=8 * 365)
    window = WeeklyWindow(frozenset(Weekday), time(0), time(0))
    but_one = Schedule(START, None, "UTC", (window,), except_dates=frozenset({day.date()}))
    found = openings(Schedule(START, None, "UTC"), (but_one,), OneHoliday())
    assert found[frozenset()] == Interval(day, day + timedelta(days=1))


LATER = date(2033, 5, 1)
ZONE = "Europe/Berlin"


def but_for(days: frozenset[date], start: int, end: int, since: int, zone: str) -> Schedule:
    window = WeeklyWindow(frozenset({Weekday.SU, Weekday.MO}), time(start), time(end))
    valid = datetime(2033, 4, 28, tzinfo=UTC) + timedelta(hours=since)
    return Schedule(START if since < 24 else valid, None, zone, (window,), except_dates=days)


NEAR = st.sampled_from([LATER + timedelta(days=n) for n in (-7, -1, 0, 1, 7, 180, 184)])


@given(
    st.lists(
        st.builds(
            but_for,
            st.frozensets(NEAR | st.just(date(2027, 1, 1)), max_size=3),
            HOURS,
            HOURS,
            st.integers(0, 24 * 9),
            st.sampled_from(["UTC", ZONE]),
        ),
        max_size=3,
    ),
    st.integers(0, 24 * 9),
)
def test_each_set_that_is_open_years_ahead_is_found(outers: list[Schedule], hour: int) -> None:
    asked = Schedule(START, START.replace(year=2034), "UTC")
    found = openings(asked, tuple(outers), None)

    def open_at(at: datetime) -> frozenset[int]:
        moment = Schedule(at, at + timedelta(minutes=1), "UTC")
        gaps = (first_uncovered_time(moment, outer, None) for outer in outers)
        return frozenset(n for n, gap in enumerate(gaps) if gap is None)

    for by, first in found.items():
        assert open_at(first.start) == by
    for day in (datetime(2033, 4, 24, tzinfo=UTC), datetime(2033, 10, 26, tzinfo=UTC)):
        at = day + timedelta(hours=hour)
        assert found[open_at(at)].start <= at


def test_two_that_are_closed_on_the_same_day_years_ahead_leave_it_open() -> None:
    one, other = (
        Schedule(START, None, "UTC", except_dates=frozenset({date(2027, 1, day), LATER}))
        for day in (1, 2)
    )
    found = openings(Schedule(START, START.replace(year=2034), "UTC"), (one, other), None)
    assert found[frozenset()].start == datetime(2033, 5, 1, tzinfo=UTC)


def test_what_the_sun_opens_is_not_sure_on_days_that_no_calendar_is_asked_of() -> None:
    calendar = FixedDays(daylight=(time(6), time(18)))
    by_day, by_night = (
        Schedule(START, None, "UTC", (WeeklyWindow(frozenset(Weekday), *ends),))
        for ends in [(time(6), "sunset"), (time(18), time(6))]
    )
    reach = START + CALENDAR_REACH
    found = openings(Schedule(START, None, "UTC"), (by_day, by_night), calendar)
    assert {by: first.start >= reach for by, first in found.items()} == {
        frozenset({0}): False,
        frozenset({1}): False,
        frozenset(): True,
    }


def test_a_window_that_no_day_has_is_open_never_until_the_sun_is_unknown() -> None:
    calendar = FixedDays(daylight=(time(6), time(18)))
    window = WeeklyWindow(frozenset(Weekday), time(9), "sunrise")
    asked = Schedule(START, START.replace(year=2090), "UTC", (window,))
    assert openings(replace(asked, end=START.replace(year=2060)), (), calendar) == {}
    assert openings(asked, (), calendar)[frozenset()].start >= START + CALENDAR_REACH
