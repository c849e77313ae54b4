"""Shapes are accepted as sent, or refused with the ring, the vertex and the coordinate."""

import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from geo import shapes as geo_shapes
from geo.crs import GCJ02, Extent, from_canonical, geodesic_area_m2
from geo.errors import CrsRefused, GeometryRefused
from geo.shapes import Accepted, accept, repair
from tests.geo import shapes
from tests.geo.shapes import CITY, a, at, box, path

ANY = geo_shapes.AREAS | geo_shapes.LINES | geo_shapes.POINTS


def accepted(geojson: object, crs: str = "EPSG:4490", extent: Extent = CITY) -> Accepted:
    return accept(geojson, crs, extent, ANY)


def refused(geojson: object, crs: str = "EPSG:4490") -> GeometryRefused:
    with pytest.raises(GeometryRefused) as caught:
        accepted(geojson, crs)
    return caught.value


def in_crs(geojson: dict, crs: str) -> dict:
    moved = shapely.transform(shape(geojson), lambda lonlat: from_canonical(lonlat, crs))
    return json.loads(shapely.to_geojson(moved))


@pytest.mark.parametrize("sent", shapes.ONE_OF_EACH, ids=lambda sent: sent["type"])
def test_each_kind_is_accepted_unchanged(sent: dict) -> None:
    assert accepted(sent) == Accepted(shape(sent))


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09", "EPSG:4544", "EPSG:32648", "EPSG:3857"])
@pytest.mark.parametrize("sent", shapes.ONE_OF_EACH, ids=lambda sent: sent["type"])
def test_a_declared_datum_is_brought_to_the_canonical_one(sent: dict, crs: str) -> None:
    got = accepted(in_crs(sent, crs), crs).geometry
    assert shapely.hausdorff_distance(got, shape(sent), densify=0.1) < 1e-4
    corners = shapely.points(shapely.get_coordinates(shape(sent)))
    assert shapely.distance(shapely.boundary(got) if got.area else got, corners).max() < 1e-10


def test_edges_are_straight_in_the_declared_system() -> None:
    line = a("LineString", [[104.0, 30.6], [104.2, 30.6]])
    got = accepted(line, GCJ02).geometry
    there = from_canonical(shapely.get_coordinates(got), GCJ02)
    assert len(there) > 80
    assert np.abs(there[:, 1] - 30.6).max() < 1e-9


def test_shells_become_anticlockwise_and_holes_clockwise() -> None:
    turned = a("Polygon", [ring[::-1] for ring in shapes.FRAME["coordinates"]])
    got = accepted(turned)
    assert got.geometry.exterior.is_ccw
    assert not got.geometry.interiors[0].is_ccw
    assert got.warnings == ()


@pytest.mark.parametrize("sent", [shapes.NESTED, shapes.TOUCHING])
def test_parts_that_lie_in_holes_or_touch_at_a_corner_are_accepted(sent: dict) -> None:
    got = accepted(sent)
    assert got.geometry.equals(shape(sent))
    assert got.warnings == ()


def test_vertices_given_twice_are_kept_once() -> None:
    assert accepted(shapes.TWICE).geometry == shape(shapes.LINE)


@pytest.mark.parametrize("sent", shapes.OVER_THE_DATE_LINE, ids=lambda sent: sent["type"])
def test_what_crosses_the_date_line_is_refused_even_where_the_earth_is_the_extent(
    sent: dict,
) -> None:
    with pytest.raises(GeometryRefused) as caught:
        accepted(sent, extent=Extent(-180, -90, 180, 90))
    assert caught.value.code == "crosses_date_line"
    assert caught.value.vertex == 1
    assert all(caught.value.message)


def test_repeated_vertices_are_left_out_with_a_warning() -> None:
    ring = box(0, 0, 1, 1)
    got = accepted(a("Polygon", [[*ring[:2], ring[1], ring[1], *ring[2:]]]))
    assert got.geometry == shape(shapes.SQUARE)
    assert [(w.code, w.pointer) for w in got.warnings] == [
        ("repeated_vertices", "/coordinates/0/1")
    ]


