"""Reading a table that somebody may have damaged: no row that cannot be read hides another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.errors import ShapelyError
from sqlalchemy import ColumnElement, Connection, Row, Table, select, true
from sqlalchemy.exc import DBAPIError

Columns = Mapping[Any, Any]

PORTION = 2_000
UNREADABLE = (ValueError, TypeError, AttributeError, ArithmeticError, ShapelyError, DBAPIError)
"""What it can mean to convert, decode or compare what is no value of its column."""


@dataclass(frozen=True)
class Defect:
    """One thing that is not as it was written: the journal line it concerns, and the subject."""

    seq: int | None
    subject: str
    message: str


@dataclass(frozen=True)
class Read:
    """A row under its key, or why it cannot be read."""

    key: Any
    row: Row[Any] | Exception


def portions(
    connection: Connection, table: Table, where: ColumnElement[bool] | None = None
) -> Iterator[Sequence[Read]]:
    """Every row in the order of its key, in portions that fit into memory.

    Where the keys themselves cannot be read, that stands in place of the rows that are left.
    """
    (key,) = table.primary_key.columns
    keys = select(key).where(true() if where is None else where).order_by(key).limit(PORTION)
    try:
        found = connection.execute(keys).scalars().all()
        while found:
            yield _together(connection, table, found)
            found = connection.execute(keys.where(key > found[-1])).scalars().all()
    except UNREADABLE as problem:
        yield [Read("?", problem)]


def guarded(subject: str, found: Iterable[Defect]) -> Iterator[Defect]:
    """The defects found; one more where the search itself stumbles over what it finds."""
    try:
        yield from found
    except UNREADABLE as problem:
        yield unreadable(subject, problem)


def unreadable(subject: str, problem: Exception) -> Defect:
    """It holds what is no value."""
    said = str(problem).partition("\n")[0]
    return Defect(None, subject, f"it cannot be read: {said or type(problem).__name__}")


def differences(
    seq: int | None, subject: str, expected: Sequence[Columns], present: Sequence[Columns]
) -> Iterator[Defect]:
    """A defect for each column that is not as expected, or one when there are too many or few."""
    if len(expected) != len(present):
        yield Defect(seq, subject, f"{len(present)} spatial rows instead of {len(expected)}")
        return
    for should, row in zip(expected, present, strict=True):
        for name, value in should.items():
            if row[name] != value:
                yield Defect(seq, subject, f"{name} is {row[name]!r} instead of {value!r}")


def _together(connection: Connection, table: Table, keys: Sequence[Any]) -> Sequence[Read]:
    (key,) = table.primary_key.columns
    rows = select(table).where(key.in_(keys)).order_by(key)
    try:
        found = connection.execute(rows).all()
        return [Read(one, row) for one, row in zip(keys, found, strict=True)]
    except UNREADABLE:
        return [_alone(connection, table, one) for one in keys]


def _alone(connection: Connection, table: Table, one: Any) -> Read:
    (key,) = table.primary_key.columns
    try:
        return Read(one, connection.execute(select(table).where(key == one)).one())
    except UNREADABLE as problem:
        return Read(one, problem)
