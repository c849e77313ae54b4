"""What follows from conduct: one violation of many excursions, drafts of incidents, warnings."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.evidence import Violation
from service.domain.incident_kinds import IncidentKind, IncidentState
from service.domain.kinds import ControlMode, SupervisionMode, ViolationKind
from service.domain.telemetry import Summary, Takeovers
from service.domain.warnings import WarningKind
from service.usecases import conduct, incidents, statistics, telemetry
from service.usecases.ports import Query
from tests.builders import NOW
from tests.usecases.desk import POLICE, A, B, Desk
from tests.usecases.drives import a_desk, along, post, shifted


def astray(**later: float) -> Summary:
    return shifted(along(5, 15, 16), **later)


def violations(desk: Desk) -> tuple[Violation, ...]:
    return desk.ask(telemetry.violations, POLICE, Query()).items


# one of many


def test_excursions_of_one_hour_are_one_violation() -> None:
    desk = a_desk()
    desk.later(hours=2)
    first, second = post(desk, astray(), astray(minutes=4))
    (third,) = post(desk, astray(minutes=8))
    (violation,) = violations(desk)
    assert first.violation_ids == second.violation_ids == third.violation_ids == (violation.id,)
    assert (violation.count, violation.revision) == (3, 2)
    assert violation.last_at == NOW + timedelta(minutes=9)
    assert violation.length_m == pytest.approx(3 * (5 * 95.9 - 10), abs=3)


def test_one_that_comes_late_is_counted_on_a_later_one() -> None:
    desk = a_desk()
    desk.later(hours=2)
    post(desk, astray(minutes=8))
    post(desk, astray())
    (violation,) = violations(desk)
    assert violation.count == 2
    assert violation.first_at < NOW + timedelta(minutes=2)


def test_excursions_of_different_hours_are_different_violations() -> None:
    desk = a_desk()
    desk.later(hours=4)
    post(desk, astray(), astray(hours=2))
    assert [violation.count for violation in violations(desk)] == [1, 1]


def test_different_limits_and_vehicles_are_different_violations() -> None:
    desk = a_desk()
    desk.later(hours=2)
    far = astray(minutes=4)
    watched_from_afar = replace(
        shifted(along(), minutes=8), supervision_mode=SupervisionMode.remote
    )
    post(desk, astray(), replace(far, vehicle_id="vehicle-c"), watched_from_afar, actor=A)
    found = sorted((one.vehicle_id, one.violation_kind.value) for one in violations(desk))
    assert found == [
        ("vehicle-a", "out_of_area_automated"),
        ("vehicle-a", "supervision"),
        ("vehicle-c", "out_of_area_automated"),
    ]


def test_a_repetition_sent_twice_is_counted_once() -> None:
    desk, summary = a_desk(), astray()
    post(desk, summary)
    post(desk, summary)
    assert [violation.count for violation in violations(desk)] == [1]


# what a grave one opens


def test_a_grave_violation_opens_the_draft_of_an_incident_that_proposes_to_suspend() -> None:
    desk = a_desk()
    post(desk, astray())
    (violation,), (incident,) = violations(desk), desk.ask(incidents.page, POLICE, Query()).items
    assert incident.state is IncidentState.draft
    assert incident.facts.incident_kind is IncidentKind.out_of_area_automated
    assert incident.facts.occurred_at == violation.first_at
    assert incident.facts.vehicle_ids == ("vehicle-a",)
    assert incident.facts.external_ids == {"violation": violation.id}
    assert "suspend.out_of_area" in incident.suspension_proposals
    assert incident.obligations == ()


def test_what_repeats_a_grave_violation_opens_no_second_draft() -> None:
    desk = a_desk()
    desk.later(hours=1)
    post(desk, astray(), astray(minutes=4))
    post(desk, astray(minutes=8))
    assert len(desk.ask(incidents.page, POLICE, Query()).items) == 1


def test_a_violation_that_is_not_grave_opens_none() -> None:
    desk = a_desk()
    post(desk, replace(along(), supervision_mode=SupervisionMode.remote))
    assert [one.violation_kind for one in violations(desk)] == [ViolationKind.supervision]
    assert desk.ask(incidents.page, POLICE, Query()).items == ()


def test_a_draft_is_reported_by_revising_it_and_keeps_its_proposal() -> None:
    desk = a_desk()
    post(desk, astray())
    (draft,) = desk.ask(incidents.page, A, Query()).items
    reported = desk.do(incidents.revise, A, draft.id, draft.facts, draft.version)
    assert reported.state is IncidentState.reported
    assert "suspend.out_of_area" in reported.suspension_proposals
    assert reported.version == 2


def test_a_draft_is_no_incident_of_the_statistics() -> None:
    desk = a_desk()
    post(desk, astray())
    (figures,) = desk.ask(statistics.by, POLICE, "vehicle", Query())
    assert figures.incidents == 0


# early warnings


def driven(number: int, minutes: float, takeovers: int) -> Summary:
    summary = shifted(along(), minutes=minutes)
    return replace(summary, seq=number, takeovers=Takeovers(driver=takeovers))


def test_takeovers_more_frequent_than_before_are_warned_of() -> None:
    desk = a_desk()
    desk.later(days=6)
    post(desk, *(driven(9_000 + n, 5 * n, 0) for n in range(20)))
    desk.later(days=6)
    post(desk, *(driven(9_100 + n, 60 * 24 * 8 + 5 * n, 1) for n in range(5)))
    assert desk.committed.telemetry.evidence(Query())[0].km[ControlMode.automated] > 0
    (warned,) = desk.do(conduct.early_warnings, POLICE, Query())
    assert (warned.vehicle_id, warned.permit_id) == ("vehicle-a", "permit-a")
    assert warned.warning.kind is WarningKind.takeovers
    assert warned.warning.rate_before == 0
    assert desk.do(conduct.early_warnings, B, Query()) == ()
