"""Content by digest: every state of every value, written once and never changed (decision 3).

Decoded values are remembered by digest, so none can ever be stale, not even after a rollback; with
them stay the planar geometries that geo computes once per value.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection, select, text

from service.adapters.db.codec import decode, digest_of
from service.adapters.db.tables import ContentRow

T = TypeVar("T")
Address = tuple[type, str]
"""The class of a value and the digest of its text."""

CAPACITY = 128_000_000
"""Characters of text whose values are remembered in a process; a road takes about a thousand."""

_WRITE = text(
    "INSERT INTO content (digest, body) VALUES (:digest, :body) ON CONFLICT (digest) DO NOTHING"
)
_AT_ONCE = 5_000


class ValueCache:
    """Values decoded lately, least recently used first out; shared by all threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._weight = 0
        self._values: OrderedDict[Address, tuple[object, int]] = OrderedDict()
        self._lock = Lock()

    def found(self, addresses: Iterable[Address]) -> dict[Address, object]:
        """Those that are remembered."""
        found = {}
        with self._lock:
            for address in addresses:
                entry = self._values.get(address)
                if entry is not None:
                    self._values.move_to_end(address)
                    found[address] = entry[0]
        return found

    def keep(self, address: Address, value: object, weight: int) -> None:
        """Remember a value, and forget the oldest beyond the capacity."""
        with self._lock:
            _, replaced = self._values.pop(address, (None, 0))
            self._values[address] = (value, weight)
            self._weight += weight - replaced
            while self._weight > self._capacity:
                _, (_, freed) = self._values.popitem(last=False)
                self._weight -= freed


class Contents:
    """The content table, as one transaction sees it."""

    def __init__(self, connection: Connection, cache: ValueCache) -> None:
        self._connection = connection
        self._cache = cache

    def write(self, bodies: Iterable[str]) -> tuple[str, ...]:
        """The digests of the texts, in order; each text is stored once."""
        rows = [{"digest": digest_of(body), "body": body} for body in bodies]
        if rows:
            self._connection.execute(_WRITE, rows)
        return tuple(row["digest"] for row in rows)

    def values(self, addresses: Collection[Address]) -> dict[Address, object]:
        """The values at the addresses, from memory or from the table."""
        values = self._cache.found(addresses)
        if len(values) < len(addresses):
            missing = [address for address in addresses if address not in values]
            bodies = self.bodies({digest for _, digest in missing})
            for address in missing:
                kind, digest = address
                values[address] = decode(kind, bodies[digest])
                self._cache.keep(address, values[address], len(bodies[digest]))
        return values

    def bodies(self, digests: Collection[str]) -> dict[str, str]:
        """The texts with those digests that exist."""
        columns = ContentRow.table().c
        rows = select(columns.digest, columns.body)
        found: dict[str, str] = {}
        for some in at_once(list(digests)):
            for digest, body in self._connection.execute(rows.where(columns.digest.in_(some))):
                found[digest] = body
        return found


def at_once(keys: Sequence[T], most: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """The keys in portions that one statement can name."""
    return (keys[start : start + most] for start in range(0, len(keys), most))
