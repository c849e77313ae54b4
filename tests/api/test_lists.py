"""Lists: pages in a stable order, filters as query parameters, nothing else."""

import pytest
from shapely.geometry import shape

from service.domain.journal import Deed
from tests.api.conftest import Api
from tests.api.payloads import (
    a_permit,
    a_published_zone,
    a_square,
    a_vehicle,
    a_zone,
    an_incident,
    when,
)
from tests.builders import a_district, an_actor


def test_pages_follow_each_other_until_there_is_no_next(api: Api) -> None:
    operator = api.of("operator-a")
    made = [operator.made("/v1/vehicles", a_vehicle(model=str(n)))["id"] for n in range(3)]
    first = operator.get("/v1/vehicles", params={"limit": 2}).json()
    rest = operator.get("/v1/vehicles", params={"limit": 2, "cursor": first["next"]}).json()
    assert [item["id"] for item in [*first["items"], *rest["items"]]] == made
    assert rest["next"] is None


def test_a_list_is_filtered_by_state_and_place(api: Api) -> None:
    a_published_zone(api)
    office = api.of("transport")
    office.made("/v1/zones", a_zone(geometry=a_square(west=104.3)))
    near = {"bbox": "104.0,30.5,104.1,30.7"}
    assert len(office.get("/v1/zones").json()["items"]) == 2
    assert len(office.get("/v1/zones", params=near).json()["items"]) == 1
    proposed = office.get("/v1/zones", params={"state": ["proposed", "assessed"]}).json()
    assert [zone["state"] for zone in proposed["items"]] == ["proposed"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": -1}, "/limit"),
        ({"limit": 1001}, "/limit"),
        ({"limit": "many"}, "/limit"),
        ({"limit": "9" * 5000}, "/limit"),
        ({"cursor": "no cursor"}, "/cursor"),
        ({"cursor": "zzz"}, "/cursor"),
        ({"cursor": "a\x00"}, "/cursor"),
        ({"bbox": "1,2,3"}, "/bbox"),
        ({"bbox": "104.2,30,104.1,31"}, "/bbox"),
        ({"bbox": "nan,0,1,1"}, "/bbox"),
        ({"bbox": "1e999,0,1,1"}, "/bbox"),
        ({"state": "open"}, "/state/0"),
        ({"at": "2026-01-01T00:00:00"}, "/at"),
        ({"updated_since": "yesterday"}, "/updated_since"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(
    api: Api, query: dict[str, str], pointer: str
) -> None:
    answer = api.of("transport").get("/v1/zones", params=query)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_applications_and_permits_are_filtered_by_district(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api)
    ctx = api.registry.context()
    with api.registry.store.write() as tx:
        square = shape(a_square(side=0.1))
        deed = Deed(an_actor(), "import", ctx.now)
        tx.districts.add(a_district(id="510107", area=square), deed)
    office = api.of("transport")
    for path, key in (("permits", permit["id"]), ("applications", permit["application_id"])):
        here = office.get(f"/v1/{path}", params={"district": "510107"}).json()
        assert [item["id"] for item in here["items"]] == [key]
        assert office.get(f"/v1/{path}", params={"district": "x"}).json()["items"] == []


def test_incidents_are_filtered_by_place_and_time(api: Api) -> None:
    operator = api.of("operator-a")
    vehicle = operator.made("/v1/vehicles", a_vehicle())
    incident = operator.made("/v1/incidents", an_incident(vehicle["id"]))
    here = {"bbox": "104.0,30.5,104.1,30.7", "at": incident["occurred_at"]}
    listed = operator.get("/v1/incidents", params=here).json()["items"]
    assert [item["id"] for item in listed] == [incident["id"]]
    assert operator.get("/v1/incidents", params={"bbox": "0,0,1,1"}).json()["items"] == []
    assert operator.get("/v1/incidents", params={"at": when(-3)}).json()["items"] == []


def test_coordinates_for_the_public_have_five_decimals(api: Api) -> None:
    a_published_zone(api, geometry=a_square(west=104.050_123_456, side=0.05))
    public, office = (
        who.get("/v1/zones").json()["items"][0] for who in (api.nobody, api.of("transport"))
    )
    assert public["geometry"]["coordinates"][0][0][0] == 104.05012
    assert office["geometry"]["coordinates"][0][0][0] == 104.050_123_456
    assert (public["declared"], office["declared"]["crs"]) == (None, "EPSG:4490")
