"""Permits after confirmation: plates, activation, suspension, end; who may do and see which."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.errors import (
    Forbidden,
    IllegalStep,
    Malformed,
    NotFound,
    Refused,
    Stale,
    Unidentified,
)
from service.domain.journal import NOBODY, Actor
from service.domain.kinds import Domain, PermitState, Role, Standing
from service.domain.permit import PermitVehicle
from service.usecases import permits
from service.usecases.ports import Query
from tests.builders import a_content, a_permit, an_actor
from tests.usecases.desk import ADMIN, INDUSTRY, POLICE, TRANSPORT, A, B, Desk, a_desk

STATE = PermitState
PENDING = (PermitVehicle("vehicle-a", Standing.plate_pending),)


def fresh(**changes: Any) -> Any:
    given = {"id": "p", "state": STATE.confirmed, "vehicles": PENDING, **changes}
    return a_permit(**given)


def step(desk: Desk, actor: Actor, name: str, *why: str) -> Any:
    return desk.do(permits.step, actor, "p", name, *why)


def plate(desk: Desk, actor: Actor = POLICE, vehicle_id: str = "vehicle-a") -> Any:
    return desk.do(permits.issue_plate, actor, "p", vehicle_id, "川A00001试")


# plates


def test_the_police_issue_the_plate_that_clears_a_vehicle() -> None:
    desk = Desk(fresh())
    plated = plate(desk)
    assert plated.vehicles == (PermitVehicle("vehicle-a", Standing.cleared, "川A00001试"),)
    assert desk.committed.permits.get("p") == plated


@pytest.mark.parametrize("actor", [A, TRANSPORT, ADMIN])
def test_nobody_else_issues_plates(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        plate(Desk(fresh()), actor)


def test_a_vehicle_that_is_not_on_the_permit_gets_none() -> None:
    with pytest.raises(NotFound):
        plate(Desk(fresh()), vehicle_id="vehicle-b")


def test_aircraft_get_none() -> None:
    with pytest.raises(Refused) as refused:
        plate(Desk(fresh(content=a_content(domain=Domain.air))))
    assert refused.value.code == "no_plate_for_aircraft"


@pytest.mark.parametrize(
    "state", [STATE.suspended, STATE.superseded, STATE.terminated, STATE.revoked]
)
def test_a_permit_that_is_stopped_or_over_gets_none(state: PermitState) -> None:
    with pytest.raises(IllegalStep):
        plate(Desk(fresh(state=state)))


def test_an_expired_permit_gets_none() -> None:
    desk = Desk(fresh())
    desk.later(days=90)
    with pytest.raises(IllegalStep):
        plate(desk)


@pytest.mark.parametrize("standing", [Standing.suspended, Standing.removed])
def test_a_plate_does_not_clear_a_vehicle_that_was_stopped(standing: Standing) -> None:
    with pytest.raises(Refused) as refused:
        plate(Desk(fresh(vehicles=(PermitVehicle("vehicle-a", standing),))))
    assert refused.value.code == "vehicle_stopped"


# steps


def test_with_a_cleared_vehicle_the_operator_activates_its_permit() -> None:
    desk = Desk(fresh())
    with pytest.raises(Refused) as refused:
        step(desk, A, "activate")
    assert refused.value.code == "no_vehicle_cleared"
    plate(desk)
    assert step(desk, A, "activate").state is STATE.active


def test_one_cleared_vehicle_is_enough() -> None:
    second = PermitVehicle("vehicle-b", Standing.plate_pending)
    desk = Desk(fresh(vehicles=(*PENDING, second)))
    plate(desk)
    assert step(desk, A, "activate").state is STATE.active


def test_a_permit_is_not_activated_before_its_first_instant() -> None:
    desk = Desk(a_permit(id="p", state=STATE.confirmed))
    desk.later(seconds=-1)
    with pytest.raises(Refused) as refused:
        step(desk, A, "activate")
    assert refused.value.code == "not_begun"
    desk.later(seconds=1)
    assert step(desk, A, "activate").state is STATE.active


@pytest.mark.parametrize("name", ["suspend", "terminate", "revoke"])
def test_stopping_a_permit_needs_a_reason(name: str) -> None:
    desk = Desk(a_permit(id="p"))
    with pytest.raises(Malformed) as refused:
        step(desk, INDUSTRY, name)
    assert [p.pointer for p in refused.value.problems] == ["/reason"]
    assert desk.committed.permits.get("p").state is STATE.active


def test_reason_and_ground_stay_with_the_permit() -> None:
    desk = Desk(a_permit(id="p"))
    suspended = step(desk, POLICE, "suspend", "重大隐患", "28(3)")
    (ground,) = suspended.grounds
    assert (ground.step, ground.reason, ground.ground) == ("suspend", "重大隐患", "28(3)")
    resumed = step(desk, POLICE, "resume", "已整改")
    assert (resumed.state, len(resumed.grounds)) == (STATE.active, 2)


@pytest.mark.parametrize("name", ["suspend", "resume", "revoke"])
def test_an_operator_does_not_suspend_resume_or_revoke(name: str) -> None:
    with pytest.raises(Forbidden):
        step(Desk(a_permit(id="p")), A, name, "why not")


def test_an_operator_ends_its_own_permit() -> None:
    assert step(Desk(a_permit(id="p")), A, "terminate", "测试完成").state is STATE.terminated


@pytest.mark.parametrize("name", [*permits.STEPS])
def test_nothing_happens_to_an_expired_permit(name: str) -> None:
    desk = Desk(a_permit(id="p"))
    desk.later(days=90)
    actor = INDUSTRY
    with pytest.raises(IllegalStep):
        step(desk, actor, name, "reason")


def test_a_step_that_the_state_has_not_is_refused() -> None:
    with pytest.raises(IllegalStep):
        step(Desk(a_permit(id="p")), INDUSTRY, "resume", "reason")


# single vehicles


def test_stopping_one_vehicle_is_a_deed_of_its_own() -> None:
    desk = Desk(a_permit(id="p"))
    desk.do(permits.step, POLICE, "p", "suspend", "事故", vehicle_ids=["vehicle-a"])
    assert desk.ask(permits.history, A, "p")[-1].action == "suspend_vehicles"
    assert desk.committed.permits.get("p").state is STATE.active


def test_every_vehicle_that_cannot_be_stopped_is_named() -> None:
    desk = Desk(a_permit(id="p"))
    with pytest.raises(Malformed) as refused:
        desk.do(
            permits.step, POLICE, "p", "suspend", vehicle_ids=["vehicle-a", "stranger", "vehicle-a"]
        )
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("/reason", "reason_required"),
        ("/vehicle_ids/1", "vehicle_not_on_permit"),
        ("/vehicle_ids/2", "repeated"),
    ]


def test_a_step_taken_on_an_older_version_is_refused() -> None:
    desk = Desk(a_permit(id="p"))
    desk.do(permits.step, POLICE, "p", "suspend", "事故", version=1)
    with pytest.raises(Stale):
        desk.do(permits.step, POLICE, "p", "resume", "已整改", version=1)


# sight


def test_another_operators_permit_is_not_there() -> None:
    desk = Desk(a_permit(id="p"))
    for act in (permits.get, permits.history):
        with pytest.raises(NotFound):
            desk.ask(act, B, "p")
    with pytest.raises(NotFound):
        step(desk, B, "terminate", "mischief")
    assert desk.ask(permits.page, B, Query()).items == ()


def test_offices_see_everybodys_and_the_public_none() -> None:
    desk = Desk(a_permit(id="p"), a_permit(id="q", organisation_id="organisation-b"))
    assert len(desk.ask(permits.page, TRANSPORT, Query()).items) == 2
    assert [p.id for p in desk.ask(permits.page, A, Query()).items] == ["p"]
    with pytest.raises(Unidentified):
        desk.ask(permits.page, NOBODY, Query())


def test_a_vehicle_reads_the_permits_of_its_organisation() -> None:
    desk = Desk(a_permit(id="p"), a_permit(id="q", organisation_id="organisation-b"))
    car = an_actor(Role.vehicle, vehicle_id="vehicle-a", organisation_id="organisation-a")
    assert desk.ask(permits.get, car, "p").id == "p"
    with pytest.raises(NotFound):
        desk.ask(permits.get, car, "q")


def test_what_was_done_is_told_line_by_line() -> None:
    desk = a_desk()
    permit = desk.permit()
    desk.do(permits.issue_plate, POLICE, permit.id, "vehicle-a", "川A00001试")
    desk.do(permits.step, A, permit.id, "activate")
    lines = desk.ask(permits.history, A, permit.id)
    assert [line.action for line in lines] == ["issue", "issue_plate", "activate"]


def test_an_operator_that_belongs_nowhere_sees_none() -> None:
    stray = replace(A, organisation_id=None)
    assert Desk(a_permit(id="p")).ask(permits.page, stray, Query()).items == ()
