"""A way on the road network through places that somebody points at; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import MultiPoint

from geo.crs import geodesic_length_m
from geo.errors import RouteRefused
from geo.footprint import Footprint
from geo.network import NetworkIndex
from geo.routing import Lonlat, Route, Router
from geo.separation import NONE
from geo.volume import Volume4D
from service.domain.access import Action, require
from service.domain.errors import Malformed, Problem
from service.domain.journal import Actor
from service.domain.place import always
from service.domain.road import Road
from service.domain.rulepack import LimitKey
from service.usecases.context import Context
from service.usecases.ports import Tx


@dataclass(frozen=True)
class RouteRequest:
    """Where to pass, in order; `pointers` name the places in the payload."""

    places: tuple[Lonlat, ...]
    pointers: tuple[str, ...]


def find(tx: Tx, actor: Actor, ctx: Context, request: RouteRequest) -> Route:
    """The shortest way through the places as roads may be driven.

    Malformed points to the place that has no road beside it, or that no way leads to. The way is
    looked for near the places first, and then on the whole network.
    """
    require(actor, Action.check_run)
    reach_m = ctx.pack.number(LimitKey.route_reach_m)
    places = MultiPoint(request.places)
    across_m = (
        geodesic_length_m(places.envelope.boundary) / 2 if len(set(request.places)) > 1 else 0
    )
    extent = ctx.frame.extent
    everywhere = MultiPoint([(extent.west, extent.south), (extent.east, extent.north)])
    near = Footprint(places.convex_hull, across_m + reach_m)
    try:
        return _router(tx, ctx, near).route(request.places, reach_m)
    except RouteRefused as refused:
        if refused.code != "no_way":
            raise Malformed([_problem(refused, request.pointers)]) from refused
    try:
        return _router(tx, ctx, Footprint(everywhere.envelope)).route(request.places, reach_m)
    except RouteRefused as refused:
        raise Malformed([_problem(refused, request.pointers)]) from refused


def _router(tx: Tx, ctx: Context, within: Footprint) -> Router:
    volume = Volume4D(within, None, None, always(ctx.frame.zone))
    roads = tx.nearby.near([volume], NONE, frozenset({Road})).roads
    return Router(NetworkIndex([road.stretch for road in roads], ctx.frame.plane))


def _problem(refused: RouteRefused, pointers: Sequence[str]) -> Problem:
    at = refused.pointer.removeprefix("/")
    return Problem(pointers[int(at)] if at else "", refused.code, refused.message)
