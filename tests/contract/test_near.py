"""The candidate search: never too little, and the same from every store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from geo.altitude import AltitudeBand, Reference, Unit
from geo.separation import NONE, Separation
from geo.volume import Volume4D
from service.adapters.db.envelopes import box_around
from service.domain.application import Application
from service.domain.kinds import ApplicationState, PermitState, RestrictionState, ZoneState
from service.domain.permit import Permit
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.zone import Zone
from service.usecases.ports import UnitOfWork
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_band,
    a_content,
    a_deed,
    a_frame,
    a_line,
    a_permit,
    a_planned_volume,
    a_restriction,
    a_road,
    a_schedule,
    a_square,
    a_volume,
    a_zone,
    an_application,
    nights,
)

ALL = frozenset({Road, Zone, Restriction, Permit, Application})


def a_random_volume(random: Random) -> Volume4D:
    """Lines, areas and points, with and without heights and ends, all over the city."""
    lon, lat = 103.8 + 0.5 * random.random(), 30.4 + 0.5 * random.random()
    core = random.choice([a_square(lon, lat, 0.02), a_line((lon, lat), (lon + 0.03, lat + 0.01))])
    bands = [
        None,
        AltitudeBand(None, 100, Unit.m, Reference.AGL),
        AltitudeBand(random.choice([0, 110, 300]), 350, Unit.m, Reference.AMSL),
        AltitudeBand(400, None, Unit.ft, Reference.WGS84),
        AltitudeBand(10, 20, Unit.FL, Reference.WGS84),
    ]
    start = NOW + timedelta(days=random.randrange(300))
    end = random.choice([None, start + timedelta(days=30), start + timedelta(minutes=1)])
    schedule = a_schedule(start=start, end=end, weekly=random.choice([(), (nights(),)]))
    radius_m = random.choice([0.0, 30.0, 2_000.0])
    return a_volume(core, radius_m, altitude=random.choice(bands), schedule=schedule)


def found(store: UnitOfWork, volume: Volume4D, margin: Separation = NONE) -> set[str]:
    """The ids of everything near the volume."""
    with store.read() as tx:
        near = tx.nearby.near([volume], margin, ALL)
    groups: Sequence[Sequence[Road | Zone | Restriction | Permit | Application]] = (
        near.roads,
        near.zones,
        near.restrictions,
        near.permits,
        near.applications,
    )
    return {value.id for group in groups for value in group}


def test_random_volumes_are_found_exactly_where_their_boxes_meet(store: UnitOfWork) -> None:
    random = Random(2026)
    restrictions = [a_restriction(volume=a_random_volume(random)) for _ in range(400)]
    margin = Separation(300, 30, timedelta(minutes=10))
    ground = a_frame().ground
    with store.write() as tx:
        tx.restrictions.add_all(restrictions, a_deed())
    for _ in range(40):
        volume = a_random_volume(random)
        box = box_around(volume, ground, margin)
        meeting = {r.id for r in restrictions if box.meets(box_around(r.volume, ground))}
        assert found(store, volume, margin) == meeting


def test_everything_that_counts_is_found_kind_by_kind(store: UnitOfWork) -> None:
    road, zone, restriction = a_road(), a_zone(), a_restriction()
    permit, application = a_permit(), an_application()
    with store.write() as tx:
        tx.roads.add(road, a_deed())
        tx.zones.add(zone, a_deed())
        tx.restrictions.add(restriction, a_deed())
        tx.permits.add(permit, a_deed())
        tx.applications.add(application, a_deed())
        near = tx.nearby.near([a_volume()], NONE, ALL)
        only = tx.nearby.near([a_volume()], NONE, frozenset({Zone}))
    assert (near.roads, near.zones, near.restrictions) == ((road,), (zone,), (restriction,))
    assert (near.permits, near.applications) == ((permit,), (application,))
    assert (only.zones, only.permits, only.roads) == ((zone,), (), ())


@pytest.mark.parametrize("state", PermitState)
def test_permits_count_while_they_allocate(store: UnitOfWork, state: PermitState) -> None:
    permit = a_permit(state=state)
    with store.write() as tx:
        tx.permits.add(permit, a_deed())
    assert found(store, a_volume()) == ({permit.id} if permit.allocates else set())


def test_what_does_not_count_is_not_found(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.zones.add(a_zone(state=ZoneState.assessed), a_deed())
        tx.restrictions.add(a_restriction(state=RestrictionState.draft), a_deed())
        tx.applications.add(an_application(state=ApplicationState.draft), a_deed())
    assert found(store, a_volume()) == set()


def test_a_change_of_state_is_seen_in_the_same_transaction(store: UnitOfWork) -> None:
    zone = a_zone(state=ZoneState.published)
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
        assert tx.nearby.near([a_volume()], NONE, ALL).zones == (zone,)
        tx.zones.put(zone.after("withdraw"), a_deed("withdraw"))
        assert tx.nearby.near([a_volume()], NONE, ALL).zones == ()


def test_a_volume_that_moved_is_found_where_it_is_and_no_longer_where_it_was(
    store: UnitOfWork,
) -> None:
    zone = a_zone()
    elsewhere = a_volume(a_square(LON + 0.3, LAT + 0.3))
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
        tx.zones.put(replace(zone, revision=2, volume=elsewhere), a_deed("edit"))
    assert found(store, a_volume()) == set()
    assert found(store, elsewhere) == {zone.id}


def test_each_is_found_once_however_many_volumes_meet(store: UnitOfWork) -> None:
    volumes = (a_planned_volume(), a_planned_volume(volume=a_volume(a_square(side=0.005))))
    permit = a_permit(content=a_content(volumes=volumes))
    with store.write() as tx:
        tx.permits.add(permit, a_deed())
        asked = [a_volume(), a_volume(a_square(side=0.002)), a_volume(a_line())]
        assert tx.nearby.near(asked, NONE, ALL).permits == (permit,)


def test_hundreds_of_volumes_are_asked_about_at_once(store: UnitOfWork) -> None:
    zones = [a_zone(volume=a_volume(a_square(103 + n / 100, LAT, 0.001))) for n in range(150)]
    with store.write() as tx:
        tx.zones.add_all(zones, a_deed())
        near = tx.nearby.near([zone.volume for zone in zones] * 3, NONE, ALL)
    assert {zone.id for zone in near.zones} == {zone.id for zone in zones}


@pytest.mark.parametrize(
    ("margin", "away"),
    [
        (Separation(0, 0, timedelta(0)), {"core": a_square(LON + 0.0101, LAT)}),
        (Separation(0, 0, timedelta(0)), {"altitude": a_band(230, 240)}),
        (
            Separation(0, 0, timedelta(0)),
            {"schedule": a_schedule(start=NOW + timedelta(days=91), end=None)},
        ),
    ],
    ids=["place", "height", "time"],
)
def test_what_lies_apart_is_near_with_a_margin_and_not_without(
    store: UnitOfWork, margin: Separation, away: dict[str, object]
) -> None:
    restriction = a_restriction(volume=a_volume(altitude=a_band(60, 120)))
    volume = a_volume(**{"altitude": a_band(60, 120), **away})
    wide = Separation(20, 120, timedelta(days=2))
    with store.write() as tx:
        tx.restrictions.add(restriction, a_deed())
    assert found(store, volume, margin) == set()
    assert found(store, volume, wide) == {restriction.id}


def test_the_radius_counts_on_both_sides(store: UnitOfWork) -> None:
    corridor = a_zone(volume=a_volume(a_line((LON, LAT), (LON, LAT + 0.01)), 60))
    parallel = a_line((LON + 0.001, LAT), (LON + 0.001, LAT + 0.01))
    with store.write() as tx:
        tx.zones.add(corridor, a_deed())
    assert found(store, a_volume(parallel, 0)) == set()
    assert found(store, a_volume(parallel, 60)) == {corridor.id}


def test_what_has_no_stated_height_is_near_at_every_height(store: UnitOfWork) -> None:
    ground = a_restriction(volume=a_volume())
    with store.write() as tx:
        tx.restrictions.add(ground, a_deed())
    assert found(store, a_volume(altitude=a_band(5_000, 6_000))) == {ground.id}


def test_what_has_no_end_is_near_in_the_far_future(store: UnitOfWork) -> None:
    zone = a_zone(volume=a_volume(schedule=a_schedule(end=None)))
    far = a_schedule(start=NOW + timedelta(days=365 * 500), end=None)
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
    assert found(store, a_volume(schedule=far)) == {zone.id}


def test_nothing_is_near_nothing(store: UnitOfWork) -> None:
    with store.write() as tx:
        tx.zones.add(a_zone(), a_deed())
        assert tx.nearby.near([], NONE, ALL).zones == ()
        assert tx.nearby.near([a_volume()], NONE, frozenset()).zones == ()
