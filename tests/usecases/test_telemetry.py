"""Telemetry: every summary counted once, each answered for, excursions opened as violations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import numpy as np
import pytest

from geo.text import Text
from service.domain.errors import Forbidden, Problem
from service.domain.journal import Actor
from service.domain.kinds import (
    ControlMode,
    PermitState,
    SupervisionMode,
    ViolationKind,
)
from service.domain.telemetry import Outcome
from service.usecases import telemetry
from service.usecases.ports import Query
from service.usecases.telemetry import Posted, Result
from tests.builders import LAT, LON, NOW, a_track
from tests.usecases.desk import AUDITOR, POLICE, A, B
from tests.usecases.drives import CAR, MIDDLE, a_desk, along, outcome, post, shifted

# once


def test_a_summary_is_stored_with_what_it_proves() -> None:
    desk, summary = a_desk(), along()
    (result,) = post(desk, summary)
    assert result == Result(0, summary.id, Outcome.accepted)
    (stored,) = desk.ask(telemetry.summaries, POLICE, Query()).items
    assert stored.summary.key == summary.key
    (evidence,) = desk.committed.telemetry.evidence(Query())
    assert evidence.summary_id == summary.id
    assert evidence.organisation_id == "organisation-a"


def test_the_same_again_is_a_duplicate_and_counts_once() -> None:
    desk, summary = a_desk(), along()
    post(desk, summary)
    assert outcome(desk, summary) == (Outcome.duplicate, None)
    assert [r.status for r in post(desk, *[along(seq=1)] * 2)] == [
        Outcome.accepted,
        Outcome.duplicate,
    ]
    assert len(desk.committed.telemetry.evidence(Query())) == 2


def test_the_same_number_with_other_content_is_a_conflict() -> None:
    desk, summary = a_desk(), along()
    post(desk, summary)
    other = replace(summary, digest="another digest")
    assert outcome(desk, other) == (Outcome.rejected, "sequence_conflict")


def test_a_repetition_is_a_duplicate_however_late_it_comes() -> None:
    desk, summary = a_desk(), along()
    post(desk, summary)
    desk.later(days=30)
    assert outcome(desk, summary) == (Outcome.duplicate, None)


def test_every_vehicle_and_every_boot_counts_for_itself() -> None:
    desk = a_desk()
    first = along(seq=1)
    batch = (first, replace(first, boot_id="later"), replace(first, vehicle_id="vehicle-c"))
    assert [r.status for r in post(desk, *batch, actor=A)] == [Outcome.accepted] * 3


# part of a batch


def test_good_items_are_kept_whatever_the_others_are() -> None:
    desk = a_desk()
    problem = Problem("/seq", "required", Text("必填", "Required"))
    batch = (
        Posted(0, along()),
        Posted(1, None, problem),
        Posted(2, along(permit_id="nothing")),
        Posted(3, along()),
    )
    results = desk.do(telemetry.record, CAR, batch)
    assert [(r.index, r.status) for r in results] == [
        (0, Outcome.accepted),
        (1, Outcome.rejected),
        (2, Outcome.rejected),
        (3, Outcome.accepted),
    ]
    assert results[1].problem == problem
    assert results[1].id is None
    assert len(desk.ask(telemetry.summaries, POLICE, Query()).items) == 2


# whose


@pytest.mark.parametrize("actor", [CAR, A])
def test_anothers_permit_looks_absent(actor: Actor) -> None:
    foreign = post(a_desk(), along(permit_id="permit-b"), actor=actor)
    absent = post(a_desk(), along(permit_id="nothing"), actor=actor)
    assert foreign[0].problem == absent[0].problem
    assert foreign[0].problem is not None
    assert foreign[0].problem.code == "permit_unknown"


@pytest.mark.parametrize("actor", [CAR, A])
def test_anothers_vehicle_looks_unknown_and_it_is_said_who_may_register_it(actor: Actor) -> None:
    (foreign,) = post(a_desk(), along(vehicle_id="vehicle-b"), actor=actor)
    assert foreign.problem is not None
    assert (foreign.problem.code, foreign.problem.pointer) == ("unknown_vehicle", "/vehicle_id")
    assert "may register it" in foreign.problem.message.en
    assert outcome(a_desk(), along(vehicle_id="nothing"), actor)[1] == "unknown_vehicle"


def test_a_key_speaks_for_its_own_vehicle_only() -> None:
    sister = along(vehicle_id="vehicle-c")
    assert outcome(a_desk(), sister) == (Outcome.rejected, "other_vehicle")
    assert outcome(a_desk(), sister, A) == (Outcome.accepted, None)


def test_a_vehicle_that_is_not_on_the_permit_is_rejected() -> None:
    stranger = along(vehicle_id="vehicle-d")
    assert outcome(a_desk(), stranger, A) == (Outcome.rejected, "vehicle_not_on_permit")


@pytest.mark.parametrize("actor", [POLICE, AUDITOR])
def test_who_drives_nothing_posts_nothing(actor: Actor) -> None:
    with pytest.raises(Forbidden):
        post(a_desk(), along(), actor=actor)


# when


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (1.9, (Outcome.accepted, None)),
        (2.1, (Outcome.rejected, "in_the_future")),
    ],
)
def test_clocks_may_differ_by_as_much_as_the_pack_says(
    minutes: float, expected: tuple[Outcome, str | None]
) -> None:
    desk = a_desk()
    desk.later(minutes=-minutes)
    assert outcome(desk, along()) == expected


def test_what_comes_later_than_the_pack_allows_is_rejected() -> None:
    in_time, late = a_desk(), a_desk()
    in_time.now, late.now = NOW + timedelta(days=7), NOW + timedelta(days=7, seconds=1)
    assert outcome(in_time, along()) == (Outcome.accepted, None)
    assert outcome(late, along()) == (Outcome.rejected, "too_late")


@pytest.mark.parametrize("shift", [-3600, 3600])
def test_fixes_from_another_time_are_rejected(shift: float) -> None:
    summary = along()
    elsewhen = replace(summary.track, times=summary.track.times + shift)
    moved = replace(summary, track=elsewhen)
    assert outcome(a_desk(), moved) == (Outcome.rejected, "outside_interval")


# told twice


def test_the_same_drive_under_another_number_is_recorded_and_believed_no_more() -> None:
    desk, once = a_desk(), along()
    post(desk, once)
    again, after_boot = replace(once, seq=999), replace(once, seq=1, boot_id="later")
    for repeated in (again, after_boot):
        (result,) = post(desk, repeated)
        assert result.status is Outcome.accepted
        assert len(result.violation_ids) == 1
    listed = desk.ask(telemetry.violations, POLICE, Query()).items
    assert {v.violation_kind for v in listed} == {ViolationKind.implausible}
    evidence = desk.committed.telemetry.evidence(Query())
    assert sorted(proof.uncertain for proof in evidence) == [False, True, True]


def test_the_same_drive_twice_in_a_batch_is_believed_once() -> None:
    desk, once = a_desk(), along()
    post(desk, once, replace(once, seq=999))
    evidence = desk.committed.telemetry.evidence(Query())
    assert sorted(proof.uncertain for proof in evidence) == [False, True]


def test_summaries_that_adjoin_are_believed_in_any_order() -> None:
    desk = a_desk()
    desk.later(minutes=4)
    for minutes in (4, 0, 2):
        (result,) = post(desk, shifted(along(), minutes=minutes))
        assert result.violation_ids == ()


def test_another_vehicle_may_be_there_at_the_same_time() -> None:
    desk, once = a_desk(), along()
    post(desk, once)
    (result,) = post(desk, replace(once, vehicle_id="vehicle-c"), actor=A)
    assert result.violation_ids == ()


def test_a_long_summary_told_before_is_found_from_its_end() -> None:
    desk = a_desk()
    desk.later(days=1)
    day = {"started_at": NOW, "ended_at": NOW + timedelta(hours=24)}
    post(desk, along(**day))
    (result,) = post(desk, shifted(along(), hours=23))
    assert len(result.violation_ids) == 1


# beyond sense


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (
            {"distance_km": {ControlMode.automated: 1e308, ControlMode.manual: 1e308}},
            "/distance_km",
        ),
        ({"supervision_mode": SupervisionMode.vlos}, "/supervision_mode"),
        ({"activity_id": "nope"}, "/activity_id"),
        ({"started_at": NOW - timedelta(hours=24)}, "/ended_at"),
        ({"track": a_track(lonlat=np.array([(LON, MIDDLE), (inf, LAT), (LON, LAT)]))}, "/path"),
    ],
)
def test_what_cannot_be_is_rejected_and_loses_no_other_item(
    changes: dict[str, Any], pointer: str
) -> None:
    desk = a_desk()
    good, bad, last = post(desk, along(), replace(along(), **changes), shifted(along(), minutes=-2))
    assert bad.problem is not None
    assert (bad.status, bad.problem.pointer) == (Outcome.rejected, pointer)
    assert [good.status, last.status] == [Outcome.accepted] * 2
    assert len(desk.committed.telemetry.evidence(Query())) == 2


@pytest.mark.parametrize("year", [1, 9999])
def test_times_at_the_ends_of_the_calendar_are_rejected(year: int) -> None:
    far = along(
        started_at=datetime(year, 1, 1, tzinfo=UTC), ended_at=datetime.max.replace(tzinfo=UTC)
    )
    assert outcome(a_desk(), far) == (Outcome.rejected, "in_the_future")
    past = along(started_at=datetime.min.replace(tzinfo=UTC))
    assert outcome(a_desk(), past) == (Outcome.rejected, "too_late")


# violations


def test_an_excursion_opens_a_violation_and_is_accepted() -> None:
    desk, astray = a_desk(), along(5, 15, 16)
    (result,) = post(desk, astray)
    assert result.status is Outcome.accepted
    (violation,) = desk.ask(telemetry.violations, POLICE, Query()).items
    assert result.violation_ids == (violation.id,)
    assert violation.violation_kind is ViolationKind.out_of_area_automated
    assert (violation.summary_id, violation.permit_id) == (astray.id, "permit-a")
    assert violation.rule_id == "conduct.out_of_area_automated"
    assert violation.length_m == pytest.approx(5 * 95.9 - 10, abs=1)
    assert "detect" in [line.action for line in desk.committed.journal.page(0, 9)]


def test_driving_on_a_suspended_permit_is_accepted_and_a_violation() -> None:
    desk = a_desk(state=PermitState.suspended)
    (result,) = post(desk, along())
    assert result.status is Outcome.accepted
    assert len(result.violation_ids) == 1


def test_a_repetition_opens_no_second_violation() -> None:
    desk, astray = a_desk(), along(5, 15, 16)
    post(desk, astray)
    post(desk, astray)
    assert len(desk.ask(telemetry.violations, POLICE, Query()).items) == 1


# sight


def test_an_operator_reads_its_own() -> None:
    desk = a_desk()
    post(desk, along(5, 15, 16))
    assert len(desk.ask(telemetry.summaries, A, Query()).items) == 1
    assert len(desk.ask(telemetry.violations, A, Query()).items) == 1
    assert desk.ask(telemetry.summaries, B, Query()).items == ()
    assert desk.ask(telemetry.violations, B, Query()).items == ()
    with pytest.raises(Forbidden):
        desk.ask(telemetry.summaries, CAR, Query())


# seals


def test_what_arrived_long_enough_ago_is_sealed_in_one_line() -> None:
    desk = a_desk()
    post(desk, along(), along())
    desk.later(minutes=59)
    assert desk.do(telemetry.seal, POLICE) == 0
    desk.later(minutes=2)
    before = desk.committed.journal.head()[0]
    assert desk.do(telemetry.seal, POLICE) == 2
    assert desk.committed.journal.head()[0] == before + 1
    assert desk.do(telemetry.seal, POLICE) == 0
