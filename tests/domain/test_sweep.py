"""Where, when and how high a path leaves what was permitted, segment by segment."""

from datetime import timedelta

import numpy as np
import pytest

from geo.altitude import Reference
from service.domain.kinds import ViolationKind
from service.domain.proof import prove
from tests.builders import LON, NOW, a_band, a_schedule, a_square, a_track
from tests.domain.drives import (
    AUTO,
    MANUAL,
    MIDDLE,
    STEP_M,
    a_drive,
    a_flown,
    kinds,
    permitted,
    permitted_flight,
    the_breach,
    without,
)
from tests.domain.questions import LAW, a_flight, an_area, during, with_rule

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


def test_a_path_that_crosses_itself_at_every_fix_is_judged_like_any_other() -> None:
    fixes = 3_000
    spread = np.random.default_rng(1).random((fixes, 2)) * 2e-4
    track = a_track(
        lonlat=np.array((LON + 0.02, MIDDLE)) + spread,
        times=NOW.timestamp() + np.arange(fixes) * 10.0,
        modes=(AUTO,) * (fixes - 1),
    )
    proof = prove(a_drive(1, 2, track=track, distance_km={AUTO: 40.0}), permitted(), LAW)
    breach = the_breach(proof)
    assert breach.length_m == pytest.approx(proof.evidence.outside_km * 1000)
    assert proof.evidence.km[AUTO] == 0


@pytest.mark.parametrize(("beyond_m", "violations"), [(9.9, 0), (11.0, 1)])
def test_a_place_reaches_as_far_as_the_tolerance(beyond_m: float, violations: int) -> None:
    proof = prove(a_drive(9, 10 + beyond_m / STEP_M, seconds=600), permitted(), LAW)
    assert len(proof.breaches) == violations


OUT = 10 + 60 / STEP_M


@pytest.mark.parametrize(
    ("lons", "seconds", "violations"),
    [
        ((9, OUT, 9), 1.0, 0),
        ((9, OUT, OUT, 9), 1.0, 0),
        ((9, OUT, OUT, OUT, 9), 0.5, 1),
        ((9, OUT, OUT, 9), 2.5, 1),
        ((9, 9, OUT), 1.0, 0),
        ((OUT, OUT + 0.01), 1.0, 1),
    ],
)
def test_a_fix_or_two_outside_for_a_moment_may_be_jitter(
    lons: tuple[float, ...], seconds: float, violations: int
) -> None:
    fast = with_rule("telemetry.plausible_ground_mps", value=500.0)
    proof = prove(a_drive(*lons, seconds=seconds), permitted(), fast)
    assert kinds(proof) == [ViolationKind.out_of_area_automated] * violations


def test_what_may_be_jitter_earns_nothing_and_is_held_against_nobody() -> None:
    fast = with_rule("telemetry.plausible_ground_mps", value=500.0)
    proof = prove(a_drive(9, OUT, 9, seconds=1), permitted(), fast)
    assert proof.breaches == ()
    assert proof.evidence.outside_km == 0
    inside_m = 2 * (STEP_M + 10)
    assert proof.evidence.km[AUTO] == pytest.approx(inside_m / 1000, abs=1e-3)


def test_a_path_without_times_cannot_be_told_from_jitter() -> None:
    untimed = without(a_drive(9, OUT, 9, seconds=1), "times")
    assert kinds(prove(untimed, permitted(), LAW)) == [ViolationKind.out_of_area_automated]


def test_what_only_its_accuracy_may_explain_earns_nothing() -> None:
    accurate_enough = with_rule("telemetry.horizontal_accuracy_m", value=50.0)
    vague = a_drive(9, 10, OUT, seconds=60, horizontal_accuracy_m=40)
    evidence = prove(vague, permitted(), accurate_enough).evidence
    assert evidence.km[AUTO] == pytest.approx((STEP_M + 10) / 1000, abs=1e-3)
    assert evidence.outside_km == pytest.approx((60 - 40) / 1000, abs=1e-3)


def test_an_inaccurate_fix_is_not_held_to_more_than_its_accuracy() -> None:
    off_by_30_m = (9, 10 + 30 / STEP_M)
    exact = prove(a_drive(*off_by_30_m, seconds=60), permitted(), LAW)
    vague = prove(a_drive(*off_by_30_m, horizontal_accuracy_m=40, seconds=60), permitted(), LAW)
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


def test_hours_that_close_between_two_fixes_are_seen() -> None:
    early, late = during(-1, 0.5), during(2.5, 4)
    two_fixes = a_drive(1, 2, seconds=3 * 3600)
    proof = prove(two_fixes, permitted(an_area(schedule=early), an_area(schedule=late)), LAW)
    assert kinds(proof) == [ViolationKind.out_of_area_automated]
    assert proof.evidence.hours[AUTO] == 0


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
