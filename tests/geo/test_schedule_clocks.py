"""Schedules where the clock is changed: times that it shows twice, and times that it leaves out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.clock import EPOCH, MICROSECOND, clock_of
from geo.schedule import (
    Interval,
    Overlap,
    Schedule,
    Weekday,
    WeeklyWindow,
    first_uncovered_time,
    overlap,
)
from tests.geo.schedules import (
    CITY,
    DAY,
    MINUTE,
    ORDINARY,
    Days,
    apart,
    common,
    dates_around,
    followed,
    found,
    schedules,
    wider,
)

CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, tzinfo=UTC)),  # at midnight
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),  # a day is left out
    (CITY, datetime(1986, 5, 3, tzinfo=UTC)),
    (CITY, datetime(1991, 9, 14, tzinfo=UTC)),
]


@st.composite
def cases(draw) -> tuple[Schedule, Schedule, Days, datetime]:
    """Two schedules around a change of the clock, of its zone or of a zone without one."""
    zone, changed = draw(st.sampled_from(CHANGES))
    first = changed - 2 * DAY
    a = draw(schedules(first, 5, zone))
    b = draw(schedules(first, 5, draw(st.sampled_from([zone, "Etc/GMT-8"]))))
    return a, b, Days(draw(dates_around(first.date(), 5))), changed + 99 * DAY


@given(cases())
def test_a_time_with_two_readings_is_used_for_as_long_as_it_can_mean(case) -> None:
    a, _, calendar, until = case
    within = Interval(until - 200 * DAY, until)
    assert found(a, within, calendar) == followed(a, calendar, until)


@given(cases(), st.sampled_from([0, 30, 600]))
def test_what_is_shared_is_counted_as_time_passes(case, margin: int) -> None:
    a, b, calendar, until = case
    half = margin * MINUTE / 2
    both = common(*(wider(followed(s, calendar, until), half) for s in (a, b)))
    total = sum((end - start for start, end in both), timedelta(0))
    expected = Overlap(Interval(*both[0]), total) if both else None
    assert overlap(a, b, calendar, 2 * half) == expected


@given(cases())
def test_a_time_with_two_readings_is_open_only_when_both_are(case) -> None:
    inner, outer, calendar, until = case
    gaps = apart(followed(inner, calendar, until), followed(outer, calendar, until, surely=True))
    assert first_uncovered_time(inner, outer, calendar) == (Interval(*gaps[0]) if gaps else None)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted({zone for zone, _ in CHANGES})),
    st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30)),
)
def test_the_clock_of_a_zone_is_read_as_the_standard_library_reads_it(zone: str, at) -> None:
    clock, local = clock_of(zone), (at - EPOCH.replace(tzinfo=None)) // MICROSECOND
    readings = [
        (at.replace(tzinfo=ZoneInfo(zone), fold=fold) - EPOCH) // MICROSECOND for fold in (0, 1)
    ]
    assert (clock.earliest(local), clock.latest(local)) == (min(readings), max(readings))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", *sorted({zone for zone, _ in CHANGES})])
def test_every_change_of_a_clock_is_known_to_the_second(zone: str) -> None:
    clock = clock_of(zone)
    for change, old, new in zip(clock.changes, clock.offsets, clock.offsets[1:], strict=False):
        around = (EPOCH + int(change) * MICROSECOND - timedelta(seconds=n) for n in (1, 0))
        shown = [at.astimezone(ZoneInfo(zone)).utcoffset() // MICROSECOND for at in around]
        assert shown == [old, new]


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
    assert first_uncovered_time(drive, zone, ORDINARY) == Interval(drive.start, drive.end)


def test_a_time_of_day_is_an_hour_earlier_once_summer_time_begins() -> None:
    days = WeeklyWindow(frozenset({Weekday.SA, Weekday.MO}), time(8), time(9))
    summer = datetime(1986, 5, 4, tzinfo=UTC)
    around = Schedule(summer - 2 * DAY, summer + 2 * DAY, CITY, (days,))
    within = Interval(around.start, around.end)
    assert [(start.day, start.hour) for start, _ in found(around, within)] == [(3, 0), (4, 23)]
