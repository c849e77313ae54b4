"""What authorities decide: reviews by stage and version, settlements, and the permit."""

from dataclasses import replace
from typing import Any

import pytest

from geo.conflict import Verdict
from service.domain.application import Application, Condition, Remark
from service.domain.errors import Forbidden, IllegalStep, Malformed, NotFound, Refused, Stale
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
from service.domain.permit import Permit
from service.usecases import applications, decisions, permits, restrictions, zones
from service.usecases.decisions import Withheld
from tests.builders import (
    a_band,
    a_line,
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
    AUDITOR,
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
    a_request,
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


def stored(desk: Desk, application: Application) -> Application:
    return desk.committed.applications.get(application.id)


def withheld(desk: Desk, application: Application) -> Withheld:
    outcome = desk.confirm(application)
    assert isinstance(outcome, Withheld)
    return outcome


# reviews


def test_the_managing_unit_ends_the_completeness_check() -> None:
    desk = a_desk()
    reviewed = desk.review(MANAGING, desk.submitted())
    assert reviewed.state is STATE.joint_review
    assert [(r.role, r.version) for r in reviewed.reviews] == [(Role.managing_unit, 1)]


def test_a_high_risk_passes_the_experts_first() -> None:
    desk = a_desk()
    application = desk.review(MANAGING, desk.submitted(**RISKY))
    assert application.state is STATE.expert_review
    assert desk.review(EXPERT, application).state is STATE.joint_review


def test_the_signatures_of_the_joint_review_leave_the_decision_to_the_lead() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    assert application.state is STATE.joint_review
    assert application.awaits(Role.industry)


@pytest.mark.parametrize("office", [POLICE, TRANSPORT, INDUSTRY])
def test_an_office_does_not_sign_before_its_stage(office: Actor) -> None:
    desk = a_desk()
    with pytest.raises(IllegalStep):
        desk.review(office, desk.submitted())


def test_an_office_does_not_sign_twice() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING, POLICE)
    with pytest.raises(Refused) as refused:
        desk.review(POLICE, application)
    assert refused.value.code == "already_signed"


@pytest.mark.parametrize("office", [EMERGENCY, ATC, EXPERT])
def test_an_office_without_a_line_has_nothing_to_sign(office: Actor) -> None:
    desk = a_desk()
    with pytest.raises(Forbidden):
        desk.review(office, desk.review(MANAGING, desk.submitted()))


@pytest.mark.parametrize("actor", [A, AUDITOR])
def test_who_is_no_office_signs_nothing(actor: Actor) -> None:
    desk = a_desk()
    with pytest.raises(Forbidden):
        desk.review(actor, desk.submitted())


def test_a_signature_binds_to_the_version_that_was_read() -> None:
    desk = a_desk()
    application = desk.submitted()
    with pytest.raises(Stale):
        desk.review(MANAGING, application, version=2)


def test_a_decided_application_is_not_reviewed() -> None:
    desk = a_desk()
    application = desk.submitted()
    desk.review(MANAGING, application, "reject")
    with pytest.raises(IllegalStep):
        desk.review(MANAGING, application)


def test_a_draft_is_not_there_for_offices() -> None:
    desk = a_desk()
    draft = desk.do(applications.draft, A, a_request())
    with pytest.raises(NotFound):
        desk.review(MANAGING, draft)


def test_a_condition_that_no_machine_can_check_is_refused() -> None:
    desk = a_desk()
    vague = replace(SLOW, value="slowly")
    with pytest.raises(Malformed) as refused:
        desk.review(MANAGING, desk.submitted(), conditions=(vague,))
    assert [p.pointer for p in refused.value.problems] == ["/conditions/0/value"]


@pytest.mark.parametrize(
    ("decision", "state"), [("return", STATE.returned), ("reject", STATE.rejected)]
)
@pytest.mark.parametrize("signers", [(), (MANAGING,)])
def test_any_office_may_return_or_reject_in_its_stage(
    decision: str, state: ApplicationState, signers: tuple[Actor, ...]
) -> None:
    desk = a_desk()
    application = desk.submitted()
    for signer in signers:
        application = desk.review(signer, application)
    office = POLICE if signers else MANAGING
    remark = Remark("/volumes/0", "路口太近")
    decided = desk.review(office, application, decision, remarks=(remark,))
    assert decided.state is state
    assert decided.reviews[-1].remarks == (remark,)


