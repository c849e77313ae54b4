"""What anyone may ask: codes, rules, the jurisdiction, health, and the description of the API."""

from typing import Any

import pytest

from service.domain.kinds import ZoneKind
from tests.api.conftest import Api


def test_every_code_has_both_titles(api: Api) -> None:
    sets = api.nobody.get("/v1/kinds").json()["sets"]
    assert [row["code"] for row in sets["zone_kind"]] == [kind.value for kind in ZoneKind]
    assert all(row["title"]["zh"] and row["title"]["en"] for rows in sets.values() for row in rows)
    assert {row["domain"] for row in sets["phase"]} == {"ground", "air"}


def test_rules_tell_their_source_and_whether_they_are_verified(api: Api) -> None:
    rules = api.nobody.get("/v1/rules", headers={"Accept-Language": "zh-CN"}).json()["items"]
    assert all(rule["source"]["id"] for rule in rules)
    unverified = [rule for rule in rules if not rule["verified"]]
    assert {rule["mark"] for rule in unverified} <= {"未核实", "项目默认值，未核实"}


def test_one_rule_is_found_by_its_id(api: Api) -> None:
    rule = api.nobody.get("/v1/rules/limit.insurance_cny").json()
    assert rule["params"]["value"] == 5_000_000


def test_the_jurisdiction_is_told_before_anyone_signs_in(api: Api) -> None:
    told = api.nobody.get("/v1/jurisdiction").json()
    assert told["time_zone"] == "Asia/Shanghai"
    west, south, east, north = told["extent"]
    assert west < 104 < east
    assert south < 30.6 < north


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_migrated_service_is_alive_and_ready(api: Api, path: str) -> None:
    assert api.nobody.get(path).status_code == 200


def test_every_operation_says_how_it_may_refuse(api: Api) -> None:
    document: dict[str, Any] = api.nobody.get("/openapi.json").json()
    operations = [op for methods in document["paths"].values() for op in methods.values()]
    guarded = [op for op in operations if op["x-action"] != "public"]
    assert all({"401", "403"} <= set(op["responses"]) for op in guarded)
    assert all({"400", "422"} <= set(op["responses"]) for op in operations if "requestBody" in op)
    assert len({op["operationId"] for op in operations}) == len(operations)


def test_the_documentation_page_needs_no_other_host(api: Api) -> None:
    page = api.nobody.get("/docs")
    assert "/v1/applications/{application_id}/confirm" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script" not in page.text


def test_the_map_is_served_under_a_strict_policy(api: Api) -> None:
    page = api.nobody.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in page.headers["content-security-policy"]


def test_an_unknown_path_is_a_problem(api: Api) -> None:
    answer = api.nobody.get("/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_a_path_has_not_is_refused_with_those_it_has(api: Api) -> None:
    answer = api.of("transport").request("DELETE", "/v1/zones")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_a_body_of_another_kind_is_refused(api: Api) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = api.of("transport").request("POST", "/v1/zones", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    content = b" " * (9 << 20)
    answer = api.of("transport").request("POST", "/v1/zones", content=content, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
