"""Recordings over HTTP: an operator hands in a log of its vehicle and is answered for all of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.payloads import a_published_zone, an_active_permit

PATH = "/v1/imports/telemetry"


@pytest.fixture
def permit(api: Api) -> dict[str, Any]:
    """A permit of operator A that is under way."""
    a_published_zone(api)
    return an_active_permit(api)


def drive(lon: float = 104.061) -> str:
    """A minute of fixes until a moment ago."""
    start = datetime.now(UTC) - timedelta(seconds=60)
    rows = [f"{lon + n / 10_000:.6f},30.605,{start.timestamp() + n:.0f}" for n in range(50)]
    return "\n".join(["lon,lat,time", *rows])


def hand_in(
    api: Api, permit: dict[str, Any], content: str, user: str = "operator-a", **form: str
) -> Any:
    whose = {"vehicle_id": permit["vehicle_ids"][0], "permit_id": permit["id"], **form}
    files = {"file": ("drive.csv", content.encode())}
    return api.of(user).request("POST", PATH, files=files, data=whose)


def test_a_recording_becomes_telemetry_once(api: Api, permit: dict[str, Any]) -> None:
    content = drive()
    first, again = (hand_in(api, permit, content) for _ in range(2))
    assert first.status_code == again.status_code == 201, first.text
    assert [item["outcome"] for item in first.json()["items"]] == ["added"]
    assert [item["outcome"] for item in again.json()["items"]] == ["unchanged"]
    listed = api.of("operator-a").get("/v1/telemetry/summaries").json()["items"]
    assert len(listed) == 1


def test_what_was_assumed_is_told_in_the_readers_language(api: Api, permit: dict[str, Any]) -> None:
    notes = hand_in(api, permit, drive()).json()["notes"]
    assert {"modes_unknown", "datum"} <= {note["code"] for note in notes}


def test_a_vehicle_of_another_operator_does_not_exist(api: Api, permit: dict[str, Any]) -> None:
    assert hand_in(api, permit, drive(), user="operator-b").status_code == 404


def test_an_office_hands_in_no_telemetry(api: Api, permit: dict[str, Any]) -> None:
    assert hand_in(api, permit, drive(), user="transport").status_code == 403


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({"started_at": "2026-10-01T10:00:00"}, "started_at"),
        ({"heights": "pressure"}, "heights"),
        ({"accuracy_m": "nan"}, "accuracy_m"),
        ({"crs": "EPSG:9"}, "crs"),
    ],
)
def test_what_cannot_be_declared_is_refused(
    api: Api, permit: dict[str, Any], form: dict[str, str], pointer: str
) -> None:
    answer = hand_in(api, permit, drive(), **form)
    assert (answer.status_code, pointer in answer.text) == (422, True)


def test_telemetry_is_no_reference_data(api: Api) -> None:
    files = {"file": ("drive.csv", drive().encode())}
    answer = api.of("transport").request(
        "POST", "/v1/imports", files=files, data={"as": "telemetry"}
    )
    assert (answer.status_code, "vehicle_required" in answer.text) == (422, True)
