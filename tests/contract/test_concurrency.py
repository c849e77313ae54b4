"""Writers at once: every one gets its turn, and none decides on a state that is no more."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from geo.separation import NONE
from geo.text import Text
from service.adapters.db.engine import WRITE, Busy, connect
from service.adapters.db.uow import Store
from service.domain.errors import Refused
from service.domain.permit import Permit
from service.usecases.ports import UnitOfWork
from tests.builders import a_deed, a_frame, a_permit, a_vehicle, a_volume
from tests.contract.conftest import Database

WRITERS = 200


def test_two_hundred_writers_at_once_all_get_their_turn(store: UnitOfWork) -> None:
    def register(_: int) -> None:
        with store.write() as tx:
            tx.vehicles.add(a_vehicle(), a_deed())

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(register, range(WRITERS)))
    with store.read() as tx:
        lines = tx.journal.page(0, WRITERS + 1)
        assert tx.vehicles.count() == WRITERS
    assert [line.seq for line in lines] == list(range(1, WRITERS + 1))
    assert len({line.prev for line in lines}) == WRITERS


def allocate(store: UnitOfWork, start: Barrier) -> bool:
    """True when the place was free and is now taken by a permit."""
    start.wait()
    try:
        with store.write() as tx:
            if tx.nearby.near([a_volume()], NONE, frozenset({Permit})).permits:
                raise Refused(Text("已占用", "taken"))
            tx.permits.add(a_permit(), a_deed("confirm"))
    except Refused:
        return False
    return True


def test_of_two_that_want_the_same_place_exactly_one_gets_it(store: UnitOfWork) -> None:
    start = Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: allocate(store, start), range(8)))
    assert sum(won) == 1


def test_two_processes_that_want_the_same_place_do_not_both_get_it(sql: Database) -> None:
    # a second store has its own queue, as another process has: only the database's lock is shared
    engine = connect(sql.url)
    stores = [sql.store, Store(engine, a_frame())]
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(lambda store: allocate(store, start), stores))
    engine.dispose()
    assert sum(won) == 1


def test_readers_do_not_wait_for_a_writer(sql: Database) -> None:
    with sql.store.write() as tx:
        tx.vehicles.add(a_vehicle(), a_deed())
        seen: list[int] = []

        def look() -> None:
            with sql.store.read() as view:
                seen.append(view.vehicles.count())

        reader = Thread(target=look)
        reader.start()
        reader.join(timeout=20)
    assert seen == [0]


def test_a_writer_that_waits_too_long_is_told_that_the_registry_is_busy(
    sql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.adapters.db.uow.WAIT_S", 0.05)
    with sql.store.write(), pytest.raises(Busy), sql.store.write():
        pass


def test_a_lock_held_by_another_process_for_too_long_is_busy_too(sql: Database) -> None:
    other = connect(sql.url)
    impatient = connect(sql.url)
    patience = "PRAGMA busy_timeout = 50" if sql.is_sqlite else "SET lock_timeout = '50ms'"
    with impatient.connect() as connection:
        connection.execute(text(patience))
        connection.commit()
    with (
        Store(other, a_frame()).write(),
        pytest.raises(Busy),
        Store(impatient, a_frame()).write(),
    ):
        pass
    other.dispose()
    impatient.dispose()


@pytest.mark.postgis
def test_a_writer_sees_what_was_committed_while_it_waited_whatever_the_server_prefers(
    postgresql_url: str,
) -> None:
    first = connect(postgresql_url)
    with first.connect().execution_options(**WRITE) as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        preference = "SET default_transaction_isolation = 'repeatable read'"
        connection.execute(text(f"ALTER DATABASE {name} {preference}"))
        connection.commit()
    first.dispose()
    engine = connect(postgresql_url)
    with engine.connect().execution_options(**WRITE) as connection:
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    engine.dispose()
    assert isolation == "read committed"
