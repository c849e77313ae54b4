"""What Alembic does not see: SQLite's R*Tree, and the triggers that follow or forbid a change.

A batch migration drops the triggers of its table without a word. So everything here is put back at
the end of every migration run, and looked at again before the registry serves.
"""

from itertools import chain

from sqlalchemy import Connection, inspect, text

from service.adapters.db.envelopes import DIMENSIONS

_COLUMNS = ", ".join(chain(*DIMENSIONS))
_NEW = ", ".join(f"new.{side}" for side in chain(*DIMENSIONS))
_FILL = f"INSERT INTO volume_rt (id, {_COLUMNS})"
_R_TREE = f"CREATE VIRTUAL TABLE volume_rt USING rtree(id, {_COLUMNS})"
_FOLLOW = {
    "volume_insert": f"AFTER INSERT ON volume BEGIN {_FILL} VALUES (new.id, {_NEW}); END",
    "volume_delete": "AFTER DELETE ON volume BEGIN DELETE FROM volume_rt WHERE id = old.id; END",
    "volume_update": (
        "AFTER UPDATE ON volume BEGIN DELETE FROM volume_rt WHERE id = old.id;"
        f" {_FILL} VALUES (new.id, {_NEW}); END"
    ),
}
_FOR_EVER = ("content", "journal")
_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% never changes', TG_TABLE_NAME; END $$"""


def install_guards(connection: Connection) -> None:
    """Put back whatever is missing, or take away what a downgrade left behind."""
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name == "sqlite":
        _install_sqlite(connection, tables)
    else:
        _install_postgresql(connection, tables)


def defects(connection: Connection) -> list[str]:
    """What is wrong with the guards and the spatial index; nothing when all is well."""
    if connection.dialect.name == "sqlite":
        return _missing_sqlite(connection) or _astray(connection)
    return _missing_postgresql(connection)


def _sqlite_triggers() -> dict[str, str]:
    """The statement that makes each trigger, by its name."""
    forbid = {
        f"{table}_{change.lower()}": (
            f"BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
        )
        for table in _FOR_EVER
        for change in ("UPDATE", "DELETE")
    }
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in (_FOLLOW | forbid).items()}


def _table_of(name: str) -> str:
    return name.split("_")[0]


def _install_sqlite(connection: Connection, tables: set[str]) -> None:
    if "volume" not in tables:
        connection.execute(text("DROP TABLE IF EXISTS volume_rt"))
    elif "volume_rt" not in tables:
        connection.execute(text(_R_TREE))
    followed = not any(_table_of(name) == "volume" for name in _missing_sqlite(connection))
    for name, statement in _sqlite_triggers().items():
        if _table_of(name) in tables:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            connection.execute(text(statement))
    if "volume" in tables and (not followed or _astray(connection)):
        connection.execute(text("DELETE FROM volume_rt"))
        connection.execute(text(f"{_FILL} SELECT id, {_COLUMNS} FROM volume"))


def _missing_sqlite(connection: Connection) -> list[str]:
    """The names of triggers that are not there, or not as they should be."""
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    present = {row.name: row.sql for row in connection.execute(query)}
    return [name for name, sql in _sqlite_triggers().items() if present.get(name) != sql]


def _astray(connection: Connection) -> list[str]:
    """How the R*Tree differs from the rows that it stands for."""
    wide = " AND ".join(f"r.{a} <= v.{a} AND r.{b} >= v.{b}" for a, b in DIMENSIONS)
    lost = connection.execute(
        text(
            "SELECT count(*) FROM volume v LEFT JOIN volume_rt r ON r.id = v.id"
            f" WHERE r.id IS NULL OR NOT ({wide})"
        )
    ).scalar_one()
    rows, entries = connection.execute(
        text("SELECT (SELECT count(*) FROM volume), (SELECT count(*) FROM volume_rt)")
    ).one()
    checked = connection.execute(text("SELECT rtreecheck('volume_rt')")).scalar_one()
    found = []
    if lost:
        found.append(f"the R*Tree has {lost} of {rows} spatial rows wrong or not at all")
    if rows != entries:
        found.append(f"the R*Tree has {entries} entries for {rows} spatial rows")
    if checked != "ok":
        found.append(f"the R*Tree is damaged: {checked}")
    return found


def _install_postgresql(connection: Connection, tables: set[str]) -> None:
    kept = [table for table in _FOR_EVER if table in tables]
    if not kept:
        connection.execute(text("DROP FUNCTION IF EXISTS refuse_change"))
        return
    connection.execute(text(_REFUSE))
    for table in kept:
        connection.execute(
            text(
                f"CREATE OR REPLACE TRIGGER {table}_change BEFORE UPDATE OR DELETE OR TRUNCATE"
                f" ON {table} EXECUTE FUNCTION refuse_change()"
            )
        )


def _missing_postgresql(connection: Connection) -> list[str]:
    triggers = connection.execute(
        text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal")
    ).scalars()
    indexes = connection.execute(
        text(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indisvalid"
        )
    ).scalars()
    wanted = {*(f"{table}_change" for table in _FOR_EVER), "ix_volume_box"}
    return sorted(wanted - {*triggers, *indexes})
