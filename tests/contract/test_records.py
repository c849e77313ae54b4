"""Records: what goes in comes out, nothing goes in without its journal line."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from service.domain.errors import NotFound, Refused
from service.domain.kinds import ApplicationState, ZoneState
from service.usecases.ports import Query, UnitOfWork
from tests.builders import (
    NOW,
    a_band,
    a_content,
    a_deed,
    a_district,
    a_permit,
    a_person,
    a_restriction,
    a_road,
    a_schedule,
    a_vehicle,
    a_violation,
    a_volume,
    a_zone,
    an_application,
    an_import,
    an_incident,
    an_insurance,
    an_organisation,
    nights,
)

SAMPLES = {
    "roads": a_road(),
    "districts": a_district(),
    "zones": a_zone(),
    "restrictions": a_restriction(),
    "organisations": an_organisation(),
    "people": a_person(),
    "vehicles": a_vehicle(),
    "insurance": an_insurance(),
    "applications": an_application(),
    "permits": a_permit(),
    "violations": a_violation(),
    "incidents": an_incident(),
    "imports": an_import(),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_value_of_every_kind_comes_back_as_it_was(store: UnitOfWork, name: str) -> None:
    value = SAMPLES[name]
    with store.write() as tx:
        getattr(tx, name).add(value, a_deed())
    with store.read() as tx:
        assert getattr(tx, name).get(value.id) == value


def test_a_volume_with_height_levels_and_windows_comes_back_as_it_was(store: UnitOfWork) -> None:
    volume = a_volume(
        altitude=a_band(None, 120),
        levels=frozenset({-1, 0, 1}),
        schedule=a_schedule(end=None, weekly=(nights(),), except_dates=frozenset({NOW.date()})),
    )
    zone = a_zone(volume=volume)
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
    with store.read() as tx:
        assert tx.zones.get(zone.id).volume == volume


def test_what_is_not_there_is_not_found(store: UnitOfWork) -> None:
    with store.read() as tx, pytest.raises(NotFound):
        tx.permits.get("permit-nowhere")


def test_find_gives_those_that_exist(store: UnitOfWork) -> None:
    vehicle = a_vehicle()
    with store.write() as tx:
        tx.vehicles.add(vehicle, a_deed())
        assert tx.vehicles.find([vehicle.id, "vehicle-nowhere"]) == {vehicle.id: vehicle}


def test_put_replaces_the_value(store: UnitOfWork) -> None:
    zone = a_zone(state=ZoneState.published)
    withdrawn = zone.after("withdraw")
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
    with store.write() as tx:
        tx.zones.put(withdrawn, a_deed("withdraw"))
    with store.read() as tx:
        assert tx.zones.get(zone.id) == withdrawn
        assert tx.zones.count() == 1


def test_put_of_what_is_not_there_is_refused_and_writes_nothing(store: UnitOfWork) -> None:
    with store.write() as tx:
        with pytest.raises(NotFound):
            tx.zones.put(a_zone(), a_deed())
        assert tx.journal.head()[0] == 0


def test_an_id_is_taken_once(store: UnitOfWork) -> None:
    road = a_road()
    with store.write() as tx:
        tx.roads.add(road, a_deed())
    with store.write() as tx, pytest.raises(Refused, match=road.id):
        tx.roads.add_all([a_road(), road], a_deed())


def test_the_same_id_twice_in_one_batch_is_refused(store: UnitOfWork) -> None:
    road = a_road()
    with store.write() as tx, pytest.raises(Refused, match=road.id):
        tx.roads.add_all([road, replace(road, level=1)], a_deed())


def test_two_values_with_the_same_content_but_for_the_id_are_two(store: UnitOfWork) -> None:
    one, other = a_vehicle(), a_vehicle()
    with store.write() as tx:
        tx.vehicles.add_all([one, other], a_deed())
    with store.read() as tx:
        assert tx.vehicles.page(Query()).items == (one, other)


def test_adding_nothing_writes_nothing(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.roads.add_all([], a_deed())
        assert tx.journal.head()[0] == 0


def test_a_value_that_returns_to_an_earlier_state_is_stored(store: UnitOfWork) -> None:
    draft = an_application(state=ApplicationState.draft)
    edited = draft.edited(a_content(title="别的"))
    with store.write() as tx:
        for value, write in (
            (draft, tx.applications.add),
            (edited, tx.applications.put),
            (draft, tx.applications.put),
        ):
            write(value, a_deed())
    with store.read() as tx:
        assert tx.applications.get(draft.id) == draft


def test_times_come_back_in_utc_whatever_offset_they_had(store: UnitOfWork) -> None:
    start = datetime(2026, 10, 1, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    permit = a_permit(confirmed_at=start)
    with store.write() as tx:
        tx.permits.add(permit, a_deed())
    with store.read() as tx:
        assert tx.permits.get(permit.id).confirmed_at == start


def test_a_naive_time_is_refused(store: UnitOfWork) -> None:
    naive = a_permit(confirmed_at=datetime(2026, 10, 1))
    with store.write() as tx, pytest.raises(ValueError, match="offset"):
        tx.permits.add(naive, a_deed())


def test_a_rollback_leaves_nothing(store: UnitOfWork) -> None:
    vehicle = a_vehicle()

    def fail() -> None:
        with store.write() as tx:
            tx.vehicles.add(vehicle, a_deed())
            assert tx.vehicles.get(vehicle.id) == vehicle
            raise RuntimeError("never mind")

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert tx.vehicles.find([vehicle.id]) == {}
        assert tx.vehicles.count() == 0
        assert tx.journal.head()[0] == 0


def test_what_was_read_in_a_transaction_that_failed_is_not_remembered(store: UnitOfWork) -> None:
    zone = a_zone()

    def fail() -> None:
        with store.write() as tx:
            tx.zones.put(zone.after("withdraw"), a_deed("withdraw"))
            tx.zones.get(zone.id)
            raise RuntimeError("never mind")

    with store.write() as tx:
        tx.zones.add(zone, a_deed())
    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert tx.zones.get(zone.id) == zone


def test_a_transaction_that_reads_cannot_write(store: UnitOfWork) -> None:
    with store.read() as tx, pytest.raises(Exception, match=r"(?i)read"):
        tx.vehicles.add(a_vehicle(), a_deed())


def test_a_reader_sees_one_state_while_another_writes(store: UnitOfWork) -> None:
    with store.read() as before:
        assert before.vehicles.count() == 0
        with store.write() as tx:
            tx.vehicles.add(a_vehicle(), a_deed())
        assert before.vehicles.count() == 0


def test_thousands_are_added_at_once(store: UnitOfWork) -> None:
    roads = [a_road() for _ in range(6_195)]
    with store.write() as tx:
        tx.roads.add_all(roads, a_deed("import"))
    with store.read() as tx:
        assert tx.roads.count() == 6_195
        assert tx.journal.head()[0] == 6_195
        assert tx.roads.find([road.id for road in roads]) == {road.id: road for road in roads}
