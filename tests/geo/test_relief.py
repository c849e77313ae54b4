"""Heights above the ground where the ground of one place is higher than that of another.

On a slope of 45 degrees 110 m above the ground and 65 m above the ground 45 m uphill are one
height above the sea.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.altitude import AltitudeBand, Ground, Reference, Span, Unit
from geo.conflict import Judgement, Reason, Verdict, judge
from geo.footprint import Footprint
from geo.frame import Frame
from geo.index import VolumeIndex
from geo.paths import judge_path, judge_paths
from geo.screening import screen
from geo.separation import Separation
from geo.trajectory import Trajectory
from geo.volume import Volume4D
from tests.geo import oracle
from tests.geo.paths import FRAME, NOW, START, apart, place
from tests.geo.shapes import LAT, LON
from tests.geo.test_conflict import days

DAY = timedelta(days=1)
CONFLICT = (Verdict.conflict, Reason.separation_breached)
UNKNOWN = (Verdict.indeterminate, Reason.height_unknown)
IN_HEIGHT = (Verdict.clear, Reason.apart_in_height)
SLOPE = oracle.Hillside(1.0, LON)
ON_A_SLOPE = replace(FRAME, terrains=(SLOPE,))
FLAT = replace(FRAME, ground=Ground(500, 500, -43, -43))
MINIMA = apart(50, 15)


def above_ground(lower: float, upper: float) -> AltitudeBand:
    return AltitudeBand(lower, upper, Unit.m, Reference.AGL)


def hovering(east_m: float, height_m: float, radius_m: float = 1.0) -> Trajectory:
    there = place(east_m, 0)
    return Trajectory([there, there], [NOW, NOW + 60], [height_m] * 2, Reference.AGL, radius_m)


def a_disc(east_m: float, height_m: float, radius_m: float = 1.0) -> Volume4D:
    footprint = Footprint(Point(place(east_m, 0)), radius_m)
    return Volume4D(footprint, above_ground(height_m - 1, height_m + 1), None, days(0, 1))


def of_volumes(a: Volume4D, b: Volume4D, separation: Separation, frame: Frame) -> Judgement:
    """What judge says, once it is said of (b, a), in a screen and by an index too."""
    found = judge(a, b, separation, frame)
    assert judge(b, a, separation, frame) == found
    met = screen(a, [b], separation, frame)
    assert len(met.conflict) == (found.verdict is Verdict.conflict)
    assert len(met.indeterminate) == (found.verdict is Verdict.indeterminate)
    pairs = VolumeIndex([a, b], frame).pairs(separation)
    assert len(pairs.conflict) == (found.verdict is Verdict.conflict)
    assert len(pairs.indeterminate) == (found.verdict is Verdict.indeterminate)
    return found


def of_paths(a: Trajectory, b: Trajectory, separation: Separation, frame: Frame) -> Judgement:
    found = judge_paths(a, b, separation, frame)
    assert judge_paths(b, a, separation, frame) == found
    return found


def of_all(
    downhill: tuple[float, float],
    uphill: tuple[float, float],
    separation: Separation,
    frame: Frame,
    radius_m: float = 1.0,
) -> tuple[Verdict, Reason]:
    """What is said of two at metres east and metres up, be they volumes, paths or one of each."""
    a, b = a_disc(*downhill, radius_m), a_disc(*uphill, radius_m)
    path, other = hovering(*downhill, radius_m), hovering(*uphill, radius_m)
    always = replace(b, schedule=replace(b.schedule, start=START - DAY, end=None))
    judged = [
        of_volumes(a, b, separation, frame),
        of_paths(path, other, separation, frame),
        judge_path(path, always, separation, frame),
    ]
    (said,) = {(found.verdict, found.reason) for found in judged}
    return said


def test_one_height_over_a_slope_is_no_distance_though_the_numbers_differ() -> None:
    assert of_all((0, 110), (45, 65), MINIMA, ON_A_SLOPE) == CONFLICT
    assert of_all((0, 110), (45, 65), MINIMA, FRAME) == UNKNOWN
    assert of_all((0, 110), (45, 65), MINIMA, FLAT) == IN_HEIGHT


def test_one_number_over_a_slope_is_a_distance_in_height() -> None:
    assert of_all((0, 80), (45, 80), MINIMA, ON_A_SLOPE) == IN_HEIGHT
    assert of_all((0, 80), (45, 80), MINIMA, FRAME) == UNKNOWN
    assert of_all((0, 80), (45, 80), MINIMA, FLAT) == CONFLICT


def test_where_both_share_a_place_the_numbers_decide_over_any_ground() -> None:
    for frame in (FRAME, ON_A_SLOPE, FLAT, replace(FRAME, ground=Ground())):
        assert of_all((0, 80), (3, 90), MINIMA, frame, radius_m=5) == CONFLICT


def test_two_over_one_place_may_be_too_near_beside_it() -> None:
    unknown = replace(FRAME, ground=Ground())
    assert of_all((0, 60), (3, 120), MINIMA, unknown, radius_m=5) == UNKNOWN
    assert of_all((0, 60), (3, 120), apart(0, 15), unknown, radius_m=5) == IN_HEIGHT
    assert of_all((0, 60), (3, 120), MINIMA, FLAT, radius_m=5) == IN_HEIGHT


def test_the_ground_is_that_of_each_as_far_as_the_other_comes_near() -> None:
    low = Volume4D(
        Footprint(box(*place(-2_000, -50), *place(0, 50))), above_ground(0, 30), None, days(0, 1)
    )
    high = Volume4D(
        Footprint(box(*place(20, -50), *place(2_000, 50))), above_ground(90, 120), None, days(0, 1)
    )
    gentle = replace(FRAME, terrains=(oracle.Hillside(0.02, LON),))
    assert of_volumes(low, high, MINIMA, FRAME).verdict is Verdict.indeterminate
    assert of_volumes(low, high, MINIMA, gentle).reason is Reason.apart_in_height


def test_the_gap_at_a_shared_place_is_told_without_a_doubt() -> None:
    found = of_volumes(a_disc(0, 80, 5), a_disc(3, 90, 5), MINIMA, FRAME)
    assert found.vertical_gap == Span(8, 8)
    aside = of_volumes(a_disc(0, 80, 5), a_disc(45, 90, 5), MINIMA, FRAME)
    assert aside.vertical_gap == Span(-2, 108)


def test_a_conflict_lasts_as_long_as_the_two_share_a_place_or_surely_are_too_near() -> None:
    ends = [place(-300, 0), place(300, 0)]
    passing = Trajectory(ends, [NOW, NOW + 60], [100, 100], Reference.AGL, 10)
    waiting = hovering(0, 105, 10)
    over_unknown = of_paths(passing, waiting, MINIMA, FRAME)
    # at 10 m/s both share a place for four seconds and are within 70 m for fourteen
    assert over_unknown.overlap_hours * 3600 == pytest.approx(4, abs=0.01)
    assert of_paths(passing, waiting, MINIMA, FLAT).overlap_hours * 3600 == pytest.approx(14, 0.01)


# --- a second opinion: a ground for every place -------------------------------------------------

STEP_M = 3.0
slopes = st.builds(
    oracle.Hillside,
    st.sampled_from([-1.0, -0.4, 0.0, 0.3, 1.0]),
    st.just(LON),
)
places = st.tuples(st.floats(-60, 60), st.floats(-60, 60))
footprints = st.one_of(
    st.builds(lambda at, r: Footprint(Point(place(*at)), r), places, st.sampled_from([0.0, 8.0])),
    st.builds(
        lambda at, to, r: Footprint(LineString([place(*at), place(*to)]), r),
        places,
        places,
        st.sampled_from([0.0, 5.0]),
    ),
    st.builds(
        lambda at, side: Footprint(box(*place(*at), *place(at[0] + side, at[1] + side))),
        places,
        st.sampled_from([6.0, 25.0]),
    ),
)
heights = st.tuples(st.integers(0, 150), st.integers(2, 30)).map(
    lambda ends: above_ground(ends[0], sum(ends))
)
separations = st.builds(apart, st.sampled_from([0, 10, 40]), st.sampled_from([0, 12]))


def truth(
    a: Volume4D, b: Volume4D, separation: Separation, hillside: oracle.Hillside
) -> tuple[bool, bool]:
    """Whether some sampled pair of places surely breaches, and whether any at all may."""
    mine, theirs = (oracle.places_of(v.footprint, STEP_M) for v in (a, b))
    first, second = (index.ravel() for index in np.indices((len(mine), len(theirs))))
    apart_m = oracle.between(mine[first], theirs[second])
    shift = hillside.under(mine[first, 0]) - hillside.under(theirs[second, 0])
    above = b.altitude.lower - a.altitude.upper - shift
    below = a.altitude.lower - b.altitude.upper + shift
    gap_m = np.maximum(above, below)
    slack_m = 2 * STEP_M
    near = apart_m < separation.horizontal_m - 0.01
    if separation.horizontal_m == 0:
        near = np.zeros_like(near)
    surely = near & (gap_m < separation.vertical_m - 1e-3)
    steep_m = slack_m * max(abs(hillside.rise), 0.1) * 2
    perhaps = (apart_m < separation.horizontal_m + slack_m) & (
        gap_m < separation.vertical_m + steep_m
    )
    return bool(surely.any()), bool(perhaps.any())


@settings(max_examples=80, deadline=None)
@given(footprints, footprints, heights, heights, separations, slopes)
def test_no_place_of_either_proves_a_verdict_wrong(
    mine: Footprint,
    theirs: Footprint,
    low: AltitudeBand,
    high: AltitudeBand,
    separation: Separation,
    hillside: oracle.Hillside,
) -> None:
    a, b = (Volume4D(f, h, None, days(0, 1)) for f, h in ((mine, low), (theirs, high)))
    surely, perhaps = truth(a, b, separation, hillside)
    for frame in (FRAME, replace(FRAME, terrains=(hillside,))):
        verdict = of_volumes(a, b, separation, frame).verdict
        assert not (surely and verdict is Verdict.clear)
        assert perhaps or verdict is not Verdict.conflict


moments = st.lists(st.integers(1, 20), min_size=2, max_size=4)


@st.composite
def flights(draw: st.DrawFn) -> Trajectory:
    times = NOW + np.cumsum(draw(moments))
    fixes = [place(*draw(places)) for _ in times]
    up_m = [draw(st.integers(20, 120)) for _ in times]
    return Trajectory(fixes, times, up_m, Reference.AGL, draw(st.sampled_from([0.0, 6.0])))


@settings(max_examples=60, deadline=None)
@given(flights(), flights(), st.builds(apart, st.sampled_from([15, 40]), st.just(12)), slopes)
def test_no_moment_of_two_flights_proves_a_verdict_wrong(
    a: Trajectory, b: Trajectory, separation: Separation, hillside: oracle.Hillside
) -> None:
    times = np.linspace(max(a.times[0], b.times[0]), min(a.times[-1], b.times[-1]), 2_000)
    assume(times[0] < times[-1])
    apart_m, gap_m = _sampled(a, b, times, hillside)
    reach_m = separation.horizontal_m + a.radius_m + b.radius_m
    # only where the middles are too near: the discs around them lie on other ground
    surely = ((apart_m < separation.horizontal_m - 0.01) & (gap_m < 12 - 0.01)).any()
    rise_m = abs(hillside.rise) * (a.radius_m + b.radius_m) + 2
    perhaps = ((apart_m < reach_m + 1) & (gap_m < 12 + rise_m)).any()
    for frame in (FRAME, replace(FRAME, terrains=(hillside,))):
        verdict = of_paths(a, b, separation, frame).verdict
        assert not (surely and verdict is Verdict.clear)
        assert perhaps or verdict is not Verdict.conflict


def _sampled(
    a: Trajectory, b: Trajectory, times: np.ndarray, hillside: oracle.Hillside
) -> tuple[np.ndarray, np.ndarray]:
    """How far the two are apart at moments, over ground and in height."""
    rows = []
    for path in (a, b):
        lon, lat, up = (
            np.interp(times, path.times, column) for column in (*path.lonlat.T, path.heights_m)
        )
        rows.append((np.column_stack((lon, lat)), up + hillside.under(lon)))
    (mine, high), (theirs, other) = rows
    return oracle.between(mine, theirs), np.abs(high - other)


def test_the_reach_of_a_band_of_all_heights_needs_no_ground() -> None:
    unknown = replace(FRAME, ground=Ground())
    a = Volume4D(Footprint(Point(LON, LAT), 5), None, None, days(0, 1))
    assert of_volumes(a, a_disc(40, 80), MINIMA, unknown).verdict is Verdict.conflict
