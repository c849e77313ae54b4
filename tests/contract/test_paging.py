"""Lists: stable order, pages that fit together, filters in one place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.errors import Malformed
from service.domain.incident import Place
from service.domain.incident_kinds import PlacePrecision, TimePrecision
from service.domain.kinds import ApplicationState, ZoneKind, ZoneState
from service.usecases.ports import Query, UnitOfWork
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_content,
    a_deed,
    a_permit,
    a_planned_volume,
    a_schedule,
    a_square,
    a_vehicle,
    a_volume,
    a_zone,
    an_application,
    an_incident,
    some_facts,
)

HERE = (LON, LAT, LON + 0.01, LAT + 0.01)


def test_pages_hold_everything_once_in_the_order_it_came(store: UnitOfWork) -> None:
    vehicles = [a_vehicle() for _ in range(25)]
    with store.write() as tx:
        tx.vehicles.add_all(vehicles, a_deed())
    with store.read() as tx:
        first = tx.vehicles.page(Query(limit=10))
        second = tx.vehicles.page(Query(limit=10, cursor=first.next))
        third = tx.vehicles.page(Query(limit=10, cursor=second.next))
    assert [*first.items, *second.items, *third.items] == vehicles
    assert third.next is None


def test_a_page_that_ends_exactly_with_the_list_is_the_last(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.vehicles.add_all([a_vehicle() for _ in range(10)], a_deed())
        assert tx.vehicles.page(Query(limit=10)).next is None


def test_a_change_between_two_pages_moves_nothing(store: UnitOfWork) -> None:
    zones = [a_zone(state=ZoneState.published) for _ in range(4)]
    with store.write() as tx:
        tx.zones.add_all(zones, a_deed())
        first = tx.zones.page(Query(limit=2))
        tx.zones.put(zones[0].after("withdraw"), a_deed("withdraw"))
        assert tx.zones.page(Query(limit=2, cursor=first.next)).items == tuple(zones[2:])


@pytest.mark.parametrize("cursor", ["", "-1", "zz", "1" * 40, "0x1", " 1"])
def test_a_cursor_of_nobodys_making_is_malformed(store: UnitOfWork, cursor: str) -> None:
    with store.read() as tx, pytest.raises(Malformed):
        tx.zones.page(Query(cursor=cursor))


def test_a_list_is_narrowed_to_some_values_of_a_column(store: UnitOfWork) -> None:
    draft = an_application(state=ApplicationState.draft)
    submitted = an_application(state=ApplicationState.submitted)
    other = an_application(state=ApplicationState.submitted, organisation_id="organisation-b")
    query = Query().only("state", {"submitted", "joint_review"})
    with store.write() as tx:
        tx.applications.add_all([draft, submitted, other], a_deed())
        assert tx.applications.page(query).items == (submitted, other)
        both = query.only("organisation_id", {"organisation-b"})
        assert tx.applications.page(both).items == (other,)
        assert tx.applications.page(query.only("state", {"draft"})).items == ()


def test_a_filter_follows_the_current_state(store: UnitOfWork) -> None:
    zone = a_zone(state=ZoneState.published, zone_kind=ZoneKind.closed_site)
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
        tx.zones.put(zone.after("withdraw"), a_deed("withdraw"))
        assert tx.zones.page(Query().only("state", {"published"})).items == ()
        assert tx.zones.page(Query().only("zone_kind", {"closed_site"})).items != ()


@pytest.mark.parametrize("column", ["colour", "id", "seq", "content_digest", "name", "salt"])
def test_a_column_that_lists_do_not_tell_by_is_malformed(store: UnitOfWork, column: str) -> None:
    with store.read() as tx, pytest.raises(Malformed, match=column):
        tx.people.page(Query().only(column, {"x"}))


def test_what_has_no_place_cannot_be_asked_by_place(store: UnitOfWork) -> None:
    with store.read() as tx, pytest.raises(Malformed):
        tx.vehicles.page(Query(bbox=HERE))


def test_what_has_no_time_cannot_be_asked_by_time(store: UnitOfWork) -> None:
    with store.read() as tx, pytest.raises(Malformed):
        tx.vehicles.page(Query(at=NOW))


def test_a_box_keeps_what_lies_in_it_whatever_its_state(store: UnitOfWork) -> None:
    here = a_zone(state=ZoneState.proposed)
    there = a_zone(volume=a_volume(a_square(LON + 0.5, LAT)))
    with store.write() as tx:
        tx.zones.add_all([here, there], a_deed())
        assert tx.zones.page(Query(bbox=HERE)).items == (here,)


def test_a_thing_of_two_volumes_in_the_box_is_listed_once(store: UnitOfWork) -> None:
    volumes = (a_planned_volume(), a_planned_volume(volume=a_volume(a_square(side=0.005))))
    permit = a_permit(content=a_content(volumes=volumes))
    with store.write() as tx:
        tx.permits.add(permit, a_deed())
        assert tx.permits.page(Query(bbox=HERE)).items == (permit,)


def test_a_time_keeps_the_zones_scheduled_then(store: UnitOfWork) -> None:
    now = a_zone(volume=a_volume(schedule=a_schedule(end=NOW + timedelta(days=1))))
    later = a_zone(volume=a_volume(schedule=a_schedule(start=NOW + timedelta(days=2), end=None)))
    with store.write() as tx:
        tx.zones.add_all([now, later], a_deed())
        assert tx.zones.page(Query(at=NOW + timedelta(hours=1))).items == (now,)
        assert tx.zones.page(Query(at=NOW + timedelta(days=3), bbox=HERE)).items == (later,)


def test_a_time_keeps_the_permits_valid_then_half_open(store: UnitOfWork) -> None:
    permit = a_permit()
    with store.write() as tx:
        tx.permits.add(permit, a_deed())
        assert tx.permits.page(Query(at=permit.content.valid_from)).items == (permit,)
        assert tx.permits.page(Query(at=permit.content.valid_to)).items == ()


def test_updated_since_keeps_what_changed_then_or_later(store: UnitOfWork) -> None:
    old, new = a_zone(), a_zone()
    later = NOW + timedelta(hours=1)
    with store.write() as tx:
        tx.zones.add_all([old, new], a_deed())
        tx.zones.put(new.after("withdraw"), a_deed("withdraw", at=later))
        assert tx.zones.page(Query(updated_since=later)).items == (new.after("withdraw"),)


def test_incidents_are_found_by_place_and_by_when_they_may_have_occurred(store: UnitOfWork) -> None:
    instant = an_incident(facts=some_facts(occurred_at=NOW))
    some_day = an_incident(facts=some_facts(occurred_at=NOW, occurred_precision=TimePrecision.day))
    nowhere = Place(PlacePrecision.unknown, "somewhere")
    unplaced = an_incident(facts=some_facts(occurred_at=NOW, place=nowhere))
    with store.write() as tx:
        tx.incidents.add_all([instant, some_day, unplaced], a_deed())
        assert tx.incidents.page(Query(bbox=HERE)).items == (instant, some_day)
        assert tx.incidents.page(Query(bbox=(0, 0, 1, 1))).items == ()
        assert tx.incidents.page(Query(at=NOW)).items == (instant, some_day, unplaced)
        hours_before = Query(at=NOW - timedelta(hours=5))
        assert tx.incidents.page(hours_before).items == (some_day,)
        assert tx.incidents.page(replace(hours_before, bbox=HERE)).items == (some_day,)
        assert tx.incidents.page(Query(at=NOW + timedelta(days=1))).items == ()


@pytest.mark.parametrize("year", [1, 9999])
def test_an_incident_at_the_end_of_all_clocks_can_be_stored(store: UnitOfWork, year: int) -> None:
    at = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=UTC)
    facts = some_facts(occurred_at=at, occurred_precision=TimePrecision.month)
    with store.write() as tx:
        tx.incidents.add(an_incident(facts=facts), a_deed())