# returned and resubmitted


def returned(desk: Desk) -> Application:
    """Signed by the managing unit and the police, returned by the transport department."""
    application = desk.signed(desk.submitted(), MANAGING, POLICE)
    return desk.review(TRANSPORT, application, "return")


@pytest.mark.parametrize("edited", [True, False])
def test_what_was_returned_comes_back_as_a_version_that_everybody_signs_anew(edited: bool) -> None:
    desk = a_desk()
    application = returned(desk)
    corrections = [a_request(title="已修改")] * edited
    for correction in corrections:
        desk.do(applications.edit, A, application.id, correction, 1)
    again = desk.do(applications.submit, A, application.id)
    assert (again.state, again.version) == (STATE.submitted, 2)
    assert again.unsigned() == again.required_reviews
    assert len(again.reviews) == 3
    assert isinstance(desk.confirm(desk.signed(again)), Permit)


def test_due_times_start_again_with_the_resubmission() -> None:
    desk = a_desk()
    application = returned(desk)
    desk.later(days=30)
    again = desk.do(applications.submit, A, application.id)
    first = {line.role: line.due_at for line in application.required_reviews}
    assert all(line.due_at > first[line.role] for line in again.required_reviews)
    assert again.submitted_at == application.submitted_at


def test_the_operator_reads_in_the_returned_one_who_said_what() -> None:
    application = returned(a_desk())
    assert application.required_reviews
    assert application.reviews[-1].role is Role.transport


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
    confirmed = stored(desk, application)
    assert (confirmed.state, confirmed.permit_id) == (STATE.confirmed, permit.id)
    assert desk.committed.permits.get(permit.id) == permit


def test_the_leads_confirmation_is_its_signature() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.confirm(application)
    assert stored(desk, application).unsigned() == ()
    assert stored(desk, application).reviews[-1].role is Role.industry


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
    desk = a_desk(drone, policy, zones=(airspace,))
    flight = a_volume_request(zone_kind=ZoneKind.low_altitude_area, altitude=a_band(60, 110))
    application = desk.submitted(
        domain=Domain.air,
        phase=Phase.flight_trial,
        vehicle_ids=("drone",),
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
    refusal = withheld(desk, application).refusal
    assert refusal.code == "unsigned"
    assert "transport" in refusal.message.en
    assert "交通运输" in refusal.message.zh
    assert stored(desk, application).state is STATE.joint_review


def test_a_vehicle_without_cover_keeps_it_from_being_confirmed() -> None:
    desk = a_desk(an_insurance(id="thin", sum_cny_per_vehicle=1_000_000))
    application = desk.signed(desk.submitted(insurance_ids=("thin",)))
    refusal = withheld(desk, application).refusal
    assert refusal.code == "incomplete"
    assert "vehicle-a" in refusal.message.en


def test_a_validity_that_is_over_is_not_confirmed() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.later(days=91)
    assert withheld(desk, application).refusal.code == "expired"


def test_a_conflict_since_the_submission_blocks_and_is_kept_for_the_offices_to_see() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(volumes=(a_volume_request(use=Use.exclusive),)))
    rival = desk.permit(B, of="b")
    outcome = withheld(desk, application)
    assert isinstance(outcome.refusal, Blocked)
    (blocker,) = outcome.refusal.findings
    assert [a.id for a in blocker.against] == [rival.id]
    assert stored(desk, application) == outcome.application
    assert blocker in outcome.application.findings
    actions = [line.action for line in desk.committed.journal.page(0, 99)]
    assert actions[-1] == "recheck"


def test_a_refusal_that_tells_nothing_new_leaves_no_trace() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING)
    desk.later(days=1)
    before = desk.committed.journal.head()
    withheld(desk, application)
    assert desk.committed.journal.head() == before


def test_findings_come_before_signatures_and_those_before_completeness() -> None:
    desk = a_desk(an_insurance(id="thin", sum_cny_per_vehicle=1))
    exclusive = a_volume_request(use=Use.exclusive)
    application = desk.review(
        MANAGING, desk.submitted(volumes=(exclusive,), insurance_ids=("thin",))
    )
    assert withheld(desk, application).refusal.code == "unsigned"
    desk.permit(B, of="b")
    assert withheld(desk, application).refusal.code == "blocked"


