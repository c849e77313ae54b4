"""Every code that the outside meets, with both titles, so that a map can name what it shows."""

from typing import Self

from geo.conflict import Verdict
from geo.text import Text
from service.domain import incident_kinds, kinds
from service.domain.documents import DocumentKind
from service.domain.kinds import Code, Domain, Phase, VehicleKind, ZoneKind
from service.domain.organisation import PersonRole
from service.domain.rulepack import Jurisdiction, ReviewStage, RulePack
from service.domain.telemetry import Outcome
from service.wire.common import Output, Words

SETS: dict[str, type[Code]] = {
    "domain": kinds.Domain,
    "road_class": kinds.RoadClass,
    "zone_kind": kinds.ZoneKind,
    "zone_state": kinds.ZoneState,
    "restriction_kind": kinds.RestrictionKind,
    "restriction_effect": kinds.RestrictionEffect,
    "restriction_state": kinds.RestrictionState,
    "applies_to": kinds.AppliesTo,
    "visibility": kinds.Visibility,
    "phase": kinds.Phase,
    "application_state": kinds.ApplicationState,
    "permit_state": kinds.PermitState,
    "standing": kinds.Standing,
    "activity_state": kinds.ActivityState,
    "control_mode": kinds.ControlMode,
    "supervision_mode": kinds.SupervisionMode,
    "vehicle_kind": kinds.VehicleKind,
    "uas_class": kinds.UasClass,
    "person_role": PersonRole,
    "use": kinds.Use,
    "direction": kinds.Direction,
    "severity": kinds.Severity,
    "risk_tier": kinds.RiskTier,
    "change": kinds.Change,
    "review_stage": ReviewStage,
    "review_decision": kinds.ReviewDecision,
    "document_kind": DocumentKind,
    "incident_kind": incident_kinds.IncidentKind,
    "incident_state": incident_kinds.IncidentState,
    "incident_severity": incident_kinds.IncidentSeverity,
    "liability": incident_kinds.Liability,
    "time_precision": incident_kinds.TimePrecision,
    "place_precision": incident_kinds.PlacePrecision,
    "violation_kind": kinds.ViolationKind,
    "condition_kind": kinds.ConditionKind,
    "telemetry_outcome": Outcome,
    "role": kinds.Role,
}
_VERDICTS = {
    Verdict.clear: Text("无冲突", "Clear"),
    Verdict.conflict: Text("冲突", "Conflict"),
    Verdict.indeterminate: Text("无法判定", "Indeterminate"),
}


class KindOut(Output):
    """A code and its titles; `domain` where the code belongs to one."""

    code: str
    title: Words
    domain: Domain | None = None

    @classmethod
    def from_domain(cls, code: Code) -> Self:
        """The code with its titles."""
        domain = code.domain if isinstance(code, ZoneKind | Phase | VehicleKind) else None
        return cls(code=code.value, title=Words.from_domain(code.title), domain=domain)


class KindsOut(Output):
    """All sets of codes, each in the order of the law or of the work."""

    sets: dict[str, list[KindOut]]

    @classmethod
    def all(cls) -> Self:
        """Every set there is."""
        sets = {name: [KindOut.from_domain(code) for code in codes] for name, codes in SETS.items()}
        sets["verdict"] = [
            KindOut(code=verdict.value, title=Words.from_domain(title))
            for verdict, title in _VERDICTS.items()
        ]
        return cls(sets=sets)


class PackOut(Output):
    """The rule pack in force."""

    id: str
    version: str


class JurisdictionOut(Output):
    """Where this registry holds; `demo` tells that its accounts and permits are made up."""

    name: Words
    extent: tuple[float, float, float, float]
    time_zone: str
    rule_pack: PackOut
    demo: bool

    @classmethod
    def from_domain(cls, jurisdiction: Jurisdiction, pack: RulePack, *, demo: bool) -> Self:
        """The jurisdiction and the pack in force in it."""
        box = jurisdiction.extent
        return cls(
            name=Words.from_domain(jurisdiction.name),
            extent=(box.west, box.south, box.east, box.north),
            time_zone=jurisdiction.zone,
            rule_pack=PackOut(id=jurisdiction.code, version=pack.version),
            demo=demo,
        )
