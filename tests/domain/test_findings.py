"""What findings stop, in which order they are shown, and which verdict they make together."""

import pytest

from geo.conflict import Verdict
from geo.text import Text
from service.domain.findings import Blocked, Resolution, ordered, worst
from service.domain.kinds import Role, Severity
from tests.builders import NOW
from tests.domain.findings import (
    ADVISORY,
    BLOCKING,
    CLEAR,
    CONFLICT,
    COORDINATION,
    INDETERMINATE,
    a_finding,
)

SETTLED = Resolution("transport", Role.transport, NOW, "现场踏勘", "桥下通过")


@pytest.mark.parametrize(
    ("severity", "verdict", "submit", "confirm"),
    [
        (BLOCKING, CONFLICT, True, True),
        (BLOCKING, INDETERMINATE, False, True),
        (BLOCKING, CLEAR, False, False),
        (COORDINATION, CONFLICT, False, False),
        (COORDINATION, INDETERMINATE, False, True),
        (ADVISORY, CONFLICT, False, False),
        (ADVISORY, INDETERMINATE, False, True),
        (ADVISORY, CLEAR, False, False),
    ],
)
def test_a_blocking_conflict_stops_submitting_and_any_doubt_stops_confirming(
    severity: Severity, verdict: Verdict, submit: bool, confirm: bool
) -> None:
    finding = a_finding(severity=severity, verdict=verdict)
    assert (finding.stops_submit, finding.stops_confirm) == (submit, confirm)


def test_a_settled_doubt_stops_nothing_any_more() -> None:
    assert not a_finding(verdict=INDETERMINATE).resolved(SETTLED).stops_confirm


def test_a_blocking_conflict_stays_one_whatever_was_said_of_it() -> None:
    assert a_finding(severity=BLOCKING, verdict=CONFLICT).resolved(SETTLED).stops_confirm


def test_findings_are_ordered_by_severity_verdict_distance_and_id() -> None:
    shown = [
        a_finding(id="9", severity=BLOCKING, verdict=CONFLICT, horizontal_distance_m=3.0),
        a_finding(id="1", severity=BLOCKING, verdict=INDETERMINATE),
        a_finding(id="5", severity=COORDINATION, horizontal_distance_m=0.0),
        a_finding(id="2", severity=COORDINATION, horizontal_distance_m=7.0),
        a_finding(id="3", severity=COORDINATION, horizontal_distance_m=7.0),
        a_finding(id="0", severity=ADVISORY),
    ]
    assert ordered(reversed(shown)) == tuple(shown)


@pytest.mark.parametrize(
    ("distance_m", "required_m", "margin_m"),
    [(12.0, 30.0, -18.0), (0.0, 0.0, 0.0), (None, 30.0, None), (12.0, None, None)],
)
def test_the_margin_is_below_zero_when_the_distance_is_too_small(
    distance_m: float | None, required_m: float | None, margin_m: float | None
) -> None:
    finding = a_finding(horizontal_distance_m=distance_m, required_horizontal_m=required_m)
    assert finding.margin_m == margin_m


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], CLEAR),
        ([CLEAR, CLEAR], CLEAR),
        ([CLEAR, INDETERMINATE], INDETERMINATE),
        ([INDETERMINATE, CONFLICT, CLEAR], CONFLICT),
    ],
)
def test_the_worst_verdict_speaks_for_all(verdicts: list[Verdict], expected: Verdict) -> None:
    assert worst(a_finding(verdict=verdict) for verdict in verdicts) is expected


def test_a_refusal_lists_its_blockers_gravest_first() -> None:
    light, grave = a_finding(severity=COORDINATION), a_finding(severity=BLOCKING)
    assert Blocked(Text("不", "No"), [light, grave]).findings == (grave, light)
