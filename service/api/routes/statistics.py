"""Figures: what was driven, by whom and where (Art. 12)."""

from typing import Annotated

from fastapi import Query

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.usecases import statistics
from service.wire.common import Key, PageOut
from service.wire.reports import FiguresOut, MileageOut

routes = router("statistics", "/v1")


class FiguresListing(Listing):
    """Whose figures, and by what they are grouped."""

    no_filters = frozenset({"group_by"})

    group_by: Key = "operator"
    permit_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


class MileageListing(Listing):
    """Whose kilometres, and by what they are grouped: several ways may be named."""

    no_filters = frozenset({"group_by"})

    group_by: tuple[Key, ...] = ("stretch", "direction")
    vehicle_id: tuple[Key, ...] = ()
    permit_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()
    zone_id: tuple[Key, ...] = ()
    stretch_id: tuple[Key, ...] = ()


@routes.get("/statistics", **needs(Action.statistics_read))
def get_statistics(
    call: Caller, listing: Annotated[FiguresListing, Query()]
) -> PageOut[FiguresOut]:
    """Kilometres, hours, takeovers and incidents of each group."""
    with call.uow.read() as tx:
        figures = statistics.by(tx, call.actor, listing.group_by, listing.to_query())
    return PageOut[FiguresOut](items=[FiguresOut.from_domain(f) for f in figures], next=None)


@routes.get("/mileage", **needs(Action.statistics_read))
def get_mileage(call: Caller, listing: Annotated[MileageListing, Query()]) -> PageOut[MileageOut]:
    """Kilometres, hours and passes by mode, of each stretch, direction, zone, day and so on."""
    with call.uow.read() as tx:
        found = statistics.mileage(tx, call.actor, listing.group_by, listing.to_query())
    shown = [MileageOut.from_domain(listing.group_by, mileage) for mileage in found]
    return PageOut[MileageOut](items=shown, next=None)
