"""How close footprints come, against a slow second opinion on the ellipsoid."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, box

from geo.crs import Extent, Plane, geodesic_length_m
from geo.footprint import Footprint
from geo.frame import Frame
from geo.nearness import distance_m, meeting
from tests.geo import oracle
from tests.geo.shapes import CITY, GROUND, LAT, LON, PLANE

FRAME = Frame(PLANE, CITY, "Asia/Shanghai", GROUND, calendar=None)
MM = 0.001
TOUCHING_M = 0.02

near_centre = st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)).map(
    lambda step: (LON + step[0], LAT + step[1])
)
anywhere = st.tuples(st.floats(CITY.west, CITY.east), st.floats(CITY.south, CITY.north))


def lines_of(places):
    return st.lists(places, min_size=2, max_size=4, unique=True).map(LineString)


def areas_of(places):
    hulls = st.lists(places, min_size=3, max_size=7).map(
        lambda corners: shapely.convex_hull(shapely.multipoints(corners))
    )
    return hulls.filter(lambda hull: hull.area > 1e-7)


def footprints_of(places):
    radii = st.floats(0.5, 800)
    return (
        st.builds(Footprint, places.map(Point), radii)
        | st.builds(Footprint, lines_of(places), radii)
        | st.builds(Footprint, areas_of(places))
    )


@given(footprints_of(near_centre), footprints_of(near_centre))
def test_distances_are_those_of_the_ellipsoid(a: Footprint, b: Footprint) -> None:
    expected = max(oracle.to_spare_m(a, b, 0), 0)
    assert distance_m(a, b, FRAME) == pytest.approx(expected, abs=2 * MM)


@given(footprints_of(anywhere), footprints_of(anywhere))
def test_distances_are_true_across_the_whole_extent(a: Footprint, b: Footprint) -> None:
    expected = max(oracle.to_spare_m(a, b, 0), 0)
    assert distance_m(a, b, FRAME) == pytest.approx(expected, abs=5 * MM, rel=1e-7)


@settings(max_examples=40)
@given(footprints_of(near_centre), footprints_of(near_centre), st.floats(-0.5, 0.5), st.booleans())
def test_a_meeting_is_decided_on_the_rim(
    a: Footprint, b: Footprint, beyond_m: float, wide: bool
) -> None:
    apart_m = oracle.to_spare_m(a, b, 0) + (beyond_m if wide else beyond_m / 50)
    assume(apart_m > 0)
    spare_m = oracle.to_spare_m(a, b, apart_m)
    assume(abs(spare_m) > 2 * MM)
    met = meeting(a, b, apart_m, FRAME)
    assert (met is not None) == (spare_m < 0)


def test_the_nearest_place_is_the_truly_nearest_and_not_that_of_the_plane() -> None:
    # the plane is 30 millionths too short in the middle of the city and 40 too long at its end
    middle, end = (104.0, 30.75), (104.0, 31.45)
    a = MultiLineString([[place, oracle.moved(place, 270, 100)] for place in (middle, end)])
    b = MultiLineString(
        [
            [there := oracle.moved(place, 90, apart_m), oracle.moved(there, 90, 100)]
            for place, apart_m in [(middle, 10_000.2), (end, 10_000.0)]
        ]
    )
    planar = shapely.shortest_line(PLANE.project(a), PLANE.project(b))
    assert PLANE.unproject(planar).coords[0] == pytest.approx(middle)
    assert distance_m(Footprint(a), Footprint(b), FRAME) == pytest.approx(10_000, abs=2 * MM)
    assert meeting(Footprint(a), Footprint(b), 10_000.1, FRAME) is not None
    assert meeting(Footprint(a), Footprint(b), 9_999.9, FRAME) is None


@given(st.floats(-0.1, 0.1), st.floats(1, 400), st.floats(1, 400))
def test_without_a_distance_two_corridors_must_share_two_centimetres(
    spare_m: float, radius_a: float, radius_b: float
) -> None:
    assume(abs(spare_m + TOUCHING_M) > 2 * MM)
    a = LineString([(LON, LAT), oracle.moved((LON, LAT), 90, 400)])
    aside = oracle.moved((LON, LAT), 180, radius_a + radius_b + spare_m)
    b = LineString([aside, oracle.moved(aside, 180, 500)])
    met = meeting(Footprint(a, radius_a), Footprint(b, radius_b), 0, FRAME)
    assert (met is not None) == (spare_m < -TOUCHING_M)


@settings(max_examples=40)
@given(st.floats(-0.1, 0.1), st.floats(1, 900), st.floats(0, 360))
def test_an_area_and_a_circle_must_share_two_centimetres(
    spare_m: float, radius_m: float, azimuth: float
) -> None:
    assume(abs(spare_m + TOUCHING_M) > 2 * MM)
    area = Footprint(Point(LON, LAT).buffer(0.01, quad_segs=3))
    centre = oracle.moved((LON, LAT), azimuth, 6_000)
    away_m = oracle.core_distance_m(area.core, Point(centre))
    circle = Footprint(Point(centre), away_m - spare_m)
    assert (meeting(area, circle, 0, FRAME) is not None) == (spare_m < -TOUCHING_M)


@given(st.floats(-0.06, 0.06), st.sampled_from(["east", "north", "corner"]))
def test_two_areas_must_share_two_centimetres(shared_m: float, side: str) -> None:
    assume(abs(shared_m - TOUCHING_M) > 1 * MM)
    square = box(LON, LAT, LON + 0.01, LAT + 0.01)
    corner = (LON + 0.01, LAT + 0.01) if side != "east" else (LON + 0.01, LAT)
    corner = (LON, LAT + 0.01) if side == "north" else corner
    x, y = corner
    if side in {"east", "corner"}:
        x, _ = oracle.moved((x, y), 270, shared_m)
    if side in {"north", "corner"}:
        _, y = oracle.moved((x, y), 180, shared_m)
    other = box(x, y, x + 0.01, y + 0.01)
    met = meeting(Footprint(square), Footprint(other), 0, FRAME)
    assert (met is not None) == (shared_m > TOUCHING_M)


@given(footprints_of(near_centre), footprints_of(near_centre), st.sampled_from([0, 50, 5_000]))
def test_the_order_of_the_two_makes_no_difference(
    a: Footprint, b: Footprint, apart_m: float
) -> None:
    one, other = meeting(a, b, apart_m, FRAME), meeting(b, a, apart_m, FRAME)
    assert (one is None) == (other is None)
    assert one is None or one == other


DISTRICT = box(LON, LAT, LON + 0.02, LAT + 0.02)


def test_neighbours_drawn_with_other_vertices_only_touch() -> None:
    east = LineString(DISTRICT.exterior.coords).interpolate(0.013)
    neighbour = shapely.Polygon(
        [
            (LON + 0.02, LAT),
            (LON + 0.04, LAT + 0.01),
            (LON + 0.02, LAT + 0.02),
            (LON + 0.02, east.y),
        ]
    )
    assert meeting(Footprint(DISTRICT), Footprint(neighbour), 0, FRAME) is None


def test_a_route_without_width_through_an_area_meets_it() -> None:
    through = Footprint(LineString([(LON - 0.01, LAT + 0.01), (LON + 0.03, LAT + 0.01)]))
    along = Footprint(LineString([(LON, LAT), (LON + 0.02, LAT)]))
    assert meeting(Footprint(DISTRICT), through, 0, FRAME) is not None
    assert meeting(Footprint(DISTRICT), along, 0, FRAME) is None


def test_a_place_inside_an_area_meets_it_and_one_on_its_border_does_not() -> None:
    assert meeting(Footprint(DISTRICT), Footprint(Point(LON + 0.01, LAT + 0.01)), 0, FRAME)
    assert not meeting(Footprint(DISTRICT), Footprint(Point(LON + 0.02, LAT + 0.01)), 0, FRAME)


def test_routes_without_width_that_cross_only_touch() -> None:
    east = Footprint(LineString([(LON, LAT), (LON + 0.02, LAT)]))
    north = Footprint(LineString([(LON + 0.01, LAT - 0.01), (LON + 0.01, LAT + 0.01)]))
    onward = Footprint(LineString([(LON + 0.01, LAT), (LON + 0.03, LAT)]))
    assert meeting(east, north, 0, FRAME) is None
    assert meeting(east, onward, 0, FRAME) is not None


def test_an_area_in_the_hole_of_another_only_touches_it() -> None:
    ring = DISTRICT.difference(box(LON + 0.005, LAT + 0.005, LON + 0.015, LAT + 0.015))
    filling = Footprint(box(LON + 0.005, LAT + 0.005, LON + 0.015, LAT + 0.015))
    assert meeting(Footprint(ring), filling, 0, FRAME) is None
    assert meeting(Footprint(ring), filling, 0.001, FRAME) is not None


def test_the_witness_of_an_overlap_is_what_both_have_in_common() -> None:
    a = Footprint(LineString([(LON, LAT), (LON + 0.02, LAT)]), 100)
    b = Footprint(LineString([(LON + 0.01, LAT - 0.01), (LON + 0.01, LAT + 0.01)]), 50)
    met = meeting(a, b, 0, FRAME)
    assert met.distance_m == 0
    common = met.witness(PLANE)
    assert common.geom_type == "Polygon"
    assert common.centroid.distance(Point(LON + 0.01, LAT)) < 1e-6
    west, south, east, north = PLANE.project(common).bounds
    assert (east - west, north - south) == pytest.approx((100, 200), abs=1)


def test_the_witness_of_a_breached_distance_is_the_shortest_line() -> None:
    a = Footprint(LineString([(LON, LAT), (LON + 0.02, LAT)]), 10)
    b = Footprint(Point(oracle.moved((LON + 0.01, LAT), 0, 200)), 50)
    met = meeting(a, b, 150, FRAME)
    assert met.distance_m == pytest.approx(140, abs=MM)
    assert geodesic_length_m(met.witness(PLANE)) == pytest.approx(200, abs=MM)


def test_the_witness_of_areas_that_also_touch_is_the_area_alone() -> None:
    combs = MultiLineString([[(LON, LAT), (LON, LAT + 0.01)], [(LON, LAT), (LON + 0.01, LAT)]])
    common = meeting(Footprint(combs, 20), Footprint(DISTRICT), 0, FRAME).witness(PLANE)
    assert common.geom_type == "Polygon"
    assert common.is_valid


def test_a_wide_country_is_judged_as_truly_as_a_city() -> None:
    province = Extent(97, 26, 109, 34.5)
    wide = Frame(Plane.around(province), province, "Asia/Shanghai", GROUND, calendar=None)
    assert wide.plane.distortion(province) > 5e-4
    for place in [(98.0, 26.5), (103.0, 30.25), (108.0, 34.0)]:
        there = oracle.moved(place, 45, 6_000)
        a, b = Footprint(Point(place), 500), Footprint(Point(there), 500)
        assert meeting(a, b, 5_000 + MM, wide) is not None
        assert meeting(a, b, 5_000 - MM, wide) is None


def test_many_threads_share_one_footprint() -> None:
    turns = np.linspace(0, 2 * np.pi, 2_000)
    coast = np.column_stack(
        (LON + 0.05 * np.cos(turns) * (1 + 0.1 * np.sin(40 * turns)), LAT + 0.05 * np.sin(turns))
    )
    island = Footprint(shapely.Polygon(coast))
    others = [Footprint(Point(LON + 0.001 * n, LAT), 100) for n in range(200)]

    def count(_: int) -> int:
        return sum(meeting(island, other, 50, FRAME) is not None for other in others)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(count, range(16)))
    assert set(counts) == {count(0)}