def test_the_vertex_is_counted_as_submitted_even_after_repeats() -> None:
    tie = shapes.BOW_TIE["coordinates"][0]
    error = refused(a("Polygon", [[tie[0], tie[0], tie[0], *tie[1:]]]))
    assert (error.code, error.vertex, error.pointer) == ("self_crossing", 2, "/coordinates/0/2")


def test_polygons_that_share_an_edge_are_joined_with_a_warning() -> None:
    got = accepted(shapes.ADJOINING)
    assert got.geometry.equals(shape(a("Polygon", [box(0, 0, 2, 1)])))
    assert [warning.code for warning in got.warnings] == ["parts_joined"]


def test_data_beyond_the_area_of_use_is_accepted_with_a_warning() -> None:
    west = a("LineString", [[103.2, 30.6], [103.3, 30.6]])
    got = accepted(in_crs(west, "EPSG:4544"), "EPSG:4544")
    assert [warning.code for warning in got.warnings] == ["outside_area_of_use"]


BROKEN = [
    (shapes.BOW_TIE, "self_crossing", "/coordinates/0/0", 0, 0, (104.065, 30.665)),
    (shapes.SPIKE, "self_crossing", "/coordinates/0/1", 0, 1, (104.07, 30.67)),
    (shapes.FLAT, "self_crossing", "/coordinates/0/0", 0, 0, (104.07, 30.66)),
    (shapes.UNCLOSED, "unclosed_ring", "/coordinates/0/3", 0, 3, (104.06, 30.67)),
    (shapes.TWO_POINTS, "too_few_points", "/coordinates/0", 0, None, None),
    (a("Polygon", [path((0, 0), (1, 1))]), "too_few_points", "/coordinates/0", 0, None, None),
    (shapes.STRAY_HOLE, "hole_outside_shell", "/coordinates/1/1", 1, 1, (104.09, 30.67)),
    (shapes.TWIN_HOLES, "holes_overlap", "/coordinates/2", 2, None, None),
    (shapes.SPLIT, "rings_cut_interior", "/coordinates", 0, None, (104.07, 30.66)),
    (shapes.OVERLAPPING, "parts_overlap", "/coordinates/1", None, None, None),
    (a("Polygon", [box(0, 0, 1, 1e-6)]), "too_thin", "/coordinates", None, None, None),
    (a("LineString", [at(0, 0)]), "too_few_points", "/coordinates", None, None, None),
    (a("LineString", [at(0, 0)] * 3), "too_few_points", "/coordinates", None, None, None),
    (
        a("MultiLineString", [path((0, 0), (1, 0)), [at(0, 0)]]),
        "too_few_points",
        "/coordinates/1",
        None,
        None,
        None,
    ),
]


@pytest.mark.parametrize(("sent", "code", "pointer", "ring", "vertex", "coordinate"), BROKEN)
def test_a_broken_shape_is_refused_where_it_is_broken(
    sent: dict, code: str, pointer: str, ring: int, vertex: int, coordinate: tuple
) -> None:
    error = refused(sent)
    assert (error.code, error.pointer, error.ring, error.vertex) == (code, pointer, ring, vertex)
    assert error.coordinate == (coordinate and pytest.approx(coordinate))
    assert error.message.zh != error.message.en


def test_a_crossing_names_both_edges() -> None:
    assert refused(shapes.BOW_TIE).message.en == (
        "ring 0 crosses itself: edges 0 and 2 meet at [104.065, 30.665]"
    )


def test_the_ring_of_a_multipolygon_is_counted_in_its_own_polygon() -> None:
    error = refused(a("MultiPolygon", [[box(0, 0, 1, 1)], [box(4, 4, 8, 8), box(5, 5, 6, 6)[:-1]]]))
    assert (error.pointer, error.ring, error.vertex) == ("/coordinates/1/1/3", 1, 3)


