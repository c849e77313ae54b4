"""The rule pack in force: one value that answers what the law says, always with the rule to cite.

A RuleBook holds the packs of all days; `book.at(day)` is the pack of one. Packs are read and
checked by the loader in adapters; here is no I/O and no number. The rows live by topic in
rulebook_*.py and are imported from here.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Self, TypeVar

from geo.ground import Regions
from geo.text import Text
from service.domain.errors import NotFound
from service.domain.kinds import Phase, Role, UasClass, ViolationKind, ZoneKind
from service.domain.rulebook_aircraft import (
    AerodromeClearance,
    Aircraft,
    BufferRule,
    ProtectedSite,
    UasClassRow,
)
from service.domain.rulebook_case import Case, Feature
from service.domain.rulebook_gate import Gate, GateRow
from service.domain.rulebook_incident import (
    ConductRule,
    Harm,
    ObligationRule,
    Occurrence,
    SeverityRow,
    SuspensionGround,
)
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
    Jurisdiction,
    PlaneRow,
    RoadBand,
    TerrainRow,
)
from service.domain.rulebook_review import CrewRule, DocumentRule, ReviewLine, ReviewStage
from service.domain.rulebook_risk import RiskAssessment, RiskFactor, RiskScale
from service.domain.rulebook_rule import Binding, Rule, RuleRow, Source
from service.domain.rulebook_sharing import SeparationRule, SharingCase, SharingRow, SharingRule
from service.domain.rulebook_term import Clock, DeadlineKey, DeadlineRule, StartEvent

__all__ = [
    "AerodromeClearance",
    "Aircraft",
    "Binding",
    "BufferRule",
    "Case",
    "Clock",
    "CrewRule",
    "DeadlineKey",
    "DeadlineRule",
    "DocumentRule",
    "EvidenceWindow",
    "Feature",
    "Gate",
    "Harm",
    "HourBand",
    "Jurisdiction",
    "Limit",
    "LimitKey",
    "ObligationRule",
    "Occurrence",
    "ProtectedSite",
    "ReviewLine",
    "ReviewStage",
    "RiskAssessment",
    "RiskFactor",
    "Rule",
    "RuleBook",
    "RulePack",
    "SeparationRule",
    "SeverityRow",
    "SharingCase",
    "SharingRule",
    "Source",
    "StartEvent",
    "SuspensionGround",
    "Switch",
    "SwitchKey",
]

Row = TypeVar("Row", bound=RuleRow)


@dataclass(frozen=True, eq=False)
class RulePack:
    """The rules in force from `first_day` until the next pack of the same book.

    `version` is a short digest of the content of the whole book: with it and the day of a decision
    the rules of that decision can be found again. A rule that is not there is NotFound; the loader
    has made sure of all those that code asks for by key.
    """

    version: str
    code: str
    name: Text
    first_day: date
    rows: tuple[RuleRow, ...]

    @cached_property
    def _rows(self) -> Mapping[str, RuleRow]:
        return {row.rule.id: row for row in self.rows}

    def find(self, rule_id: str, kind: type[Row]) -> Row:
        """The row of that id and kind; NotFound when there is none."""
        row = self._rows.get(rule_id)
        if not isinstance(row, kind):
            raise NotFound("rule", rule_id)
        return row

    def of(self, kind: type[Row]) -> tuple[Row, ...]:
        """All rows of a kind, in the order of the packs."""
        return tuple(row for row in self.rows if isinstance(row, kind))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule in force, in the order of the packs."""
        return tuple(row.rule for row in self.rows)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; NotFound when none is in force."""
        return self.find(rule_id, RuleRow).rule

    # numbers

    def limit(self, key: LimitKey) -> Limit:
        """The limit under a key, with its unit and its rule."""
        return self.find(key, Limit)

    def number(self, key: LimitKey) -> float:
        """The value of a limit, in its unit."""
        return self.limit(key).value

    def duration(self, key: LimitKey) -> timedelta:
        """The value of a limit that is a length of time."""
        return self.limit(key).duration

    def speed_limit(self, kind: ZoneKind) -> Limit | None:
        """How fast automated driving may be in zones of a kind; None where the pack does not say.

        The rule's id is `speed.<zone kind>`.
        """
        row = self._rows.get(f"speed.{kind}")
        return row if isinstance(row, Limit) else None

    def switch(self, key: SwitchKey) -> Switch:
        """The choice under a key, with its rule."""
        return self.find(key, Switch)

    def hours(self, rule_id: str) -> HourBand:
        """The hours of the day named by a rule id."""
        return self.find(rule_id, HourBand)

    @property
    def night(self) -> HourBand:
        """The hours that count as night."""
        return self.hours("hours.night")

    @property
    def evidence_window(self) -> EvidenceWindow:
        """How much recording around an event is kept."""
        return self.find("data.window_s", EvidenceWindow)

    # sharing a place

    def sharing(self, case: SharingCase) -> SharingRule:
        """How a case is judged: severity, offices and the separation required."""
        return self._sharing[case]

    @cached_property
    def _sharing(self) -> Mapping[SharingCase, SharingRule]:
        return {case: self._sharing_rule(case) for case in SharingCase}

    def _sharing_rule(self, case: SharingCase) -> SharingRule:
        row = self.find(f"sharing.{case}", SharingRow)
        return SharingRule(
            rule=row.rule,
            case=case,
            severity=row.severity,
            offices=row.offices,
            minima=self.find(row.separation, SeparationRule),
        )

    def buffer(self, site: ProtectedSite) -> BufferRule:
        """The distances kept from a kind of protected site; NotFound when the pack gives none."""
        return self.find(f"buffer.{site}", BufferRule)

    @property
    def aerodrome_clearance(self) -> AerodromeClearance:
        """The reach of an aerodrome's clearance area around each runway."""
        return self.find("aerodrome.clearance_m", AerodromeClearance)

    @property
    def road_band(self) -> RoadBand:
        """The building-control band beside a road, by its class."""
        return self.find("road.building_control_m", RoadBand)

    # deciding on an application

    def risk(self, case: Case) -> RiskAssessment:
        """The risk tier of a case with every factor counted (Art. 46)."""
        scale = self.find("risk.scale", RiskScale)
        return RiskAssessment.of(case, self.of(RiskFactor), scale)

    def reviews(self, case: Case) -> tuple[ReviewLine, ...]:
        """The signatures a case needs, one per office and stage, in the order of the stages."""
        lines: dict[tuple[ReviewStage, Role], ReviewLine] = {}
        for line in self.of(ReviewLine):
            if line.applies(case):
                lines.setdefault((line.stage, line.role), line)
        order = list(ReviewStage)
        return tuple(sorted(lines.values(), key=lambda line: order.index(line.stage)))

    def lead(self, case: Case) -> ReviewLine:
        """The line of the office that confirms; the loader makes sure that every phase has one."""
        return next(line for line in self.reviews(case) if line.lead)

    def documents(self, case: Case) -> tuple[DocumentRule, ...]:
        """The documents a case must bring, each once."""
        asked: dict[str, DocumentRule] = {}
        for row in self.of(DocumentRule):
            if row.applies(case):
                asked.setdefault(row.document, row)
        return tuple(asked.values())

    def crew(self, case: Case) -> tuple[CrewRule, ...]:
        """The people a case must name, one of each row."""
        return tuple(row for row in self.of(CrewRule) if row.applies(case))

    def gates(self, phase: Phase) -> tuple[Gate, ...]:
        """What must have been shown before `phase` may be entered."""
        return tuple(
            row for row in self.of(GateRow) if isinstance(row, Gate) and phase in row.phases
        )

    def uas_classes(self, aircraft: Aircraft) -> frozenset[UasClass]:
        """The weight classes an aircraft may be in: one when all that decides it is stated."""
        possible = set()
        for row in sorted(self.of(UasClassRow), key=lambda row: row.order):
            held = row.holds(aircraft)
            if held is not False:
                possible.add(row.uas_class)
            if held:
                break
        return frozenset(possible)

    # clocks and consequences

    def deadline(self, key: DeadlineKey) -> DeadlineRule:
        """The deadline under a key."""
        return self.find(key, DeadlineRule)

    def severity(self, harm: Harm) -> SeverityRow:
        """The gravest class that the harm reaches."""
        classes = sorted(self.of(SeverityRow), key=lambda row: row.rank, reverse=True)
        return next(row for row in classes if row.reached_by(harm))

    def obligations(
        self, occurrence: Occurrence, profile: str = "cn"
    ) -> tuple[ObligationRule, ...]:
        """Who must tell whom by when after an incident, in one reporting regime."""
        return tuple(
            row
            for row in self.of(ObligationRule)
            if row.profile == profile and row.applies(occurrence)
        )

    def suspensions(self, occurrence: Occurrence) -> tuple[SuspensionGround, ...]:
        """The grounds for suspension that an incident gives."""
        return tuple(row for row in self.of(SuspensionGround) if row.given_by(occurrence))

    def suspensions_after(self, violation: ViolationKind) -> tuple[SuspensionGround, ...]:
        """The grounds for suspension that a violation gives."""
        return tuple(row for row in self.of(SuspensionGround) if violation in row.violations)

    def conduct(self, violation: ViolationKind) -> Rule:
        """The rule that a violation of this kind breaks."""
        return self.find(f"conduct.{violation}", ConductRule).rule

    # the place itself

    @cached_property
    def jurisdiction(self) -> Jurisdiction:
        """Where the pack holds, in which plane it measures and by which calendar."""
        calendar = self.find("jurisdiction.calendar", CalendarRow)
        return Jurisdiction(
            code=self.code,
            name=self.name,
            extent=self.find("jurisdiction.extent", ExtentRow).extent,
            plane=self.find("jurisdiction.plane", PlaneRow).plane,
            ground=self.find("jurisdiction.ground", GroundRow).ground,
            regions=Regions(tuple(row.region for row in self.of(TerrainRow))),
            geoid=next((row.table for row in self.of(GeoidRow)), None),
            zone=calendar.zone,
            holiday_country=calendar.holiday_country,
        )


