"""Creating once and editing what one has seen: Idempotency-Key, ETag and If-Match."""

import pytest

from service.wire.applications import ApplicationOut
from service.wire.common import Output, Returned
from service.wire.content import ApplicationIn
from service.wire.restrictions import RestrictionIn, RestrictionOut
from service.wire.vehicles import VehicleIn, VehicleOut
from service.wire.volumes import VolumeIn, VolumeOut
from service.wire.zones import ZoneIn, ZoneOut
from tests.api.conftest import Api
from tests.api.payloads import (
    a_published_zone,
    a_restriction,
    a_square,
    a_vehicle,
    a_volume,
    a_zone,
    an_application,
    when,
)

KEY = {"Idempotency-Key": "3f1c"}


def test_the_same_key_and_body_get_the_same_answer_and_create_once(api: Api) -> None:
    operator = api.of("operator-a")
    first = operator.post("/v1/vehicles", a_vehicle(), headers=KEY)
    again = operator.post("/v1/vehicles", a_vehicle(), headers=KEY)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (again.headers["etag"], again.headers["location"]) == (
        '"1"',
        f"/v1/vehicles/{first.json()['id']}",
    )
    assert len(operator.get("/v1/vehicles").json()["items"]) == 1


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    operator = api.of("operator-a")
    operator.post("/v1/vehicles", a_vehicle(), headers=KEY)
    answer = operator.post("/v1/vehicles", a_vehicle(model="Two"), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_keys_of_two_callers_are_two_keys(api: Api) -> None:
    mine = api.of("operator-a").post("/v1/vehicles", a_vehicle(), headers=KEY).json()
    theirs = api.of("operator-b").post("/v1/vehicles", a_vehicle(), headers=KEY).json()
    assert mine["id"] != theirs["id"]


def test_a_refused_request_may_be_tried_again_under_its_key(api: Api) -> None:
    operator = api.of("operator-a")
    wrong = operator.post("/v1/applications", an_application(vehicle_ids=["nobody"]), headers=KEY)
    right = operator.post("/v1/applications", an_application(), headers=KEY)
    assert (wrong.status_code, right.status_code) == (422, 201)


def test_an_edit_names_the_revision_it_is_based_on(api: Api) -> None:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone())
    path = f"/v1/zones/{zone['id']}"
    edited = office.put(path, a_zone(max_concurrent_vehicles=4), revision=1)
    assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
    assert office.get(path).json()["max_concurrent_vehicles"] == 4


def test_an_edit_without_if_match_is_refused(api: Api) -> None:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone())
    answer = office.request("PUT", f"/v1/zones/{zone['id']}", json=a_zone())
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")


def test_an_edit_of_what_has_changed_is_refused_and_tells_both_revisions(api: Api) -> None:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone())
    path = f"/v1/zones/{zone['id']}"
    office.put(path, a_zone(), revision=1)
    answer = office.put(path, a_zone(), revision=1)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (412, "stale")
    assert (told["current"], told["given"]) == (2, 1)


def test_a_tag_that_was_never_given_matches_nothing(api: Api) -> None:
    office = api.of("transport")
    zone = office.made("/v1/zones", a_zone())
    answer = office.request(
        "PUT", f"/v1/zones/{zone['id']}", json=a_zone(), headers={"If-Match": '"tag"'}
    )
    assert answer.status_code == 412


def test_an_application_is_edited_version_by_version(api: Api) -> None:
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", an_application())
    path = f"/v1/applications/{draft['id']}"
    edited = operator.put(path, an_application(title="Shorter", valid_to=when(30)), revision=1)
    assert (edited.json()["version"], edited.headers["etag"]) == (2, '"2"')


def test_a_stale_version_in_a_body_is_a_conflict(api: Api) -> None:
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", an_application())
    path = f"/v1/applications/{draft['id']}"
    operator.put(path, an_application(title="Other"), revision=1)
    answer = operator.post(f"{path}/submit", {"version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


# what was read, edited and sent back


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (ApplicationIn, ApplicationOut),
        (VolumeIn, VolumeOut),
        (ZoneIn, ZoneOut),
        (RestrictionIn, RestrictionOut),
        (VehicleIn, VehicleOut),
    ],
)
def test_all_that_is_shown_may_be_sent_back(sent: type[Returned], shown: type[Output]) -> None:
    assert shown.model_fields.keys() == sent.model_fields.keys() | sent.unread


def test_an_application_is_edited_as_it_was_read(api: Api) -> None:
    zone = a_published_zone(api)
    operator = api.of("operator-a")
    weekly = [{"days": ["MO"], "from": "22:00", "to": "05:00"}]
    hours = {"start": when(1), "end": when(60), "weekly": weekly}
    volumes = [
        a_volume(schedule=hours),
        a_volume(geometry=None, crs=None, zone_id=zone["id"]),
        a_volume(geometry={"type": "Point", "coordinates": [104.06, 30.61]}, radius_m=50),
    ]
    draft = operator.made("/v1/applications", an_application(volumes=volumes))
    path = f"/v1/applications/{draft['id']}"
    read = operator.get(path).json()
    edited = operator.put(path, {**read, "title": "Another title"}, revision=1)
    assert edited.status_code == 200, edited.text
    shown = edited.json()
    assert (shown["title"], shown["version"]) == ("Another title", 2)
    kept = set(VolumeOut.model_fields) - {"declared"}
    for before, after in zip(read["volumes"], shown["volumes"], strict=True):
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert shown["volumes"][1]["declared"] is None


def test_what_nobody_knows_is_refused_all_the_same(api: Api) -> None:
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", an_application())
    read = operator.get(f"/v1/applications/{draft['id']}").json()
    answer = operator.put(f"/v1/applications/{draft['id']}", {**read, "colour": "red"}, revision=1)
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/colour"]


def test_a_place_beside_a_zone_must_be_the_zones(api: Api) -> None:
    zone = a_published_zone(api)
    body = an_application(volumes=[a_volume(zone_id=zone["id"], geometry=a_square(side=0.02))])
    refused = api.of("operator-a").post("/v1/applications", body)
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("/volumes/0/geometry", "zone_or_geometry")
    ]


def test_a_zone_is_edited_as_it_was_read(api: Api) -> None:
    office = api.of("transport")
    path = f"/v1/zones/{office.made('/v1/zones', a_zone())['id']}"
    read = office.get(path).json()
    edited = office.put(path, {**read, "max_concurrent_vehicles": 4}, revision=1)
    assert (edited.status_code, edited.json()["max_concurrent_vehicles"]) == (200, 4)


def test_a_restriction_and_a_vehicle_are_edited_as_they_were_read(api: Api) -> None:
    office, operator = api.of("police"), api.of("operator-a")
    works = f"/v1/restrictions/{office.made('/v1/restrictions', a_restriction())['id']}"
    assert office.put(works, office.get(works).json(), revision=1).status_code == 200
    car = f"/v1/vehicles/{operator.made('/v1/vehicles', a_vehicle())['id']}"
    assert operator.put(car, operator.get(car).json(), revision=1).status_code == 200
