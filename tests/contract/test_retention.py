"""Summaries by month: places made ahead, old ones taken away whole, and the audit still true."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service.adapters.db.engine import connect
from service.adapters.db.salvage import Defect
from service.adapters.db.uow import Store
from service.app import compose
from service.domain.telemetry import Summary
from service.settings import Settings
from service.usecases.ports import Query
from service.worker import run_once
from tests.builders import NOW, a_deed, a_frame, a_summary, some_evidence
from tests.contract.conftest import Database

YEAR_AGO = NOW - timedelta(days=400)
HOUR = timedelta(hours=1)


def arrive(db: Database, at: datetime, *summaries: Summary) -> None:
    with db.store.write() as tx:
        tx.telemetry.record([(s, some_evidence(s)) for s in summaries], at)


def run(db: Database, statement: str) -> list[str]:
    writing = db.engine.connect().execution_options(registry_write=True)
    with writing as connection, connection.begin():
        found = connection.execute(text(statement))
        return [str(row[0]) for row in found] if found.returns_rows else []


def tables(db: Database) -> set[str]:
    """The tables that hold summaries, one for each month."""
    names = (
        "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
        " WHERE inhparent = 'summary'::regclass"
    )
    return set(run(db, names))


@pytest.fixture
def db(postgresql_url: str) -> Iterator[Database]:
    """PostgreSQL with the months of a year ago as well."""
    engine = connect(postgresql_url)
    found = Database(postgresql_url, engine, Store(engine, a_frame()))
    with found.store.write() as tx:
        tx.telemetry.make_room(YEAR_AGO)
        tx.telemetry.make_room(NOW)
    yield found
    engine.dispose()


def retired(db: Database) -> int:
    with db.store.write() as tx:
        return tx.telemetry.retire(NOW - timedelta(days=365), a_deed("retire"))


def seal(db: Database, until: datetime) -> None:
    with db.store.write() as tx:
        tx.telemetry.seal(until, a_deed("seal"))


@pytest.mark.postgis
def test_months_are_made_ahead_and_take_what_came_before_them(db: Database) -> None:
    ahead = NOW + timedelta(days=200)
    arrive(db, ahead, a_summary())
    assert run(db, "SELECT tableoid::regclass FROM summary") == ["telemetry.summary_other"]
    with db.store.write() as tx:
        tx.telemetry.make_room(ahead)
    assert run(db, "SELECT tableoid::regclass FROM summary") == [f"telemetry.summary_{ahead:%Y_%m}"]
    assert db.store.verify() == []


@pytest.mark.postgis
def test_a_month_kept_long_enough_is_taken_away_whole_and_the_audit_stays_true(
    db: Database,
) -> None:
    old, new = [a_summary() for _ in range(3)], a_summary()
    arrive(db, YEAR_AGO, *old)
    seal(db, YEAR_AGO + HOUR)
    arrive(db, NOW, new)
    assert retired(db) == 3
    assert f"summary_{YEAR_AGO:%Y_%m}" not in tables(db)
    with db.store.read() as tx:
        assert [a.summary.id for a in tx.telemetry.summaries(Query()).items] == [new.id]
        assert len(tx.telemetry.evidence(Query())) == 4
        assert tx.telemetry.seen([old[0].key]) == {old[0].key: old[0].digest}
        assert tx.journal.page(0, 10)[-1].subject == f"telemetry-retired:summary_{YEAR_AGO:%Y_%m}"
    assert db.store.verify() == []
    assert retired(db) == 0


@pytest.mark.postgis
def test_what_no_seal_covers_is_not_taken_away(db: Database) -> None:
    arrive(db, YEAR_AGO, a_summary())
    assert retired(db) == 0
    assert f"summary_{YEAR_AGO:%Y_%m}" in tables(db)


@pytest.mark.postgis
def test_a_seal_across_two_months_is_made_anew_for_what_is_left(db: Database) -> None:
    border = datetime(YEAR_AGO.year, YEAR_AGO.month, 1, tzinfo=UTC) + timedelta(days=31)
    border = border.replace(day=1)
    arrive(db, border - HOUR, a_summary())
    arrive(db, border + HOUR, a_summary())
    seal(db, border + 2 * HOUR)
    with db.store.write() as tx:
        assert tx.telemetry.retire(border, a_deed("retire")) == 1
        assert tx.telemetry.seal(border + 2 * HOUR, a_deed("seal")) == 1
    assert db.store.verify() == []


@pytest.mark.postgis
@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        ("UPDATE evidence SET digest = 'x', body = '{}' WHERE arrival = 1", "telemetry-retired:"),
        ("DELETE FROM summary WHERE arrival = 3", "evidence:3"),
        ("DELETE FROM evidence WHERE arrival = 2", "telemetry-retired:"),
    ],
)
def test_what_is_tampered_with_afterwards_is_found(
    db: Database, tampering: str, expected: str
) -> None:
    arrive(db, YEAR_AGO, a_summary(), a_summary())
    seal(db, YEAR_AGO + HOUR)
    arrive(db, NOW, a_summary())
    retired(db)
    run(db, tampering)
    assert any(defect.subject.startswith(expected) for defect in db.store.verify())


def test_a_number_that_counts_as_never_answered_for_is_found(sql: Database) -> None:
    arrive(sql, NOW, a_summary(), a_summary())
    run(sql, "DELETE FROM boot")
    words = "2 recorded numbers count as never answered for"
    assert sql.store.verify() == [Defect(None, "telemetry", words)]


def test_the_embedded_database_keeps_everything_and_says_when_it_is_large(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    registry = compose(Settings(database_url=sqlite_url, sqlite_large_bytes=2048))
    assert registry.oversize is not None
    assert Path(sqlite_url.removeprefix("sqlite:///")).stat().st_size > 2048
    run_once(registry)
    assert registry.oversize in caplog.text
    assert compose(Settings(database_url=sqlite_url)).oversize is None
    registry.store.close()
