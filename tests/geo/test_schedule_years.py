"""Schedules that run for years: one week of each says the same as following every day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.schedule import (
    HORIZON,
    Holidays,
    Interval,
    Overlap,
    Schedule,
    first_uncovered_time,
    overlap,
)
from tests.geo.schedules import (
    CITY,
    DAY,
    MINUTE,
    MONDAY,
    ORDINARY,
    WEEK,
    Days,
    a_schedule,
    at,
    by_the_clock,
    common,
    followed,
    found,
    of,
    weeks,
    wider,
)

CENTURY = timedelta(days=36_525)
MARGINS = [timedelta(0), 30 * MINUTE, 26 * timedelta(hours=1), 10 * DAY]


def some(
    years: int, zones: tuple[str, ...] = (CITY, "Etc/GMT+3"), **rules: st.SearchStrategy
) -> st.SearchStrategy[Schedule]:
    """Schedules of at least nearly so many years that start in the same fortnight."""
    start = st.integers(0, 14 * 24 * 60).map(lambda n: MONDAY + n * MINUTE)
    length = st.integers(0, 14 * 24 * 60).map(lambda n: years * CENTURY / 100 - n * MINUTE)
    return st.builds(
        lambda start, length, zone, weekly, **more: Schedule(
            start, start + length, zone, weekly, **more
        ),
        start,
        length,
        st.sampled_from(zones),
        weeks(by_the_clock),
        **rules,
    )


def counted(a: Schedule, b: Schedule, calendar: Days, margin: timedelta) -> Overlap | None:
    until = max(a.end, b.end)
    both = common(*(wider(followed(s, calendar, until), margin / 2) for s in (a, b)))
    total = sum((end - start for start, end in both), timedelta(0))
    return Overlap(Interval(*both[0]), total) if both else None


@settings(max_examples=4)
@given(some(100), some(100), st.sampled_from(MARGINS))
def test_a_hundred_years_of_weeks_are_as_if_followed_day_by_day(a, b, margin) -> None:
    assert overlap(a, b, ORDINARY, margin) == counted(a, b, ORDINARY, margin)


@settings(max_examples=40)
@given(some(1), some(2), st.sampled_from(MARGINS))
def test_a_year_of_weeks_is_as_if_followed_day_by_day(a, b, margin) -> None:
    assert overlap(a, b, ORDINARY, margin) == counted(a, b, ORDINARY, margin)


holidays = st.frozensets(st.dates(MONDAY.date(), MONDAY.date() + 700 * DAY), max_size=20)


@settings(max_examples=30)
@given(
    some(2, except_dates=holidays),
    some(2, ("Europe/Berlin", CITY), holidays=st.sampled_from(Holidays)),
    st.builds(Days, holidays),
    st.sampled_from(MARGINS),
)
def test_years_of_exceptions_are_followed_day_by_day(a, b, calendar, margin) -> None:
    assert overlap(a, b, calendar, margin) == counted(a, b, calendar, margin)


@given(some(100), some(100), st.integers(1, 5000))
def test_every_further_week_shares_as_much_as_the_one_before(a, b, weeks) -> None:
    def total(n: int) -> timedelta:
        longer = (replace(s, end=max(a.end, b.end) + n * WEEK) for s in (a, b))
        shared = overlap(*longer, ORDINARY)
        return shared.total if shared else timedelta(0)

    assert total(weeks) - total(0) == weeks * (total(1) - total(0))


@given(some(100), some(100))
def test_what_is_shared_without_end_begins_as_it_does_in_a_hundred_years(a, b) -> None:
    endless = overlap(replace(a, end=None), replace(b, end=None), ORDINARY)
    bounded = overlap(a, b, ORDINARY)
    assert (endless and endless.first.start) == (bounded and bounded.first.start)


def test_two_uses_without_end_overlap_without_end() -> None:
    shared = overlap(a_schedule(end=None), a_schedule(start=at(5, 0), end=None), ORDINARY)
    assert shared == Overlap(Interval(at(5, 0), None), HORIZON)


def test_a_window_of_every_whole_day_is_shared_without_end() -> None:
    daily = a_schedule(of("MO TU WE TH FR SA SU", "06:00", "06:00"), end=None)
    shared = overlap(daily, a_schedule(start=at(5, 0), end=None), ORDINARY)
    assert shared == Overlap(Interval(at(5, 0), None), HORIZON)


def test_a_window_of_every_whole_day_is_shared_to_the_end_of_a_century() -> None:
    daily = a_schedule(of("MO TU WE TH FR SA SU", "06:00", "06:00"), end=None)
    shared = overlap(daily, a_schedule(start=at(5, 0), end=at(5, 0) + CENTURY), ORDINARY)
    assert shared == Overlap(Interval(at(5, 0), at(5, 0) + CENTURY), CENTURY)


def test_uses_kept_apart_by_less_than_the_margin_are_shared_all_the_time() -> None:
    morning = a_schedule(of("MO TU WE TH FR SA SU", "00:00", "12:00"), end=MONDAY + CENTURY)
    shared = overlap(morning, replace(morning, end=None), ORDINARY, timedelta(hours=24))
    assert shared is not None
    assert shared.first.end == MONDAY + CENTURY
    assert shared.total == shared.first.end - shared.first.start


def test_windows_without_end_meet_in_the_first_week() -> None:
    mondays = a_schedule(of("MO", "08:00", "10:00"), end=None)
    mornings = a_schedule(of("MO SA", "09:00", "12:00"), start=at(1, 0), end=None)
    shared = overlap(mondays, mornings, ORDINARY)
    assert shared is not None
    assert shared.first == Interval(at(7, 9), at(7, 10))
    assert shared.total == timedelta(hours=1 + HORIZON // timedelta(days=7))


def test_windows_of_different_days_never_meet_however_long_they_run() -> None:
    mondays = a_schedule(of("MO", "08:00", "00:00"), end=None)
    tuesdays = a_schedule(of("TU", "00:00", "08:00"), end=None)
    assert overlap(mondays, tuesdays, ORDINARY) is None
    assert overlap(mondays, tuesdays, ORDINARY, timedelta(microseconds=1)) is not None


@pytest.mark.parametrize("day", [1, 4000])
def test_an_excepted_date_is_taken_out_of_a_century(day: int) -> None:
    daily = a_schedule(of("MO TU WE TH FR SA SU", "08:00", "09:00"), end=MONDAY + CENTURY)
    excepted = replace(daily, except_dates=frozenset({MONDAY.date() + day * DAY}))
    until = Interval(MONDAY, at(20, 0))
    assert len(found(daily, until)) - len(found(excepted, until)) == (day == 1)


def test_what_outlives_a_zone_is_uncovered_however_late() -> None:
    zone = a_schedule(of("MO", "00:00", "00:00"), end=at(365 * 20, 0))
    forever = a_schedule(of("MO", "08:00", "09:00"), end=None)
    gap = first_uncovered_time(forever, zone, ORDINARY)
    assert gap is not None
    assert gap.start >= zone.end


def test_an_endless_use_of_an_endless_zone_is_covered() -> None:
    assert first_uncovered_time(a_schedule(end=None), a_schedule(end=None), ORDINARY) is None


def test_windows_without_end_are_followed_to_the_horizon() -> None:
    endless = a_schedule(of("MO", "08:00", "09:00"), end=None)
    listed = found(endless, Interval(at(0, 0), None))
    assert listed[-1][0] < at(0, 0) + HORIZON <= listed[-1][0] + timedelta(days=7)
