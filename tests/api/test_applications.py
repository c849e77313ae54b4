"""Applications between operator and offices: versions, signatures, returns, confirmation."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.payloads import (
    a_complete_application,
    a_published_zone,
    a_vehicle,
    a_volume,
    an_application,
    confirmed,
    when,
)

APPROVE = {"version": 1, "decision": "approve"}


@pytest.fixture
def submitted(api: Api) -> dict[str, Any]:
    """An application of operator A that was handed in."""
    a_published_zone(api)
    draft = a_complete_application(api.of("operator-a"))
    return api.of("operator-a").done(f"/v1/applications/{draft['id']}/submit", {"version": 1})


def path_of(application: dict[str, Any]) -> str:
    return f"/v1/applications/{application['id']}"


def test_a_draft_is_its_authors_alone(api: Api) -> None:
    draft = api.of("operator-a").made("/v1/applications", an_application())
    assert draft["allowed_actions"] == ["edit", "submit", "withdraw"]
    assert api.of("industry").get(path_of(draft)).status_code == 404
    assert api.of("industry").get("/v1/applications").json()["items"] == []


def test_a_draft_tells_what_it_lacks(api: Api) -> None:
    draft = api.of("operator-a").made("/v1/applications", an_application())
    lacking = {item["pointer"] or item["document_kind"] for item in draft["missing"]}
    assert {"/vehicle_ids", "test_plan"} <= lacking
    assert all(item["message"] and item["rule_id"] for item in draft["missing"])


def test_ids_that_are_not_the_operators_are_named_one_by_one(api: Api) -> None:
    theirs = api.of("operator-b").made("/v1/vehicles", a_vehicle())["id"]
    body = an_application(vehicle_ids=[theirs, "nobody"], person_ids=["nobody"])
    errors = api.of("operator-a").post("/v1/applications", body).json()["errors"]
    assert [e["pointer"] for e in errors] == ["/vehicle_ids/0", "/vehicle_ids/1", "/person_ids/0"]


def test_what_is_handed_in_waits_for_the_managing_unit(api: Api, submitted: dict[str, Any]) -> None:
    seen = api.of("managing-unit").get(path_of(submitted)).json()
    assert (seen["state"], seen["allowed_actions"]) == ("submitted", ["review"])
    assert seen["required_reviews"][0]["role"] == "managing_unit"
    tasks = api.of("managing-unit").get("/v1/tasks").json()["items"]
    assert [task["subject"] for task in tasks] == [f"application:{submitted['id']}"]
    assert api.of("police").get(path_of(submitted)).json()["allowed_actions"] == []


def test_a_signature_shows_on_its_line(api: Api, submitted: dict[str, Any]) -> None:
    remarks = [{"pointer": "/volumes/0", "text": "Looks right."}]
    body = {**APPROVE, "remarks": remarks}
    signed = api.of("managing-unit").done(f"{path_of(submitted)}/reviews", body)
    line = signed["required_reviews"][0]
    assert (line["signed_version"], line["decision"]) == (1, "approve")
    assert line["remarks"] == remarks
    assert signed["state"] == "joint_review"


def test_an_office_signs_a_version_once(api: Api, submitted: dict[str, Any]) -> None:
    api.of("managing-unit").done(f"{path_of(submitted)}/reviews", APPROVE)
    api.of("police").done(f"{path_of(submitted)}/reviews", APPROVE)
    again = api.of("police").post(f"{path_of(submitted)}/reviews", APPROVE)
    assert (again.status_code, again.json()["code"]) == (409, "already_signed")


def test_an_office_without_a_line_has_no_say(api: Api, submitted: dict[str, Any]) -> None:
    answer = api.of("planning").post(f"{path_of(submitted)}/reviews", APPROVE)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_returned_application_is_corrected_and_handed_in_again(
    api: Api, submitted: dict[str, Any]
) -> None:
    path, operator = path_of(submitted), api.of("operator-a")
    body = {"version": 1, "decision": "return", "remarks": [{"text": "Shorten it."}]}
    api.of("managing-unit").done(f"{path}/reviews", body)
    returned = operator.get(path).json()
    assert returned["allowed_actions"] == ["edit", "resubmit", "withdraw"]
    kept = {name: returned[name] for name in ("vehicle_ids", "insurance_ids")}
    operator.put(path, an_application(valid_to=when(30), **kept), revision=1)
    again = operator.done(f"{path}/resubmit", {"version": 2})
    assert (again["state"], again["version"]) == ("submitted", 2)
    assert api.of("police").post(f"{path}/reviews", APPROVE).json()["code"] == "stale"


def test_confirming_before_everyone_has_signed_is_refused(
    api: Api, submitted: dict[str, Any]
) -> None:
    path = path_of(submitted)
    api.of("managing-unit").done(f"{path}/reviews", APPROVE)
    answer = api.of("industry").post(f"{path}/confirm", {"version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "unsigned")
    assert "Police" in answer.json()["detail"]


def test_only_the_lead_confirms(api: Api, submitted: dict[str, Any]) -> None:
    path = path_of(submitted)
    for office in ("managing-unit", "police", "transport"):
        api.of(office).done(f"{path}/reviews", APPROVE)
    assert api.of("police").post(f"{path}/confirm", {"version": 1}).status_code == 403
    assert api.of("industry").get(path).json()["allowed_actions"] == ["review", "confirm"]
    assert api.of("industry").done(f"{path}/confirm", {"version": 1})["state"] == "confirmed"


def test_of_two_for_the_same_place_only_one_is_confirmed(api: Api) -> None:
    a_published_zone(api)
    drafts = [
        (name, a_complete_application(api.of(name), volumes=[a_volume(use="exclusive")]))
        for name in ("operator-a", "operator-b")
    ]
    for name, draft in drafts:
        api.of(name).done(f"{path_of(draft)}/submit")
        for office in ("managing-unit", "police", "transport"):
            api.of(office).done(f"{path_of(draft)}/reviews", APPROVE)
    answers = [
        api.of("industry").post(f"{path_of(draft)}/confirm", {"version": 1}) for _, draft in drafts
    ]
    assert [answer.status_code for answer in answers] == [200, 409]
    blockers = answers[1].json()["findings"]
    assert [b["against"][0]["id"] for b in blockers] == [answers[0].json()["id"]]


def test_the_history_tells_the_whole_way(api: Api) -> None:
    a_published_zone(api)
    draft = a_complete_application(api.of("operator-a"))
    confirmed(api, "operator-a", draft["id"])
    lines = api.of("auditor").get(f"{path_of(draft)}/history").json()["items"]
    assert [line["action"] for line in lines] == [
        "draft",
        "submit",
        "review_approve",
        "review_approve",
        "review_approve",
        "confirm",
    ]


def test_an_application_is_taken_back(api: Api, submitted: dict[str, Any]) -> None:
    path = path_of(submitted)
    stale = api.of("operator-a").post(f"{path}/withdraw", {"version": 7})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    withdrawn = api.of("operator-a").done(f"{path}/withdraw", {"version": 1})
    assert (withdrawn["state"], withdrawn["allowed_actions"]) == ("withdrawn", [])


def test_what_lacks_fields_is_submitted_and_the_completeness_check_names_them(api: Api) -> None:
    a_published_zone(api)
    draft = api.of("operator-a").made("/v1/applications", an_application())
    path = f"/v1/applications/{draft['id']}"
    assert api.of("operator-a").done(f"{path}/submit")["state"] == "submitted"
    approve = {"version": 1, "decision": "approve"}
    answer = api.of("managing-unit").post(f"{path}/reviews", approve)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "incomplete")
    assert [error["pointer"] for error in problem["errors"]] == [
        "/vehicle_ids",
        "/insurance_ids",
        "/person_ids",
    ]
    assert all(error["code"] and error["message"] for error in problem["errors"])
    lacking = {lack["pointer"] for lack in draft["missing"] if lack["pointer"]}
    assert lacking == {"/vehicle_ids", "/insurance_ids", "/person_ids"}
