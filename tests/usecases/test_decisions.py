"""Confirming: what keeps an application from it, and the permit that comes of it."""

from typing import Any

import pytest

from service.domain.application import Application, Condition
from service.domain.errors import Forbidden, IllegalStep, Stale
from service.domain.findings import Blocked
from service.domain.journal import Actor
from service.domain.kinds import (
    ApplicationState,
    AppliesTo,
    ConditionKind,
    Domain,
    PermitState,
    Phase,
    RestrictionEffect,
    RestrictionKind,
    Role,
    Standing,
    SupervisionMode,
    Use,
    VehicleKind,
    ZoneKind,
)
from service.domain.organisation import PersonRole
from service.domain.permit import Permit
from service.usecases import decisions, permits, restrictions, zones
from tests.builders import (
    a_band,
    a_person,
    a_restriction,
    a_schedule,
    a_vehicle,
    a_volume,
    a_zone,
    an_actor,
    an_insurance,
)
from tests.usecases.desk import (
    ATC,
    EMERGENCY,
    EXPERT,
    INDUSTRY,
    MANAGING,
    POLICE,
    TRANSPORT,
    A,
    B,
    Desk,
    a_desk,
    a_restriction_request,
    a_volume_request,
    in_days,
)

STATE = ApplicationState
RISKY = {
    "passengers": True,
    "over_people": True,
    "supervision_mode": SupervisionMode.remote,
}
SLOW = Condition(ConditionKind.max_speed_mps, "8.3", "限速30公里")


# confirming


def test_the_lead_issues_a_permit_with_the_confirmed_content() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    permit = desk.confirm(application)
    assert isinstance(permit, Permit)
    assert permit.number == "CHENGDU-2026-00001"
    assert (permit.state, permit.chain) == (PermitState.confirmed, ())
    assert (permit.application_id, permit.application_version) == (application.id, 1)
    assert permit.content == application.content
    assert [(v.vehicle_id, v.standing) for v in permit.vehicles] == [
        ("vehicle-a", Standing.plate_pending)
    ]
    confirmed = desk.stored(application)
    assert (confirmed.state, confirmed.permit_id) == (STATE.confirmed, permit.id)
    assert desk.committed.permits.get(permit.id) == permit


def test_the_leads_confirmation_is_its_signature() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.confirm(application)
    assert desk.stored(application).unsigned() == ()
    assert desk.stored(application).reviews[-1].role is Role.industry


def test_the_lead_may_sign_before_it_confirms() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING, POLICE, TRANSPORT, INDUSTRY)
    assert application.state is STATE.joint_review
    assert isinstance(desk.confirm(application), Permit)
    assert len(desk.stored(application).reviews) == 4


def test_every_permit_has_a_number_of_its_own() -> None:
    desk = a_desk()
    numbers = {desk.permit().number, desk.permit(B, of="b").number, desk.permit().number}
    assert len(numbers) == 3


def test_conditions_of_offices_join_those_offered_each_once() -> None:
    desk = a_desk()
    by_day = Condition(ConditionKind.hours, "08:00-18:00", "仅白天")
    application = desk.review(MANAGING, desk.submitted(requested_conditions=(by_day,)))
    application = desk.review(POLICE, application, conditions=(SLOW, by_day))
    application = desk.review(TRANSPORT, application, conditions=(SLOW,))
    assert desk.confirm(application).conditions == (by_day, SLOW)


def test_aircraft_need_no_plate() -> None:
    airspace = a_zone(
        zone_kind=ZoneKind.low_altitude_area,
        phases_open=(Phase.flight_trial,),
        volume=a_volume(altitude=a_band(0, 120), schedule=a_zone().volume.schedule),
    )
    light = {"empty_mass_kg": 3.0, "mtow_kg": 6.0, "max_speed_mps": 20.0, "max_height_m": 120.0}
    multirotor = {"domain": Domain.air, "vehicle_kind": VehicleKind.multirotor}
    drone = a_vehicle(id="drone", **multirotor, **light)
    policy = an_insurance(id="drones", vehicle_ids=("drone",))
    pilot = a_person(id="pilot", person_role=PersonRole.remote_pilot)
    desk = a_desk(drone, policy, pilot, zones=(airspace,))
    flight = a_volume_request(zone_kind=ZoneKind.low_altitude_area, altitude=a_band(60, 110))
    application = desk.submitted(
        domain=Domain.air,
        phase=Phase.flight_trial,
        vehicle_ids=("drone",),
        person_ids=("pilot",),
        supervision_mode=SupervisionMode.vlos,
        insurance_ids=("drones",),
        volumes=(flight,),
    )
    application = desk.signed(application, MANAGING, POLICE, an_actor(Role.civil_aviation))
    permit = desk.confirm(application, ATC)
    assert [v.standing for v in permit.vehicles] == [Standing.cleared]


@pytest.mark.parametrize("actor", [POLICE, MANAGING, ATC])
def test_nobody_but_the_lead_confirms(actor: Actor) -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    with pytest.raises(Forbidden):
        desk.confirm(application, actor)


def test_confirming_another_version_than_the_current_one_is_stale() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    with pytest.raises(Stale):
        desk.do(decisions.confirm, INDUSTRY, application.id, 2)


def test_what_is_not_in_joint_review_is_not_confirmed() -> None:
    desk = a_desk()
    with pytest.raises(IllegalStep):
        desk.confirm(desk.submitted())


