"""The journal: a line for every act, chained, and never changed."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from service.adapters.db.engine import WRITE, connect
from service.adapters.db.journal import GENESIS, hash_of
from service.domain.kinds import Role
from service.usecases.ports import UnitOfWork
from tests.builders import NOW, a_deed, a_person, a_vehicle, a_zone, an_account, an_actor
from tests.contract.conftest import Database


def test_an_empty_journal_begins_at_genesis(store: UnitOfWork) -> None:
    with store.read() as tx:
        assert tx.journal.head() == (0, GENESIS)
        assert tx.journal.page(0, 10) == []


def test_every_act_has_a_line_that_says_who_did_what_when(store: UnitOfWork) -> None:
    zone = a_zone(revision=3)
    police = an_actor(Role.police)
    with store.write() as tx:
        tx.zones.add(zone, a_deed("propose", actor=police))
    with store.read() as tx:
        (line,) = tx.journal.page(0, 10)
    assert (line.seq, line.at, line.actor) == (1, NOW, f"police:{police.id}")
    assert (line.subject, line.revision, line.action) == (f"zone:{zone.id}", 3, "propose")


def test_each_line_is_chained_to_the_one_before(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.vehicles.add_all([a_vehicle(), a_vehicle()], a_deed())
    with store.write() as tx:
        tx.vehicles.add(a_vehicle(), a_deed())
        lines = tx.journal.page(0, 10)
        head = tx.journal.head()
    assert [line.seq for line in lines] == [1, 2, 3]
    assert [line.prev for line in lines] == [GENESIS, lines[0].hash, lines[1].hash]
    assert [line.hash for line in lines] == [hash_of(line) for line in lines]
    assert head == (3, lines[2].hash)


def test_the_hash_covers_every_other_field(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.vehicles.add(a_vehicle(), a_deed())
        (line,) = tx.journal.page(0, 1)
    others = {
        "seq": 2,
        "at": NOW.replace(microsecond=1),
        "actor": "someone",
        "subject": "vehicle:x",
        "revision": 9,
        "action": "x",
        "payload_digest": "x",
        "prev": "x",
    }
    hashes = {hash_of(replace(line, **{name: value})) for name, value in others.items()}
    assert len(hashes | {line.hash}) == len(others) + 1


def test_lines_are_paged_by_seq_and_by_subject(store: UnitOfWork) -> None:
    zone = a_zone()
    with store.write() as tx:
        tx.zones.add(zone, a_deed("add"))
        tx.vehicles.add(a_vehicle(), a_deed("add"))
        tx.zones.put(zone.after("withdraw"), a_deed("withdraw"))
        assert [line.seq for line in tx.journal.page(1, 1)] == [2]
        history = tx.journal.page(0, 10, subject=f"zone:{zone.id}")
    assert [line.action for line in history] == ["add", "withdraw"]


def test_the_same_content_has_the_same_digest(store: UnitOfWork) -> None:
    zone = a_zone()
    withdrawn = zone.after("withdraw")
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
        tx.zones.put(withdrawn, a_deed())
        tx.zones.put(zone, a_deed())
        first, second, third = (line.payload_digest for line in tx.journal.page(0, 3))
    assert first == third != second


def test_a_refused_transaction_takes_no_number(store: UnitOfWork) -> None:
    def fail() -> None:
        with store.write() as tx:
            tx.vehicles.add(a_vehicle(), a_deed())
            raise RuntimeError("never mind")

    with pytest.raises(RuntimeError):
        fail()
    with store.write() as tx:
        tx.vehicles.add(a_vehicle(), a_deed())
        assert tx.journal.head()[0] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET actor = 'x'",
        "DELETE FROM journal",
        "UPDATE content SET body = 'x'",
        "DELETE FROM content",
    ],
)
def test_the_database_refuses_to_change_the_past(sql: Database, statement: str) -> None:
    with sql.store.write() as tx:
        tx.vehicles.add(a_vehicle(), a_deed())
    refuses(sql.engine, statement)


@pytest.mark.postgis
@pytest.mark.parametrize("table", ["journal", "content"])
def test_postgresql_refuses_to_empty_the_past(postgresql_url: str, table: str) -> None:
    engine = connect(postgresql_url)
    refuses(engine, f"TRUNCATE {table} CASCADE")
    engine.dispose()


def refuses(engine: Engine, statement: str) -> None:
    with (
        engine.connect().execution_options(**WRITE) as connection,
        pytest.raises(DBAPIError, match="never changes"),
    ):
        connection.execute(text(statement))


def test_names_and_licences_of_people_can_be_erased_without_breaking_the_chain(
    sql: Database,
) -> None:
    person = a_person(name="李四", licence_number="510100")
    with sql.store.write() as tx:
        tx.people.add(person, a_deed())
    with sql.engine.connect().execution_options(**WRITE) as connection:
        bodies = connection.execute(text("SELECT body FROM content")).scalars().all()
        connection.execute(text("UPDATE person SET name = '', licence_number = NULL, salt = NULL"))
        connection.commit()
    with sql.store.read() as tx:
        assert tx.people.get(person.id) == replace(person, name="", licence_number=None)
    assert not any("李四" in body or "510100" in body for body in bodies)
    assert sql.store.verify() == []


def test_no_content_holds_the_hash_of_a_password(sql: Database) -> None:
    account = an_account(password_hash="$argon2id$secret")
    with sql.store.write() as tx:
        tx.identities.add_account(account, a_deed())
    with sql.engine.connect() as connection:
        bodies = connection.execute(text("SELECT body FROM content")).scalars().all()
    assert not any("secret" in body for body in bodies)
    assert sql.store.verify() == []
