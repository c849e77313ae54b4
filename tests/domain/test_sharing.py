"""Every case has its rule and says what is compared; chains and shared use never meet."""

import pytest

from service.domain.kinds import Use
from service.domain.rulepack import SharingCase
from service.domain.sharing import COMPARED, Other, case_of
from tests.domain.questions import LAW

SHARED, EXCLUSIVE = Use.shared, Use.exclusive


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
