"""A check of what a store finds says what a check of everything says, whatever the store."""

from dataclasses import replace
from random import Random

from geo.altitude import AltitudeBand, Reference, Unit
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
    use = random.choice(list(Use))
    if domain is Domain.ground:
        ground = replace(volume, altitude=None)
        return a_planned_volume(zone_kind=ZoneKind.designated_area, volume=ground, use=use)
    altitude = volume.altitude or AltitudeBand(60, 110, Unit.m, Reference.AGL)
    flight = replace(volume, altitude=altitude)
    return a_planned_volume(zone_kind=ZoneKind.low_altitude_area, volume=flight, use=use)


def a_random_registry(random: Random) -> Surroundings:
    """Some of everything that may stand against a test."""

    def owner() -> str:
        return random.choice(["organisation-a", "organisation-b", "organisation-c"])

    def content(number: int) -> Content:
        domain = random.choice(list(Domain))
        volumes = tuple(a_random_use(random, domain) for _ in range(random.randint(1, 3)))
        return a_content(title=f"application {number}", domain=domain, volumes=volumes)

    return Surroundings(
        roads=tuple(
            a_road(
                road_class=random.choice([RoadClass.expressway, RoadClass.urban_branch]),
                line=a_line(*_two_places(random)),
            )
            for _ in range(20)
        ),
        zones=tuple(
            a_zone(
                zone_kind=random.choice([ZoneKind.designated_area, ZoneKind.low_altitude_area]),
                phases_open=(Phase.road_test, Phase.flight_trial),
                max_concurrent_vehicles=random.randint(1, 4),
                volume=a_random_volume(random),
            )
            for _ in range(60)
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
            a_permit(organisation_id=owner(), content=content(number)) for number in range(120)
        ),
        applications=tuple(
            an_application(organisation_id=owner(), content=content(number)) for number in range(40)
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
            volumes=(a_random_use(random, domain), a_random_use(random, domain)),
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
        tx.zones.add_all(registry.zones, a_deed())
        tx.restrictions.add_all(registry.restrictions, a_deed())
        tx.permits.add_all(registry.permits, a_deed())
    with store.read() as tx:
        audited = list(contradictions(tx, an_actor(Role.auditor), CONTEXT, lambda done, of: None))
    everything = replace(registry, roads=(), applications=())
    expected = {
        (frozenset([permit.id, *_permits_of(finding)]), finding.rule.id, finding.verdict)
        for permit in registry.permits
        for finding in check(a_question_of(permit), everything, LAW).findings
        if finding.severity is not Severity.advisory
    }
    found = [
        (frozenset([c.permit.id, *_permits_of(c.finding)]), c.finding.rule.id, c.finding.verdict)
        for c in audited
    ]
    assert set(found) == expected
    between = [one for one in found if len(one[0]) == 2]
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


def _permits_of(finding: Finding) -> list[str]:
    return [party.id for party in finding.against if party.type == "permit"]


def _told(finding: Finding) -> tuple[object, ...]:
    return (
        finding.id,
        finding.verdict,
        finding.horizontal_distance_m,
        finding.vertical_gap_m,
        finding.first_overlap,
        finding.overlap_hours,
        finding.shared_length_m,
    )
