"""Transactions: one state to read, one writer at a time (decision 2)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine

from geo.frame import Frame
from service.adapters.db import attempts, resources
from service.adapters.db.candidates import SqlNearby
from service.adapters.db.contents import CAPACITY, Contents, ValueCache
from service.adapters.db.dead_letters import SqlDeadLetters
from service.adapters.db.engine import READ, WAIT_S, WRITE, Busy, begin_writing, refusing
from service.adapters.db.identities import SqlIdentities
from service.adapters.db.journal import SqlJournal
from service.adapters.db.positions import SqlPositions
from service.adapters.db.records import SqlRecords, Storage
from service.adapters.db.replays import SqlReplays
from service.adapters.db.salvage import Defect
from service.adapters.db.telemetry import SqlTelemetry
from service.adapters.db.verify import verify
from service.adapters.db.volumes import SpatialRows, refit


class SqlTx:
    """One transaction on either database."""

    def __init__(self, connection: Connection, frame: Frame, cache: ValueCache) -> None:
        contents, ground = Contents(connection, cache), frame.ground
        self.journal = SqlJournal(connection)
        storage = Storage(connection, contents, self.journal, SpatialRows(connection, ground))
        self.roads = SqlRecords(resources.ROADS, storage)
        self.districts = SqlRecords(resources.DISTRICTS, storage)
        self.zones = SqlRecords(resources.ZONES, storage)
        self.restrictions = SqlRecords(resources.RESTRICTIONS, storage)
        self.organisations = SqlRecords(resources.ORGANISATIONS, storage)
        self.people = SqlRecords(resources.PEOPLE, storage)
        self.vehicles = SqlRecords(resources.VEHICLES, storage)
        self.insurance = SqlRecords(resources.INSURANCE, storage)
        self.applications = SqlRecords(resources.APPLICATIONS, storage)
        self.permits = SqlRecords(resources.PERMITS, storage)
        self.violations = SqlRecords(resources.VIOLATIONS, storage)
        self.incidents = SqlRecords(resources.INCIDENTS, storage)
        self.imports = SqlRecords(resources.IMPORTS, storage)
        self.nearby = SqlNearby(connection, contents, ground)
        self.telemetry = SqlTelemetry(connection, contents, self.journal)
        self.dead_letters = SqlDeadLetters(connection)
        self.positions = SqlPositions(connection)
        self.identities = SqlIdentities(storage)
        self.replays = SqlReplays(connection)


class Store:
    """The registry's storage; one for a process, used by all its threads."""

    def __init__(self, engine: Engine, frame: Frame, remembered: int = CAPACITY) -> None:
        """`remembered`: characters of text whose values are kept decoded."""
        self._engine = engine
        self._frame = frame
        self._cache = ValueCache(remembered)
        # writers of this process wait here, where they hold no connection that readers need
        self._turn = Lock()

    @contextmanager
    def read(self) -> Iterator[SqlTx]:
        """A consistent view that writes nothing."""
        with self._transaction(READ) as connection:
            yield SqlTx(connection, self._frame, self._cache)

    @contextmanager
    def write(self) -> Iterator[SqlTx]:
        """The registry's write lock is held; commits as the block ends, rolls back on an error."""
        with self._writing() as connection:
            yield SqlTx(connection, self._frame, self._cache)

    def record_attempt(
        self, actor: str, action: str, subject: str, code: str, at: datetime
    ) -> None:
        """Write down, in a transaction of its own, that something was refused."""
        with self._transaction(READ) as connection:
            if not attempts.is_noted(connection, actor, at):
                return
        with self._writing() as connection:
            attempts.note(connection, actor, action, subject, code, at)

    def refit(self) -> bool:
        """True when the spatial rows had to be computed anew; to be asked before serving."""
        with self._writing() as connection:
            return refit(connection, Contents(connection, self._cache), self._frame.ground)

    def verify(self, head: str | None = None) -> list[Defect]:
        """Everything that is not as it was written; see verify.py."""
        with self._transaction(READ) as connection:
            return verify(connection, self._frame.ground, head)

    def close(self) -> None:
        """Let go of every connection; open transactions are to be over."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if not self._turn.acquire(timeout=WAIT_S):
            raise Busy
        try:
            with self._transaction(WRITE) as connection:
                begin_writing(connection)
                yield connection
        finally:
            self._turn.release()

    @contextmanager
    def _transaction(self, kind: Mapping[str, Any]) -> Iterator[Connection]:
        with (
            refusing(),
            self._engine.connect().execution_options(**kind) as connection,
            connection.begin(),
        ):
            yield connection
