"""The candidate search: one question for all kinds, values from memory (decision 1)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, text
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite

from geo.altitude import Ground
from geo.separation import Separation
from geo.volume import Volume4D
from service.adapters.db.contents import Contents
from service.adapters.db.envelopes import box_around
from service.adapters.db.resources import (
    APPLICATIONS,
    PERMITS,
    RESTRICTIONS,
    ROADS,
    ZONES,
    Resource,
)
from service.adapters.db.spatial import bound, rows_meeting
from service.domain.question import Surroundings

PLURAL: Mapping[str, Resource[Any]] = {
    "roads": ROADS,
    "zones": ZONES,
    "restrictions": RESTRICTIONS,
    "permits": PERMITS,
    "applications": APPLICATIONS,
}

_DRIVERS: Mapping[str, Dialect] = {
    "sqlite": pysqlite.dialect(paramstyle="named"),
    "postgresql": psycopg.dialect(),  # type: ignore[no-untyped-call]
}


class SqlNearby:
    """The spatial rows that count, as one transaction sees them."""

    def __init__(self, connection: Connection, contents: Contents, ground: Ground) -> None:
        self._connection = connection
        self._contents = contents
        self._ground = ground

    def near(
        self, volumes: Sequence[Volume4D], margin: Separation, kinds: frozenset[type]
    ) -> Surroundings:
        """Everything of those kinds that counts and whose box, grown by `margin`, meets one of the
        volumes' boxes; each kind in the order of ids."""
        asked = {
            resource.name: (plural, resource.kind)
            for plural, resource in PLURAL.items()
            if resource.kind in kinds
        }
        if not volumes or not asked:
            return Surroundings()
        boxes = bound([box_around(volume, self._ground, margin) for volume in volumes])
        dialect = self._connection.dialect
        search = _search(dialect, len(volumes), tuple(asked))
        met = self._connection.exec_driver_sql(
            search, tuple(boxes.values()) if dialect.positional else boxes
        )
        rows = sorted(set(map(tuple, met.all())))
        found = self._contents.values([(asked[name][1], digest) for name, _, digest in rows])
        groups: dict[str, list[Any]] = {plural: [] for plural, _ in asked.values()}
        for name, _, digest in rows:
            plural, kind = asked[name]
            groups[plural].append(found[kind, digest])
        return Surroundings(**{plural: tuple(values) for plural, values in groups.items()})


@lru_cache(maxsize=64)
def _search(dialect: Dialect, boxes: int, names: tuple[str, ...]) -> str:
    """The SQL as the driver takes it: putting it so each time costs as much as the search."""
    # the names are resources' own: written out, since binding them costs as much again
    kinds = ", ".join(f"'{name}'" for name in names)
    found = rows_meeting(dialect.name, "v.kind, v.subject_id, v.content_digest", boxes)
    return str(text(f"{found} AND v.live AND v.kind IN ({kinds})").compile(dialect=dialect))
