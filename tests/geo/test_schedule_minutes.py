"""Schedules against a count of every single minute, where the clock is never changed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.schedule import Interval, Overlap, Schedule, first_uncovered_time, overlap
from tests.geo.schedules import MINUTE, Days, at, calendars, found, in_use, runs, schedules

FIRST, DAYS = at(-8, 0), 20


def minutes_used(schedule: Schedule, calendar: Days) -> list[bool]:
    return [in_use(schedule, calendar, FIRST + n * MINUTE) for n in range(DAYS * 24 * 60)]


def widened(minutes: list[bool], by: int) -> list[bool]:
    """Every minute that is at most so many minutes from one in use."""
    wide = list(minutes)
    for start, end in runs(minutes, FIRST):
        first, last = ((instant - FIRST) // MINUTE for instant in (start, end))
        wide[first - by : last + by] = [True] * (last - first + 2 * by)
    return wide


@settings(max_examples=30)
@given(schedules(), calendars)
def test_windows_are_the_minutes_in_use(schedule: Schedule, calendar: Days) -> None:
    assert found(schedule, calendar=calendar) == runs(minutes_used(schedule, calendar), FIRST)


@settings(max_examples=30)
@given(schedules(), schedules(), calendars, st.sampled_from([0, 0, 2, 30, 600, 6000]))
def test_overlap_is_the_minutes_in_use_by_both(
    a: Schedule, b: Schedule, calendar: Days, margin: int
) -> None:
    pairs = zip(
        widened(minutes_used(a, calendar), margin // 2),
        widened(minutes_used(b, calendar), margin // 2),
        strict=True,
    )
    both = [x and y for x, y in pairs]
    first = runs(both, FIRST)[0] if any(both) else None
    expected = Overlap(Interval(*first), sum(both) * MINUTE) if first else None
    assert overlap(a, b, calendar, margin * MINUTE) == expected
    assert overlap(b, a, calendar, margin * MINUTE) == expected


@settings(max_examples=30)
@given(schedules(), schedules(), calendars)
def test_uncovered_is_the_first_run_of_inner_minutes_outside(
    inner: Schedule, outer: Schedule, calendar: Days
) -> None:
    pairs = zip(minutes_used(inner, calendar), minutes_used(outer, calendar), strict=True)
    out = [mine and not theirs for mine, theirs in pairs]
    expected = Interval(*runs(out, FIRST)[0]) if any(out) else None
    assert first_uncovered_time(inner, outer, calendar) == expected
