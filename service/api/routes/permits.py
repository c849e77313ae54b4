"""Permits after confirmation: plates, activation, suspension, end; the fence a vehicle keeps to."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.etags import tag
from service.api.paging import PlacedListing
from service.api.policy import needs
from service.api.showing import permit_out, permits_out
from service.domain.access import Action
from service.domain.kinds import Domain, PermitState, Phase
from service.usecases import permits
from service.wire.common import Key, PageOut
from service.wire.geofence import GeofenceOut
from service.wire.journal import EntryOut
from service.wire.permits import PermitOut, PlateIn, StepIn

routes = router("permits", "/v1/permits")
NO_REASON = StepIn()


class PermitListing(PlacedListing):
    """Which permits; `state` is as stored: an expired permit keeps the state it expired in."""

    state: tuple[PermitState, ...] = ()
    domain: tuple[Domain, ...] = ()
    phase: tuple[Phase, ...] = ()
    operator_id: tuple[Key, ...] = ()


@routes.get("", **needs(Action.permit_read))
def list_permits(call: Caller, listing: Annotated[PermitListing, Query()]) -> PageOut[PermitOut]:
    """Permits; an operator sees its own."""
    with call.uow.read() as tx:
        page = permits.page(tx, call.actor, listing.to_query())
        return PageOut[PermitOut](items=permits_out(tx, call, page.items), next=page.next)


@routes.get("/{permit_id}", **needs(Action.permit_read))
def get_permit(call: Caller, response: Response, permit_id: Key) -> PermitOut:
    """One permit."""
    with call.uow.read() as tx:
        permit = permits.get(tx, call.actor, permit_id)
        tag(response, permit.revision)
        return permit_out(tx, call, permit)


@routes.get("/{permit_id}/geofence", **needs(Action.permit_read))
def permit_geofence(call: Caller, response: Response, permit_id: Key) -> GeofenceOut:
    """The outlines, heights and hours that a vehicle under the permit keeps to."""
    with call.uow.read() as tx:
        permit = permits.get(tx, call.actor, permit_id)
    tag(response, permit.revision)
    return GeofenceOut.from_domain(permit, call.ctx.frame.plane, call.reader)


@routes.get("/{permit_id}/history", **needs(Action.permit_read))
def permit_history(call: Caller, permit_id: Key) -> PageOut[EntryOut]:
    """What was done to it, line by line."""
    with call.uow.read() as tx:
        entries = permits.history(tx, call.actor, permit_id)
    return PageOut[EntryOut](items=[EntryOut.from_domain(e) for e in entries], next=None)


@routes.post("/{permit_id}/vehicles/{vehicle_id}/plate", **needs(Action.permit_plate))
def issue_plate(call: Caller, permit_id: Key, vehicle_id: Key, body: PlateIn) -> PermitOut:
    """Give a vehicle its temporary plate; without one it may not be used."""
    with call.uow.write() as tx:
        plated = permits.issue_plate(tx, call.actor, call.ctx, permit_id, vehicle_id, body.plate)
        return permit_out(tx, call, plated)


def _step(name: str) -> Callable[..., PermitOut]:
    def take(call: Caller, permit_id: Key, body: StepIn = NO_REASON) -> PermitOut:
        why = (body.reason or "", body.ground)
        with call.uow.write() as tx:
            moved = permits.step(tx, call.actor, call.ctx, permit_id, name, *why)
            return permit_out(tx, call, moved)

    return take


for _name, _action in permits.STEPS.items():
    routes.post(
        f"/{{permit_id}}/{_name}",
        name=f"{_name}_permit",
        summary=_action.title.en,
        **needs(_action),
    )(_step(_name))
