"""The question before the application: may this test happen? Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.separation import Separation
from geo.volume import Volume4D
from service.domain.access import Action, require
from service.domain.application import Application
from service.domain.checks import check, reach
from service.domain.errors import Malformed
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, Domain, Phase
from service.domain.permit import Permit
from service.domain.question import Answer, Law, Question, Surroundings
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.rulepack import LimitKey
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
    volumes = [one.volume for one in placed]
    pending = actor.role in AUTHORITIES
    around = _around(tx, ctx, volumes, {Road, *_kinds(request.domain, pending)})
    question = Question(
        domain=request.domain,
        phase=request.phase,
        volumes=plan(ctx, placed, around.roads, len(request.vehicle_ids)),
        organisation_id=actor.organisation_id,
        chain=chain_of(tx, request.follows),
    )
    seq, _ = tx.journal.head()
    return CheckResult(check(question, around, Law(ctx.pack, ctx.frame)), seq)


def ask(tx: Tx, ctx: Context, question: Question, *, pending: bool) -> Answer:
    """The answer to `question`: candidates from the store, judged by the domain.

    Pending applications are advice to authorities only (decision 8): `pending` admits them.
    """
    volumes = [planned.volume for planned in question.volumes]
    around = _around(tx, ctx, volumes, _kinds(question.domain, pending))
    return check(question, around, Law(ctx.pack, ctx.frame))


def _kinds(domain: Domain, pending: bool) -> set[type]:
    """What a question of that domain is compared with; roads are what lies below the air."""
    below: set[type] = {Road} if domain is Domain.air else set()
    return {Zone, Restriction, Permit} | below | ({Application} if pending else set())


def _around(tx: Tx, ctx: Context, volumes: Sequence[Volume4D], kinds: set[type]) -> Surroundings:
    """Everything of those kinds that any rule could compare with the volumes."""
    farthest = reach(ctx.pack)
    tolerance_m = ctx.pack.number(LimitKey.match_tolerance_m)
    margin = Separation(max(farthest.horizontal_m, tolerance_m), farthest.vertical_m, farthest.time)
    return tx.nearby.near(volumes, margin, frozenset(kinds))


def chain_of(tx: Tx, follows: str | None) -> frozenset[str]:
    """The permits of the chain that an application continues; empty when it continues none."""
    return frozenset() if follows is None else frozenset(tx.permits.get(follows).chain_with_itself)
