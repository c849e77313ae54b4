"""The question before the application, on roads: which are used, on which level, which way."""

from typing import Any

import pytest
from shapely import Point, box

from geo.conflict import Verdict
from service.domain.findings import Blocked
from service.domain.kinds import Direction, Use, ZoneKind
from service.usecases import applications, restrictions
from tests.builders import LAT, LON, a_line, a_restriction, a_road, a_square, a_volume, a_zone
from tests.usecases.desk import POLICE, A, B, a_desk, a_request, a_volume_request
from tests.usecases.test_checks import check, rules

EAST = LON + 0.01
ROAD = {"zone_kind": ZoneKind.urban_road, "geometry": a_line(), "width_m": 4.0}


def a_road_zone(*road_ids: str, **changes: Any) -> Any:
    levels = changes.pop("levels", frozenset({0}))
    volume = a_volume(a_line(), 15.0, levels=levels, schedule=a_zone().volume.schedule)
    return a_zone(zone_kind=ZoneKind.urban_road, volume=volume, road_ids=road_ids, **changes)


def test_a_route_is_matched_to_the_network_and_followed_on_it() -> None:
    desk = a_desk(a_road(id="r1"), zones=(a_road_zone("r1"),))
    assert rules(check(desk, A, a_volume_request(**ROAD))) == []


def test_a_route_on_no_known_road_is_undecided() -> None:
    desk = a_desk(zones=(a_road_zone("r1"),))
    result = check(desk, A, a_volume_request(**ROAD))
    assert rules(result) == ["sharing.unmatched"]
    assert result.answer.verdict is Verdict.indeterminate


def test_a_two_way_road_opened_one_way_is_not_open_both_ways() -> None:
    one_way = a_road_zone("r1", direction=Direction.forward)
    desk = a_desk(a_road(id="r1"), zones=(one_way,))
    along = a_volume_request(**ROAD, direction=Direction.forward)
    both = a_volume_request(**ROAD, direction=Direction.both)
    assert rules(check(desk, A, along)) == []
    assert rules(check(desk, A, both)) == ["sharing.zone_coverage"]


def test_both_directions_of_a_one_way_road_are_its_one() -> None:
    one_way = a_road_zone("r1", direction=Direction.forward)
    desk = a_desk(a_road(id="r1", oneway=True), zones=(one_way,))
    assert rules(check(desk, A, a_volume_request(**ROAD, direction=Direction.both))) == []


def test_nobody_drives_a_one_way_road_backward() -> None:
    desk = a_desk(a_road(id="r1", oneway=True), zones=(a_road_zone("r1"),))
    backward = a_volume_request(**ROAD, direction=Direction.backward)
    assert rules(check(desk, A, backward)) == ["sharing.wrong_way"]


def test_a_line_into_a_one_way_street_is_seen_with_all_that_lies_there() -> None:
    far = LON + 0.02
    street = a_road(id="r1")
    against = a_road(id="r2", oneway=True, level=1, line=a_line((far, LAT), (EAST, LAT)))
    line = a_line((LON, LAT), (far, LAT))
    road = {"zone_kind": ZoneKind.urban_road, "geometry": line, "width_m": 4.0}
    works = a_restriction(volume=a_volume(Point(EAST + 0.005, LAT), 50, levels=frozenset({1})))
    volume = a_volume(line, 15.0, levels=frozenset({0, 1}), schedule=a_zone().volume.schedule)
    zone = a_zone(zone_kind=ZoneKind.urban_road, volume=volume, road_ids=("r1", "r2"))
    desk = a_desk(street, against, works, zones=(zone,))
    into = check(desk, A, a_volume_request(**road, direction=Direction.forward))
    assert sorted(rules(into)) == ["sharing.restriction_prohibited", "sharing.wrong_way"]
    assert not into.answer.may_submit
    assert [part.length_m for part in into.answer.coverage.uncovered] == pytest.approx([959], abs=1)
    both = check(desk, A, a_volume_request(**road, direction=Direction.both))
    assert rules(both) == ["sharing.restriction_prohibited"]


def test_there_and_back_on_a_one_way_street_is_against_it_once() -> None:
    desk = a_desk(a_road(id="r1", oneway=True), zones=(a_road_zone("r1"),))
    there_and_back = {**ROAD, "geometry": a_line((LON, LAT), (EAST, LAT), (LON, LAT))}
    for direction in Direction:
        asked = a_volume_request(**there_and_back, direction=direction)
        assert rules(check(desk, A, asked)) == ["sharing.wrong_way"]


def test_an_area_of_one_way_road_is_driven_its_way_whatever_is_asked() -> None:
    roads = a_road(id="r0"), a_road(id="r1", oneway=True, line=a_line((LON, NORTH), (EAST, NORTH)))
    desk = a_desk(*roads, zones=(a_road_zone("r0"),))
    area = a_volume_request(
        zone_kind=ZoneKind.urban_road, geometry=BAND, direction=Direction.backward
    )
    assert rules(check(desk, A, area)) == ["sharing.zone_coverage"]


def test_the_other_carriageway_is_not_opened_by_lying_near() -> None:
    roads = (
        a_road(id="r1", oneway=True),
        a_road(id="r2", oneway=True, line=a_line((EAST, LAT + 0.000135), (LON, LAT + 0.000135))),
    )
    desk = a_desk(*roads, zones=(a_road_zone("r1"),))
    back = {**ROAD, "geometry": roads[1].line, "direction": Direction.forward}
    (finding,) = check(desk, A, a_volume_request(**back)).answer.findings
    assert finding.rule.id == "sharing.zone_coverage"
    both = desk.do(applications.draft, A, a_request(a_volume_request(**back)))
    with pytest.raises(Blocked):
        desk.do(applications.submit, A, both.id)


