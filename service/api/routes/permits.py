"""Permits after confirmation: plates, activation, suspension, end; the fence a vehicle keeps to."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.etags import IfNoneMatch, not_modified, tag
from service.api.paging import PlacedListing
from service.api.policy import needs
from service.api.showing import permit_out, permits_out
from service.domain.access import Action
from service.domain.kinds import Domain, PermitState, Phase
from service.domain.live import geofence_etag
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
    district: tuple[Key, ...] = ()
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


@routes.get(
    "/{permit_id}/geofence",
    response_model=GeofenceOut,
    responses={HTTPStatus.NOT_MODIFIED: {"description": "The caller has it already"}},
    **needs(Action.permit_read),
)
def permit_geofence(
    call: Caller, response: Response, permit_id: Key, known: IfNoneMatch
) -> GeofenceOut | Response:
    """The outlines, heights and hours that a vehicle under the permit keeps to, and whether it may
    be used; 304 to who has it already."""
    with call.uow.read() as tx:
        permit = permits.get(tx, call.actor, permit_id)
    current = geofence_etag(permit, call.ctx.now)
    if current in known:
        return not_modified(current)
    tag(response, current)
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
        about = (permit_id, vehicle_id, body.plate)
        plated = permits.issue_plate(tx, call.actor, call.ctx, *about, version=body.version)
        return permit_out(tx, call, plated)


def _step(name: str) -> Callable[..., PermitOut]:
    def take(call: Caller, permit_id: Key, body: StepIn = NO_REASON) -> PermitOut:
        with call.uow.write() as tx:
            moved = permits.step(
                tx,
                call.actor,
                call.ctx,
                permit_id,
                name,
                body.reason or "",
                body.ground,
                vehicle_ids=body.vehicle_ids or (),
                version=body.version,
            )
            return permit_out(tx, call, moved)

    return take


for _name, _action in permits.STEPS.items():
    routes.post(
        f"/{{permit_id}}/{_name}",
        name=f"{_name}_permit",
        summary=_action.title.en,
        **needs(_action),
    )(_step(_name))
