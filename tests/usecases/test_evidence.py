"""Evidence computed anew: the same numbers as when it arrived, or a difference that is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.domain.errors import Forbidden
from service.domain.telemetry import Summary
from service.usecases import evidence, telemetry
from service.usecases.evidence import Difference
from service.usecases.telemetry import Posted
from tests.builders import NOW, a_vehicle, an_operator
from tests.domain.drives import AUTO, a_drive, permitted
from tests.usecases.desk import AUDITOR, A, Desk

PERMIT = permitted(id="permit-a")


def a_registry(*summaries: Summary) -> Desk:
    """A registry that took these as they came, an hour after the first began."""
    desk = Desk(PERMIT, a_vehicle(id="vehicle-a"))
    desk.later(hours=1)
    for number, summary in enumerate(summaries):
        took_s = (summary.ended_at - summary.started_at).total_seconds()
        claims = {"distance_km": {AUTO: 1.0}, "duration_s": {AUTO: took_s}}
        key = {"permit_id": "permit-a", "boot_id": "boot", "seq": number + 1}
        numbered = replace(summary, **key, **claims)
        (result,) = desk.do(telemetry.record, A, [Posted(0, numbered)])
        assert result.problem is None, result.problem
    return desk


def differences(desk: Desk, actor: Any = AUDITOR) -> list[Difference]:
    found: list[Difference] = desk.do(
        lambda tx, actor, ctx: list(evidence.differences(tx, actor, ctx, lambda done, of: None)),
        actor,
    )
    return found


def test_evidence_comes_out_as_it_did_when_it_arrived() -> None:
    later = a_drive(2, 3, 4)
    overlapping = replace(
        later,
        started_at=NOW + timedelta(seconds=10),
        ended_at=later.ended_at + timedelta(seconds=10),
    )
    outside = a_drive(5, 9, 14)
    assert differences(a_registry(a_drive(0, 1, 2, 3), overlapping, outside)) == []


def test_evidence_that_was_changed_is_told_with_what_it_should_be() -> None:
    desk = a_registry(a_drive(0, 1, 2, 3), a_drive(3, 4, 5))
    with desk.store.write() as tx:
        arrivals = tx.telemetry._state.changing().arrivals
        stored = arrivals[0].evidence
        arrivals[0] = replace(arrivals[0], evidence=replace(stored, takeovers=7))
    (found,) = differences(desk)
    assert (found.recorded.takeovers, found.computed) == (7, stored)


def test_only_who_audits_may_ask() -> None:
    with pytest.raises(Forbidden):
        differences(Desk(), A)
    with pytest.raises(Forbidden):
        differences(Desk(), an_operator("organisation-b"))