BAD_NUMBERS = [
    ([104.06, math.nan], "not_finite"),
    ([104.06, math.inf], "not_finite"),
    ([1e999, 30.66], "not_finite"),
    ([10**400, 30.66], "not_finite"),
    ([104.06, 30.66, 500.0], "three_dimensional"),
    ([104.06], "not_a_position"),
    ([], "not_a_position"),
    (None, "not_a_position"),
    ("104.06,30.66", "not_a_position"),
    ({"x": 1}, "not_a_position"),
    (["104.06", "30.66"], "not_a_number"),
    ([True, 30.66], "not_a_number"),
    ([None, 30.66], "not_a_number"),
    ([[104.06, 30.66], 30.66], "not_a_number"),
    ([30.66, 104.06], "axes_exchanged"),
    ([410_451.0, 3_393_363.0], "not_degrees"),
    ([116.4, 39.9], "outside_extent"),
]


@pytest.mark.parametrize(("position", "code"), BAD_NUMBERS)
def test_a_bad_position_is_refused_in_every_kind(position: object, code: str) -> None:
    good = path((0, 0), (1, 0), (1, 1))
    point = refused(a("Point", position))
    line = refused(a("LineString", [*good, position]))
    area = refused(a("MultiPolygon", [[[*good, position, good[0]]]]))
    assert (point.code, point.pointer, point.vertex) == (code, "/coordinates", None)
    assert (line.code, line.pointer, line.vertex) == (code, "/coordinates/3", 3)
    assert (area.code, area.pointer, area.ring) == (code, "/coordinates/0/0/3", 0)


@pytest.mark.parametrize("crs", ["EPSG:4544", "EPSG:32648"])
def test_exchanged_easting_and_northing_are_named_too(crs: str) -> None:
    sent = in_crs(shapes.LINE, crs)
    exchanged = a("LineString", [[y, x] for x, y in sent["coordinates"]])
    assert refused(exchanged, crs).code == "axes_exchanged"


def test_metres_beyond_the_projection_are_outside() -> None:
    assert refused(a("Point", [1e15, 1e15]), "EPSG:4544").code == "outside_extent"


NOT_GEOMETRIES = [
    ({}, "unknown_geometry_type", "/type"),
    (a("Circle", at(0, 0)), "unknown_geometry_type", "/type"),
    (a(["Point"], at(0, 0)), "unknown_geometry_type", "/type"),
    (a("GeometryCollection", []), "unknown_geometry_type", "/type"),
    ({"type": "LineString"}, "not_a_list", "/coordinates"),
    ({"type": "Point"}, "not_a_position", "/coordinates"),
    (a("LineString", {}), "not_a_list", "/coordinates"),
    (a("LineString", []), "empty_geometry", "/coordinates"),
    (a("Polygon", []), "empty_geometry", "/coordinates"),
    (a("Polygon", [[]]), "empty_geometry", "/coordinates/0"),
    (a("MultiPolygon", [[box(0, 0, 1, 1)], []]), "empty_geometry", "/coordinates/1"),
    (a("Polygon", box(0, 0, 1, 1)), "not_a_position", "/coordinates/0/0"),
    (a("Polygon", [[box(0, 0, 1, 1)]]), "not_a_number", "/coordinates/0/0"),
]


@pytest.mark.parametrize(("sent", "code", "pointer"), NOT_GEOMETRIES)
def test_what_is_no_geometry_is_refused(sent: dict, code: str, pointer: str) -> None:
    error = refused(sent)
    assert (error.code, error.pointer) == (code, pointer)


def test_a_kind_that_the_place_does_not_allow_is_refused() -> None:
    with pytest.raises(GeometryRefused) as caught:
        accept(shapes.POINT, "EPSG:4490", CITY, geo_shapes.AREAS)
    assert caught.value.code == "geometry_type_not_allowed"


@pytest.mark.parametrize("sent", [None, [], "POINT (104 30)", 7, shape(shapes.POINT)])
def test_what_is_no_mapping_is_refused(sent: object) -> None:
    error = refused(sent)
    assert (error.code, error.pointer) == ("not_geojson", "")


