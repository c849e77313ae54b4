"""Paths with times against volumes: when a path is in one, and when it only passes."""

from dataclasses import replace
from datetime import time, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, Polygon

from geo import encounter
from geo.altitude import AltitudeBand, Reference, Span, Unit
from geo.conflict import Judgement, Reason, Verdict
from geo.crs import Extent, geodesic_distance_m, geodesic_length_m
from geo.footprint import Footprint
from geo.ground import Region, Regions
from geo.paths import judge_path
from geo.schedule import Schedule, Weekday, WeeklyWindow
from geo.separation import Separation
from geo.trajectory import Trajectory
from geo.volume import Volume4D
from tests.geo import oracle, paths_oracle
from tests.geo.paths import FRAME, NOW, START, apart, driven, flown, paths, place, seconds
from tests.geo.shapes import PLANE
from tests.geo.test_nearness import areas_of, lines_of, near_centre

CM = 0.01
DAY = timedelta(days=1)
ALWAYS = Schedule(START - DAY, None, "Asia/Shanghai")
LOW = AltitudeBand(60, 120, Unit.m, Reference.AMSL)
CONFLICT = (Verdict.conflict, Reason.separation_breached)
IN_PLACE = (Verdict.clear, Reason.apart_in_place)
IN_HEIGHT = (Verdict.clear, Reason.apart_in_height)
IN_TIME = (Verdict.clear, Reason.apart_in_time)
UNKNOWN = (Verdict.indeterminate, Reason.height_unknown)


def ring(half_m: float) -> list[tuple[float, float]]:
    """The corners of a square around the centre of the city."""
    return [place(x * half_m, y * half_m) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def volume(core, radius_m=0.0, altitude=LOW, schedule=ALWAYS, levels=None) -> Volume4D:
    return Volume4D(Footprint(core, radius_m), altitude, levels, schedule)


SQUARE = volume(Polygon(ring(500)))
FRAMED = volume(Polygon(ring(1_500), [ring(500)]))
CIRCLE = volume(Point(place(0, 0)), 400)
EAST = flown((-2_000, 0, 0), (2_000, 0, 400))


def judged(path: Trajectory, there: Volume4D, separation=apart(0, 0), **more) -> Judgement:  # noqa: B008
    return judge_path(path, there, separation, more.pop("frame", FRAME), **more)


def decided(*args, **more) -> tuple[Verdict, Reason]:
    found = judged(*args, **more)
    return found.verdict, found.reason


# --- place ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "separation", "near_m"),
    [
        (SQUARE, apart(0, 0), 500),
        (SQUARE, apart(250, 0), 750),
        (CIRCLE, apart(100, 0), 500),
        (volume(LineString([place(0, -900), place(0, 900)]), 30), apart(20, 0), 50),
        (volume(MultiPoint([place(0, 0), place(9_000, 0)]), 10), apart(20, 0), 30),
    ],
)
def test_a_path_is_in_a_volume_from_its_border_to_its_border(
    there: Volume4D, separation: Separation, near_m: float
) -> None:
    found = judged(EAST, there, separation)
    assert (found.verdict, found.reason) == CONFLICT
    # 10 m/s through the centre after 200 s
    ends = (200 - near_m / 10, 200 + near_m / 10)
    assert seconds(found.first_overlap) == pytest.approx(ends, abs=0.01)
    assert found.overlap_hours * 3600 == pytest.approx(near_m / 5, abs=0.02)
    assert found.horizontal_distance_m == 0
    assert geodesic_length_m(found.witness) == pytest.approx(2 * near_m, abs=0.1)


def test_a_path_through_the_hole_of_an_area_is_clear() -> None:
    inside = flown((-400, 0, 0), (400, 300, 80))
    assert decided(inside, FRAMED) == IN_PLACE
    assert decided(inside, FRAMED, apart(101, 0)) == CONFLICT
    assert decided(inside, FRAMED, apart(99, 0)) == IN_PLACE


def test_a_path_that_comes_down_into_the_hole_from_above_is_clear() -> None:
    def dipping(level_m: float) -> Trajectory:
        return flown(
            (-2_000, 0, 0, level_m),
            (-400, 0, 160, level_m),
            (0, 0, 200, 80),
            (400, 0, 240, level_m),
            (2_000, 0, 400, level_m),
        )

    assert decided(dipping(200), FRAMED) == IN_HEIGHT
    found = judged(dipping(100), FRAMED)
    assert seconds(found.first_overlap) == pytest.approx((50, 150), abs=0.01)
    assert found.overlap_hours * 3600 == pytest.approx(200, abs=0.02)
    assert found.witness.geom_type == "MultiLineString"


