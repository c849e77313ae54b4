"""Opening places: proposed, assessed, published, withdrawn; who sees them, what rests on them."""

from dataclasses import replace
from typing import Any

import pytest

from geo.network import StretchUse
from service.domain.errors import Forbidden, IllegalStep, Malformed, NotFound, Stale
from service.domain.journal import NOBODY
from service.domain.kinds import Direction, Phase, Role, ZoneKind, ZoneState
from service.usecases import zones
from service.usecases.ports import Query
from tests.builders import (
    LON,
    a_band,
    a_content,
    a_line,
    a_permit,
    a_planned_volume,
    a_road,
    a_schedule,
    a_square,
    a_volume,
    a_zone,
    an_actor,
)
from tests.usecases.desk import (
    ADMIN,
    AUDITOR,
    INDUSTRY,
    MANAGING,
    A,
    B,
    Desk,
    a_desk,
    a_volume_request,
    a_zone_request,
)


def test_a_zone_is_proposed_assessed_and_published_with_a_line_each_in_the_journal() -> None:
    desk = Desk()
    zone = desk.do(zones.propose, MANAGING, a_zone_request())
    for name in ("assess", "publish"):
        zone = desk.do(zones.step, INDUSTRY, zone.id, name)
    assert zone.state is ZoneState.published
    assert [line.action for line in desk.committed.journal.page(0, 9)] == [
        "propose",
        "assess",
        "publish",
    ]


def test_a_zone_on_roads_takes_its_line_and_levels_from_the_network() -> None:
    low, high = a_road(id="low"), a_road(id="high", level=1, line=a_line((LON, 30.6), (LON, 30.61)))
    desk = Desk(low, high)
    request = a_zone_request(zone_kind=ZoneKind.urban_road, road_ids=("low", "high"), geometry=None)
    zone = desk.do(zones.propose, MANAGING, request)
    assert zone.volume.levels == {0, 1}
    assert zone.volume.footprint.radius_m == 15
    assert list(zone.volume.footprint.core.geoms) == [low.line, high.line]


