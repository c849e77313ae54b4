"""What is asked, allowed and befalls: applications, permits, violations, incidents, imports."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shapely import Point

from geo.text import Text
from service.domain.application import Application, Content
from service.domain.errors import Problem
from service.domain.evidence import Violation
from service.domain.importing import ImportedItem, ImportKind, ImportOutcome, ImportReport
from service.domain.incident import Casualties, Facts, Incident, Obligation, Place
from service.domain.incident_kinds import (
    IncidentKind,
    IncidentSeverity,
    IncidentState,
    PlacePrecision,
    TimePrecision,
)
from service.domain.kinds import (
    ApplicationState,
    ControlMode,
    Domain,
    PermitState,
    Phase,
    Role,
    Standing,
    SupervisionMode,
    ViolationKind,
)
from service.domain.permit import Permit, PermitVehicle
from tests.builders.basics import LAT, LON, NOW, an_id
from tests.builders.places import a_line, a_planned_volume


def a_content(**changes: Any) -> Content:
    """What an application asks for; `volumes` are planned volumes."""
    content = Content(
        title="夜间道路测试",
        domain=Domain.ground,
        phase=Phase.road_test,
        follows=None,
        volumes=(a_planned_volume(),),
        vehicle_ids=("vehicle-a",),
        person_ids=("person-a",),
        supervision_mode=SupervisionMode.driver_seat,
        passengers=False,
        cargo=False,
        over_people=False,
        valid_from=NOW,
        valid_to=NOW + timedelta(days=90),
        requested_conditions=(),
        documents=(),
        insurance_ids=("insurance-a",),
    )
    return replace(content, **changes)


def an_application(**changes: Any) -> Application:
    application = Application(
        id=an_id("application"),
        version=1,
        state=ApplicationState.submitted,
        organisation_id="organisation-a",
        content=a_content(),
        created_at=NOW,
        submitted_at=NOW,
    )
    return replace(application, **changes)


def a_permit(**changes: Any) -> Permit:
    key = an_id("permit")
    permit = Permit(
        id=key,
        number=f"CD-{key}",
        state=PermitState.active,
        organisation_id="organisation-a",
        application_id="application-a",
        application_version=1,
        chain=(),
        content=a_content(),
        conditions=(),
        vehicles=(PermitVehicle("vehicle-a", Standing.cleared, "川A00001试"),),
        confirmed_at=NOW,
        pack_version="2026.1",
    )
    return replace(permit, **changes)


def a_violation(**changes: Any) -> Violation:
    violation = Violation(
        id=an_id("violation"),
        revision=1,
        violation_kind=ViolationKind.out_of_area_automated,
        organisation_id="organisation-a",
        vehicle_id="vehicle-a",
        permit_id="permit-a",
        permit_revision=1,
        summary_id="summary-a",
        rule_id="evidence.containment",
        first_at=NOW,
        last_at=NOW + timedelta(minutes=1),
        length_m=120.5,
        track=a_line(),
        explanation=Text("在许可区域外自动驾驶", "Automated driving outside the permitted place"),
    )
    return replace(violation, **changes)


def some_facts(**changes: Any) -> Facts:
    """What is known of an incident."""
    facts = Facts(
        incident_kind=IncidentKind.crash,
        occurred_at=NOW,
        occurred_precision=TimePrecision.instant,
        place=Place(PlacePrecision.point, "天府大道", Point(LON, LAT), "EPSG:4490"),
        discovered_at=NOW + timedelta(minutes=5),
        vehicle_ids=("vehicle-a",),
        permit_id="permit-a",
        activity_id=None,
        control_mode_30s_before=ControlMode.automated,
        casualties=Casualties(minor_injuries=1),
        loss_cny=2_000.0,
        liability=None,
        narrative="追尾",
        external_ids={"police": "1"},
        preliminary=True,
    )
    return replace(facts, **changes)


def an_incident(**changes: Any) -> Incident:
    incident = Incident(
        id=an_id("incident"),
        version=1,
        state=IncidentState.reported,
        organisation_id="organisation-a",
        facts=some_facts(),
        severity=IncidentSeverity.ordinary,
        obligations=(
            Obligation(
                id="obligation-a",
                rule_id="report.first",
                to=Text("市公安局", "Police"),
                owner=Role.operator,
                due_at=NOW + timedelta(hours=2),
                provisional=False,
            ),
        ),
        suspension_proposals=(),
        reported_at=NOW,
        pack_version="2026.1",
    )
    return replace(incident, **changes)


def an_import(**changes: Any) -> ImportReport:
    report = ImportReport(
        id=an_id("import"),
        revision=1,
        kind=ImportKind.roads,
        file_name="road.csv",
        crs="EPSG:4326",
        dry_run=False,
        by="admin",
        at=NOW,
        items=(
            ImportedItem(1, ImportOutcome.added, id="1"),
            ImportedItem(
                2,
                ImportOutcome.refused,
                notes=(Problem("", "not_a_line", Text("不是线", "No line")),),
            ),
        ),
    )
    return replace(report, **changes)
