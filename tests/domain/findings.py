"""A finding for tests: say what matters."""

from dataclasses import replace
from typing import Any

from geo.conflict import Verdict
from geo.text import Text
from service.domain.findings import Against, Citation, Finding
from service.domain.kinds import Severity
from service.domain.rulepack import SharingCase
from tests.builders import an_id
from tests.surroundings import a_context

SHARING = a_context().pack.sharing


def a_finding(case: SharingCase = SharingCase.permit_exclusive, **changes: Any) -> Finding:
    """A finding under the rule of a case; severity and offices are the rule's."""
    rule = SHARING(case)
    finding = Finding(
        id=an_id("finding"),
        severity=rule.severity,
        verdict=Verdict.conflict,
        rule=Citation.of(rule.rule),
        against=(Against("permit", "permit-b", Text("B-1", "B-1"), "organisation-b"),),
        explanation=Text("与 B-1 重叠", "Overlaps B-1"),
        offices=rule.offices,
    )
    return replace(finding, **changes)


BLOCKING, COORDINATION, ADVISORY = Severity
CLEAR, CONFLICT, INDETERMINATE = Verdict.clear, Verdict.conflict, Verdict.indeterminate
