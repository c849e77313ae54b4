"""The shortest way there is, driven as roads may be driven, through every place pointed at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from geo.crs import geodesic_length_m
from geo.errors import RouteRefused
from geo.network import NetworkIndex, Stretch, match
from geo.routing import Router
from tests.geo import oracle
from tests.geo.builders import GRID, a_stretch, reverse_of
from tests.geo.shapes import PLANE, at

EAST_M, NORTH_M = 958.41, 1108.64
REACH_M = 50.0


def a_router(*stretches) -> Router:
    return Router(NetworkIndex(stretches or GRID, PLANE))


def ids(route) -> list[tuple[str, bool]]:
    return [(use.stretch_id, use.forward) for use in route.uses]


def place(x: float, y: float) -> tuple[float, float]:
    lon, lat = at(x, y)
    return lon, lat


def test_a_way_along_one_stretch_is_that_piece_of_it() -> None:
    street = a_stretch("r", (0, 0), (1, 0))
    route = a_router(street).route([place(0.25, 0), place(0.75, 0)], REACH_M)
    (use,) = route.uses
    assert (use.stretch_id, use.forward) == ("r", True)
    assert (use.from_m, use.to_m) == pytest.approx((EAST_M / 4, 3 * EAST_M / 4), abs=0.1)
    assert route.length_m == pytest.approx(EAST_M / 2, abs=0.1)


def test_a_two_way_stretch_is_driven_back() -> None:
    street = a_stretch("r", (0, 0), (1, 0))
    route = a_router(street).route([place(0.75, 0), place(0.25, 0)], REACH_M)
    assert ids(route) == [("r", False)]
    assert route.line.coords[0] == pytest.approx(place(0.75, 0), abs=1e-7)


def test_a_one_way_stretch_is_driven_round_the_block() -> None:
    square = [
        a_stretch("south", (0, 0), (1, 0), oneway=True),
        a_stretch("east", (1, 0), (1, 1)),
        a_stretch("north", (1, 1), (0, 1)),
        a_stretch("west", (0, 1), (0, 0)),
    ]
    route = a_router(*square).route([place(0.75, 0), place(0.25, 0)], REACH_M)
    assert [key for key, _ in ids(route)] == ["south", "east", "north", "west", "south"]
    assert route.length_m == pytest.approx(1.5 * EAST_M + 2 * NORTH_M, rel=1e-3)


def test_a_road_drawn_for_each_direction_is_left_the_way_one_drives() -> None:
    street = a_stretch("r", (0, 0), (1, 0))
    route = a_router(street, reverse_of(street)).route([place(0.75, 0), place(0.25, 0)], REACH_M)
    assert ids(route) == [("-r", True)]


def test_the_places_in_between_are_passed_in_order() -> None:
    route = a_router().route([place(0.2, 0), place(1, 0.5), place(0.2, 1)], REACH_M)
    assert oracle.core_distance_m(route.line, Point(place(1, 0.5))) == pytest.approx(0, abs=0.1)


def test_roads_above_each_other_are_not_joined() -> None:
    below, bridge = (
        a_stretch("below", (0, 0), (1, 0)),
        a_stretch("bridge", (0.5, -0.5), (0.5, 0.5), level=1),
    )
    with pytest.raises(RouteRefused) as refused:
        a_router(below, bridge).route([place(0.1, 0), place(0.5, 0.4)], REACH_M)
    assert (refused.value.code, refused.value.pointer) == ("no_way", "/1")


def test_a_place_beside_no_road_is_named() -> None:
    with pytest.raises(RouteRefused) as refused:
        a_router().route([place(0.2, 0), place(9, 9)], REACH_M)
    assert (refused.value.code, refused.value.pointer) == ("no_road_near", "/1")


@pytest.mark.parametrize("places", [[], [place(0.2, 0)], [place(0.2, 0), place(0.2, 0)]])
def test_a_route_leads_somewhere(places) -> None:
    with pytest.raises(RouteRefused):
        a_router().route(places, REACH_M)


OnGrid = st.tuples(st.sampled_from([0, 1, 2]), st.floats(0.05, 0.95))


def lengths(stretches) -> dict[tuple[float, float], dict[tuple[float, float], float]]:
    """A second opinion: all shortest lengths between corners, by Floyd and Warshall."""
    corners = sorted({end for s in stretches for end in (s.line.coords[0], s.line.coords[-1])})
    far = np.full((len(corners), len(corners)), np.inf)
    np.fill_diagonal(far, 0)
    for s in stretches:
        a, b = corners.index(s.line.coords[0]), corners.index(s.line.coords[-1])
        far[a, b] = min(far[a, b], s.length_m)
        if not s.oneway:
            far[b, a] = min(far[b, a], s.length_m)
    for via in range(len(corners)):
        far = np.minimum(far, far[:, [via]] + far[[via], :])
    return {a: dict(zip(corners, far[i], strict=True)) for i, a in enumerate(corners)}


@given(st.randoms(use_true_random=False))
def test_no_way_is_shorter(chance) -> None:
    stretches = [
        a_stretch(f"{x}{y}{dx}", (x, y), (x + dx, y + 1 - dx), oneway=chance.random() < 0.5)
        for x in range(3)
        for y in range(3)
        for dx in (0, 1)
        if chance.random() < 0.9
    ]
    far = lengths(stretches)
    start, end = chance.choice(sorted(far)), chance.choice(sorted(far))
    if start == end:
        return
    router = Router(NetworkIndex(stretches, PLANE))
    if far[start][end] == np.inf:
        with pytest.raises(RouteRefused):
            router.route([start, end], 1.0)
    else:
        route = router.route([start, end], 1.0)
        assert route.length_m == pytest.approx(far[start][end], rel=1e-4)
        assert route.length_m == pytest.approx(
            sum(use.to_m - use.from_m for use in route.uses), rel=1e-4
        )


def test_what_was_found_is_matched_again() -> None:
    route = a_router().route([place(0.2, 0), place(0.9, 1)], REACH_M)
    found = match(route.line, GRID, 5.0, PLANE)
    assert found.unmatched is None
    assert [use.stretch_id for use in found.uses] == [use.stretch_id for use in route.uses]
    assert geodesic_length_m(LineString(route.line)) == route.length_m


@pytest.mark.parametrize("apart_m", [2e-7, 0.03, 0.099])
@given(st.floats(0, 1), st.floats(0, 1))
def test_ends_that_differ_by_rounding_are_one_place_wherever_they_lie(
    apart_m: float, x: float, y: float
) -> None:
    joint = at(0.5 + x / 1e3, y / 1e3)
    west = Stretch("west", LineString([at(0, 0), joint]), 0, False, "x", 2)
    east = Stretch(
        "east", LineString([oracle.moved(joint, 90, apart_m), at(1, 0)]), 0, False, "x", 2
    )
    route = a_router(west, east).route([place(0.1, 0), place(0.9, 0)], REACH_M)
    assert ids(route) == [("west", True), ("east", True)]


def test_a_gap_that_no_rounding_makes_is_not_driven_over() -> None:
    west = a_stretch("west", (0, 0), (0.5, 0))
    begin = oracle.moved(at(0.5, 0), 90, 0.2)
    east = Stretch("east", LineString([begin, at(1, 0)]), 0, False, "x", 2)
    with pytest.raises(RouteRefused):
        a_router(west, east).route([place(0.1, 0), place(0.9, 0)], REACH_M)


def test_ends_in_a_chain_of_roundings_are_one_place() -> None:
    step = [oracle.moved(at(0.5, 0), 90, 0.08 * n) for n in range(3)]
    west = Stretch("west", LineString([at(0, 0), step[0]]), 0, False, "x", 2)
    aside = Stretch("aside", LineString([step[1], at(0.5, 1)]), 0, False, "x", 2)
    east = Stretch("east", LineString([step[2], at(1, 0)]), 0, False, "x", 2)
    route = a_router(west, aside, east).route([place(0.1, 0), place(0.9, 0)], REACH_M)
    assert ids(route) == [("west", True), ("east", True)]
