"""Permits: plates, activation, suspension, end; the fence for vehicles."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.payloads import a_permit, a_published_zone, an_active_permit, when


@pytest.fixture
def permit(api: Api) -> dict[str, Any]:
    """A confirmed permit of operator A."""
    a_published_zone(api)
    return a_permit(api)


def path_of(permit: dict[str, Any]) -> str:
    return f"/v1/permits/{permit['id']}"


def test_no_plate_no_road(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api, valid_from=when(-1))
    answer = api.of("operator-a").post(f"{path_of(permit)}/activate")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_vehicle_cleared")


def test_a_permit_is_not_used_before_its_time(api: Api, permit: dict[str, Any]) -> None:
    answer = api.of("operator-a").post(f"{path_of(permit)}/activate")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_begun")


def test_only_the_police_give_plates(api: Api, permit: dict[str, Any]) -> None:
    plate = f"{path_of(permit)}/vehicles/{permit['vehicle_ids'][0]}/plate"
    assert api.of("transport").post(plate, {"plate": "x"}).status_code == 403
    plated = api.of("police").done(plate, {"plate": "川A0001试"})
    assert plated["vehicles"] == [
        {"vehicle_id": permit["vehicle_ids"][0], "plate": "川A0001试", "standing": "cleared"}
    ]


def test_a_suspension_needs_a_reason_and_shows_it(api: Api) -> None:
    a_published_zone(api)
    path = path_of(an_active_permit(api))
    office = api.of("transport")
    refused = office.post(f"{path}/suspend")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    why = {"reason": "Two collisions.", "ground": "Art. 28"}
    suspended = office.done(f"{path}/suspend", why)
    assert (suspended["state"], suspended["grounds"][-1]["reason"]) == (
        "suspended",
        "Two collisions.",
    )
    assert api.of("operator-a").get(path).json()["allowed_actions"] == ["terminate"]
    assert office.done(f"{path}/resume", why)["state"] == "active"


def test_the_fence_has_an_outline_and_hours_for_each_volume(
    api: Api, permit: dict[str, Any]
) -> None:
    answer = api.of("operator-a").get(f"{path_of(permit)}/geofence")
    fence = answer.json()
    assert (fence["type"], fence["state"], answer.headers["etag"]) == (
        "FeatureCollection",
        "confirmed",
        '"1"',
    )
    assert [f["geometry"]["type"] for f in fence["features"]] == ["Polygon"]
    assert fence["features"][0]["properties"]["schedule"]["end"].startswith(when(60)[:10])


def test_permits_are_listed_by_what_they_are(api: Api, permit: dict[str, Any]) -> None:
    office = api.of("auditor")
    found = {"state": "confirmed", "phase": "road_test", "operator_id": "organisation-a"}
    listed = office.get("/v1/permits", params=found).json()["items"]
    assert [item["id"] for item in listed] == [permit["id"]]
    other = {"operator_id": "organisation-b"}
    assert office.get("/v1/permits", params=other).json()["items"] == []


def test_a_permit_keeps_what_was_declared_beside_what_it_became(
    api: Api, permit: dict[str, Any]
) -> None:
    volume = permit["volumes"][0]
    assert volume["crs"] == "EPSG:4490"
    assert volume["declared"]["crs"] == "EPSG:4490"
    assert volume["geometry"]["type"] == volume["declared"]["geometry"]["type"] == "Polygon"
