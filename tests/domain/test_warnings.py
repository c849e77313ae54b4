"""Rates that have risen against the operator's own history, and those that only seem to have."""

import pytest

from service.domain.rulepack import LimitKey
from service.domain.warnings import Conduct, WarningKind, warnings
from tests.domain.questions import LAW, with_rule

PACK = LAW.pack


def kinds(recent: Conduct, before: Conduct) -> list[WarningKind]:
    return [warning.kind for warning in warnings(recent, before, PACK)]


def test_a_rate_that_rose_far_above_its_history_is_warned_of() -> None:
    (warning,) = warnings(Conduct(200, takeovers=12), Conduct(2_000, takeovers=4), PACK)
    assert warning.kind is WarningKind.takeovers
    assert warning.rule_id == "warning.takeovers"
    assert (warning.rate, warning.rate_before) == (60, 2)
    assert "60.0 per 1,000 km lately, 2.0 before" in warning.explanation.en


def test_a_rate_that_was_always_so_is_not() -> None:
    assert kinds(Conduct(200, takeovers=12), Conduct(2_000, takeovers=120)) == []


def test_a_rise_that_stays_below_the_packs_rate_is_not() -> None:
    assert PACK.number(LimitKey.warning_takeovers) == 10
    assert kinds(Conduct(1_000, takeovers=10), Conduct(9_000)) == []


def test_two_events_are_chance() -> None:
    assert kinds(Conduct(20, takeovers=1), Conduct(100, takeovers=1)) == []


@pytest.mark.parametrize(("count", "warned"), [(1, False), (3, True)])
def test_without_a_history_the_packs_rate_stands_for_it(count: int, warned: bool) -> None:
    found = kinds(Conduct(50, takeovers=count), Conduct())
    assert found == [WarningKind.takeovers] * warned


def test_hard_braking_is_warned_of_by_its_own_rate() -> None:
    assert kinds(Conduct(100, hard_brakes=9), Conduct(1_000, hard_brakes=3)) == [
        WarningKind.hard_brakes
    ]


def test_no_kilometres_are_no_rate() -> None:
    assert kinds(Conduct(0, takeovers=5), Conduct(100)) == []


def test_how_much_chance_is_enough_is_the_packs() -> None:
    recent, before = Conduct(100, takeovers=3), Conduct(300, takeovers=2)
    assert list(warnings(recent, before, PACK)) == []
    lenient = with_rule("warning.chance", value=30.0).pack
    assert len(list(warnings(recent, before, lenient))) == 1


def test_conduct_adds_up() -> None:
    assert Conduct(1.0, 2, 3) + Conduct(2.0, 1, 1) == Conduct(3.0, 3, 4)
