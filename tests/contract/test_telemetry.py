"""Telemetry: counted once, listed as it arrived, sealed by the hour."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from geo.text import Text
from service.domain.dead_letter import Channel, DeadLetter
from service.domain.errors import Malformed, NotFound, Problem
from service.domain.evidence import Mileage, Part, Where
from service.domain.kinds import ControlMode, Role
from service.domain.telemetry import Outcome, Summary
from service.usecases.ports import Query, Tx, UnitOfWork
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_deed,
    a_summary,
    a_track,
    a_vehicle,
    an_actor,
    some_evidence,
)
from tests.contract.conftest import Database

AUTO = ControlMode.automated
OF_B = {"organisation_id": "organisation-b", "vehicle_id": "vehicle-b", "permit_id": "permit-b"}


def record(tx: Tx, *summaries: Summary, after: timedelta = timedelta(0)) -> None:
    tx.telemetry.record([(s, some_evidence(s)) for s in summaries], NOW + after)


def test_a_recorded_key_is_seen_with_its_digest(store: UnitOfWork) -> None:
    first, other = a_summary(digest="d1"), a_summary()
    with store.write() as tx:
        record(tx, first)
        assert tx.telemetry.seen([first.key, other.key]) == {first.key: "d1"}


def test_the_same_number_after_another_boot_is_another_key(store: UnitOfWork) -> None:
    first = a_summary(seq=1, boot_id="one")
    with store.write() as tx:
        record(tx, first, a_summary(seq=1, boot_id="two"), a_summary(seq=1, vehicle_id="vehicle-b"))
        assert len(tx.telemetry.summaries(Query()).items) == 3


def test_a_key_is_never_recorded_twice(sql: Database) -> None:
    with sql.store.write() as tx:
        record(tx, a_summary(boot_id="one", seq=1))
    with pytest.raises(IntegrityError), sql.store.write() as tx:
        record(tx, a_summary(boot_id="one", seq=1))


def test_a_summary_comes_back_with_its_track_as_it_was(store: UnitOfWork) -> None:
    track = a_track(
        speeds_mps=np.array([0.1, 1 / 3, 12.0]),
        altitudes=np.array([500.123456789, 501.0, 502.0]),
        altitude_reference="AMSL",
    )
    summary = a_summary(track=track)
    with store.write() as tx:
        record(tx, summary)
    with store.read() as tx:
        (arrival,) = tx.telemetry.summaries(Query()).items
    back = arrival.summary
    assert arrival.received_at == NOW
    for name in ("lonlat", "times", "speeds_mps", "altitudes"):
        assert np.array_equal(getattr(back.track, name), getattr(track, name))
    assert (back.track.modes, back.track.altitude_reference) == (track.modes, "AMSL")
    assert (back.key, back.distance_km, back.digest) == (
        summary.key,
        summary.distance_km,
        summary.digest,
    )


def test_five_hundred_arrive_at_once(store: UnitOfWork) -> None:
    summaries = [a_summary() for _ in range(500)]
    with store.write() as tx:
        record(tx, *summaries)
        assert len(tx.telemetry.seen([s.key for s in summaries])) == 500


def test_recording_nothing_is_nothing(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.telemetry.record([], NOW)
        assert tx.telemetry.summaries(Query()).items == ()


def test_summaries_are_listed_as_they_arrived(store: UnitOfWork) -> None:
    late, early = a_summary(), a_summary(started_at=NOW - timedelta(days=1))
    with store.write() as tx:
        record(tx, late)
        record(tx, early)
        first = tx.telemetry.summaries(Query(limit=1))
        second = tx.telemetry.summaries(Query(limit=1, cursor=first.next))
    assert [a.summary.id for a in (*first.items, *second.items)] == [late.id, early.id]
    assert second.next is None


def test_summaries_are_told_by_owner_time_and_place(store: UnitOfWork) -> None:
    mine = a_summary(vehicle_id="vehicle-b")
    far = a_track(lonlat=np.array([(103.0, 31.0), (103.1, 31.0), (103.2, 31.0)]))
    other = a_summary(started_at=NOW - timedelta(hours=1), ended_at=NOW, track=far)
    with store.write() as tx:
        record(tx, mine, after=timedelta(hours=1))
        record(tx, other)

        def ids(query: Query) -> list[str]:
            return [arrival.summary.id for arrival in tx.telemetry.summaries(query).items]

        assert ids(Query().only("vehicle_id", {"vehicle-b"})) == [mine.id]
        assert ids(Query(at=NOW - timedelta(minutes=1))) == [other.id]
        assert ids(Query(at=NOW)) == [mine.id]
        assert ids(Query(bbox=(LON, LAT, LON + 0.1, LAT + 0.1))) == [mine.id]
        assert ids(Query(updated_since=NOW + timedelta(minutes=1))) == [mine.id]
        with pytest.raises(Malformed):
            ids(Query().only("colour", {"red"}))


def test_evidence_is_told_by_owner(store: UnitOfWork) -> None:
    one, other = a_summary(permit_id="permit-a"), a_summary(permit_id="permit-b")
    with store.write() as tx:
        record(tx, one, other)
        found = tx.telemetry.evidence(Query().only("permit_id", {"permit-a"}))
        every = tx.telemetry.evidence(Query().only("organisation_id", {"organisation-a"}))
    assert found == [some_evidence(one)]
    assert every == [some_evidence(one), some_evidence(other)]


def test_times_are_told_that_share_some_with_the_window_of_their_vehicle(store: UnitOfWork) -> None:
    hours = [NOW + timedelta(hours=h) for h in range(6)]
    spans = [(hours[3], hours[5]), (hours[0], hours[2]), (hours[2], hours[3]), (hours[4], hours[5])]
    with store.write() as tx:
        for start, end in spans:
            record(tx, a_summary(started_at=start, ended_at=end))
        record(tx, a_summary(vehicle_id="vehicle-b", started_at=hours[1], ended_at=hours[2]))
        windows = {"vehicle-a": (hours[1], hours[4]), "vehicle-c": (hours[0], hours[5])}
        told = tx.telemetry.told_of(windows)
    assert list(told["vehicle-a"]) == sorted(spans[:3])
    assert not told.get("vehicle-c")


# boots


def numbered(*seqs: int, **more: str) -> list[Summary]:
    return [a_summary(seq=seq, boot_id="b", **more) for seq in seqs]


def missing(tx: Tx, **among: str) -> list[tuple[int, int]]:
    query = Query()
    for name, value in among.items():
        query = query.only(name, {value})
    return [(gap.first_seq, gap.last_seq) for gap in tx.telemetry.gaps(query).items]


def test_numbers_are_answered_for_up_to_the_first_that_is_missing(store: UnitOfWork) -> None:
    with store.write() as tx:
        assert tx.telemetry.upto("vehicle-a", "b") == 0
        record(tx, *numbered(1, 2, 5))
        assert tx.telemetry.upto("vehicle-a", "b") == 2
    with store.write() as tx:
        record(tx, *numbered(4))
        record(tx, *numbered(3))
        assert tx.telemetry.upto("vehicle-a", "b") == 5
    with store.read() as tx:
        assert tx.telemetry.upto("vehicle-a", "b") == 5
        assert tx.telemetry.upto("vehicle-a", "another") == 0


def test_a_refused_number_is_answered_for_and_may_still_be_recorded(store: UnitOfWork) -> None:
    (later,) = numbered(2)
    with store.write() as tx:
        tx.telemetry.record([], NOW, [("vehicle-a", "b", 1), later.key])
        assert tx.telemetry.upto("vehicle-a", "b") == 2
        assert tx.telemetry.seen([later.key]) == {}
        record(tx, later)
        assert tx.telemetry.seen([later.key]) == {later.key: later.digest}


def test_gaps_are_listed_as_they_open_and_gone_once_they_are_filled(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.vehicles.add(a_vehicle(id="vehicle-a"), a_deed())
        tx.vehicles.add(a_vehicle(id="vehicle-b", organisation_id="organisation-b"), a_deed())
        record(tx, *numbered(3, 10), *numbered(2, vehicle_id="vehicle-b"))
        assert missing(tx, vehicle_id="vehicle-a") == [(1, 2), (4, 9)]
        assert missing(tx, organisation_id="organisation-b") == [(1, 1)]
        record(tx, *numbered(1, 2, 4, 6))
        assert missing(tx, vehicle_id="vehicle-a") == [(5, 5), (7, 9)]
        first = tx.telemetry.gaps(Query(limit=2))
        second = tx.telemetry.gaps(Query(limit=2, cursor=first.next))
        assert (len(first.items), len(second.items), second.next) == (2, 1, None)


def test_what_is_rolled_back_was_answered_to_nobody(store: UnitOfWork) -> None:
    def fail() -> None:
        with store.write() as tx:
            record(tx, *numbered(1))
            raise RuntimeError("never mind")

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert tx.telemetry.upto("vehicle-a", "b") == 0


# dead letters


def a_letter(text: str = "{}", **changes: Any) -> DeadLetter:
    problem = Problem("/seq", "missing", Text("缺少", "Missing"))
    actor = an_actor(Role.vehicle, id="vehicle-a", organisation_id="organisation-a")
    key = ("vehicle-a", "b", 1)
    return replace(DeadLetter.of(actor, Channel.http, NOW, key, problem, text), **changes)


def test_a_letter_comes_back_as_it_was_buried(store: UnitOfWork) -> None:
    letter, unknown = a_letter(), a_letter("no json", key=None, channel=Channel.mqtt)
    with store.write() as tx:
        tx.dead_letters.bury([letter, unknown])
    with store.read() as tx:
        assert tx.dead_letters.get(letter.id) == letter
        assert tx.dead_letters.get(unknown.id) == unknown
        with pytest.raises(NotFound):
            tx.dead_letters.get("another")


def test_the_same_text_is_one_letter_with_the_latest_reason(store: UnitOfWork) -> None:
    other = Problem("/path", "unprovable", Text("无法计算", "It cannot be computed"))
    with store.write() as tx:
        tx.dead_letters.bury([a_letter()])
        tx.dead_letters.bury([a_letter(problem=other, received_at=NOW + timedelta(hours=1))])
        (kept,) = tx.dead_letters.page(Query()).items
    assert kept == a_letter(problem=other)


def test_letters_are_told_apart_and_paged(store: UnitOfWork) -> None:
    letters = [a_letter(str(n), organisation_id=f"organisation-{n % 2}") for n in range(5)]
    with store.write() as tx:
        tx.dead_letters.bury(letters)
        mine = Query(limit=2).only("organisation_id", {"organisation-0"})
        first = tx.dead_letters.page(mine)
        second = tx.dead_letters.page(replace(mine, cursor=first.next))
        assert (*first.items, *second.items) == tuple(letters[::2])
        assert tx.dead_letters.page(Query().only("code", {"other"})).items == ()


def test_what_became_of_a_letter_is_noted(store: UnitOfWork) -> None:
    letter = a_letter()
    with store.write() as tx:
        tx.dead_letters.bury([letter])
        tx.dead_letters.replayed(letter.id, Outcome.accepted, NOW)
        kept = tx.dead_letters.get(letter.id)
    assert kept == replace(letter, outcome=Outcome.accepted, replayed_at=NOW)


# seals


def test_a_seal_covers_what_arrived_before_and_was_not_covered(store: UnitOfWork) -> None:
    hour = timedelta(hours=1)
    with store.write() as tx:
        record(tx, a_summary(), a_summary())
        record(tx, a_summary(), after=hour)
        assert tx.telemetry.unsealed_before(NOW + hour) == 2
        assert tx.telemetry.seal(NOW + hour, a_deed("seal")) == 2
        assert tx.telemetry.unsealed_before(NOW + hour) == 0
        assert tx.telemetry.seal(NOW + 2 * hour, a_deed("seal")) == 1
        assert [line.action for line in tx.journal.page(0, 10)] == ["seal", "seal"]


def test_a_seal_of_nothing_writes_no_line(store: UnitOfWork) -> None:
    with store.write() as tx:
        record(tx, a_summary())
        assert tx.telemetry.seal(NOW, a_deed("seal")) == 0
        assert tx.journal.head()[0] == 0


def test_telemetry_that_is_rolled_back_was_never_seen(store: UnitOfWork) -> None:
    summary = a_summary()

    def fail() -> None:
        with store.write() as tx:
            record(tx, summary)
            raise RuntimeError("never mind")

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert tx.telemetry.seen([summary.key]) == {}


def test_two_vehicles_may_give_their_summaries_the_same_id(store: UnitOfWork) -> None:
    one, other = (
        a_summary(id="1", vehicle_id="vehicle-a"),
        a_summary(id="1", vehicle_id="vehicle-b"),
    )
    with store.write() as tx:
        record(tx, one, other)
        tx.telemetry.seal(NOW + timedelta(hours=1), a_deed("seal"))
        listed = tx.telemetry.summaries(Query()).items
    assert [arrival.summary.vehicle_id for arrival in listed] == ["vehicle-a", "vehicle-b"]


def test_parts_of_evidence_are_added_up_by_what_is_asked(store: UnitOfWork) -> None:
    first, second = (Where(date(2026, 10, day), AUTO, "zone-1", "r1", True) for day in (1, 2))
    back = replace(first, forward=False)
    one = some_evidence(a_summary(), parts=(Part(first, 1.5, 0.1, 1, 1), Part(back, 0.5, 0.1, 1)))
    other = some_evidence(a_summary(), parts=(Part(second, 2.0, 0.2, 1, 0),), **OF_B)
    with store.write() as tx:
        tx.telemetry.record([(a_summary(), one), (a_summary(), other)], NOW)
        by_way = tx.telemetry.mileage(Query(), ["stretch_id", "forward"])
        by_day = tx.telemetry.mileage(Query().only("permit_id", ["permit-a"]), ["day"])
    assert by_way == [
        Mileage(("r1", False), AUTO, 0.5, 0.1, 1, 0),
        Mileage(("r1", True), AUTO, 3.5, pytest.approx(0.3), 2, 1),
    ]
    assert by_day == [Mileage((date(2026, 10, 1),), AUTO, 2.0, 0.2, 2, 1)]
    assert [mileage.passes for mileage in by_way] == [0, 1]
