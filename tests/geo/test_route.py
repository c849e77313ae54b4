"""What was opened covers a route or an area, or names every part that it does not cover."""

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.crs import geodesic_length_m
from geo.footprint import Footprint
from geo.route import Coverage, coverage
from tests.geo import oracle
from tests.geo.builders import areas_of, footprints_of, lines_of, near_centre
from tests.geo.shapes import LAT, LON, PLANE, STEP, at, path


def a_line(*steps: tuple[float, float], radius_m: float = 0) -> Footprint:
    return Footprint(LineString(path(*steps)), radius_m)


def a_box(west: float, south: float, east: float, north: float) -> Footprint:
    return Footprint(box(*at(west, south), *at(east, north)))


def covered(inner: Footprint, *outers: Footprint, tolerance_m: float = 0.0) -> Coverage:
    return coverage(inner, outers, tolerance_m, PLANE)


EAST = a_line((0, 0), (3, 0))
STEP_EAST_M = 958.41


def test_a_route_inside_an_area_is_covered_whole() -> None:
    assert covered(EAST, a_box(-1, -1, 4, 1)) == Coverage(
        pytest.approx(3 * STEP_EAST_M, abs=0.1), ()
    )


def test_a_route_is_covered_by_several_zones_end_to_end() -> None:
    zones = [a_box(-1, -1, 1, 1), a_box(1, -1, 2, 1), a_box(2, -1, 4, 1)]
    assert covered(EAST, *zones).uncovered == ()


def test_the_part_that_leaves_is_named_with_its_length() -> None:
    got = covered(EAST, a_box(-1, -1, 1, 1), a_box(2, -1, 4, 1))
    (out,) = got.uncovered
    assert out.length_m == pytest.approx(STEP_EAST_M, abs=0.1)
    assert out.geometry.bounds == pytest.approx(LineString(path((1, 0), (2, 0))).bounds, abs=1e-6)
    assert got.covered_length_m == pytest.approx(2 * STEP_EAST_M, abs=0.1)


def test_every_part_that_leaves_is_named() -> None:
    got = covered(EAST, a_box(1, -1, 2, 1))
    assert len(got.uncovered) == 2


def test_without_any_zone_all_is_uncovered() -> None:
    got = covered(EAST)
    assert got.covered_length_m == 0
    assert [out.length_m for out in got.uncovered] == [pytest.approx(3 * STEP_EAST_M, abs=0.1)]


def test_a_route_may_leave_a_corridor_by_the_tolerance_and_no_more() -> None:
    aside = Footprint(
        LineString([oracle.moved(at(1, 0), 0, 54.9), oracle.moved(at(2, 0), 0, 54.9)])
    )
    corridor = a_line((0, 0), (3, 0), radius_m=50)
    assert covered(aside, corridor, tolerance_m=5).uncovered == ()
    assert covered(aside, corridor, tolerance_m=4.8).uncovered != ()


def test_a_route_along_a_line_without_width_is_covered_within_the_tolerance() -> None:
    assert covered(a_line((1, 0), (2, 0)), EAST, tolerance_m=5).uncovered == ()


def test_a_corridor_must_lie_in_the_zone_with_all_its_width() -> None:
    corridor = a_line((0, 0), (1, 0), radius_m=50)
    north_m = geodesic_length_m(LineString(path((0, 0), (0, 1))))
    fits = 50 / north_m
    assert covered(corridor, a_box(-1, -fits, 2, fits), tolerance_m=10).uncovered == ()
    (out,) = covered(corridor, a_box(-1, -fits * 0.99, 2, 1), tolerance_m=10).uncovered
    assert out.geometry.geom_type == "Polygon"


def test_a_corridor_is_covered_by_its_own_copy() -> None:
    bent = a_line((0, 0), (1, 0.3), (1.2, 1), (2, 1), radius_m=250)
    assert covered(bent, bent).uncovered == ()
    assert covered(bent, a_line((0, 0), (1, 0.3), (1.2, 1), (2, 1), radius_m=249.9)).uncovered != ()


def test_a_corridor_is_covered_by_equal_zones_end_to_end() -> None:
    zones = [a_line((0, 0), (1, 0), radius_m=50), a_line((1, 0), (3, 0), radius_m=50)]
    assert covered(a_line((0, 0), (3, 0), radius_m=50), *zones).uncovered == ()


def test_an_area_is_covered_by_neighbours_that_only_touch() -> None:
    zones = [a_box(0, 0, 1, 1), a_box(1, 0, 2, 1)]
    assert covered(a_box(0.5, 0, 1.5, 1), *zones).uncovered == ()


def test_an_uncovered_area_is_as_long_as_the_longest_way_across_it() -> None:
    got = covered(a_box(0, 0, 2, 1), a_box(0, 0, 1, 1))
    (out,) = got.uncovered
    across_m = geodesic_length_m(LineString(path((1, 0), (2, 1))))
    assert out.length_m == pytest.approx(across_m, rel=1e-3)
    assert got.covered_length_m == pytest.approx(across_m, rel=1e-3)


