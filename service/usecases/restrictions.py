"""Restricting places: draft, publish, withdraw; who sees which (Order 761 Art. 18-20)."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand
from geo.conflict import Verdict
from geo.footprint import Footprint
from geo.schedule import Schedule
from geo.text import Text
from geo.volume import Volume4D
from service.domain.access import INSIDERS, Action, require
from service.domain.check_restrictions import judged_against
from service.domain.checks import reach
from service.domain.errors import NotFound, Stale
from service.domain.journal import Actor
from service.domain.kinds import (
    AppliesTo,
    RestrictionEffect,
    RestrictionKind,
    RestrictionState,
    Role,
    Visibility,
)
from service.domain.permit import Permit
from service.domain.place import DeclaredGeometry, always
from service.domain.question import Law
from service.domain.restriction import Restriction
from service.domain.road_use import as_of_today
from service.usecases.checks import roads_of
from service.usecases.context import Context
from service.usecases.permits import in_force_near
from service.usecases.ports import Page, Query, Tx

STEPS = {
    "publish": Action.restriction_publish,
    "withdraw": Action.restriction_withdraw,
}


@dataclass(frozen=True)
class RestrictionRequest:
    """A restriction as an authority describes it; `levels` None hits every level."""

    name: Text
    restriction_kind: RestrictionKind
    effect: RestrictionEffect
    applies_to: AppliesTo
    levels: frozenset[int] | None
    declared: DeclaredGeometry | None
    geometry: BaseGeometry
    radius_m: float | None
    altitude: AltitudeBand | None
    schedule: Schedule | None
    visibility: Visibility
    authority: Role | None


def draft(tx: Tx, actor: Actor, ctx: Context, request: RestrictionRequest) -> Restriction:
    """A new restriction, not yet in force."""
    require(actor, Action.restriction_write)
    state = RestrictionState.draft
    restriction = described(actor, ctx, request, ctx.new_id(), 1, state)
    tx.restrictions.add(restriction, ctx.deed(actor, "draft"))
    return restriction


def edit(
    tx: Tx, actor: Actor, ctx: Context, key: str, request: RestrictionRequest, revision: int
) -> Restriction:
    """The draft with other content, at the next revision."""
    require(actor, Action.restriction_write)
    current = tx.restrictions.get(key)
    if current.revision != revision:
        raise Stale(current.revision, revision)
    state = current.after("edit").state
    restriction = described(actor, ctx, request, key, current.revision + 1, state)
    tx.restrictions.put(restriction, ctx.deed(actor, "edit"))
    return restriction


def step(tx: Tx, actor: Actor, ctx: Context, key: str, name: str) -> Restriction:
    """The restriction after `publish` or `withdraw`; IllegalStep from a state without it."""
    require(actor, STEPS[name])
    restriction = tx.restrictions.get(key).after(name)
    tx.restrictions.put(restriction, ctx.deed(actor, name))
    return restriction


def seen_by(role: Role) -> tuple[frozenset[RestrictionState], frozenset[Visibility]]:
    """The states and the visibilities of the restrictions that a role may know of."""
    if role in INSIDERS:
        return frozenset(RestrictionState), frozenset(Visibility)
    hidden = {Visibility.authorities} | ({Visibility.operators} if role is Role.public else set())
    return frozenset({RestrictionState.published}), frozenset(Visibility) - hidden


def get(tx: Tx, actor: Actor, key: str) -> Restriction:
    """The restriction; NotFound when the actor may not know of it."""
    require(actor, Action.restriction_read)
    restriction = tx.restrictions.get(key)
    states, visibilities = seen_by(actor.role)
    if restriction.state not in states or restriction.visibility not in visibilities:
        raise NotFound("restriction", key)
    return restriction


def page(tx: Tx, actor: Actor, query: Query) -> Page[Restriction]:
    """One page of the restrictions the actor may know of."""
    require(actor, Action.restriction_read)
    states, visibilities = seen_by(actor.role)
    return tx.restrictions.page(query.only("state", states).only("visibility", visibilities))


def affected(tx: Tx, actor: Actor, ctx: Context, key: str) -> tuple[Permit, ...]:
    """The permits the restriction hits, in force or not; an operator learns of its own only."""
    restriction, law = get(tx, actor, key), Law(ctx.pack, ctx.frame)
    near = in_force_near(tx, actor, ctx, restriction.volume, reach(ctx.pack))
    roads = roads_of(tx, (volume for permit in near for volume in permit.content.volumes))
    return tuple(
        permit
        for permit in near
        if restriction.applies_to.concerns(permit.content.domain)
        and any(
            judged_against(as_of_today(volume, roads), restriction, law, roads).verdict
            is not Verdict.clear
            for volume in permit.content.volumes
        )
    )


def described(
    actor: Actor,
    ctx: Context,
    request: RestrictionRequest,
    key: str,
    revision: int,
    state: RestrictionState,
) -> Restriction:
    """The restriction that `request` describes."""
    volume = Volume4D(
        Footprint(request.geometry, request.radius_m or 0.0),
        request.altitude,
        request.levels,
        request.schedule or always(ctx.frame.zone),
    )
    return Restriction(
        id=key,
        revision=revision,
        state=state,
        name=request.name,
        restriction_kind=request.restriction_kind,
        effect=request.effect,
        applies_to=request.applies_to,
        volume=volume,
        declared=request.declared,
        radius_m=request.radius_m,
        visibility=request.visibility,
        authority=request.authority or actor.role,
    )
