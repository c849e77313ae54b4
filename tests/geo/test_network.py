"""Which stretches a line runs along: the whole chain, and nothing that it only meets."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point
from shapely.ops import substring

from geo.crs import geodesic_length_m
from geo.errors import GeometryRefused
from geo.footprint import Footprint
from geo.network import (
    Match,
    NetworkIndex,
    Stretch,
    StretchUse,
    inside,
    match,
    match_both_ways,
)
from tests.geo import oracle
from tests.geo.builders import GRID, a_stretch, reverse_of
from tests.geo.shapes import LAT, LON, PLANE, at, path

TOLERANCE_M = 20
EAST_M, NORTH_M = 958.41, 1108.64


def used(line: LineString | list, stretches=GRID, tolerance_m=TOLERANCE_M) -> Match:
    line = LineString(line) if isinstance(line, list) else line
    return match(line, stretches, tolerance_m, PLANE)


def names(found: Match) -> list[str]:
    return [use.stretch_id if use.forward else f"{use.stretch_id} backward" for use in found.uses]


def aside(positions: list, azimuth: float, metres: float) -> list:
    return [oracle.moved(tuple(position), azimuth, metres) for position in positions]


def test_a_line_drawn_along_the_roads_uses_them_in_its_order() -> None:
    found = used(path((0, 0), (1, 0), (1, 1), (2, 1)))
    assert names(found) == ["s1", "m", "n2"]
    assert found.unmatched is None
    assert [use.from_m for use in found.uses] == [0, 0, 0]
    assert [use.to_m for use in found.uses] == pytest.approx(
        [EAST_M, NORTH_M, geodesic_length_m(GRID[3].line)], abs=0.05
    )


def test_a_road_driven_against_its_drawing_is_used_backward() -> None:
    assert names(used(path((2, 0), (1, 0), (0, 0)))) == ["s2 backward", "s1 backward"]


def test_a_line_that_begins_and_ends_within_stretches_uses_parts_of_them() -> None:
    found = used(path((0.25, 0), (1.5, 0)))
    assert names(found) == ["s1", "s2"]
    first, second = found.uses
    assert (first.from_m, first.to_m) == pytest.approx((0.25 * EAST_M, EAST_M), abs=0.1)
    assert (second.from_m, second.to_m) == pytest.approx((0, 0.5 * EAST_M), abs=0.1)


@pytest.mark.parametrize("azimuth", [0, 180])
def test_a_line_drawn_beside_the_road_is_matched_within_the_tolerance(azimuth: float) -> None:
    assert names(used(aside(path((0, 0), (2, 0)), azimuth, 15))) == ["s1", "s2"]
    far = used(aside(path((0, 0), (2, 0)), azimuth, 25))
    assert far.uses == ()
    assert geodesic_length_m(far.unmatched) == pytest.approx(2 * EAST_M, abs=1)


@pytest.mark.parametrize("slope", [0.15, 0.3, 1, 3, 30])
def test_a_crossing_is_no_use(slope: float) -> None:
    across = path((0.5 - 0.5 / slope, -0.5), (0.5 + 0.5 / slope, 0.5))
    assert used(across).uses == ()


def test_a_line_drawn_askew_along_a_road_still_uses_it() -> None:
    askew = [oracle.moved(tuple(at(0, 0)), 0, 18), oracle.moved(tuple(at(1, 0)), 180, 18)]
    assert names(used(askew)) == ["s1"]


def test_a_street_that_is_only_touched_at_its_end_is_no_use() -> None:
    assert names(used(path((0, 0), (2, 0)))) == ["s1", "s2"]


def test_a_ramp_that_branches_off_is_not_used_by_those_who_go_straight_on() -> None:
    ramp = a_stretch("ramp", (1, 0), (1.5, 0.05), (2, 0.3), oneway=True)
    assert names(used(path((0, 0), (2, 0)), [*GRID, ramp])) == ["s1", "s2"]
    assert names(used(path((0, 0), (1, 0), (1.5, 0.05), (2, 0.3)), [*GRID, ramp])) == ["s1", "ramp"]


def test_of_twins_the_one_in_the_direction_of_the_line_is_used() -> None:
    twins = [s for stretch in GRID for s in (stretch, reverse_of(stretch))]
    assert names(used(path((0, 0), (2, 0)), twins)) == ["s1", "s2"]
    assert names(used(path((2, 0), (0, 0)), twins)) == ["-s2", "-s1"]


def test_a_one_way_street_is_used_backward_only_where_nothing_else_is_near() -> None:
    eastward = a_stretch("eastward", (0, 0), (1, 0), oneway=True)
    westward = Stretch("westward", LineString(aside(path((1, 0), (0, 0)), 0, 12)), 0, True, "x", 2)
    back = path((1, 0), (0, 0))
    assert names(used(back, [eastward, westward])) == ["westward"]
    assert names(used(back, [eastward])) == ["eastward backward"]


def test_of_parallel_roads_the_nearest_is_used() -> None:
    beside = Stretch("beside", LineString(aside(path((0, 0), (1, 0)), 0, 15)), 0, False, "x", 2)
    assert names(used(aside(path((0, 0), (1, 0)), 0, 4), [GRID[0], beside])) == ["s1"]
    assert names(used(aside(path((0, 0), (1, 0)), 0, 11), [GRID[0], beside])) == ["beside"]


def test_a_road_below_another_is_used_with_it() -> None:
    above = a_stretch("bridge", (0, 0), (1, 0), level=1)
    assert sorted(names(used(path((0, 0), (1, 0)), [GRID[0], above]))) == ["bridge", "s1"]


def test_a_line_beside_stacked_roads_uses_both_and_one_on_a_road_only_that() -> None:
    above = Stretch("bridge", LineString(aside(path((0, 0), (1, 0)), 0, 4)), 1, False, "x", 2)
    between = aside(path((0, 0), (1, 0)), 180, 5)
    assert sorted(names(used(between, [GRID[0], above]))) == ["bridge", "s1"]
    assert names(used(path((0, 0), (1, 0)), [GRID[0], above])) == ["s1"]


def test_the_part_that_leaves_the_roads_is_named() -> None:
    found = used(path((0, 0), (1, 0), (1.5, 0.5)))
    assert names(found) == ["s1"]
    left = found.unmatched
    assert left.geom_type == "LineString"
    assert Point(left.coords[-1]).distance(Point(at(1.5, 0.5))) < 1e-9
    diagonal_m = geodesic_length_m(LineString(path((1, 0), (1.5, 0.5))))
    assert geodesic_length_m(left) == pytest.approx(diagonal_m - TOLERANCE_M, abs=15)


def test_a_jog_in_the_line_does_not_cut_a_use_in_two() -> None:
    jog = [at(0, 0), at(0.5, 0), oracle.moved(tuple(at(0.5, 0)), 0, 9)]
    jog += [oracle.moved(jog[-1], 90, 20), oracle.moved(tuple(at(0.5, 0)), 90, 20), at(1, 0)]
    assert names(used(jog)) == ["s1"]


def test_stations_are_true_metres_where_the_plane_is_too_long() -> None:
    far_north = Stretch("far", LineString([(104, 31.45), (104.2, 31.45)]), 0, False, "x", 2)
    (first,) = used([(104, 31.45), (104.1, 31.45)], [far_north]).uses
    (second,) = used([(104.1, 31.45), (104.2, 31.45)], [far_north]).uses
    expected_m = geodesic_length_m(LineString([(104, 31.45), (104.1, 31.45)]))
    assert first.to_m == pytest.approx(expected_m, abs=0.1)
    assert second.from_m == pytest.approx(expected_m, abs=0.1)


def test_two_passes_of_one_stretch_are_two_uses() -> None:
    there_and_back = path((0, 0), (1, 0), (0, 0))
    assert names(used(there_and_back)) == ["s1", "s1 backward"]


def test_every_part_of_a_multiline_is_matched() -> None:
    both = MultiLineString([path((0, 0), (1, 0)), path((1, 1), (2, 1)), [at(5, 5)] * 2])
    assert names(used(both)) == ["s1", "n2"]


def test_a_line_without_length_uses_nothing() -> None:
    assert used(LineString([at(0.5, 0)] * 2)) == Match((), None)


def test_without_roads_all_is_unmatched() -> None:
    found = used(path((0, 0), (1, 0)), [])
    assert found.uses == ()
    assert geodesic_length_m(found.unmatched) == pytest.approx(EAST_M, abs=0.1)


def test_a_long_stretch_is_measured_in_true_metres() -> None:
    long = a_stretch("long", (-15, -15), (15, 15))
    (use,) = used(long.line, [long]).uses
    assert use.to_m == pytest.approx(geodesic_length_m(long.line), rel=1e-9)


routes = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=2, max_size=6).map(
    lambda corners: [c for c, before in zip(corners, [None, *corners], strict=False) if c != before]
)
STREETS = {
    frozenset({start, end}): name
    for name, start, end in [
        ("s1", (0, 0), (1, 0)),
        ("s2", (1, 0), (2, 0)),
        ("n1", (0, 1), (1, 1)),
        ("n2", (1, 1), (2, 1)),
        ("w", (0, 0), (0, 1)),
        ("m", (1, 0), (1, 1)),
        ("e", (2, 0), (2, 1)),
    ]
}


def is_a_walk(corners: list[tuple[int, int]]) -> bool:
    steps = [frozenset(step) for step in pairwise(corners)]
    return bool(steps) and all(step in STREETS for step in steps) and len(set(steps)) == len(steps)


@given(routes.filter(is_a_walk), st.floats(0, 360), st.floats(0, 3))
def test_a_walk_through_the_grid_uses_its_streets_and_no_other(
    corners: list[tuple[int, int]], azimuth: float, off_m: float
) -> None:
    walked = used(aside(path(*corners), azimuth, off_m))
    streets = [STREETS[frozenset(s)] for s in pairwise(corners)]
    assert [use.stretch_id for use in walked.uses] == streets
    assert walked.unmatched is None


@given(routes.filter(is_a_walk), st.floats(0, 360), st.floats(0, 3))
def test_matched_both_ways_is_matched_one_way_and_then_the_other(
    corners: list[tuple[int, int]], azimuth: float, off_m: float
) -> None:
    line = LineString(aside(path(*corners), azimuth, off_m))
    for found, way in zip(
        match_both_ways(line, GRID, TOLERANCE_M, PLANE), (line, line.reverse()), strict=True
    ):
        alone = used(way)
        assert [(u.stretch_id, u.forward) for u in found.uses] == [
            (u.stretch_id, u.forward) for u in alone.uses
        ]
        ends = [[(u.from_m, u.to_m) for u in uses] for uses in (found.uses, alone.uses)]
        assert ends[0] == [pytest.approx(pair, abs=5) for pair in ends[1]]
        assert (found.unmatched is None) == (alone.unmatched is None)


def a_ring(oneway: bool = True, radius_m: float = 25) -> Stretch:
    """A roundabout, drawn clockwise from its northernmost place."""
    around = [oracle.moved((LON, LAT), azimuth, radius_m) for azimuth in range(0, 360, 15)]
    return Stretch("ring", LineString([*around, around[0]]), 0, oneway, "x", 1)


def driven(ring: Stretch, start: float, share: float) -> LineString:
    """A share of the ring from one place on it, in shares of its length; backward if below 0."""
    first, *onward = ring.line.coords
    laps = LineString([first, *onward, *onward, *onward])
    return substring(laps, start / 3, (start + share) / 3, normalized=True)


def spans(uses: tuple[StretchUse, ...]) -> list[tuple[float, float, bool]]:
    return [(round(use.from_m), round(use.to_m), use.forward) for use in uses]


@given(
    st.floats(1, 2),
    st.floats(0.15, 0.95),
    st.sampled_from([1, -1]),
    st.booleans(),
    st.sampled_from([12, 25, 200]),
)
def test_a_drive_on_a_ring_uses_what_it_drives_in_its_direction(
    start: float, share: float, way: int, oneway: bool, radius_m: float
) -> None:
    ring = a_ring(oneway, radius_m)
    drive = driven(ring, start, way * share)
    found = used(drive, [ring])
    assert {use.forward for use in found.uses} == {way > 0}
    assert sum(use.to_m - use.from_m for use in found.uses) == pytest.approx(
        geodesic_length_m(drive), abs=1.5
    )
    assert found.unmatched is None


def test_a_drive_over_the_start_of_a_ring_is_two_uses_in_the_order_of_the_drive() -> None:
    ring = a_ring(oneway=False)
    quarter, half, whole = (round(ring.length_m * share) for share in (0.25, 0.5, 1))
    onward, back = (driven(ring, *way) for way in ((1.5, 0.75), (1.25, -0.75)))
    assert spans(used(onward, [ring]).uses) == [(half, whole, True), (0, quarter, True)]
    assert spans(used(back, [ring]).uses) == [(0, quarter, False), (half, whole, False)]


@pytest.mark.parametrize("start", [1.0, 1.3, 1.99])
def test_two_laps_of_a_ring_use_it_twice(start: float) -> None:
    ring = a_ring()
    lap = list(driven(ring, start, 1).coords)
    uses = used(LineString([*lap, *lap[1:]]), [ring]).uses
    assert all(use.forward for use in uses)
    total_m = sum(use.to_m - use.from_m for use in uses)
    assert total_m == pytest.approx(2 * ring.length_m, abs=1.5)


@pytest.mark.parametrize("oneway", [True, False])
def test_an_area_that_holds_a_ring_uses_all_of_it(oneway: bool) -> None:
    ring = a_ring(oneway)
    whole = Footprint(shapely.box(*at(-1, -1), *at(1, 1)))
    assert inside(whole, NetworkIndex([ring], PLANE)) == tuple(
        StretchUse("ring", 0, ring.length_m, way) for way in ((True,) if oneway else (True, False))
    )


@pytest.mark.parametrize(
    ("azimuth", "pieces"),
    [(0, [(0, 0.25), (0.75, 1)]), (90, [(0, 0.5)]), (180, [(0.25, 0.75)]), (270, [(0.5, 1)])],
)
def test_an_area_over_half_of_a_ring_uses_that_half(
    azimuth: float, pieces: list[tuple[float, float]]
) -> None:
    ring = a_ring()
    corners = [(LON, LAT)] + [oracle.moved((LON, LAT), azimuth + a, 500) for a in (-90, 0, 90)]
    found = inside(Footprint(shapely.Polygon(corners)), NetworkIndex([ring], PLANE))
    assert [(use.from_m, use.to_m) for use in found] == [
        pytest.approx((low * ring.length_m, high * ring.length_m), abs=0.5) for low, high in pieces
    ]


def test_an_area_uses_the_loop_at_the_end_of_a_road_and_the_way_to_it() -> None:
    ring = a_ring()
    road = Stretch("loop", LineString([at(0, 1), *ring.line.coords]), 0, True, "x", 1)
    box = Footprint(shapely.box(*oracle.moved((LON, LAT), 225, 60), *at(0.1, 0.05)))
    (use,) = inside(box, NetworkIndex([road], PLANE))
    assert use.to_m == pytest.approx(road.length_m)
    assert use.from_m == pytest.approx(0.95 * NORTH_M, abs=1)


def test_distances_to_the_network_are_those_to_its_nearest_road() -> None:
    index = NetworkIndex(GRID, PLANE)
    places = np.array([at(0.5, 0), aside([at(0.5, 0)], 180, 30)[0], aside([at(0, 0)], 270, 500)[0]])
    assert index.nearest_distance_m(places) == pytest.approx([0, 30, 500], abs=0.05)


def test_without_roads_every_place_is_infinitely_far() -> None:
    assert NetworkIndex([], PLANE).nearest_distance_m(np.array([[LON, LAT]])).tolist() == [np.inf]


@pytest.mark.parametrize("ends", [(10, 10), (20, 10), (-1, 5), (float("nan"), 5)])
def test_a_use_without_length_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no piece of a stretch"):
        StretchUse("r", *ends, True)


@pytest.mark.parametrize("shape", [Point(LON, LAT), LineString(), LineString([at(0, 0)] * 2)])
def test_a_stretch_without_length_is_refused(shape: shapely.Geometry) -> None:
    with pytest.raises(ValueError, match="no line"):
        Stretch("r", shape, 0, False, "x", None)


def test_two_stretches_of_one_id_are_no_network() -> None:
    with pytest.raises(ValueError, match="2 stretches have the id s1"):
        NetworkIndex([*GRID, GRID[0]], PLANE)


@pytest.mark.parametrize("tolerance_m", [0.0, -1.0, float("nan"), float("inf")])
def test_a_line_is_matched_with_a_tolerance_above_nothing(tolerance_m: float) -> None:
    with pytest.raises(ValueError, match="a tolerance is above 0 m"):
        used(path((0, 0), (1, 0)), tolerance_m=tolerance_m)


@pytest.mark.parametrize(
    "shape", [Point(LON, LAT), shapely.box(*at(0, 0), *at(1, 1)), shapely.GeometryCollection()]
)
def test_only_lines_run_along_roads(shape: shapely.Geometry) -> None:
    with pytest.raises(GeometryRefused) as refused:
        match(shape, GRID, TOLERANCE_M, PLANE)
    assert refused.value.code == "not_a_line"
