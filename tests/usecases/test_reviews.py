"""Reviews: each office in its stage, on one version; what is returned comes back as a new one."""

from dataclasses import replace

import pytest

from service.domain.application import Application, Condition, Remark
from service.domain.errors import Forbidden, IllegalStep, Malformed, NotFound, Refused, Stale
from service.domain.journal import Actor
from service.domain.kinds import ApplicationState, ConditionKind, Role, SupervisionMode
from service.domain.permit import Permit
from service.usecases import applications
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
    Desk,
    a_desk,
    a_request,
)

STATE = ApplicationState
RISKY = {
    "passengers": True,
    "over_people": True,
    "supervision_mode": SupervisionMode.remote,
}
SLOW = Condition(ConditionKind.max_speed_mps, "8.3", "限速30公里")


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