def test_a_path_that_never_leaves_an_area_is_in_it_all_the_time() -> None:
    within = flown((-400, 0, 0), (400, 300, 80), (300, -300, 160))
    for separation in (apart(0, 0), apart(50, 0), apart(5_000, 0)):
        found = judged(within, SQUARE, separation)
        assert seconds(found.first_overlap) == (0, 160)
        assert found.horizontal_distance_m == 0


def test_what_waits_is_near_to_what_it_waits_beside() -> None:
    waiting = Trajectory([place(-520, 0)] * 2, [NOW, NOW + 60], [100, 100], Reference.AMSL)
    assert decided(waiting, SQUARE, apart(21, 0)) == CONFLICT
    assert decided(waiting, SQUARE, apart(19, 0)) == IN_PLACE
    assert judged(waiting, SQUARE, apart(21, 0)).witness.geom_type == "Point"
    inside = Trajectory([place(0, 0)] * 2, [NOW, NOW + 60], [100, 100], Reference.AMSL)
    assert decided(inside, SQUARE) == CONFLICT


def test_each_place_beside_one_leg_is_visited() -> None:
    two = volume(MultiPoint([place(0, 0), place(80, 0)]), 10)
    found = judged(flown((-50, 0, 0), (130, 0, 18)), two, apart(20, 0))
    assert seconds(found.first_overlap) == pytest.approx((2, 8), abs=0.01)
    assert found.overlap_hours * 3600 == pytest.approx(12, abs=0.02)


def test_the_distance_is_to_the_truly_nearest_place_and_not_to_that_of_the_plane() -> None:
    here = (104.0, 31.4)
    # to the north the plane is longer by some 20 millionths
    two = MultiPoint([oracle.moved(here, 0, 10_000.0), oracle.moved(here, 180, 10_000.1)])
    distances = shapely.distance(shapely.get_parts(PLANE.project(two)), PLANE.project(Point(here)))
    assert distances[0] > distances[1]
    waiting = Trajectory([here, here], [NOW, NOW + 60], [100, 100], Reference.AMSL)
    found = judged(waiting, volume(two), apart(10_500, 0))
    assert found.horizontal_distance_m == pytest.approx(10_000, abs=1e-3)


@pytest.mark.parametrize(
    ("radius_m", "most_m"), [(0, 0.01), (0.015, 0.025), (0.05, 0.02), (50, 0.02)]
)
def test_a_path_along_a_border_only_touches_until_it_shares_more(
    radius_m: float, most_m: float
) -> None:
    def sharing(metres: float) -> Trajectory:
        latitude = ring(500)[2][1]
        ends = [oracle.moved((place(x, 0)[0], latitude), 0, radius_m - metres) for x in (-200, 200)]
        return Trajectory(ends, [NOW, NOW + 40], [100, 100], Reference.AMSL, radius_m)

    for metres in (-CM, 0, most_m - 3e-3):
        assert decided(sharing(metres), SQUARE) == IN_PLACE
    assert decided(sharing(most_m + 3e-3), SQUARE) == CONFLICT


@pytest.mark.parametrize("metres", [1, 80, 10_000])
def test_the_distance_to_an_area_is_kept_to_the_centimetre(metres: float) -> None:
    passing = flown((-200, 500 + metres, 0), (200, 540 + metres, 40))
    away_m = oracle.core_distance_m(LineString(passing.lonlat), SQUARE.footprint.core)
    assert decided(passing, SQUARE, apart(away_m + CM, 0)) == CONFLICT
    assert decided(passing, SQUARE, apart(away_m - CM, 0)) == IN_PLACE


@given(near_centre, st.floats(0, 360), st.floats(1, 10_000))
def test_who_waits_a_micrometre_beyond_the_distance_is_clear(
    start: tuple[float, float], azimuth: float, far_m: float
) -> None:
    waiting = Trajectory([start, start], [NOW, NOW + 60], [100, 100], Reference.AMSL)
    there = oracle.moved(start, azimuth, far_m)
    kept = apart(geodesic_distance_m(start, there) - 1e-6, 0)
    assert decided(waiting, volume(Point(there)), kept) == IN_PLACE


def test_the_shared_shape_of_a_volume_is_never_prepared() -> None:
    judged(EAST, SQUARE)
    assert not shapely.is_prepared(SQUARE.footprint.on(PLANE))


