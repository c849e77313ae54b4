"""What a summary proves under its permit, and which limits it shows to be broken."""

from dataclasses import replace
from datetime import timedelta
from math import inf
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from service.domain.application import Condition
from service.domain.kinds import (
    ConditionKind,
    PermitState,
    Standing,
    SupervisionMode,
    ViolationKind,
)
from service.domain.permit import Permit, PermitVehicle
from service.domain.proof import Unprovable, prove
from tests.builders import LON, NOW, ZONE, a_content, a_permit, a_schedule
from tests.domain.drives import (
    AUTO,
    MANUAL,
    MIDDLE,
    STEP_M,
    a_drive,
    kinds,
    permitted,
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
    claimed = without(a_drive(1, 2), unknown)
    evidence = prove(claimed, permitted(), LAW).evidence
    assert evidence.uncertain
    assert evidence.km == claimed.distance_km
    assert evidence.hours == {mode: s / 3600 for mode, s in claimed.duration_s.items()}


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


def suspended(start_s: float, end_s: float) -> Permit:
    stopped = permitted().after("suspend", NOW + timedelta(seconds=start_s))
    return stopped.after("resume", NOW + timedelta(seconds=end_s))


def test_a_suspension_that_began_and_ended_on_the_way_counts() -> None:
    around = {"started_at": NOW - timedelta(minutes=1), "ended_at": NOW + timedelta(minutes=1)}
    proof = prove(a_drive(1, 2, 3, **around), suspended(-1, 30), LAW)
    breach = the_breach(proof)
    assert breach.violation_kind is ViolationKind.permit_not_active
    assert "suspended" in breach.explanation.en
    assert breach.length_m == pytest.approx(2 * STEP_M, rel=1e-3)
    assert proof.evidence.km[AUTO] == 0


def test_only_what_was_driven_during_a_suspension_is_lost() -> None:
    proof = prove(a_drive(1, 2, 3, 4), suspended(12, 15), LAW)
    breach = the_breach(proof)
    assert (breach.first_at, breach.last_at) == (
        NOW + timedelta(seconds=10),
        NOW + timedelta(seconds=20),
    )
    assert proof.evidence.km[AUTO] == pytest.approx(2 * STEP_M / 1000, rel=1e-3)
    assert proof.evidence.outside_km == pytest.approx(STEP_M / 1000, rel=1e-3)


def test_a_suspension_driven_through_by_hand_is_none_of_it() -> None:
    by_hand_meanwhile = a_drive(1, 2, 3, 4, modes=(AUTO, MANUAL, AUTO))
    assert prove(by_hand_meanwhile, suspended(10, 20), LAW).breaches == ()


def test_a_path_without_times_is_held_against_the_whole_interval() -> None:
    untimed = without(a_drive(1, 2, 3), "times")
    assert kinds(prove(untimed, suspended(5, 6), LAW)) == [ViolationKind.permit_not_active]


def test_a_vehicle_suspended_on_the_way_is_judged_like_a_permit() -> None:
    permit = permitted().with_vehicles_after(
        "suspend", ["vehicle-a"], NOW + timedelta(seconds=12), "检查"
    )
    proof = prove(a_drive(1, 2, 3, 4), permit, LAW)
    assert kinds(proof) == [ViolationKind.vehicle_not_cleared]
    assert proof.evidence.km[AUTO] == pytest.approx(STEP_M / 1000, rel=1e-3)


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


def a_permit_with(kind: ConditionKind, *values: str) -> Permit:
    return permitted(conditions=tuple(a_condition(kind, value) for value in values))


def test_a_speed_told_along_the_path_counts() -> None:
    driven = a_drive(1, 2, max_speed_mps=1.0)
    told = replace(driven, track=replace(driven.track, speeds_mps=np.array([9.0, 20.0])))
    proof = prove(told, a_permit_with(ConditionKind.max_speed_mps, "15"), LAW)
    assert kinds(proof) == [ViolationKind.speed]
    assert "20.0 m/s" in the_breach(proof).explanation.en


@pytest.mark.parametrize(("limit", "violations"), [("9.4", 0), ("9.2", 1)])
def test_a_speed_that_the_fixes_show_counts_beyond_their_accuracy(
    limit: str, violations: int
) -> None:
    assert round((STEP_M - 2 * 1.5) / 10, 1) == 9.3
    modest = a_drive(1, 2, 2 + 3 / STEP_M, max_speed_mps=1.0)
    proof = prove(modest, a_permit_with(ConditionKind.max_speed_mps, limit), LAW)
    assert kinds(proof) == [ViolationKind.speed] * violations


# NOW is ten o'clock in Chengdu
@pytest.mark.parametrize(
    ("hours", "violations"),
    [
        ("10:00-10:01", 0),
        ("22:00-10:01", 0),
        ("09:00-18:00", 0),
        ("10:01-10:00", 1),
        ("22:00-05:00", 1),
        ("02:00-03:00", 1),
    ],
)
def test_automated_driving_keeps_to_the_hours_of_a_condition(hours: str, violations: int) -> None:
    assert NOW.astimezone(ZoneInfo(ZONE)).hour == 10
    proof = prove(a_drive(1, 2, 3), a_permit_with(ConditionKind.hours, hours), LAW)
    assert kinds(proof) == [ViolationKind.out_of_area_automated] * violations
    if violations:
        assert "hours" in the_breach(proof).explanation.en
        assert proof.evidence.km[AUTO] == 0


def test_all_hours_asked_for_hold_together() -> None:
    permit = a_permit_with(ConditionKind.hours, "08:00-12:00", "11:00-18:00")
    assert kinds(prove(a_drive(1, 2), permit, LAW)) == [ViolationKind.out_of_area_automated]


def test_what_is_driven_into_the_closing_hour_loses_that_part() -> None:
    permit = a_permit_with(ConditionKind.hours, "09:00-10:01")
    proof = prove(a_drive(1, 2, 3, 4, seconds=30), permit, LAW)
    assert the_breach(proof).first_at == NOW + timedelta(minutes=1)
    assert proof.evidence.km[AUTO] == pytest.approx(2 * STEP_M / 1000, rel=1e-3)


def test_manual_driving_and_the_vehicles_at_once_are_not_held_to_conditions() -> None:
    by_hand = a_drive(1, 2, modes=MANUAL, distance_km={MANUAL: 1.0}, duration_s={MANUAL: 10.0})
    assert prove(by_hand, a_permit_with(ConditionKind.hours, "02:00-03:00"), LAW).breaches == ()
    one = a_permit_with(ConditionKind.max_concurrent_vehicles, "1")
    assert prove(a_drive(1, 2), one, LAW).breaches == ()


# accuracy

FAR_OFF = (9, 10 + 400 / STEP_M)


def test_an_absurd_accuracy_excuses_no_excursion_and_accuses_of_none() -> None:
    proof = prove(a_drive(*FAR_OFF, horizontal_accuracy_m=5e5, seconds=60), permitted(), LAW)
    breach = the_breach(proof)
    assert breach.violation_kind is ViolationKind.implausible
    assert breach.length_m == pytest.approx(400 - 10, abs=0.5)
    assert proof.evidence.uncertain


def test_a_poor_accuracy_that_is_not_absurd_excuses() -> None:
    off_by_60_m = a_drive(9, 10 + 60 / STEP_M, horizontal_accuracy_m=99)
    assert prove(off_by_60_m, permitted(), LAW).breaches == ()
    stricter = with_rule("telemetry.absurd_accuracy_m", value=50.0)
    assert kinds(prove(off_by_60_m, permitted(), stricter)) == [ViolationKind.implausible]


def test_beyond_even_an_absurd_accuracy_is_an_excursion() -> None:
    proof = prove(a_drive(*FAR_OFF, horizontal_accuracy_m=150, seconds=60), permitted(), LAW)
    assert kinds(proof) == [ViolationKind.out_of_area_automated]


def test_an_absurd_accuracy_inside_the_place_is_merely_uncertain() -> None:
    proof = prove(a_drive(1, 2, horizontal_accuracy_m=5e5), permitted(), LAW)
    assert proof.breaches == ()
    assert proof.evidence.uncertain


def test_what_cannot_be_computed_is_refused_as_such() -> None:
    driven = a_drive(1, 2)
    track = replace(driven.track, lonlat=np.array([(LON, MIDDLE), (inf, MIDDLE)]))
    with pytest.raises(Unprovable):
        prove(replace(driven, track=track), permitted(), LAW)


def test_the_tolerance_is_the_packs() -> None:
    off_by_30_m = a_drive(9, 10 + 30 / STEP_M)
    wide = with_rule("telemetry.excursion_tolerance_m", value=35.0)
    assert prove(off_by_30_m, permitted(), wide).breaches == ()
