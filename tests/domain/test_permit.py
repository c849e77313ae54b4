"""Permits: the state at any moment, the chain, and the standing of each vehicle."""

from datetime import datetime, timedelta

import pytest

from service.domain.errors import IllegalStep, NotFound, Stale
from service.domain.kinds import Domain, PermitState, Standing
from service.domain.permit import Ground, Permit, PermitVehicle
from tests.builders import NOW, a_content, a_permit

HOUR = timedelta(hours=1)
END = NOW + timedelta(days=90)


def a_fresh_permit(**content: datetime) -> Permit:
    return a_permit(state=PermitState.confirmed, content=a_content(**content))


def test_a_step_leaves_its_time_its_reason_and_the_state_before() -> None:
    suspended = a_permit().after("suspend", NOW, "事故", "28(5)")
    assert suspended.state is PermitState.suspended
    assert suspended.grounds == (Ground(PermitState.active, "suspend", NOW, "事故", "28(5)"),)


def test_the_state_of_any_moment_can_be_told_afterwards() -> None:
    permit = a_fresh_permit().after("activate", NOW + HOUR).after("suspend", NOW + 3 * HOUR)
    moments = [NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR, NOW + 4 * HOUR]
    assert [permit.state_at(moment) for moment in moments] == [
        PermitState.confirmed,
        PermitState.active,
        PermitState.active,
        PermitState.suspended,
        PermitState.suspended,
    ]


@pytest.mark.parametrize(
    "state", [PermitState.confirmed, PermitState.active, PermitState.suspended]
)
def test_one_that_still_allocates_has_expired_after_its_last_instant(state: PermitState) -> None:
    permit = a_permit(state=state)
    assert permit.state_at(END - timedelta(microseconds=1)) is state
    assert permit.state_at(END) is PermitState.expired


@pytest.mark.parametrize(
    "state", [PermitState.superseded, PermitState.terminated, PermitState.revoked]
)
def test_one_that_was_over_before_does_not_expire(state: PermitState) -> None:
    assert a_permit(state=state).state_at(END) is state


def test_an_expired_permit_takes_no_step() -> None:
    with pytest.raises(IllegalStep) as refused:
        a_permit().after("suspend", END)
    assert refused.value.state == "expired"


def test_a_chain_ends_with_the_permit_itself() -> None:
    assert a_permit(id="c", chain=("a", "b")).chain_with_itself == ("a", "b", "c")


def test_a_vehicle_changes_its_plate_and_no_other_does() -> None:
    lines = tuple(PermitVehicle(key, Standing.plate_pending) for key in ("v1", "v2"))
    plated = PermitVehicle("v2", Standing.cleared, "川A00002试")
    changed = a_permit(vehicles=lines).with_vehicle(plated)
    assert changed.vehicles == (lines[0], plated)


def test_a_vehicle_that_is_not_on_the_permit_is_not_found() -> None:
    with pytest.raises(NotFound):
        a_permit().with_vehicle(PermitVehicle("stranger", Standing.cleared))


# single vehicles

PAIR = (PermitVehicle("v1", Standing.cleared, "川A00001试"), PermitVehicle("v2", Standing.cleared))


def test_a_vehicle_stops_and_goes_on_alone() -> None:
    stopped = a_permit(vehicles=PAIR).with_vehicles_after("suspend", ["v1"], NOW, "事故")
    assert [v.standing for v in stopped.vehicles] == [Standing.suspended, Standing.cleared]
    assert stopped.state is PermitState.active
    resumed = stopped.with_vehicles_after("resume", ["v1"], NOW, "已整改")
    assert resumed.vehicles == PAIR


@pytest.mark.parametrize("step", ["terminate", "revoke"])
def test_a_vehicle_that_was_removed_does_not_come_back(step: str) -> None:
    gone = a_permit(vehicles=PAIR).with_vehicles_after(step, ["v1"], NOW, "退出")
    assert gone.vehicle("v1").standing is Standing.removed
    with pytest.raises(IllegalStep):
        gone.with_vehicles_after("resume", ["v1"], NOW, "x")


def test_a_car_without_a_plate_goes_on_waiting_for_it() -> None:
    waiting = (PermitVehicle("v1", Standing.suspended),)
    car = a_permit(vehicles=waiting).with_vehicles_after("resume", ["v1"], NOW, "x")
    assert car.vehicle("v1").standing is Standing.plate_pending
    in_the_air = a_permit(vehicles=waiting, content=a_content(domain=Domain.air))
    drone = in_the_air.with_vehicles_after("resume", ["v1"], NOW, "x")
    assert drone.vehicle("v1").standing is Standing.cleared


@pytest.mark.parametrize("at", [NOW, END])
def test_nothing_happens_to_the_vehicles_of_a_permit_that_is_over(at: datetime) -> None:
    state = PermitState.terminated if at == NOW else PermitState.active
    with pytest.raises(IllegalStep):
        a_permit(vehicles=PAIR, state=state).with_vehicles_after("suspend", ["v1"], at, "x")


def test_the_standing_of_any_moment_can_be_told_afterwards() -> None:
    permit = (
        a_permit(vehicles=PAIR)
        .with_vehicles_after("suspend", ["v1"], NOW + HOUR, "x")
        .with_vehicles_after("resume", ["v1"], NOW + 3 * HOUR, "x")
    )
    moments = [NOW, NOW + 2 * HOUR, NOW + 3 * HOUR]
    assert [permit.standing_at("v1", at) for at in moments] == [
        Standing.cleared,
        Standing.suspended,
        Standing.cleared,
    ]
    assert permit.standing_at("v2", NOW + 2 * HOUR) is Standing.cleared
    assert permit.state_at(NOW + 2 * HOUR) is PermitState.active


# versions


def test_every_change_counts() -> None:
    permit = a_fresh_permit()
    plated = permit.with_vehicle(PermitVehicle("vehicle-a", Standing.cleared, "川A00002试"))
    active = plated.after("activate", NOW)
    stopped = active.with_vehicles_after("suspend", ["vehicle-a"], NOW, "x")
    assert [p.version for p in (permit, plated, active, stopped)] == [1, 2, 3, 4]
    assert {p.revision for p in (permit, plated, active, stopped)} == {1}


def test_who_looked_at_another_version_is_told_so() -> None:
    permit = a_permit(version=3)
    assert permit.at_version(3) is permit
    with pytest.raises(Stale):
        permit.at_version(2)
