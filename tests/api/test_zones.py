"""Zones and restrictions: who opens and closes places, and whom that touches."""

from tests.api.conftest import Api
from tests.api.payloads import (
    a_permit,
    a_published_zone,
    a_restriction,
    a_square,
    a_zone,
    an_application,
)

FAR = 104.4


def test_a_zone_is_opened_in_three_steps(api: Api) -> None:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone())
    assert (zone["state"], zone["allowed_actions"]) == ("proposed", ["edit", "assess", "withdraw"])
    assessed = office.done(f"/v1/zones/{zone['id']}/assess")
    assert assessed["state"] == "assessed"
    assert office.done(f"/v1/zones/{zone['id']}/publish")["state"] == "published"


def test_a_step_that_the_state_has_not_is_refused_with_those_it_has(api: Api) -> None:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone())
    answer = office.post(f"/v1/zones/{zone['id']}/publish")
    told = answer.json()
    assert (answer.status_code, told["code"], told["state"]) == (409, "illegal_step", "proposed")
    assert "assess" in told["allowed"]


def test_a_published_zone_is_not_edited(api: Api) -> None:
    zone = a_published_zone(api)
    answer = api.of("transport").put(f"/v1/zones/{zone['id']}", a_zone(), revision=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_step")


def test_a_proposed_zone_is_not_there_for_operators_and_the_public(api: Api) -> None:
    zone = api.of("transport").made("/v1/zones", a_zone())
    assert api.of("operator-a").get(f"/v1/zones/{zone['id']}").status_code == 404
    assert api.nobody.get("/v1/zones").json()["items"] == []


def test_a_zone_on_roads_that_are_unknown_is_refused_road_by_road(api: Api) -> None:
    body = a_zone(zone_kind="urban_road", road_ids=["r1", "r2"])
    del body["geometry"], body["crs"]
    errors = api.of("transport").post("/v1/zones", body).json()["errors"]
    assert [(e["pointer"], e["code"]) for e in errors] == [
        ("/road_ids/0", "road_unknown"),
        ("/road_ids/1", "road_unknown"),
    ]


def test_an_air_zone_needs_its_altitudes(api: Api) -> None:
    body = a_zone(zone_kind="low_altitude_area", phases_open=["flight_trial"])
    errors = api.of("atc").post("/v1/zones", body).json()["errors"]
    assert ("/altitude", "altitude_required") in [(e["pointer"], e["code"]) for e in errors]
    band = {"lower": 0, "upper": 120, "unit": "m", "reference": "AGL"}
    zone = api.of("atc").made("/v1/zones", {**body, "altitude": band})
    assert zone["altitude"] == {"lower": 0, "upper": 120, "unit": "m", "reference": "AGL"}


def test_withdrawing_a_zone_touches_the_permits_in_it(api: Api) -> None:
    zone, elsewhere = a_published_zone(api), a_published_zone(api, geometry=a_square(west=FAR))
    permit = a_permit(api)
    office = api.of("transport")
    affected = office.get(f"/v1/zones/{zone['id']}/affected").json()["items"]
    assert [item["id"] for item in affected] == [permit["id"]]
    assert office.get(f"/v1/zones/{elsewhere['id']}/affected").json()["items"] == []


def test_a_restriction_in_force_blocks_what_enters_it(api: Api) -> None:
    a_published_zone(api)
    office = api.of("police")
    restriction = office.made("/v1/restrictions", a_restriction(geometry=a_square()))
    assert (restriction["state"], restriction["levels"]) == ("draft", "all")
    office.done(f"/v1/restrictions/{restriction['id']}/publish")
    permit_less = api.of("operator-a").made("/v1/applications", an_application())
    answer = api.of("operator-a").post(f"/v1/applications/{permit_less['id']}/submit")
    rules = [finding["rule"]["id"] for finding in answer.json()["findings"]]
    assert (answer.status_code, rules) == (409, ["sharing.restriction_prohibited"])


def test_a_restriction_tells_beforehand_which_permits_it_hits(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api)
    office = api.of("police")
    restriction = office.made("/v1/restrictions", a_restriction(geometry=a_square()))
    affected = office.get(f"/v1/restrictions/{restriction['id']}/affected").json()["items"]
    assert [item["id"] for item in affected] == [permit["id"]]


def test_a_restriction_for_authorities_is_not_there_for_others(api: Api) -> None:
    office = api.of("police")
    body = a_restriction(visibility="authorities", restriction_kind="sensitive_site")
    restriction = office.made("/v1/restrictions", body)
    path = f"/v1/restrictions/{restriction['id']}"
    office.done(f"{path}/publish")
    assert api.of("transport").get(path).status_code == 200
    assert api.of("operator-a").get(path).status_code == 404
    assert api.nobody.get(path).status_code == 404
    assert api.nobody.get("/v1/restrictions").json()["items"] == []


def test_levels_of_a_restriction_come_back_as_sent(api: Api) -> None:
    restriction = api.of("police").made("/v1/restrictions", a_restriction(levels=[1, 0]))
    assert restriction["levels"] == [0, 1]
