"""What follows from conduct: violations, repeated ones as one; drafts of incidents; early warnings.

A grave violation, by the rule pack, opens the draft of an incident that proposes to suspend
(Art. 46); whether it is one, and whether anything is suspended, a person decides.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from shapely.geometry.base import BaseGeometry

from geo.crs import CANONICAL
from geo.text import Text
from service.domain.access import Action, require
from service.domain.breach import Breach
from service.domain.evidence import Evidence, Violation
from service.domain.incident import Casualties, Facts, Place
from service.domain.incident_kinds import IncidentKind, PlacePrecision, TimePrecision
from service.domain.journal import Actor
from service.domain.kinds import ControlMode, ViolationKind
from service.domain.permit import Permit
from service.domain.rulepack import LimitKey
from service.domain.telemetry import Summary
from service.domain.warnings import Conduct, EarlyWarning, warnings
from service.usecases import incidents
from service.usecases.context import Context
from service.usecases.ports import Query, Tx, every
from service.usecases.registry import own

_INCIDENTS = {
    ViolationKind.out_of_area_automated: IncidentKind.out_of_area_automated,
    ViolationKind.altitude: IncidentKind.airspace_incursion,
}
_Series = tuple[str, str, ViolationKind]
_SERIES = ("vehicle_id", "permit_id", "violation_kind")


@dataclass
class Ledger:
    """The violations found in one transaction; what repeats one that is open is counted on it."""

    tx: Tx
    ctx: Context
    _open: dict[_Series, dict[str, Violation]] = field(default_factory=dict)
    _new: dict[str, Actor] = field(default_factory=dict)
    _repeated: dict[str, Actor] = field(default_factory=dict)

    def enter(
        self, actor: Actor, summary: Summary, permit: Permit, breaches: Iterable[Breach]
    ) -> tuple[Violation, ...]:
        """The violation that each breach is, or that it repeats."""
        entered = (
            self._entered(actor, _violation(self.ctx, summary, permit, breach))
            for breach in breaches
        )
        return tuple(entered)

    def store(self) -> None:
        """All that was entered is in the registry, and drafts of incidents of what is grave."""
        now = {key: one for series in self._open.values() for key, one in series.items()}
        for actor in dict.fromkeys(self._new.values()):
            new = [now[key] for key, by in self._new.items() if by == actor]
            self.tx.violations.add_all(new, self.ctx.deed(actor, "detect"))
            for violation in new:
                self._draft(actor, violation)
        for key, actor in self._repeated.items():
            self.tx.violations.put(now[key], self.ctx.deed(actor, "detect"))

    def _entered(self, actor: Actor, found: Violation) -> Violation:
        series = self._series(found)
        window = self.ctx.pack.duration(LimitKey.violation_window)
        before = next((one for one in series.values() if one.repeated_by(found, window)), None)
        if before is None:
            series[found.id] = found
            self._new[found.id] = actor
            return found
        if before.id not in self._new and before.id not in self._repeated:
            self._repeated[before.id] = actor
            before = replace(before, revision=before.revision + 1)
        series[before.id] = before.with_repetition(found)
        return series[before.id]

    def _series(self, like: Violation) -> dict[str, Violation]:
        """The violations of that vehicle, permit and kind that something new may repeat, by id."""
        key = (like.vehicle_id, like.permit_id, like.violation_kind)
        if key not in self._open:
            pack = self.ctx.pack
            since = pack.duration(LimitKey.violation_window)
            since += pack.duration(LimitKey.telemetry_lateness)
            query = Query(updated_since=self.ctx.now - since)
            for column, value in zip(_SERIES, key, strict=True):
                query = query.only(column, [value])
            self._open[key] = {one.id: one for one in every(self.tx.violations.page, query)}
        return self._open[key]

    def _draft(self, actor: Actor, violation: Violation) -> None:
        grounds = self.ctx.pack.suspensions_after(violation.violation_kind)
        if grounds:
            proposals = tuple(row.rule.id for row in grounds)
            owner_id, facts = violation.organisation_id, _facts(violation, self.ctx)
            incidents.draft(self.tx, actor, self.ctx, facts, owner_id, proposals)


@dataclass(frozen=True)
class Warned:
    """An early warning and the vehicle, under a permit, whose conduct gives it."""

    vehicle_id: str
    permit_id: str
    organisation_id: str
    warning: EarlyWarning


def early_warnings(tx: Tx, actor: Actor, ctx: Context, query: Query) -> tuple[Warned, ...]:
    """Every early warning of today on the vehicles and permits that the query names."""
    require(actor, Action.telemetry_read)
    recent_since = ctx.now - ctx.pack.duration(LimitKey.warning_recent)
    since = recent_since - ctx.pack.duration(LimitKey.warning_history)
    sums: dict[tuple[str, str, str], tuple[Conduct, Conduct]] = {}
    for proved, brakes in _conduct(tx, own(actor, Action.telemetry_read, query)):
        if proved.started_at < since:
            continue
        key = (proved.vehicle_id, proved.permit_id, proved.organisation_id)
        recent, before = sums.get(key, (Conduct(), Conduct()))
        one = Conduct(proved.km.get(ControlMode.automated, 0.0), proved.takeovers, brakes)
        late = proved.started_at >= recent_since
        sums[key] = (recent + one, before) if late else (recent, before + one)
    return tuple(
        Warned(*key, warning)
        for key, (recent, before) in sorted(sums.items())
        for warning in warnings(recent, before, ctx.pack)
    )


def _conduct(tx: Tx, query: Query) -> Iterator[tuple[Evidence, int]]:
    """What is certain of each summary, with its hard braking."""
    proved = {
        (one.vehicle_id, one.summary_id): one
        for one in tx.telemetry.evidence(query)
        if not one.uncertain
    }
    for arrival in every(tx.telemetry.summaries, query):
        evidence = proved.get((arrival.summary.vehicle_id, arrival.summary.id))
        if evidence is not None:
            yield evidence, arrival.summary.hard_brakes


def _facts(violation: Violation, ctx: Context) -> Facts:
    """What a violation tells of the incident that it may be."""
    words = violation.explanation
    automated = violation.violation_kind is ViolationKind.out_of_area_automated
    return Facts(
        incident_kind=_INCIDENTS.get(violation.violation_kind, IncidentKind.other),
        occurred_at=min(violation.first_at, ctx.now),
        occurred_precision=TimePrecision.instant,
        place=_place(violation.track, words),
        discovered_at=ctx.now,
        vehicle_ids=(violation.vehicle_id,),
        permit_id=violation.permit_id,
        activity_id=None,
        control_mode_30s_before=ControlMode.automated if automated else None,
        casualties=Casualties(),
        loss_cny=None,
        liability=None,
        narrative=f"{words.zh}\n{words.en}",
        external_ids={"violation": violation.id},
        preliminary=True,
    )


def _place(track: BaseGeometry | None, words: Text) -> Place:
    if track is None:
        return Place(PlacePrecision.unknown, words.zh)
    return Place(PlacePrecision.point, words.zh, track.representative_point(), CANONICAL)


def _violation(ctx: Context, summary: Summary, permit: Permit, breach: Breach) -> Violation:
    return Violation(
        id=ctx.new_id(),
        revision=1,
        violation_kind=breach.violation_kind,
        organisation_id=permit.organisation_id,
        vehicle_id=summary.vehicle_id,
        permit_id=permit.id,
        permit_revision=permit.revision,
        summary_id=summary.id,
        rule_id=breach.rule_id,
        first_at=breach.first_at,
        last_at=breach.last_at,
        length_m=breach.length_m,
        track=breach.track,
        explanation=breach.explanation,
    )
