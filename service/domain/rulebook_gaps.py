"""What a pack still lacks before the registry may run on it: rules that code asks for by key.

The loader refuses a book in which any pack has a gap, so that use cases never meet one.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from geo.text import Text
from service.domain.incident_kinds import IncidentSeverity
from service.domain.kinds import Phase, ViolationKind
from service.domain.rulebook_aircraft import AerodromeClearance
from service.domain.rulebook_gate import ContainmentGate
from service.domain.rulebook_incident import ConductRule, Harm, SeverityRow
from service.domain.rulebook_limit import (
    EvidenceWindow,
    HourBand,
    Limit,
    LimitKey,
    Switch,
    SwitchKey,
)
from service.domain.rulebook_place import (
    CalendarRow,
    ExtentRow,
    GeoidRow,
    GroundRow,
    PlaneRow,
    RoadBand,
    TerrainRow,
)
from service.domain.rulebook_review import ReviewLine, ReviewStage
from service.domain.rulebook_risk import RiskScale
from service.domain.rulebook_rule import RuleRow
from service.domain.rulebook_sharing import SeparationRule, SharingCase, SharingRow
from service.domain.rulebook_term import DeadlineKey, DeadlineRule
from service.domain.rulepack import Case, RulePack

REQUIRED: Mapping[str, type[RuleRow]] = {
    "jurisdiction.calendar": CalendarRow,
    "jurisdiction.extent": ExtentRow,
    "jurisdiction.plane": PlaneRow,
    "jurisdiction.ground": GroundRow,
    "hours.night": HourBand,
    "data.window_s": EvidenceWindow,
    "aerodrome.clearance_m": AerodromeClearance,
    "road.building_control_m": RoadBand,
    "risk.scale": RiskScale,
    **dict.fromkeys(LimitKey, Limit),
    **dict.fromkeys(SwitchKey, Switch),
    **dict.fromkeys(DeadlineKey, DeadlineRule),
    **{f"sharing.{case}": SharingRow for case in SharingCase},
    **{f"conduct.{kind}": ConductRule for kind in ViolationKind},
    **{f"severity.{severity}": SeverityRow for severity in IncidentSeverity},
}


class Gap(NamedTuple):
    """Something a pack lacks: the id of the rule or the phase it is about, and in words."""

    subject: str
    message: Text


def gaps(pack: RulePack) -> Iterator[Gap]:
    """Everything the pack lacks."""
    present = {row.rule.id: row for row in pack.rows}
    for rule_id, kind in REQUIRED.items():
        if not isinstance(present.get(rule_id), kind):
            yield Gap(rule_id, _lacks(rule_id, kind))
    for sharing in pack.of(SharingRow):
        if not isinstance(present.get(sharing.separation), SeparationRule):
            yield Gap(sharing.separation, _dangling(sharing, sharing.separation))
    for gate in pack.of(ContainmentGate):
        for band in gate.hour_bands:
            if not isinstance(present.get(band), HourBand):
                yield Gap(band, _dangling(gate, band))
    yield from _ground_gaps(pack, present.get("jurisdiction.ground"))
    if not any(row.reached_by(Harm()) for row in pack.of(SeverityRow)):
        message = Text("没有等级对应无损害的事件", "no class holds an incident without harm")
        yield Gap(f"severity.{IncidentSeverity.no_harm}", message)
    for phase in Phase:
        for message in _review_gaps(pack.reviews(Case(phase=phase)), phase):
            yield Gap(phase, message)


def _ground_gaps(pack: RulePack, whole: RuleRow | None) -> Iterator[Gap]:
    """What is said of places and contradicts what is said of the whole extent."""
    if not isinstance(whole, GroundRow):
        return
    tables = pack.of(GeoidRow)
    beyond: list[RuleRow] = [
        *(row for row in pack.of(TerrainRow) if not whole.ground.terrain.holds(row.region.terrain)),
        *(row for row in tables if not whole.ground.geoid.holds(row.table.span)),
    ]
    for row in beyond:
        yield Gap(row.rule.id, _beyond(row, whole))
    if len(tables) > 1:
        yield Gap("geoid", Text("大地水准面格网多于一个", "there are several tables of the geoid"))


def _review_gaps(lines: tuple[ReviewLine, ...], phase: Phase) -> Iterator[Text]:
    leads = sum(line.lead for line in lines)
    if leads != 1:
        yield Text(
            f"阶段 {phase} 须有且仅有一个牵头部门，现有 {leads} 个",
            f"phase {phase} needs exactly one lead line, it has {leads}",
        )
    if not any(line.stage is ReviewStage.completeness for line in lines):
        yield Text(f"阶段 {phase} 缺少形式审查", f"phase {phase} has no completeness line")


def _lacks(rule_id: str, kind: type[RuleRow]) -> Text:
    return Text(
        f"缺少必需的规则 {rule_id}({kind.__name__})",
        f"the required rule {rule_id} ({kind.__name__}) is missing",
    )


def _dangling(row: RuleRow, target: str) -> Text:
    return Text(
        f"规则 {row.rule.id} 引用的 {target} 不存在",
        f"rule {row.rule.id} refers to {target}, which is not there",
    )


def _beyond(row: RuleRow, whole: GroundRow) -> Text:
    return Text(
        f"规则 {row.rule.id} 的高程超出 {whole.rule.id} 的范围",
        f"the heights of rule {row.rule.id} leave those of {whole.rule.id}",
    )
