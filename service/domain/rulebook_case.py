"""What rules look at in an application, and rows that apply to some applications only.

An empty condition of a row admits every case; several conditions must all be met, and of the codes
listed in one condition any will do.
"""

from dataclasses import dataclass, replace

from service.domain.kinds import (
    Change,
    Code,
    Domain,
    Phase,
    RiskTier,
    SupervisionMode,
    UasClass,
)
from service.domain.rulebook_rule import RuleRow


class Feature(Code):
    """What a test does or meets that some rule asks about."""

    passengers = "passengers", "载客", "Passengers"
    cargo = "cargo", "载货", "Cargo"
    over_people = "over_people", "飞越人群", "Over people"
    night = "night", "夜间", "Night"
    remote_control = "remote_control", "具备远程控制", "Remote control"
    expressway = "expressway", "涉及高速公路", "Expressway"
    urban_expressway = "urban_expressway", "涉及城市快速路", "Urban expressway"
    cross_district = "cross_district", "跨区（市）县", "Crosses districts"
    controlled_airspace = "controlled_airspace", "涉及管制空域", "Controlled airspace"
    aerodrome = "aerodrome", "涉及机场净空保护区", "Aerodrome clearance area"
    water = "water", "涉及水域", "Water"
    rail = "rail", "涉及铁路", "Rail"


@dataclass(frozen=True, kw_only=True)
class Case:
    """An application as far as rules look at it.

    `changes` is None for an application that follows no permit. `uas_classes` are all the weight
    classes its aircraft may be in, as `RulePack.uas_classes` tells.
    """

    phase: Phase
    features: frozenset[Feature] = frozenset()
    supervision_mode: SupervisionMode | None = None
    uas_classes: frozenset[UasClass] = frozenset()
    changes: frozenset[Change] | None = None
    tier: RiskTier | None = None

    @property
    def domain(self) -> Domain:
        """Ground or air, as the phase says."""
        return self.phase.domain

    def at_tier(self, tier: RiskTier) -> "Case":
        """The same case once its risk is known."""
        return replace(self, tier=tier)


@dataclass(frozen=True, kw_only=True)
class CaseRow(RuleRow):
    """A row that applies to the cases it describes."""

    domain: Domain | None = None
    phases: frozenset[Phase] = frozenset()
    features: frozenset[Feature] = frozenset()
    supervision_modes: frozenset[SupervisionMode] = frozenset()
    uas_classes: frozenset[UasClass] = frozenset()
    tiers: frozenset[RiskTier] = frozenset()

    def applies(self, case: Case) -> bool:
        """True when the case meets every condition of this row."""
        return (
            self.domain in (None, case.domain)
            and (not self.phases or case.phase in self.phases)
            and (not self.features or not self.features.isdisjoint(case.features))
            and (not self.supervision_modes or case.supervision_mode in self.supervision_modes)
            and (not self.uas_classes or not self.uas_classes.isdisjoint(case.uas_classes))
            and (not self.tiers or case.tier in self.tiers)
        )
