"""Every case has its rule and says what is compared; chains and shared use never meet."""

import inspect
import re
from itertools import product
from types import ModuleType

import pytest

from service.domain import (
    check_activities,
    check_airspace,
    check_capacity,
    check_permits,
    check_restrictions,
    check_zones,
)
from service.domain.kinds import RestrictionEffect, Use
from service.domain.rulepack import SharingCase
from service.domain.sharing import COMPARED, Compared, Other, case_of
from tests.domain.questions import LAW

SHARED, EXCLUSIVE = Use.shared, Use.exclusive


SIDES = {
    check_permits: {Compared.place},
    check_capacity: {Compared.numbers},
    check_activities: {Compared.paths},
    check_restrictions: {Compared.volume},
    check_airspace: {Compared.volume},
    check_zones: {Compared.cover, Compared.network},
}
"""What each side of a check compares."""


def cases_of(side: ModuleType) -> set[SharingCase]:
    """The cases under which a side makes findings, as its code names them."""
    code = inspect.getsource(side)
    named = {SharingCase[name] for name in re.findall(r"SharingCase\.(\w+)\b(?!\()", code)}
    if "SharingCase.of_restriction(" in code:
        named |= set(map(SharingCase.of_restriction, RestrictionEffect))
    if "case_of(" in code:
        named |= {
            case
            for other, mine, theirs in product(Other, Use, Use)
            if (case := case_of(other, mine, theirs)) is not None
        }
    return named


def test_each_side_makes_the_findings_of_what_the_table_says_it_compares() -> None:
    for side, compared in SIDES.items():
        assert {COMPARED[case] for case in cases_of(side)} == compared, side.__name__
    assert set().union(*map(cases_of, SIDES)) == set(SharingCase)


def test_every_case_says_what_is_compared_and_has_a_rule() -> None:
    assert set(COMPARED) == set(SharingCase)
    assert all(LAW.pack.sharing(case).case is case for case in SharingCase)


@pytest.mark.parametrize(
    ("other", "shared", "exclusive"),
    [
        (Other.of_its_chain, None, None),
        (Other.of_its_operator, SharingCase.same_operator, SharingCase.same_operator),
        (Other.of_another, None, SharingCase.permit_exclusive),
        (Other.pending, SharingCase.pending_application, SharingCase.pending_application),
    ],
)
def test_who_meets_whom(
    other: Other, shared: SharingCase | None, exclusive: SharingCase | None
) -> None:
    assert case_of(other, SHARED, SHARED) is shared
    assert case_of(other, SHARED, EXCLUSIVE) is exclusive
    assert case_of(other, EXCLUSIVE, SHARED) is exclusive
    assert case_of(other, EXCLUSIVE, EXCLUSIVE) is exclusive