def test_a_zone_withdrawn_since_then_blocks() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted())
    desk.do(zones.step, INDUSTRY, "zone-open", "withdraw")
    refusal = withheld(desk, application).refusal
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
    outcome = withheld(desk, application)
    assert outcome.refusal.code == "unsigned"
    assert "managing_unit" in outcome.refusal.message.en
    assert [line.role for line in stored(desk, application).signable] == [
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
    refusal = withheld(desk, application).refusal
    assert "expert" in refusal.message.en
    assert desk.review(EXPERT, application).state is STATE.joint_review
    assert isinstance(desk.confirm(desk.review(EMERGENCY, application)), Permit)


def test_due_times_do_not_move_when_it_is_asked_again() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(), MANAGING)
    desk.later(days=7)
    again = withheld(desk, application).application
    assert again.required_reviews == application.required_reviews


# settling findings


def doubtful(desk: Desk, *signers: Actor) -> Application:
    """A line on a road area that no road of the network explains."""
    line = a_volume_request(zone_kind=ZoneKind.urban_road, geometry=a_line(), width_m=4.0)
    application = desk.submitted(volumes=(line,))
    return desk.signed(application, *signers) if signers else application


def a_doubtful_desk() -> Desk:
    always = a_zone().volume.schedule
    road = a_zone(zone_kind=ZoneKind.urban_road, volume=a_volume(a_line(), 15, schedule=always))
    return a_desk(zones=(road,))


def settle(desk: Desk, application: Application, actor: Actor = TRANSPORT) -> Any:
    finding_id = application.findings[0].id
    return desk.do(decisions.resolve_finding, actor, finding_id, "现场踏勘", "为辅道", None)


def test_an_open_question_keeps_it_from_being_confirmed_until_it_is_settled() -> None:
    desk = a_doubtful_desk()
    application = doubtful(desk, MANAGING, POLICE, TRANSPORT)
    refusal = withheld(desk, application).refusal
    assert isinstance(refusal, Blocked)
    assert [f.verdict for f in refusal.findings] == [Verdict.indeterminate]
    settled = settle(desk, application)
    assert (settled.resolution.by, settled.resolution.role) == ("transport", Role.transport)
    assert isinstance(desk.confirm(application), Permit)


def test_the_lead_may_settle_whatever_office_it_is_for() -> None:
    desk = a_doubtful_desk()
    assert settle(desk, doubtful(desk), INDUSTRY).resolution is not None


@pytest.mark.parametrize("actor", [POLICE, MANAGING])
def test_an_office_settles_only_what_is_its_own(actor: Actor) -> None:
    desk = a_doubtful_desk()
    with pytest.raises(Forbidden):
        settle(desk, doubtful(desk), actor)


def test_an_operator_settles_nothing() -> None:
    desk = a_doubtful_desk()
    with pytest.raises(Forbidden):
        settle(desk, doubtful(desk), A)


def test_a_settlement_is_of_one_version_and_a_new_one_opens_the_question_again() -> None:
    desk = a_doubtful_desk()
    application = doubtful(desk, MANAGING)
    settle(desk, application)
    desk.review(POLICE, application, "return")
    again = desk.do(applications.submit, A, application.id)
    assert [f.resolution for f in again.findings] == [None]


def test_a_blocking_conflict_cannot_be_settled_away() -> None:
    desk = a_desk()
    application = desk.signed(desk.submitted(volumes=(a_volume_request(use=Use.exclusive),)))
    desk.permit(B, of="b")
    blocked = withheld(desk, application).application
    with pytest.raises(Refused) as refused:
        settle(desk, blocked, INDUSTRY)
    assert refused.value.code == "blocking_conflict"


def test_nothing_is_settled_after_the_decision() -> None:
    desk = a_doubtful_desk()
    application = doubtful(desk)
    desk.review(MANAGING, application, "reject")
    with pytest.raises(IllegalStep):
        settle(desk, application)


def test_a_finding_nobody_made_is_not_found() -> None:
    desk = a_desk()
    application = desk.submitted()
    with pytest.raises(NotFound):
        desk.do(decisions.resolve_finding, INDUSTRY, f"{application.id}.0", "b", "r")


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
    assert withheld(desk, application).refusal.code == "blocked"
