"""Restrictions: drafted, published, withdrawn by authorities; read by those they are visible to."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.etags import IfMatch, tag
from service.api.idempotency import Creating
from service.api.paging import PlacedListing
from service.api.policy import needs
from service.api.showing import permits_out
from service.domain.access import Action
from service.domain.kinds import AppliesTo, RestrictionEffect, RestrictionKind, RestrictionState
from service.usecases import restrictions
from service.wire.common import Key, PageOut
from service.wire.permits import PermitOut
from service.wire.restrictions import RestrictionIn, RestrictionOut

routes = router("restrictions", "/v1/restrictions")


class RestrictionListing(PlacedListing):
    """Which restrictions."""

    state: tuple[RestrictionState, ...] = ()
    restriction_kind: tuple[RestrictionKind, ...] = ()
    effect: tuple[RestrictionEffect, ...] = ()
    applies_to: tuple[AppliesTo, ...] = ()


@routes.get("", **needs(Action.restriction_read))
def list_restrictions(
    call: Caller, listing: Annotated[RestrictionListing, Query()]
) -> PageOut[RestrictionOut]:
    """Restrictions that the caller may know of."""
    with call.uow.read() as tx:
        page = restrictions.page(tx, call.actor, listing.to_query())
    shown = [RestrictionOut.from_domain(item, call.reader) for item in page.items]
    return PageOut[RestrictionOut](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=RestrictionOut, **needs(Action.restriction_write))
def draft_restriction(call: Caller, once: Creating, body: RestrictionIn) -> Response:
    """A new restriction, not yet in force."""
    request = body.to_domain(call.intake())
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: RestrictionOut.from_domain(
                restrictions.draft(tx, call.actor, call.ctx, request), call.reader
            ),
        )


@routes.get("/{restriction_id}", **needs(Action.restriction_read))
def get_restriction(call: Caller, response: Response, restriction_id: Key) -> RestrictionOut:
    """One restriction."""
    with call.uow.read() as tx:
        restriction = restrictions.get(tx, call.actor, restriction_id)
    tag(response, restriction.revision)
    return RestrictionOut.from_domain(restriction, call.reader)


@routes.put("/{restriction_id}", **needs(Action.restriction_write))
def edit_restriction(
    call: Caller, response: Response, restriction_id: Key, revision: IfMatch, body: RestrictionIn
) -> RestrictionOut:
    """Other content, while it is a draft."""
    request = body.to_domain(call.intake())
    with call.uow.write() as tx:
        edited = restrictions.edit(tx, call.actor, call.ctx, restriction_id, request, revision)
    tag(response, edited.revision)
    return RestrictionOut.from_domain(edited, call.reader)


@routes.get("/{restriction_id}/affected", **needs(Action.permit_read))
def permits_affected_by_restriction(call: Caller, restriction_id: Key) -> PageOut[PermitOut]:
    """The permits that the restriction hits, whether it is in force yet or not."""
    with call.uow.read() as tx:
        affected = restrictions.affected(tx, call.actor, call.ctx, restriction_id)
        return PageOut[PermitOut](items=permits_out(tx, call, affected), next=None)


def _step(name: str) -> Callable[..., RestrictionOut]:
    def take(call: Caller, restriction_id: Key) -> RestrictionOut:
        with call.uow.write() as tx:
            moved = restrictions.step(tx, call.actor, call.ctx, restriction_id, name)
        return RestrictionOut.from_domain(moved, call.reader)

    return take


for _name, _action in restrictions.STEPS.items():
    routes.post(
        f"/{{restriction_id}}/{_name}",
        name=f"{_name}_restriction",
        summary=_action.title.en,
        **needs(_action),
    )(_step(_name))
