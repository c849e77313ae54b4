"""Reading a table that somebody may have damaged: no row that cannot be read hides another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.errors import ShapelyError
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Table,
    literal_column,
    select,
    true,
)
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
    """Every row, in portions that fit into memory; in the order of its key if that is a number."""
    place = _place(connection, table)
    rows = select(place).select_from(table).where(true() if where is None else where)
    places = rows.order_by(place).limit(PORTION)
    found = connection.execute(places).scalars().all()
    while found:
        yield _together(connection, table, found)
        found = connection.execute(places.where(place > found[-1])).scalars().all()


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
        yield Defect(seq, subject, f"{len(present)} rows instead of {len(expected)}")
        return
    for should, row in zip(expected, present, strict=True):
        for name, value in should.items():
            if row[name] != value:
                yield Defect(seq, subject, f"{name} is {row[name]!r} instead of {value!r}")


def _place(connection: Connection, table: Table) -> ColumnElement[Any]:
    """What finds a row whatever it holds: SQLite keeps what is no value of its column, even as a
    key."""
    if connection.dialect.name == "sqlite":
        return literal_column(f"{table.name}.rowid", BigInteger)
    return _key(table)


def _key(table: Table) -> ColumnElement[Any]:
    (key,) = table.primary_key.columns
    return key


def _together(connection: Connection, table: Table, places: Sequence[Any]) -> Sequence[Read]:
    place, name = _place(connection, table), _key(table).name
    rows = select(table).where(place.in_(places)).order_by(place)
    try:
        return [Read(row._mapping[name], row) for row in connection.execute(rows).all()]
    except UNREADABLE:
        return [_alone(connection, table, place == one) for one in places]


def _alone(connection: Connection, table: Table, here: ColumnElement[bool]) -> Read:
    key: object = "?"
    try:
        key = connection.execute(select(_key(table)).where(here)).scalar_one()
        return Read(key, connection.execute(select(table).where(here)).one())
    except UNREADABLE as problem:
        return Read(key, problem)
