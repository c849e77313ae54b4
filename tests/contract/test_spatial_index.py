"""The index behind the candidate search: always in step, and really used."""

from dataclasses import replace

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, String, text

from geo.altitude import Ground, Reference, Span
from geo.ground import Region, Regions
from geo.separation import NONE
from service.adapters.db.engine import WRITE, connect
from service.adapters.db.envelopes import box_around
from service.adapters.db.guards import defects, install_guards
from service.adapters.db.migrate import unfit
from service.adapters.db.spatial import bound, rows_meeting
from service.adapters.db.uow import Store
from service.domain.restriction import Restriction
from tests.builders import (
    a_band,
    a_deed,
    a_frame,
    a_restriction,
    a_road,
    a_square,
    a_volume,
    a_zone,
)
from tests.contract.conftest import Database
from tests.contract.tampering import tamper


@pytest.fixture
def sqlite(sqlite_url: str):
    engine = connect(sqlite_url)
    yield Database(sqlite_url, engine, Store(engine, a_frame()))
    engine.dispose()


def entries(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT id FROM volume_rt ORDER BY id")).scalars())


def rows(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT id FROM volume ORDER BY id")).scalars())


def test_the_r_tree_follows_every_change(sqlite: Database) -> None:
    zone = a_zone()
    with sqlite.store.write() as tx:
        tx.zones.add(zone, a_deed())
        tx.roads.add_all([a_road() for _ in range(5)], a_deed())
        tx.zones.put(zone.after("withdraw"), a_deed())
    with sqlite.engine.connect().execution_options(**WRITE) as connection:
        connection.execute(text("UPDATE volume SET west = west - 1 WHERE kind = 'zone'"))
        connection.execute(text("DELETE FROM volume WHERE kind = 'road' AND id % 2 = 0"))
        assert entries(connection) == rows(connection) != []
        assert defects(connection) == []


def test_a_batch_migration_drops_the_triggers_and_the_end_of_the_run_puts_them_back(
    sqlite: Database,
) -> None:
    with sqlite.store.write() as tx:
        tx.roads.add_all([a_road() for _ in range(5)], a_deed())
    with sqlite.engine.connect().execution_options(**WRITE) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("volume", recreate="always") as batch:
            batch.add_column(Column("note", String()))
        connection.execute(text("UPDATE volume SET west = west - 1, east = east - 1"))
        connection.execute(text("DELETE FROM volume WHERE id = 1"))
        assert defects(connection) == ["volume_insert", "volume_delete", "volume_update"]
        assert entries(connection) != rows(connection)
        install_guards(connection)
        assert defects(connection) == []
        assert entries(connection) == rows(connection)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM volume_rt",
        "UPDATE volume_rt SET west = west + 1, east = east + 1",
        "INSERT INTO volume_rt VALUES (99, 0, 1, 0, 1, 0, 1, 0, 1)",
    ],
)
def test_an_r_tree_that_lost_step_makes_the_database_unfit_and_is_a_defect(
    sqlite: Database, change: str
) -> None:
    with sqlite.store.write() as tx:
        tx.zones.add(a_zone(), a_deed())
    assert unfit(sqlite.engine) == []
    tamper(sqlite, change)
    assert unfit(sqlite.engine) != []
    assert {defect.subject for defect in sqlite.store.verify()} == {"index"}


def test_a_missing_guard_makes_the_database_unfit(sql: Database) -> None:
    name = "journal_update" if sql.is_sqlite else "journal_change ON journal"
    assert unfit(sql.engine) == []
    with sql.engine.connect().execution_options(**WRITE) as connection:
        connection.execute(text(f"DROP TRIGGER {name}"))
        connection.commit()
    assert unfit(sql.engine) != []


def test_the_candidate_search_is_one_question_to_the_index(sql: Database) -> None:
    roads = [a_restriction(volume=a_volume(a_square(103 + n / 1000, 30.5))) for n in range(2_000)]
    with sql.store.write() as tx:
        tx.restrictions.add_all(roads, a_deed())
    box = box_around(a_volume(altitude=a_band()), a_frame().ground)
    search = rows_meeting(sql.engine.dialect.name, "v.content_digest", 1)
    explain = "EXPLAIN QUERY PLAN" if sql.is_sqlite else "EXPLAIN"
    with sql.engine.connect().execution_options(**WRITE) as connection:
        if not sql.is_sqlite:
            connection.execute(text("ANALYZE volume"))
        lines = connection.execute(text(f"{explain} {search}"), bound([box])).all()
    plan = "\n".join(str(line) for line in lines)
    if sql.is_sqlite:
        assert "VIRTUAL TABLE INDEX" in plan
        assert "SEARCH v USING INTEGER PRIMARY KEY" in plan
    else:
        assert "Index Scan using ix_volume_box" in plan
        (condition,) = [line for line in plan.splitlines() if "Index Cond" in line]
        assert condition.count("&&") == 2


def test_spatial_rows_are_computed_anew_when_the_ground_is_known_otherwise(sql: Database) -> None:
    low = a_restriction(volume=a_volume(altitude=a_band(0, 50)))
    asked = a_volume(altitude=a_band(300, 350))
    with sql.store.write() as tx:
        tx.restrictions.add(low, a_deed())
        assert tx.nearby.near([asked], NONE, frozenset({Restriction})).restrictions == ()
    hilly = Store(sql.engine, replace(a_frame(), ground=Ground(450, 900, -44, -42)))
    assert hilly.refit()
    assert not hilly.refit()
    with hilly.read() as tx:
        assert tx.nearby.near([asked], NONE, frozenset({Restriction})).restrictions == (low,)
    assert hilly.verify() == []


@pytest.mark.parametrize("terrain", [Span(450, 460), Span(540, 550)])
def test_no_model_of_the_terrain_makes_the_spatial_rows_stale(sql: Database, terrain: Span) -> None:
    low = a_restriction(volume=a_volume(altitude=a_band(0, 50)))
    asked = a_volume(altitude=a_band(490, 510, reference=Reference.AMSL))
    with sql.store.write() as tx:
        tx.restrictions.add(low, a_deed())
    sql.store.refit()
    frame = a_frame(terrains=(Regions((Region(a_frame().extent, terrain),)),))
    knowing = Store(sql.engine, frame)
    assert not knowing.refit()
    with knowing.read() as tx:
        assert tx.nearby.near([asked], NONE, frozenset({Restriction})).restrictions == (low,)
    assert knowing.verify() == []
