"""Pages of lists: what a query keeps, as SQL, and where the next page goes on."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, column, select, text
from sqlmodel import AutoString

from geo.text import Text
from service.adapters.db.envelopes import FAR, Box, seconds
from service.adapters.db.erasable import SALT
from service.adapters.db.record_tables import Record
from service.adapters.db.resources import Identified, Resource
from service.adapters.db.spatial import bound, rows_meeting
from service.domain.errors import Malformed, Problem
from service.usecases.ports import Query

T = TypeVar("T", bound=Identified)

_CURSOR = re.compile("[0-9a-f]{1,15}")


def cursor_of(position: int) -> str:
    """Where a page ended, opaque to others."""
    return f"{position:x}"


def start_of(cursor: str | None) -> int:
    """The position that a cursor stands for; Malformed when it is none of ours."""
    if cursor is None:
        return 0
    if not _CURSOR.fullmatch(cursor):
        raise _malformed("cursor", "这不是本列表的游标", "This is no cursor of this list")
    return int(cursor, 16)


def kept_among(
    rows: Select[Any], columns: Mapping[str, ColumnElement[Any]], query: Query
) -> Select[Any]:
    """The rows with one of the values asked for in each column; Malformed for any other column."""
    refuse_others(columns.keys(), query)
    for name, kept in query.among.items():
        rows = rows.where(columns[name].in_(kept))
    return rows


def narrowed(rows: Select[Any], resource: Resource[T], query: Query, dialect: str) -> Select[Any]:
    """The rows that the query keeps; Malformed when these things cannot be told apart like that."""
    refuse_unplaced(resource, query)
    columns = resource.table.c
    rows = kept_among(rows, {name: columns[name] for name in filters(resource)}, query)
    if query.updated_since is not None:
        rows = rows.where(columns.updated_at >= query.updated_since)
    at = query.at
    if at is not None and resource.period is not None:
        begins, ends = (columns[name] for name in resource.period)
        rows = rows.where(begins <= at, ends > at)
        at = None
    if at is not None or query.bbox is not None:
        rows = rows.where(_lies_in(resource, query.bbox, at, dialect))
    return rows


def refuse_others(names: Collection[str], query: Query) -> None:
    """Malformed when the query tells by a column that is not among the names."""
    for name in query.among:
        if name not in names:
            words = f"本列表不能按 {name} 筛选", f"This list cannot be filtered by {name}"
            raise _malformed(name, *words)


def refuse_unplaced(resource: Resource[T], query: Query) -> None:
    """Malformed when the query tells by place or time what has none."""
    words = "本列表没有位置或时间可供筛选", "This list has no place or time to filter by"
    if query.bbox is not None and not resource.is_spatial:
        raise _malformed("bbox", *words)
    if query.at is not None and not (resource.is_spatial or resource.period):
        raise _malformed("at", *words)


def filters(resource: Resource[T]) -> frozenset[str]:
    """The columns that `Query.among` may name."""
    own = resource.table.c.keys() - Record.model_fields.keys() - resource.blank.keys() - {SALT}
    return frozenset(name for name in own if isinstance(resource.table.c[name].type, AutoString))


def _lies_in(
    resource: Resource[T],
    bbox: tuple[float, float, float, float] | None,
    at: datetime | None,
    dialect: str,
) -> ColumnElement[bool]:
    """True of what has a volume within the box and the time; both ends of its period count."""
    start_s, end_s = (-FAR, FAR) if at is None else (seconds(at), seconds(at))
    box = Box(*(bbox or (-FAR, -FAR, FAR, FAR)), start_s, end_s, -FAR, FAR)
    found = text(f"{rows_meeting(dialect, 'v.subject_id', 1)} AND v.kind = :kind")
    named = found.bindparams(**bound([box]), kind=resource.name).columns(column("subject_id"))
    return resource.table.c.id.in_(select(named.subquery().c.subject_id))


def _malformed(name: str, zh: str, en: str) -> Malformed:
    return Malformed([Problem(f"/{name}", "unusable_filter", Text(zh, en))])
