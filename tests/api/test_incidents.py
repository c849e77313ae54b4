"""Incidents: versions, obligations and their clocks, closing."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.payloads import a_vehicle, an_incident, when


@pytest.fixture
def incident(api: Api) -> dict[str, Any]:
    """An incident with a vehicle of operator A."""
    operator = api.of("operator-a")
    vehicle = operator.made("/v1/vehicles", a_vehicle())
    return operator.made("/v1/incidents", an_incident(vehicle["id"]))


def test_a_report_comes_back_with_what_it_started(incident: dict[str, Any]) -> None:
    assert (incident["state"], incident["version"]) == ("reported", 1)
    assert incident["place"]["geometry"] == {"type": "Point", "coordinates": [104.06, 30.61]}
    assert incident["external_ids"] == {"police": "2026-1"}
    assert all(o["to"] and o["owner"] for o in incident["obligations"])


def test_a_patch_makes_a_new_version_of_the_fields_sent(api: Api, incident: dict[str, Any]) -> None:
    path, operator = f"/v1/incidents/{incident['id']}", api.of("operator-a")
    answer = operator.request(
        "PATCH",
        path,
        json={"casualties": {"deaths": 3}, "preliminary": False},
        headers={"If-Match": '"1"'},
    )
    revised = answer.json()
    assert (answer.status_code, revised["version"], answer.headers["etag"]) == (200, 2, '"2"')
    assert revised["casualties"] == {"deaths": 3, "serious_injuries": 0, "minor_injuries": 0}
    assert revised["narrative"] == incident["narrative"]
    assert revised["severity"] != incident["severity"]


@pytest.mark.parametrize(
    ("patch", "pointer", "code"),
    [
        ({"narrative": ""}, "/narrative", "string_too_short"),
        ({"colour": "red"}, "/colour", "extra_forbidden"),
        ({"discovered_at": when(-3)}, "/discovered_at", "before_occurrence"),
        (
            {"place": {"precision": "point", "text": "there", "geometry": {"type": "Point"}}},
            "/place/crs",
            "crs_required",
        ),
    ],
)
def test_a_patch_that_does_not_fit_is_refused_by_its_place(
    api: Api, incident: dict[str, Any], patch: dict[str, Any], pointer: str, code: str
) -> None:
    before = api.head()
    headers = {"If-Match": '"1"'}
    path = f"/v1/incidents/{incident['id']}"
    answer = api.of("operator-a").request("PATCH", path, json=patch, headers=headers)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, pointer, code)
    assert api.head() == before


def test_it_is_closed_once_every_obligation_is_met(api: Api, incident: dict[str, Any]) -> None:
    path, office = f"/v1/incidents/{incident['id']}", api.of("industry")
    refused = office.post(f"{path}/close")
    assert (refused.status_code, refused.json()["code"]) == (409, "open_obligations")
    for obligation in incident["obligations"]:
        office.done(f"{path}/obligations/{obligation['id']}/fulfil", {"proof": "Receipt 7"})
    closed = office.done(f"{path}/close")
    assert (closed["state"], closed["allowed_actions"]) == ("closed", [])


@pytest.mark.parametrize(
    ("facts", "pointer", "code"),
    [
        ({"discovered_at": "9999-12-31T23:59:59Z"}, "/discovered_at", "in_the_future"),
        ({"discovered_at": when(3)}, "/discovered_at", "in_the_future"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "/occurred_at", "too_long_ago"),
        ({"activity_id": "nope"}, "/activity_id", "unknown"),
        ({"loss_cny": 1e308}, "/loss_cny", "less_than_equal"),
        ({"casualties": {"deaths": 2**53 - 1}}, "/casualties/deaths", "less_than_equal"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(
    api: Api, facts: dict[str, Any], pointer: str, code: str
) -> None:
    vehicle = api.of("operator-a").made("/v1/vehicles", a_vehicle())
    answer = api.of("operator-a").post("/v1/incidents", an_incident(vehicle["id"], **facts))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


def test_what_lies_in_the_future_has_not_happened(api: Api) -> None:
    vehicle = api.of("operator-a").made("/v1/vehicles", a_vehicle())
    body = an_incident(vehicle["id"], occurred_at=when(2), discovered_at=when(3))
    errors = api.of("operator-a").post("/v1/incidents", body).json()["errors"]
    assert (errors[0]["pointer"], errors[0]["code"]) == ("/occurred_at", "in_the_future")
