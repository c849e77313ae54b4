"""What PostGIS alone makes of the same question, exact in the plane: the forms that are the best.

A table of its own: cores and radii in metres of the working plane, the shapes that they make, times
and heights as ranges, one GiST index over all. PostGIS gets what helps it: statistics, prepared
statements, shapes buffered beforehand, and neither compilation nor helpers, as no contender has.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import cos, pi

import psycopg
import shapely
from psycopg import Connection
from sqlalchemy import make_url

from geo.crs import Plane
from geo.volume import Volume4D

_SEGMENTS = 16
_WITHIN = cos(pi / 4 / _SEGMENTS)
"""How much of its radius a drawn arc reaches at least."""

_SLACK = 0.01
"""GEOS leaves out shallow bends before it draws a buffer: those up to so much of the radius."""

_TABLE = """
CREATE TABLE bench_use (
    number int PRIMARY KEY, core geometry, radius_m float8, shape geometry, box geometry,
    during tstzrange, heights numrange
)"""
_INDEX = "CREATE INDEX bench_use_box ON bench_use USING gist (box, during, heights)"
_CANDIDATE = """u.box && %(box)s::geometry AND u.during && %(during)s::tstzrange
    AND u.heights && %(heights)s::numrange"""
_WITHIN_SQL = f"""
SELECT u.number FROM bench_use u
 WHERE {_CANDIDATE} AND ST_DWithin(u.core, %(core)s::geometry, u.radius_m + %(reach_m)s::float8)"""
_SANDWICH_SQL = f"""
WITH q AS MATERIALIZED (
    SELECT ST_Buffer(core, %(surely_m)s::float8, {_SEGMENTS}) AS surely,
           ST_Buffer(core, %(maybe_m)s::float8, {_SEGMENTS}) AS maybe
      FROM (VALUES (%(core)s::geometry)) AS asked (core)
)
SELECT u.number FROM q, bench_use u
 WHERE {_CANDIDATE} AND (
    ST_Intersects(u.shape, q.surely)
    OR ST_Intersects(u.shape, q.maybe)
       AND ST_DWithin(u.core, %(core)s::geometry, u.radius_m + %(reach_m)s::float8)
 )"""
_AUDIT = """b.box && ST_Expand(a.box, %(apart_m)s) AND b.during && a.during
   AND b.heights && a.heights AND a.number < b.number"""
_AUDIT_WITHIN_SQL = f"""
SELECT a.number, b.number FROM bench_use a JOIN bench_use b ON {_AUDIT}
   AND ST_DWithin(a.core, b.core, a.radius_m + b.radius_m + %(apart_m)s)
 WHERE a.number %% %(step)s = 0"""
_AUDIT_BUFFER_SQL = f"""
SELECT a.number, b.number
  FROM (
    SELECT *, ST_Buffer(core, radius_m + %(apart_m)s, {_SEGMENTS}) AS wide
      FROM bench_use WHERE number %% %(step)s = 0 OFFSET 0
  ) a JOIN bench_use b ON {_AUDIT} AND ST_Intersects(a.wide, b.shape)"""


class Rivals:
    """A database that holds the uses, and the questions as SQL."""

    def __init__(self, connection: Connection, uses: Sequence[Volume4D], plane: Plane) -> None:
        self._connection = connection
        self._plane = plane
        self._widest_m = max(use.footprint.radius_m for use in uses)
        connection.execute("SET jit = off")
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.execute(_TABLE)
        with connection.cursor().copy("COPY bench_use FROM STDIN") as copy:
            for row in _rows(uses, plane):
                copy.write_row(row)
        connection.execute(_INDEX)
        connection.execute("ANALYZE bench_use")

    def asked(self, use: Volume4D, apart_m: float) -> dict[str, object]:
        """What a question needs of a use, made beforehand."""
        reach_m = use.footprint.radius_m + apart_m
        core = use.footprint.on(self._plane)
        west, south, east, north = core.bounds
        box = shapely.box(west - reach_m, south - reach_m, east + reach_m, north + reach_m)
        astray_m = self._widest_m * _SLACK
        return {
            "core": core.wkb_hex,
            "box": box.wkb_hex,
            "during": _during(use),
            "heights": _heights(use),
            "reach_m": reach_m,
            "surely_m": (reach_m - astray_m) / (1 + _SLACK),
            "maybe_m": (reach_m * (1 + _SLACK) + astray_m + self._widest_m * (1 - _WITHIN))
            / _WITHIN,
        }

    def within(self, asked: dict[str, object]) -> list[tuple[int]]:
        """ST_DWithin on what the index finds."""
        return self._connection.execute(_WITHIN_SQL, asked).fetchall()

    def sandwich(self, asked: dict[str, object]) -> list[tuple[int]]:
        """Buffers settle what is far from the rim, ST_DWithin the rest; as exact as `within`."""
        return self._connection.execute(_SANDWICH_SQL, asked).fetchall()

    def pairs_within(self, apart_m: float, step: int) -> list[tuple[int, int]]:
        """All pairs of each step-th use with later ones, by ST_DWithin."""
        asked = {"apart_m": apart_m, "step": step}
        return self._connection.execute(_AUDIT_WITHIN_SQL, asked).fetchall()

    def pairs_buffered(self, apart_m: float, step: int) -> list[tuple[int, int]]:
        """The same by one buffer round each use: not exact, and the fastest that SQL can."""
        asked = {"apart_m": apart_m, "step": step}
        return self._connection.execute(_AUDIT_BUFFER_SQL, asked).fetchall()


@contextmanager
def rivals(url: str, uses: Sequence[Volume4D], plane: Plane) -> Iterator[Rivals]:
    """The uses in a table of their own in the database of that URL."""
    with connected(url) as connection:
        yield Rivals(connection, uses, plane)


def connected(url: str) -> Connection:
    """To a database by its driver alone; each statement is its own transaction."""
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _rows(uses: Sequence[Volume4D], plane: Plane) -> Iterator[tuple[object, ...]]:
    for number, use in enumerate(uses):
        core, radius_m = use.footprint.on(plane), use.footprint.radius_m
        west, south, east, north = core.bounds
        yield (
            number,
            core.wkb_hex,
            radius_m,
            core.buffer(radius_m, quad_segs=_SEGMENTS).wkb_hex if radius_m else core.wkb_hex,
            shapely.box(
                west - radius_m, south - radius_m, east + radius_m, north + radius_m
            ).wkb_hex,
            _during(use),
            _heights(use),
        )


def _during(use: Volume4D) -> str:
    return f"[{use.schedule.start}, {use.schedule.end or ''})"


def _heights(use: Volume4D) -> str:
    """The band as a range; all synthetic ones are above ground."""
    if use.altitude is None:
        return "(,)"
    span = use.altitude.span
    return f"[{span.min}, {span.max})"
