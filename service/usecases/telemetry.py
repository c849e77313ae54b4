"""Telemetry: every summary counted once, held against its permit, turned into evidence.

HTTP, MQTT and files share `record`. What it answers `accepted` is stored when the transaction
commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.text import Text
from service.domain.access import Action, Allowed, decide, require
from service.domain.errors import Problem
from service.domain.evidence import Evidence, Violation
from service.domain.journal import Actor
from service.domain.permit import Permit
from service.domain.proof import Breach, prove
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.telemetry import Outcome, Summary
from service.usecases.context import Context
from service.usecases.ports import Page, Query, Tx
from service.usecases.registry import own


@dataclass(frozen=True)
class Posted:
    """One item of a batch: the summary, or what was wrong with it."""

    index: int
    summary: Summary | None
    problem: Problem | None = None


@dataclass(frozen=True)
class Result:
    """What became of one item."""

    index: int
    id: str | None
    status: Outcome
    problem: Problem | None = None
    violation_ids: tuple[str, ...] = ()


def record(tx: Tx, actor: Actor, ctx: Context, batch: Sequence[Posted]) -> tuple[Result, ...]:
    """What became of each item, in order; good items are stored whatever the others are."""
    require(actor, Action.telemetry_post)
    posted = [item.summary for item in batch if item.summary is not None]
    known = dict(tx.telemetry.seen([summary.key for summary in posted]))
    permits = tx.permits.find({summary.permit_id for summary in posted})
    accepted: list[tuple[Summary, Evidence]] = []
    violations: list[Violation] = []
    results = []
    for item in batch:
        problem = item.problem or _refused(actor, ctx, item.summary, permits, known)
        if item.summary is None or problem is not None:
            key = item.summary.id if item.summary else None
            results.append(Result(item.index, key, Outcome.rejected, problem))
            continue
        summary = item.summary
        if summary.key in known:
            results.append(Result(item.index, summary.id, Outcome.duplicate))
            continue
        known[summary.key] = summary.digest
        proof = prove(summary, permits[summary.permit_id], Law(ctx.pack, ctx.frame))
        broken = [_violation(ctx, summary, permits[summary.permit_id], b) for b in proof.breaches]
        accepted.append((summary, proof.evidence))
        violations += broken
        ids = tuple(violation.id for violation in broken)
        results.append(Result(item.index, summary.id, Outcome.accepted, violation_ids=ids))
    tx.telemetry.record(accepted, ctx.now)
    tx.violations.add_all(violations, ctx.deed(actor, "detect"))
    return tuple(results)


def summaries(tx: Tx, actor: Actor, query: Query) -> Page[Summary]:
    """One page of summaries."""
    return tx.telemetry.summaries(own(actor, Action.telemetry_read, query))


def violations(tx: Tx, actor: Actor, query: Query) -> Page[Violation]:
    """One page of violations."""
    return tx.violations.page(own(actor, Action.telemetry_read, query))


def seal(tx: Tx, actor: Actor, ctx: Context) -> int:
    """How many summaries were sealed: those that arrived longer ago than the pack's period."""
    until = ctx.now - ctx.pack.duration(LimitKey.journal_seal)
    if tx.telemetry.unsealed_before(until) == 0:
        return 0
    return tx.telemetry.seal(until, ctx.deed(actor, "seal"))


def _refused(
    actor: Actor,
    ctx: Context,
    summary: Summary | None,
    permits: Mapping[str, Permit],
    known: Mapping[tuple[str, str, int], str],
) -> Problem | None:
    """Why this item cannot be taken; None when it can, or was taken before."""
    if summary is None:
        return None
    permit = permits.get(summary.permit_id)
    if permit is None or not _may_post(actor, permit):
        return _problem("/permit_id", "permit_unknown", "没有该许可", "There is no such permit")
    if all(vehicle.vehicle_id != summary.vehicle_id for vehicle in permit.vehicles):
        zh, en = "该车辆不在许可内", "The vehicle is not on the permit"
        return _problem("/vehicle_id", "vehicle_not_on_permit", zh, en)
    if not _may_post(actor, permit, summary.vehicle_id):
        zh, en = "密钥不属于该车辆", "The key is another vehicle's"
        return _problem("/vehicle_id", "other_vehicle", zh, en)
    if summary.key not in known:
        return _untimely(ctx, summary)
    if known[summary.key] != summary.digest:
        zh, en = "同一序号内容不同", "This sequence number was used with other content"
        return _problem("/seq", "sequence_conflict", zh, en)
    return None


def _may_post(actor: Actor, permit: Permit, vehicle_id: str | None = None) -> bool:
    answer = decide(actor, Action.telemetry_post, permit.organisation_id, vehicle_id)
    return isinstance(answer, Allowed)


def _untimely(ctx: Context, summary: Summary) -> Problem | None:
    """Whether it lies in the future, comes too late, or has fixes from another time."""
    skew = ctx.pack.duration(LimitKey.telemetry_clock_skew)
    if summary.ended_at > ctx.now + skew:
        return _problem("/ended_at", "in_the_future", "时间在未来", "It lies in the future")
    if summary.started_at < ctx.now - ctx.pack.duration(LimitKey.telemetry_lateness):
        zh, en = "超过补报时限", "Too late to be handed in"
        return _problem("/started_at", "too_late", zh, en)
    times = summary.track.times
    early, late = (summary.started_at - skew).timestamp(), (summary.ended_at + skew).timestamp()
    if times is not None and not early <= times[0] <= times[-1] <= late:
        zh, en = "轨迹时间不在起止时间内", "The times of the path lie outside the interval"
        return _problem("/path_times", "outside_interval", zh, en)
    return None


def _problem(pointer: str, code: str, zh: str, en: str) -> Problem:
    return Problem(pointer, code, Text(zh, en))


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
