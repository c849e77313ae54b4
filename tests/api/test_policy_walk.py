"""Every route as every role, as nobody and as the other operator answers what the table says."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from service.api.policy import PUBLIC, action_of
from service.domain.access import POLICY, Action
from service.domain.kinds import Role
from tests.api.conftest import OPERATORS, STAFF, Api, Client
from tests.api.payloads import (
    a_complete_application,
    a_published_zone,
    a_summary,
    an_active_permit,
    an_incident,
)

ROLES = {**dict.fromkeys(OPERATORS, Role.operator), **STAFF}
ADMITTED, SIGN_IN_FIRST, DENIED = "admitted", "sign in first", "denied"
ANSWERS = {401: SIGN_IN_FIRST, 403: DENIED}


ENDLESS = {"/v1/events": "/v1/events?follow=false"}
"""What would go on for ever is asked for what there is."""


def doors(app: FastAPI) -> Iterator[tuple[str, str, Action | str]]:
    """Method, path and action of every route."""
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, Mount) and route.path != app.openapi_url:
            for method in route.methods or ():
                yield method, str(route.path), action_of(route.original_route)


def tried(app: FastAPI, client: Client) -> dict[tuple[str, str], str]:
    """What the caller meets at every route; ids are of nothing, so that nothing is changed."""
    return {
        (method, path): ANSWERS.get(
            client.request(
                method, ENDLESS.get(path, path).replace("{", "no-").replace("}", "")
            ).status_code,
            ADMITTED,
        )
        for method, path, _ in doors(app)
    }


def due(app: FastAPI, role: Role) -> dict[tuple[str, str], str]:
    """What the table says that the caller meets."""
    refusal = SIGN_IN_FIRST if role is Role.public else DENIED
    return {
        (method, path): ADMITTED if action == PUBLIC or (role, action) in POLICY else refusal
        for method, path, action in doors(app)
    }


def test_there_are_routes_to_walk(api: Api) -> None:
    assert len(list(doors(api.app))) > 60


@pytest.mark.parametrize(("username", "role"), ROLES.items(), ids=ROLES)
def test_a_role_meets_what_the_table_says(api: Api, username: str, role: Role) -> None:
    assert tried(api.app, api.of(username)) == due(api.app, role)


def test_nobody_meets_what_the_table_says(api: Api) -> None:
    assert tried(api.app, api.nobody) == due(api.app, Role.public)


def test_a_vehicle_meets_what_the_table_says(api: Api) -> None:
    draft = a_complete_application(api.of("operator-a"))
    keys = f"/v1/vehicles/{draft['vehicle_ids'][0]}/keys"
    key = api.of("operator-a").made(keys, {})["key"]
    assert tried(api.app, api.with_secret(key)) == due(api.app, Role.vehicle)


def test_a_personal_token_only_reads(api: Api) -> None:
    token = api.of("police").made("/v1/me/tokens", {})["access_token"]
    met = tried(api.app, api.with_secret(token))
    allowed = {
        (method, path)
        for method, path, action in doors(api.app)
        if action == PUBLIC or ((Role.police, action) in POLICY and str(action).endswith(".read"))
    }
    assert {door for door, answer in met.items() if answer == ADMITTED} == allowed


def test_a_personal_token_is_taken_as_password_and_a_session_is_not(api: Api) -> None:
    token = api.of("auditor").made("/v1/me/tokens", {})["access_token"]
    assert api.nobody.get("/v1/journal", auth=("auditor", token)).status_code == 200
    session = ("auditor", "secret-of-auditor")
    assert api.nobody.get("/v1/journal", auth=session).status_code == 401


@pytest.fixture
def of_a(api: Api) -> dict[str, Any]:
    """One of everything that operator A has."""
    a_published_zone(api)
    operator = api.of("operator-a")
    permit = an_active_permit(api)
    vehicle_id = permit["vehicle_ids"][0]
    operator.done("/v1/telemetry/summaries", a_summary(vehicle_id, permit["id"]))
    person = {"name": "Li", "person_role": "safety_driver"}
    return {
        "application_id": permit["application_id"],
        "permit_id": permit["id"],
        "vehicle_id": vehicle_id,
        "insurance_id": permit["insurance_ids"][0],
        "person_id": operator.made("/v1/people", person)["id"],
        "incident_id": operator.made("/v1/incidents", an_incident(vehicle_id))["id"],
        "organisation_id": "organisation-a",
        "key_id": operator.made(f"/v1/vehicles/{vehicle_id}/keys", {})["id"],
    }


BODIES = {
    "fulfil": {"proof": "receipt"},
    "plate": {"plate": "x"},
    "position": {"at": "2026-01-01T00:00:00Z", "lon": 104, "lat": 30.6, "crs": "EPSG:4490"},
    "reviews": {"version": 1, "decision": "approve"},
    "confirm": {"version": 1},
}


def test_what_is_of_one_operator_does_not_exist_for_the_other(
    api: Api, of_a: dict[str, Any]
) -> None:
    other = api.of("operator-b")
    owned = [
        (method, path.format(obligation_id="first", **of_a))
        for method, path, action in doors(api.app)
        if any(f"{{{name}}}" in path for name in of_a)
        and (Role.operator, action) in POLICY
        and method not in {"PUT", "PATCH"}
    ]
    met = {
        (method, path): other.request(
            method, path, json=BODIES.get(path.rpartition("/")[2], {})
        ).status_code
        for method, path in owned
    }
    assert len(met) > 15
    assert set(met.values()) == {404}, met


def test_lists_of_one_operator_hold_nothing_of_the_other(api: Api, of_a: dict[str, Any]) -> None:
    lists = ("applications", "permits", "vehicles", "people", "insurance", "incidents")
    paths = [*(f"/v1/{name}" for name in lists), "/v1/telemetry/summaries", "/v1/statistics"]
    mine = {path: len(api.of("operator-a").get(path).json()["items"]) for path in paths}
    theirs = {path: len(api.of("operator-b").get(path).json()["items"]) for path in paths}
    assert min(mine.values()) > 0
    assert max(theirs.values()) == 0
    organisations = api.of("operator-b").get("/v1/organisations").json()["items"]
    assert [organisation["id"] for organisation in organisations] == ["organisation-b"]


def test_nothing_is_written_under_the_name_of_reading(api: Api) -> None:
    writing = {
        (path, str(action))
        for method, path, action in doors(api.app)
        if method != "GET" and (action == PUBLIC or str(action).endswith(".read"))
    }
    assert writing == {("/v1/auth/token", PUBLIC)}


def test_what_is_got_is_only_read(api: Api) -> None:
    others = {
        str(action)
        for method, _, action in doors(api.app)
        if method == "GET" and action != PUBLIC and not str(action).endswith(".read")
    }
    assert others == {Action.vehicle_key.value}
