"""Telemetry over HTTP: counted once, answered item by item, turned into evidence."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from math import inf, nan
from typing import Any

import pytest

from service.domain.errors import Overloaded
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
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "unknown_vehicle")


def test_a_batch_beyond_the_limit_is_refused(vehicle: Client, permit: dict[str, Any]) -> None:
    answer = vehicle.post(PATH, [summary(permit, seq) for seq in range(1, 502)])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "batch_too_large")


def test_an_unknown_group_is_refused_with_those_there_are(api: Api) -> None:
    answer = api.of("operator-a").get("/v1/statistics", params={"group_by": "colour"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/group_by")
    assert "operator" in answer.json()["detail"]


# bad input


DAY = timedelta(days=1)


def bad_items(permit: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """One of each kind of item that cannot be taken, by the code and the pointer it is told."""
    good = summary(permit)
    start = datetime.fromisoformat(good["started_at"])
    ahead = [(start + 365 * DAY + timedelta(minutes=n)).isoformat() for n in range(2)]
    long = {"type": "LineString", "coordinates": [[104.06, 30.6]] * 50_000}
    point = {"type": "LineString", "coordinates": [[104.06, 30.6]]}
    return {
        "finite_number /mean_speed_mps": {"mean_speed_mps": nan},
        "finite_number /path/coordinates/0/1": {
            "path": {"type": "LineString", "coordinates": [[104.06, inf], [104.06, 30.6]]}
        },
        "greater_than_equal /distance_km/automated": {"distance_km": {"automated": -0.1}},
        "end_before_start /ended_at": {"ended_at": good["started_at"]},
        "in_the_future /ended_at": {"started_at": ahead[0], "ended_at": ahead[1]},
        "too_long /path/coordinates": {"path": long},
        "too_short /path/coordinates": {"path": point},
        "greater_than /horizontal_accuracy_m": {"horizontal_accuracy_m": 0},
        "unknown_vehicle /vehicle_id": {"vehicle_id": "nobody"},
        "crs_unknown /crs": {"crs": "EPSG:999999"},
        "permit_unknown /permit_id": {"permit_id": "absent"},
        "times_not_ascending /path_times": {"path_times": good["path_times"][::-1]},
    }


def test_a_mixed_batch_names_the_code_the_place_and_the_reason_of_each_bad_item(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    bad = bad_items(permit)
    items = [summary(permit, 1)]
    items += [summary(permit, seq, **change) for seq, change in enumerate(bad.values(), 2)]
    items.append(after(summary(permit, 99)))
    content, kind = json.dumps(items).encode(), {"Content-Type": "application/json"}
    answer = vehicle.request("POST", PATH, content=content, headers=kind).json()
    assert (answer["accepted"], answer["rejected"]) == (2, len(bad))
    told = [f"{r['code']} {r['pointer']}" for r in answer["results"] if r["status"] == "rejected"]
    assert told == list(bad)
    assert all(r["message"] for r in answer["results"] if r["status"] == "rejected")
    assert len(api.of("operator-a").get(PATH).json()["items"]) == 2


def test_a_revoked_key_posts_nothing(api: Api, permit: dict[str, Any]) -> None:
    keys = f"/v1/vehicles/{permit['vehicle_ids'][0]}/keys"
    made = api.of("operator-a").made(keys, {})
    assert api.of("operator-a").request("DELETE", f"{keys}/{made['id']}").is_success
    assert api.with_secret(made["key"]).post(PATH, summary(permit)).status_code == 401


def test_another_operators_vehicle_looks_like_none_and_gains_nothing(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    stranger = api.of("operator-b").post(PATH, summary(permit))
    (error,) = stranger.json()["errors"]
    assert (stranger.status_code, error["code"]) == (422, "unknown_vehicle")
    assert "may register it" in error["message"]
    assert vehicle.done(PATH, after(summary(permit, 2)))["boots"][0]["upto"] == 0


# numbers


def after(body: dict[str, Any], minutes: int = 5) -> dict[str, Any]:
    """The same some minutes earlier, so that it tells of another drive."""

    def moved(time: str) -> str:
        return (datetime.fromisoformat(time) - timedelta(minutes=minutes)).isoformat()

    times = [moved(time) for time in body["path_times"]]
    ends = {name: moved(body[name]) for name in ("started_at", "ended_at")}
    return {**body, **ends, "path_times": times}


def test_the_answer_tells_how_far_the_numbers_of_a_boot_are_safe(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    answer = vehicle.done(PATH, [summary(permit, 1), after(summary(permit, 4))])
    here = {"vehicle_id": permit["vehicle_ids"][0], "boot_id": summary(permit)["boot_id"]}
    assert answer["boots"] == [{**here, "upto": 1}]
    gaps = api.of("operator-a").get("/v1/telemetry/gaps").json()["items"]
    assert gaps == [{**here, "first_seq": 2, "last_seq": 3}]
    assert api.of("operator-b").get("/v1/telemetry/gaps").json()["items"] == []


def test_a_clock_that_runs_ahead_is_shown(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    # it ends a minute from now
    vehicle.done(PATH, summary(permit))
    (shown,) = api.of("operator-a").get(PATH).json()["items"]
    assert 30 < shown["clock_ahead_s"] <= 61


# dead letters


def letters(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/telemetry/dead-letters").json()["items"]
    return found


def test_what_was_refused_is_listed_and_handed_in_again(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    vehicle.done(PATH, summary(permit))
    vehicle.post(PATH, summary(permit, hard_brakes=5))
    (letter,) = letters(api.of("operator-a"))
    assert (letter["code"], letter["seq"], letter["channel"]) == ("sequence_conflict", 1, "http")
    assert json.loads(letter["body"])["hard_brakes"] == 5
    assert letters(api.of("police")) == [letter]
    assert letters(api.of("operator-b")) == []
    path = f"/v1/telemetry/dead-letters/{letter['id']}/replay"
    again = api.of("operator-a").done(path)
    assert (again["status"], again["code"]) == ("rejected", "sequence_conflict")
    assert letters(api.of("operator-a"))[0]["outcome"] == "rejected"
    assert api.of("operator-b").post(path).status_code == 404
    assert api.of("police").post(path).status_code == 403


# files


def lines(*items: Any) -> bytes:
    return b"\n".join(
        item if isinstance(item, bytes) else json.dumps(item).encode() for item in items
    )


def upload(client: Client, content: Any) -> Any:
    return client.request(
        "POST", PATH, content=content, headers={"Content-Type": "application/x-ndjson"}
    )


def test_a_file_is_taken_line_by_line_and_is_safe_to_send_again(
    api: Api, vehicle: Client, permit: dict[str, Any]
) -> None:
    good = [after(summary(permit, seq), minutes=3 * seq) for seq in range(1, 601)]
    content = lines(*good[:300], b"", b"no json", *good[300:], {"id": "broken"}) + b"\n"
    answer = upload(vehicle, content).json()
    assert (answer["accepted"], answer["duplicates"], answer["rejected"]) == (600, 0, 2)
    told = [(r["index"], r["code"]) for r in answer["results"]]
    assert told == [(301, "not_json"), (602, "missing")]
    assert answer["boots"][0]["upto"] == 600
    again = upload(vehicle, content).json()
    assert (again["accepted"], again["duplicates"], again["rejected"]) == (0, 600, 2)
    assert {letter["channel"] for letter in letters(api.of("operator-a"))} == {"file"}


def test_a_file_is_read_as_it_comes(vehicle: Client, permit: dict[str, Any]) -> None:
    content = lines(*(after(summary(permit, seq), minutes=3 * seq) for seq in range(1, 11)))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 700):
            yield content[start : start + 700]

    assert upload(vehicle, pieces()).json()["accepted"] == 10


def test_a_line_without_end_is_refused_before_it_fills_the_memory(vehicle: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * (1 << 20)

    answer = upload(vehicle, endless())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "line_too_long")


def test_a_file_of_which_nothing_is_good_is_refused_line_by_line(vehicle: Client) -> None:
    answer = upload(vehicle, b"one\ntwo\n")
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/0", "/1"]


# too much at once


def test_when_too_many_wait_another_is_told_to_come_again(
    api: Api, vehicle: Client, permit: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise Overloaded(3)

    monkeypatch.setattr(api.registry.singles, "submit", full)
    answer = vehicle.post(PATH, summary(permit))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert answer.json()["code"] == "overloaded"
    assert vehicle.done(PATH, [summary(permit, 1), after(summary(permit, 2))])["accepted"] == 2