# --- time -------------------------------------------------------------------------------------

NIGHTS = WeeklyWindow(frozenset({Weekday.TU}), time(22), time(5))
AT_TEN = 13 * 3_600


def test_a_path_meets_a_weekly_window_from_when_it_opens() -> None:
    nightly = replace(SQUARE, schedule=replace(ALWAYS, weekly=(NIGHTS,)))
    early = flown((-600, 0, AT_TEN - 120), (600, 0, AT_TEN))
    late = flown((-600, 0, AT_TEN - 60), (600, 0, AT_TEN + 60))
    assert decided(EAST, nightly) == IN_TIME
    assert decided(early, nightly) == IN_TIME
    found = judged(late, nightly)
    assert seconds(found.first_overlap) == pytest.approx((AT_TEN, AT_TEN + 50), abs=0.01)
    assert seconds(judged(late, SQUARE).first_overlap)[0] == pytest.approx(AT_TEN - 50, abs=0.01)


def test_a_path_in_a_volume_between_its_windows_is_clear() -> None:
    opened = [WeeklyWindow(NIGHTS.days, time(9, m), time(9, m + 1)) for m in (0, 6)]
    twice = replace(SQUARE, schedule=replace(ALWAYS, weekly=tuple(opened)))
    assert decided(EAST, twice) == IN_PLACE
    slow = flown((-2_000, 0, -180), (2_000, 0, 580))
    assert decided(slow, twice) == IN_PLACE
    slower = flown((-600, 0, 0), (600, 0, 420))
    found = judged(slower, twice)
    assert seconds(found.first_overlap) == pytest.approx((35, 60), abs=0.01)
    assert found.overlap_hours * 3600 == pytest.approx(25 + 25, abs=0.02)


def test_a_margin_in_time_reaches_beyond_the_windows() -> None:
    nightly = replace(SQUARE, schedule=replace(ALWAYS, weekly=(NIGHTS,)))
    # it leaves the square ten seconds before the end
    early = flown((-600, 0, AT_TEN - 120), (600, 0, AT_TEN))
    assert decided(early, nightly, apart(0, 0, 9.9))[0] is Verdict.clear
    found = judged(early, nightly, apart(0, 0, 20))
    assert (found.verdict, found.reason) == CONFLICT
    # ten of the twenty seconds part them, five on either side are left of both
    assert seconds(found.first_overlap) == pytest.approx((AT_TEN - 10, AT_TEN), abs=0.01)


# --- height -----------------------------------------------------------------------------------


def test_what_touches_a_band_is_not_in_it() -> None:
    def at(metres: float) -> Trajectory:
        return flown((-600, 0, 0, metres), (600, 0, 120, metres))

    assert decided(at(120), SQUARE) == IN_HEIGHT
    assert decided(at(120 - CM), SQUARE) == CONFLICT
    assert decided(at(60), SQUARE) == IN_HEIGHT
    assert decided(at(150), SQUARE, apart(0, 30)) == IN_HEIGHT
    found = judged(at(149), SQUARE, apart(0, 30))
    assert found.vertical_gap == Span(29, 29)
    assert judged(at(100), SQUARE).vertical_gap == Span(-20, -20)


def test_a_climb_is_in_a_band_from_its_floor_to_its_ceiling() -> None:
    climbing = flown((0, 0, 0, 0), (100, 0, 300, 300))
    assert seconds(judged(climbing, SQUARE).first_overlap) == pytest.approx((60, 120), abs=0.01)
    feet = replace(SQUARE, altitude=AltitudeBand(200, None, Unit.ft, Reference.AMSL))
    assert seconds(judged(climbing, feet).first_overlap) == pytest.approx((60.96, 300), abs=0.01)


def test_a_height_that_cannot_be_compared_is_in_doubt_only_where_they_meet() -> None:
    level = replace(SQUARE, altitude=AltitudeBand(3, 4, Unit.FL, Reference.AGL))
    no_ends = replace(SQUARE, altitude=AltitudeBand(None, None, Unit.FL, Reference.AGL))
    no_band = replace(SQUARE, altitude=None)
    assert decided(EAST, level) == UNKNOWN
    assert judged(EAST, level).first_overlap == judged(EAST, no_band).first_overlap
    assert decided(EAST, no_ends) == CONFLICT
    assert decided(EAST, no_band) == CONFLICT
    assert decided(flown((-600, 600, 0), (600, 600, 60)), level) == IN_PLACE


