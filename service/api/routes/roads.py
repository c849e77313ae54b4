"""The reference network and the districts."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.paging import PlacedListing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.kinds import RoadClass
from service.usecases import roads
from service.wire.common import Key, PageOut
from service.wire.roads import DistrictOut, RoadOut

routes = router("roads", "/v1")


class RoadListing(PlacedListing):
    """Which roads; a map asks for many."""

    limit: Annotated[int, Field(ge=1, le=5000)] = 100
    road_class: tuple[RoadClass, ...] = ()


@routes.get("/roads", **needs(Action.road_read))
def list_roads(call: Caller, listing: Annotated[RoadListing, Query()]) -> PageOut[RoadOut]:
    """Roads, one directed stretch each."""
    with call.uow.read() as tx:
        page = roads.page(tx, call.actor, listing.to_query())
    shown = [RoadOut.from_domain(road, call.reader) for road in page.items]
    return PageOut[RoadOut](items=shown, next=page.next)


@routes.get("/roads/{road_id}", **needs(Action.road_read))
def get_road(call: Caller, road_id: Key) -> RoadOut:
    """One road."""
    with call.uow.read() as tx:
        return RoadOut.from_domain(roads.get(tx, call.actor, road_id), call.reader)


@routes.get("/districts", **needs(Action.road_read))
def list_districts(
    call: Caller, listing: Annotated[PlacedListing, Query()]
) -> PageOut[DistrictOut]:
    """Administrative areas."""
    with call.uow.read() as tx:
        page = roads.districts(tx, call.actor, listing.to_query())
    shown = [DistrictOut.from_domain(district, call.reader) for district in page.items]
    return PageOut[DistrictOut](items=shown, next=page.next)