@pytest.mark.parametrize("sent", [shapes.SOLID, *shapes.EMPTY, shapes.STILL])
def test_odd_shapes_are_refused_by_name(sent: dict) -> None:
    codes = {"three_dimensional", "empty_geometry", "too_few_points"}
    assert refused(sent).code in codes


def test_nesting_of_any_depth_is_refused_at_its_first_level() -> None:
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert refused(a("MultiPolygon", deep)).code in {"not_a_position", "not_a_number"}


def circle(vertices: int) -> dict:
    turns = np.linspace(0, 2 * math.pi, vertices - 1, endpoint=False)
    ring = np.column_stack((104.06 + 0.1 * np.cos(turns), 30.66 + 0.1 * np.sin(turns))).tolist()
    return a("Polygon", [[*ring, ring[0]]])


def test_ten_thousand_vertices_are_too_many_and_one_less_is_not() -> None:
    assert refused(circle(10_000)).code == "too_many_vertices"
    assert accepted(circle(9_999)).geometry.is_valid


@pytest.mark.parametrize(
    "crs", ["", "EPSG:", "EPSG:999999", "WGS84", "+proj=longlat", "EPSG:4979x"]
)
def test_an_unknown_reference_system_is_refused(crs: str) -> None:
    with pytest.raises(CrsRefused, match="unknown reference system"):
        accepted(shapes.POINT, crs)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=30,
)
positions = st.tuples(st.floats(104.0, 104.1), st.floats(30.6, 30.7)).map(list)
few = st.integers(0, 3).map(lambda n: at(n, n * n % 3))
rings = st.lists(positions | few, min_size=3, max_size=9).map(lambda ring: [*ring, ring[0]])
polygons = st.lists(rings, min_size=1, max_size=3)


@given(st.sampled_from(sorted(ANY)), json_values)
def test_no_coordinates_whatever_break_the_reader(kind: str, coordinates: object) -> None:
    with pytest.raises(GeometryRefused):
        accepted(a(kind, coordinates))


@given(
    st.builds(a, st.just("Polygon"), polygons)
    | st.builds(a, st.just("MultiPolygon"), st.lists(polygons, min_size=1, max_size=3))
)
def test_an_area_is_accepted_valid_or_refused_by_name(sent: dict) -> None:
    got = outcome(sent)
    if isinstance(got, GeometryRefused):
        assert got.pointer.startswith("/coordinates")
    else:
        assert got.geometry.is_valid
        assert got.geometry.equals(shapely.union_all(shapely.get_parts(shape(sent))))


def outcome(sent: dict) -> Accepted | GeometryRefused:
    try:
        return accepted(sent)
    except GeometryRefused as error:
        return error


def test_a_valid_import_is_not_changed() -> None:
    frame = shape(shapes.FRAME)
    assert repair(frame) == geo_shapes.Repaired(frame)


def test_a_repair_says_what_it_changed() -> None:
    mended = repair(shape(shapes.SPIKE))
    assert mended.geometry.equals(shape(shapes.SQUARE))
    (change,) = mended.changes
    assert "Self-intersection" in change.en
    assert "+0.0 m2" in change.en


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (shape(shapes.BOW_TIE), "repair_changes_area"),
        (
            shape(shapes.TWO_POINTS | {"coordinates": [path((0, 0), (1, 0), (0, 0), (0, 0))]}),
            "repair_changes_type",
        ),
        (shapely.Polygon(), "empty_geometry"),
        (shapely.from_wkt("LINESTRING (104 30, inf 30)"), "not_finite"),
    ],
)
def test_a_repair_that_makes_another_shape_is_refused(broken, code: str) -> None:
    with pytest.raises(GeometryRefused) as caught:
        repair(broken)
    assert caught.value.code == code


def test_areas_are_measured_on_the_ellipsoid() -> None:
    assert geodesic_area_m2(shape(shapes.SQUARE)) == pytest.approx(958.4 * 1108.7, rel=1e-3)
