"""The verdict on two volumes: a table of all cases, and a second opinion on many."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString, Point

from geo.altitude import AltitudeBand, Ground, Reference, Span, Unit
from geo.conflict import Judgement, Reason, Verdict, judge
from geo.footprint import Footprint
from geo.frame import Frame
from geo.index import VolumeIndex
from geo.schedule import Interval, Schedule, Weekday, WeeklyWindow
from geo.screening import screen
from geo.separation import NONE, Separation
from geo.volume import Volume4D
from tests.geo import oracle
from tests.geo.shapes import CITY, GROUND, LAT, LON, PLANE
from tests.geo.test_nearness import footprints_of, near_centre
from tests.geo.test_schedule import Days

FRAME = Frame(PLANE, CITY, "Asia/Shanghai", GROUND, Days())
DAY = timedelta(days=1)
START = datetime(2026, 12, 1, tzinfo=UTC)
MM = 0.001


def days(first: float, last: float | None, *weekly: WeeklyWindow) -> Schedule:
    end = None if last is None else START + last * DAY
    return Schedule(START + first * DAY, end, "Asia/Shanghai", weekly)


def band(lower: float, upper: float, reference: Reference = Reference.AMSL) -> AltitudeBand:
    return AltitudeBand(lower, upper, Unit.m, reference)


EAST_WEST = Footprint(LineString([(LON - 0.02, LAT), (LON + 0.02, LAT)]), 50)
ABOVE_GROUND = band(60, 120, Reference.AGL)
NORTH_SOUTH = Footprint(LineString([(LON, LAT - 0.02), (LON, LAT + 0.02)]), 50)


def a_flight(footprint=EAST_WEST, altitude=band(60, 120), schedule=days(0, 10)) -> Volume4D:  # noqa: B008
    return Volume4D(footprint, altitude, None, schedule)


def a_drive(levels: set[int] | None = None, footprint=EAST_WEST, schedule=days(0, 10)) -> Volume4D:  # noqa: B008
    return Volume4D(footprint, None, None if levels is None else frozenset(levels), schedule)


def decided(a: Volume4D, b: Volume4D, separation=NONE, frame=FRAME, **more) -> tuple:
    judged = judge(a, b, separation, frame, **more)
    assert judge(b, a, separation, frame, **more) == judged
    return judged.verdict, judged.reason


CROSSING = a_flight(NORTH_SOUTH)
MINIMA = Separation(horizontal_m=300, vertical_m=30, time=timedelta(minutes=15))
BESIDE = Footprint(Point(oracle.moved((LON, LAT), 0, 50 + 100 + 299)), 100)
FAR = Footprint(Point(oracle.moved((LON, LAT), 0, 50 + 100 + 301)), 100)


def test_two_flights_in_one_place_height_and_time_conflict() -> None:
    judged = judge(a_flight(), a_flight(NORTH_SOUTH, schedule=days(4, 20)), NONE, FRAME)
    assert judged == Judgement(
        Verdict.conflict,
        Reason.separation_breached,
        horizontal_distance_m=0.0,
        vertical_gap=Span(-60, -60),
        first_overlap=Interval(START + 4 * DAY, START + 10 * DAY),
        overlap_hours=144.0,
        witness=judged.witness,
    )
    assert judged.witness.contains(Point(LON, LAT))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (replace(CROSSING, schedule=days(10, 20)), Reason.apart_in_time),
        (replace(CROSSING, altitude=band(120, 150)), Reason.apart_in_height),
        (replace(CROSSING, footprint=FAR), Reason.apart_in_place),
    ],
)
def test_one_dimension_that_only_touches_is_enough_to_be_clear(
    other: Volume4D, reason: Reason
) -> None:
    assert decided(a_flight(), other) == (Verdict.clear, reason)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (replace(CROSSING, altitude=band(149, 200)), Verdict.conflict),
        (replace(CROSSING, altitude=band(150, 200)), Verdict.clear),
        (replace(CROSSING, footprint=BESIDE), Verdict.conflict),
        (replace(CROSSING, footprint=FAR), Verdict.clear),
        (replace(CROSSING, schedule=days(10 + 14 / 1440, 20)), Verdict.conflict),
        (replace(CROSSING, schedule=days(10 + 15 / 1440, 20)), Verdict.clear),
    ],
)
def test_a_separation_is_kept_or_breached_in_each_dimension(
    other: Volume4D, expected: Verdict
) -> None:
    assert decided(a_flight(), other, MINIMA)[0] is expected


def test_windows_that_never_meet_are_apart_in_time() -> None:
    weekday = WeeklyWindow(frozenset({Weekday.MO}), datetime.min.time(), datetime.min.time())
    weekend = replace(weekday, days=frozenset({Weekday.SA}))
    a = a_flight(schedule=days(0, None, weekday))
    b = a_flight(NORTH_SOUTH, schedule=days(0, None, weekend))
    assert decided(a, b) == (Verdict.clear, Reason.apart_in_time)


def test_references_that_cannot_be_compared_leave_the_height_open() -> None:
    over_the_sea = replace(CROSSING, altitude=band(600, 700, Reference.AMSL))
    low = a_flight(altitude=ABOVE_GROUND)
    assert decided(low, over_the_sea) == (Verdict.indeterminate, Reason.height_unknown)


def test_heights_that_at_the_most_touch_are_in_doubt_and_not_clear() -> None:
    to_sea_level = a_flight(altitude=band(0, 500, Reference.WGS84))
    above = replace(CROSSING, altitude=band(542, 600, Reference.AMSL))
    judged = judge(to_sea_level, above, NONE, FRAME)
    assert judged.vertical_gap == Span(-2, 0)
    assert judged.verdict is Verdict.indeterminate


def test_known_ground_decides_what_references_leave_open() -> None:
    flat = replace(FRAME, ground=Ground(500, 500, -43, -43))
    low = a_flight(altitude=ABOVE_GROUND)
    assert decided(low, replace(CROSSING, altitude=band(600, 700, Reference.AMSL)), frame=flat) == (
        Verdict.conflict,
        Reason.separation_breached,
    )
    assert decided(low, replace(CROSSING, altitude=band(620, 700, Reference.AMSL)), frame=flat) == (
        Verdict.clear,
        Reason.apart_in_height,
    )


def test_what_is_surely_apart_is_clear_whatever_else_is_unknown() -> None:
    unknown = replace(CROSSING, altitude=AltitudeBand(10, 20, Unit.FL, Reference.AMSL))
    assert decided(a_flight(), replace(unknown, footprint=FAR))[0] is Verdict.clear
    assert decided(a_flight(), replace(unknown, schedule=days(10, 20)))[0] is Verdict.clear
    assert decided(a_flight(), unknown)[0] is Verdict.indeterminate


def test_an_indeterminate_verdict_shows_all_that_is_known() -> None:
    unknown = replace(CROSSING, altitude=AltitudeBand(10, 20, Unit.FL, Reference.AMSL))
    judged = judge(a_flight(), unknown, NONE, FRAME)
    assert judged.first_overlap == Interval(START, START + 10 * DAY)
    assert judged.horizontal_distance_m == 0
    assert not judged.witness.is_empty


def test_a_volume_without_heights_takes_all_of_them() -> None:
    closed = Volume4D(NORTH_SOUTH, None, None, days(0, None))
    assert decided(a_flight(), closed)[0] is Verdict.conflict


@pytest.mark.parametrize(
    ("mine", "theirs", "matters", "expected"),
    [
        ({0}, {1}, True, (Verdict.clear, Reason.apart_in_level)),
        ({0, 1}, {1}, True, (Verdict.conflict, Reason.separation_breached)),
        ({0}, None, True, (Verdict.indeterminate, Reason.level_unknown)),
        (None, None, True, (Verdict.indeterminate, Reason.level_unknown)),
        ({0}, None, False, (Verdict.conflict, Reason.separation_breached)),
        (None, None, False, (Verdict.conflict, Reason.separation_breached)),
    ],
)
def test_levels_keep_drives_apart_only_where_both_are_known(
    mine: set | None, theirs: set | None, matters: bool, expected: tuple
) -> None:
    a, b = a_drive(mine), a_drive(theirs, NORTH_SOUTH)
    assert decided(a, b, level_matters=matters) == expected


def test_hours_without_end_are_counted_to_the_horizon() -> None:
    judged = judge(
        a_flight(schedule=days(0, None)), replace(CROSSING, schedule=days(1, None)), NONE, FRAME
    )
    assert judged.first_overlap == Interval(START + DAY, None)
    assert judged.overlap_hours == 5 * 366 * 24


def test_heights_that_only_touch_by_rounding_are_apart() -> None:
    feet = a_flight(altitude=AltitudeBand(0, 3, Unit.ft, Reference.AMSL))
    assert decided(feet, replace(CROSSING, altitude=band(0.9144, 60))) == (
        Verdict.clear,
        Reason.apart_in_height,
    )
    flat = replace(FRAME, ground=Ground(500.1, 500.1, -43, -43))
    low = a_flight(altitude=band(0, 120.2, Reference.AGL))
    above = replace(CROSSING, altitude=band(620.3, 700))
    assert decided(low, above, frame=flat) == (Verdict.clear, Reason.apart_in_height)
    below = replace(CROSSING, altitude=band(620.3 - MM, 700))
    assert decided(low, below, frame=flat)[0] is Verdict.conflict


@given(st.integers(1, 5_000), st.sampled_from([0, 15]))
def test_feet_above_one_band_and_metres_below_the_next_only_touch(feet: int, apart_m: int) -> None:
    low = a_flight(altitude=AltitudeBand(0, feet, Unit.ft, Reference.AMSL))
    upper_m = round(feet * 0.3048, 4) + apart_m
    high = replace(CROSSING, altitude=band(upper_m, upper_m + 60))
    separation = Separation(0, apart_m, timedelta(0))
    assert decided(low, high, separation)[0] is Verdict.clear
    assert screen(low, [high], separation, FRAME).conflict.tolist() == []


def test_beyond_the_extent_the_rim_is_as_wide_as_the_plane_errs_there() -> None:
    for latitude in (28.0, 32.5, 36.0, 40.0):
        here = (LON, latitude)
        there = oracle.moved(here, 70, 10_000)
        a, b = (replace(a_flight(), footprint=Footprint(Point(at))) for at in (here, there))
        for metres, expected in ((10_000 + 0.01, "conflict"), (10_000 - 0.01, "clear")):
            separation = Separation(metres, 0, timedelta(0))
            assert decided(a, b, separation)[0].value == expected
            found = VolumeIndex([b], FRAME).meeting(a, separation)
            assert found.conflict.tolist() == ([0] if expected == "conflict" else [])


def test_levels_are_a_set_of_some_or_none() -> None:
    assert a_drive({0}) == Volume4D(EAST_WEST, None, [0], days(0, 10))
    assert hash(Volume4D(EAST_WEST, None, [0, 0], days(0, 10))) == hash(a_drive({0}))
    with pytest.raises(ValueError, match="no level"):
        a_drive(set())


# --- a second opinion -------------------------------------------------------------------------

spans = st.tuples(st.integers(0, 20), st.integers(1, 10)).map(lambda t: (t[0], t[0] + t[1]))
bands = spans.map(lambda ends: band(10.0 * ends[0], 10.0 * ends[1]))
volumes = st.builds(
    Volume4D,
    footprints_of(near_centre),
    bands,
    st.none() | st.frozensets(st.integers(-1, 1), min_size=1),
    spans.map(lambda ends: days(*ends)),
)
separations = st.builds(
    Separation,
    st.sampled_from([1, 50, 800]),
    st.sampled_from([0, 10, 25]),
    st.sampled_from([timedelta(0), timedelta(days=1), timedelta(days=2)]),
)


@given(volumes, volumes, separations)
def test_the_verdict_is_that_of_all_dimensions_together(
    a: Volume4D, b: Volume4D, separation: Separation
) -> None:
    spare_m = oracle.to_spare_m(a.footprint, b.footprint, separation.horizontal_m)
    assume(abs(spare_m) > 2 * MM)
    gap = max(b.altitude.lower - a.altitude.upper, a.altitude.lower - b.altitude.upper)
    late = max(b.schedule.start - a.schedule.end, a.schedule.start - b.schedule.end)
    apart = [
        spare_m > 0,
        gap >= separation.vertical_m,
        late >= separation.time,
        a.levels is not None and b.levels is not None and not a.levels & b.levels,
    ]
    expected = Verdict.clear if any(apart) else Verdict.conflict
    assert decided(a, b, separation)[0] is expected


mixed_bands = st.none() | st.builds(
    lambda ends, unit, reference: AltitudeBand(10.0 * ends[0], 10.0 * ends[1], unit, reference),
    spans,
    st.sampled_from(Unit),
    st.sampled_from(Reference),
)
any_volumes = st.builds(
    Volume4D,
    footprints_of(near_centre),
    mixed_bands,
    st.none() | st.frozensets(st.integers(-1, 1), min_size=1),
    spans.map(lambda ends: days(*ends)),
)


@given(any_volumes, any_volumes, separations | st.just(NONE), st.booleans())
def test_the_verdict_does_not_depend_on_who_is_asked_first(
    a: Volume4D, b: Volume4D, separation: Separation, matters: bool
) -> None:
    one = judge(a, b, separation, FRAME, level_matters=matters)
    other = judge(b, a, separation, FRAME, level_matters=matters)
    assert one == other


@given(any_volumes)
def test_a_volume_conflicts_with_itself(volume: Volume4D) -> None:
    assert decided(volume, volume)[0] is Verdict.conflict


@pytest.mark.parametrize("horizontal_m", [-1, float("nan"), float("inf")])
def test_a_separation_is_a_finite_distance(horizontal_m: float) -> None:
    with pytest.raises(ValueError, match="0 m or more"):
        Separation(horizontal_m, 0, timedelta(0))


def test_a_separation_in_time_is_not_negative() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Separation(0, 0, timedelta(-1))
