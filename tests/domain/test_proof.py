"""What a summary proves under its permit, and which limits it shows to be broken."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from geo.altitude import Reference
from service.domain.application import Condition
from service.domain.kinds import (
    ConditionKind,
    ControlMode,
    Domain,
    PermitState,
    Phase,
    Standing,
    SupervisionMode,
    ViolationKind,
)
from service.domain.permit import Permit, PermitVehicle
from service.domain.place import PlannedVolume
from service.domain.proof import Breach, Proof, prove
from service.domain.telemetry import Summary
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_band,
    a_content,
    a_permit,
    a_schedule,
    a_square,
    a_summary,
    a_track,
)
from tests.domain.questions import LAW, a_flight, an_area, during, with_rule

AUTO, MANUAL = ControlMode.automated, ControlMode.manual
MIDDLE = LAT + 0.005
STEP_M = 95.9
"""A thousandth of a degree to the east."""


def a_drive(*lons: float, modes: Any = AUTO, seconds: float = 10, **changes: Any) -> Summary:
    """A drive through the middle of the area, by thousandths of a degree from its west edge."""
    at = [NOW.timestamp() + seconds * number for number in range(len(lons))]
    segments = len(lons) - 1
    track = a_track(
        lonlat=np.array([(LON + lon / 1000, MIDDLE) for lon in lons]),
        times=np.array(at),
        modes=(modes,) * segments if isinstance(modes, ControlMode) else modes,
        **{key: changes.pop(key) for key in ("altitudes", "altitude_reference") if key in changes},
    )
    ended_at = NOW + timedelta(seconds=seconds * segments)
    claims = {"distance_km": {AUTO: 9.0}, "duration_s": {AUTO: 90.0}}
    return a_summary(**{"track": track, "ended_at": ended_at, **claims, **changes})


def without(summary: Summary, *known: str) -> Summary:
    return replace(summary, track=replace(summary.track, **dict.fromkeys(known)))


def permitted(*volumes: PlannedVolume, **changes: Any) -> Permit:
    return a_permit(content=a_content(volumes=volumes or (an_area(),)), **changes)


def permitted_flight(*volumes: PlannedVolume, **changes: Any) -> Permit:
    content = a_content(
        domain=Domain.air,
        phase=Phase.flight_trial,
        volumes=volumes or (a_flight(),),
        supervision_mode=SupervisionMode.vlos,
    )
    return a_permit(content=content, **changes)


def a_flown(*altitudes: float, reference: Reference = Reference.AGL, **changes: Any) -> Summary:
    return a_drive(
        *range(1, len(altitudes) + 1),
        altitudes=np.array(altitudes, dtype=float),
        altitude_reference=reference,
        **{"supervision_mode": SupervisionMode.vlos, **changes},
    )


def kinds(proof: Proof) -> list[ViolationKind]:
    return [breach.violation_kind for breach in proof.breaches]


def the_breach(proof: Proof) -> Breach:
    (breach,) = proof.breaches
    return breach


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


# place


def test_automated_driving_outside_the_place_is_a_violation_with_its_track() -> None:
    proof = prove(a_drive(8, 9, 11, 12), permitted(), LAW)
    breach = the_breach(proof)
    assert breach.violation_kind is ViolationKind.out_of_area_automated
    assert breach.rule_id == "conduct.out_of_area_automated"
    assert breach.length_m == pytest.approx(2 * STEP_M - 10, abs=0.5)
    assert (breach.first_at, breach.last_at) == (
        NOW + timedelta(seconds=10),
        NOW + timedelta(seconds=30),
    )
    assert breach.track is not None
    west, _, east, _ = breach.track.bounds
    assert west == pytest.approx(LON + 0.0101, abs=2e-5)
    assert east == pytest.approx(LON + 0.012)


def test_what_was_driven_outside_earns_neither_kilometres_nor_hours() -> None:
    evidence = prove(a_drive(8, 9, 11, 12), permitted(), LAW).evidence
    inside_m = 2 * STEP_M + 10
    assert evidence.km[AUTO] == pytest.approx(inside_m / 1000, abs=1e-3)
    assert evidence.outside_km == pytest.approx((2 * STEP_M - 10) / 1000, abs=1e-3)
    within_middle_segment = (STEP_M + 10) / (2 * STEP_M)
    assert evidence.hours[AUTO] == pytest.approx(10 * (1 + within_middle_segment) / 3600, rel=1e-3)


def test_a_manual_leg_from_the_garage_is_no_violation() -> None:
    proof = prove(a_drive(-9, -5, 1, 2, modes=(MANUAL, MANUAL, AUTO)), permitted(), LAW)
    assert proof.breaches == ()
    assert proof.evidence.km[MANUAL] == pytest.approx(10 * STEP_M / 1000, rel=1e-3)


def test_a_thin_place_left_between_two_fixes_is_seen() -> None:
    west, east = an_area(a_square(LON, side=0.004)), an_area(a_square(LON + 0.005, side=0.005))
    north = MIDDLE - 0.003
    track = a_track(
        lonlat=np.array([(LON + 0.001, north), (LON + 0.009, north)]),
        times=np.array([NOW.timestamp(), NOW.timestamp() + 60]),
        modes=(AUTO,),
    )
    breach = the_breach(prove(a_drive(1, 9, track=track), permitted(west, east), LAW))
    assert breach.length_m == pytest.approx(STEP_M - 20, abs=0.5)


@pytest.mark.parametrize(("beyond_m", "violations"), [(9.9, 0), (11.0, 1)])
def test_a_jittering_fix_within_the_tolerance_is_no_excursion(
    beyond_m: float, violations: int
) -> None:
    proof = prove(a_drive(9, 10 + beyond_m / STEP_M), permitted(), LAW)
    assert len(proof.breaches) == violations


def test_an_inaccurate_fix_is_not_held_to_more_than_its_accuracy() -> None:
    off_by_30_m = (9, 10 + 30 / STEP_M)
    exact = prove(a_drive(*off_by_30_m), permitted(), LAW)
    vague = prove(a_drive(*off_by_30_m, horizontal_accuracy_m=40), permitted(), LAW)
    assert kinds(exact) == [ViolationKind.out_of_area_automated]
    assert kinds(vague) == []
    assert vague.evidence.uncertain


def test_a_vehicle_that_stands_outside_earns_no_hours_there() -> None:
    evidence = prove(a_drive(12, 12, 13), permitted(), LAW).evidence
    assert evidence.hours[AUTO] == pytest.approx(0)


def test_a_vehicle_that_never_moves_is_proved_to_stand() -> None:
    inside = prove(a_drive(5, 5, 5), permitted(), LAW)
    outside = prove(a_drive(15, 15, 15), permitted(), LAW)
    assert inside.breaches == ()
    assert inside.evidence.hours[AUTO] == pytest.approx(20 / 3600)
    assert kinds(outside) == [ViolationKind.out_of_area_automated]
    assert outside.evidence.hours[AUTO] == 0


# hours


def test_automated_driving_outside_the_hours_is_a_violation() -> None:
    closed_again = permitted(an_area(schedule=a_schedule(end=NOW + timedelta(seconds=20))))
    proof = prove(a_drive(1, 2, 3, 4, 5), closed_again, LAW)
    breach = the_breach(proof)
    assert breach.violation_kind is ViolationKind.out_of_area_automated
    assert "hours" in breach.explanation.en
    assert (breach.first_at, breach.last_at) == (
        NOW + timedelta(seconds=20),
        NOW + timedelta(seconds=40),
    )
    assert proof.evidence.km[AUTO] == pytest.approx(2 * STEP_M / 1000, rel=1e-3)


def test_manual_driving_outside_the_hours_is_none() -> None:
    over = permitted(an_area(schedule=during(-2, -1)))
    assert prove(a_drive(1, 2, modes=MANUAL), over, LAW).breaches == ()


def test_the_hours_of_one_place_do_not_open_another() -> None:
    now_open = an_area(a_square(LON), schedule=during(-1, 1))
    open_tomorrow = an_area(a_square(LON + 0.01), schedule=during(24, 25))
    breach = the_breach(prove(a_drive(8, 9, 11, 12), permitted(now_open, open_tomorrow), LAW))
    assert "hours" in breach.explanation.en
    assert breach.length_m == pytest.approx(2 * STEP_M - 10, abs=0.5)


def test_one_place_may_take_over_from_another_on_the_way() -> None:
    handover = NOW + timedelta(seconds=15)
    before = an_area(schedule=a_schedule(start=NOW, end=handover))
    after = an_area(schedule=a_schedule(start=handover))
    assert prove(a_drive(1, 2, 3, 4), permitted(before, after), LAW).breaches == ()


def test_a_path_that_is_both_astray_and_late_is_told_once() -> None:
    over = permitted(an_area(schedule=during(-2, -1)))
    astray, late = prove(a_drive(8, 9, 11, 12), over, LAW).breaches
    assert astray.length_m == pytest.approx(2 * STEP_M - 10, abs=0.5)
    assert late.length_m == pytest.approx(2 * STEP_M + 10, abs=0.5)


def test_a_segment_may_fill_the_hours_to_the_instant() -> None:
    ten_seconds = a_schedule(start=NOW + timedelta(seconds=10), end=NOW + timedelta(seconds=20))
    driven = a_drive(1, 2, 3, 4, modes=(MANUAL, AUTO, MANUAL))
    assert prove(driven, permitted(an_area(schedule=ten_seconds)), LAW).breaches == ()


def test_without_times_an_excursion_lasts_as_long_as_the_summary() -> None:
    astray = without(a_drive(8, 9, 11, 12), "times")
    breach = the_breach(prove(astray, permitted(), LAW))
    assert (breach.first_at, breach.last_at) == (astray.started_at, astray.ended_at)


# heights


def test_flying_above_the_permitted_heights_is_a_violation() -> None:
    proof = prove(a_flown(80, 100, 130, 150), permitted_flight(), LAW)
    breach = the_breach(proof)
    assert breach.violation_kind is ViolationKind.altitude
    assert breach.length_m == pytest.approx(2 * STEP_M, rel=1e-2)
    assert breach.first_at == NOW + timedelta(seconds=10)


def test_a_climb_through_one_place_into_another_is_none() -> None:
    site, corridor = a_flight(altitude=a_band(0, 60)), a_flight(altitude=a_band(60, 110))
    flight = a_flown(0, 50, 90, 100, 70, 20)
    assert prove(flight, permitted_flight(site, corridor), LAW).breaches == ()


def test_the_heights_of_one_place_do_not_open_another() -> None:
    high = a_flight(a_square(LON), altitude=a_band(0, 110))
    low = a_flight(a_square(LON + 0.0045), altitude=a_band(0, 50))
    proof = prove(a_flown(*[90] * 13), permitted_flight(high, low), LAW)
    assert kinds(proof) == [ViolationKind.altitude]


def test_heights_that_cannot_be_compared_accuse_nobody() -> None:
    maybe = a_flown(600, 610, reference=Reference.AMSL)
    surely = a_flown(700, 710, reference=Reference.AMSL)
    assert prove(maybe, permitted_flight(), LAW).breaches == ()
    assert kinds(prove(surely, permitted_flight(), LAW)) == [ViolationKind.altitude]


def test_a_flight_is_bound_whatever_its_mode() -> None:
    proof = prove(
        a_flown(80, 80, 80, modes=MANUAL), permitted_flight(a_flight(a_square(104.2))), LAW
    )
    assert kinds(proof) == [ViolationKind.out_of_area_automated]


def test_a_flight_without_modes_is_bound_too() -> None:
    elsewhere = permitted_flight(a_flight(a_square(104.2)))
    proof = prove(without(a_flown(80, 80), "modes"), elsewhere, LAW)
    assert kinds(proof) == [ViolationKind.out_of_area_automated]


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
