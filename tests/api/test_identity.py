"""Signing in, who one is, and keys of vehicles."""

import pytest

from tests.api.conftest import PASSWORD, Api
from tests.api.payloads import a_vehicle


def test_the_right_password_opens_a_session(api: Api) -> None:
    form = {"grant_type": "password", "username": "police", "password": PASSWORD}
    token = api.nobody.request("POST", "/v1/auth/token", data=form).json()
    assert (token["token_type"], token["expires_in"] > 0) == ("bearer", True)
    me = api.with_secret(token["access_token"]).get("/v1/me").json()
    assert (me["username"], me["roles"]) == ("police", ["police"])


@pytest.mark.parametrize("username", ["police", "nobody-of-that-name"])
def test_a_wrong_password_and_a_wrong_name_look_alike(api: Api, username: str) -> None:
    form = {"grant_type": "password", "username": username, "password": "wrong"}
    answer = api.nobody.request("POST", "/v1/auth/token", data=form)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_too_many_failures_have_to_wait(api: Api) -> None:
    form = {"grant_type": "password", "username": "atc", "password": "wrong"}
    answers = [api.nobody.request("POST", "/v1/auth/token", data=form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer", "Basic %%%", "Basic YTpi", "Digest x", "Bearer \u00e9"]
)
def test_a_proof_that_proves_nothing_is_refused(api: Api, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    answer = api.nobody.get("/v1/zones", headers=headers)
    assert answer.status_code == 401


def test_an_operator_is_told_what_it_may_begin(api: Api) -> None:
    me = api.of("operator-a").get("/v1/me").json()
    assert me["organisation"]["id"] == "organisation-a"
    assert "application.create" in me["allowed_actions"]
    assert "zone.create" not in me["allowed_actions"]


def test_a_key_is_shown_once_and_works_until_it_is_revoked(api: Api) -> None:
    operator = api.of("operator-a")
    vehicle = operator.made("/v1/vehicles", a_vehicle())
    keys = f"/v1/vehicles/{vehicle['id']}/keys"
    issued = operator.made(keys, {})
    itself = api.with_secret(issued["key"])
    assert itself.get(f"/v1/vehicles/{vehicle['id']}").status_code == 200
    assert "key" not in operator.get(keys).json()["items"][0]
    operator.request("DELETE", f"{keys}/{issued['id']}")
    assert itself.get(f"/v1/vehicles/{vehicle['id']}").status_code == 401


def test_two_keys_are_valid_at_once_and_no_third(api: Api) -> None:
    operator = api.of("operator-a")
    keys = f"/v1/vehicles/{operator.made('/v1/vehicles', a_vehicle())['id']}/keys"
    answers = [operator.post(keys).status_code for _ in range(3)]
    assert answers == [201, 201, 409]
