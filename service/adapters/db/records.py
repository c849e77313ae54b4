"""Records of one kind: content, row, spatial rows and journal line, always written together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from geo.text import Text
from service.adapters.db.contents import Contents, at_once
from service.adapters.db.erasable import vouching
from service.adapters.db.journal import Act, SqlJournal
from service.adapters.db.paging import cursor_of, narrowed, start_of
from service.adapters.db.resources import Identified, Resource
from service.adapters.db.volumes import SpatialRows
from service.domain.errors import NotFound, Refused
from service.domain.journal import Deed
from service.usecases.ports import Page, Query

T = TypeVar("T", bound=Identified)


@dataclass(frozen=True, slots=True)
class Storage:
    """What all records of one transaction share."""

    connection: Connection
    contents: Contents
    journal: SqlJournal
    spatial: SpatialRows


class SqlRecords(Generic[T]):
    """The table of one resource, as one transaction sees it."""

    def __init__(self, resource: Resource[T], storage: Storage) -> None:
        self._resource = resource
        self._table = resource.table
        self._storage = storage

    def get(self, key: str) -> T:
        """The current value; NotFound when there is none."""
        found = self.find([key])
        if key not in found:
            raise NotFound(self._resource.name, key)
        return found[key]

    def find(self, keys: Iterable[str]) -> Mapping[str, T]:
        """Those of `keys` that exist."""
        return {
            value.id: value
            for some in at_once(list(dict.fromkeys(keys)))
            for value in self.select(self.rows().where(self._table.c.id.in_(some)))
        }

    def page(self, query: Query) -> Page[T]:
        """One page of a list, in the order in which things came to be."""
        born = self._table.c.born
        rows = narrowed(self.rows(), self._resource, query, self._storage.connection.dialect.name)
        rows = rows.where(born > start_of(query.cursor)).order_by(born).limit(query.limit + 1)
        found = self._storage.connection.execute(rows).all()
        kept = found[: query.limit]
        more = len(found) > len(kept)
        return Page(tuple(self._values(kept)), cursor_of(kept[-1].born) if more else None)

    def count(self) -> int:
        """How many there are."""
        return self._storage.connection.execute(
            select(func.count()).select_from(self._table)
        ).scalar_one()

    def add(self, value: T, deed: Deed) -> None:
        """Store a new value and its journal line; Refused when its id is taken."""
        self.add_all([value], deed)

    def add_all(self, values: Sequence[T], deed: Deed) -> None:
        """Store new values, each with its journal line; Refused when an id is taken."""
        taken = self._known([value.id for value in values])
        if taken:
            raise Refused(_taken(self._resource.name, taken[0]), code="id_taken")
        if values:
            rows, digests = self._written(values, deed)
            self._storage.connection.execute(
                insert(self._table), [{**row, "born": row["seq"]} for row in rows]
            )
            self._storage.spatial.add(self._resource, values, digests)

    def put(self, value: T, deed: Deed) -> None:
        """Replace the value of the same id and write its journal line; NotFound without one."""
        if not self._known([value.id]):
            raise NotFound(self._resource.name, value.id)
        (row,), digests = self._written([value], deed)
        self._storage.connection.execute(
            update(self._table).where(self._table.c.id == value.id).values(row)
        )
        self._storage.spatial.remove(self._resource, [value.id])
        self._storage.spatial.add(self._resource, [value], digests)

    def rows(self) -> Select[Any]:
        """What has to be selected for `select`, to be narrowed."""
        columns = self._table.c
        kept_out = [columns[name] for name in self._resource.blank]
        return select(columns.id, columns.born, columns.content_digest, *kept_out)

    def select(self, rows: Select[Any]) -> list[T]:
        """The values of the rows."""
        return self._values(self._storage.connection.execute(rows).all())

    def _values(self, rows: Sequence[Row[Any]]) -> list[T]:
        kind, blank = self._resource.kind, self._resource.blank
        contents = self._storage.contents.values([(kind, row.content_digest) for row in rows])
        values = [cast(T, contents[kind, row.content_digest]) for row in rows]
        if not blank:
            return values
        return [
            cast(T, replace(cast(Any, value), **{name: row._mapping[name] for name in blank}))
            for value, row in zip(values, rows, strict=True)
        ]

    def _known(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys that exist, and those given twice."""
        known = [key for key, times in Counter(keys).items() if times > 1]
        ids = self._table.c.id
        for some in at_once(keys):
            known += self._storage.connection.execute(select(ids).where(ids.in_(some))).scalars()
        return known

    def _written(
        self, values: Sequence[T], deed: Deed
    ) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        """The rows and digests of values whose content and journal lines are now written."""
        resource = self._resource
        kept = [resource.kept_out(value) for value in values]
        digests = self._storage.contents.write(
            vouching(resource.content(value), out) for value, out in zip(values, kept, strict=True)
        )
        acts = [
            Act(resource.subject(value.id), resource.revision(value), digest)
            for value, digest in zip(values, digests, strict=True)
        ]
        seqs = self._storage.journal.append(deed, acts)
        rows = [
            {
                "id": value.id,
                **derived(resource, value, seq, digest, deed.at),
                **out,
            }
            for value, seq, digest, out in zip(values, seqs, digests, kept, strict=True)
        ]
        return rows, digests


def derived(
    resource: Resource[T], value: T, seq: int, content_digest: str, at: datetime
) -> dict[str, Any]:
    """Every column of a row that follows from its content and its last journal line."""
    return {
        "seq": seq,
        "revision": resource.revision(value),
        "content_digest": content_digest,
        "updated_at": at,
        **resource.columns(value),
    }


def _taken(name: str, key: str) -> Text:
    return Text(f"{name} {key} 已存在", f"There is a {name} {key} already")
