"""The reference network and the districts, as anyone may read them."""

from service.domain.access import Action, require
from service.domain.journal import Actor
from service.domain.road import District, Road
from service.usecases.ports import Page, Query, Tx


def get(tx: Tx, actor: Actor, road_id: str) -> Road:
    """The road; NotFound when there is none."""
    require(actor, Action.road_read)
    return tx.roads.get(road_id)


def page(tx: Tx, actor: Actor, query: Query) -> Page[Road]:
    """One page of roads."""
    require(actor, Action.road_read)
    return tx.roads.page(query)


def districts(tx: Tx, actor: Actor, query: Query) -> Page[District]:
    """One page of districts."""
    require(actor, Action.road_read)
    return tx.districts.page(query)
