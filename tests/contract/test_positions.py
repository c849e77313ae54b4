"""Positions: the last of each vehicle, numbered anew with every change, and the latest summary."""

from dataclasses import replace
from datetime import timedelta

import pytest

from geo.altitude import Reference
from service.domain.errors import Malformed
from service.domain.kinds import ControlMode
from service.domain.live import LastSummary
from service.usecases.ports import Query, UnitOfWork
from tests.builders import LAT, LON, NOW, a_deed, a_summary, a_vehicle, some_evidence
from tests.builders.live import a_position

MINUTE = timedelta(minutes=1)


def test_a_position_comes_back_as_it_was_told(store: UnitOfWork) -> None:
    told = a_position(
        altitude=120.5,
        altitude_reference=Reference.AGL,
        speed_mps=8.25,
        heading_deg=359.5,
        control_mode=ControlMode.automated,
        permit_id="permit-a",
    )
    bare = a_position("vehicle-b", horizontal_accuracy_m=None)
    with store.write() as tx:
        tx.positions.put_all([told, bare])
    with store.read() as tx:
        known = tx.positions.last(["vehicle-a", "vehicle-b", "vehicle-c"])
    assert known == {"vehicle-a": told, "vehicle-b": bare}
    assert known["vehicle-a"].heartbeat.control_mode is ControlMode.automated


def test_only_the_last_position_is_kept(store: UnitOfWork) -> None:
    later = a_position(at=NOW + MINUTE, lon=LON)
    with store.write() as tx:
        tx.positions.put_all([a_position()])
        tx.positions.put_all([later])
        assert tx.positions.last(["vehicle-a"]) == {"vehicle-a": later}
        assert tx.positions.page(Query()).items == (later,)


def test_changes_are_followed_by_their_numbers(store: UnitOfWork) -> None:
    first, other, again = a_position(), a_position("vehicle-b"), a_position(at=NOW + MINUTE)
    with store.write() as tx:
        assert tx.positions.head() == 0
        tx.positions.put_all([first])
        seen = tx.positions.head()
        tx.positions.put_all([other, again])
    with store.read() as tx:
        changed = tx.positions.after(seen, 10)
        assert [position for _, position in changed] == [other, again]
        assert changed[-1][0] == tx.positions.head()
        assert tx.positions.after(seen, 1) == changed[:1]
        assert list(tx.positions.after(tx.positions.head(), 10)) == []


def test_positions_are_paged_in_the_order_of_their_change(store: UnitOfWork) -> None:
    with store.write() as tx:
        for key in ("vehicle-b", "vehicle-a", "vehicle-c"):
            tx.positions.put_all([a_position(key)])
        first = tx.positions.page(Query(limit=2))
        second = tx.positions.page(Query(limit=2, cursor=first.next))
    listed = [position.vehicle_id for position in (*first.items, *second.items)]
    assert listed == ["vehicle-b", "vehicle-a", "vehicle-c"]
    assert second.next is None


def test_positions_are_told_by_owner_time_and_place(store: UnitOfWork) -> None:
    mine = a_position(permit_id="permit-a")
    far = a_position("vehicle-b", at=NOW + MINUTE, lon=103.0)
    theirs = replace(a_position("vehicle-c"), organisation_id="organisation-b")
    with store.write() as tx:
        for position in (mine, far, theirs):
            tx.positions.put_all([position])

        def keys(query: Query) -> list[str]:
            return [position.vehicle_id for position in tx.positions.page(query).items]

        assert keys(Query().only("organisation_id", {"organisation-a"})) == [
            "vehicle-a",
            "vehicle-b",
        ]
        assert keys(Query().only("permit_id", {"permit-a"})) == ["vehicle-a"]
        assert keys(Query(bbox=(LON, LAT, LON + 1, LAT + 1))) == ["vehicle-a", "vehicle-c"]
        assert keys(Query(updated_since=NOW + MINUTE)) == ["vehicle-b"]
        with pytest.raises(Malformed):
            keys(Query().only("colour", {"red"}))


def test_the_latest_summary_is_that_of_the_latest_drive(store: UnitOfWork) -> None:
    drive = {"started_at": NOW + MINUTE, "ended_at": NOW + 2 * MINUTE}
    late = a_summary(permit_id="permit-old", started_at=NOW - MINUTE, ended_at=NOW)
    with store.write() as tx:
        for key in ("vehicle-a", "vehicle-b"):
            tx.vehicles.add(a_vehicle(id=key), a_deed())
        for summary, after in ((a_summary(permit_id="permit-a", **drive), 3), (late, 9)):
            tx.telemetry.record([(summary, some_evidence(summary))], NOW + after * MINUTE)
        found = tx.positions.last_summaries(["vehicle-a", "vehicle-b", "vehicle-c"])
    assert found == {"vehicle-a": LastSummary(NOW + 3 * MINUTE, "permit-a")}
