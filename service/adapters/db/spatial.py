"""The one SQL that finds spatial rows by box, on either database.

Both indexes round outwards, so the exact columns are asked again: what is found is exactly what
`Box.meets` says.
"""

from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache

from service.adapters.db.columns import SRID
from service.adapters.db.envelopes import DIMENSIONS, Box

_SIDES = tuple(side.name for side in fields(Box))


def _meets(alias: str) -> str:
    return " AND ".join(
        f"{alias}.{low} <= q.{high} AND {alias}.{high} >= q.{low}" for low, high in DIMENSIONS
    )


def _indexed(alias: str) -> tuple[str, str]:
    """The expressions that PostgreSQL's one index over place and time is made of."""
    west, south, east, north, start, end, _, _ = (f"{alias}.{side}" for side in _SIDES)
    return (
        f"ST_MakeEnvelope({west}, {south}, {east}, {north}, {SRID})",
        f"int8range(floor({start})::int8, ceil({end})::int8, '[]')",
    )


_FROM_SQLITE = f"""
  FROM q CROSS JOIN volume_rt r CROSS JOIN volume v
 WHERE {_meets("r")} AND v.id = r.id AND {_meets("v")}"""

_FROM_POSTGRESQL = f"""
  FROM q JOIN volume v
    ON {" AND ".join(map("{} && {}".format, _indexed("v"), _indexed("q")))}
 WHERE {_meets("v")}"""


@lru_cache(maxsize=64)
def rows_meeting(dialect: str, columns: str, boxes: int) -> str:
    """SELECT those columns of `v`, the rows that meet any of so many boxes; more may be asked of v.

    A row is there once for each box that it meets: telling them apart costs PostgreSQL more than
    the search. The boxes are bound as west0, south0, … see `bound`.
    """
    given = ", ".join(
        "(" + ", ".join(f":{side}{number}" for side in _SIDES) + ")" for number in range(boxes)
    )
    source = _FROM_SQLITE if dialect == "sqlite" else _FROM_POSTGRESQL
    return f"WITH q({', '.join(_SIDES)}) AS (VALUES {given}) SELECT {columns} {source}"


def bound(boxes: Sequence[Box]) -> dict[str, float]:
    """The boxes as parameters of `rows_meeting`."""
    return {
        f"{side}{number}": getattr(box, side) for number, box in enumerate(boxes) for side in _SIDES
    }
