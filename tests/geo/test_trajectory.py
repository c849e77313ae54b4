"""When two paths with times come too near each other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from geo import encounter
from geo.altitude import Ground, Reference, Span
from geo.conflict import Judgement, Reason, Verdict
from geo.crs import Extent, Plane, geodesic_distance_m, geodesic_length_m
from geo.frame import Frame
from geo.ground import Region, Regions
from geo.paths import judge_paths
from geo.separation import Separation
from geo.trajectory import Trajectory
from tests.geo import oracle, paths_oracle
from tests.geo.paths import (
    FRAME,
    NOW,
    apart,
    driven,
    flown,
    paths,
    place,
    seconds,
    separations,
)
from tests.geo.shapes import CITY, GROUND, LAT, LON

CM = 0.01


def judged(a: Trajectory, b: Trajectory, separation: Separation, frame=FRAME, **more) -> Judgement:
    found = judge_paths(a, b, separation, frame, **more)
    assert judge_paths(b, a, separation, frame, **more) == found
    return found


def decided(*args, **more) -> tuple[Verdict, Reason]:
    found = judged(*args, **more)
    return found.verdict, found.reason


CONFLICT = (Verdict.conflict, Reason.separation_breached)
UNKNOWN = (Verdict.indeterminate, Reason.height_unknown)


# --- place and time ---------------------------------------------------------------------------

EAST = flown((-1_000, 0, 0), (1_000, 0, 200))
WEST = flown((1_000, 0, 0), (-1_000, 0, 200))
NORTH = flown((0, -1_000, 0), (0, 1_000, 200))


def test_two_that_fly_head_on_meet_from_the_first_moment_too_near_to_the_last() -> None:
    found = judged(EAST, WEST, apart(100))
    assert (found.verdict, found.reason) == CONFLICT
    # they close in at 20 m/s
    assert seconds(found.first_overlap) == pytest.approx((95, 105), abs=1e-3)
    assert found.overlap_hours * 3600 == pytest.approx(10, abs=1e-3)
    assert found.horizontal_distance_m == pytest.approx(0, abs=1e-3)
    assert found.vertical_gap == Span(0, 0)
    assert found.witness.distance(Point(LON, LAT)) < 1e-6


def test_the_witness_is_the_line_between_the_two_at_their_closest() -> None:
    found = judged(EAST, flown((1_000, 60, 0), (-1_000, 60, 200), radius_m=10), apart(100))
    assert found.horizontal_distance_m == pytest.approx(50, abs=1e-3)
    assert geodesic_length_m(found.witness) == pytest.approx(60, abs=1e-3)
    assert found.witness.distance(Point(LON, LAT)) < 1e-6


def test_the_same_place_at_another_time_is_clear() -> None:
    later = flown((0, -1_000, 60), (0, 1_000, 260))
    assert decided(EAST, NORTH, apart(100)) == CONFLICT
    assert decided(EAST, later, apart(100)) == (Verdict.clear, Reason.apart_in_place)


def test_all_visits_to_each_other_are_counted_and_the_first_is_told() -> None:
    there_and_back = flown((0, 500, 0), (0, 0, 50), (0, 500, 100), (0, 0, 150))
    found = judged(there_and_back, flown((0, 0, 0), (1e-6, 0, 150)), apart(100))
    assert seconds(found.first_overlap) == pytest.approx((40, 60), abs=1e-3)
    assert found.overlap_hours * 3600 == pytest.approx(20 + 10, abs=1e-3)


def test_a_crossing_must_lie_further_apart_in_time_than_the_margin() -> None:
    later = flown((0, -1_000, 30), (0, 1_000, 230))
    # both within 5 s of the crossing, and so at least this much apart
    closest_s = 30 - 5 * 2**0.5
    assert decided(EAST, later, apart(50, seconds=closest_s - 0.01))[0] is Verdict.clear
    assert decided(EAST, later, apart(50, seconds=closest_s + 0.01)) == CONFLICT


def test_the_overlap_of_a_margin_lies_halfway_between_the_two() -> None:
    later = flown((0, -1_000, 30), (0, 1_000, 230))
    found = judged(EAST, later, apart(1, seconds=60))
    # one is there around 100 s, the other around 130 s; each is widened by 30 s
    assert seconds(found.first_overlap) == pytest.approx((100, 130), abs=0.2)
    head_on = judged(EAST, WEST, apart(100, seconds=8))
    assert seconds(head_on.first_overlap) == pytest.approx((95 - 4, 105 + 4), abs=1e-3)


def test_who_follows_must_keep_the_distance_in_place_and_time() -> None:
    behind = flown((-1_000, 0, 20), (1_000, 0, 220))
    assert decided(EAST, behind, apart(150))[0] is Verdict.clear
    # 10 m for every second: in 5 s the other comes within 150 m
    assert decided(EAST, behind, apart(150, seconds=4.99))[0] is Verdict.clear
    assert decided(EAST, behind, apart(150, seconds=5.01)) == CONFLICT
    assert decided(EAST, behind, apart(201)) == CONFLICT


def test_paths_that_follow_each_other_in_time_only_touch() -> None:
    onward = flown((1_000, 0, 200), (2_000, 0, 300))
    assert decided(EAST, onward, apart(100)) == (Verdict.clear, Reason.apart_in_time)
    assert decided(EAST, onward, apart(100, seconds=1)) == CONFLICT
    later = flown((1_000, 0, 260), (2_000, 0, 300))
    assert decided(EAST, later, apart(100, seconds=60)) == (Verdict.clear, Reason.apart_in_time)
    assert decided(EAST, later, apart(100, seconds=60.001)) == CONFLICT


def test_a_long_leg_is_straight_in_degrees() -> None:
    # the geodesic between these ends passes 29 m further north
    ends = [(LON - 0.26, LAT), (LON + 0.26, LAT)]
    path = Trajectory(ends, [NOW, NOW + 1_000])
    waiting = Trajectory([(LON, LAT), (LON, LAT)], [NOW, NOW + 1_000])
    assert decided(path, waiting, apart(1), height_matters=False) == CONFLICT


def test_more_fixes_on_the_same_path_change_nothing() -> None:
    def with_fixes(path: Trajectory, count: int) -> Trajectory:
        times = np.linspace(path.times[0], path.times[-1], count)
        columns = paths_oracle.places(path, times)
        return Trajectory(columns[:, :2], times, columns[:, 2], path.reference, path.radius_m)

    a, b = flown((0, 0, 0), (3_000, 2_000, 900, 150)), flown((0, 300, 30), (3_000, 1_900, 880, 120))
    for margin_s in (0, 60):
        few = judged(a, b, apart(200, seconds=margin_s))
        many = judged(with_fixes(a, 10_000), with_fixes(b, 9_000), apart(200, seconds=margin_s))
        assert few.verdict is many.verdict is Verdict.conflict
        assert few.horizontal_distance_m == pytest.approx(many.horizontal_distance_m, abs=1e-3)
        assert few.overlap_hours == pytest.approx(many.overlap_hours, abs=1e-6)


# --- height -----------------------------------------------------------------------------------


def test_a_climb_through_a_level_conflicts_while_it_is_too_near() -> None:
    climbing = flown((0, 0, 0, 50), (1e-6, 0, 200, 250))
    found = judged(climbing, flown((50, 0, 0, 120), (51, 0, 200, 120)), apart(100, 20))
    assert seconds(found.first_overlap) == pytest.approx((50, 90), abs=1e-3)
    assert found.vertical_gap.min < 20


def test_a_climb_is_clear_when_the_other_is_at_its_level_somewhere_else() -> None:
    climbing = flown((0, 0, 0, 50), (1e-6, 0, 200, 250))
    passing = flown((-1_600, 0, 0, 120), (400, 0, 200, 120))
    assert decided(climbing, passing, apart(100, 20)) == (Verdict.clear, Reason.apart_in_height)
    assert decided(climbing, passing, apart(1_000, 20)) == CONFLICT


def test_the_vertical_separation_is_kept_to_the_centimetre() -> None:
    def above(metres: float) -> Trajectory:
        return flown((1_000, 0, 0, 100 + metres), (-1_000, 0, 200, 100 + metres))

    found = judged(EAST, above(30), apart(100, 30))
    assert (found.verdict, found.reason) == (Verdict.clear, Reason.apart_in_height)
    assert found.vertical_gap == Span(30, 30)
    assert decided(EAST, above(30 - CM), apart(100, 30)) == CONFLICT
    assert decided(EAST, above(CM), apart(100, 0))[0] is Verdict.clear
    assert decided(EAST, above(0), apart(100, 0)) == CONFLICT


LOW = replace(EAST, reference=Reference.AGL)


def test_heights_of_two_references_are_compared_by_what_is_known_of_the_ground() -> None:
    over_the_sea = flown((1_000, 0, 0, 600), (-1_000, 0, 200, 600))
    assert decided(LOW, over_the_sea, apart(100)) == UNKNOWN
    assert judged(LOW, over_the_sea, apart(100)).vertical_gap == Span(0, 50)
    # the ground lies between 450 m and 550 m
    far_above = flown((1_000, 0, 0, 681), (-1_000, 0, 200, 681))
    assert decided(LOW, far_above, apart(100)) == (Verdict.clear, Reason.apart_in_height)
    assert decided(LOW, far_above, apart(100, 32)) == UNKNOWN
    assert decided(LOW, over_the_sea, apart(100, 51)) == CONFLICT
    flat = replace(FRAME, ground=Ground(500, 500, -43, -43))
    assert decided(LOW, over_the_sea, apart(100), frame=flat) == CONFLICT
    ellipsoidal = flown((1_000, 0, 0, 557), (-1_000, 0, 200, 557), reference=Reference.WGS84)
    assert judged(LOW, ellipsoidal, apart(100), frame=flat).vertical_gap == Span(0, 0)


def test_the_ground_is_that_below_the_path() -> None:
    west, south = place(-3_000, -3_000)
    middle, north = place(0, 3_000)
    valley = Region(Extent(west, south, middle, north), Span(450, 451))
    frame = replace(FRAME, terrains=(Regions((valley,)),))
    level = flown((1_000, 0, 0, 590), (-1_000, 0, 200, 590))

    def over_ground(*fixes: tuple[float, ...]) -> Trajectory:
        return flown(*fixes, reference=Reference.AGL)

    # 100 m above the valley they are 40 m apart; over the hills nothing is known
    assert decided(over_ground((-500, 0, 0), (-1_000, 0, 200)), level, apart(100), frame=frame) == (
        Verdict.clear,
        Reason.apart_in_height,
    )
    assert (
        decided(over_ground((500, 0, 0), (1_000, 0, 200)), level, apart(100), frame=frame)
        == UNKNOWN
    )
    assert decided(LOW, level, apart(100, 45), frame=frame) == UNKNOWN
    at_the_level = over_ground((-500, 0, 0), (-501, 0, 200))
    assert decided(at_the_level, level, apart(100, 45), frame=frame) == CONFLICT


def test_heights_that_are_not_given_leave_a_doubt_unless_they_are_all_heights() -> None:
    on_foot = driven((1_000, 0, 0), (-1_000, 0, 200))
    of_unknown_reference = flown((1_000, 0, 0), (-1_000, 0, 200), reference=None)
    assert decided(EAST, on_foot, apart(100)) == UNKNOWN
    assert decided(EAST, of_unknown_reference, apart(100)) == UNKNOWN
    assert decided(on_foot, on_foot, apart(100)) == UNKNOWN
    assert decided(on_foot, on_foot, apart(100), height_matters=False) == CONFLICT
    assert decided(EAST, on_foot, apart(100), height_matters=False) == CONFLICT
    far = driven((1_000, 500, 0), (-1_000, 500, 200))
    assert decided(EAST, far, apart(100))[0] is Verdict.clear


def test_the_level_of_a_road_is_not_known_of_a_path() -> None:
    a, b = driven((0, 0, 0), (100, 0, 60)), driven((100, 0, 0), (0, 0, 60))
    found = decided(a, b, apart(5), height_matters=False, level_matters=True)
    assert found == (Verdict.indeterminate, Reason.level_unknown)


# --- the last centimetre ----------------------------------------------------------------------


@pytest.mark.parametrize(("radius_m", "spare_m"), [(50, -0.03), (50, 0), (0, 0), (0, 0.02)])
def test_without_a_distance_two_must_share_something(radius_m: float, spare_m: float) -> None:
    a = flown((0, 0, 0), (1e-6, 0, 60), radius_m=radius_m)
    there = 2 * radius_m + spare_m
    b = flown((there, 0, 0), (there + 1e-6, 0, 60), radius_m=radius_m)
    expected = spare_m < 0 or (radius_m == 0 and spare_m == 0)
    assert (decided(a, b, apart(0))[0] is Verdict.conflict) == expected


anywhere = st.tuples(st.floats(CITY.west, CITY.east), st.floats(CITY.south, CITY.north))


@settings(max_examples=25)
@given(
    anywhere,
    st.lists(st.tuples(*[st.floats(-0.1, 0.1)] * 2), min_size=2, max_size=4, unique=True),
    st.floats(1, 10_000),
    st.floats(0, 360),
)
def test_one_centimetre_decides_at_any_place_and_distance(
    start: tuple, turns: list, far_m: float, azimuth: float
) -> None:
    lonlat = np.array(start) + turns
    other = oracle.moved(tuple(lonlat[0]), azimuth, far_m)
    away_m = oracle.core_distance_m(LineString(lonlat), Point(other))
    assume(away_m > 0.1)
    passing = Trajectory(lonlat, NOW + 600 * np.arange(len(lonlat)))
    waiting = Trajectory([other, other], [NOW, NOW + 6_000])
    for spare_m, expected in ((CM, Verdict.conflict), (-CM, Verdict.clear)):
        separation = apart(away_m + spare_m)
        found = judged(passing, waiting, separation, height_matters=False)
        assert found.verdict is expected
        if expected is Verdict.conflict:
            assert found.horizontal_distance_m == pytest.approx(away_m, abs=1e-3)


@given(anywhere, st.floats(0, 360), st.floats(1, 10_000))
def test_those_who_keep_just_the_distance_are_clear(
    start: tuple[float, float], azimuth: float, far_m: float
) -> None:
    """The plane errs by some micrometres here: the ellipsoid has the last word."""
    there = oracle.moved(start, azimuth, far_m)
    a, b = (Trajectory([at, at], [NOW, NOW + 60]) for at in (start, there))
    just = apart(geodesic_distance_m(start, there))
    assert decided(a, b, just, height_matters=False)[0] is Verdict.clear


def test_a_wide_country_is_judged_to_the_centimetre_too() -> None:
    province = Extent(97, 26, 109, 34.5)
    wide = Frame(Plane.around(province), province, "Asia/Shanghai", GROUND, calendar=None)
    for start in [(98.0, 26.5), (103.0, 30.25), (108.0, 34.0)]:
        there = oracle.moved(start, 45, 6_000)
        a, b = (Trajectory([at, at], [NOW, NOW + 60]) for at in (start, there))
        for metres, expected in ((6_000 + CM, Verdict.conflict), (6_000 - CM, Verdict.clear)):
            assert decided(a, b, apart(metres), frame=wide, height_matters=False)[0] is expected


# --- a second opinion -------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [1, 256])
@settings(max_examples=50)
@given(paths(), paths(), separations)
def test_no_moment_is_missed_and_none_is_made_up(
    at_once: int, a: Trajectory, b: Trajectory, separation: Separation
) -> None:
    margin_s, vertical_m = separation.time.total_seconds(), max(separation.vertical_m, CM)
    reach_m = a.radius_m + b.radius_m + separation.horizontal_m
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encounter, "_AT_ONCE", at_once)
        found = judged(a, b, separation)
    seen = paths_oracle.sampled(a, b, margin_s)
    if seen.is_breached(reach_m, vertical_m, margin_s):
        assert found.verdict is Verdict.conflict
        least_m = seen.least_m(vertical_m, margin_s) - a.radius_m - b.radius_m
        assert found.horizontal_distance_m <= max(least_m, 0) + 1e-3
    elif seen.is_kept(reach_m, vertical_m, margin_s):
        assert found.verdict is Verdict.clear


@settings(max_examples=40)
@given(paths(0.003), paths(0.003), st.sampled_from([50, 300]), st.sampled_from([10, 500]))
def test_the_overlap_is_as_long_as_the_moments_that_are_too_near(
    a: Trajectory, b: Trajectory, horizontal_m: float, vertical_m: float
) -> None:
    found = judged(a, b, apart(horizontal_m, vertical_m))
    assume(found.verdict is Verdict.conflict)
    seen = paths_oracle.sampled(a, b, 0)
    reach_m = a.radius_m + b.radius_m + horizontal_m
    near = (seen.apart_m < reach_m) & (np.abs(seen.rise_m) < vertical_m)
    together_s = min(a.times[-1], b.times[-1]) - max(a.times[0], b.times[0])
    step_s = together_s / len(near)
    assert found.overlap_hours * 3600 == pytest.approx(near.sum() * step_s, abs=20 * step_s)
    if near.any():
        first_s = max(a.times[0], b.times[0]) + near.argmax() * step_s
        assert found.first_overlap.start.timestamp() <= first_s + step_s


@settings(max_examples=30)
@given(paths(), paths(), separations, st.sampled_from(Reference), st.sampled_from(Reference))
def test_what_is_in_doubt_is_neither_clear_nor_in_conflict_for_all_grounds(
    a: Trajectory, b: Trajectory, separation: Separation, mine: Reference, theirs: Reference
) -> None:
    a, b = replace(a, reference=mine), replace(b, reference=theirs)
    verdict, _ = decided(a, b, separation)
    for terrain_m in (450, 500, 550):
        for geoid_m in (-44, -42):
            there = replace(FRAME, ground=Ground(terrain_m, terrain_m, geoid_m, geoid_m))
            known = decided(a, b, separation, frame=there)[0]
            assert known is not Verdict.indeterminate
            assert verdict in (known, Verdict.indeterminate)
