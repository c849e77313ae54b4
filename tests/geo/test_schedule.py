"""The corners of schedules one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo.errors import ScheduleRefused
from geo.schedule import (
    Holidays,
    Interval,
    Schedule,
    first_uncovered_time,
    overlap,
)
from tests.geo.schedules import CLOCK, ORDINARY, WEEK, Days, a_schedule, at, found, of


def test_a_schedule_without_windows_is_one_interval() -> None:
    assert found(a_schedule()) == [(at(0, 0), at(14, 0))]


def test_a_window_that_ends_before_it_starts_reaches_into_the_next_day() -> None:
    nightly = a_schedule(of("FR", "22:00", "05:00"), end=at(7, 0))
    assert found(nightly) == [(at(4, 22), at(5, 5))]


def test_an_overnight_window_of_the_evening_before_the_validity_is_clipped_to_it() -> None:
    nightly = a_schedule(of("SU", "22:00", "05:00"), end=at(1, 0))
    assert found(nightly) == [(at(0, 0), at(0, 5))]


def test_an_overnight_window_reaches_into_the_new_year() -> None:
    new_year = datetime(2027, 1, 1, tzinfo=CLOCK)
    nightly = a_schedule(of("TH", "22:00", "05:00"), start=new_year, end=new_year + WEEK)
    assert found(nightly)[0] == (new_year, new_year + timedelta(hours=5))


def test_midnight_as_the_end_is_the_end_of_the_day() -> None:
    assert found(a_schedule(of("MO", "22:00", "00:00"), end=at(7, 0))) == [(at(0, 22), at(1, 0))]


def test_equal_ends_are_a_whole_day() -> None:
    assert found(a_schedule(of("MO", "06:00", "06:00"), end=at(7, 0))) == [(at(0, 6), at(1, 6))]


def test_windows_that_touch_become_one() -> None:
    touching = a_schedule(of("MO", "20:00", "00:00"), of("TU", "00:00", "03:00"), end=at(7, 0))
    assert found(touching) == [(at(0, 20), at(1, 3))]


def test_an_excepted_date_takes_out_the_night_that_starts_on_it() -> None:
    nightly = a_schedule(
        of("MO TU", "22:00", "05:00"), end=at(7, 0), except_dates=frozenset({date(2026, 11, 30)})
    )
    assert found(nightly) == [(at(1, 22), at(2, 5))]


def test_an_excepted_date_splits_a_schedule_without_windows() -> None:
    split = a_schedule(end=at(3, 0), except_dates=frozenset({date(2026, 12, 1)}))
    assert found(split) == [(at(0, 0), at(1, 0)), (at(2, 0), at(3, 0))]


def test_holidays_can_be_left_out_or_be_the_only_days() -> None:
    calendar = Days(holidays=frozenset({date(2026, 12, 1)}))
    daily = a_schedule(of("MO TU", "08:00", "09:00"), end=at(7, 0))
    excluded = replace(daily, holidays=Holidays.excluded)
    only = replace(daily, holidays=Holidays.only)
    assert found(excluded, calendar=calendar) == [(at(0, 8), at(0, 9))]
    assert found(only, calendar=calendar) == [(at(1, 8), at(1, 9))]


def test_a_window_by_the_sun_follows_the_calendar() -> None:
    daylight = a_schedule(of("MO", "sunrise", "sunset"), end=at(7, 0))
    assert found(daylight) == [(at(0, 7, 40), at(0, 18, 10))]


def test_a_night_by_the_sun_ends_on_the_next_morning() -> None:
    night = a_schedule(of("MO", "sunset", "sunrise"), end=at(7, 0))
    assert found(night) == [(at(0, 18, 10), at(1, 7, 40))]


def test_a_morning_window_after_sunrise_time_is_empty_and_not_a_day_long() -> None:
    assert found(a_schedule(of("MO", "08:00", "sunrise"), end=at(7, 0))) == []


def test_where_the_sun_is_not_known_a_use_is_as_long_as_it_could_be() -> None:
    daylight = a_schedule(of("MO", "sunrise", "sunset"), end=at(7, 0))
    assert found(daylight, calendar=Days(sun_known=False)) == [(at(0, 0), at(1, 0))]


def test_where_the_sun_is_not_known_a_zone_opens_only_what_is_sure() -> None:
    zone = a_schedule(of("MO", "sunrise", "18:00"), end=at(7, 0))
    morning = a_schedule(of("MO", "11:00", "13:00"), end=at(7, 0))
    assert first_uncovered_time(morning, zone, Days(sun_known=False)) == Interval(
        at(0, 11), at(0, 12)
    )
    assert first_uncovered_time(morning, zone, ORDINARY) is None


def test_uses_that_only_touch_do_not_overlap() -> None:
    early, late = a_schedule(end=at(3, 0)), a_schedule(start=at(3, 0))
    assert overlap(early, late, ORDINARY) is None
    assert overlap(early, late, ORDINARY, timedelta(microseconds=1)) is not None


def test_a_gap_as_long_as_the_margin_is_enough() -> None:
    early, late = a_schedule(end=at(3, 0)), a_schedule(start=at(3, 1))
    assert overlap(early, late, ORDINARY, timedelta(hours=1)) is None
    assert overlap(early, late, ORDINARY, timedelta(hours=1, microseconds=2)) is not None


def test_an_interval_over_the_hour_shown_twice_is_an_interval() -> None:
    clock_of = ZoneInfo("America/New_York")
    early = datetime(2026, 11, 1, 1, 50, tzinfo=clock_of)
    late = datetime(2026, 11, 1, 1, 10, tzinfo=clock_of, fold=1)
    assert Interval(early, late).start == early
    with pytest.raises(ScheduleRefused):
        Interval(late, early)


@pytest.mark.parametrize(
    ("make", "code", "pointer"),
    [
        (lambda: a_schedule(start=datetime(2026, 1, 1)), "naive_time", "/start"),
        (lambda: a_schedule(end=datetime(2027, 1, 1)), "naive_time", "/end"),
        (lambda: a_schedule(end=at(0, 0)), "end_before_start", "/end"),
        (lambda: a_schedule(start=datetime(1, 1, 1, tzinfo=CLOCK)), "time_out_of_range", "/start"),
        (lambda: a_schedule(end=datetime(9999, 12, 31, tzinfo=UTC)), "time_out_of_range", "/end"),
        (lambda: Schedule(at(0, 0), None, "Mars/Phobos"), "zone_unknown", "/zone"),
        (lambda: Schedule(at(0, 0), None, "Asia"), "zone_unknown", "/zone"),
        (lambda: Schedule(at(0, 0), None, "../etc/passwd"), "zone_unknown", "/zone"),
        (lambda: of("", "08:00", "09:00"), "window_without_days", "/days"),
        (lambda: of("MO", "08:00+08:00", "09:00"), "time_with_zone", "/from"),
        (lambda: Interval(at(1, 0), at(0, 0)), "end_before_start", "/end"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_by_name(make, code: str, pointer: str) -> None:
    with pytest.raises(ScheduleRefused) as refused:
        make()
    assert (refused.value.code, refused.value.pointer) == (code, pointer)
