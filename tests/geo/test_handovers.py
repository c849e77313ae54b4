"""A route leads from zone to zone: in order, through the fewest, handed over between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, box

from geo.crs import geodesic_length_m
from geo.errors import GeometryRefused
from geo.footprint import Footprint
from geo.handovers import passages
from tests.geo.builders import ROUTE, a_zone
from tests.geo.shapes import LAT, LON, PLANE, at, path

EAST_M = 958.41


def led(*zones: Footprint, route=ROUTE, tolerance_m: float = 0.0) -> list[tuple[int, int, int]]:
    found = passages(route, zones, tolerance_m, PLANE)
    return [(p.zone, round(p.from_m / EAST_M * 10), round(p.to_m / EAST_M * 10)) for p in found]


def test_one_zone_that_holds_it_all_is_one_passage() -> None:
    assert led(a_zone(-1, 11)) == [(0, 0, 100)]


def test_a_route_is_handed_over_where_the_first_zone_is_left() -> None:
    first, second = passages(ROUTE, [a_zone(-1, 6), a_zone(5, 11)], 0.0, PLANE)
    assert first.left_at.distance(Point(at(6, 0))) < 1e-6
    assert second.from_m == first.to_m


def test_zones_that_are_not_needed_are_not_passed() -> None:
    assert led(a_zone(1, 4), a_zone(-1, 6), a_zone(3, 7), a_zone(5, 11)) == [
        (1, 0, 60),
        (3, 60, 100),
    ]


def test_what_no_zone_holds_is_no_passage() -> None:
    assert led(a_zone(-1, 3), a_zone(7, 11)) == [(0, 0, 30), (1, 70, 100)]


def test_zones_that_only_touch_hand_over_without_a_gap() -> None:
    assert led(a_zone(-1, 5), a_zone(5, 11)) == [(0, 0, 50), (1, 50, 100)]


def test_a_thin_zone_between_two_positions_is_passed() -> None:
    assert led(a_zone(4.99, 5.01)) == [(0, 50, 50)]


def test_a_zone_beside_the_route_holds_it_within_the_tolerance() -> None:
    beside = Footprint(LineString([(LON, LAT + 0.0002), (LON + 0.1, LAT + 0.0002)]), 10)
    assert led(beside, tolerance_m=10) == []
    assert led(beside, tolerance_m=20) == [(0, 0, 100)]


def test_a_road_that_is_driven_twice_is_passed_twice() -> None:
    there_and_back = LineString(path((0, 0), (10, 0), (0, 0)))
    found = led(a_zone(-1, 6), a_zone(6, 11), route=there_and_back)
    assert found == [(0, 0, 60), (1, 60, 140), (0, 140, 200)]


def test_parts_of_a_route_follow_each_other() -> None:
    parts = MultiLineString([path((0, 0), (1, 0)), path((2, 0), (3, 0))])
    assert led(a_zone(-1, 11), route=parts) == [(0, 0, 10), (0, 10, 20)]


@given(st.lists(st.tuples(st.integers(-1, 10), st.integers(1, 6)), max_size=6))
def test_passages_hold_all_that_any_zone_holds(ends: list[tuple[int, int]]) -> None:
    zones = [a_zone(west, west + width) for west, width in ends]
    found = passages(ROUTE, zones, 0.0, PLANE)
    steps = [step + 0.5 for step in range(10)]
    held = {s for s in steps if any(west < s < west + width for west, width in ends)}
    passed = {s for s in steps if any(p.from_m < s * EAST_M < p.to_m for p in found)}
    assert passed == held
    for passage in found:
        west, width = ends[passage.zone]
        assert (west * EAST_M - 1, passage.to_m) <= (passage.from_m, (west + width) * EAST_M + 1)


@pytest.mark.parametrize("zones", [(), (a_zone(20, 30),)])
def test_a_route_in_no_zone_has_no_passage(zones) -> None:
    assert led(*zones) == []


@pytest.mark.parametrize("lat", [30.05, 30.66, 31.45])
def test_a_passage_is_as_long_as_the_route_is_wherever_it_lies(lat: float) -> None:
    route = LineString([(104.0, lat), (104.1, lat), (104.1, lat + 0.04)])
    all_of_it = Footprint(box(103.9, lat - 0.1, 104.2, lat + 0.1))
    half_of_it = Footprint(box(103.9, lat - 0.1, 104.05, lat + 0.1))
    (whole,) = passages(route, [all_of_it], 0.0, PLANE)
    assert whole.to_m == pytest.approx(geodesic_length_m(route), abs=0.01)
    (half,) = passages(route, [half_of_it], 0.0, PLANE)
    first_leg_m = geodesic_length_m(LineString([(104.0, lat), (104.05, lat)]))
    assert half.to_m == pytest.approx(first_leg_m, abs=0.05)


def test_only_a_line_is_led_through_zones() -> None:
    with pytest.raises(GeometryRefused, match="a route is a line, not a Point"):
        led(a_zone(-1, 11), route=Point(LON, LAT))


@pytest.mark.parametrize("tolerance_m", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_is_a_distance(tolerance_m: float) -> None:
    with pytest.raises(ValueError, match="a tolerance is 0 m or more"):
        led(a_zone(-1, 11), tolerance_m=tolerance_m)
