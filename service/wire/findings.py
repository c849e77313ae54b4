"""Findings; what belongs to a competitor is not named (Art. 50).

Whoever may read the other's permits sees them named; everyone else learns the overlap, the distance
and the offices to ask, and nothing about the other (decision 13). Which findings a reader is shown
at all is disclosure.py's to say.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from geo.conflict import Verdict
from geo.text import Text
from service.domain.disclosure import HIDDEN, disclosed, knows
from service.domain.findings import Against, Citation, Finding, Resolution
from service.domain.kinds import Role, Severity
from service.wire.common import Input, IntervalOut, Line, Output, Prose, Reader
from service.wire.geometry import WitnessOut, geojson

_UNNAMED = {
    "permit": Text("其他测试主体的许可", "another operator's permit"),
    "application": Text("其他测试主体的申请", "another operator's application"),
    "restriction": HIDDEN,
}


class RuleCited(Output):
    """The rule a finding rests on; `verified` false: nobody has checked it against its source."""

    id: str
    title: str
    source: str
    article: str | None
    binding: str
    verified: bool

    @classmethod
    def from_domain(cls, rule: Citation, reader: Reader) -> Self:
        """The citation as it stood when the finding was made."""
        return cls(
            id=rule.id,
            title=reader.words(rule.title),
            source=rule.source,
            article=rule.article,
            binding=rule.binding,
            verified=rule.verified,
        )


class AgainstOut(Output):
    """What a finding was made against; `id` null where it is not the reader's to know."""

    type: str
    id: str | None
    title: str


class ResolutionOut(Output):
    """How a competent department settled it."""

    by: str
    role: Role
    at: datetime
    basis: str
    reason: str
    condition: str | None

    @classmethod
    def from_domain(cls, resolution: Resolution | None) -> Self | None:
        """The settlement; None while there is none."""
        if resolution is None:
            return None
        return cls(
            by=resolution.by,
            role=resolution.role,
            at=resolution.at,
            basis=resolution.basis,
            reason=resolution.reason,
            condition=resolution.condition,
        )


class FindingOut(Output):
    """One reason for caution, with its rule, its measures and where it is.

    `margin_m` is the horizontal distance less the required one: below 0 when that is breached.
    """

    id: str
    severity: Severity
    verdict: Verdict
    rule: RuleCited
    against: list[AgainstOut]
    offices: list[Role]
    volume_indexes: list[int]
    horizontal_distance_m: float | None
    required_horizontal_m: float | None
    margin_m: float | None
    vertical_gap_m: float | None
    required_vertical_m: float | None
    shared_length_m: float | None
    first_overlap: IntervalOut | None
    overlap_hours: float | None
    witness: WitnessOut | None
    explanation: str
    resolution: ResolutionOut | None

    @classmethod
    def from_domain(cls, finding: Finding, reader: Reader) -> Self:
        """A finding that was disclosed to the reader, without names that are not theirs to know."""
        first = finding.first_overlap
        return cls(
            id=finding.id,
            severity=finding.severity,
            verdict=finding.verdict,
            rule=RuleCited.from_domain(finding.rule, reader),
            against=[_against(other, reader) for other in finding.against],
            offices=list(finding.offices),
            volume_indexes=list(finding.volume_indexes),
            horizontal_distance_m=finding.horizontal_distance_m,
            required_horizontal_m=finding.required_horizontal_m,
            margin_m=finding.margin_m,
            vertical_gap_m=finding.vertical_gap_m,
            required_vertical_m=finding.required_vertical_m,
            shared_length_m=finding.shared_length_m,
            first_overlap=IntervalOut.from_domain(first) if first else None,
            overlap_hours=finding.overlap_hours,
            witness=geojson(finding.witness, reader) if finding.witness else None,
            explanation=_explanation(finding, reader),
            resolution=ResolutionOut.from_domain(finding.resolution),
        )


def findings_out(findings: Iterable[Finding], reader: Reader) -> list[FindingOut]:
    """The findings that the reader may know of, each as far as they may."""
    shown = disclosed(reader.actor, findings)
    return [FindingOut.from_domain(finding, reader) for finding in shown]


def _against(other: Against, reader: Reader) -> AgainstOut:
    if knows(reader.actor, other.owner_id):
        return AgainstOut(type=other.type, id=other.id, title=reader.words(other.title))
    return AgainstOut(type=other.type, id=None, title=reader.words(_UNNAMED[other.type]))


def _explanation(finding: Finding, reader: Reader) -> str:
    """The explanation with every name taken out that the reader may not know."""
    words = reader.words(finding.explanation)
    for other in finding.against:
        if not knows(reader.actor, other.owner_id):
            words = words.replace(reader.words(other.title), reader.words(_UNNAMED[other.type]))
    return words


class ResolveIn(Input):
    """How a department settles what geometry could not."""

    basis: Line
    reason: Prose
    condition: Line | None = None
