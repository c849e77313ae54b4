"""Schedules against a count of every single minute, and their corners one by one."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ScheduleRefused
from geo.schedule import (
    HORIZON,
    Holidays,
    Interval,
    Overlap,
    Schedule,
    Weekday,
    WeeklyWindow,
    overlap,
    uncovered,
    windows,
)

CITY = "Asia/Shanghai"
CLOCK = ZoneInfo(CITY)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
MONDAY = datetime(2026, 11, 30, tzinfo=CLOCK)
TWO_WEEKS_ON = MONDAY + timedelta(days=14)
EVERY_DAY = frozenset(Weekday)


@dataclass(frozen=True)
class Days:
    """A calendar by hand: named holidays, and the sun of one winter day or none."""

    holidays: frozenset[date] = frozenset()
    sun_known: bool = True

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays

    def sun(self, day: date) -> tuple[time, time] | None:
        return (time(7, 40), time(18, 10)) if self.sun_known else None


ORDINARY = Days()
OF_THE_SUN = {"sunrise": 7 * 60 + 40, "sunset": 18 * 60 + 10}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time, counted in days from a Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def of(days: str, start: str, end: str) -> WeeklyWindow:
    return WeeklyWindow(
        frozenset(Weekday(day) for day in days.split()), *(clock(text) for text in (start, end))
    )


def clock(text: str) -> time | str:
    return text if text.startswith("sun") else time.fromisoformat(text)


def a_schedule(*weekly: WeeklyWindow, start=MONDAY, end=TWO_WEEKS_ON, **more) -> Schedule:
    return Schedule(start=start, end=end, zone=CITY, weekly=weekly, **more)


def found(schedule: Schedule, within: Interval | None = None, calendar=ORDINARY):
    whole = within or Interval(at(-400, 0), at(400, 0))
    return [(w.start, w.end) for w in windows(schedule, whole, calendar)]


# --- minute by minute -------------------------------------------------------------------------


def minutes_used(schedule: Schedule, calendar: Days, first: datetime, days: int) -> list[bool]:
    """For every minute of the days whether the schedule is in use, read off the definition."""
    return [in_use(schedule, calendar, first + n * MINUTE) for n in range(days * 24 * 60)]


def in_use(schedule: Schedule, calendar: Days, instant: datetime) -> bool:
    if instant < schedule.start or (schedule.end is not None and instant >= schedule.end):
        return False
    local = instant.astimezone(CLOCK)
    minute = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    weekly = schedule.weekly or (WeeklyWindow(EVERY_DAY, time(0), time(0)),)
    return any(
        holds(schedule, calendar, window, today, minute)
        or holds(schedule, calendar, window, yesterday, minute + 24 * 60)
        for window in weekly
    )


def holds(schedule: Schedule, calendar: Days, window: WeeklyWindow, day: date, minute: int) -> bool:
    wanted = {
        Holidays.included: True,
        Holidays.excluded: not calendar.is_holiday(day),
        Holidays.only: calendar.is_holiday(day),
    }[schedule.holidays]
    if (
        not wanted
        or day in schedule.except_dates
        or list(Weekday)[day.weekday()] not in window.days
    ):
        return False
    start, end = (
        OF_THE_SUN[text] if isinstance(text, str) else text.hour * 60 + text.minute
        for text in (window.start, window.end)
    )
    return start <= minute < end + (24 * 60 if end <= start else 0)


def runs(minutes: list[bool], first: datetime) -> list[tuple[datetime, datetime]]:
    edges = [n for n in range(len(minutes) + 1) if changes(minutes, n)]
    return [
        (first + a * MINUTE, first + b * MINUTE)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def changes(minutes: list[bool], n: int) -> bool:
    return (n > 0 and minutes[n - 1]) != (n < len(minutes) and minutes[n])


times_of_day = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 10, 30, 59]))
# against the sun a time of day is drawn from where the definition and the rule of halves agree
mixed = st.sampled_from(
    [
        ("sunrise", time(12, 0)),
        ("sunset", time(2, 0)),
        (time(22, 0), "sunrise"),
        (time(16, 0), "sunset"),
        ("sunset", "sunrise"),
        ("sunrise", "sunset"),
    ]
)
plain_windows = st.tuples(times_of_day, times_of_day)
weekly_windows = st.builds(
    lambda days, ends: WeeklyWindow(days, *ends),
    st.frozensets(st.sampled_from(Weekday), min_size=1),
    plain_windows | mixed,
)
some_days = st.frozensets(st.dates(date(2026, 11, 29), date(2026, 12, 4)), max_size=3)
instants = st.integers(0, 4 * 24 * 60).map(lambda n: MONDAY + n * MINUTE)


@st.composite
def schedules(draw) -> Schedule:
    start, end = sorted(draw(st.lists(instants, min_size=2, max_size=2, unique=True)))
    return Schedule(
        start=start.astimezone(UTC),
        end=end,
        zone=CITY,
        weekly=draw(st.lists(weekly_windows, max_size=3).map(tuple)),
        except_dates=draw(some_days),
        holidays=draw(st.sampled_from(Holidays)),
    )


calendars = st.builds(Days, some_days)
FIRST, DAYS = at(-1, 0), 7


@settings(max_examples=40)
@given(schedules(), calendars)
def test_windows_are_the_minutes_in_use(schedule: Schedule, calendar: Days) -> None:
    used = minutes_used(schedule, calendar, FIRST, DAYS)
    assert found(schedule, calendar=calendar) == runs(used, FIRST)


@settings(max_examples=40)
@given(schedules(), schedules(), calendars)
def test_overlap_is_the_minutes_in_use_by_both(a: Schedule, b: Schedule, calendar: Days) -> None:
    pairs = zip(
        minutes_used(a, calendar, FIRST, DAYS), minutes_used(b, calendar, FIRST, DAYS), strict=True
    )
    both = [x and y for x, y in pairs]
    first = runs(both, FIRST)[0] if any(both) else None
    expected = Overlap(Interval(*first), sum(both) * MINUTE) if first else None
    assert overlap(a, b, calendar) == expected
    assert overlap(b, a, calendar) == expected


@given(schedules(), schedules(), calendars, st.sampled_from([2, 30, 600]))
def test_a_margin_finds_uses_that_follow_each_other_too_soon(
    a: Schedule, b: Schedule, calendar: Days, margin: int
) -> None:
    mine, theirs = found(a, calendar=calendar), found(b, calendar=calendar)
    wide = margin * MINUTE
    near = any(s < end + wide and start < e + wide for s, e in mine for start, end in theirs)
    assert (overlap(a, b, calendar, wide) is not None) == near


@settings(max_examples=40)
@given(schedules(), schedules(), calendars)
def test_uncovered_is_the_first_run_of_inner_minutes_outside(
    inner: Schedule, outer: Schedule, calendar: Days
) -> None:
    pairs = zip(
        minutes_used(inner, calendar, FIRST, DAYS),
        minutes_used(outer, calendar, FIRST, DAYS),
        strict=True,
    )
    out = [mine and not theirs for mine, theirs in pairs]
    expected = Interval(*runs(out, FIRST)[0]) if any(out) else None
    assert uncovered(inner, outer, calendar) == expected


# --- one by one -------------------------------------------------------------------------------


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
    assert uncovered(morning, zone, Days(sun_known=False)) == Interval(at(0, 11), at(0, 12))
    assert uncovered(morning, zone, ORDINARY) is None


def test_uses_that_only_touch_do_not_overlap() -> None:
    early, late = a_schedule(end=at(3, 0)), a_schedule(start=at(3, 0))
    assert overlap(early, late, ORDINARY) is None
    assert overlap(early, late, ORDINARY, timedelta(microseconds=1)) is not None


def test_a_gap_as_long_as_the_margin_is_enough() -> None:
    early, late = a_schedule(end=at(3, 0)), a_schedule(start=at(3, 1))
    assert overlap(early, late, ORDINARY, timedelta(hours=1)) is None
    assert overlap(early, late, ORDINARY, timedelta(hours=1, microseconds=2)) is not None


def test_two_uses_without_end_overlap_without_end() -> None:
    shared = overlap(a_schedule(end=None), a_schedule(start=at(5, 0), end=None), ORDINARY)
    assert shared == Overlap(Interval(at(5, 0), None), HORIZON)


def test_windows_without_end_meet_in_the_first_week() -> None:
    mondays = a_schedule(of("MO", "08:00", "10:00"), end=None)
    mornings = a_schedule(of("MO SA", "09:00", "12:00"), start=at(1, 0), end=None)
    shared = overlap(mondays, mornings, ORDINARY)
    assert shared is not None
    assert shared.first == Interval(at(7, 9), at(7, 10))
    assert shared.total == timedelta(hours=HORIZON // timedelta(days=7))


def test_what_outlives_a_zone_is_uncovered_even_beyond_the_horizon() -> None:
    zone = a_schedule(of("MO", "00:00", "00:00"), end=at(365 * 20, 0))
    forever = a_schedule(of("MO", "08:00", "09:00"), end=None)
    gap = uncovered(forever, zone, ORDINARY)
    assert gap is not None
    assert gap.start >= zone.end


def test_an_endless_use_of_an_endless_zone_is_covered() -> None:
    assert uncovered(a_schedule(end=None), a_schedule(end=None), ORDINARY) is None


def test_windows_without_end_are_followed_to_the_horizon() -> None:
    endless = a_schedule(of("MO", "08:00", "09:00"), end=None)
    listed = found(endless, Interval(at(0, 0), None))
    assert listed[-1][0] < at(0, 0) + HORIZON <= listed[-1][0] + timedelta(days=7)


def test_an_hour_that_the_clock_shows_twice_is_used_twice() -> None:
    night = WeeklyWindow(frozenset({Weekday.SU}), time(1, 0), time(1, 30))
    start = datetime(2026, 11, 1, tzinfo=ZoneInfo("America/New_York"))
    new_york = Schedule(start, start + timedelta(days=1), "America/New_York", (night,))
    assert found(new_york) == [
        (datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC))
    ]


def test_an_hour_that_the_clock_shows_twice_opens_nothing_for_sure() -> None:
    night = WeeklyWindow(frozenset({Weekday.SU}), time(1, 0), time(1, 30))
    start = datetime(2026, 11, 1, tzinfo=ZoneInfo("America/New_York"))
    zone = Schedule(start, start + timedelta(days=1), "America/New_York", (night,))
    first_pass = datetime(2026, 11, 1, 5, tzinfo=UTC)
    drive = Schedule(first_pass, first_pass + timedelta(minutes=10), CITY)
    assert uncovered(drive, zone, ORDINARY) == Interval(drive.start, drive.end)


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
