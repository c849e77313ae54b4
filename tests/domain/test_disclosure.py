"""What of the findings a reader may know (decision 13, Art. 50)."""

from datetime import timedelta
from typing import Any

import pytest

from geo.text import Text
from service.domain.disclosure import disclosed
from service.domain.findings import CONFIDENTIAL, Against, Finding, Resolution
from service.domain.kinds import Role
from service.domain.rulepack import SharingCase
from tests.builders import NOW, a_square, an_actor, an_operator
from tests.domain.findings import CONFLICT, INDETERMINATE, a_finding

OPERATOR = an_operator("organisation-a")
PROHIBITED, ASK, ADVICE = (
    SharingCase.restriction_prohibited,
    SharingCase.restriction_conditional,
    SharingCase.restriction_information,
)
SETTLED = Resolution("someone", Role.police, NOW, "Site plan", "200 m from the radar", "By day")


def a_hidden(case: SharingCase = PROHIBITED, *volumes: int, **changes: Any) -> Finding:
    party = Against("restriction", "radar", Text("雷达", "Radar"), CONFIDENTIAL)
    told = {
        "against": (party,),
        "explanation": Text("进入雷达区", "Enters the radar"),
        "volume_indexes": volumes or (0,),
        "horizontal_distance_m": 3.0,
        "overlap_hours": 5.0,
        "witness": a_square(),
    }
    return a_finding(case, **{**told, **changes})


@pytest.mark.parametrize("role", [Role.police, Role.auditor, Role.admin])
def test_insiders_are_told_all(role: Role) -> None:
    findings = (a_hidden(), a_hidden(ADVICE))
    assert disclosed(an_actor(role), findings) == findings


@pytest.mark.parametrize("actor", [OPERATOR, an_actor(Role.expert), an_actor(Role.test_lab)])
def test_everyone_else_is_told_that_there_is_something_and_whom_to_ask(actor: Any) -> None:
    (told,) = disclosed(actor, [a_hidden(verdict=INDETERMINATE)])
    assert (told.horizontal_distance_m, told.overlap_hours, told.witness) == (None, None, None)
    assert told.explanation == Text(
        "可能涉及未公开的限制；请咨询公安交管、空中交通管理机构",
        "May meet a restriction that is not public; ask Police, Air traffic control",
    )
    assert "radar" not in repr(told).lower()


def test_the_gravest_speaks_for_all_that_a_volume_meets() -> None:
    found = [a_hidden(ASK), a_hidden(), a_hidden(verdict=INDETERMINATE)]
    (told,) = disclosed(OPERATOR, found)
    assert (told.severity, told.verdict) == ("blocking", CONFLICT)
    assert told.offices == (Role.police, Role.atc)


def test_volumes_that_meet_something_equally_grave_are_named_together() -> None:
    found = [a_hidden(ASK, 2), a_hidden(ASK, 0, 2), a_hidden(PROHIBITED, 1)]
    told = disclosed(OPERATOR, found)
    assert [(f.severity, f.volume_indexes) for f in told] == [
        ("blocking", (1,)),
        ("coordination", (0, 2)),
    ]


def test_the_id_is_that_of_the_application_and_the_same_whatever_is_met() -> None:
    (one,) = disclosed(OPERATOR, [a_hidden(ASK, id="app.1")])
    (two,) = disclosed(OPERATOR, [a_hidden(ASK, id="app.2"), a_hidden(ASK, id="app.3")])
    assert one.id == two.id
    assert one.id.startswith("app.")
    assert one.id not in ("app.1", "app.2", "app.3")


def test_hidden_advice_is_left_out() -> None:
    assert disclosed(OPERATOR, [a_hidden(ADVICE)]) == ()


def test_what_is_open_is_told_as_it_is() -> None:
    permit = a_finding()
    assert disclosed(OPERATOR, [permit, a_hidden(ADVICE)]) == (permit,)


def test_a_settlement_is_told_without_its_reasons_once_nothing_is_open() -> None:
    doubtful = a_hidden(ASK, verdict=INDETERMINATE)
    (half,) = disclosed(OPERATOR, [doubtful, doubtful.resolved(SETTLED)])
    assert half.resolution is None
    (told,) = disclosed(OPERATOR, [doubtful.resolved(SETTLED)])
    assert told.resolution == Resolution("someone", Role.police, NOW, "", "", "By day")


def test_the_conditions_of_all_settlements_are_told() -> None:
    doubtful = a_hidden(ASK, verdict=INDETERMINATE)
    later = Resolution("other", Role.police, NOW + timedelta(hours=1), "b", "r", "No stops")
    (told,) = disclosed(OPERATOR, [doubtful.resolved(SETTLED), doubtful.resolved(later)])
    assert told.resolution is not None
    assert (told.resolution.by, told.resolution.condition) == ("other", "By day; No stops")
