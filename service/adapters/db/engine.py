"""An engine for either database, and what its transactions begin with.

SQLite: WAL, every commit on disk, writers queue (BEGIN IMMEDIATE), readers see one state and cannot
write. PostgreSQL: writers queue on one advisory lock, taken before the first read, after which read
committed is right; readers are repeatable read and read only. Nobody waits longer than WAIT_S.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg.errors
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from geo.text import Text
from service.domain.errors import RegistryError

WAIT_S = 30
THREADS = 40
"""How many requests run at once; each may hold a connection."""

REGISTRY_LOCK = 0x7E57_204E
"""The key of the advisory lock; any number will do if nobody else uses it."""

_POOL: dict[str, Any] = {
    "pool_size": THREADS,
    "max_overflow": THREADS,
    "pool_timeout": WAIT_S,
}

_FILE_UNUSABLE = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)
_SERVER_UNUSABLE = ("08", "28", "53", "57P", "0A000", "42501")
"""SQLSTATEs: not reached, not let in, no room, shut down; no PostGIS there, or no right to it."""

READ = {"registry_write": False}
WRITE = {"registry_write": True}


class Busy(RegistryError):
    """The caller waited its turn for too long; the same may well succeed a little later."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(Text("系统繁忙，请稍后再试", "The registry is busy; try again shortly"))


class Unavailable(RegistryError):
    """The database cannot be reached, or has no room; nothing was written."""

    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "数据库暂时不可用，未写入任何内容",
                "The database cannot be used; nothing was written",
            )
        )


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what a driver says of a wait too long into Busy, of a database gone into Unavailable."""
    try:
        yield
    except PoolTimeout as late:
        raise Busy from late
    except DatabaseError as failed:
        # the lowest byte of SQLite's code is the error, the rest its circumstances
        code = getattr(failed.orig, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY or isinstance(failed.orig, psycopg.errors.LockNotAvailable):
            raise Busy from failed
        if code in _FILE_UNUSABLE or _server_unusable(failed.orig):
            raise Unavailable from failed
        raise


def _server_unusable(error: object) -> bool:
    """True when PostgreSQL was not reached, went away, has no room for us or does not let us."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_SERVER_UNUSABLE)


def connect(url: str) -> Engine:
    """The engine of `sqlite:///FILE` or `postgresql://…`; ValueError for anything else."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"))
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _sqlite(parsed)
    raise ValueError(f"neither sqlite:///FILE nor postgresql://…: {parsed!r}")


def begin_writing(connection: Connection) -> None:
    """Wait for the registry's write lock, held until the transaction ends.

    On SQLite BEGIN IMMEDIATE has it already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REGISTRY_LOCK})


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": WAIT_S}, **_POOL)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        # the driver begins no transaction by itself: the event below does, and says which
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("registry_write", False)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    # a snapshot taken before the lock was given would be stale: a writer needs read committed
    settings = (
        f"-c lock_timeout={WAIT_S}s -c timezone=UTC"
        r" -c default_transaction_isolation=read\ committed"
    )
    engine = create_engine(url, connect_args={"options": settings}, pool_pre_ping=True, **_POOL)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("registry_write", False)
        if not writes:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine
