"""Findings: what stands between an application and a permit, each with its rule and its witness.

Values and their order only; which pairs are compared is in checks.py, the exact geometry in geo.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from geo.conflict import Verdict
from geo.schedule import Interval
from geo.text import Text
from service.domain.errors import Refused
from service.domain.kinds import Role, Severity
from service.domain.rulepack import Rule


@dataclass(frozen=True)
class Citation:
    """The rule a finding rests on, as it stood when the finding was made."""

    id: str
    title: Text
    source: str
    article: str | None
    binding: str
    verified: bool

    @classmethod
    def of(cls, rule: Rule) -> "Citation":
        """The citation of a rule of the pack in force."""
        return cls(
            id=rule.id,
            title=rule.title,
            source=rule.source.id,
            article=rule.article,
            binding=rule.binding.value,
            verified=rule.verified,
        )


CONFIDENTIAL = "confidential"
"""The owner of what no operator may know of: a restriction that only authorities see."""


@dataclass(frozen=True)
class Against:
    """What the finding was made against.

    `owner_id` decides who may see more than its kind: an organisation, CONFIDENTIAL, or None for
    what everyone may know.
    """

    type: str
    id: str
    title: Text
    owner_id: str | None = None


@dataclass(frozen=True)
class Resolution:
    """How a competent department settled a finding that geometry could not."""

    by: str
    role: Role
    at: datetime
    basis: str
    reason: str
    condition: str | None = None


@dataclass(frozen=True)
class Finding:
    """One reason for caution: severity, verdict, rule, measures and the words for a reviewer.

    `volume_indexes` are the volumes of the question that it speaks of; the measures are those of
    the place where it is worst.
    """

    id: str
    severity: Severity
    verdict: Verdict
    rule: Citation
    against: tuple[Against, ...]
    explanation: Text
    offices: tuple[Role, ...] = ()
    volume_indexes: tuple[int, ...] = ()
    horizontal_distance_m: float | None = None
    required_horizontal_m: float | None = None
    vertical_gap_m: float | None = None
    required_vertical_m: float | None = None
    shared_length_m: float | None = None
    first_overlap: Interval | None = None
    overlap_hours: float | None = None
    witness: BaseGeometry | None = None
    resolution: Resolution | None = None

    @property
    def margin_m(self) -> float | None:
        """How far the horizontal distance is from what is required; below 0 when that is breached.

        Where only overlap counts both are 0. None when no distance was compared.
        """
        if self.horizontal_distance_m is None or self.required_horizontal_m is None:
            return None
        return self.horizontal_distance_m - self.required_horizontal_m

    @property
    def stops_submit(self) -> bool:
        """True when the application may not even be handed in."""
        return self.severity is Severity.blocking and self.verdict is Verdict.conflict

    @property
    def stops_confirm(self) -> bool:
        """True while no permit may be issued: a blocker, or an open question nobody answered."""
        return self.stops_submit or (
            self.verdict is Verdict.indeterminate and self.resolution is None
        )

    def resolved(self, resolution: Resolution) -> "Finding":
        """The same finding with its settlement."""
        return replace(self, resolution=resolution)


class Blocked(Refused):
    """Findings stand against it; every one is listed, in the order of `ordered`."""

    code = "blocked"

    def __init__(self, message: Text, findings: Sequence[Finding]) -> None:
        """Keep every blocker."""
        super().__init__(message)
        self.findings = ordered(findings)


_GRAVITY = {Severity.blocking: 0, Severity.coordination: 1, Severity.advisory: 2}
WEIGHT = {Verdict.conflict: 2, Verdict.indeterminate: 1, Verdict.clear: 0}
"""How grave a verdict is beside the others."""


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the one order in which they are shown: severity, verdict, distance, id.

    What blocks is of one verdict, so that blockers come first, by distance and id.
    """
    return tuple(
        sorted(
            findings,
            key=lambda finding: (
                _GRAVITY[finding.severity],
                -WEIGHT[finding.verdict],
                finding.horizontal_distance_m or 0.0,
                finding.id,
            ),
        )
    )


def worst(findings: Iterable[Finding]) -> Verdict:
    """The gravest verdict among them: conflict > indeterminate > clear; none is clear."""
    return max((f.verdict for f in findings), key=WEIGHT.__getitem__, default=Verdict.clear)
