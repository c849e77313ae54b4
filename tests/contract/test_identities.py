"""Accounts, tokens, keys, remembered answers and refused attempts."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from service.adapters.db.attempts import MOST_PER_MINUTE
from service.usecases.ports import Replay, UnitOfWork
from tests.builders import NOW, a_deed, a_token, a_vehicle_key, an_account
from tests.contract.conftest import Database


def test_an_account_is_found_by_name_and_by_id_with_its_password(store: UnitOfWork) -> None:
    account = an_account()
    with store.write() as tx:
        tx.identities.add_account(account, a_deed())
    with store.read() as tx:
        assert tx.identities.account(account.username) == account
        assert tx.identities.account_by_id(account.id) == account
        assert tx.identities.account("nobody") is None
        assert tx.identities.account_by_id("nobody") is None


def test_a_token_is_found_by_its_digest(store: UnitOfWork) -> None:
    account = an_account()
    token = a_token(account, read_only=True, label="QGIS")
    with store.write() as tx:
        tx.identities.add_account(account, a_deed())
        tx.identities.add_token(token, a_deed("issue_token"))
    with store.read() as tx:
        assert tx.identities.token(token.digest) == token
        assert tx.identities.token("nothing") is None


def test_keys_of_a_vehicle_are_listed_oldest_first_revoked_or_not(store: UnitOfWork) -> None:
    old, new = a_vehicle_key(), a_vehicle_key()
    revoked = replace(old, revoked_at=NOW)
    with store.write() as tx:
        tx.identities.put_vehicle_key(old, a_deed("issue_key"))
        tx.identities.put_vehicle_key(new, a_deed("issue_key"))
        tx.identities.put_vehicle_key(revoked, a_deed("revoke_key"))
        tx.identities.put_vehicle_key(a_vehicle_key(vehicle_id="vehicle-b"), a_deed())
        assert tx.identities.vehicle_keys("vehicle-a") == [revoked, new]
        assert tx.identities.vehicle_key(old.digest) == revoked
        assert tx.identities.vehicle_key("nothing") is None
        subject = f"vehicle_key:{old.id}"
        lines = tx.journal.page(0, 10, subject=subject)
    assert [(line.revision, line.action) for line in lines] == [(1, "issue_key"), (2, "revoke_key")]


def test_an_answer_is_remembered_for_a_day(store: UnitOfWork) -> None:
    replay = Replay("digest", 201, '{"id": "x"}')
    with store.write() as tx:
        tx.replays.put("operator-a", "POST /v1/zones", "key", replay, NOW)

        def answer(hours: int, actor: str = "operator-a") -> Replay | None:
            at = NOW + timedelta(hours=hours)
            return tx.replays.get(actor, "POST /v1/zones", "key", at)

        assert answer(23) == replay
        assert answer(24) is None
        assert answer(0, actor="operator-b") is None


def test_a_key_may_be_used_again_after_a_day(store: UnitOfWork) -> None:
    later = NOW + timedelta(hours=24)
    with store.write() as tx:
        tx.replays.put("a", "r", "key", Replay("one", 201, ""), NOW)
        tx.replays.put("a", "r", "key", Replay("two", 201, ""), later)
        assert tx.replays.get("a", "r", "key", later) == Replay("two", 201, "")


def test_refused_attempts_are_noted_outside_the_journal_but_not_without_end(sql: Database) -> None:
    for number in range(MOST_PER_MINUTE + 5):
        sql.store.record_attempt("operator-a", "zone.publish", f"zone:{number}", "forbidden", NOW)
    sql.store.record_attempt("operator-b", "zone.publish", "zone:1", "forbidden", NOW)
    later = NOW + timedelta(minutes=2)
    sql.store.record_attempt("operator-a", "zone.publish", "zone:1", "forbidden", later)
    with sql.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT actor, count(*) FROM attempt GROUP BY actor ORDER BY actor")
        ).all()
    with sql.store.read() as tx:
        assert tx.journal.head()[0] == 0
    assert [tuple(row) for row in rows] == [("operator-a", MOST_PER_MINUTE + 1), ("operator-b", 1)]
