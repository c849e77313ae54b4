"""What an application rests on when that is not for everyone to know (decision 13)."""

from dataclasses import replace
from typing import Any

from geo.text import Text
from service.domain.findings import CONFIDENTIAL, Against, Finding
from service.domain.kinds import RestrictionKind, Role, Severity, Visibility
from service.domain.question import Answer, Coverage
from service.domain.rulepack import SharingCase
from service.usecases.judging import judged
from tests.builders import a_restriction
from tests.domain.findings import a_finding
from tests.surroundings import a_context
from tests.usecases.desk import a_desk

AERODROME = a_restriction(
    id="hidden",
    restriction_kind=RestrictionKind.aerodrome_clearance_area,
    visibility=Visibility.authorities,
)


def a_meeting(owner_id: str | None = CONFIDENTIAL, **changes: Any) -> Finding:
    """A word with the emergency office is needed, because of a restriction."""
    party = Against("restriction", AERODROME.id, Text("净空区", "Clearance"), owner_id)
    case = SharingCase.restriction_conditional
    return a_finding(case, **{"against": (party,), "offices": (Role.emergency,), **changes})


def lines_after(*findings: Finding) -> list[str]:
    """The rules of the emergency office's lines once these findings stand."""
    desk = a_desk()
    application = desk.submitted()
    desk.given(AERODROME)
    answer = Answer(findings, Coverage(0.0, ()))
    with desk.store.read() as tx:
        fresh = judged(tx, desk.ctx, application, answer)
    return [line.rule_id for line in fresh.required_reviews if line.role is Role.emergency]


def test_a_line_that_only_something_hidden_calls_for_does_not_name_its_rule() -> None:
    assert lines_after(a_meeting()) == ["undisclosed"]


def test_a_line_that_something_open_calls_for_too_names_that() -> None:
    assert lines_after(a_meeting(), a_meeting(owner_id=None)) == ["sharing.restriction_conditional"]


def test_a_line_of_the_pack_that_rests_on_something_hidden_does_not_name_its_rule() -> None:
    desk = a_desk()
    application = desk.submitted()
    desk.given(AERODROME)
    ctx = a_context(desk.now)
    answer = Answer((a_meeting(offices=()),), Coverage(0.0, ()))
    rows = tuple(
        replace(row, features=frozenset({"aerodrome"}))
        if row.rule.id == "review.ground.transport"
        else row
        for row in ctx.pack.rows
    )
    ctx = replace(ctx, pack=replace(ctx.pack, rows=rows))
    with desk.store.read() as tx:
        fresh = judged(tx, ctx, application, answer)
    rules = {line.role: line.rule_id for line in fresh.required_reviews}
    assert rules[Role.transport] == "undisclosed"
    assert rules[Role.police] == "review.ground.police"


def test_hidden_advice_does_not_weigh_in_the_risk() -> None:
    desk = a_desk()
    application = desk.submitted()
    desk.given(AERODROME)
    advice = a_meeting(severity=Severity.advisory)
    with desk.store.read() as tx:
        fresh = judged(tx, desk.ctx, application, Answer((advice,), Coverage(0.0, ())))
    assert fresh.risk == application.risk


def test_a_reason_of_risk_that_only_something_hidden_gives_is_kept_apart() -> None:
    desk = a_desk()
    application = desk.submitted()
    desk.given(AERODROME)
    with desk.store.read() as tx:
        hidden, both = (
            judged(tx, desk.ctx, application, Answer(found, Coverage(0.0, ()))).risk
            for found in ((a_meeting(),), (a_meeting(), a_meeting(owner_id=None)))
        )
    assert hidden is not None
    assert both is not None
    assert hidden.tier is both.tier
    assert [reason.en for reason in hidden.undisclosed] == ["Aerodrome clearance area"]
    assert both.undisclosed == ()
    assert set(both.reasons) == {*hidden.reasons, *hidden.undisclosed}
