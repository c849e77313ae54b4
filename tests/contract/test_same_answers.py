"""A check of what a store finds says what a check of everything says, whatever the store."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from random import Random
from typing import Any

from geo.altitude import AltitudeBand, Reference, Unit
from geo.footprint import Footprint
from geo.network import StretchUse
from geo.volume import Volume4D
from service.domain.application import Content
from service.domain.checks import check
from service.domain.findings import Finding
from service.domain.kinds import (
    AppliesTo,
    Domain,
    Phase,
    RestrictionEffect,
    RoadClass,
    Role,
    Severity,
    Use,
    ZoneKind,
)
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question, Surroundings
from service.domain.road import Road
from service.domain.zone import Zone
from service.usecases.audit import contradictions
from service.usecases.checks import ask
from service.usecases.ports import UnitOfWork
from tests.builders import (
    NOW,
    a_content,
    a_deed,
    a_frame,
    a_line,
    a_permit,
    a_planned_volume,
    a_restriction,
    a_road,
    a_schedule,
    a_volume,
    a_zone,
    an_actor,
    an_application,
)
from tests.contract.test_near import a_random_volume
from tests.surroundings import a_context

CONTEXT = replace(a_context(NOW), frame=a_frame())
LAW = Law(CONTEXT.pack, CONTEXT.frame)


def a_random_use(random: Random, domain: Domain) -> PlannedVolume:
    """On the ground without a height, or in the air with one."""
    volume = a_random_volume(random)
    schedule = volume.schedule
    if schedule.end is not None and schedule.end - schedule.start < timedelta(days=1):
        # a minute by day is none of the nights, and what is never used is nowhere
        volume = replace(volume, schedule=replace(schedule, weekly=()))
    use = random.choice(list(Use))
    if domain is Domain.ground:
        ground = replace(volume, altitude=None)
        return a_planned_volume(zone_kind=ZoneKind.designated_area, volume=ground, use=use)
    altitude = volume.altitude or AltitudeBand(60, 110, Unit.m, Reference.AGL)
    flight = replace(volume, altitude=altitude)
    return a_planned_volume(zone_kind=ZoneKind.low_altitude_area, volume=flight, use=use)


def a_random_drive(random: Random, roads: Sequence[Road]) -> PlannedVolume:
    """Along a road or over an area of it, one way or both, named after its zone or not."""
    road = random.choice(roads)
    stretch = road.stretch
    start, end = sorted(random.sample(range(round(stretch.length_m)), 2))
    ways = random.choice([(True,), (False,), (True, False)])
    placed = a_random_volume(random)
    radius_m = random.choice([2.0, 30.0])
    core = road.line if random.random() < 0.7 else road.line.buffer(0.001)
    return a_planned_volume(
        zone_kind=ZoneKind.urban_road,
        zone_id=random.choice([None, f"zone-{road.id}"]),
        volume=Volume4D(
            Footprint(core, radius_m if core is road.line else 0.0),
            None,
            frozenset({road.level}),
            replace(placed.schedule, end=placed.schedule.start + timedelta(days=200)),
        ),
        use=random.choice(list(Use)),
        stretches=tuple(StretchUse(road.id, start, end, way) for way in ways),
    )


def a_random_registry(random: Random) -> Surroundings:
    """Some of everything that may stand against a test."""
    roads = tuple(
        a_road(
            road_class=random.choice([RoadClass.expressway, RoadClass.urban_branch]),
            line=a_line(*_two_places(random)),
            level=random.choice([0, 1]),
        )
        for _ in range(20)
    )

    registry = Surroundings(
        roads=roads,
        zones=(
            *(_a_zone_anywhere(random) for _ in range(60)),
            *(_a_zone_of(road, key) for road in roads for key in ("", "-again")),
        ),
        restrictions=tuple(
            a_restriction(
                effect=random.choice(list(RestrictionEffect)),
                applies_to=random.choice(list(AppliesTo)),
                volume=a_random_volume(random),
            )
            for _ in range(60)
        ),
        permits=tuple(
            a_permit(organisation_id=_an_owner(random), content=_a_content(random, number, roads))
            for number in range(120)
        ),
        applications=tuple(
            an_application(
                organisation_id=_an_owner(random), content=_a_content(random, number, roads)
            )
            for number in range(40)
        ),
    )
    # as a store finds them: each kind in the order of ids, whatever was made first
    kinds = {field.name: getattr(registry, field.name) for field in fields(registry)}
    return Surroundings(**{kind: _by_id(things) for kind, things in kinds.items()})


def _a_zone_anywhere(random: Random) -> Zone:
    return a_zone(
        zone_kind=random.choice([ZoneKind.designated_area, ZoneKind.low_altitude_area]),
        phases_open=(Phase.road_test, Phase.flight_trial),
        max_concurrent_vehicles=random.randint(1, 4),
        volume=a_random_volume(random),
    )


def _by_id(things: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(things, key=lambda thing: thing.id))


def _an_owner(random: Random) -> str:
    return random.choice(["organisation-a", "organisation-b", "organisation-c"])


def _a_content(random: Random, number: int, roads: Sequence[Road]) -> Content:
    domain = random.choice(list(Domain))
    volumes = tuple(a_random_asked(random, domain, roads) for _ in range(random.randint(1, 3)))
    return a_content(title=f"application {number}", domain=domain, volumes=volumes)


def a_random_asked(random: Random, domain: Domain, roads: Sequence[Road]) -> PlannedVolume:
    """On the ground as often on a road as in an area."""
    if domain is Domain.ground and random.random() < 0.5:
        return a_random_drive(random, roads)
    return a_random_use(random, domain)


def _a_zone_of(road: Road, key: str) -> Zone:
    return a_zone(
        id=f"zone-{road.id}{key}",
        zone_kind=ZoneKind.urban_road,
        road_ids=(road.id,),
        max_concurrent_vehicles=2,
        volume=a_volume(
            road.line, 15.0, schedule=a_schedule(end=None), levels=frozenset({road.level})
        ),
    )


def _two_places(random: Random) -> tuple[tuple[float, float], tuple[float, float]]:
    west, south, east, north = a_random_volume(random).footprint.core.bounds
    return (west, south), (east, north)


def test_what_the_store_does_not_find_would_have_made_no_difference(store: UnitOfWork) -> None:
    random = Random(2026)
    registry = a_random_registry(random)
    with store.write() as tx:
        tx.roads.add_all(registry.roads, a_deed())
        tx.zones.add_all(registry.zones, a_deed())
        tx.restrictions.add_all(registry.restrictions, a_deed())
        tx.permits.add_all(registry.permits, a_deed())
        tx.applications.add_all(registry.applications, a_deed())
    told = 0
    for _ in range(40):
        domain = random.choice(list(Domain))
        question = Question(
            domain=domain,
            phase=Phase.flight_trial if domain is Domain.air else Phase.road_test,
            volumes=tuple(a_random_asked(random, domain, registry.roads) for _ in range(2)),
            organisation_id="organisation-a",
        )
        with store.read() as tx:
            found = ask(tx, CONTEXT, question, pending=True)
        expected = check(question, registry, LAW)
        assert [_told(f) for f in found.findings] == [_told(f) for f in expected.findings]
        told += sum(bool(finding.against) for finding in found.findings)
    assert told > 50


def test_the_audit_finds_what_a_check_of_each_permit_finds(store: UnitOfWork) -> None:
    registry = a_random_registry(Random(2027))
    with store.write() as tx:
        tx.roads.add_all(registry.roads, a_deed())
        tx.zones.add_all(registry.zones, a_deed())
        tx.restrictions.add_all(registry.restrictions, a_deed())
        tx.permits.add_all(registry.permits, a_deed())
    with store.read() as tx:
        audited = list(contradictions(tx, an_actor(Role.auditor), CONTEXT, lambda done, of: None))
    everything = replace(registry, applications=())
    expected = {
        (_parties(permit, finding), finding.rule.id, finding.verdict)
        for permit in registry.permits
        for finding in check(a_question_of(permit), everything, LAW).findings
        if finding.severity is not Severity.advisory
    }
    found = [(_parties(c.permit, c.finding), c.finding.rule.id, c.finding.verdict) for c in audited]
    assert set(found) == expected
    permits = {permit.id for permit in registry.permits}
    between = [one for one in found if len(one[0] & permits) == 2]
    assert len(between) == len(set(between)) > 5


def a_question_of(permit: Permit) -> Question:
    content = permit.content
    return Question(
        domain=content.domain,
        phase=content.phase,
        volumes=content.volumes,
        organisation_id=permit.organisation_id,
        chain=frozenset({permit.id}),
        vehicles=len(content.vehicle_ids),
    )


def _parties(permit: Permit, finding: Finding) -> frozenset[str]:
    return frozenset([permit.id, *(party.id for party in finding.against)])


def _told(finding: Finding) -> tuple[object, ...]:
    return (
        finding.id,
        finding.verdict,
        finding.against,
        finding.explanation,
        finding.horizontal_distance_m,
        finding.vertical_gap_m,
        finding.first_overlap,
        finding.overlap_hours,
        finding.shared_length_m,
    )
