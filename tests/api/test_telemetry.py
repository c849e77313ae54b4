"""Telemetry over HTTP: counted once, answered item by item, turned into evidence."""

from typing import Any

import pytest

from tests.api.conftest import Api, Client
from tests.api.payloads import a_published_zone, a_summary, an_active_permit

PATH = "/v1/telemetry/summaries"


@pytest.fixture
def permit(api: Api) -> dict[str, Any]:
    """A permit of operator A that is under way."""
    a_published_zone(api)
    return an_active_permit(api)


@pytest.fixture
def vehicle(api: Api, permit: dict[str, Any]) -> Client:
    """The permit's vehicle, with its own key."""
    keys = f"/v1/vehicles/{permit['vehicle_ids'][0]}/keys"
    return api.with_secret(api.of("operator-a").made(keys, {})["key"])


def summary(permit: dict[str, Any], seq: int = 1, **changes: Any) -> dict[str, Any]:
    return {**a_summary(permit["vehicle_ids"][0], permit["id"], seq), **changes}


def test_one_summary_is_accepted_and_becomes_evidence(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    answer = vehicle.done(PATH, summary(permit))
    assert answer["results"] == [
        {
            "index": 0,
            "id": "summary-1",
            "status": "accepted",
            "code": None,
            "pointer": None,
            "message": None,
            "violations": [],
        }
    ]
    figures = api.of("operator-a").get("/v1/statistics").json()["items"]
    assert figures[0]["group"] == "organisation-a"
    assert figures[0]["automated_km"] == pytest.approx(0.575, abs=0.01)


def test_a_repeat_is_a_duplicate_and_counts_nothing(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    once = summary(permit)
    vehicle.done(PATH, once)
    again = vehicle.done(PATH, [once, once])
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    assert api.of("operator-a").get("/v1/statistics").json()["items"][0]["summaries"] == 1


def test_good_items_are_kept_whatever_the_others_are(
    vehicle: Client, permit: dict[str, Any]
) -> None:
    batch = [summary(permit, 1), {"id": "broken"}, summary(permit, 2, crs="EPSG:1"), 7]
    answer = vehicle.done(PATH, batch)
    assert (answer["accepted"], answer["rejected"]) == (1, 3)
    told = [(r["id"], r["status"], r["code"], r["pointer"]) for r in answer["results"]]
    assert told[2] == (None, "rejected", "crs_unknown", "/crs")
    assert [r["index"] for r in answer["results"]] == [0, 1, 2, 3]


def test_numbers_beyond_all_sense_are_rejected_and_lose_no_other_item(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    beyond = {"automated": 1e308, "manual": 1e308}
    too_far = {"automated": 99_999}
    batch = [
        summary(permit, 1),
        summary(permit, 2, distance_km=beyond),
        summary(permit, 3, distance_km=too_far),
        summary(permit, 4, supervision_mode="vlos"),
    ]
    answer = vehicle.done(PATH, batch)
    assert [(r["status"], r["pointer"]) for r in answer["results"]] == [
        ("accepted", None),
        ("rejected", "/distance_km/manual"),
        ("rejected", "/distance_km"),
        ("rejected", "/supervision_mode"),
    ]
    assert api.of("operator-a").get("/v1/statistics").json()["items"][0]["summaries"] == 1


def test_the_same_drive_counts_once_whatever_its_number(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    once = summary(permit)
    vehicle.done(PATH, once)
    again = vehicle.done(PATH, [{**once, "seq": 9}, {**once, "boot_id": "boot-2"}])
    kinds = [[v["violation_kind"] for v in r["violations"]] for r in again["results"]]
    assert kinds == [["implausible"], ["implausible"]]
    (figures,) = api.of("operator-a").get("/v1/statistics").json()["items"]
    assert figures["automated_km"] == pytest.approx(0.575, abs=0.01)
    assert figures["uncertain_km"] == pytest.approx(2 * 0.574)


def test_a_batch_of_which_nothing_is_good_is_refused_item_by_item(
    vehicle: Client, permit: dict[str, Any]
) -> None:
    batch = [{"id": "broken"}, summary(permit, permit_id="absent")]
    answer = vehicle.post(PATH, batch)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/0/vehicle_id", "missing"),
        ("/1/permit_id", "permit_unknown"),
    ]


def test_a_sequence_number_used_again_with_other_content_is_a_conflict(
    vehicle: Client, permit: dict[str, Any]
) -> None:
    vehicle.done(PATH, summary(permit))
    answer = vehicle.post(PATH, summary(permit, hard_brakes=5))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "sequence_conflict")


def test_a_vehicle_speaks_for_itself_alone(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    answer = vehicle.post(PATH, summary(permit, vehicle_id="another"))
    assert answer.status_code == 422
    other = api.of("operator-b").post(PATH, summary(permit))
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "permit_unknown")


def test_a_batch_beyond_the_limit_is_refused(vehicle: Client, permit: dict[str, Any]) -> None:
    answer = vehicle.post(PATH, [summary(permit, seq) for seq in range(1, 502)])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "batch_too_large")


def test_an_unknown_group_is_refused_with_those_there_are(api: Api) -> None:
    answer = api.of("operator-a").get("/v1/statistics", params={"group_by": "colour"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/group_by")
    assert "operator" in answer.json()["detail"]
