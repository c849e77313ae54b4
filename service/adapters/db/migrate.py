"""Brings a database to the present tables, with the revisions that lie beside the packages.

A new revision: `alembic.command.revision(config(url), "what changes", autogenerate=True)`.
"""

from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from service.adapters.db.engine import Unavailable, connect, refusing
from service.adapters.db.guards import defects

# beside the packages, in a checkout and in an installed wheel alike
REVISIONS = Path(__file__).parents[3] / "migrations"


def config(url: str) -> Config:
    """Alembic's settings for one database."""
    settings = Config()
    settings.set_main_option("script_location", str(REVISIONS).replace("%", "%%"))
    settings.attributes["url"] = url
    return settings


def migrate(url: str, revision: str = "head") -> None:
    """Apply every revision up to the one named that the database lacks."""
    with refusing():
        command.upgrade(config(url), revision)


def behind(url: str) -> str | None:
    """How the database's tables differ from the program's; Unavailable when nobody can tell."""
    engine = connect(url)
    try:
        with refusing(), engine.connect() as connection:
            return _gap(connection)
    finally:
        engine.dispose()


def unfit(engine: Engine) -> list[str]:
    """Why the database cannot serve; nothing when its tables and indexes are as they should be."""
    with suppress(Unavailable), refusing(), engine.connect() as connection:
        gap = _gap(connection)
        return defects(connection) if gap is None else [gap]
    return ["the database cannot be reached"]


def _gap(connection: Connection) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    latest = ScriptDirectory(str(REVISIONS)).get_current_head()
    if current == latest:
        return None
    return f"the database is at revision {current}, the program at {latest}"
