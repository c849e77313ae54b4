"""What a summary proves under its permit, and which limits it shows to be broken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.application import Condition
from service.domain.kinds import (
    ConditionKind,
    PermitState,
    Standing,
    SupervisionMode,
    ViolationKind,
)
from service.domain.permit import PermitVehicle
from service.domain.proof import prove
from tests.builders import NOW, a_content, a_permit, a_schedule
from tests.domain.drives import (
    AUTO,
    MANUAL,
    STEP_M,
    a_drive,
    a_flown,
    kinds,
    permitted,
    permitted_flight,
    the_breach,
    without,
)
from tests.domain.questions import LAW, an_area, with_rule

# what is proved


def test_driving_inside_the_permit_is_proved_and_breaks_nothing() -> None:
    proof = prove(a_drive(1, 2, 3, 4), permitted(), LAW)
    assert proof.breaches == ()
    assert proof.evidence.km == {AUTO: pytest.approx(3 * STEP_M / 1000, rel=1e-3)}
    assert proof.evidence.hours == {AUTO: pytest.approx(30 / 3600)}
    assert proof.evidence.outside_km == 0
    assert not proof.evidence.uncertain


def test_kilometres_are_those_of_the_path_and_not_those_claimed() -> None:
    evidence = prove(a_drive(1, 2, distance_km={AUTO: 500.0}), permitted(), LAW).evidence
    assert evidence.km[AUTO] == pytest.approx(STEP_M / 1000, rel=1e-3)
    assert evidence.claimed_km == 500


def test_each_mode_is_counted_apart() -> None:
    evidence = prove(a_drive(1, 2, 4, modes=(AUTO, MANUAL)), permitted(), LAW).evidence
    assert evidence.km[MANUAL] == pytest.approx(2 * evidence.km[AUTO], rel=1e-3)
    assert evidence.hours[MANUAL] == evidence.hours[AUTO]


@pytest.mark.parametrize("unknown", ["modes", "times"])
def test_without_times_or_modes_the_claims_stand_and_are_uncertain(unknown: str) -> None:
    evidence = prove(without(a_drive(1, 2), unknown), permitted(), LAW).evidence
    assert evidence.uncertain
    assert evidence.km == {AUTO: 9.0}
    assert evidence.hours == {AUTO: 90 / 3600}


def test_positions_too_inaccurate_are_uncertain() -> None:
    assert not prove(a_drive(1, 2, horizontal_accuracy_m=10), permitted(), LAW).evidence.uncertain
    assert prove(a_drive(1, 2, horizontal_accuracy_m=10.1), permitted(), LAW).evidence.uncertain


# the permit and the vehicle


@pytest.mark.parametrize(
    "state", [PermitState.confirmed, PermitState.suspended, PermitState.revoked]
)
def test_automation_under_a_permit_that_is_not_active_is_a_violation(state: PermitState) -> None:
    proof = prove(a_drive(1, 2), permitted(state=state), LAW)
    assert kinds(proof) == [ViolationKind.permit_not_active]
    assert state.value in the_breach(proof).explanation.en


def test_what_was_driven_unlawfully_earns_nothing() -> None:
    proof = prove(
        a_drive(1, 2, 3, modes=(AUTO, MANUAL)), permitted(state=PermitState.suspended), LAW
    )
    assert proof.evidence.km[AUTO] == 0
    assert proof.evidence.km[MANUAL] > 0
    assert proof.evidence.outside_km == pytest.approx(STEP_M / 1000, rel=1e-3)


def test_a_permit_is_judged_as_it_stood_then() -> None:
    driven = a_drive(1, 2)
    suspended_since = permitted().after("suspend", driven.ended_at + timedelta(minutes=1))
    assert prove(driven, suspended_since, LAW).breaches == ()


def test_driving_before_the_permit_was_activated_is_not_healed_by_activating_it() -> None:
    confirmed = permitted(state=PermitState.confirmed)
    activated_since = confirmed.after("activate", NOW + timedelta(minutes=5))
    proof = prove(a_drive(1, 2), activated_since, LAW)
    assert kinds(proof) == [ViolationKind.permit_not_active]


def test_a_suspension_on_the_way_counts() -> None:
    suspended_on_the_way = permitted().after("suspend", NOW + timedelta(seconds=5))
    proof = prove(a_drive(1, 2), suspended_on_the_way, LAW)
    assert kinds(proof) == [ViolationKind.permit_not_active]


@pytest.mark.parametrize("hours", [-2, 24 * 90])
def test_automation_before_or_after_the_validity_is_a_violation(hours: float) -> None:
    permit = permitted(an_area(schedule=a_schedule(start=NOW - timedelta(days=9), end=None)))
    driven = a_drive(1, 2)
    shift = timedelta(hours=hours)
    times = driven.track.times + shift.total_seconds()
    moved = replace(
        driven,
        started_at=driven.started_at + shift,
        ended_at=driven.ended_at + shift,
        track=replace(driven.track, times=times),
    )
    assert kinds(prove(moved, permit, LAW)) == [ViolationKind.permit_not_active]


def test_a_drive_may_last_until_the_validity_ends() -> None:
    driven = a_drive(1, 2)
    to_the_instant = a_content(volumes=(an_area(),), valid_to=driven.ended_at)
    assert prove(driven, a_permit(content=to_the_instant), LAW).breaches == ()


def test_a_vehicle_without_its_plate_is_not_cleared() -> None:
    pending = permitted(vehicles=(PermitVehicle("vehicle-a", Standing.plate_pending),))
    assert kinds(prove(a_drive(1, 2), pending, LAW)) == [ViolationKind.vehicle_not_cleared]


def test_manual_driving_needs_neither_an_active_permit_nor_a_plate() -> None:
    idle = permitted(
        state=PermitState.confirmed,
        vehicles=(PermitVehicle("vehicle-a", Standing.plate_pending),),
    )
    by_hand = a_drive(1, 2, modes=MANUAL, distance_km={MANUAL: 1.0}, duration_s={MANUAL: 10.0})
    assert prove(by_hand, idle, LAW).breaches == ()


def test_automation_told_by_the_path_alone_is_automation() -> None:
    hidden = a_drive(1, 2, distance_km={MANUAL: 1.0}, duration_s={MANUAL: 10.0})
    proof = prove(hidden, permitted(state=PermitState.confirmed), LAW)
    assert kinds(proof) == [ViolationKind.permit_not_active]


# conditions


def a_condition(kind: ConditionKind, value: str) -> Condition:
    return Condition(kind, value, "")


@pytest.mark.parametrize(("reached_mps", "violations"), [(13.9, 0), (14.0, 1)])
def test_the_lowest_speed_condition_holds(reached_mps: float, violations: int) -> None:
    limits = [a_condition(ConditionKind.max_speed_mps, value) for value in ("20", "13.9")]
    proof = prove(
        a_drive(1, 2, max_speed_mps=reached_mps), permitted(conditions=tuple(limits)), LAW
    )
    assert kinds(proof) == [ViolationKind.speed] * violations


@pytest.mark.parametrize(
    ("actual", "violations"),
    [
        (SupervisionMode.driver_seat, 0),
        (SupervisionMode.passenger_seat, 0),
        (SupervisionMode.rear_seat, 1),
        (SupervisionMode.remote, 1),
    ],
)
def test_supervision_may_be_nearer_than_permitted_and_not_further(
    actual: SupervisionMode, violations: int
) -> None:
    content = a_content(volumes=(an_area(),), supervision_mode=SupervisionMode.passenger_seat)
    proof = prove(a_drive(1, 2, supervision_mode=actual), a_permit(content=content), LAW)
    assert kinds(proof) == [ViolationKind.supervision] * violations


def test_an_office_may_ask_for_nearer_supervision_than_was_applied_for() -> None:
    content = a_content(volumes=(an_area(),), supervision_mode=SupervisionMode.remote)
    in_the_seat = a_condition(ConditionKind.supervision_mode, "driver_seat")
    permit = a_permit(content=content, conditions=(in_the_seat,))
    proof = prove(a_drive(1, 2, supervision_mode=SupervisionMode.remote), permit, LAW)
    assert kinds(proof) == [ViolationKind.supervision]


# plausibility


def test_a_leap_faster_than_anything_drives_is_implausible_and_proves_nothing() -> None:
    proof = prove(a_drive(1, 9, seconds=10), permitted(), LAW)
    assert kinds(proof) == [ViolationKind.implausible]
    assert the_breach(proof).length_m == pytest.approx(8 * STEP_M, rel=1e-2)
    assert proof.evidence.uncertain


def test_what_no_car_can_an_aircraft_may() -> None:
    fast = a_flown(80, 80, seconds=STEP_M / 90)
    assert prove(fast, permitted_flight(), LAW).breaches == ()
    assert kinds(prove(a_drive(1, 2, seconds=STEP_M / 90), permitted(), LAW)) == [
        ViolationKind.implausible
    ]


def test_fixes_that_jitter_within_their_accuracy_are_no_leap() -> None:
    jitter = {"seconds": 0.1, "horizontal_accuracy_m": 8.0}
    assert prove(a_drive(1, 1 + 20 / STEP_M, **jitter), permitted(), LAW).breaches == ()
    assert kinds(prove(a_drive(1, 1 + 26 / STEP_M, **jitter), permitted(), LAW)) == [
        ViolationKind.implausible
    ]


def test_the_tolerance_is_the_packs() -> None:
    off_by_30_m = a_drive(9, 10 + 30 / STEP_M)
    wide = with_rule("telemetry.excursion_tolerance_m", value=35.0)
    assert prove(off_by_30_m, permitted(), wide).breaches == ()
