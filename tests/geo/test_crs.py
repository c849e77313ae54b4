"""Reference systems in and out, the working plane, and what is measured on the ellipsoid."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.crs import (
    BD09,
    CANONICAL,
    GCJ02,
    Extent,
    Plane,
    area_of_use,
    from_canonical,
    geodesic_area_m2,
    geodesic_distance_m,
    geodesic_distances_m,
    geodesic_length_m,
    to_canonical,
)
from geo.errors import CrsRefused
from tests.geo import oracle
from tests.geo.shapes import CITY, LAT, LON, PLANE

TIANFU_SQUARE = np.array([[104.0657, 30.6574]])
in_city = st.tuples(st.floats(CITY.west, CITY.east), st.floats(CITY.south, CITY.north))
in_china = st.tuples(st.floats(74, 134), st.floats(18, 53))


def places(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float64)


def test_gcj02_moves_tianfu_square_to_where_it_is_known_to_lie() -> None:
    moved = from_canonical(TIANFU_SQUARE, GCJ02)
    assert moved.tolist() == [
        pytest.approx((104.06820730400824, 30.65497822755742), abs=1e-12, rel=0)
    ]
    assert geodesic_distances_m(TIANFU_SQUARE, moved) == pytest.approx(360.3, abs=0.1)


def test_bd09_lies_almost_a_kilometre_off() -> None:
    moved = from_canonical(TIANFU_SQUARE, BD09)
    assert geodesic_distances_m(TIANFU_SQUARE, moved) == pytest.approx(951, abs=30)


@given(in_china, st.sampled_from([GCJ02, BD09]))
def test_a_shifted_place_is_brought_back_to_a_tenth_of_a_micrometre(
    place: tuple[float, float], crs: str
) -> None:
    there = places(place)
    back = to_canonical(from_canonical(there, crs), crs)
    assert geodesic_distances_m(there, back).max() < 1e-7


@given(in_city, st.sampled_from(["EPSG:4544", "EPSG:4523", "EPSG:32648", "EPSG:3857", "EPSG:4480"]))
def test_a_registered_system_is_converted_there_and_back(
    place: tuple[float, float], crs: str
) -> None:
    there = places(place)
    back = to_canonical(from_canonical(there, crs), crs)
    assert geodesic_distances_m(there, back).max() < 1e-6


def test_eastings_come_first_whatever_the_axis_order_of_the_code() -> None:
    easting, northing = from_canonical(TIANFU_SQUARE, "EPSG:4544")[0]
    assert (easting, northing) == pytest.approx((410_451.037, 3_393_363.763), abs=0.001)


@pytest.mark.parametrize("crs", [CANONICAL, "EPSG:4326"])
def test_canonical_positions_are_not_touched(crs: str) -> None:
    assert to_canonical(TIANFU_SQUARE, crs) is TIANFU_SQUARE


@pytest.mark.parametrize(
    ("crs", "code"),
    [
        ("EPSG:999999", "crs_unknown"),
        ("epsg:4544", "crs_unknown"),
        ("EPSG:4326 ", "crs_unknown"),
        ("+proj=pipeline +step +proj=vgridshift +grids=/etc/passwd", "crs_unknown"),
        ("EPSG:4479", "crs_not_horizontal"),
        ("EPSG:5737", "crs_not_horizontal"),
        ("EPSG:4610", "crs_datum_unknown"),
        (4544, "crs_unknown"),
        (None, "crs_unknown"),
        (["EPSG:4544"], "crs_unknown"),
    ],
)
def test_a_system_that_cannot_be_used_is_refused(crs: str, code: str) -> None:
    with pytest.raises(CrsRefused) as refused:
        to_canonical(TIANFU_SQUARE, crs)
    assert refused.value.code == code


@pytest.mark.parametrize("crs", [CANONICAL, GCJ02, "EPSG:4544"])
def test_what_can_be_read_as_positions_is_converted_too(crs: str) -> None:
    pairs = TIANFU_SQUARE.tolist()
    expected = from_canonical(TIANFU_SQUARE, crs)
    assert from_canonical(pairs, crs) == pytest.approx(expected)
    assert to_canonical([tuple(pair) for pair in expected], crs) == pytest.approx(TIANFU_SQUARE)
    assert to_canonical(tuple(expected[0]), crs).shape == (1, 2)
    assert to_canonical([], crs).shape == (0, 2)
    with pytest.raises(ValueError, match="pairs of numbers"):
        to_canonical([[104.06, 30.66, 500.0]], crs)


def test_the_area_of_use_of_a_system_is_known() -> None:
    assert area_of_use("EPSG:4543") == Extent(100.5, 21.13, 103.5, 42.69)
    assert area_of_use(GCJ02) is None


def test_an_extent_holds_its_edges_and_nothing_that_is_no_number() -> None:
    outside = CITY.outside(places((102.9, 30.0), (102.8, 30.5), (np.nan, 30.5), (np.inf, 30.5)))
    assert outside.tolist() == [False, True, True, True]


def test_exchanged_numbers_are_suspected_only_where_they_would_fit() -> None:
    assert CITY.swap_suspected(30.66, 104.06)
    assert not CITY.swap_suspected(104.06, 30.66)
    assert not CITY.swap_suspected(116.4, 39.9)


@pytest.mark.parametrize("bounds", [(104, 30, 104, 31), (105, 30, 104, 31), (170, 0, 190, 1)])
def test_an_extent_that_is_none_is_refused(bounds: tuple) -> None:
    with pytest.raises(ValueError, match="no extent"):
        Extent(*bounds)


@given(in_city, st.floats(0, 360), st.floats(1, 20_000))
def test_the_plane_measures_to_its_distortion(
    place: tuple[float, float], azimuth: float, metres: float
) -> None:
    there = oracle.moved(place, azimuth, metres)
    planar = PLANE.project_positions(places(place, there))
    measured = float(np.hypot(*(planar[1] - planar[0])))
    wider = Extent(CITY.west - 0.3, CITY.south - 0.3, CITY.east + 0.3, CITY.north + 0.3)
    assert abs(measured / metres - 1) <= PLANE.distortion(wider) + 1e-7


def test_the_plane_errs_by_less_than_sixty_millionths_over_the_city() -> None:
    assert PLANE.distortion(CITY) < 60e-6
    assert Plane.around(CITY).distortion(CITY) < 60e-6


@given(in_city)
def test_the_plane_gives_back_what_it_was_given(place: tuple[float, float]) -> None:
    back = PLANE.unproject(PLANE.project(Point(place)))
    assert geodesic_distance_m(place, back.coords[0]) < 1e-7


@given(in_city, in_city)
def test_edges_straight_in_degrees_stay_so_to_a_millimetre(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    assume(start != end)
    planar = PLANE.project(LineString([start, end]))
    on_the_edge = places(start) + np.linspace(0, 1, 97)[:, None] * (places(end) - places(start))
    away = shapely.distance(planar, shapely.points(PLANE.project_positions(on_the_edge)))
    assert away.max() < 0.001


def test_threads_share_a_plane() -> None:
    places_of = np.column_stack((np.linspace(103, 104, 500), np.linspace(30, 31, 500)))
    expected = PLANE.project_positions(places_of)

    def same(_: int) -> bool:
        return all((PLANE.project_positions(places_of) == expected).all() for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(same, range(32)))


@pytest.mark.parametrize("plane", [(104, 30, 30, -30), (104, 30, 30, 89), (200, 30, 30, 31)])
def test_a_plane_that_cannot_be_is_refused(plane: tuple) -> None:
    with pytest.raises(ValueError, match=r"plane|parallels"):
        Plane(*plane)


def test_lengths_and_areas_are_those_of_the_ellipsoid() -> None:
    square = box(LON, LAT, LON + 0.01, LAT + 0.01)
    assert geodesic_length_m(LineString([(LON, LAT), (LON + 0.01, LAT)])) == pytest.approx(
        958.41, abs=0.01
    )
    assert geodesic_area_m2(square) == pytest.approx(958.36 * 1108.74, rel=1e-4)
    assert geodesic_area_m2(shapely.multipolygons([square])) == geodesic_area_m2(square)
    assert geodesic_length_m(Point(LON, LAT)) == 0
    assert geodesic_area_m2(LineString([(LON, LAT), (LON + 0.01, LAT)])) == 0


def test_a_hole_takes_away_its_area_however_the_rings_turn() -> None:
    square = box(LON, LAT, LON + 0.03, LAT + 0.03)
    hole = box(LON + 0.01, LAT + 0.01, LON + 0.02, LAT + 0.02)
    ring = square.difference(hole)
    expected = geodesic_area_m2(square) - geodesic_area_m2(hole)
    assert geodesic_area_m2(ring) == pytest.approx(expected)
    assert geodesic_area_m2(shapely.reverse(ring)) == pytest.approx(expected)


def test_a_plane_reaches_half_round_the_earth_and_no_pole() -> None:
    def reaches(lon: float, lat: float) -> bool:
        lonlat = places((lon, lat))
        return PLANE.reaches(lonlat, PLANE.project_positions(lonlat))

    assert reaches(LON, LAT)
    assert reaches(179.9999, 60)
    assert reaches(-179.9999, 60)
    assert not reaches(-70, LAT)
    assert not reaches(LON, -90)


def test_no_plane_fits_an_extent_with_the_equator_in_its_middle() -> None:
    with pytest.raises(ValueError, match="equator in its middle"):
        Plane.around(Extent(103, -0.5, 104, 0.5))
