"""Telemetry: counted once, listed as it arrived, sealed by the hour."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from service.domain.errors import Malformed
from service.domain.telemetry import Summary
from service.usecases.ports import Query, Tx, UnitOfWork
from tests.builders import LAT, LON, NOW, a_deed, a_summary, a_track, some_evidence
from tests.contract.conftest import Database


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
        (back,) = tx.telemetry.summaries(Query()).items
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
    assert [s.id for s in (*first.items, *second.items)] == [late.id, early.id]
    assert second.next is None


def test_summaries_are_told_by_owner_time_and_place(store: UnitOfWork) -> None:
    mine = a_summary(vehicle_id="vehicle-b")
    far = a_track(lonlat=np.array([(103.0, 31.0), (103.1, 31.0), (103.2, 31.0)]))
    other = a_summary(started_at=NOW - timedelta(hours=1), ended_at=NOW, track=far)
    with store.write() as tx:
        record(tx, mine, after=timedelta(hours=1))
        record(tx, other)

        def ids(query: Query) -> list[str]:
            return [summary.id for summary in tx.telemetry.summaries(query).items]

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


def test_the_times_of_a_vehicle_are_told_in_their_order(store: UnitOfWork) -> None:
    hours = [NOW + timedelta(hours=h) for h in range(5)]
    with store.write() as tx:
        for start in (hours[2], hours[1], hours[3], hours[0]):
            record(tx, a_summary(started_at=start, ended_at=start + timedelta(hours=9)))
        record(tx, a_summary(vehicle_id="vehicle-b", started_at=hours[1]))
        told = tx.telemetry.told_of("vehicle-a", hours[0], hours[3])
        nothing = tx.telemetry.told_of("vehicle-c", hours[0], hours[3])
    assert list(told) == [(start, start + timedelta(hours=9)) for start in hours[1:3]]
    assert list(nothing) == []


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
    assert [summary.vehicle_id for summary in listed] == ["vehicle-a", "vehicle-b"]