@pytest.mark.parametrize(
    ("request_changes", "pointer", "code"),
    [
        ({"road_ids": ("r1",), "geometry": None}, "/road_ids/0", "road_unknown"),
        ({"altitude": a_band()}, "/altitude", "altitude_on_ground"),
        ({"phases_open": (Phase.flight_trial,)}, "/phases_open", "phase_of_other_domain"),
        (
            {"zone_kind": ZoneKind.low_altitude_area, "phases_open": (Phase.flight_trial,)},
            "/altitude",
            "altitude_required",
        ),
    ],
)
def test_what_does_not_fit_is_named(
    request_changes: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(Malformed) as refused:
        Desk().do(zones.propose, MANAGING, a_zone_request(**request_changes))
    assert [(p.pointer, p.code) for p in refused.value.problems] == [(pointer, code)]


def test_an_edit_is_the_next_revision_and_has_to_be_assessed_again() -> None:
    desk = Desk(a_zone(id="z", state=ZoneState.assessed, revision=3))
    edited = desk.do(zones.edit, MANAGING, "z", a_zone_request(direction=Direction.forward), 3)
    assert (edited.revision, edited.state) == (4, ZoneState.proposed)
    assert desk.committed.zones.get("z") == edited


def test_an_edit_of_an_older_revision_is_stale() -> None:
    desk = Desk(a_zone(id="z", state=ZoneState.proposed, revision=3))
    with pytest.raises(Stale):
        desk.do(zones.edit, MANAGING, "z", a_zone_request(), 2)


def test_a_published_zone_is_not_edited() -> None:
    desk = Desk(a_zone(id="z"))
    with pytest.raises(IllegalStep):
        desk.do(zones.edit, MANAGING, "z", a_zone_request(), 1)


def test_an_operator_opens_nothing() -> None:
    with pytest.raises(Forbidden):
        Desk().do(zones.propose, A, a_zone_request())


def test_a_district_proposes_and_does_not_publish() -> None:
    desk, district = Desk(), an_actor(Role.district, district="510107")
    zone = desk.do(zones.propose, district, a_zone_request())
    desk.do(zones.step, district, zone.id, "assess")
    with pytest.raises(Forbidden):
        desk.do(zones.step, district, zone.id, "publish")


@pytest.mark.parametrize("actor", [MANAGING, ADMIN, AUDITOR])
def test_insiders_see_what_is_not_open(actor: Any) -> None:
    desk = Desk(a_zone(id="z", state=ZoneState.proposed))
    assert desk.ask(zones.get, actor, "z").id == "z"
    assert len(desk.ask(zones.page, actor, Query()).items) == 1


@pytest.mark.parametrize("actor", [A, NOBODY, an_actor(Role.expert)])
@pytest.mark.parametrize("state", [ZoneState.proposed, ZoneState.assessed, ZoneState.withdrawn])
def test_nobody_else_knows_of_what_is_not_open(actor: Any, state: ZoneState) -> None:
    desk = Desk(a_zone(id="z", state=state))
    with pytest.raises(NotFound):
        desk.ask(zones.get, actor, "z")
    assert desk.ask(zones.page, actor, Query()).items == ()
    asked_for = Query(among={"state": frozenset({state.value})})
    assert desk.ask(zones.page, actor, asked_for).items == ()


def test_everybody_sees_what_is_open() -> None:
    desk = Desk(a_zone(id="z"))
    assert desk.ask(zones.get, NOBODY, "z").id == "z"
    assert len(desk.ask(zones.page, NOBODY, Query()).items) == 1


def affected(desk: Desk, actor: Any, zone_id: str = "zone-open") -> list[str]:
    return [permit.id for permit in desk.ask(zones.affected, actor, desk.ctx, zone_id)]


def test_a_withdrawal_lists_the_permits_that_rest_on_the_place() -> None:
    desk = a_desk()
    permit = desk.permit()
    assert affected(desk, MANAGING) == [permit.id]


def test_a_permit_rests_on_each_of_its_places() -> None:
    second = a_zone(id="second", volume=a_volume(a_square(LON + 0.02)))
    desk = a_desk(second)
    here, there = a_volume_request(), a_volume_request(geometry=a_square(LON + 0.02))
    permit = desk.permit(volumes=(here, there))
    assert affected(desk, MANAGING) == affected(desk, MANAGING, "second") == [permit.id]


def test_a_zone_beside_the_permit_or_of_another_kind_is_not_its_ground() -> None:
    beside = a_zone(id="beside", volume=a_volume(a_square(LON + 0.01)))
    site = a_zone(id="site", zone_kind=ZoneKind.closed_site)
    desk = a_desk(beside, site)
    desk.permit()
    assert affected(desk, MANAGING, "beside") == []
    assert affected(desk, MANAGING, "site") == []


def test_a_drive_rests_on_the_road_it_is_matched_to_though_it_is_drawn_beside() -> None:
    road = a_road(id="road", line=a_line((LON, 30.6), (LON + 0.01, 30.6)))
    narrow = a_zone(
        id="narrow",
        zone_kind=ZoneKind.urban_road,
        volume=a_volume(road.line, 3.0, levels=frozenset({0}), schedule=a_schedule(end=None)),
        road_ids=("road",),
    )
    nine_m = 9 / 110_850
    beside = a_volume(a_line((LON, 30.6 + nine_m), (LON + 0.01, 30.6 + nine_m)), 2.0)
    drive = a_planned_volume(
        zone_kind=ZoneKind.urban_road,
        volume=beside,
        stretches=(StretchUse("road", 0.0, 900.0, True),),
    )
    # the road was on another level when this one was confirmed
    raised = replace(drive, volume=replace(beside, levels=frozenset({1})))
    strayed = replace(drive, stretches=())
    gone = replace(raised, stretches=())
    volumes = {"cites": drive, "raised": raised, "strayed": strayed, "gone": gone}
    permits = [a_permit(id=k, content=a_content(volumes=(v,))) for k, v in volumes.items()]
    resting = affected(Desk(road, narrow, *permits), MANAGING, "narrow")
    assert sorted(resting) == ["cites", "raised", "strayed"]


def test_permits_that_are_over_are_not_affected() -> None:
    desk = a_desk()
    desk.permit()
    desk.later(days=91)
    assert affected(desk, MANAGING) == []


def test_an_operator_learns_only_of_its_own_permits() -> None:
    desk = a_desk()
    mine = desk.permit(A)
    desk.permit(B, of="b")
    assert affected(desk, A) == [mine.id]
    assert len(affected(desk, MANAGING)) == 2


def test_who_may_not_see_the_zone_learns_nothing_of_what_rests_on_it() -> None:
    desk = Desk(a_zone(id="z", state=ZoneState.proposed))
    with pytest.raises(NotFound):
        affected(desk, A, "z")
