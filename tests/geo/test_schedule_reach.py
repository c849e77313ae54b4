"""However late two uses meet they meet; how far ahead a calendar is asked is said, never hidden."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import FixedDays
from geo.clock import YEARS
from geo.rhythm import Rhythm
from geo.schedule import (
    CALENDAR_REACH,
    HORIZON,
    Holidays,
    Interval,
    Overlap,
    Schedule,
    Weekday,
    WeeklyWindow,
    first_uncovered_time,
    overlap,
)
from geo.times import NEVER, clipped, intersection, length, one, repeated
from geo.weekly import WEEK as WEEK_MICROS
from tests.geo.schedules import (
    CITY,
    CLOCK,
    DAY,
    MINUTE,
    MONDAY,
    ORDINARY,
    WEEK,
    Days,
    a_schedule,
    apart,
    at,
    by_the_clock,
    by_the_sun,
    common,
    dates_around,
    followed,
    found,
    of,
    weeks,
    wider,
)

HOUR = timedelta(hours=1)
NEW_YEARS = frozenset(date(year, 1, 1) for year in YEARS)


def mondays(start: datetime = MONDAY, **more) -> Schedule:
    return a_schedule(of("MO", "09:00", "10:00"), start=start, end=more.pop("end", None), **more)


def test_holidays_on_a_monday_are_found_in_the_next_decade() -> None:
    calendar = Days(NEW_YEARS)
    start = datetime(2029, 1, 2, tzinfo=CLOCK)
    shared = overlap(mondays(start, holidays=Holidays.only), mondays(start), calendar)
    assert shared is not None
    assert shared.known
    assert shared.first.start == datetime(2035, 1, 1, 9, tzinfo=CLOCK)


def test_a_use_that_begins_after_five_years_of_exceptions_is_found() -> None:
    excepted = frozenset(MONDAY.date() + n * WEEK for n in range(262))
    shared = overlap(mondays(except_dates=excepted), mondays(), None)
    assert shared == Overlap(
        Interval(at(262 * 7, 9), at(262 * 7, 10)), (1 + HORIZON // WEEK) * HOUR
    )


def test_twenty_years_are_counted_to_their_end_whatever_the_clock_does() -> None:
    end = datetime(2046, 11, 26, tzinfo=CLOCK)
    berlin = mondays(zone="Europe/Berlin", end=end)
    count = sum(1 for n in range((end - MONDAY) // DAY) if (MONDAY + n * DAY).weekday() == 0)
    assert overlap(berlin, berlin, None).total == count * HOUR
    one_less = mondays(end=end, except_dates=frozenset({date(2030, 5, 6)}))
    assert overlap(one_less, one_less, None).total == (count - 1) * HOUR


def test_hours_without_end_are_counted_from_the_first_of_them() -> None:
    late = mondays(except_dates=frozenset(MONDAY.date() + n * WEEK for n in range(600)))
    shared = overlap(late, late, None)
    assert shared is not None
    assert shared.total == (1 + HORIZON // WEEK) * HOUR


def test_what_no_calendar_was_asked_about_is_not_known() -> None:
    never = mondays(holidays=Holidays.only)
    shared = overlap(never, mondays(), ORDINARY)
    assert shared is not None
    assert not shared.known
    assert shared.first.start >= MONDAY + CALENDAR_REACH


def test_holidays_that_could_never_matter_leave_nothing_unknown() -> None:
    on_holidays = mondays(holidays=Holidays.only)
    tuesdays = a_schedule(of("TU", "09:00", "10:00"), end=None)
    assert overlap(on_holidays, tuesdays, ORDINARY) is None


def test_a_validity_that_ends_within_reach_of_the_calendar_is_known() -> None:
    never = mondays(holidays=Holidays.only, end=MONDAY + CALENDAR_REACH)
    assert overlap(never, mondays(), ORDINARY) is None


def test_holidays_are_shared_as_far_as_the_calendar_is_asked() -> None:
    working = a_schedule(end=None, holidays=Holidays.excluded)
    shared = overlap(working, a_schedule(end=None), ORDINARY)
    assert shared == Overlap(Interval(at(0, 0), at(0, 0) + CALENDAR_REACH), HORIZON)


def test_a_zone_that_asks_a_calendar_opens_nothing_for_sure_beyond_it() -> None:
    zone = a_schedule(end=None, holidays=Holidays.excluded)
    gap = first_uncovered_time(a_schedule(end=None), zone, ORDINARY)
    assert gap == Interval(MONDAY + CALENDAR_REACH, None)
    assert first_uncovered_time(a_schedule(), zone, ORDINARY) is None


def test_a_gap_of_a_single_day_in_many_years_is_found() -> None:
    zone = a_schedule(end=None, except_dates=frozenset({date(2090, 5, 1)}))
    gap = first_uncovered_time(a_schedule(of("MO", "09:00", "10:00"), end=None), zone, None)
    assert gap == Interval(*(datetime(2090, 5, 1, hour, tzinfo=CLOCK) for hour in (9, 10)))


def test_windows_are_listed_for_longer_than_five_years_where_they_end() -> None:
    use = mondays(end=MONDAY + 1000 * WEEK)
    assert len(found(use, Interval(MONDAY, None))) == 1000


ZONES = [CITY, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]


@st.composite
def years_long(draw, calendar_too: bool = False) -> Schedule:
    """A schedule of up to three years in some zone, with exceptions, by whatever rules."""
    start = MONDAY + draw(st.integers(0, 20_000)) * MINUTE
    zone = draw(st.sampled_from(ZONES))
    ends = by_the_clock | by_the_sun if calendar_too and zone == CITY else by_the_clock
    return Schedule(
        start,
        start + draw(st.integers(1, 1_500_000)) * MINUTE,
        zone,
        draw(weeks(ends)),
        draw(dates_around(MONDAY.date(), 1100)),
        draw(st.sampled_from(Holidays)) if calendar_too else Holidays.included,
    )


MARGINS = [timedelta(0), 30 * MINUTE, 26 * HOUR, 10 * DAY]
holidays = st.builds(Days, st.frozensets(st.dates(date(2026, 11, 1), date(2029, 11, 1))))


def are_told(a: Schedule, b: Schedule, calendar: Days, margin: timedelta) -> None:
    until = max(a.end, b.end)
    both = common(*(wider(followed(s, calendar, until), margin / 2) for s in (a, b)))
    total = sum((end - start for start, end in both), timedelta(0))
    expected = Overlap(Interval(*both[0]), total) if both else None
    assert overlap(a, b, calendar, margin) == overlap(b, a, calendar, margin) == expected
    gaps = apart(followed(a, calendar, until), followed(b, calendar, until, surely=True))
    assert first_uncovered_time(a, b, calendar) == (Interval(*gaps[0]) if gaps else None)


def test_two_that_are_apart_by_less_than_the_margin_meet_though_neither_is_used_meanwhile() -> None:
    early = a_schedule(start=MONDAY, end=MONDAY + MINUTE, except_dates=NEW_YEARS)
    late = a_schedule(start=MONDAY + 5 * DAY, end=MONDAY + 5 * DAY + MINUTE)
    assert overlap(early, late, None, 5 * DAY) is not None
    assert overlap(early, late, None, 5 * DAY - MINUTE) is None


@settings(max_examples=40)
@given(years_long(), years_long(), st.sampled_from(MARGINS))
def test_years_of_weeks_in_any_zone_are_as_if_followed_day_by_day(a, b, margin) -> None:
    are_told(a, b, ORDINARY, margin)


@settings(max_examples=20)
@given(years_long(calendar_too=True), years_long(calendar_too=True), holidays)
def test_years_with_a_calendar_are_as_if_followed_day_by_day(a, b, calendar) -> None:
    are_told(a, b, calendar, timedelta(0))


@settings(max_examples=10)
@given(years_long(), years_long())
def test_every_minute_of_a_year_in_berlin_is_shared_or_not(a, b) -> None:
    a, b = (replace(s, zone="Europe/Berlin", end=min(s.end, s.start + 400 * DAY)) for s in (a, b))
    low, count = min(a.start, b.start).astimezone(UTC), 440 * 24 * 60

    def minutes(schedule: Schedule) -> np.ndarray:
        used = np.zeros(count, bool)
        for start, end in followed(schedule, ORDINARY, schedule.end):
            used[(start - low) // MINUTE : (end - low) // MINUTE] = True
        return used

    both = minutes(a) & minutes(b)
    shared = overlap(a, b, None)
    assert (shared.total if shared else timedelta(0)) == int(both.sum()) * MINUTE
    if shared:
        assert (shared.first.start - low) // MINUTE == int(both.argmax())


arcs = st.lists(st.integers(0, WEEK_MICROS), max_size=6, unique=True).map(
    lambda ends: np.array(sorted(ends)[: len(ends) // 2 * 2], np.int64).reshape(-1, 2)
)
span_ends = st.lists(
    st.integers(-5 * WEEK_MICROS, 50 * WEEK_MICROS), min_size=2, max_size=6, unique=True
).map(lambda ends: np.array(sorted(ends)[: len(ends) // 2 * 2], np.int64).reshape(-1, 2))


@given(arcs, span_ends, st.integers(-5 * WEEK_MICROS, 50 * WEEK_MICROS))
def test_a_rhythm_is_its_arcs_drawn_out_through_its_spans(week, spans, until: int) -> None:
    rhythm = Rhythm([(week, spans)], NEVER)
    drawn = repeated(week, WEEK_MICROS, -6 * WEEK_MICROS, 51 * WEEK_MICROS)
    drawn = intersection(drawn, spans)
    assert rhythm.first().tolist() == drawn[:1].tolist()
    assert rhythm.length(until) == length(clipped(drawn, -6 * WEEK_MICROS, until))


def test_what_goes_on_from_days_between_into_a_span_is_one_run() -> None:
    whole = one(0, WEEK_MICROS)
    ends = list(pairwise([0, 10, 30, 40]))
    spans, between = np.array(ends[::2]), np.array(ends[1:2])
    assert Rhythm([(whole, spans)], between).first().tolist() == [[0, 40]]


# --- what is refused ----------------------------------------------------------------------------


EIGHT = time(8)


@pytest.mark.parametrize(
    "rules",
    [
        {"holidays": Holidays.excluded},
        {"weekly": (of("MO", "sunrise", "sunset"),)},
    ],
)
def test_holidays_and_the_sun_need_a_calendar(rules) -> None:
    asking = replace(a_schedule(), **rules)
    for ask in (
        lambda: overlap(asking, a_schedule(), None),
        lambda: overlap(a_schedule(), asking, None),
        lambda: first_uncovered_time(asking, a_schedule(), None),
        lambda: found(asking, calendar=None),
    ):
        with pytest.raises(ValueError, match="need a calendar") as refused:
            ask()
        assert refused.value.code == "calendar_needed"


def test_rules_are_taken_by_their_names() -> None:
    named = replace(a_schedule(), holidays="only", weekly=[WeeklyWindow("MO", EIGHT, "sunset")])
    assert named == replace(
        a_schedule(WeeklyWindow(frozenset({Weekday.MO}), EIGHT, "sunset")), holidays=Holidays.only
    )
    assert replace(a_schedule(), weekly=of("MO", "08:00", "09:00")).weekly == (
        of("MO", "08:00", "09:00"),
    )
    assert WeeklyWindow({"MO", "SU"}, EIGHT, EIGHT).days == {Weekday.MO, Weekday.SU}


@pytest.mark.parametrize(
    ("make", "code", "pointer"),
    [
        (lambda: WeeklyWindow({"Mon"}, EIGHT, EIGHT), "weekday_unknown", "/days"),
        (lambda: WeeklyWindow(1, EIGHT, EIGHT), "weekday_unknown", "/days"),
        (lambda: WeeklyWindow({"MO"}, "22:00", EIGHT), "not_a_time_of_day", "/from"),
        (lambda: WeeklyWindow({"MO"}, EIGHT, "sundown"), "not_a_time_of_day", "/to"),
        (lambda: WeeklyWindow({"MO"}, EIGHT, None), "not_a_time_of_day", "/to"),
        (lambda: replace(a_schedule(), holidays="exclude"), "holidays_unknown", "/holidays"),
        (lambda: replace(a_schedule(), holidays=False), "holidays_unknown", "/holidays"),
        (lambda: replace(a_schedule(), weekly="MO 08:00"), "not_a_window", "/weekly"),
        (lambda: replace(a_schedule(), weekly=["MO"]), "not_a_window", "/weekly/0"),
        (lambda: replace(a_schedule(), except_dates={"2027-01-01"}), "not_a_date", "/except_dates"),
        (lambda: replace(a_schedule(), except_dates=[MONDAY]), "not_a_date", "/except_dates"),
        (lambda: replace(a_schedule(), except_dates="2027-01-01"), "not_a_date", "/except_dates"),
        (lambda: replace(a_schedule(), start="2027-01-01"), "not_a_time", "/start"),
        (lambda: replace(a_schedule(), end=date(2028, 1, 1)), "not_a_time", "/end"),
        (lambda: Interval(MONDAY, "later"), "not_a_time", "/end"),
    ],
)
def test_a_rule_that_says_nothing_is_refused_by_name(make, code: str, pointer: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        make()
    assert (refused.value.code, refused.value.pointer) == (code, pointer)


def test_a_calendar_can_be_written_by_hand() -> None:
    calendar = FixedDays({date(2026, 12, 1)}, (time(7, 40), time(18, 10)))
    daily = a_schedule(of("MO TU", "sunrise", "09:00"), end=at(7, 0), holidays=Holidays.excluded)
    assert found(daily, calendar=calendar) == [(at(0, 7, 40), at(0, 9))]
