"""All permits beside each other: what would block one of them if it were asked for today."""

from dataclasses import replace
from typing import Any

import pytest
from shapely import Point

from geo.conflict import Verdict
from geo.network import StretchUse
from service.domain.errors import Forbidden
from service.domain.kinds import (
    Domain,
    PermitState,
    Phase,
    RestrictionState,
    RoadClass,
    Use,
    ZoneKind,
    ZoneState,
)
from service.domain.permit import Permit
from service.domain.rulepack import SharingCase
from service.usecases.audit import Contradiction, contradictions
from tests.builders import (
    LAT,
    LON,
    a_band,
    a_content,
    a_line,
    a_permit,
    a_planned_volume,
    a_restriction,
    a_road,
    a_schedule,
    a_square,
    a_volume,
    a_zone,
)
from tests.usecases.desk import AUDITOR, A, Desk, in_days

ZONE = a_zone(id="zone")


def exclusive(key: str, **changes: Any) -> Permit:
    """A permit to have the place alone, of an operator of its own."""
    content = a_content(volumes=(a_planned_volume(use=Use.exclusive),))
    return a_permit(id=key, **{"organisation_id": f"of-{key}", "content": content} | changes)


def shared(key: str, **changes: Any) -> Permit:
    """A permit to be there among others."""
    return a_permit(id=key, organisation_id=f"of-{key}", **changes)


def audited(desk: Desk) -> list[Contradiction]:
    told: list[Contradiction] = desk.do(
        lambda tx, actor, ctx: list(contradictions(tx, actor, ctx, lambda done, of: None)), AUDITOR
    )
    return told


def rules(desk: Desk) -> list[str]:
    return [told.finding.rule.id for told in audited(desk)]


def rule_of(case: SharingCase) -> str:
    desk = Desk()
    return desk.ctx.pack.sharing(case).rule.id


def test_two_permits_that_exclude_each_other_are_told_once() -> None:
    (told,) = audited(Desk(ZONE, exclusive("a"), exclusive("b")))
    assert told.finding.verdict is Verdict.conflict
    assert {told.permit.id, *(party.id for party in told.finding.against)} == {"a", "b"}


def test_permits_that_share_a_place_do_not_contradict_each_other() -> None:
    assert audited(Desk(ZONE, shared("a"), shared("b"))) == []


def test_permits_of_one_chain_do_not_contradict_each_other() -> None:
    first, next_one = exclusive("a"), exclusive("b", chain=("a",), organisation_id="of-a")
    assert audited(Desk(ZONE, first, next_one)) == []


def test_a_permit_that_is_over_contradicts_nothing() -> None:
    over = a_content(volumes=(a_planned_volume(use=Use.exclusive),), valid_to=in_days(-1))
    revoked = exclusive("c", state=PermitState.revoked)
    assert audited(Desk(ZONE, exclusive("a"), exclusive("b", content=over), revoked)) == []


def test_a_restriction_published_since_is_found_and_a_draft_is_not() -> None:
    works = a_restriction(id="works")
    draft = replace(works, state=RestrictionState.draft)
    assert rules(Desk(ZONE, shared("a"), works)) == [rule_of(SharingCase.restriction_prohibited)]
    assert audited(Desk(ZONE, shared("a"), draft)) == []


def test_a_zone_withdrawn_since_leaves_its_permits_without_ground() -> None:
    withdrawn = replace(ZONE, state=ZoneState.withdrawn)
    assert rules(Desk(withdrawn, shared("a"))) == [rule_of(SharingCase.zone_coverage)]


def test_more_vehicles_than_a_zone_holds_are_found_though_no_two_permits_are_too_many() -> None:
    for_two = a_zone(id="zone", max_concurrent_vehicles=2)
    (told,) = audited(Desk(for_two, *map(shared, "abc")))
    assert told.finding.rule.id == rule_of(SharingCase.permit_capacity)
    assert audited(Desk(for_two, *map(shared, "ab"))) == []


def test_two_zones_that_the_same_permits_crowd_are_both_told() -> None:
    places = a_planned_volume(), a_planned_volume(volume=a_volume(a_square(LON + 0.02)))
    one = a_zone(id="one", max_concurrent_vehicles=1)
    other = replace(one, id="other", volume=a_volume(a_square(LON + 0.02)))
    both = a_content(volumes=places)
    told = audited(Desk(one, other, shared("a", content=both), shared("b", content=both)))
    zones = [p.id for one in told for p in one.finding.against if p.type == "zone"]
    assert sorted(zones) == ["one", "other"]


