"""Every step there is between states, and that there is no other.

The edges are written out here a second time on purpose: a changed table must change this one too.
"""

import re
from typing import Any

import pytest

from service.domain import application, incident, permit, restriction, zone
from service.domain.errors import IllegalStep
from service.domain.kinds import ApplicationState
from service.domain.machine import Machine

EDGES = {
    "application": (
        application.STATES,
        """
        draft submit submitted
        draft withdraw withdrawn
        submitted check completeness_check
        submitted withdraw withdrawn
        completeness_check refer expert_review
        completeness_check pass joint_review
        completeness_check return returned
        completeness_check reject rejected
        completeness_check withdraw withdrawn
        expert_review pass joint_review
        expert_review return returned
        expert_review reject rejected
        expert_review withdraw withdrawn
        joint_review confirm confirmed
        joint_review return returned
        joint_review reject rejected
        joint_review withdraw withdrawn
        returned resubmit submitted
        returned withdraw withdrawn
        """,
    ),
    "permit": (
        permit.STATES,
        """
        confirmed activate active
        confirmed supersede superseded
        confirmed terminate terminated
        confirmed revoke revoked
        active suspend suspended
        active supersede superseded
        active terminate terminated
        active revoke revoked
        suspended resume active
        suspended supersede superseded
        suspended terminate terminated
        suspended revoke revoked
        """,
    ),
    "zone": (
        zone.STATES,
        """
        proposed edit proposed
        proposed assess assessed
        proposed withdraw withdrawn
        assessed edit proposed
        assessed publish published
        assessed withdraw withdrawn
        published withdraw withdrawn
        """,
    ),
    "restriction": (
        restriction.STATES,
        """
        draft edit draft
        draft publish published
        draft withdraw withdrawn
        published withdraw withdrawn
        """,
    ),
    "incident": (
        incident.STATES,
        """
        draft report reported
        reported investigate investigating
        reported close closed
        investigating close closed
        """,
    ),
}


def edges(name: str) -> dict[tuple[str, str], str]:
    lines = EDGES[name][1].split("\n")
    return {(line.split()[0], line.split()[1]): line.split()[2] for line in lines if line.strip()}


def machine(name: str) -> Machine[Any]:
    return EDGES[name][0]


def states(name: str) -> list[Any]:
    return list(type(next(iter(machine(name).transitions))[0]))


LEGAL = [(name, state, step) for name in EDGES for state, step in edges(name)]
ILLEGAL = [
    (name, str(state), step)
    for name in EDGES
    for state in states(name)
    for step in sorted({step for _, step in edges(name)})
    if (state, step) not in edges(name)
]


@pytest.mark.parametrize(("name", "state", "step"), LEGAL)
def test_a_step_leads_to_the_state_it_names(name: str, state: str, step: str) -> None:
    code = type(states(name)[0])
    assert machine(name).after(code(state), step) == edges(name)[state, step]


@pytest.mark.parametrize(("name", "state", "step"), ILLEGAL)
def test_any_other_step_is_refused_and_the_ways_there_are_are_named(
    name: str, state: str, step: str
) -> None:
    code = type(states(name)[0])
    with pytest.raises(IllegalStep) as refused:
        machine(name).after(code(state), step)
    assert refused.value.allowed == tuple(s for origin, s in edges(name) if origin == state)


@pytest.mark.parametrize(("name", "state", "step"), ILLEGAL)
def test_a_refused_step_is_told_without_codes(name: str, state: str, step: str) -> None:
    code = type(states(name)[0])
    with pytest.raises(IllegalStep) as refused:
        machine(name).after(code(state), step)
    assert not re.search("[a-z_]", refused.value.message.zh)
    assert "_" not in refused.value.message.en


def test_a_refused_step_says_what_can_be_done_instead() -> None:
    with pytest.raises(IllegalStep) as refused:
        application.STATES.after(ApplicationState.returned, "confirm")
    assert refused.value.message == (
        "该申请当前为“退回补正”，不能联合确认；可以：重新提交、撤回",
        "This application stands at “Returned for correction” and cannot be confirmed; "
        "it can be submitted again, withdrawn",
    )


def test_a_refused_step_of_what_is_over_says_that_nothing_follows() -> None:
    with pytest.raises(IllegalStep) as refused:
        application.STATES.after(ApplicationState.withdrawn, "submit")
    assert refused.value.message == (
        "该申请当前为“撤回”，不能提交；已无后续步骤",
        "This application stands at “Withdrawn” and cannot be submitted; "
        "nothing follows that state",
    )


@pytest.mark.parametrize("name", EDGES)
def test_no_machine_has_a_step_that_is_not_written_here(name: str) -> None:
    assert machine(name).transitions == edges(name)


@pytest.mark.parametrize(
    ("name", "final"),
    [
        ("application", {"confirmed", "rejected", "withdrawn"}),
        ("permit", {"superseded", "terminated", "revoked", "expired"}),
        ("zone", {"withdrawn"}),
        ("restriction", {"withdrawn"}),
        ("incident", {"closed"}),
    ],
)
def test_what_is_over_stays_over(name: str, final: set[str]) -> None:
    assert {state for state in states(name) if not machine(name).steps(state)} == final