def test_nothing_of_an_area_elsewhere_is_covered() -> None:
    got = covered(a_box(0, 0, 1, 1), a_box(2, 0, 3, 1))
    assert got.covered_length_m == 0
    assert len(got.uncovered) == 1


def test_of_a_corridor_the_covered_length_is_that_of_its_middle() -> None:
    got = covered(a_line((0, 0), (3, 0), radius_m=50), a_box(-1, -1, 1, 1))
    assert got.covered_length_m == pytest.approx(STEP_EAST_M, abs=0.1)


def test_a_place_is_covered_or_not() -> None:
    assert covered(Footprint(Point(at(0, 0))), a_box(-1, -1, 1, 1)).uncovered == ()
    (out,) = covered(Footprint(Point(at(5, 0))), a_box(-1, -1, 1, 1)).uncovered
    assert (out.geometry.geom_type, out.length_m) == ("Point", 0)


def test_a_vehicle_that_stands_outside_is_not_covered() -> None:
    waiting = Footprint(LineString([at(5, 0)] * 3))
    assert len(covered(waiting, a_box(-1, -1, 1, 1)).uncovered) == 1


@given(lines_of(near_centre), areas_of(near_centre), areas_of(near_centre))
def test_covered_and_uncovered_make_up_the_whole_route(
    line: LineString, one: shapely.Geometry, other: shapely.Geometry
) -> None:
    assume(line.is_simple)
    got = covered(Footprint(line), Footprint(one), Footprint(other))
    opened = shapely.union(one, other)
    # two centimetres are given away, along a border they may be long
    least, most = (
        geodesic_length_m(shapely.intersection(line, shapely.buffer(opened, by)))
        for by in (0, 3e-7)
    )
    assert least - 0.1 <= got.covered_length_m <= most + 0.1
    out_m = sum(part.length_m for part in got.uncovered)
    assert got.covered_length_m + out_m == pytest.approx(geodesic_length_m(line), abs=0.1)


beyond = st.floats(-0.05, 0.05).filter(lambda metres: abs(metres - 0.01) > 0.013)


@settings(max_examples=40)
@given(areas_of(near_centre), st.floats(0, 0.9), beyond)
def test_a_circle_may_touch_the_border_of_an_area_and_not_cross_it(
    area: shapely.Geometry, outward: float, beyond_m: float
) -> None:
    corner = area.exterior.coords[0]
    place = LineString([area.centroid, corner]).interpolate(outward, normalized=True)
    to_the_border_m = oracle.core_distance_m(place, area.exterior)
    assume(to_the_border_m > 1)
    circle = Footprint(place, to_the_border_m + beyond_m)
    assert (covered(circle, Footprint(area)).uncovered == ()) == (beyond_m < 0.01)


@given(near_centre.map(Point), st.floats(50, 3_000), beyond)
def test_a_circle_may_touch_the_end_of_a_corridor_and_not_cross_it(
    place: Point, radius_m: float, beyond_m: float
) -> None:
    corridor = Footprint(LineString([place, oracle.moved(place.coords[0], 90, 500)]), radius_m)
    circle = Footprint(place, radius_m + beyond_m)
    assert (covered(circle, corridor).uncovered == ()) == (beyond_m < 0.01)


@given(footprints_of(near_centre), st.floats(0.03, 100), st.integers(0, 3))
def test_a_footprint_is_covered_by_a_wider_one(
    inner: Footprint, wider_m: float, neighbours: int
) -> None:
    outer = Footprint(inner.core, inner.radius_m + wider_m)
    others = [a_box(n, n, n + 1, n + 1) for n in range(neighbours)]
    assert covered(inner, *others, outer).uncovered == ()


@given(footprints_of(near_centre))
def test_a_footprint_covers_itself(footprint: Footprint) -> None:
    assert covered(footprint, footprint).uncovered == ()


@pytest.mark.parametrize(("beyond_m", "is_covered"), [(-0.02, True), (0.05, False)])
def test_a_wide_circle_is_measured_truly_where_the_plane_is_too_long(
    beyond_m: float, is_covered: bool
) -> None:
    centre = (104.06, 31.45)
    circle = Footprint(Point(centre), 3_000)
    _, north = oracle.moved(centre, 0, 3_000 - beyond_m)
    halves = [Footprint(box(w, 31.0, e, north)) for w, e in [(103.9, 104.06), (104.06, 104.2)]]
    assert (covered(circle, *halves).uncovered == ()) == is_covered


def test_steps_are_as_long_as_said() -> None:
    assert geodesic_length_m(LineString(path((0, 0), (1, 0)))) == pytest.approx(
        STEP_EAST_M, abs=0.01
    )
    assert STEP == 0.01
    assert (LON, LAT) == (104.06, 30.66)


@pytest.mark.parametrize("tolerance_m", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_is_a_distance(tolerance_m: float) -> None:
    with pytest.raises(ValueError, match="a tolerance is 0 m or more"):
        covered(EAST, a_box(-1, -1, 4, 1), tolerance_m=tolerance_m)
