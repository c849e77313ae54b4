"""Telemetry: every summary counted once, held against its permit, turned into evidence.

HTTP, MQTT and files share `receive`. What it answers is stored when the transaction commits, and
not before.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from geo.network import NetworkIndex
from geo.text import Text
from service.domain.access import Action, Allowed, decide, require
from service.domain.boot import BootKey, Gap
from service.domain.dead_letter import Channel, DeadLetter
from service.domain.errors import Problem
from service.domain.evidence import Evidence, Violation
from service.domain.journal import Actor
from service.domain.mileage import network_of
from service.domain.pace import Span
from service.domain.permit import Permit
from service.domain.plausibility import impossible
from service.domain.proof import Unprovable, prove
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.swept import Swept, swept_together
from service.domain.telemetry import Arrival, Outcome, Summary, SummaryKey
from service.domain.vehicle import Vehicle
from service.usecases.conduct import Ledger
from service.usecases.context import Context
from service.usecases.ports import Page, Query, Tx
from service.usecases.registry import own


@dataclass(frozen=True)
class Posted:
    """One item as it came: the summary, or what was wrong with it.

    `key` is that of an item which could not be read, where it told one; `text` writes the item
    down, and is called only for what is refused.
    """

    index: int
    summary: Summary | None
    problem: Problem | None = None
    key: SummaryKey | None = None
    text: Callable[[], str] = str


@dataclass(frozen=True)
class Post:
    """What one sender handed in at once; `arrived_at` is told where it lay here before."""

    actor: Actor
    items: Sequence[Posted]
    channel: Channel = Channel.http
    arrived_at: datetime | None = None


@dataclass(frozen=True)
class Result:
    """What became of one item, and the violations that it shows."""

    index: int
    id: str | None
    status: Outcome
    problem: Problem | None = None
    violations: tuple[Violation, ...] = ()

    @property
    def violation_ids(self) -> tuple[str, ...]:
        """What the violations go by."""
        return tuple(violation.id for violation in self.violations)


@dataclass(frozen=True)
class Receipt:
    """What became of a post, item by item.

    `upto` tells of each boot in it how far every number from 1 was answered for.
    """

    results: tuple[Result, ...]
    upto: Mapping[BootKey, int]


def record(tx: Tx, actor: Actor, ctx: Context, batch: Sequence[Posted]) -> tuple[Result, ...]:
    """What became of each item, in order; good items are stored whatever the others are."""
    return receive(tx, ctx, [Post(actor, batch)])[0].results


def receive(tx: Tx, ctx: Context, posts: Sequence[Post]) -> tuple[Receipt, ...]:
    """A receipt for each post, in order; all are stored with as few statements as one would be.

    What is refused is kept as a dead letter.
    """
    for post in posts:
        require(post.actor, Action.telemetry_post)
    intake = _Intake.of(tx, ctx, posts)
    results = [tuple(intake.after(post, item) for item in post.items) for post in posts]
    intake.store(tx)
    return tuple(
        Receipt(one, {boot: tx.telemetry.upto(*boot) for boot in intake.boots(post)})
        for post, one in zip(posts, results, strict=True)
    )


def networks(tx: Tx, ctx: Context, permits: Iterable[Permit]) -> Mapping[str, NetworkIndex]:
    """The stretches that each permit names, ready to be matched; of those that name any, by id."""
    named = {
        permit.id: sorted(
            {use.stretch_id for planned in permit.content.volumes for use in planned.stretches}
        )
        for permit in permits
    }
    roads = tx.roads.find({key for keys in named.values() for key in keys})
    return {
        permit_id: network_of(
            tuple(roads[key].stretch for key in keys if key in roads), ctx.frame.plane
        )
        for permit_id, keys in named.items()
        if keys
    }


def summaries(tx: Tx, actor: Actor, query: Query) -> Page[Arrival]:
    """One page of summaries, in the order in which they came."""
    return tx.telemetry.summaries(own(actor, Action.telemetry_read, query))


def gaps(tx: Tx, actor: Actor, query: Query) -> Page[Gap]:
    """One page of the numbers that never came though later ones of the same boot did."""
    return tx.telemetry.gaps(own(actor, Action.telemetry_read, query))


def violations(tx: Tx, actor: Actor, query: Query) -> Page[Violation]:
    """One page of violations."""
    return tx.violations.page(own(actor, Action.telemetry_read, query))


def seal(tx: Tx, actor: Actor, ctx: Context) -> int:
    """How many summaries were sealed: those that arrived longer ago than the pack's period."""
    until = ctx.now - ctx.pack.duration(LimitKey.journal_seal)
    if tx.telemetry.unsealed_before(until) == 0:
        return 0
    return tx.telemetry.seal(until, ctx.deed(actor, "seal"))


