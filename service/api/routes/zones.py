"""Zones: proposed, assessed, published, withdrawn by authorities; read by everyone."""

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
from service.domain.kinds import ZoneKind, ZoneState
from service.usecases import zones
from service.wire.common import Key, PageOut
from service.wire.permits import PermitOut
from service.wire.zones import ZoneIn, ZoneOut

routes = router("zones", "/v1/zones")


class ZoneListing(PlacedListing):
    """Which zones."""

    state: tuple[ZoneState, ...] = ()
    zone_kind: tuple[ZoneKind, ...] = ()
    district: tuple[Key, ...] = ()


@routes.get("", **needs(Action.zone_read))
def list_zones(call: Caller, listing: Annotated[ZoneListing, Query()]) -> PageOut[ZoneOut]:
    """Zones; those not published are for authorities only."""
    with call.uow.read() as tx:
        page = zones.page(tx, call.actor, listing.to_query())
    shown = [ZoneOut.from_domain(zone, call.reader) for zone in page.items]
    return PageOut[ZoneOut](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=ZoneOut, **needs(Action.zone_write))
def propose_zone(call: Caller, once: Creating, body: ZoneIn) -> Response:
    """A new zone, proposed."""
    request = body.to_domain(call.intake())
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: ZoneOut.from_domain(
                zones.propose(tx, call.actor, call.ctx, request), call.reader
            ),
        )


@routes.get("/{zone_id}", **needs(Action.zone_read))
def get_zone(call: Caller, response: Response, zone_id: Key) -> ZoneOut:
    """One zone."""
    with call.uow.read() as tx:
        zone = zones.get(tx, call.actor, zone_id)
    tag(response, zone.revision)
    return ZoneOut.from_domain(zone, call.reader)


@routes.put("/{zone_id}", **needs(Action.zone_write))
def edit_zone(
    call: Caller, response: Response, zone_id: Key, revision: IfMatch, body: ZoneIn
) -> ZoneOut:
    """Other content, before the zone is published; it has to be assessed again."""
    request = body.to_domain(call.intake())
    with call.uow.write() as tx:
        zone = zones.edit(tx, call.actor, call.ctx, zone_id, request, revision)
    tag(response, zone.revision)
    return ZoneOut.from_domain(zone, call.reader)


@routes.get("/{zone_id}/affected", **needs(Action.permit_read))
def permits_affected_by_zone(call: Caller, zone_id: Key) -> PageOut[PermitOut]:
    """The permits that rest on the zone."""
    with call.uow.read() as tx:
        affected = zones.affected(tx, call.actor, call.ctx, zone_id)
        return PageOut[PermitOut](items=permits_out(tx, call, affected), next=None)


def _step(name: str) -> Callable[..., ZoneOut]:
    def take(call: Caller, zone_id: Key) -> ZoneOut:
        with call.uow.write() as tx:
            zone = zones.step(tx, call.actor, call.ctx, zone_id, name)
        return ZoneOut.from_domain(zone, call.reader)

    return take


for _name, _action in zones.STEPS.items():
    routes.post(
        f"/{{zone_id}}/{_name}",
        name=f"{_name}_zone",
        summary=_action.title.en,
        **needs(_action),
    )(_step(_name))
