"""Vehicles and aircraft of an organisation, their keys, and where they are."""

import asyncio
from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.etags import IfMatch, tag
from service.api.idempotency import Creating
from service.api.paging import Bbox, Listing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.errors import RegistryError
from service.domain.kinds import Domain, VehicleKind
from service.usecases import keys, live, registry
from service.wire.common import Key, PageOut
from service.wire.live import HeartbeatIn, PositionOut, ReceiptOut, StateOut
from service.wire.vehicles import KeyIssued, KeyOut, VehicleIn, VehicleOut

routes = router("registry", "/v1/vehicles")


class VehicleListing(Listing):
    """Which vehicles."""

    domain: tuple[Domain, ...] = ()
    vehicle_kind: tuple[VehicleKind, ...] = ()
    operator_id: tuple[Key, ...] = ()


class StateListing(Listing):
    """Which vehicles, and where."""

    bbox: Bbox = None
    vehicle_id: tuple[Key, ...] = ()
    permit_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


@routes.get("", **needs(Action.vehicle_read))
def list_vehicles(call: Caller, listing: Annotated[VehicleListing, Query()]) -> PageOut[VehicleOut]:
    """Vehicles; an operator sees its own."""
    with call.uow.read() as tx:
        page = registry.page_vehicles(tx, call.actor, listing.to_query())
    shown = [VehicleOut.from_domain(vehicle) for vehicle in page.items]
    return PageOut[VehicleOut](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=VehicleOut, **needs(Action.vehicle_write))
def register_vehicle(call: Caller, once: Creating, body: VehicleIn) -> Response:
    """Register a vehicle or aircraft of the caller's organisation."""
    value = body.to_domain(call.ctx.new_id(), call.owner)
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: VehicleOut.from_domain(
                registry.register_vehicle(tx, call.actor, call.ctx, value)
            ),
        )


@routes.get("/states", **needs(Action.position_read))
def list_states(call: Caller, listing: Annotated[StateListing, Query()]) -> PageOut[StateOut]:
    """Vehicles that told where they are, as a map shows them; an operator sees its own."""
    with call.uow.read() as tx:
        page = live.states(tx, call.actor, call.ctx, listing.to_query())
    return PageOut[StateOut](items=[StateOut.from_domain(s) for s in page.items], next=page.next)


@routes.get("/{vehicle_id}", **needs(Action.vehicle_read))
def get_vehicle(call: Caller, response: Response, vehicle_id: Key) -> VehicleOut:
    """One vehicle."""
    with call.uow.read() as tx:
        vehicle = registry.get_vehicle(tx, call.actor, vehicle_id)
    tag(response, vehicle.revision)
    return VehicleOut.from_domain(vehicle)


@routes.put("/{vehicle_id}", **needs(Action.vehicle_write))
def update_vehicle(
    call: Caller, response: Response, vehicle_id: Key, revision: IfMatch, body: VehicleIn
) -> VehicleOut:
    """Other content, such as a newer software version."""
    value = body.to_domain(vehicle_id, call.owner)
    with call.uow.write() as tx:
        updated = registry.update_vehicle(tx, call.actor, call.ctx, vehicle_id, value, revision)
    tag(response, updated.revision)
    return VehicleOut.from_domain(updated)


@routes.post("/{vehicle_id}/position", **needs(Action.position_post))
async def tell_position(call: Caller, vehicle_id: Key, body: HeartbeatIn) -> ReceiptOut:
    """A heartbeat of the vehicle; one no newer than what is known changes nothing."""
    heartbeat = await run_in_threadpool(body.to_domain, call.ctx.frame)
    telling = live.Telling(vehicle_id, heartbeat, call.actor)
    located = await asyncio.wrap_future(call.registry.heartbeats.submit(telling))
    if isinstance(located, RegistryError):
        raise located
    status, known = located
    return ReceiptOut(status=status, position=PositionOut.from_domain(known))


@routes.get("/{vehicle_id}/state", **needs(Action.position_read))
def vehicle_state(call: Caller, vehicle_id: Key) -> StateOut:
    """Where the vehicle is, whether within its permit, and since when it has been silent."""
    with call.uow.read() as tx:
        known = live.state(tx, call.actor, call.ctx, vehicle_id)
    return StateOut.from_domain(known)


@routes.get("/{vehicle_id}/keys", **needs(Action.vehicle_key))
def list_vehicle_keys(call: Caller, vehicle_id: Key) -> PageOut[KeyOut]:
    """The vehicle's keys, without their secrets."""
    with call.uow.read() as tx:
        held = keys.of_vehicle(tx, call.actor, vehicle_id)
    return PageOut[KeyOut](items=[KeyOut.from_domain(key) for key in held], next=None)


@routes.post("/{vehicle_id}/keys", status_code=201, **needs(Action.vehicle_key))
def issue_vehicle_key(call: Caller, vehicle_id: Key) -> KeyIssued:
    """A new key; its secret is shown this once and two may be valid at a time."""
    with call.uow.write() as tx:
        key, secret = keys.issue(tx, call.actor, call.ctx, vehicle_id)
    return KeyIssued.from_domain(key, secret)


@routes.delete("/{vehicle_id}/keys/{key_id}", **needs(Action.vehicle_key))
def revoke_vehicle_key(call: Caller, vehicle_id: Key, key_id: Key) -> KeyOut:
    """End a key's validity, now."""
    with call.uow.write() as tx:
        return KeyOut.from_domain(keys.revoke(tx, call.actor, call.ctx, vehicle_id, key_id))
