"""What competitors learn of each other, and what they do not (decision 13, Art. 50)."""

from typing import Any

from tests.api.conftest import Api
from tests.api.payloads import (
    a_check,
    a_permit,
    a_published_zone,
    a_restriction,
    a_square,
    a_volume,
    an_application,
)


def test_a_competitor_learns_the_overlap_and_nothing_of_the_other(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api, "operator-b", volumes=[a_volume(use="exclusive")])
    answer = api.of("operator-a").done("/v1/checks", a_check())
    finding = next(f for f in answer["findings"] if f["rule"]["id"] == "sharing.permit_exclusive")
    assert finding["against"] == [
        {"type": "permit", "id": None, "title": "another operator's permit"}
    ]
    assert finding["witness"]["type"] == "Polygon"
    assert finding["first_overlap"]["start"]
    told = str(answer)
    assert permit["number"] not in told
    assert permit["id"] not in told
    assert permit["title"] not in told


def test_an_authority_sees_whose_permit_it_is(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api, "operator-b", volumes=[a_volume(use="exclusive")])
    answer = api.of("police").done("/v1/checks", a_check())
    finding = next(f for f in answer["findings"] if f["rule"]["id"] == "sharing.permit_exclusive")
    assert finding["against"] == [{"type": "permit", "id": permit["id"], "title": permit["number"]}]


def test_a_refusal_names_no_competitor_either(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api, "operator-b", volumes=[a_volume(use="exclusive")])
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", {**_body(permit)})
    refused = operator.post(f"/v1/applications/{draft['id']}/submit")
    assert refused.status_code == 409
    assert refused.json()["findings"][0]["against"][0]["id"] is None
    assert permit["number"] not in refused.text


def test_the_public_register_shows_where_and_when_and_no_vehicle(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api)
    listed = api.nobody.get("/v1/public/permits").json()["items"]
    assert [item["number"] for item in listed] == [permit["number"]]
    assert permit["vehicle_ids"][0] not in str(listed)


def test_what_only_authorities_see_shows_neither_where_nor_what_it_is(api: Api) -> None:
    a_published_zone(api)
    radar = a_hidden_restriction(api, effect="prohibited")
    answer = api.of("operator-a").done("/v1/checks", a_check())
    (finding,) = answer["findings"]
    assert finding["against"] == [
        {"type": "restriction", "id": None, "title": "a restriction that is not public"}
    ]
    known = {
        name: value
        for name, value in finding.items()
        if value is not None and name not in ("id", "against")
    }
    assert known == {
        "severity": "blocking",
        "verdict": "conflict",
        "rule": {
            "id": "undisclosed",
            "title": "a restriction that is not public",
            "source": "",
            "article": None,
            "binding": "undisclosed",
            "verified": False,
        },
        "offices": ["police", "atc"],
        "volume_indexes": [0],
        "explanation": "Meets a restriction that is not public; ask Police, Air traffic control",
    }
    assert radar["id"] not in str(answer)
    assert (answer["verdict"], answer["may_submit"]) == ("conflict", False)


def test_how_many_hidden_places_a_volume_meets_is_not_told(api: Api) -> None:
    a_published_zone(api)
    operator, one = api.of("operator-a"), a_square(side=0.001)
    a_hidden_restriction(api, effect="requires_authorization", geometry=one)
    (before,) = operator.done("/v1/checks", a_check())["findings"]
    a_hidden_restriction(api, effect="conditional")
    assert operator.done("/v1/checks", a_check())["findings"] == [before]
    a_hidden_restriction(api, effect="prohibited", geometry=one)
    (gravest,) = operator.done("/v1/checks", a_check())["findings"]
    assert gravest["severity"] == "blocking"


def test_each_volume_that_meets_something_hidden_is_named(api: Api) -> None:
    a_published_zone(api)
    a_hidden_restriction(api, geometry=a_square(side=0.001))
    apart = [a_volume(geometry=a_square(west=104.05 + n, side=0.001)) for n in (0.02, 0.0, 0.03)]
    (finding,) = api.of("operator-a").done("/v1/checks", a_check(*apart))["findings"]
    assert finding["volume_indexes"] == [1]


def test_hidden_advice_is_for_offices_alone(api: Api) -> None:
    a_published_zone(api)
    a_hidden_restriction(api, effect="information")
    answer = api.of("operator-a").done("/v1/checks", a_check())
    assert (answer["findings"], answer["verdict"]) == ([], "clear")
    told = api.of("police").done("/v1/checks", a_check())
    assert [f["rule"]["id"] for f in told["findings"]] == ["sharing.restriction_information"]


def test_an_application_tells_its_operator_no_more_than_a_check(api: Api) -> None:
    path = an_application_beside_a_hidden_aerodrome(api)
    seen = api.of("operator-a").get(path).json()
    assert [f["rule"]["id"] for f in seen["findings"]] == ["undisclosed"]
    assert seen["findings"] == api.of("operator-a").get(f"{path}/findings").json()["items"]
    assert seen["findings"][0]["id"].startswith(seen["id"])
    assert "Aerodrome clearance area" not in seen["risk"]["reasons"]
    for told in (seen, api.of("expert").get(path).json()):
        assert not [word for word in ("erodrome", "authoriz", "radar") if word in str(told)]


def test_an_office_sees_all_of_it(api: Api) -> None:
    path = an_application_beside_a_hidden_aerodrome(api)
    seen = api.of("police").get(path).json()
    (finding,) = seen["findings"]
    assert finding["rule"]["id"] == "sharing.restriction_requires_authorization"
    assert finding["witness"]["type"] == "Polygon"
    assert "Aerodrome clearance area" in seen["risk"]["reasons"]


def test_a_refusal_tells_no_more_of_what_is_hidden(api: Api) -> None:
    a_published_zone(api)
    radar = a_hidden_restriction(api, effect="prohibited")
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", an_application())
    refused = operator.post(f"/v1/applications/{draft['id']}/submit")
    assert refused.status_code == 409
    (finding,) = refused.json()["findings"]
    assert (finding["rule"]["id"], finding["witness"]) == ("undisclosed", None)
    assert radar["id"] not in refused.text


def a_hidden_restriction(api: Api, **changes: Any) -> dict[str, Any]:
    """A restriction in force that only authorities see, in a corner of the usual volume."""
    body = {
        "name": {"zh": "雷达站", "en": "The radar"},
        "restriction_kind": "sensitive_site",
        "effect": "requires_authorization",
        "visibility": "authorities",
        "geometry": a_square(side=0.002),
        **changes,
    }
    police = api.of("police")
    drafted = police.made("/v1/restrictions", a_restriction(**body))
    return police.done(f"/v1/restrictions/{drafted['id']}/publish")


def an_application_beside_a_hidden_aerodrome(api: Api) -> str:
    """The path of a submitted application of operator A."""
    a_published_zone(api)
    a_hidden_restriction(api, restriction_kind="aerodrome_clearance_area")
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", an_application())
    path = f"/v1/applications/{draft['id']}"
    operator.done(f"{path}/submit")
    return path


def _body(permit: dict[str, object]) -> dict[str, object]:
    """An application for the place and time of a permit."""
    kept = ("domain", "phase", "supervision_mode", "valid_from", "valid_to")
    return {"title": "Mine", "volumes": [a_volume()], **{name: permit[name] for name in kept}}
