"""The story of one permit through HTTP: an opened zone, evidence, a violation, an incident."""

from tests.api.conftest import Api
from tests.api.payloads import (
    a_permit,
    a_published_zone,
    a_summary,
    an_active_permit,
    an_application,
    an_incident,
)


def test_an_application_in_an_open_zone_becomes_a_permit(api: Api) -> None:
    a_published_zone(api)
    permit = a_permit(api)
    assert permit["state"] == "confirmed"
    assert permit["vehicles"][0]["standing"] == "plate_pending"
    assert permit["allowed_actions"] == ["activate", "terminate", "revoke"]


def test_automated_driving_outside_the_permit_is_a_violation(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    vehicle_id = permit["vehicle_ids"][0]
    key = api.of("operator-a").made(f"/v1/vehicles/{vehicle_id}/keys", {})["key"]
    away = {
        "type": "LineString",
        "coordinates": [[104.30, 30.60], [104.303, 30.60], [104.306, 30.60]],
    }
    batch = [
        a_summary(vehicle_id, permit["id"], 1),
        a_summary(vehicle_id, permit["id"], 2, after_s=60, path=away),
    ]
    answer = api.with_secret(key).done("/v1/telemetry/summaries", batch)
    assert (answer["accepted"], answer["rejected"]) == (2, 0)
    assert [len(result["violations"]) > 0 for result in answer["results"]] == [False, True]
    listed = api.of("police").get("/v1/violations").json()["items"]
    assert {item["violation_kind"] for item in listed} == {"out_of_area_automated"}


def test_an_incident_starts_its_clocks(api: Api) -> None:
    a_published_zone(api)
    permit = an_active_permit(api)
    body = an_incident(*permit["vehicle_ids"], permit_id=permit["id"])
    incident = api.of("operator-a").made("/v1/incidents", body)
    assert incident["version"] == 1
    assert incident["obligations"]
    assert all(o["rule"] for o in incident["obligations"])


def test_an_application_outside_every_zone_cannot_be_submitted_and_stays_a_draft(api: Api) -> None:
    operator = api.of("operator-a")
    draft = operator.made("/v1/applications", an_application())
    refused = operator.post(f"/v1/applications/{draft['id']}/submit", {"version": 1})
    assert refused.status_code == 409
    assert [f["rule"]["id"] for f in refused.json()["findings"]] == ["sharing.zone_coverage"]
    assert operator.get(f"/v1/applications/{draft['id']}").json()["state"] == "draft"
