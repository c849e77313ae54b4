"""Incidents: severity, clocks, versions; whose they are and who meets which obligation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.errors import Forbidden, IllegalStep, Malformed, NotFound, Refused, Stale
from service.domain.incident import Casualties, Incident, Obligation
from service.domain.incident_kinds import (
    IncidentKind,
    IncidentSeverity,
    IncidentState,
    Liability,
    TimePrecision,
)
from service.domain.kinds import Domain, Role, VehicleKind
from service.usecases import incidents
from service.usecases.ports import Query
from tests.builders import NOW, a_content, a_permit, a_vehicle, some_facts
from tests.usecases.desk import EXPERT, INDUSTRY, POLICE, A, B, Desk
from tests.usecases.desk import a_desk as a_bare_desk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEVER, EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def a_desk(*things: Any) -> Desk:
    """Ten minutes after NOW, with a permit of either operator."""
    permits = (
        a_permit(id=f"permit-{name}", organisation_id=f"organisation-{name}") for name in "ab"
    )
    desk = a_bare_desk(*permits, *things)
    desk.later(minutes=10)
    return desk


def report(desk: Desk, actor: Any = A, **facts: Any) -> Incident:
    return desk.do(incidents.report, actor, some_facts(**facts))


def owed(incident: Incident) -> dict[str, Obligation]:
    return {obligation.rule_id: obligation for obligation in incident.obligations}


def revised(desk: Desk, incident: Incident, actor: Any = A, **facts: Any) -> Incident:
    changed = replace(incident.facts, **facts)
    return desk.do(incidents.revise, actor, incident.id, changed, incident.version)


# severity and clocks


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({"casualties": Casualties(), "loss_cny": None}, IncidentSeverity.no_harm),
        ({"casualties": Casualties(), "loss_cny": 900.0}, IncidentSeverity.property_only),
        ({"casualties": Casualties(minor_injuries=1)}, IncidentSeverity.ordinary),
        ({"casualties": Casualties(deaths=3)}, IncidentSeverity.larger),
        ({"casualties": Casualties(serious_injuries=50)}, IncidentSeverity.major),
        ({"casualties": Casualties(deaths=30)}, IncidentSeverity.extraordinary),
    ],
)
def test_the_harm_decides_the_severity(facts: dict[str, Any], severity: IncidentSeverity) -> None:
    assert report(a_desk(), **facts).severity is severity


def test_every_clock_starts_with_its_own_event() -> None:
    incident = report(a_desk(), casualties=Casualties(serious_injuries=1))
    clocks = owed(incident)
    discovered, reported = NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)
    assert clocks["icv.police_immediate"].due_at == NOW + timedelta(minutes=30)
    assert clocks["icv.report"].due_at == NOW + 24 * HOUR
    assert clocks["ws.unit_head_to_county"].due_at == discovered + HOUR
    assert clocks["ws.each_level"].due_at == reported + 2 * HOUR
    assert clocks["ws.toll_update_road"].due_at == NOW + timedelta(days=7)
    assert not clocks["icv.report"].provisional


def test_working_days_wait_for_the_end_of_the_holiday() -> None:
    incident = report(a_desk(), casualties=Casualties(deaths=1))
    due_at = owed(incident)["icv.dept_to_ministries"].due_at
    assert due_at is not None
    assert due_at.isoformat() == "2026-10-11T00:00:00+08:00"


def test_a_clock_whose_event_is_not_known_has_not_started() -> None:
    waiting = owed(report(a_desk()))["icv.liability_report"]
    assert waiting.due_at is None
    assert waiting.provisional


def test_an_accident_in_the_air_has_the_clocks_of_the_air() -> None:
    drone = a_vehicle(id="drone", domain=Domain.air, vehicle_kind=VehicleKind.multirotor)
    flight = a_permit(id="flight", content=a_content(domain=Domain.air))
    desk = a_desk(drone, flight)
    by_vehicle = report(desk, vehicle_ids=("drone",), permit_id=None)
    by_permit = report(desk, vehicle_ids=(), permit_id="flight")
    assert "uas.safety_report" in owed(by_vehicle)
    assert "uas.safety_report" in owed(by_permit)
    assert "icv.police_immediate" not in owed(by_vehicle)


def test_a_grave_accident_proposes_to_suspend_unless_the_test_side_is_free_of_blame() -> None:
    grave = {"casualties": Casualties(deaths=1)}
    unknown, blameless = (
        report(a_desk(), **grave),
        report(a_desk(), **grave, liability=Liability.none),
    )
    liable = report(a_desk(), **grave, liability=Liability.main)
    assert unknown.suspension_proposals == ("suspend.grave_accident",)
    assert blameless.suspension_proposals == ()
    assert set(liable.suspension_proposals) == {"suspend.grave_accident", "suspend.liable_accident"}


def test_a_vehicle_destroyed_is_grave_without_a_flag() -> None:
    loss = report(a_desk(), incident_kind=IncidentKind.vehicle_loss, casualties=Casualties())
    assert "icv.report" in owed(loss)


# whose


def test_an_incident_belongs_to_the_organisation_whose_test_it_was() -> None:
    desk = a_desk()
    assert report(desk).organisation_id == "organisation-a"
    by_police = report(desk, POLICE, vehicle_ids=("vehicle-b",), permit_id=None)
    assert by_police.organisation_id == "organisation-b"
    of_nothing_named = report(desk, A, vehicle_ids=(), permit_id=None)
    assert of_nothing_named.organisation_id == "organisation-a"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"vehicle_ids": ("vehicle-b",)}, "/vehicle_ids/0"),
        ({"vehicle_ids": ("vehicle-a", "nothing")}, "/vehicle_ids/1"),
        ({"permit_id": "permit-b"}, "/permit_id"),
        ({"permit_id": "nothing"}, "/permit_id"),
    ],
)
def test_what_is_anothers_looks_absent(facts: dict[str, Any], pointer: str) -> None:
    desk = a_desk()
    with pytest.raises(Malformed) as refused:
        report(desk, **facts)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [(pointer, "unknown")]
    mine = report(desk)
    with pytest.raises(Malformed):
        revised(desk, mine, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"vehicle_ids": (), "permit_id": None},
        {"vehicle_ids": ("vehicle-a", "vehicle-b"), "permit_id": None},
        {"vehicle_ids": ("vehicle-a",), "permit_id": "permit-b"},
    ],
)
def test_an_office_names_things_of_one_organisation(facts: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as refused:
        report(a_desk(), POLICE, **facts)
    assert [p.code for p in refused.value.problems] == ["organisation_unclear"]


def test_an_incident_does_not_change_hands() -> None:
    desk = a_desk()
    mine = report(desk)
    with pytest.raises(Malformed):
        revised(desk, mine, POLICE, vehicle_ids=("vehicle-b",), permit_id=None)
    assert revised(desk, mine, POLICE, vehicle_ids=(), permit_id=None).organisation_id == (
        "organisation-a"
    )


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"occurred_at": NOW + HOUR}, "/occurred_at in_the_future"),
        ({"discovered_at": NOW + HOUR}, "/discovered_at in_the_future"),
        ({"discovered_at": EVER}, "/discovered_at in_the_future"),
        ({"occurred_at": NOW - 3651 * DAY}, "/occurred_at too_long_ago"),
        ({"occurred_at": NEVER}, "/occurred_at too_long_ago"),
        ({"discovered_at": NOW - HOUR}, "/discovered_at before_occurrence"),
        (
            {"discovered_at": NOW - 2 * HOUR, "occurred_precision": TimePrecision.hour},
            "/discovered_at before_occurrence",
        ),
    ],
)
def test_times_that_cannot_be_are_refused(facts: dict[str, Any], told: str) -> None:
    desk = a_desk()
    with pytest.raises(Malformed) as refused:
        report(desk, **facts)
    assert told in [f"{p.pointer} {p.code}" for p in refused.value.problems]
    mine = report(desk)
    with pytest.raises(Malformed):
        revised(desk, mine, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"occurred_at": NOW + timedelta(minutes=12), "discovered_at": NOW + timedelta(minutes=12)},
        {"occurred_at": NOW - 3649 * DAY},
        {"discovered_at": NOW - HOUR, "occurred_precision": TimePrecision.hour},
        {"discovered_at": NOW - 20 * DAY, "occurred_precision": TimePrecision.month},
    ],
)
def test_clocks_may_differ_and_times_be_vague(facts: dict[str, Any]) -> None:
    assert report(a_desk(), **facts).version == 1


def test_a_vague_time_starts_no_clock_after_the_discovery() -> None:
    vague = {"discovered_at": NOW - HOUR, "occurred_precision": TimePrecision.day}
    clocks = owed(report(a_desk(), **vague))
    assert clocks["icv.police_immediate"].due_at == NOW - HOUR + timedelta(minutes=30)


def test_no_revision_moves_the_discovery_beyond_the_report() -> None:
    desk = a_desk()
    first = report(desk, casualties=Casualties(serious_injuries=1))
    desk.later(days=3)
    second = revised(desk, first, discovered_at=desk.now)
    assert owed(second)["ws.unit_head_to_county"].due_at == first.reported_at + HOUR


def test_an_activity_that_nobody_registered_is_unknown() -> None:
    with pytest.raises(Malformed) as refused:
        report(a_desk(), activity_id="nope")
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/activity_id", "unknown")]


def test_an_expert_reports_nothing() -> None:
    with pytest.raises(Forbidden):
        report(a_desk(), EXPERT)


def test_another_operators_incident_is_not_there() -> None:
    desk = a_desk()
    mine = report(desk)
    with pytest.raises(NotFound):
        desk.ask(incidents.get, B, mine.id)
    with pytest.raises(NotFound):
        revised(desk, mine, B)
    assert desk.ask(incidents.page, B, Query()).items == ()
    assert len(desk.ask(incidents.page, EXPERT, Query()).items) == 1


# versions


def test_a_revision_is_the_next_version_and_judged_anew() -> None:
    desk = a_desk()
    first = report(desk)
    second = revised(desk, first, casualties=Casualties(deaths=3))
    assert (second.version, second.severity) == (2, IncidentSeverity.larger)
    assert "icv.report" in owed(second)
    with pytest.raises(Stale):
        revised(desk, first)


def test_what_is_owed_keeps_its_name_and_its_clock_through_versions() -> None:
    desk = a_desk()
    first = report(desk)
    desk.later(hours=5)
    second = revised(desk, first, narrative="补充")
    assert second.obligations == first.obligations
    assert second.reported_at == first.reported_at


def test_a_corrected_time_moves_the_clocks_that_count_from_it() -> None:
    desk = a_desk()
    first = report(desk)
    second = revised(desk, first, occurred_at=NOW - HOUR)
    before, after = (owed(incident)["icv.police_immediate"] for incident in (first, second))
    assert after.id == before.id
    assert after.due_at == NOW - HOUR + timedelta(minutes=30)


def test_the_liability_finding_starts_its_clock_once() -> None:
    desk = a_desk()
    desk.now = NOW + timedelta(days=12)
    found = revised(desk, report(desk), liability=Liability.partial)
    due_at = owed(found)["icv.liability_report"].due_at
    assert due_at is not None
    assert due_at.isoformat() == "2026-10-21T00:00:00+08:00"
    desk.later(days=3)
    again = revised(desk, found, liability=Liability.main)
    assert owed(again)["icv.liability_report"].due_at == due_at


def test_what_was_met_stays_met_even_when_it_is_no_longer_owed() -> None:
    desk = a_desk()
    grave = report(desk, casualties=Casualties(serious_injuries=1))
    done = owed(grave)["icv.report"]
    met = desk.do(incidents.fulfil, A, grave.id, done.id, "回执 17")
    slight = revised(desk, met, casualties=Casualties(minor_injuries=1))
    kept = owed(slight)["icv.report"]
    assert (kept.id, kept.proof, kept.fulfilled_at) == (done.id, "回执 17", desk.now)
    assert "icv.dept_to_ministries" not in owed(slight)


# meeting obligations and closing


def test_an_operator_meets_its_own_obligation_with_a_proof() -> None:
    desk = a_desk()
    incident = report(desk)
    first = owed(incident)["icv.police_immediate"]
    met = desk.do(incidents.fulfil, A, incident.id, first.id, "报警回执")
    assert owed(met)["icv.police_immediate"].proof == "报警回执"
    assert desk.committed.incidents.get(incident.id) == met


def test_an_operator_does_not_meet_an_offices_obligation() -> None:
    desk = a_desk()
    incident = report(desk, casualties=Casualties(deaths=1))
    offices = owed(incident)["icv.dept_to_ministries"]
    assert offices.owner is Role.industry
    with pytest.raises(Forbidden):
        desk.do(incidents.fulfil, A, incident.id, offices.id, "自称已报")
    assert desk.do(incidents.fulfil, INDUSTRY, incident.id, offices.id, "部委回执")


def test_an_obligation_nobody_has_is_not_found() -> None:
    desk = a_desk()
    with pytest.raises(NotFound):
        desk.do(incidents.fulfil, A, report(desk).id, "nothing", "回执")


def settled(desk: Desk) -> Incident:
    incident = report(desk, incident_kind=IncidentKind.near_miss, casualties=Casualties())
    assert not [o for o in incident.obligations if o.is_running]
    return incident


def test_an_incident_is_closed_by_an_office_once_no_clock_runs() -> None:
    desk = a_desk()
    closed = desk.do(incidents.close, POLICE, settled(desk).id)
    assert closed.state is IncidentState.closed
    with pytest.raises(IllegalStep):
        desk.do(incidents.close, POLICE, closed.id)
    with pytest.raises(Refused):
        revised(desk, closed)


def test_an_incident_with_a_running_clock_stays_open() -> None:
    desk = a_desk()
    with pytest.raises(Refused) as refused:
        desk.do(incidents.close, POLICE, report(desk).id)
    assert refused.value.code == "open_obligations"


def test_an_operator_closes_nothing() -> None:
    desk = a_desk()
    with pytest.raises(Forbidden):
        desk.do(incidents.close, A, settled(desk).id)


def test_facts_are_kept_as_they_were_told() -> None:
    desk = a_desk()
    incident = report(desk)
    assert desk.committed.incidents.get(incident.id).facts == some_facts()
