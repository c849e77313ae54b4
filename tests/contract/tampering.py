"""Changes behind the registry's back, as whoever has the database in hand can make them."""

import sqlite3
from contextlib import closing

from sqlalchemy import text

from tests.contract.conftest import Database


def tamper(sql: Database, statement: str) -> None:
    """Execute the statement with every guard out of the way, then put the guards back."""
    if not sql.is_sqlite:
        with sql.engine.connect().execution_options(registry_write=True) as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(text(statement)).rowcount
            connection.commit()
        return
    with closing(sqlite3.connect(str(sql.engine.url.database))) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount
        for _, trigger in guards:
            connection.execute(trigger)
        connection.commit()
