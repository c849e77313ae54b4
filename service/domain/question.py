"""The question "may this test happen here, at this height, at this time?" and its answer.

Values only; the sides from which it is answered are check_zones, check_permits, check_restrictions
and check_airspace, put together in checks.py.
"""

from dataclasses import dataclass

from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.conflict import Verdict
from geo.frame import Frame
from service.domain.application import Application
from service.domain.findings import Finding, worst
from service.domain.kinds import Domain, Phase
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.rulepack import RulePack
from service.domain.zone import Zone


@dataclass(frozen=True)
class Question:
    """What is asked: by whom, for which phase, with which volumes; `chain` are its own permits.

    `application_id` is the asker's own application, left out of the comparison. `vehicles` is how
    many there are in all; 0 while that is not known.
    """

    domain: Domain
    phase: Phase
    volumes: tuple[PlannedVolume, ...]
    organisation_id: str | None
    chain: frozenset[str] = frozenset()
    application_id: str | None = None
    vehicles: int = 0


@dataclass(frozen=True)
class Surroundings:
    """Everything that might meet a volume, as found: a superset, to be judged exactly."""

    roads: tuple[Road, ...] = ()
    zones: tuple[Zone, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    permits: tuple[Permit, ...] = ()
    applications: tuple[Application, ...] = ()


@dataclass(frozen=True)
class Law:
    """The rules and the geometry frame every side judges by."""

    pack: RulePack
    frame: Frame


@dataclass(frozen=True)
class UncoveredPart:
    """A part of a volume that lies in no zone that would allow it."""

    volume_index: int
    geometry: BaseGeometry
    length_m: float


@dataclass(frozen=True)
class Handover:
    """Where a line passes from one zone into the next."""

    volume_index: int
    at: Point
    from_zone_id: str
    to_zone_id: str


@dataclass(frozen=True)
class Coverage:
    """How much of what was asked lies in zones that allow it; where lines that do change zones."""

    covered_length_m: float
    uncovered: tuple[UncoveredPart, ...]
    handovers: tuple[Handover, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The whole answer: findings in their order, and how far zones cover the question."""

    findings: tuple[Finding, ...]
    coverage: Coverage

    @property
    def verdict(self) -> Verdict:
        """The worst of all findings."""
        return worst(self.findings)

    @property
    def may_submit(self) -> bool:
        """False only with a blocking conflict (an uncovered part is one)."""
        return not any(finding.stops_submit for finding in self.findings)