def test_a_level_above_the_street_hits_a_line_that_is_elsewhere_on_it_neither_now_nor_later() -> (
    None
):
    far = LON + 0.02
    roads = a_road(id="r1"), a_road(id="r2", level=1, line=a_line((EAST, LAT), (far, LAT)))
    line = a_line((LON, LAT), (far, LAT))
    volume = a_volume(line, 15.0, levels=frozenset({0, 1}), schedule=a_zone().volume.schedule)
    zone = a_zone(zone_kind=ZoneKind.urban_road, volume=volume, road_ids=("r1", "r2"))
    above_street = a_volume(Point(LON + 0.005, LAT), 50, levels=frozenset({1}))
    desk = a_desk(*roads, a_restriction(id="above", volume=above_street), zones=(zone,))
    road = a_volume_request(zone_kind=ZoneKind.urban_road, geometry=line, width_m=4.0)
    assert rules(check(desk, A, road)) == []
    permit = desk.permit(A, volumes=(road,))
    assert permit.id
    assert desk.ask(restrictions.affected, POLICE, desk.ctx, "above") == ()


def test_a_road_under_an_opened_viaduct_leaves_the_level_open() -> None:
    roads = a_road(id="r0"), a_road(id="r1", level=1, bridge=True)
    desk = a_desk(*roads, zones=(a_road_zone("r1", levels=frozenset({1})),))
    assert rules(check(desk, A, a_volume_request(**ROAD))) == ["sharing.level_unknown"]


def test_the_level_of_a_whole_zone_is_the_zones() -> None:
    roads = a_road(id="r0"), a_road(id="r1", level=1, bridge=True)
    viaduct = a_road_zone("r1", levels=frozenset({1}), id="viaduct")
    whole = a_volume_request(zone_kind=ZoneKind.urban_road, zone_id="viaduct", geometry=None)
    assert rules(check(a_desk(*roads, zones=(viaduct,)), A, whole)) == []


def test_two_on_the_same_road_are_compared_by_direction() -> None:
    desk = a_desk(a_road(id="r1"), zones=(a_road_zone("r1"),))
    forward = {**ROAD, "direction": Direction.forward, "use": Use.exclusive}
    desk.permit(B, of="b", volumes=(a_volume_request(**forward),))
    against = a_volume_request(**{**ROAD, "direction": Direction.backward})
    along = a_volume_request(**{**ROAD, "direction": Direction.forward})
    assert rules(check(desk, A, against)) == []
    (finding,) = check(desk, A, along).answer.findings
    assert finding.shared_length_m == pytest.approx(959, abs=1)


def test_an_area_elsewhere_meets_nothing() -> None:
    always = a_zone().volume.schedule
    east = a_zone(id="east", volume=a_volume(a_square(EAST), schedule=always))
    desk = a_desk(east)
    desk.permit(B, of="b", volumes=(a_volume_request(use=Use.exclusive),))
    assert rules(check(desk, A, a_volume_request(geometry=a_square(EAST)))) == []


# an area or a disc of road runs on every road in it

NORTH = LAT + 0.00005
BAND = box(LON + 0.002, LAT - 0.0001, LON + 0.008, LAT + 0.0001)
DISC = Point(LON + 0.005, LAT)


@pytest.mark.parametrize("place", [{"geometry": BAND}, {"geometry": DISC, "radius_m": 12.0}])
def test_an_area_of_road_is_undecided_where_a_level_above_is_not_opened(
    place: dict[str, Any],
) -> None:
    area = a_volume_request(zone_kind=ZoneKind.urban_road, **place)
    opened = (a_road_zone("r0"),)
    assert rules(check(a_desk(a_road(id="r0"), zones=opened), A, area)) == []
    stacked = a_desk(a_road(id="r0"), a_road(id="r1", level=1, bridge=True), zones=opened)
    assert rules(check(stacked, A, area)) == ["sharing.level_unknown"]


def test_an_area_of_road_is_used_in_the_directions_asked_for() -> None:
    desk = a_desk(a_road(id="r1"), zones=(a_road_zone("r1", direction=Direction.forward),))
    found = {
        direction: rules(
            check(
                desk,
                A,
                a_volume_request(zone_kind=ZoneKind.urban_road, geometry=BAND, direction=direction),
            )
        )
        for direction in Direction
    }
    assert found == {
        Direction.forward: [],
        Direction.backward: ["sharing.zone_coverage"],
        Direction.both: ["sharing.zone_coverage"],
    }


def test_an_area_of_road_without_any_road_is_undecided() -> None:
    area = a_volume_request(zone_kind=ZoneKind.urban_road, geometry=BAND)
    assert rules(check(a_desk(zones=(a_road_zone("r1"),)), A, area)) == ["sharing.unmatched"]


def test_a_line_shares_road_with_an_area_that_holds_it() -> None:
    desk = a_desk(a_road(id="r1"), zones=(a_road_zone("r1"),))
    area = a_volume_request(zone_kind=ZoneKind.urban_road, geometry=BAND, use=Use.exclusive)
    desk.permit(B, of="b", volumes=(area,))
    (finding,) = check(desk, A, a_volume_request(**ROAD)).answer.findings
    assert finding.rule.id == "sharing.permit_exclusive"
    each_way_m = 0.6 * 959
    assert finding.shared_length_m == pytest.approx(2 * each_way_m, abs=1)
