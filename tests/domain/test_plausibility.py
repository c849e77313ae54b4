"""What cannot have happened as it was told: refused beyond all sense, else implausible."""

from dataclasses import replace
from datetime import timedelta
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from service.domain.kinds import Domain, SupervisionMode, ViolationKind
from service.domain.pace import Span
from service.domain.plausibility import impossible
from service.domain.proof import Proof, prove
from service.domain.telemetry import Summary
from tests.builders import LON, NOW, a_summary, a_track
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
)
from tests.domain.questions import LAW, with_rule

IMPLAUSIBLE = [ViolationKind.implausible]


def proof_of(summary: Summary, *recorded: Span) -> Proof:
    return prove(summary, permitted(), LAW, recorded)


def jittering(fixes: int, beside_m: float, seconds: float, **changes: Any) -> Summary:
    """Fixes to and fro around one place, evenly over the time."""
    lons = 5 + np.arange(fixes) % 2 * beside_m / STEP_M
    still = {"distance_km": {AUTO: 0.0}, "horizontal_accuracy_m": 10.0, "max_speed_mps": 0.0}
    ended_at = NOW + timedelta(seconds=max(seconds, 1))
    times = {"seconds": seconds / (fixes - 1), "ended_at": ended_at}
    return a_drive(*lons.tolist(), **{**times, **still, **changes})


# speed


def test_a_leap_faster_than_anything_drives_is_implausible_and_proves_nothing() -> None:
    proof = proof_of(a_drive(1, 9, seconds=10))
    assert kinds(proof) == IMPLAUSIBLE
    assert the_breach(proof).length_m == pytest.approx(8 * STEP_M, rel=1e-2)
    assert proof.evidence.uncertain


def test_what_no_car_can_an_aircraft_may() -> None:
    fast = a_flown(80, 80, seconds=STEP_M / 90)
    assert prove(fast, permitted_flight(), LAW).breaches == ()
    assert kinds(proof_of(a_drive(1, 2, seconds=STEP_M / 90))) == IMPLAUSIBLE


def test_fixes_that_jitter_within_their_accuracy_are_no_leap() -> None:
    jitter = {"seconds": 0.1, "horizontal_accuracy_m": 8.0}
    assert proof_of(a_drive(1, 1 + 20 / STEP_M, **jitter)).breaches == ()
    assert kinds(proof_of(a_drive(1, 1 + 26 / STEP_M, **jitter))) == IMPLAUSIBLE


@pytest.mark.parametrize("beside_m", [9.9, 19.9])
@pytest.mark.parametrize("seconds", [0, 1])
def test_jitter_in_no_time_is_no_drive(beside_m: float, seconds: float) -> None:
    proof = proof_of(jittering(9_999, beside_m, seconds))
    assert ViolationKind.implausible in kinds(proof)
    assert proof.evidence.uncertain


def test_two_places_at_one_instant_are_implausible_unless_they_may_be_one() -> None:
    a_mode_change = a_drive(1, 2, 2 + 0.9 / STEP_M, 3, horizontal_accuracy_m=1)
    times = NOW.timestamp() + np.array([0.0, 10.0, 10.0, 20.0])
    at_once = replace(a_mode_change, track=replace(a_mode_change.track, times=times))
    assert proof_of(at_once).breaches == ()
    assert kinds(proof_of(replace(at_once, horizontal_accuracy_m=0.5))) == IMPLAUSIBLE


@pytest.mark.parametrize("along", [False, True])
def test_a_speed_told_that_nothing_reaches_is_implausible(along: bool) -> None:
    told = a_drive(1, 2, max_speed_mps=12.0 if along else 71.0)
    if along:
        told = replace(told, track=replace(told.track, speeds_mps=np.array([3.0, 71.0])))
    assert kinds(proof_of(told)) == IMPLAUSIBLE


# the claim


def test_a_vehicle_that_stood_is_not_accused_of_its_jitter_and_earns_nothing_by_it() -> None:
    proof = proof_of(jittering(600, 19.9, 600))
    assert proof.breaches == ()
    assert proof.evidence.km == {AUTO: 0}


def test_nobody_earns_more_than_is_claimed() -> None:
    modest = a_drive(1, 2, 3, modes=(AUTO, MANUAL), distance_km={AUTO: 0.05, MANUAL: 1.0})
    evidence = proof_of(modest).evidence
    assert evidence.km == {AUTO: 0.05, MANUAL: pytest.approx(STEP_M / 1000, rel=1e-3)}
    short = a_drive(1, 2, duration_s={AUTO: 6.0})
    assert proof_of(short).evidence.hours == {AUTO: 6 / 3600}


@pytest.mark.parametrize(("claimed_km", "violations"), [(0.32, 0), (0.30, 1), (0, 1)])
def test_a_path_far_longer_than_the_claim_is_implausible(
    claimed_km: float, violations: int
) -> None:
    path_m = 5 * STEP_M
    assert 1.2 * 300 + 100 + 2 * 1.5 * 5 < path_m < 1.2 * 320 + 100 + 2 * 1.5 * 5
    told = a_drive(1, 2, 3, 4, 5, 6, distance_km={AUTO: claimed_km})
    assert kinds(proof_of(told)) == IMPLAUSIBLE * violations