def test_a_flight_over_an_expressway_imported_since_is_found() -> None:
    square, band = a_square(), a_band(0, 120)
    zone = a_zone(
        zone_kind=ZoneKind.low_altitude_area,
        phases_open=(Phase.flight_trial,),
        volume=a_volume(square, altitude=band, schedule=a_schedule(end=None)),
    )
    flight = a_planned_volume(
        zone_kind=ZoneKind.low_altitude_area, volume=a_volume(square, altitude=a_band(60, 110))
    )
    air = a_content(domain=Domain.air, phase=Phase.flight_trial, volumes=(flight,))
    through = a_line((LON, LAT + 0.005), (LON + 0.01, LAT + 0.005))
    street = a_road(road_class=RoadClass.urban_branch, line=through)
    things = zone, a_permit(content=air)
    assert audited(Desk(*things, street)) == []
    expressway = a_road(road_class=RoadClass.expressway, line=through)
    assert rules(Desk(*things, expressway)) == [rule_of(SharingCase.air_over_expressway)]


def test_it_tells_how_far_it_has_got() -> None:
    steps: list[tuple[int, int]] = []
    desk = Desk(ZONE, shared("a"), shared("b"))
    desk.do(
        lambda tx, actor, ctx: list(
            contradictions(tx, actor, ctx, lambda done, of: steps.append((done, of)))
        ),
        AUDITOR,
    )
    assert steps == [(1, 2), (2, 2)]


def test_an_operator_is_told_nothing_of_others() -> None:
    with pytest.raises(Forbidden):
        Desk().do(lambda tx, actor, ctx: list(contradictions(tx, actor, ctx, print)), A)


def test_a_street_that_has_become_one_way_is_found_and_a_level_elsewhere_is_not() -> None:
    line, far = a_line((LON, LAT), (LON + 0.02, LAT)), LON + 0.01
    street = a_road(id="street", line=a_line((LON, LAT), (far, LAT)))
    viaduct = a_road(id="viaduct", level=1, line=a_line((far, LAT), (LON + 0.02, LAT)))
    both = frozenset({0, 1})
    volume = a_volume(line, 15.0, levels=both, schedule=a_schedule(end=None))
    zone = a_zone(zone_kind=ZoneKind.urban_road, volume=volume, road_ids=("street", "viaduct"))
    uses = tuple(StretchUse(key, 0, 900, False) for key in ("street", "viaduct"))
    drive = a_planned_volume(
        zone_kind=ZoneKind.urban_road, volume=a_volume(line, 2.0, levels=both), stretches=uses
    )
    permit = a_permit(content=a_content(volumes=(drive,)))
    above = a_volume(Point(LON + 0.005, LAT), 50, levels=frozenset({1}))
    things = (zone, permit, a_restriction(volume=above))
    assert audited(Desk(*things, street, viaduct)) == []
    turned = replace(street, oneway=True)
    assert rules(Desk(*things, turned, viaduct)) == [rule_of(SharingCase.wrong_way)]


def test_a_road_that_has_become_a_bridge_meets_what_is_on_its_level_now() -> None:
    road = a_road(id="road", line=a_line((LON, LAT), (LON + 0.01, LAT)))
    volume = a_volume(road.line, 15.0, schedule=a_schedule(end=None))
    zone = a_zone(zone_kind=ZoneKind.urban_road, volume=volume, road_ids=("road",))
    drive = a_planned_volume(
        zone_kind=ZoneKind.urban_road,
        volume=a_volume(road.line, 2.0, levels=frozenset({0})),
        stretches=(StretchUse("road", 0, 900, True),),
    )
    works = a_restriction(volume=a_volume(Point(LON + 0.005, LAT), 50, levels=frozenset({1})))
    things = zone, works, a_permit(content=a_content(volumes=(drive,)))
    assert audited(Desk(*things, road)) == []
    bridge = replace(road, level=1, bridge=True)
    assert rules(Desk(*things, bridge)) == [rule_of(SharingCase.restriction_prohibited)]
