"""A core and a radius: its box never too small, its drawing never the judge."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane
from geo.errors import GeometryRefused
from geo.footprint import Footprint, rounded
from tests.geo import oracle, shapes
from tests.geo.shapes import LAT, LON, PLANE
from tests.geo.test_nearness import footprints_of, near_centre

anywhere = st.tuples(st.floats(-170, 170), st.floats(-80, 80))


@given(footprints_of(near_centre), st.floats(0.001, 10_000), st.floats(0, 360))
def test_the_box_holds_every_place_within_the_margin(
    footprint: Footprint, margin_m: float, azimuth: float
) -> None:
    hold = box(*footprint.bounds(margin_m))
    for corner in shapely.get_coordinates(footprint.core):
        assert hold.covers(Point(oracle.moved(corner, azimuth, footprint.radius_m + margin_m)))


@given(anywhere, st.floats(1, 200_000), st.sampled_from(range(0, 360, 15)))
def test_the_box_is_never_too_small_anywhere_on_earth(
    place: tuple[float, float], radius_m: float, azimuth: float
) -> None:
    west, south, east, north = Footprint(Point(place), radius_m).bounds()
    lon, lat = oracle.moved(place, azimuth, radius_m)
    assert south <= lat <= north
    assert any(west <= turned <= east for turned in (lon - 360, lon, lon + 360))


def test_the_box_is_hardly_larger_than_it_must_be() -> None:
    west, south, east, north = Footprint(Point(LON, LAT), 5_000).bounds()
    assert east - west == pytest.approx(2 * 5 / 95.84, rel=0.01)
    assert north - south == pytest.approx(2 * 5 / 110.87, rel=0.01)


def test_the_core_is_projected_once_for_each_plane() -> None:
    footprint = Footprint(Point(LON, LAT), 10)
    assert footprint.on(PLANE) is footprint.on(Plane(*vars_of(PLANE)))
    assert footprint.on(PLANE) is not footprint.on(Plane(103, 30, 29, 31))


def vars_of(plane: Plane) -> tuple[float, float, float, float]:
    return plane.lon_0, plane.lat_0, plane.lat_1, plane.lat_2


def test_equal_footprints_are_equal_whether_projected_or_not() -> None:
    one, other = Footprint(Point(LON, LAT), 10), Footprint(Point(LON, LAT), 10)
    one.on(PLANE)
    assert one == other
    assert hash(one) == hash(other)


def test_the_cached_core_is_never_prepared() -> None:
    footprint = Footprint(box(LON, LAT, LON + 0.01, LAT + 0.01))
    assert not shapely.is_prepared(footprint.on(PLANE))


def test_the_outline_of_an_area_is_the_area_itself() -> None:
    area = box(LON, LAT, LON + 0.01, LAT + 0.01)
    assert Footprint(area).outline(PLANE) is area


def test_the_outline_of_a_corridor_is_as_wide_as_it() -> None:
    outline = Footprint(LineString([(LON, LAT), (LON + 0.05, LAT)]), 50).outline(PLANE)
    for at in outline.exterior.coords:
        away = oracle.core_distance_m(Point(at), LineString([(LON, LAT), (LON + 0.05, LAT)]))
        assert away == pytest.approx(50, abs=0.5)


@given(st.floats(1, 20_000), st.floats(0.005, 1))
def test_a_drawn_circle_is_inside_the_true_one_by_the_sagitta_at_most(
    radius_m: float, sagitta_m: float
) -> None:
    drawn = rounded(Point(0, 0), radius_m, sagitta_m)
    nearest_m = drawn.exterior.distance(Point(0, 0))
    assert radius_m - sagitta_m - 1e-6 <= nearest_m <= radius_m + 1e-6


@pytest.mark.parametrize("radius_m", [-1, float("nan"), float("inf")])
def test_a_radius_that_cannot_be_is_refused(radius_m: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        Footprint(Point(LON, LAT), radius_m)


def test_a_path_that_stands_still_is_a_point() -> None:
    still = Footprint(LineString([(LON, LAT)] * 3), 10)
    assert still.core == Point(LON, LAT)
    assert Footprint(shapely.MultiLineString([[(LON, LAT)] * 2, [(LON, LAT), (LON, 30)]])).core == (
        shapely.MultiLineString([[(LON, LAT), (LON, 30)]])
    )


def of(sent: dict, radius_m: float = 0.0) -> Footprint:
    return Footprint(shape(sent), radius_m)


NAN, INF = float("nan"), float("inf")


def a_bad(kind: type[BaseGeometry], *positions: tuple[float, float]) -> BaseGeometry:
    """A shape with numbers that are none, of which NumPy would warn."""
    with np.errstate(invalid="ignore"):
        return kind(positions)


REFUSED = [
    (Point(), "empty_geometry"),
    (shapely.Polygon(), "empty_geometry"),
    (shapely.MultiPolygon(), "empty_geometry"),
    (shapely.MultiPoint([(LON, LAT), (NAN, LAT)]), "not_finite"),
    (Point(NAN, NAN), "not_finite"),
    (a_bad(LineString, (LON, LAT), (NAN, LAT), (LON, 31)), "not_finite"),
    (a_bad(LineString, (NAN, NAN), (NAN, NAN)), "not_finite"),
    (a_bad(LineString, (LON, LAT), (INF, LAT)), "not_finite"),
    (a_bad(shapely.Polygon, (LON, LAT), (105, LAT), (105, NAN), (LON, LAT)), "not_finite"),
    (Point(LAT, LON), "not_longitude_latitude"),
    (LineString([(LON, LAT), (LAT, LON)]), "not_longitude_latitude"),
    (LineString([(410_451, 3_393_363), (410_551, 3_393_363)]), "not_longitude_latitude"),
    (LineString([(LON, LAT), (LON, 95)]), "not_longitude_latitude"),
    (shapely.GeometryCollection([Point(LON, LAT)]), "not_a_footprint"),
    (shape(shapes.BOW_TIE), "invalid_area"),
    (shape(shapes.STRAY_HOLE), "invalid_area"),
    (shape(shapes.OVERLAPPING), "invalid_area"),
    *((shape(sent), "crosses_date_line") for sent in shapes.OVER_THE_DATE_LINE),
]


@pytest.mark.parametrize(("core", "code"), REFUSED)
def test_what_is_no_place_is_refused_by_name(core: BaseGeometry, code: str) -> None:
    with pytest.raises(GeometryRefused) as refused:
        Footprint(core, 10)
    assert refused.value.code == code
    assert all(refused.value.message)


def test_a_refused_area_is_told_who_mends_it() -> None:
    with pytest.raises(GeometryRefused) as refused:
        of(shapes.BOW_TIE)
    assert refused.value.coordinate == pytest.approx((LON + 0.005, LAT + 0.005))
    assert all("accept" in words and "repair" in words for words in refused.value.message)


@pytest.mark.parametrize("lonlat", [(LON, -90), (-76, LAT), (-10, LAT)])
def test_what_the_plane_does_not_reach_is_refused_when_it_is_projected(
    lonlat: tuple[float, float],
) -> None:
    far = Footprint(LineString([lonlat, (lonlat[0], lonlat[1] + 1)]), 50)
    with pytest.raises(GeometryRefused) as refused:
        far.on(PLANE)
    assert refused.value.code == "beyond_plane"


@pytest.mark.parametrize(
    "sent", [*shapes.ONE_OF_EACH, shapes.NESTED, shapes.TOUCHING, shapes.SOLID, shapes.TWICE]
)
def test_every_shape_that_is_valid_is_a_footprint(sent: dict) -> None:
    assert of(sent, 5).core == shape(sent)
    assert not of(sent, 5).on(PLANE).is_empty


def test_a_ring_is_the_line_along_it() -> None:
    area = shape(shapes.SQUARE)
    assert Footprint(area.exterior, 5) == Footprint(area.boundary, 5)


def test_a_line_that_stands_still_between_two_moves_is_one() -> None:
    assert of(shapes.STILL).core == Point(LON, LAT)


def test_edges_that_only_rounding_makes_cross_are_untangled() -> None:
    hair, west = 1e-12, LON - 0.1
    # a spit whose two sides cross in its middle
    spit = [(LON, 30.9 + hair), (west, 30.9 - hair), (west, 30.9 + hair), (LON, 30.9 - hair)]
    core = shapely.Polygon([(LON, LAT), (105, LAT), (105, 31), (LON, 31), *spit])
    assert not core.is_valid
    mended = Footprint(core)
    assert mended.core.is_valid
    assert mended.core.area == pytest.approx(core.area, rel=1e-9)