def keep_house(tx: Tx, actor: Actor, ctx: Context) -> int:
    """How many summaries were taken away: those kept for longer than the pack asks for."""
    oldest = ctx.now - ctx.pack.duration(LimitKey.retention)
    tx.telemetry.make_room(ctx.now)
    tx.dead_letters.forget(oldest)
    return tx.telemetry.retire(oldest, ctx.deed(actor, "retire"))


@dataclass
class _Intake:
    """What was taken and refused so far, and what each further item is held against.

    `known` are the keys recorded with their digests, `told_of` the times that each vehicle told of,
    in the order of their ends.
    """

    ctx: Context
    permits: Mapping[str, Permit]
    vehicles: Mapping[str, Vehicle]
    known: dict[SummaryKey, str]
    told_of: dict[str, list[Span]]
    networks: Mapping[str, NetworkIndex]
    swept: Mapping[Summary, Swept]
    ledger: Ledger
    accepted: list[tuple[Summary, Evidence]] = field(default_factory=list)
    refused: list[SummaryKey] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)

    @classmethod
    def of(cls, tx: Tx, ctx: Context, posts: Sequence[Post]) -> "_Intake":
        """Nothing taken yet; what is in the registry that bears on these posts."""
        read = [item.summary for post in posts for item in post.items if item.summary is not None]
        strangers = {
            key[0]
            for post in posts
            for item in post.items
            if (key := _key(item)) is not None and key[0] != post.actor.vehicle_id
        }
        permits = tx.permits.find({summary.permit_id for summary in read})
        known = dict(tx.telemetry.seen([summary.key for summary in read]))
        return cls(
            ctx,
            permits=permits,
            vehicles=tx.vehicles.find(strangers) if strangers else {},
            known=known,
            told_of=_told_of(tx, ctx, posts),
            networks=networks(tx, ctx, permits.values()),
            swept=_swept(ctx, posts, permits, known),
            ledger=Ledger(tx, ctx),
        )

    def after(self, post: Post, item: Posted) -> Result:
        """What becomes of the item; a good one is taken, and another kept as a dead letter."""
        summary, problem = item.summary, item.problem
        if summary is not None and problem is None:
            problem = self._refusal(post, summary)
        if summary is None or problem is not None:
            assert problem is not None, "an item is a summary or has a problem"
            return self._buried(post, item, problem)
        if summary.key in self.known:
            return Result(item.index, summary.id, Outcome.duplicate)
        permit, law = self.permits[summary.permit_id], Law(self.ctx.pack, self.ctx.frame)
        try:
            told, network = self._told_meanwhile(summary), self.networks.get(permit.id)
            proof = prove(summary, permit, law, told, network, self.swept.get(summary))
        except Unprovable as failed:
            return self._buried(post, item, Problem("/path", failed.code, failed.message))
        broken = self.ledger.enter(post.actor, summary, permit, proof.breaches)
        self.known[summary.key] = summary.digest
        span = (summary.started_at, summary.ended_at)
        insort(self.told_of[summary.vehicle_id], span, key=_end)
        self.accepted.append((summary, proof.evidence))
        return Result(item.index, summary.id, Outcome.accepted, violations=broken)

    def _told_meanwhile(self, summary: Summary) -> list[Span]:
        """The times told of before that share some with the summary."""
        told = self.told_of[summary.vehicle_id]
        later = bisect_right(told, summary.started_at, key=_end)
        return [span for span in told[later:] if span[0] < summary.ended_at]

    def boots(self, post: Post) -> list[BootKey]:
        """The boots in a post that its sender may speak for."""
        told = {key[:2] for item in post.items if (key := _key(item)) is not None}
        return sorted(boot for boot in told if not self._vehicle_problem(post.actor, boot[0]))

    def store(self, tx: Tx) -> None:
        """Everything taken and refused is in the registry."""
        tx.telemetry.record(self.accepted, self.ctx.now, self.refused)
        tx.dead_letters.bury(self.letters)
        self.ledger.store()

    def _buried(self, post: Post, item: Posted, problem: Problem) -> Result:
        """The refusal of an item; its number is answered for where the sender may speak for it."""
        key, at = _key(item), post.arrived_at or self.ctx.now
        letter = DeadLetter.of(post.actor, post.channel, at, key, problem, item.text())
        self.letters.append(letter)
        if key is not None and self._vehicle_problem(post.actor, key[0]) is None:
            self.refused.append(key)
        return Result(
            item.index, item.summary.id if item.summary else None, Outcome.rejected, problem
        )

    def _refusal(self, post: Post, summary: Summary) -> Problem | None:
        """Why a summary cannot be taken; None when it can, or was taken before."""
        permit = self.permits.get(summary.permit_id)
        problem = self._vehicle_problem(post.actor, summary.vehicle_id)
        if problem is not None:
            return problem
        if permit is None or not _may_post(post.actor, permit.organisation_id):
            return _problem("/permit_id", "permit_unknown", "没有该许可", "There is no such permit")
        if all(vehicle.vehicle_id != summary.vehicle_id for vehicle in permit.vehicles):
            zh, en = "该车辆不在许可内", "The vehicle is not on the permit"
            return _problem("/vehicle_id", "vehicle_not_on_permit", zh, en)
        if summary.key not in self.known:
            problems = impossible(summary, permit.content.domain, self.ctx.pack)
            arrived_at = post.arrived_at or self.ctx.now
            return _untimely(self.ctx, summary, arrived_at) or next(problems, None)
        if self.known[summary.key] != summary.digest:
            zh, en = "同一序号内容不同", "This sequence number was used with other content"
            return _problem("/seq", "sequence_conflict", zh, en)
        return None

    def _vehicle_problem(self, actor: Actor, vehicle_id: str) -> Problem | None:
        """Why the actor cannot speak for that vehicle; None when it can."""
        if vehicle_id == actor.vehicle_id:
            return None
        vehicle = self.vehicles.get(vehicle_id)
        if vehicle is None or not _may_post(actor, vehicle.organisation_id):
            zh = f"本单位没有登记车辆 {vehicle_id}；由其运营单位登记（POST /v1/vehicles）"
            en = (
                f"No vehicle {vehicle_id} of your organisation is registered;"
                " the organisation that operates it may register it (POST /v1/vehicles)"
            )
            return _problem("/vehicle_id", "unknown_vehicle", zh, en)
        if not _may_post(actor, vehicle.organisation_id, vehicle_id):
            zh, en = "密钥不属于该车辆", "The key is another vehicle's"
            return _problem("/vehicle_id", "other_vehicle", zh, en)
        return None


