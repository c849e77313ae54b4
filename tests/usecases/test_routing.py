"""Who draws a route clicks two places; the network says which way one drives."""

import pytest
from shapely import LineString

from service.domain.errors import Forbidden, Malformed
from service.usecases import routing
from service.usecases.routing import RouteRequest
from tests.builders import LAT, LON, a_road
from tests.usecases.desk import AUDITOR, A, Desk, a_desk

NORTH, EAST = LAT + 0.01, LON + 0.01


def a_block(*, far: float = 0.0) -> Desk:
    """A one-way street to the east, and a way back over the north that begins `far` away."""
    return a_desk(
        a_road(id="south", line=LineString([(LON, LAT), (EAST, LAT)]), oneway=True),
        a_road(id="up", line=LineString([(EAST, LAT), (EAST, NORTH + far)])),
        a_road(id="back", line=LineString([(EAST, NORTH + far), (LON, NORTH + far)])),
        a_road(id="down", line=LineString([(LON, NORTH + far), (LON, LAT)])),
    )


def found(desk: Desk, *places: tuple[float, float], actor=A):
    pointers = ("/from", *(f"/via/{n}" for n in range(len(places) - 2)), "/to")
    return desk.ask(routing.find, actor, desk.ctx, RouteRequest(places, pointers))


def test_a_one_way_street_is_driven_round_the_block() -> None:
    route = found(a_block(), (EAST - 0.002, LAT), (LON + 0.002, LAT))
    assert [use.stretch_id for use in route.uses] == ["south", "up", "back", "down", "south"]


def test_a_way_that_leads_far_round_is_found_too() -> None:
    route = found(a_block(far=0.2), (EAST - 0.002, LAT), (LON + 0.002, LAT))
    assert route.length_m > 40_000


def test_a_place_beside_no_road_is_pointed_at() -> None:
    with pytest.raises(Malformed) as refused:
        found(a_block(), (LON, LAT), (LON, LAT - 0.05), (EAST, LAT))
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/via/0", "no_road_near")]


def test_a_place_that_no_way_leads_to_is_pointed_at() -> None:
    desk = a_desk(a_road(id="south", line=LineString([(LON, LAT), (EAST, LAT)]), oneway=True))
    with pytest.raises(Malformed) as refused:
        found(desk, (EAST, LAT), (LON, LAT))
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/to", "no_way")]


def test_who_only_looks_draws_no_route() -> None:
    with pytest.raises(Forbidden):
        found(a_block(), (LON, LAT), (EAST, LAT), actor=AUDITOR)
