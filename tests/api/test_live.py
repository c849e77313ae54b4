"""Heartbeats and states over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.errors import Overloaded, RegistryError
from service.usecases.live import Telling
from service.wire.live import HeartbeatIn
from tests.api.conftest import Api
from tests.api.payloads import a_published_zone, a_summary, a_vehicle, an_active_permit


def a_heartbeat(after_s: float = 0, **changes: Any) -> dict[str, Any]:
    at = datetime.now(UTC) + timedelta(seconds=after_s)
    body = {"at": at.isoformat(), "lon": 104.054, "lat": 30.604, "crs": "EPSG:4490"}
    return {**body, **changes}


@pytest.fixture
def vehicle_id(api: Api) -> str:
    """A car of operator A, under no permit."""
    return str(api.of("operator-a").made("/v1/vehicles", a_vehicle())["id"])


def test_a_heartbeat_is_answered_and_shown(api: Api, vehicle_id: str) -> None:
    operator, told = api.of("operator-a"), a_heartbeat(speed_mps=8.5, control_mode="automated")
    path = f"/v1/vehicles/{vehicle_id}"
    answer = operator.done(f"{path}/position", told)
    assert (answer["status"], answer["position"]["speed_mps"]) == ("accepted", 8.5)
    older = operator.done(f"{path}/position", a_heartbeat(-60, lon=104.1))
    assert older == {"status": "outdated", "position": answer["position"]}
    state = api.of("police").get(f"{path}/state").json()
    assert state["position"] == answer["position"]
    assert (state["silent"], state["permit_id"], state["inside"]) == (False, None, None)


def test_a_vehicle_tells_its_own_place_by_its_key(api: Api, vehicle_id: str) -> None:
    operator = api.of("operator-a")
    car = api.with_secret(operator.made(f"/v1/vehicles/{vehicle_id}/keys", {})["key"])
    car.done(f"/v1/vehicles/{vehicle_id}/position", a_heartbeat())
    assert car.get(f"/v1/vehicles/{vehicle_id}/state").json()["vehicle_id"] == vehicle_id
    other = operator.made("/v1/vehicles", a_vehicle())["id"]
    assert car.post(f"/v1/vehicles/{other}/position", a_heartbeat()).status_code == 404
    assert car.get(f"/v1/vehicles/{other}/state").status_code == 404
    listed = car.get("/v1/vehicles/states").json()["items"]
    assert [state["vehicle_id"] for state in listed] == [vehicle_id]


def test_when_too_many_wait_another_is_told_to_come_again(
    api: Api, vehicle_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise Overloaded(3)

    monkeypatch.setattr(api.registry.heartbeats, "submit", full)
    answer = api.of("operator-a").post(f"/v1/vehicles/{vehicle_id}/position", a_heartbeat())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert answer.json()["code"] == "overloaded"


def test_what_waits_together_is_stored_together_and_answered_one_by_one(
    api: Api, vehicle_id: str
) -> None:
    heartbeat = HeartbeatIn.model_validate(a_heartbeat()).to_domain(api.registry.context().frame)
    telling = Telling(vehicle_id, heartbeat)
    unknown = replace(telling, vehicle_id="vehicle-x")
    submit, store = api.registry.heartbeats.submit, api.registry.store
    with store.write():
        waiting = [submit(one) for one in (unknown, telling, telling, unknown)]
    answers = [future.result(30) for future in waiting]
    told = [answer.code if isinstance(answer, RegistryError) else answer[0] for answer in answers]
    assert told == ["not_found", "accepted", "outdated", "not_found"]


def test_a_shifted_datum_is_shifted_back(api: Api, vehicle_id: str) -> None:
    path = f"/v1/vehicles/{vehicle_id}/position"
    answer = api.of("operator-a").done(path, a_heartbeat(crs="GCJ-02"))
    position = answer["position"]
    assert position["crs"] == "EPSG:4490"
    assert 0.001 < 104.054 - position["lon"] < 0.004


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"lon": 30.6, "lat": 104.05}, "/lon", "axes_exchanged"),
        ({"lon": 121.5, "lat": 31.2}, "/lon", "outside_extent"),
        ({"crs": "EPSG:1"}, "/crs", "crs_unknown"),
        ({"lon": "104"}, "/lon", None),
        ({"heading_deg": 360}, "/heading_deg", None),
        ({"speed_mps": -1}, "/speed_mps", None),
        ({"at": "2026-11-24T10:00:00"}, "/at", "naive_time"),
        ({"altitude": 90}, "", "altitude_reference_required"),
        ({"colour": "red"}, "/colour", None),
        ({"at": "2100-01-01T00:00:00Z"}, "/at", "in_the_future"),
    ],
)
def test_a_bad_heartbeat_is_refused_with_its_place(
    api: Api, vehicle_id: str, changes: dict[str, Any], pointer: str, code: str | None
) -> None:
    path = f"/v1/vehicles/{vehicle_id}/position"
    answer = api.of("operator-a").post(path, a_heartbeat(**changes))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["pointer"], code or error["code"]) == (pointer, error["code"])


def test_a_state_tells_whether_it_is_inside_and_the_tag_of_the_fence(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    operator, path = api.of("operator-a"), f"/v1/vehicles/{permit['vehicle_ids'][0]}"
    operator.done(f"{path}/position", a_heartbeat(horizontal_accuracy_m=1.5))
    fence = operator.get(f"/v1/permits/{permit['id']}/geofence")
    state = operator.get(f"{path}/state").json()
    assert (state["permit_id"], state["inside"]) == (permit["id"], "inside")
    assert f'"{state["geofence_etag"]}"' == fence.headers["etag"]
    api.of("transport").done(f"/v1/permits/{permit['id']}/suspend", {"reason": "x"})
    assert operator.get(f"{path}/state").json()["geofence_etag"] != state["geofence_etag"]
    operator.done(f"{path}/position", a_heartbeat(1, lon=104.2))
    assert operator.get(f"{path}/state").json()["inside"] == "outside"


def test_a_summary_is_heard_too(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    operator, vehicle_id = api.of("operator-a"), permit["vehicle_ids"][0]
    operator.done("/v1/telemetry/summaries", a_summary(vehicle_id, permit["id"]))
    state = operator.get(f"/v1/vehicles/{vehicle_id}/state").json()
    assert (state["position"], state["permit_id"]) == (None, permit["id"])
    assert state["last_summary_at"] is not None


def test_states_are_listed_for_a_map(api: Api, vehicle_id: str) -> None:
    operator = api.of("operator-a")
    operator.done(f"/v1/vehicles/{vehicle_id}/position", a_heartbeat())
    here, far = {"bbox": "104,30.5,104.2,30.8"}, {"bbox": "103,30.5,103.2,30.8"}
    path = "/v1/vehicles/states"
    found = api.of("police").get(path, params=here).json()["items"]
    assert [state["vehicle_id"] for state in found] == [vehicle_id]
    assert api.of("police").get(path, params=far).json()["items"] == []
    assert api.of("operator-b").get(path, params=here).json()["items"] == []
    assert api.of("police").get(path, params={"bbox": "x"}).status_code == 422
