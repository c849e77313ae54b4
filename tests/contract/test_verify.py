"""The audit: silent while all is as it was written, and not one byte longer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from geo.altitude import Ground
from service.adapters.db.engine import connect
from service.adapters.db.journal import hash_of
from service.adapters.db.salvage import Defect
from service.adapters.db.uow import Store
from service.domain.evidence import Part, Where
from service.domain.kinds import ControlMode, ZoneState
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
    a_token,
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
        where = Where(NOW.date(), ControlMode.automated, "zone-x", "road-x", True)
        parts = (Part(where, 0.48, 0.1), Part(replace(where, forward=False), 0.1, 0.1))
        tx.telemetry.record([(s, some_evidence(s, parts=parts)) for s in summaries[:2]], NOW)
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
    "arrival": "UPDATE summary SET received_at = '2026-10-01 01:00:00.000000' WHERE arrival = 1",
    "not sealed": "UPDATE summary SET seal = NULL WHERE id = 'summary-a'",
    "sealed by another line": "UPDATE summary SET seal = 1 WHERE id = 'summary-a'",
    "sealed afterwards": "UPDATE summary SET seal = 12 WHERE id = 'summary-c'",
    "gone": "DELETE FROM summary WHERE id = 'summary-a'",
    "evidence gone": "DELETE FROM evidence WHERE arrival = 1",
    "evidence gone, not sealed": "DELETE FROM evidence WHERE arrival = 3",
    "gone, not sealed": "DELETE FROM summary WHERE arrival = 3",
    "place": "UPDATE summary SET west = west + 1 WHERE id = 'summary-c'",
    "kilometres": "UPDATE evidence SET automated_km = 48 WHERE arrival = 1",
    "evidence": ("UPDATE evidence SET body = replace(body, '0.48', '4.8') WHERE arrival = 1"),
    "part": "UPDATE evidence_part SET km = 48 WHERE arrival = 1 AND position = 1",
    "part of another day": "UPDATE evidence_part SET day = '2026-10-02' WHERE arrival = 2",
    "part gone": "DELETE FROM evidence_part WHERE arrival = 1 AND position = 1",
    "part of nothing": "UPDATE evidence_part SET arrival = 3 WHERE arrival = 2",
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


def test_the_newest_summary_taken_away_with_its_evidence_leaves_its_key(registry: Database) -> None:
    tamper(registry, "DELETE FROM evidence WHERE arrival = 3")
    tamper(registry, "DELETE FROM summary WHERE arrival = 3")
    assert registry.store.verify() == [
        Defect(None, "telemetry", "3 keys of summaries for 2 summaries")
    ]


TOKENS = {
    "another's": "UPDATE token SET account_id = (SELECT id FROM account WHERE username = 'admin')",
    "writing": (
        "UPDATE content SET body = replace(body, 'true', 'false')"
        " WHERE digest = (SELECT content_digest FROM token)"
    ),
    "gone": "DELETE FROM token",
    "copied": (
        "INSERT INTO token SELECT 'mine', born + 100, seq, revision, content_digest, updated_at,"
        " account_id FROM token"
    ),
}


@pytest.mark.parametrize("statement", TOKENS.values(), ids=TOKENS)
def test_a_token_that_is_not_as_it_was_issued_is_found(sql: Database, statement: str) -> None:
    account, admin = an_account(), an_account(username="admin")
    with sql.store.write() as tx:
        tx.identities.add_account(account, a_deed())
        tx.identities.add_account(admin, a_deed())
        token = a_token(account, digest="token-x", read_only=True)
        tx.identities.add_token(token, a_deed("issue_token"))
    assert sql.store.verify() == []
    tamper(sql, statement)
    assert any(defect.subject.startswith("token:") for defect in sql.store.verify())


def test_a_token_turned_over_to_another_account_is_still_its_owners(sql: Database) -> None:
    account, admin = an_account(), an_account(username="admin")
    with sql.store.write() as tx:
        tx.identities.add_account(account, a_deed())
        tx.identities.add_account(admin, a_deed())
        tx.identities.add_token(a_token(account, digest="token-x"), a_deed("issue_token"))
    tamper(sql, f"UPDATE token SET account_id = '{admin.id}'")
    with sql.store.read() as tx:
        found = tx.identities.token("token-x")
    assert found is not None
    assert found.account_id == account.id


KEPT_OUT = {
    "name": "UPDATE person SET name = '王五'",
    "licence": "UPDATE person SET licence_number = '1'",
    "licence alone erased": "UPDATE person SET licence_number = NULL",
    "salt": "UPDATE person SET salt = 'x'",
    "salt alone erased": "UPDATE person SET salt = NULL",
    "password": "UPDATE account SET password_hash = 'x'",
}


@pytest.mark.parametrize("statement", KEPT_OUT.values(), ids=KEPT_OUT)
def test_what_is_kept_out_of_content_is_vouched_for_all_the_same(
    sql: Database, statement: str
) -> None:
    with sql.store.write() as tx:
        tx.people.add(a_person(id="p", licence_number="510100"), a_deed())
        tx.identities.add_account(an_account(id="p"), a_deed())
    assert sql.store.verify() == []
    tamper(sql, statement)
    (defect,) = sql.store.verify()
    assert defect.message == "what is kept beside its content was changed"


UNREADABLE = {
    "time of a line": ("UPDATE journal SET at = 'yesterday' WHERE seq = 2", "line 2"),
    "subject of a line": ("UPDATE journal SET subject = x'00' WHERE seq = 2", "line 2"),
    "digest of a content": (
        "UPDATE content SET digest = CAST(x'ff' AS TEXT) WHERE digest ="
        " (SELECT content_digest FROM zone)",
        "content:",
    ),
    "ground": ("UPDATE spatial_basis SET ground = CAST(x'ff' AS TEXT)", "index"),
    "key of a summary": (
        "UPDATE summary_key SET payload_digest = CAST(x'ff' AS TEXT)",
        "telemetry",
    ),
    "time of a row": ("UPDATE zone SET updated_at = 'yesterday'", "zone:zone-x"),
    "number of a row": ("UPDATE zone SET born = x'00'", "zone:zone-x"),
    "start of a summary": ("UPDATE summary SET started_at = 'yesterday'", "summary:1"),
    "seal": ("UPDATE summary SET seal = 'x'", "summary:summary-x"),
    "text of a summary": ("UPDATE summary SET body = x'00'", "summary:1"),
    "text that is none": ("UPDATE summary SET body = CAST(x'ff' AS TEXT)", "summary:1"),
    "text of evidence": ("UPDATE evidence SET body = x'00'", "evidence:1"),
    "shape": ("UPDATE volume SET core = zeroblob(length(core)) WHERE id = 1", "volume:1"),
    "shape that is text": ("UPDATE volume SET core = 'x' WHERE id = 1", "volume:1"),
    "order of shapes": ("UPDATE volume SET position = 'x' WHERE id = 1", "zone:zone-x"),
    "text of a content": (
        "UPDATE content SET body = x'00' WHERE digest = (SELECT content_digest FROM zone)",
        "content:",
    ),
}


@pytest.mark.parametrize(("statement", "subject"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_named_and_hides_nothing_else(
    sqlite_url: str, statement: str, subject: str
) -> None:
    engine = connect(sqlite_url)
    store = Store(engine, a_frame())
    registry = Database(sqlite_url, engine, store)
    with store.write() as tx:
        tx.zones.add(a_zone(id="zone-x"), a_deed())
        tx.restrictions.add_all([a_restriction(), a_restriction(id="works")], a_deed())
        told = [a_summary(id="summary-x"), a_summary(id="summary-y")]
        tx.telemetry.record([(summary, some_evidence(summary)) for summary in told], NOW)
    store.refit()
    tamper(registry, "UPDATE restriction SET effect = 'x' WHERE id = 'works'")
    tamper(registry, "DELETE FROM evidence WHERE arrival = 2")
    before = set(store.verify())
    assert {"restriction:works", "summary:2"} == {defect.subject for defect in before}
    tamper(registry, statement)
    after = set(store.verify())
    assert before <= after
    assert any(defect.subject.startswith(subject) for defect in after - before)
    engine.dispose()


def test_another_ground_is_no_tampering_and_says_what_to_do(sql: Database) -> None:
    sql.store.refit()
    with sql.store.write() as tx:
        tx.zones.add(a_zone(id="zone-x", volume=a_volume(altitude=a_band())), a_deed())
    hilly = Store(sql.engine, replace(a_frame(), ground=Ground(450, 900, -44, -42)))
    (defect,) = hilly.verify()
    assert "testzone migrate" in defect.message
    hilly.refit()
    assert hilly.verify() == []


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
