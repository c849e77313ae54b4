"""The way through places pointed at, ready to be the geometry of a volume."""

from typing import Any

import pytest

from service.domain.journal import Deed
from tests.api.conftest import Api
from tests.builders import LAT, LON, NOW, a_road, an_actor

HERE, THERE = [LON + 0.002, LAT], [LON + 0.008, LAT]


@pytest.fixture
def street(api: Api) -> Api:
    """A registry with one street."""
    with api.registry.store.write() as tx:
        tx.roads.add(a_road(id="r1"), Deed(an_actor(), "import", NOW))
    return api


def test_a_route_is_a_line_on_the_network_with_its_stretches(street: Api) -> None:
    route = street.of("operator-a").done("/v1/routes", {"from": HERE, "to": THERE})
    assert route["geometry"]["type"] == "LineString"
    assert route["geometry"]["coordinates"][0] == pytest.approx(HERE, abs=1e-7)
    assert route["length_m"] == pytest.approx(575, abs=1)
    (stretch,) = route["stretches"]
    assert (stretch["road_id"], stretch["forward"]) == ("r1", True)


def test_places_may_be_points_in_another_datum(street: Api) -> None:
    point = {"type": "Point", "coordinates": HERE}
    body = {"from": point, "to": THERE, "via": [point], "crs": "GCJ-02", "domain": "ground"}
    moved = street.of("operator-a").post("/v1/routes", json=body)
    # what was meant lies some 350 m away from the street
    assert moved.status_code == 422
    assert {e["code"] for e in moved.json()["errors"]} == {"no_road_near"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"to": [30.6, 104.06]}, "/to"),
        ({"via": [[LON, LAT], "here"]}, "/via/1"),
        ({"crs": "EPSG:0"}, "/crs"),
        ({"domain": "air"}, "/domain"),
        ({"from": [LON]}, "/from"),
        ({"to": [103.0, 31.0]}, "/to"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(
    street: Api, changes: dict[str, Any], pointer: str
) -> None:
    body = {"from": HERE, "to": THERE, **changes}
    refused = street.of("operator-a").post("/v1/routes", json=body)
    assert refused.status_code == 422
    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert pointers
    assert all(found.startswith(pointer) for found in pointers)