@dataclass(frozen=True, eq=False)
class RuleBook:
    """The packs of one jurisdiction, one for each stretch of days with the same rules in force."""

    version: str
    code: str
    packs: tuple[RulePack, ...]

    @classmethod
    def of(cls, version: str, code: str, name: Text, opens: date, rows: Iterable[RuleRow]) -> Self:
        """The book of `rows`, wider jurisdictions first, from the day the registry opens."""
        rows = tuple(rows)
        day = timedelta(days=1)
        turns = {row.rule.valid_from for row in rows if row.rule.valid_from}
        turns |= {row.rule.valid_to + day for row in rows if row.rule.valid_to}
        days = [opens, *sorted(turn for turn in turns if turn > opens)]
        packs = (RulePack(version, code, name, first, _in_force(rows, first)) for first in days)
        return cls(version, code, tuple(packs))

    def at(self, day: date) -> RulePack:
        """The pack in force on `day`; days before the registry opened have its first pack."""
        after = bisect_right(self.packs, day, key=lambda pack: pack.first_day)
        return self.packs[max(after - 1, 0)]


def _in_force(rows: Iterable[RuleRow], day: date) -> tuple[RuleRow, ...]:
    """The rows in force on a day; the narrowest jurisdiction's row of an id replaces the others."""
    found: dict[str, RuleRow] = {}
    for row in rows:
        if row.rule.in_force(day):
            wider = found.get(row.rule.id)
            if wider is not None:
                overrides = (*wider.rule.overrides, wider.rule.jurisdiction)
                row = replace(row, rule=replace(row.rule, overrides=overrides))
            found[row.rule.id] = row
    return tuple(found.values())
