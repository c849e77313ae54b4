"""Telemetry: every summary counted once, held against its permit, turned into evidence.

HTTP, MQTT and files share `record`. What it answers `accepted` is stored when the transaction
commits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.text import Text
from service.domain.access import Action, Allowed, decide, require
from service.domain.breach import Breach
from service.domain.errors import Problem
from service.domain.evidence import Evidence, Violation
from service.domain.journal import Actor
from service.domain.pace import Span
from service.domain.permit import Permit
from service.domain.plausibility import impossible
from service.domain.proof import Unprovable, prove
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
    taken = _Taken.of_nothing(tx, actor, ctx, [i.summary for i in batch if i.summary is not None])
    results = tuple(taken.after(item) for item in batch)
    tx.telemetry.record(taken.accepted, ctx.now)
    tx.violations.add_all(taken.violations, ctx.deed(actor, "detect"))
    return results


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


@dataclass
class _Taken:
    """What was taken of a batch so far, and what each further item is held against.

    `known` are the keys recorded with their digests, `told_of` the times each vehicle told of.
    """

    actor: Actor
    ctx: Context
    permits: Mapping[str, Permit]
    known: dict[tuple[str, str, int], str]
    told_of: dict[str, list[Span]]
    accepted: list[tuple[Summary, Evidence]] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @classmethod
    def of_nothing(cls, tx: Tx, actor: Actor, ctx: Context, posted: Sequence[Summary]) -> "_Taken":
        """Nothing yet; what is in the registry that bears on these summaries."""
        permits = tx.permits.find({summary.permit_id for summary in posted})
        known = dict(tx.telemetry.seen([summary.key for summary in posted]))
        return cls(actor, ctx, permits, known, _told_of(tx, ctx, posted))

    def after(self, item: Posted) -> Result:
        """What becomes of the item; a good one is taken."""
        summary, problem = item.summary, item.problem
        if summary is not None and problem is None:
            problem = self._refusal(summary)
        if summary is None or problem is not None:
            key = summary.id if summary else None
            return Result(item.index, key, Outcome.rejected, problem)
        if summary.key in self.known:
            return Result(item.index, summary.id, Outcome.duplicate)
        permit, law = self.permits[summary.permit_id], Law(self.ctx.pack, self.ctx.frame)
        told_of = self.told_of[summary.vehicle_id]
        try:
            proof = prove(summary, permit, law, told_of)
        except Unprovable as failed:
            problem = Problem("/path", failed.code, failed.message)
            return Result(item.index, summary.id, Outcome.rejected, problem)
        broken = [_violation(self.ctx, summary, permit, breach) for breach in proof.breaches]
        self.known[summary.key] = summary.digest
        told_of.append((summary.started_at, summary.ended_at))
        self.accepted.append((summary, proof.evidence))
        self.violations += broken
        ids = tuple(violation.id for violation in broken)
        return Result(item.index, summary.id, Outcome.accepted, violation_ids=ids)

    def _refusal(self, summary: Summary) -> Problem | None:
        """Why a summary cannot be taken; None when it can, or was taken before."""
        permit = self.permits.get(summary.permit_id)
        if permit is None or not self._may_post(permit):
            return _problem("/permit_id", "permit_unknown", "没有该许可", "There is no such permit")
        if all(vehicle.vehicle_id != summary.vehicle_id for vehicle in permit.vehicles):
            zh, en = "该车辆不在许可内", "The vehicle is not on the permit"
            return _problem("/vehicle_id", "vehicle_not_on_permit", zh, en)
        if not self._may_post(permit, summary.vehicle_id):
            zh, en = "密钥不属于该车辆", "The key is another vehicle's"
            return _problem("/vehicle_id", "other_vehicle", zh, en)
        if summary.key not in self.known:
            problems = impossible(summary, permit.content.domain, self.ctx.pack)
            return _untimely(self.ctx, summary) or next(problems, None)
        if self.known[summary.key] != summary.digest:
            zh, en = "同一序号内容不同", "This sequence number was used with other content"
            return _problem("/seq", "sequence_conflict", zh, en)
        return None

    def _may_post(self, permit: Permit, vehicle_id: str | None = None) -> bool:
        owner_id = permit.organisation_id
        return isinstance(decide(self.actor, Action.telemetry_post, owner_id, vehicle_id), Allowed)


def _told_of(tx: Tx, ctx: Context, posted: Sequence[Summary]) -> dict[str, list[Span]]:
    """The times that each of the vehicles told of before and that may share some with these."""
    first = ctx.now - ctx.pack.duration(LimitKey.telemetry_lateness)
    last = ctx.now + ctx.pack.duration(LimitKey.telemetry_clock_skew)
    longest = ctx.pack.duration(LimitKey.telemetry_interval)
    spans = defaultdict(list)
    for summary in posted:
        spans[summary.vehicle_id].append((summary.started_at, summary.ended_at))
    return {
        vehicle_id: list(
            tx.telemetry.told_of(
                vehicle_id,
                # what lies beyond these is refused, however far
                after=max(first, min(start for start, _ in told)) - longest,
                before=min(last, max(end for _, end in told)),
            )
        )
        for vehicle_id, told in spans.items()
    }


def _untimely(ctx: Context, summary: Summary) -> Problem | None:
    """Whether it lies in the future, comes too late, or has fixes from another time."""
    skew = ctx.pack.duration(LimitKey.telemetry_clock_skew)
    if summary.activity_id is not None:
        # the registry holds no activities yet, so none of that id
        return _problem("/activity_id", "unknown", "没有登记", "There is none registered")
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
