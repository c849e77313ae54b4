"""Permits: the state at any moment, the chain, and the standing of each vehicle."""

from datetime import datetime, timedelta

import pytest

from service.domain.errors import IllegalStep, NotFound
from service.domain.kinds import PermitState, Standing
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
