"""The question before the application: may this test happen? Writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.separation import NONE, Separation
from geo.volume import Volume4D
from service.domain.access import Action, require
from service.domain.application import Application
from service.domain.checks import check, reach
from service.domain.errors import Malformed
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, Domain, Phase, ZoneKind
from service.domain.permit import Permit
from service.domain.place import PlannedVolume, always
from service.domain.question import Answer, Law, Question, Surroundings
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.rulepack import LimitKey, SharingCase
from service.domain.zone import Zone
from service.usecases.context import Context
from service.usecases.permits import get as get_permit
from service.usecases.ports import Tx
from service.usecases.volumes import VolumeRequest, of_one_domain, place, plan


@dataclass(frozen=True)
class CheckRequest:
    """What is asked, before there is an application."""

    domain: Domain
    phase: Phase
    volumes: tuple[VolumeRequest, ...]
    vehicle_ids: tuple[str, ...] = ()
    follows: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """The answer and the registry revision (journal seq) it was given at."""

    answer: Answer
    registry_revision: int


def run(tx: Tx, actor: Actor, ctx: Context, request: CheckRequest) -> CheckResult:
    """The answer to a check, as of the registry's present state."""
    require(actor, Action.check_run)
    problems = list(of_one_domain(request.domain, request.phase, request.volumes))
    if problems:
        raise Malformed(problems)
    if request.follows is not None:
        get_permit(tx, actor, request.follows)
    placed = place(tx, ctx, request.volumes)
    asked = [(one.request.zone_kind, one.volume) for one in placed]
    pending = actor.role in AUTHORITIES
    around = _around(tx, ctx, asked, {Road, *_kinds(request.domain, pending)})
    question = Question(
        domain=request.domain,
        phase=request.phase,
        volumes=plan(ctx, placed, around.roads, len(request.vehicle_ids)),
        organisation_id=actor.organisation_id,
        chain=chain_of(tx, request.follows),
        vehicles=len(request.vehicle_ids),
    )
    seq, _ = tx.journal.head()
    return CheckResult(_answer(tx, ctx, question, around), seq)


def ask(tx: Tx, ctx: Context, question: Question, *, pending: bool) -> Answer:
    """The answer to `question`: candidates from the store, judged by the domain.

    Pending applications are advice to authorities only (decision 8): `pending` admits them.
    """
    asked = [(planned.zone_kind, planned.volume) for planned in question.volumes]
    around = _around(tx, ctx, asked, _kinds(question.domain, pending))
    used = roads_of(tx, question.volumes)
    around = replace(around, roads=(*around.roads, *used.values()))
    return _answer(tx, ctx, question, around)


def roads_of(tx: Tx, volumes: Iterable[PlannedVolume]) -> Mapping[str, Road]:
    """The roads that the volumes run on, as they are today, by id."""
    return tx.roads.find({use.stretch_id for volume in volumes for use in volume.stretches})


def _answer(tx: Tx, ctx: Context, question: Question, around: Surroundings) -> Answer:
    """The answer; where no zone holds a part, zones of other hours and heights are looked for too.

    They open nothing, but tell the asker what would: that reason is the one to be read.
    """
    law = Law(ctx.pack, ctx.frame)
    answer = check(question, around, law)
    outside = law.pack.sharing(SharingCase.zone_coverage).rule.id
    if all(finding.rule.id != outside for finding in answer.findings):
        return answer
    at_any_time = always(ctx.frame.zone)
    there = [
        Volume4D(planned.volume.footprint, None, None, at_any_time) for planned in question.volumes
    ]
    zones = tx.nearby.near(there, beside(ctx), frozenset({Zone})).zones
    return answer if zones == around.zones else check(question, replace(around, zones=zones), law)


def _kinds(domain: Domain, pending: bool) -> set[type]:
    """What a question of that domain is compared with; roads are what lies below the air."""
    below: set[type] = {Road} if domain is Domain.air else set()
    return {Zone, Restriction, Permit} | below | ({Application} if pending else set())


def _around(
    tx: Tx, ctx: Context, asked: Sequence[tuple[ZoneKind, Volume4D]], kinds: set[type]
) -> Surroundings:
    """Everything of those kinds that any rule could compare with the volumes asked for."""
    around = tx.nearby.near([volume for _, volume in asked], beside(ctx), frozenset(kinds))
    # a zone that is no road holds so many in all of it, also far from what is asked for
    shared = {
        (zone.id, volume.schedule): replace(zone.volume, schedule=volume.schedule)
        for zone in around.zones
        for kind, volume in asked
        if zone.is_open and not zone.road_ids and zone.zone_kind is kind
    }
    if not shared:
        return around
    sharing = tx.nearby.near(list(shared.values()), NONE, frozenset({Permit})).permits
    every = {permit.id: permit for permit in (*around.permits, *sharing)}
    return replace(around, permits=tuple(every[key] for key in sorted(every)))


def beside(ctx: Context) -> Separation:
    """How far anything may be from a volume and still matter."""
    farthest = reach(ctx.pack)
    # two lines on one road may lie on either side of it
    apart_m = 2 * ctx.pack.number(LimitKey.match_tolerance_m)
    return Separation(max(farthest.horizontal_m, apart_m), farthest.vertical_m, farthest.time)


def chain_of(tx: Tx, follows: str | None) -> frozenset[str]:
    """The permits of the chain that an application continues; empty when it continues none."""
    return frozenset() if follows is None else frozenset(tx.permits.get(follows).chain_with_itself)