def _may_post(actor: Actor, owner_id: str, vehicle_id: str | None = None) -> bool:
    return isinstance(decide(actor, Action.telemetry_post, owner_id, vehicle_id), Allowed)


def _key(item: Posted) -> SummaryKey | None:
    return item.key if item.summary is None else item.summary.key


def _told_of(tx: Tx, ctx: Context, posts: Sequence[Post]) -> dict[str, list[Span]]:
    """The times that each of the vehicles told of before and that share some with these."""
    last = ctx.now + ctx.pack.duration(LimitKey.telemetry_clock_skew)
    spans = defaultdict(list)
    for post in posts:
        first = (post.arrived_at or ctx.now) - ctx.pack.duration(LimitKey.telemetry_lateness)
        for item in post.items:
            if (told := item.summary) is not None:
                # what lies beyond these is refused, however far
                span = max(first, told.started_at), min(last, told.ended_at)
                spans[told.vehicle_id].append(span)
    windows = {
        vehicle_id: (min(start for start, _ in told), max(end for _, end in told))
        for vehicle_id, told in spans.items()
    }
    found = tx.telemetry.told_of(windows)
    return {vehicle_id: sorted(found.get(vehicle_id, ()), key=_end) for vehicle_id in windows}


def _swept(
    ctx: Context,
    posts: Sequence[Post],
    permits: Mapping[str, Permit],
    known: Mapping[SummaryKey, str],
) -> Mapping[Summary, Swept]:
    """The paths that are new and of this time, measured together: as few steps as one would be."""
    asked = [
        (summary, permits[summary.permit_id])
        for post in posts
        for summary in (item.summary for item in post.items)
        if summary is not None
        and summary.permit_id in permits
        and summary.key not in known
        and _untimely(ctx, summary, post.arrived_at or ctx.now) is None
    ]
    return swept_together(asked, Law(ctx.pack, ctx.frame))


def _end(span: Span) -> datetime:
    return span[1]


def _untimely(ctx: Context, summary: Summary, arrived_at: datetime) -> Problem | None:
    """Whether it lies in the future, comes too late, or has fixes from another time."""
    skew = ctx.pack.duration(LimitKey.telemetry_clock_skew)
    if summary.activity_id is not None:
        # the registry holds no activities yet, so none of that id
        return _problem("/activity_id", "unknown", "没有登记", "There is none registered")
    if summary.ended_at > arrived_at + skew:
        return _problem("/ended_at", "in_the_future", "时间在未来", "It lies in the future")
    if summary.started_at < arrived_at - ctx.pack.duration(LimitKey.telemetry_lateness):
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
