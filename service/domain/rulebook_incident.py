"""What follows from an incident: its severity class, who must be told by when, what to suspend.

Severity classes follow Order 493 Art. 3; the two lowest are the product's own.
"""

from dataclasses import dataclass

from geo.text import Text
from service.domain.incident_kinds import IncidentKind, IncidentSeverity, Liability
from service.domain.kinds import Code, Domain, Role, ViolationKind
from service.domain.rulebook_rule import RuleRow
from service.domain.rulebook_term import TermRow

_RANK = {severity: rank for rank, severity in enumerate(IncidentSeverity)}


@dataclass(frozen=True, kw_only=True)
class Harm:
    """What was lost, as far as known; a loss not yet estimated is None."""

    deaths: int = 0
    serious_injuries: int = 0
    minor_injuries: int = 0
    loss_cny: float | None = None


class Trait(Code):
    """A mark of an incident that obligations ask about."""

    fatality = "fatality", "有人死亡", "Fatality"
    serious_injury = "serious_injury", "有人重伤", "Serious injury"
    minor_injury = "minor_injury", "有人轻伤", "Minor injury"
    vehicle_loss = "vehicle_loss", "车辆毁损", "Vehicle destroyed"


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """An incident as far as rules look at it; a vehicle destroyed is told by kind or by flag."""

    domain: Domain
    kind: IncidentKind
    severity: IncidentSeverity
    harm: Harm = Harm()
    liability: Liability = Liability.undetermined
    vehicle_destroyed: bool = False

    @property
    def traits(self) -> frozenset[Trait]:
        """The marks this incident bears."""
        marks = {
            Trait.fatality: self.harm.deaths > 0,
            Trait.serious_injury: self.harm.serious_injuries > 0,
            Trait.minor_injury: self.harm.minor_injuries > 0,
            Trait.vehicle_loss: self.vehicle_destroyed or self.kind is IncidentKind.vehicle_loss,
        }
        return frozenset(trait for trait, borne in marks.items() if borne)


@dataclass(frozen=True, kw_only=True)
class SeverityRow(RuleRow):
    """A class is reached when any threshold it states is reached; without one, always.

    The rule's id is `severity.<class>`.
    """

    deaths: int | None = None
    serious_injuries: int | None = None
    minor_injuries: int | None = None
    loss_cny: float | None = None

    def __post_init__(self) -> None:
        """Refuse an id that names no class."""
        _ = self.severity

    @property
    def severity(self) -> IncidentSeverity:
        """The class this row describes."""
        return self.rule.code(IncidentSeverity, "severity.")

    @property
    def rank(self) -> int:
        """Its place among the classes, the gravest highest."""
        return _RANK[self.severity]

    def reached_by(self, harm: Harm) -> bool:
        """True when the harm reaches this class."""
        pairs = (
            (self.deaths, harm.deaths),
            (self.serious_injuries, harm.serious_injuries),
            (self.minor_injuries, harm.minor_injuries),
            (self.loss_cny, harm.loss_cny or 0.0),
        )
        stated = [(threshold, amount) for threshold, amount in pairs if threshold is not None]
        return not stated or any(amount >= threshold for threshold, amount in stated)


@dataclass(frozen=True, kw_only=True)
class OccurrenceRow(RuleRow):
    """A row that applies to some incidents; an empty condition admits all, all must be met."""

    domain: Domain | None = None
    kinds: frozenset[IncidentKind] = frozenset()
    severity_at_least: IncidentSeverity | None = None
    traits: frozenset[Trait] = frozenset()
    liabilities: frozenset[Liability] = frozenset()

    def applies(self, occurrence: Occurrence) -> bool:
        """True when the incident meets every condition of this row."""
        return (
            self.domain in (None, occurrence.domain)
            and (not self.kinds or occurrence.kind in self.kinds)
            and (
                self.severity_at_least is None
                or _RANK[occurrence.severity] >= _RANK[self.severity_at_least]
            )
            and (not self.traits or not self.traits.isdisjoint(occurrence.traits))
            and (not self.liabilities or occurrence.liability in self.liabilities)
        )


@dataclass(frozen=True, kw_only=True)
class ObligationRule(TermRow, OccurrenceRow):
    """Who (`owner`) must tell whom (`to`) by when; `profile` names the reporting regime."""

    to: Text
    owner: Role
    profile: str = "cn"


@dataclass(frozen=True, kw_only=True)
class ConductRule(RuleRow):
    """What a permit binds a vehicle to, on the road or in the air; id `conduct.<violation>`."""


class Measure(Code):
    """What is done on a ground for suspension."""

    propose = "propose", "建议暂停", "Propose suspension"
    suspend = "suspend", "自动暂停", "Suspend at once"
    revoke = "revoke", "建议撤销", "Propose revocation"


class Target(Code):
    """What a measure hits."""

    vehicle = "vehicle", "所涉车辆", "The vehicles involved"
    permit = "permit", "许可", "The permit"


class Trigger(Code):
    """What brings a ground about."""

    manual = "manual", "部门认定", "An office finds it"
    incident = "incident", "事件", "An incident"
    violation = "violation", "违规", "A violation"


@dataclass(frozen=True, kw_only=True)
class SuspensionGround(OccurrenceRow):
    """A ground on which a permit or vehicle is stopped, and what is done then."""

    measure: Measure
    target: Target
    trigger: Trigger
    violations: frozenset[ViolationKind] = frozenset()

    def given_by(self, occurrence: Occurrence) -> bool:
        """True when the incident gives this ground."""
        return self.trigger is Trigger.incident and self.applies(occurrence)
