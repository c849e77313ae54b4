"""The audit: silent while all is as it was written, and not one byte longer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.adapters.db.engine import connect
from service.adapters.db.journal import hash_of
from service.adapters.db.uow import Store
from service.adapters.db.verify import Defect
from service.domain.kinds import ZoneState
from tests.builders import (
    NOW,
    a_band,
    a_deed,
    a_frame,
    a_permit,
    a_person,
    a_restriction,
    a_road,
    a_summary,
    a_vehicle_key,
    a_volume,
    a_zone,
    an_account,
    an_application,
    an_incident,
    some_evidence,
)
from tests.contract.conftest import Database
from tests.contract.tampering import tamper


@pytest.fixture
def registry(sql: Database) -> Database:
    """A registry with some of everything; line 1 is zone-x proposed, line 2 the same published."""
    zone = a_zone(id="zone-x", state=ZoneState.assessed, volume=a_volume(altitude=a_band()))
    with sql.store.write() as tx:
        tx.zones.add(zone, a_deed("propose"))
        tx.zones.put(zone.after("publish"), a_deed("publish"))
        tx.restrictions.add(a_restriction(), a_deed())
        tx.roads.add_all([a_road(), a_road()], a_deed())
        tx.people.add(a_person(), a_deed())
        tx.applications.add(an_application(), a_deed())
        tx.permits.add(a_permit(), a_deed())
        tx.incidents.add(an_incident(), a_deed())
        tx.identities.add_account(an_account(), a_deed())
        tx.identities.put_vehicle_key(a_vehicle_key(), a_deed())
        summaries = [a_summary(id=f"summary-{name}") for name in "abc"]
        tx.telemetry.record([(s, some_evidence(s)) for s in summaries[:2]], NOW)
        tx.telemetry.seal(NOW + timedelta(hours=1), a_deed("seal"))
        tx.telemetry.record([(summaries[2], some_evidence(summaries[2]))], NOW)
    assert sql.store.verify() == []
    return sql


JOURNAL = {
    "seq": "SET seq = 100 WHERE seq = 12",
    "at": "SET at = '2026-10-01 02:00:00.000001' WHERE seq = 2",
    "actor": "SET actor = 'admin-2' WHERE seq = 2",
    "subject": "SET subject = 'zone:zone-y' WHERE seq = 2",
    "revision": "SET revision = 2 WHERE seq = 2",
    "action": "SET action = 'Publish' WHERE seq = 2",
    "payload_digest": (
        "SET payload_digest = (SELECT payload_digest FROM journal WHERE seq = 1) WHERE seq = 2"
    ),
    "prev": "SET prev = 'x' || substr(prev, 2) WHERE seq = 2",
    "hash": "SET hash = 'x' || substr(hash, 2) WHERE seq = 2",
    "the first line": "SET actor = 'x' WHERE seq = 1",
    "the last line": "SET actor = 'x' WHERE seq = 12",
}


@pytest.mark.parametrize("change", JOURNAL.values(), ids=JOURNAL)
def test_a_change_of_any_field_of_a_line_is_found(registry: Database, change: str) -> None:
    tamper(registry, f"UPDATE journal {change}")
    assert registry.store.verify() != []


def test_the_defect_names_the_line_and_the_subject(registry: Database) -> None:
    tamper(registry, "UPDATE journal SET actor = 'x' WHERE seq = 2")
    (defect,) = registry.store.verify()
    assert (defect.seq, defect.subject) == (2, "zone:zone-x")


def test_a_line_that_is_gone_is_missed(registry: Database) -> None:
    tamper(registry, "DELETE FROM journal WHERE seq = 1")
    assert "line 1 is missing before it" in {d.message for d in registry.store.verify()}


@pytest.mark.parametrize("seq", [1, 2, 3, 5, 12])
def test_one_byte_of_any_content_is_missed_in_history_as_in_the_present(
    registry: Database, seq: int
) -> None:
    tamper(
        registry,
        "UPDATE content SET body = substr(body, 1, 10) || '~' || substr(body, 12) WHERE digest ="
        f" (SELECT payload_digest FROM journal WHERE seq = {seq})",
    )
    assert [defect.seq for defect in registry.store.verify()] == [seq]


def test_content_that_is_gone_is_missed(registry: Database) -> None:
    tamper(
        registry,
        "DELETE FROM content WHERE digest = (SELECT payload_digest FROM journal WHERE seq = 1)",
    )
    assert Defect(1, "zone:zone-x", "its content is missing") in registry.store.verify()


def test_content_that_no_line_knows_is_found(registry: Database) -> None:
    tamper(registry, "INSERT INTO content (digest, body) VALUES ('d', '{}')")
    assert [defect.subject for defect in registry.store.verify()] == ["content:d"]


ROWS = {
    "state": "UPDATE zone SET state = 'withdrawn'",
    "kind": "UPDATE zone SET zone_kind = 'closed_site'",
    "revision": "UPDATE zone SET revision = 7",
    "born": "UPDATE zone SET born = 7",
    "seq": "UPDATE zone SET seq = 7",
    "time of change": "UPDATE zone SET updated_at = '2026-10-01 02:00:00.000001'",
    "an earlier state": (
        "UPDATE zone SET content_digest = (SELECT payload_digest FROM journal WHERE seq = 1)"
    ),
    "another id": "UPDATE zone SET id = 'zone-y'",
    "gone": "DELETE FROM zone",
    "owner of a permit": "UPDATE permit SET organisation_id = 'organisation-b'",
    "end of a permit": "UPDATE permit SET valid_to = '2027-10-01 00:00:00.000000'",
    "name of an account": "UPDATE account SET username = 'x'",
    "digest of a vehicle's key": "UPDATE vehicle_key SET digest = 'x'",
}


@pytest.mark.parametrize("statement", ROWS.values(), ids=ROWS)
def test_a_row_that_does_not_follow_from_its_content_is_found(
    registry: Database, statement: str
) -> None:
    tamper(registry, statement)
    assert registry.store.verify() != []


SPATIAL = {
    "west": "UPDATE volume SET west = west + 0.0000001",
    "end": "UPDATE volume SET end_s = end_s - 1",
    "height": "UPDATE volume SET low_m = low_m + 0.1",
    "live": "UPDATE volume SET live = NOT live",
    "kind": "UPDATE volume SET kind = 'road'",
    "another's content": "UPDATE volume SET content_digest = (SELECT min(digest) FROM content)",
    "shape": "UPDATE volume SET core = (SELECT core FROM volume WHERE kind = 'road' LIMIT 1)",
    "gone": "DELETE FROM volume",
}


@pytest.mark.parametrize("change", SPATIAL.values(), ids=SPATIAL)
def test_a_spatial_row_that_does_not_follow_from_its_content_is_found(
    registry: Database, change: str
) -> None:
    tamper(registry, f"{change} WHERE subject_id = 'zone-x'")
    assert "zone:zone-x" in {defect.subject for defect in registry.store.verify()}


TELEMETRY = {
    "text": "UPDATE summary SET body = replace(body, '2.1.0', '2.1.1') WHERE id = 'summary-a'",
    "text and digest": "UPDATE summary SET digest = 'x' WHERE id = 'summary-a'",
    "owner": "UPDATE evidence SET vehicle_id = 'vehicle-b' WHERE arrival = 1",
    "not sealed": "UPDATE summary SET seal = NULL WHERE id = 'summary-a'",
    "sealed by another line": "UPDATE summary SET seal = 1 WHERE id = 'summary-a'",
    "sealed afterwards": "UPDATE summary SET seal = 12 WHERE id = 'summary-c'",
    "gone": "DELETE FROM summary WHERE id = 'summary-a'",
    "evidence gone": "DELETE FROM evidence WHERE arrival = 1",
    "place": "UPDATE summary SET west = west + 1 WHERE id = 'summary-c'",
    "kilometres": "UPDATE evidence SET automated_km = 48 WHERE arrival = 1",
    "evidence": ("UPDATE evidence SET body = replace(body, '0.48', '4.8') WHERE arrival = 1"),
    "key": "DELETE FROM summary_key WHERE seq IN (SELECT min(seq) FROM summary_key)",
}


@pytest.mark.parametrize("statement", TELEMETRY.values(), ids=TELEMETRY)
def test_telemetry_that_is_not_as_it_was_sealed_is_found(
    registry: Database, statement: str
) -> None:
    tamper(registry, statement)
    assert registry.store.verify() != []


def test_a_tail_that_was_cut_off_cleanly_is_found_with_the_head_noted_before(
    registry: Database,
) -> None:
    with registry.store.write() as tx:
        _, before = tx.journal.head()
        tx.roads.add(a_road(id="road-late"), a_deed())
        _, head = tx.journal.head()
    for statement in (
        "DELETE FROM volume WHERE subject_id = 'road-late'",
        "DELETE FROM content WHERE digest = (SELECT content_digest FROM road WHERE born = 13)",
        "DELETE FROM road WHERE id = 'road-late'",
        "DELETE FROM journal WHERE seq = 13",
    ):
        tamper(registry, statement)
    assert registry.store.verify() == []
    assert registry.store.verify(before) == []
    assert [defect.subject for defect in registry.store.verify(head)] == ["journal"]


def test_a_tail_that_was_cut_off_carelessly_is_found_without_it(registry: Database) -> None:
    tamper(registry, "DELETE FROM journal WHERE seq = 12")
    assert registry.store.verify() != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET at = 'yesterday' WHERE seq = 2",
        "UPDATE zone SET updated_at = 'yesterday'",
        "UPDATE summary SET started_at = 'yesterday'",
    ],
)
def test_what_sqlite_lets_become_unreadable_is_a_defect_and_no_crash(
    sqlite_url: str, statement: str
) -> None:
    engine = connect(sqlite_url)
    store = Store(engine, a_frame())
    with store.write() as tx:
        tx.zones.add_all([a_zone(), a_zone()], a_deed())
        summary = a_summary()
        tx.telemetry.record([(summary, some_evidence(summary))], NOW)
    tamper(Database(sqlite_url, engine, store), statement)
    assert any("cannot be read" in defect.message for defect in store.verify())
    engine.dispose()


def test_a_line_rewritten_together_with_its_hash_is_not_the_one_the_next_follows(
    registry: Database,
) -> None:
    with registry.store.read() as tx:
        (line,) = tx.journal.page(0, 1)
    forged = hash_of(replace(line, actor="someone-else"))
    tamper(registry, f"UPDATE journal SET actor = 'someone-else', hash = '{forged}' WHERE seq = 1")
    assert registry.store.verify() == [
        Defect(2, "zone:zone-x", "it does not follow the line before it")
    ]
