"""What competitors learn of each other, and what they do not (decision 13, Art. 50)."""

from tests.api.conftest import Api
from tests.api.payloads import a_check, a_permit, a_published_zone, a_volume


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


def _body(permit: dict[str, object]) -> dict[str, object]:
    """An application for the place and time of a permit."""
    kept = ("domain", "phase", "supervision_mode", "valid_from", "valid_to")
    return {"title": "Mine", "volumes": [a_volume()], **{name: permit[name] for name in kept}}