def test_a_path_without_heights_is_in_doubt_unless_it_takes_them_all() -> None:
    on_foot = driven((-600, 0, 0), (600, 0, 120))
    assert decided(on_foot, SQUARE) == UNKNOWN
    assert decided(on_foot, SQUARE, height_matters=False) == CONFLICT
    assert decided(on_foot, replace(SQUARE, altitude=None)) == CONFLICT
    found = decided(on_foot, SQUARE, height_matters=False, level_matters=True)
    assert found == (Verdict.indeterminate, Reason.level_unknown)


def test_a_band_above_the_ground_is_above_the_ground_around_the_path() -> None:
    west, south = place(-3_000, -3_000)
    east, north = place(3_000, 3_000)
    plain = Region(Extent(west, south, east, north), Span(500, 501))
    frame = replace(FRAME, terrains=(Regions((plain,)),))
    over_ground = replace(SQUARE, altitude=replace(LOW, reference=Reference.AGL))

    def over_the_sea(metres: float) -> Trajectory:
        return flown((-600, 0, 0, metres), (600, 0, 120, metres))

    # the band lies from 560 or 561 m to 620 or 621 m above the sea
    assert decided(over_the_sea(590), over_ground) == UNKNOWN
    assert decided(over_the_sea(590), over_ground, frame=frame) == CONFLICT
    assert decided(over_the_sea(620.5), over_ground, frame=frame) == UNKNOWN
    assert decided(over_the_sea(622), over_ground, frame=frame) == IN_HEIGHT
    # what of the area lies within the distance to keep may be over ground that nobody knows
    wide = replace(over_ground, footprint=Footprint(Polygon(ring(4_000))))
    assert decided(over_the_sea(622), wide, apart(2_000, 0), frame=frame) == IN_HEIGHT
    assert decided(over_the_sea(622), wide, apart(2_600, 0), frame=frame) == UNKNOWN


# --- a second opinion -------------------------------------------------------------------------

cores = (
    st.tuples(near_centre.map(Point), st.sampled_from([10, 400]))
    | st.tuples(lines_of(near_centre), st.sampled_from([0, 60]))
    | st.tuples(areas_of(near_centre), st.just(0))
    | st.tuples(areas_of(near_centre).map(lambda area: _holed(area)), st.just(0))
)


def _holed(area: Polygon) -> Polygon:
    return area.difference(shapely.affinity.scale(area, 0.5, 0.5, origin="centroid"))


@pytest.mark.parametrize("at_once", [2, 1 << 16])
@settings(max_examples=25)
@given(
    paths(0.015),
    cores,
    st.sampled_from([1, 50, 300, 5_000]),
    st.sampled_from([0, 10]),
    st.sampled_from([0, 30]),
    st.tuples(st.integers(0, 300), st.integers(1, 300)),
)
def test_no_moment_is_missed_and_none_is_made_up(
    at_once: int,
    path: Trajectory,
    core: tuple,
    far_m: float,
    vertical_m: float,
    margin_s: float,
    opened: tuple,
) -> None:
    opens = START + timedelta(seconds=opened[0])
    closes = opens + timedelta(seconds=opened[1])
    there = volume(*core, schedule=Schedule(opens, closes, "Asia/Shanghai"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encounter, "_PAIRS_AT_ONCE", at_once)
        found = judged(path, there, apart(far_m, vertical_m, margin_s))
    moments, step_s = np.linspace(path.times[0], path.times[-1], 100, retstep=True)
    apart_m = paths_oracle.from_core_m(path, moments, there.footprint.core)
    apart_m -= path.radius_m + there.footprint.radius_m
    height_m = paths_oracle.places(path, moments)[:, 2]
    fast, steep = paths_oracle.speeds(path)

    def near(slack_s: float, slack_m: float = 0.0) -> np.ndarray:
        metres = vertical_m + steep * slack_s
        late_s = np.maximum(opens.timestamp() - moments, moments - closes.timestamp())
        in_band = (60 - metres < height_m) & (height_m < 120 + metres)
        in_time = late_s < margin_s + slack_s
        return (apart_m < far_m + fast * slack_s + slack_m) & in_band & in_time

    surely = near(-1e-6, -1e-3)
    if surely.any():
        assert found.verdict is Verdict.conflict
        assert found.horizontal_distance_m <= max(apart_m[surely].min(), 0) + 1e-3
    elif not near(step_s, 1e-3).any():
        assert found.verdict is Verdict.clear
