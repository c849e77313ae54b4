"""Numbers answered for, many senders at once, and what was refused, handed in again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from geo.text import Text
from service.domain.boot import Gap
from service.domain.dead_letter import MOST_BODY, DeadLetter
from service.domain.errors import Forbidden, NotFound, Problem, Refused
from service.domain.journal import Actor
from service.domain.kinds import (
    Standing,
)
from service.domain.permit import PermitVehicle
from service.domain.telemetry import Outcome
from service.usecases import dead_letters, telemetry
from service.usecases.ports import Query
from service.usecases.telemetry import Post, Posted, Receipt
from tests.builders import a_permit
from tests.usecases.desk import POLICE, A, B, Desk
from tests.usecases.drives import CAR, a_desk, along, outcome, post


def unread(index: int = 0, text: str = "{}", **more: Any) -> Posted:
    problem = Problem("/path", "missing", Text("缺少", "Missing"))
    return Posted(index, None, problem, text=lambda: text, **more)


def receive(desk: Desk, *posts: Post) -> tuple[Receipt, ...]:
    with desk.store.write() as tx:
        return telemetry.receive(tx, desk.ctx, posts)


def test_numbers_count_as_answered_for_whether_accepted_or_refused() -> None:
    desk, first = a_desk(), along(seq=1)
    refused = unread(1, key=("vehicle-a", "boot-a", 2))
    gone_by = Posted(2, along(seq=4, permit_id="nothing"))
    (receipt,) = receive(desk, Post(CAR, [Posted(0, first), refused, gone_by]))
    assert receipt.upto == {("vehicle-a", "boot-a"): 2}
    (gap,) = desk.ask(telemetry.gaps, A, Query()).items
    assert gap == Gap("vehicle-a", "boot-a", 3, 3)
    assert desk.ask(telemetry.gaps, B, Query()).items == ()


def test_nobody_answers_for_anothers_vehicle() -> None:
    desk = a_desk()
    foreign = unread(key=("vehicle-b", "boot-a", 1))
    (receipt,) = receive(desk, Post(A, [foreign, Posted(1, along(seq=2, vehicle_id="vehicle-b"))]))
    assert receipt.upto == {}
    assert desk.ask(telemetry.gaps, POLICE, Query()).items == ()


def test_a_summary_refused_before_is_taken_once_its_reason_is_gone() -> None:
    desk, summary = a_desk(), along(seq=1)
    post(desk, replace(summary, permit_id="nothing"))
    assert outcome(desk, summary) == (Outcome.accepted, None)


def test_many_senders_are_taken_together_each_as_itself() -> None:
    desk = a_desk()
    sister = replace(CAR, vehicle_id="vehicle-c")
    mine, hers = along(), along(vehicle_id="vehicle-c")
    taken = receive(desk, Post(CAR, [Posted(0, mine)]), Post(sister, [Posted(0, hers)]),
                    Post(sister, [Posted(0, along())]))  # fmt: skip
    codes = [(r.status, r.problem and r.problem.code) for one in taken for r in one.results]
    accepted = (Outcome.accepted, None)
    assert codes == [accepted, accepted, (Outcome.rejected, "other_vehicle")]


def test_a_clock_that_runs_ahead_is_told_with_the_summary() -> None:
    desk, summary = a_desk(), along()
    desk.later(seconds=-90)
    post(desk, summary)
    (arrival,) = desk.ask(telemetry.summaries, POLICE, Query()).items
    assert arrival.clock_ahead == timedelta(seconds=90)
    desk.later(seconds=90)
    post(desk, along())
    assert desk.ask(telemetry.summaries, POLICE, Query()).items[1].clock_ahead == timedelta(0)


# dead letters


def letters(desk: Desk, actor: Actor = POLICE) -> tuple[DeadLetter, ...]:
    return desk.ask(dead_letters.page, actor, Query()).items


def test_what_is_refused_is_kept_with_its_reason() -> None:
    desk, summary = a_desk(), along()
    post(desk, summary)
    conflict = Posted(0, replace(summary, digest="another"), text=lambda: "as it came")
    desk.do(telemetry.record, CAR, [conflict])
    (letter,) = letters(desk)
    assert (letter.problem.code, letter.key, letter.body) == (
        "sequence_conflict",
        summary.key,
        "as it came",
    )
    assert (letter.sender, letter.organisation_id) == (f"vehicle:{CAR.id}", "organisation-a")
    assert (len(letters(desk, A)), letters(desk, B)) == (1, ())


def test_what_is_taken_leaves_no_letter_and_is_not_written_down() -> None:
    desk, summary = a_desk(), along()
    unwritten = Posted(0, summary, text=lambda: pytest.fail("nobody needs it"))
    desk.do(telemetry.record, CAR, [unwritten, replace(unwritten, index=1)])
    assert letters(desk) == ()


def test_a_letter_is_handed_in_again_once_its_reason_is_gone() -> None:
    desk, summary = a_desk(), along(permit_id="permit-new", vehicle_id="vehicle-c")
    (refused,) = post(desk, summary, actor=A)
    assert refused.problem is not None
    (letter,) = letters(desk)
    cleared = (PermitVehicle("vehicle-c", Standing.cleared),)
    desk.given(a_permit(id="permit-new", vehicles=cleared))
    desk.later(days=30)
    again = desk.do(dead_letters.replay, A, letter.id, lambda text: Posted(0, summary))
    assert again.status is Outcome.accepted
    (after,) = letters(desk)
    assert (after.outcome, after.replayed_at) == (Outcome.accepted, desk.now)
    once_more = desk.do(dead_letters.replay, A, letter.id, lambda text: Posted(0, summary))
    assert once_more.status is Outcome.duplicate


def test_a_letter_handed_in_too_early_stays_one_letter() -> None:
    desk = a_desk()
    desk.do(telemetry.record, CAR, [unread(text="{}")])
    (letter,) = letters(desk)
    again = desk.do(dead_letters.replay, A, letter.id, lambda text: unread(text=text))
    assert again.status is Outcome.rejected
    (after,) = letters(desk)
    assert (after.outcome, after.received_at) == (Outcome.rejected, letter.received_at)


@pytest.mark.parametrize(("actor", "expected"), [(B, NotFound), (POLICE, Forbidden)])
def test_a_letter_is_handed_in_by_its_own_operator_alone(
    actor: Actor, expected: type[Exception]
) -> None:
    desk = a_desk()
    desk.do(telemetry.record, CAR, [unread()])
    with pytest.raises(expected):
        desk.do(dead_letters.replay, actor, letters(desk)[0].id, lambda text: unread())


def test_a_letter_that_was_cut_is_not_handed_in() -> None:
    desk = a_desk()
    desk.do(telemetry.record, CAR, [unread(text="x" * (MOST_BODY + 1))])
    with pytest.raises(Refused) as refused:
        desk.do(dead_letters.replay, A, letters(desk)[0].id, lambda text: unread())
    assert refused.value.code == "not_kept_whole"
