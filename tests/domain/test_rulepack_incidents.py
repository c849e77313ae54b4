"""What the pack of Chengdu makes of an incident: severity, duties, grounds for suspension."""

from datetime import date

import pytest

from service.adapters.files.rulepacks import read_rule_book
from service.domain.incident_kinds import IncidentKind, IncidentSeverity, Liability
from service.domain.kinds import Domain, Role, ViolationKind
from service.domain.rulepack import Clock, Harm, Occurrence, RulePack, StartEvent


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return read_rule_book("cn-chengdu").at(date(2026, 12, 1))


def crash(**facts: object) -> Occurrence:
    """A ground crash without harm unless the test says otherwise."""
    told = {
        "domain": Domain.ground,
        "kind": IncidentKind.crash,
        "severity": IncidentSeverity.no_harm,
    }
    return Occurrence(**(told | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("harm", "severity"),
    [
        (Harm(), IncidentSeverity.no_harm),
        (Harm(loss_cny=800.0), IncidentSeverity.property_only),
        (Harm(minor_injuries=1), IncidentSeverity.ordinary),
        (Harm(deaths=2), IncidentSeverity.ordinary),
        (Harm(deaths=3), IncidentSeverity.larger),
        (Harm(serious_injuries=10), IncidentSeverity.larger),
        (Harm(loss_cny=9_999_999.0), IncidentSeverity.ordinary),
        (Harm(loss_cny=50_000_000.0), IncidentSeverity.major),
        (Harm(deaths=30), IncidentSeverity.extraordinary),
    ],
)
def test_the_severity_is_the_gravest_class_reached(
    pack: RulePack, harm: Harm, severity: IncidentSeverity
) -> None:
    assert pack.severity(harm).severity is severity


def test_a_fatal_crash_starts_every_clock_of_the_ground(pack: RulePack) -> None:
    fatal = crash(severity=IncidentSeverity.ordinary, harm=Harm(deaths=1))
    assert {row.rule.id for row in pack.obligations(fatal)} == {
        "icv.police_immediate",
        "icv.report",
        "icv.dept_to_ministries",
        "icv.liability_report",
        "icv.dept_forward",
        "ws.unit_head_to_county",
        "ws.each_level",
        "ws.toll_update_road",
    }


def test_a_lost_link_is_reported_to_atc_within_a_day_of_landing(pack: RulePack) -> None:
    lost = crash(domain=Domain.air, kind=IncidentKind.lost_link)
    duties = {row.rule.id: row for row in pack.obligations(lost)}
    report = duties["uas.safety_report"]
    assert (report.clock, report.amount, report.starts_at) == (Clock.hours, 24, StartEvent.landing)
    assert report.owner is Role.operator


def test_an_unknown_reporting_regime_has_no_duties(pack: RulePack) -> None:
    assert pack.obligations(crash(harm=Harm(deaths=1)), profile="elsewhere") == ()


def test_a_grave_accident_proposes_suspension_unless_the_test_side_is_free_of_blame(
    pack: RulePack,
) -> None:
    grave = Harm(serious_injuries=1)
    open_case = pack.suspensions(crash(harm=grave))
    free = pack.suspensions(crash(harm=grave, liability=Liability.none))
    assert [ground.rule.id for ground in open_case] == ["suspend.grave_accident"]
    assert free == ()


def test_automated_driving_outside_the_area_is_a_ground_against_the_vehicle(
    pack: RulePack,
) -> None:
    (ground,) = pack.suspensions_after(ViolationKind.out_of_area_automated)
    assert ground.target == "vehicle"
