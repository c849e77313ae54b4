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
        {
            "vehicle_id": permit["vehicle_ids"][0],
            "plate": "川A0001试",
            "standing": "cleared",
            "allowed_actions": ["suspend", "terminate", "revoke"],
        }
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


def test_one_vehicle_is_suspended_alone_and_goes_on(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    (vehicle_id,), path, office = permit["vehicle_ids"], path_of(permit), api.of("transport")
    why = {"reason": "Sensor fault.", "ground": "Art. 28", "vehicle_ids": [vehicle_id]}
    stopped = office.done(f"{path}/suspend", why)
    (line,) = stopped["vehicles"]
    assert (stopped["state"], line["standing"]) == ("active", "suspended")
    assert line["allowed_actions"] == ["resume", "terminate", "revoke"]
    assert stopped["grounds"][-1]["vehicle_ids"] == [vehicle_id]
    (line,) = office.done(f"{path}/resume", why)["vehicles"]
    assert line["standing"] == "cleared"


@pytest.mark.parametrize(
    ("vehicle_ids", "code"),
    [(["stranger"], "vehicle_not_on_permit"), ([], "too_short")],
)
def test_vehicles_that_are_not_on_the_permit_are_refused(
    api: Api, permit: dict[str, Any], vehicle_ids: list[str], code: str
) -> None:
    body = {"reason": "x", "vehicle_ids": vehicle_ids}
    refused = api.of("transport").post(f"{path_of(permit)}/suspend", body)
    assert (refused.status_code, [e["code"] for e in refused.json()["errors"]]) == (422, [code])


def test_a_step_based_on_a_state_that_has_passed_is_refused(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    path, office = path_of(permit), api.of("transport")
    why = {"reason": "x", "version": permit["version"]}
    suspended = office.done(f"{path}/suspend", why)
    stale = office.post(f"{path}/resume", why)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["current"] == suspended["version"]
    office.done(f"{path}/resume", {**why, "version": suspended["version"]})


def test_a_plate_based_on_a_state_that_has_passed_is_refused(
    api: Api, permit: dict[str, Any]
) -> None:
    plate = f"{path_of(permit)}/vehicles/{permit['vehicle_ids'][0]}/plate"
    first = {"plate": "川A0001试", "version": permit["version"]}
    api.of("police").done(plate, first)
    assert api.of("police").post(plate, first).status_code == 409


def test_steps_leave_the_etag_of_the_content_as_it_is(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    operator = api.of("operator-a")
    before = operator.get(path_of(permit)).headers["etag"]
    api.of("transport").done(f"{path_of(permit)}/suspend", {"reason": "x"})
    after = operator.get(path_of(permit))
    assert (after.headers["etag"], after.json()["revision"]) == (before, permit["revision"])


def test_a_fence_known_already_is_not_sent_again(api: Api, permit: dict[str, Any]) -> None:
    operator, fence = api.of("operator-a"), f"{path_of(permit)}/geofence"
    tag = operator.get(fence).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = operator.get(fence, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = operator.get(fence, headers={"If-None-Match": '"other"'})
    assert other.json()["permit_id"] == permit["id"]


@pytest.mark.parametrize("alone", [False, True])
def test_the_fence_of_what_was_stopped_is_another(api: Api, alone: bool) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    operator, fence = api.of("operator-a"), f"{path_of(permit)}/geofence"
    tag = operator.get(fence).headers["etag"]
    only = {"vehicle_ids": permit["vehicle_ids"]} if alone else {}
    api.of("transport").done(f"{path_of(permit)}/suspend", {"reason": "x", **only})
    told = operator.get(fence, headers={"If-None-Match": tag})
    assert told.status_code == 200
    standing = told.json()["vehicles"][0]["standing"]
    expected = ("active", "suspended") if alone else ("suspended", "cleared")
    assert (told.json()["state"], standing) == expected


def test_the_fence_has_an_outline_and_hours_for_each_volume(
    api: Api, permit: dict[str, Any]
) -> None:
    answer = api.of("operator-a").get(f"{path_of(permit)}/geofence")
    fence = answer.json()
    assert (fence["type"], fence["state"]) == ("FeatureCollection", "confirmed")
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
