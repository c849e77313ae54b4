"""Who may share a place, and at what distance: the rule behind every finding of a check.

The registry decides which pairs are compared; geo judges them; the row tells how grave the answer
is, which offices settle it and which separation is required.
"""

from dataclasses import dataclass
from datetime import timedelta

from geo.separation import Separation
from service.domain.kinds import Code, RestrictionEffect, Role, Severity
from service.domain.rulebook_rule import Rule, RuleRow


class SharingCase(Code):
    """What may stand between a test and its place; a case's rule has the id `sharing.<case>`."""

    permit_exclusive = "permit_exclusive", "与独占许可重叠", "Meets an exclusive permit"
    permit_capacity = "permit_capacity", "共享容量不足", "Shared capacity exceeded"
    same_operator = "same_operator", "与本主体许可重叠", "Meets a permit of the same operator"
    pending_application = "pending_application", "与在办申请重叠", "Meets a pending application"
    activity_separation = "activity_separation", "飞行活动间隔不足", "Flights too close"
    restriction_prohibited = "restriction_prohibited", "进入禁止区域", "Prohibited place"
    restriction_requires_authorization = (
        "restriction_requires_authorization",
        "进入须经批准区域",
        "Place that needs authorization",
    )
    restriction_conditional = "restriction_conditional", "进入附条件区域", "Place with conditions"
    restriction_information = "restriction_information", "涉及提示区域", "Place to know about"
    air_over_expressway = "air_over_expressway", "高速公路上空", "Air over an expressway"
    air_controlled_height = "air_controlled_height", "超过管制真高", "Above the controlled height"
    zone_coverage = "zone_coverage", "超出已开放区域", "Outside the opened zones"
    zone_phase = "zone_phase", "区域未向该阶段开放", "Zone not open to this phase"
    zone_hours = "zone_hours", "超出区域开放时段", "Outside the zone's hours"
    zone_altitude = "zone_altitude", "超出区域高度范围", "Outside the zone's altitudes"
    level_unknown = "level_unknown", "道路层位不明", "Road level unknown"
    unmatched = "unmatched", "与路网不匹配", "Not on the road network"
    wrong_way = "wrong_way", "逆单行道行驶", "Against a one-way street"

    @classmethod
    def of_restriction(cls, effect: RestrictionEffect) -> "SharingCase":
        """The case of meeting a restriction of that effect."""
        return cls[f"restriction_{effect}"]


@dataclass(frozen=True, kw_only=True)
class SeparationRule(RuleRow):
    """The least distance between two uses of a kind; zero means that only overlap counts."""

    horizontal_m: float
    vertical_m: float
    time_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a negative distance."""
        if min(self.horizontal_m, self.vertical_m, self.time_s) < 0:
            raise ValueError("a separation cannot be negative")

    @property
    def separation(self) -> Separation:
        """The distances as the geometry engine takes them."""
        return Separation(self.horizontal_m, self.vertical_m, timedelta(seconds=self.time_s))


@dataclass(frozen=True, kw_only=True)
class SharingRow(RuleRow):
    """A rule `sharing.<case>` as written; `separation` is the id of a separation row."""

    severity: Severity
    offices: tuple[Role, ...]
    separation: str

    def __post_init__(self) -> None:
        """Refuse an id that names no case."""
        _ = self.case

    @property
    def case(self) -> SharingCase:
        """The case this row judges."""
        return self.rule.code(SharingCase, "sharing.")


@dataclass(frozen=True, kw_only=True)
class SharingRule:
    """How a case is judged: gravity, the offices that may settle it, and the distance required.

    The distance is a rule of its own with a source of its own: `minima.rule`.
    """

    rule: Rule
    case: SharingCase
    severity: Severity
    offices: tuple[Role, ...]
    minima: SeparationRule

    @property
    def separation(self) -> Separation:
        """The distances as the geometry engine takes them."""
        return self.minima.separation
