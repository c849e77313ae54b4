"""Incidents: severity and due times from the rule pack (Order 493; Order 761 Art. 40)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from geo.text import Text
from service.domain.access import Action, Allowed, decide, require, require_sight
from service.domain.deadlines import due
from service.domain.errors import Forbidden, Malformed, Problem, Refused, Stale
from service.domain.incident import Facts, Incident, Obligation
from service.domain.incident_kinds import IncidentState, Liability
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, Domain
from service.domain.rulebook_incident import Trigger
from service.domain.rulepack import (
    Harm,
    LimitKey,
    ObligationRule,
    Occurrence,
    StartEvent,
    SuspensionGround,
)
from service.usecases.context import Context
from service.usecases.ports import Page, Query, Tx
from service.usecases.registry import Owned, own


def report(tx: Tx, actor: Actor, ctx: Context, facts: Facts) -> Incident:
    """The incident logged: severity, obligations with due times, proposals to suspend."""
    require(actor, Action.incident_report)
    owner_id = _owner(tx, actor, ctx, facts, actor.organisation_id)
    incident = _judged(tx, ctx, facts, owner_id, ctx.new_id())
    tx.incidents.add(incident, ctx.deed(actor, "report"))
    return incident


def draft(
    tx: Tx, actor: Actor, ctx: Context, facts: Facts, owner_id: str, proposals: tuple[str, ...]
) -> Incident:
    """The draft of an incident that the registry itself suspects, with proposals to suspend.

    No clock runs until someone revises it, and so reports it.
    """
    judged = _judged(tx, ctx, facts, owner_id, ctx.new_id())
    proposals = tuple(dict.fromkeys((*judged.suspension_proposals, *proposals)))
    drafted = replace(
        judged, state=IncidentState.draft, obligations=(), suspension_proposals=proposals
    )
    tx.incidents.add(drafted, ctx.deed(actor, "draft"))
    return drafted


def revise(tx: Tx, actor: Actor, ctx: Context, key: str, facts: Facts, version: int) -> Incident:
    """The next version of the incident; what was already fulfilled stays so."""
    current = get(tx, actor, key)
    require(actor, Action.incident_write, current.organisation_id)
    if current.version != version:
        raise Stale(current.version, version)
    if current.state is IncidentState.closed:
        raise Refused(Text("已结案，不能修改", "It is closed and cannot change"), code="closed")
    owner_id = _owner(tx, actor, ctx, facts, current.organisation_id)
    revised = _judged(tx, ctx, facts, owner_id, key, current)
    tx.incidents.put(revised, ctx.deed(actor, "revise"))
    return revised


def fulfil(
    tx: Tx, actor: Actor, ctx: Context, key: str, obligation_id: str, proof: str
) -> Incident:
    """The incident with one obligation met, by the proof given; an operator meets its own only."""
    current = get(tx, actor, key)
    require(actor, Action.incident_write, current.organisation_id)
    if actor.role not in AUTHORITIES | {current.obligation(obligation_id).owner}:
        raise Forbidden(Text("该义务由主管部门履行", "It is for an office to meet"))
    fulfilled = current.fulfilled(obligation_id, ctx.now, proof)
    tx.incidents.put(fulfilled, ctx.deed(actor, "fulfil"))
    return fulfilled


def close(tx: Tx, actor: Actor, ctx: Context, key: str) -> Incident:
    """The incident closed; refused while the clock of an obligation runs."""
    current = get(tx, actor, key)
    require(actor, Action.incident_close, current.organisation_id)
    closed = current.after("close")
    tx.incidents.put(closed, ctx.deed(actor, "close"))
    return closed


def get(tx: Tx, actor: Actor, key: str) -> Incident:
    """The incident; an operator sees only its own."""
    require(actor, Action.incident_read)
    incident = tx.incidents.get(key)
    require_sight(actor, Action.incident_read, "incident", key, incident.organisation_id)
    return incident


def page(tx: Tx, actor: Actor, query: Query) -> Page[Incident]:
    """One page of the incidents the actor may see."""
    return tx.incidents.page(own(actor, Action.incident_read, query))


def _owner(tx: Tx, actor: Actor, ctx: Context, facts: Facts, owner_id: str | None) -> str:
    """The one organisation whose test it was, by the vehicles, the permit and `owner_id`.

    Malformed when the facts cannot be; what is not there and what is another's look alike.
    """
    named: list[tuple[str, Owned | None]] = []
    vehicles = tx.vehicles.find(facts.vehicle_ids)
    named += [(f"/vehicle_ids/{i}", vehicles.get(key)) for i, key in enumerate(facts.vehicle_ids)]
    if facts.permit_id is not None:
        named.append(("/permit_id", tx.permits.find([facts.permit_id]).get(facts.permit_id)))
    if facts.activity_id is not None:
        # the registry holds no activities yet, so none of that id
        named.append(("/activity_id", None))
    problems = [*_untimely(ctx, facts), *_unknown(actor, named)]
    owners = {thing.organisation_id for _, thing in named if thing is not None}
    owners |= {owner_id} if owner_id is not None else set()
    if not problems and len(owners) != 1:
        words = Text("须指明一个单位的车辆或许可", "Name vehicles or a permit of one organisation")
        problems.append(Problem("/vehicle_ids", "organisation_unclear", words))
    if problems:
        raise Malformed(problems)
    (owner,) = owners
    return owner


def _untimely(ctx: Context, facts: Facts) -> Iterable[Problem]:
    """Times of the future, of too long ago, and a discovery of what had not happened yet."""
    latest = ctx.now + ctx.pack.duration(LimitKey.telemetry_clock_skew)
    earliest = ctx.now - ctx.pack.duration(LimitKey.incident_age)
    for name in ("occurred_at", "discovered_at"):
        if getattr(facts, name) > latest:
            words = Text("时间在未来", "It lies in the future")
            yield Problem(f"/{name}", "in_the_future", words)
        elif getattr(facts, name) < earliest:
            yield Problem(f"/{name}", "too_long_ago", Text("时间过早", "It lies too long ago"))
    if facts.occurred_at - facts.discovered_at > facts.occurred_precision.spread:
        words = Text("发现早于发生", "It was discovered before it occurred")
        yield Problem("/discovered_at", "before_occurrence", words)


def _unknown(actor: Actor, named: Iterable[tuple[str, Owned | None]]) -> Iterable[Problem]:
    for pointer, thing in named:
        if thing is None or not isinstance(
            decide(actor, Action.incident_report, thing.organisation_id), Allowed
        ):
            yield Problem(pointer, "unknown", Text("没有登记", "There is none registered"))


def _judged(
    tx: Tx, ctx: Context, facts: Facts, owner_id: str, key: str, before: Incident | None = None
) -> Incident:
    """The incident that follows from the facts, as the version after `before`."""
    harm = Harm(
        deaths=facts.casualties.deaths,
        serious_injuries=facts.casualties.serious_injuries,
        minor_injuries=facts.casualties.minor_injuries,
        loss_cny=facts.loss_cny,
    )
    occurrence = Occurrence(
        domain=_domain(tx, facts),
        kind=facts.incident_kind,
        severity=ctx.pack.severity(harm).severity,
        harm=harm,
        liability=facts.liability or Liability.undetermined,
    )
    state, reported_at = IncidentState.reported, ctx.now
    if before is not None and before.state is not IncidentState.draft:
        state, reported_at = before.state, before.reported_at
    return Incident(
        id=key,
        version=before.version + 1 if before else 1,
        state=state,
        organisation_id=owner_id,
        facts=facts,
        severity=occurrence.severity,
        obligations=_obligations(
            ctx,
            ctx.pack.obligations(occurrence),
            _starts(ctx, facts, reported_at),
            before.obligations if before else (),
        ),
        suspension_proposals=_proposals(ctx, occurrence, before),
        reported_at=reported_at,
        pack_version=ctx.pack.version,
    )


def _proposals(ctx: Context, occurrence: Occurrence, before: Incident | None) -> tuple[str, ...]:
    """The grounds that the incident gives, and those that a violation gave before."""
    of_violations = {
        row.rule.id for row in ctx.pack.of(SuspensionGround) if row.trigger is Trigger.violation
    }
    given = (row.rule.id for row in ctx.pack.suspensions(occurrence))
    kept = before.suspension_proposals if before else ()
    return tuple(dict.fromkeys((*given, *(one for one in kept if one in of_violations))))


def _domain(tx: Tx, facts: Facts) -> Domain:
    if facts.permit_id is not None:
        return tx.permits.get(facts.permit_id).content.domain
    vehicles = tx.vehicles.find(facts.vehicle_ids).values()
    return Domain.air if any(v.domain is Domain.air for v in vehicles) else Domain.ground


def _starts(ctx: Context, facts: Facts, reported_at: datetime) -> Mapping[StartEvent, datetime]:
    """The clocks that run already; the others start when their event is known.

    What was reported had been discovered, and what was discovered had happened, whatever is said.
    """
    discovered_at = min(facts.discovered_at, reported_at)
    occurred_at = min(facts.occurred_at, discovered_at)
    starts = {
        StartEvent.event: occurred_at,
        StartEvent.discovery: discovered_at,
        StartEvent.head_informed: discovered_at,
        StartEvent.received: reported_at,
        StartEvent.landing: occurred_at,
    }
    if facts.liability not in (None, Liability.undetermined):
        starts[StartEvent.liability_determined] = ctx.now
    return starts


def _obligations(
    ctx: Context,
    rules: Iterable[ObligationRule],
    starts: Mapping[StartEvent, datetime],
    before: Sequence[Obligation],
) -> tuple[Obligation, ...]:
    """What was met already, whatever the facts are now; then everything that is still owed."""
    met = [obligation for obligation in before if obligation.fulfilled_at is not None]
    settled = {obligation.rule_id for obligation in met}
    known = {obligation.rule_id: obligation for obligation in before}
    owed = (rule for rule in rules if rule.rule.id not in settled)
    return (*met, *(_obligation(ctx, rule, starts, known.get(rule.rule.id)) for rule in owed))


def _obligation(
    ctx: Context,
    rule: ObligationRule,
    starts: Mapping[StartEvent, datetime],
    before: Obligation | None,
) -> Obligation:
    start = starts.get(rule.starts_at)
    at_liability = rule.starts_at is StartEvent.liability_determined
    if at_liability and start is not None and before is not None and before.is_running:
        # its clock started with the version that first told the liability
        return before
    when = due(rule, start, ctx.frame.zone, ctx.workdays) if start is not None else None
    return Obligation(
        id=before.id if before else ctx.new_id(),
        rule_id=rule.rule.id,
        to=rule.to,
        owner=rule.owner,
        due_at=when.at if when else None,
        provisional=when.provisional if when else True,
    )