def test_a_permit_is_issued_once() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.confirm(application)
    with pytest.raises(IllegalStep):
        desk.confirm(application)


def test_without_all_signatures_nothing_is_confirmed_and_the_missing_are_named() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING, POLICE)
    refusal = desk.withheld(application).refusal
    assert refusal.code == "unsigned"
    assert "Transport" in refusal.message.en
    assert "交通运输" in refusal.message.zh
    assert desk.stored(application).state is STATE.joint_review


def test_a_validity_that_is_over_is_not_confirmed() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.later(days=90)
    assert desk.withheld(application).refusal.code == "expired"


def test_a_conflict_since_the_submission_blocks_and_is_kept_for_the_offices_to_see() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(volumes=(a_volume_request(use=Use.exclusive),)))
    rival = desk.permit(B, of="b")
    outcome = desk.withheld(application)
    assert isinstance(outcome.refusal, Blocked)
    (blocker,) = outcome.refusal.findings
    assert [a.id for a in blocker.against] == [rival.id]
    assert desk.stored(application) == outcome.application
    assert blocker in outcome.application.findings
    actions = [line.action for line in desk.committed.journal.page(0, 99)]
    assert actions[-1] == "recheck"


def test_a_refusal_that_tells_nothing_new_leaves_no_trace() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING)
    desk.later(days=1)
    before = desk.committed.journal.head()
    desk.withheld(application)
    assert desk.committed.journal.head() == before


def test_findings_come_before_signatures() -> None:
    desk = a_desk()
    exclusive = a_volume_request(use=Use.exclusive)
    application = desk.review(MANAGING, desk.submitted(volumes=(exclusive,)))
    assert desk.withheld(application).refusal.code == "unsigned"
    desk.permit(B, of="b")
    assert desk.withheld(application).refusal.code == "blocked"


def test_a_zone_withdrawn_since_then_blocks() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.do(zones.step, INDUSTRY, "zone-open", "withdraw")
    refusal = desk.withheld(application).refusal
    assert isinstance(refusal, Blocked)
    assert [f.rule.id for f in refusal.findings] == ["sharing.zone_coverage"]


# coordination that turns up late


def crowded(desk: Desk) -> Application:
    """An application that everybody has signed when another permit fills its zone."""
    application = desk.signed(desk.submitted())
    desk.later(hours=1)
    desk.permit(B, of="b")
    desk.later(hours=1)
    return application


def test_an_office_that_signed_before_it_could_know_signs_again() -> None:
    desk = a_desk(zones=(a_zone(max_concurrent_vehicles=1),))
    application = crowded(desk)
    outcome = desk.withheld(application)
    assert outcome.refusal.code == "unsigned"
    assert "Managing unit" in outcome.refusal.message.en
    assert [line.role for line in desk.stored(application).signable] == [
        Role.managing_unit,
        Role.industry,
    ]
    desk.later(hours=1)
    assert isinstance(desk.confirm(desk.review(MANAGING, application)), Permit)


def test_a_risk_that_grew_since_then_lets_the_experts_sign_in_the_joint_review() -> None:
    desk = a_desk()
    seats = {"passengers": True, "supervision_mode": SupervisionMode.rear_seat}
    application = desk.signed(desk.submitted(**seats))
    runway = a_restriction(
        restriction_kind=RestrictionKind.aerodrome_clearance_area,
        effect=RestrictionEffect.information,
        applies_to=AppliesTo.both,
    )
    desk.given(runway)
    refusal = desk.withheld(application).refusal
    assert "Experts" in refusal.message.en
    assert desk.review(EXPERT, application).state is STATE.joint_review
    assert isinstance(desk.confirm(desk.review(EMERGENCY, application)), Permit)


def test_due_times_do_not_move_when_it_is_asked_again() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING)
    desk.later(days=7)
    again = desk.withheld(application).application
    assert again.required_reviews == application.required_reviews


# chains


def followed(desk: Desk, permit: Permit, **changes: Any) -> Application:
    longer = a_volume_request(schedule=a_schedule(end=in_days(120)), use=Use.exclusive)
    given = {"volumes": (longer,), "valid_to": in_days(120), "follows": permit.id, **changes}
    return desk.signed(desk.submitted(**given))


def test_a_successor_supersedes_what_it_follows_and_knows_its_chain() -> None:
    desk = a_desk()
    first = desk.permit(volumes=(a_volume_request(use=Use.exclusive),))
    second = desk.confirm(followed(desk, first))
    assert second.chain == (first.id,)
    assert desk.committed.permits.get(first.id).state is PermitState.superseded
    third = desk.confirm(followed(desk, second))
    assert third.chain == (first.id, second.id)


def test_a_permit_that_was_ended_can_be_followed_and_stays_ended() -> None:
    desk = a_desk()
    first = desk.permit()
    desk.do(permits.step, A, first.id, "terminate", "测试完成")
    second = desk.confirm(followed(desk, first))
    assert isinstance(second, Permit)
    assert desk.committed.permits.get(first.id).state is PermitState.terminated


def test_a_restriction_published_since_then_blocks() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    drafted = desk.do(restrictions.draft, POLICE, a_restriction_request())
    assert isinstance(desk.confirm(desk.signed(desk.submitted())), Permit)
    desk.do(restrictions.step, POLICE, drafted.id, "publish")
    assert desk.withheld(application).refusal.code == "blocked"
