"""Lists of what lies in a district, told by the boundaries that were imported."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from service.domain.application import Application, Content
from service.domain.permit import Permit
from service.usecases.ports import Page, Query, Tx

Placed = TypeVar("Placed", Application, Permit)


def in_districts(tx: Tx, query: Query, page: Callable[[Query], Page[Placed]]) -> Page[Placed]:
    """One page of what lies in a district that the query names, if only in part; any page of the
    query without one. It may hold less than was asked for, and is empty only at the end."""
    codes = query.among.get("district")
    if codes is None:
        return page(query)
    # a geometry of this request alone: those of the districts are shared between threads
    area = shapely.union_all([found.area for found in tx.districts.find(codes).values()])
    if area.is_empty:
        return Page((), None)
    shapely.prepare(area)
    among = {name: kept for name, kept in query.among.items() if name != "district"}
    query = replace(query, among=among, bbox=query.bbox or area.bounds)
    while True:
        found = page(query)
        kept = tuple(thing for thing in found.items if _lies_in(area, thing.content))
        if kept or found.next is None:
            return Page(kept, found.next)
        query = replace(query, cursor=found.next)


def _lies_in(area: BaseGeometry, content: Content) -> bool:
    return any(area.intersects(planned.volume.footprint.core) for planned in content.volumes)
