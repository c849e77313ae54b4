"""All permits beside each other: what would block one of them if it were asked for today."""

from dataclasses import replace
from typing import Any

import pytest
from shapely import Point

from geo.conflict import Verdict
from geo.network import StretchUse
from service.domain.errors import Forbidden
from service.domain.kinds import PermitState, RestrictionState, Use, ZoneKind, ZoneState
from service.domain.permit import Permit
from service.domain.rulepack import SharingCase
from service.usecases.audit import Contradiction, contradictions
from tests.builders import (
    LAT,
    LON,
    a_content,
    a_line,
    a_permit,
    a_planned_volume,
    a_restriction,
    a_road,
    a_schedule,
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
