"""Runs the revisions in one transaction on either database, then puts the guards back."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, event
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from service.adapters.db import record_tables
from service.adapters.db.columns import BigNumber, GeometryColumn
from service.adapters.db.engine import WRITE, begin_writing, connect
from service.adapters.db.guards import install_guards

OTHERS = ("spatial_ref_sys", "volume_rt", "ix_volume_box")
"""What is in a database and in no model: PostGIS's own, and what only one of the two has."""


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """False for what the models do not and shall not know."""
    return kind not in ("table", "index") or not str(name).startswith(OTHERS)


def written(kind: str, item: Any, autogenerate: AutogenContext) -> str | bool:
    """How a new revision names our column types."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, BigNumber | GeometryColumn | UTCDateTime):
        own = type(item)
        autogenerate.imports.add(f"from {own.__module__} import {own.__name__}")
        return f"{own.__name__}()"
    return False


def migrate(connection: Connection) -> None:
    """All revisions asked for, or none."""
    begin_writing(connection)
    context.configure(
        connection=connection,
        target_metadata=record_tables.Record.metadata,
        include_name=is_ours,
        render_item=written,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()
    install_guards(connection)
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise RuntimeError(f"rows point to what is not there: {lost[:10]}")


engine = connect(context.config.attributes["url"])
if engine.dialect.name == "sqlite":
    # a batch migration drops and makes tables again: the check is made at the end instead
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
try:
    with engine.connect().execution_options(**WRITE) as connection, connection.begin():
        migrate(connection)
finally:
    engine.dispose()