# told before


def lasted(start_s: float, end_s: float) -> Span:
    return NOW + timedelta(seconds=start_s), NOW + timedelta(seconds=end_s)


def a_lap(seconds: float) -> Summary:
    """A drive of ten segments inside the area that lasts so long."""
    return a_drive(*np.linspace(1, 9, 11).tolist(), seconds=seconds / 10)


@pytest.mark.parametrize(
    ("other", "violations"),
    [
        (lasted(-600, 0), 0),
        (lasted(600, 900), 0),
        (lasted(-600, 120), 0),
        (lasted(500, 1200), 0),
        (lasted(-600, 121), 1),
        (lasted(-20, 20), 0),
        (lasted(-20, 21), 1),
        (lasted(300, 302), 1),
        (lasted(0, 600), 1),
        (lasted(-600, 1200), 1),
    ],
)
def test_a_time_told_of_before_is_implausible_beyond_what_clocks_differ(
    other: Span, violations: int
) -> None:
    proof = proof_of(a_lap(600), other)
    assert kinds(proof) == IMPLAUSIBLE * violations
    assert proof.evidence.uncertain == bool(violations)


def test_the_same_drive_of_a_second_is_implausible_too() -> None:
    brief = a_drive(1, 1.01, 1.02, seconds=0.5)
    assert kinds(proof_of(brief, lasted(0, 1))) == IMPLAUSIBLE
    assert proof_of(brief, lasted(-1, 0), lasted(1, 2)).breaches == ()


def test_a_time_is_counted_once_however_little_is_shared() -> None:
    lap = a_lap(600)
    alone, after_another = proof_of(lap).evidence, proof_of(lap, lasted(-600, 90)).evidence
    assert after_another.km[AUTO] == pytest.approx(alone.km[AUTO] * 510 / 600)
    assert after_another.outside_km == 0


def test_fixes_beside_the_interval_earn_nothing_there() -> None:
    lap = replace(a_lap(600), started_at=NOW + timedelta(seconds=60))
    assert proof_of(lap).evidence.km[AUTO] == pytest.approx(8 * STEP_M / 1000 * 0.9, rel=1e-3)


# beyond all sense


def refused(domain: Domain = Domain.ground, **changes: Any) -> list[tuple[str, str]]:
    summary = a_summary(**changes)
    return [(p.pointer, p.code) for p in impossible(summary, domain, LAW.pack)]


def test_an_ordinary_summary_is_possible() -> None:
    assert refused() == []
    assert refused(Domain.air, supervision_mode=SupervisionMode.bvlos) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ended_at": NOW + timedelta(hours=24)}, []),
        (
            {"ended_at": NOW + timedelta(hours=24, seconds=1)},
            [("/ended_at", "interval_too_long")],
        ),
        ({"duration_s": {AUTO: 120.0, MANUAL: 120.0}}, []),
        ({"duration_s": {AUTO: 121.0, MANUAL: 120.0}}, [("/duration_s", "longer_than_interval")]),
        ({"distance_km": {AUTO: 16.0}}, []),
        ({"distance_km": {AUTO: 16.0, MANUAL: 1.0}}, [("/distance_km", "too_far")]),
        ({"distance_km": {AUTO: 1e308, MANUAL: 1e308}}, [("/distance_km", "too_far")]),
        ({"distance_km": {AUTO: inf}}, [("/distance_km", "too_far")]),
        ({"distance_km": {AUTO: nan}}, [("/distance_km", "too_far")]),
        (
            {"supervision_mode": SupervisionMode.vlos},
            [("/supervision_mode", "supervision_of_other_domain")],
        ),
    ],
)
def test_what_exceeds_all_sense_is_refused_by_its_place(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(**changes) == expected


def test_an_aircraft_is_not_watched_over_from_a_seat() -> None:
    assert refused(Domain.air) == [("/supervision_mode", "supervision_of_other_domain")]


def test_the_longest_interval_is_the_packs() -> None:
    shorter = with_rule("telemetry.longest_interval", value=0.01).pack
    (problem,) = impossible(a_summary(), Domain.ground, shorter)
    assert problem.pointer == "/ended_at"


def test_a_jump_far_away_and_back_is_seen_whatever_follows() -> None:
    lonlat = np.array([(LON + 0.001, MIDDLE)] * 50 + [(LON + 0.009, MIDDLE)] + [(LON, MIDDLE)] * 50)
    track = a_track(lonlat=lonlat, times=NOW.timestamp() + np.arange(101.0), modes=(AUTO,) * 100)
    jump = a_drive(1, 2, track=track, ended_at=NOW + timedelta(seconds=100))
    breach = the_breach(proof_of(jump))
    assert (breach.first_at, breach.last_at) == lasted(49, 51)
