"""How many run at once: everyone who shares a place is counted together, instant by instant."""

from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString

from geo.schedule import Interval, Schedule, Weekday, WeeklyWindow
from service.domain.check_capacity import crowding
from service.domain.findings import Finding
from service.domain.kinds import Direction, Phase, Severity, Use, ZoneKind, ZoneState
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Question
from service.domain.zone import Zone
from tests.builders import LON, a_content, a_line, a_permit, a_schedule, a_square, nights
from tests.domain.questions import (
    LAW,
    a_drive,
    a_question,
    an_area,
    an_open_zone,
    around,
    during,
    use,
)

Asked = list[tuple[tuple[int, int], int]]


def daily(start: time, end: time) -> Schedule:
    return a_schedule(weekly=(WeeklyWindow(frozenset(Weekday), start, end),))


def found(question: Question, zone: Zone, *permits: Any) -> list[Finding]:
    return in_zones(question, [zone], *permits)


def in_zones(question: Question, zones: list[Zone], *permits: Any) -> list[Finding]:
    return list(crowding(question, around(zones=zones, permits=permits), LAW))


def of_another(*volumes: PlannedVolume, fleet: int = 99, **changes: Any) -> Permit:
    """A competitor's permit, with so many vehicles in all."""
    vehicle_ids = tuple(f"vehicle-{number}" for number in range(fleet))
    content = a_content(volumes=volumes, vehicle_ids=vehicle_ids)
    return a_permit(**{"organisation_id": "organisation-b", "content": content, **changes})


def vehicles(number: int, **changes: Any) -> PlannedVolume:
    return an_area(max_concurrent_vehicles=number, **changes)


def holding(number: int, **changes: Any) -> Zone:
    return an_open_zone(max_concurrent_vehicles=number, **changes)


def test_as_many_as_the_zone_holds_are_not_too_many() -> None:
    assert found(a_question(vehicles(4)), holding(10), of_another(vehicles(6))) == []


def test_more_than_the_zone_holds_are_a_matter_of_coordination() -> None:
    zone, permit = holding(10), of_another(vehicles(7))
    (finding,) = found(a_question(vehicles(4)), zone, permit)
    assert finding.rule.id == "sharing.permit_capacity"
    assert finding.severity is Severity.coordination
    assert [a.id for a in finding.against] == [zone.id, permit.id]
    assert "11" in finding.explanation.en
    assert "10" in finding.explanation.en


def test_an_operator_alone_can_be_too_many() -> None:
    (finding,) = found(a_question(vehicles(11)), holding(10))
    assert [a.type for a in finding.against] == ["zone"]


def test_three_are_too_many_together_where_no_two_are() -> None:
    b, c = of_another(vehicles(4)), of_another(vehicles(4), organisation_id="organisation-c")
    asked = a_question(vehicles(4))
    assert found(asked, holding(10), b) == []
    assert found(asked, holding(10), c) == []
    (finding,) = found(asked, holding(10), b, c)
    assert [a.id for a in finding.against[1:]] == [b.id, c.id]


def test_windows_that_never_coincide_do_not_add_up() -> None:
    b = of_another(vehicles(4, schedule=during(0, 4)))
    c = of_another(vehicles(4, schedule=during(4, 8)))
    assert found(a_question(vehicles(4, schedule=during(0, 8))), holding(8), b, c) == []


def test_two_that_meet_outside_my_hours_are_not_my_affair() -> None:
    until_late, from_midnight = daily(time(6), time(23)), daily(time(0), time(18))
    b, c = (of_another(vehicles(5, schedule=s)) for s in (until_late, from_midnight))
    by_night = a_question(vehicles(1, schedule=a_schedule(weekly=(nights(),))))
    assert found(by_night, holding(8), b, c) == []


def test_the_first_instant_of_the_crowd_is_told() -> None:
    b = of_another(vehicles(4, schedule=during(2, 4)))
    c = of_another(vehicles(4, schedule=during(3, 6)), vehicles(4, schedule=during(7, 9)))
    again = of_another(vehicles(4, schedule=during(7, 9)))
    (finding,) = found(a_question(vehicles(4, schedule=during(0, 9))), holding(10), b, c, again)
    assert finding.first_overlap is not None
    assert finding.first_overlap.start == during(3, 6).start


def test_all_that_is_too_much_is_told_from_the_first_time_to_the_highest_number() -> None:
    four, five = (
        of_another(vehicles(2, schedule=during(24, 48))),
        of_another(vehicles(3, schedule=during(960, 984))),
    )
    (finding,) = found(a_question(vehicles(2)), holding(3), five, four)
    first = during(24, 48)
    assert finding.first_overlap == Interval(first.start, first.end)
    assert finding.overlap_hours == 48
    assert {a.id for a in finding.against[1:]} == {four.id, five.id}
    assert "up to 5 vehicles" in finding.explanation.en
    assert "first at 2026-10-02 10:00, 48 h in all" in finding.explanation.en
    assert finding.witness is not None


def test_only_those_in_the_crowd_are_named() -> None:
    b, later = (
        of_another(vehicles(9, schedule=during(0, 4))),
        of_another(vehicles(5, schedule=during(4, 8))),
    )
    (finding,) = found(a_question(vehicles(4, schedule=during(0, 8))), holding(10), b, later)
    assert [a.id for a in finding.against[1:]] == [b.id]


def test_a_permit_never_runs_more_vehicles_than_it_has() -> None:
    b = of_another(vehicles(4), vehicles(4), fleet=5)
    assert found(a_question(vehicles(4)), holding(9), b) == []
    (finding,) = found(a_question(vehicles(4)), holding(8), b)
    assert [a.id for a in finding.against[1:]] == [b.id]
    assert "1 other permit" in finding.explanation.en


def test_ones_own_volumes_add_up_to_ones_vehicles() -> None:
    halves = vehicles(3), vehicles(3, core=a_square(LON + 0.002, side=0.001))
    (finding,) = found(a_question(*halves), holding(5))
    assert finding.volume_indexes == (0, 1)
    assert found(a_question(*halves, vehicles=4), holding(5)) == []


def test_a_zone_holds_what_it_holds_wherever_in_it_the_others_are() -> None:
    west, east = a_square(LON, side=0.001), a_square(LON + 0.005, side=0.001)
    other = of_another(vehicles(3, core=east))
    assert len(found(a_question(vehicles(3, core=west)), holding(5), other)) == 1


def test_ones_own_other_permits_count_and_the_chain_does_not() -> None:
    own = of_another(vehicles(7), organisation_id="organisation-a")
    assert len(found(a_question(vehicles(4)), holding(10), own)) == 1
    successor = a_question(vehicles(4), chain=frozenset({own.id}))
    assert found(successor, holding(10), own) == []


def test_exclusive_use_does_not_make_a_zone_hold_more() -> None:
    (finding,) = found(a_question(vehicles(500, use=Use.exclusive), vehicles=500), holding(10))
    assert "500" in finding.explanation.en
    assert found(a_question(vehicles(10, use=Use.exclusive)), holding(10)) == []


@pytest.mark.parametrize("owner", ["organisation-a", "organisation-b"])
def test_who_has_a_part_of_the_zone_alone_counts_in_all_of_it(owner: str) -> None:
    west, east = a_square(LON, side=0.001), a_square(LON + 0.005, side=0.001)
    alone = of_another(vehicles(9, core=east, use=Use.exclusive), organisation_id=owner)
    assert len(found(a_question(vehicles(4, core=west)), holding(10), alone)) == 1


def test_a_permit_elsewhere_does_not_count() -> None:
    elsewhere = of_another(vehicles(9, core=a_square(LON + 0.1)))
    assert found(a_question(vehicles(4)), holding(10), elsewhere) == []


@pytest.mark.parametrize(
    "zone", [holding(1, state=ZoneState.withdrawn), holding(1, zone_kind=ZoneKind.closed_site)]
)
def test_a_zone_that_does_not_open_the_place_sets_no_limit(zone: Zone) -> None:
    assert found(a_question(vehicles(4)), zone) == []


def test_who_names_a_zone_is_held_to_its_limit() -> None:
    wide, narrow = holding(10), holding(1)
    assert in_zones(a_question(vehicles(4, zone_id=wide.id)), [wide, narrow]) == []
    (finding,) = in_zones(a_question(vehicles(4)), [wide, narrow])
    assert [a.id for a in finding.against] == [narrow.id]


@st.composite
def hours(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, 12))
    return start, draw(st.integers(start + 1, 14))


@given(
    mine=st.lists(st.tuples(hours(), st.integers(1, 4)), min_size=1, max_size=3),
    others=st.lists(st.tuples(hours(), st.integers(1, 4)), max_size=5),
    limit=st.integers(1, 10),
)
def test_the_crowd_is_that_of_a_count_hour_by_hour(mine: Asked, others: Asked, limit: int) -> None:
    def claimed(asked: Asked, hour: int) -> list[int]:
        return [number for (start, end), number in asked if start <= hour < end]

    crowded = [
        hour
        for hour in range(14)
        if claimed(mine, hour) and sum(claimed(mine, hour) + claimed(others, hour)) > limit
    ]
    question = a_question(*(vehicles(n, schedule=during(*span)) for span, n in mine))
    permits = [of_another(vehicles(n, schedule=during(*span))) for span, n in others]
    findings = found(question, holding(limit), *permits)
    assert bool(findings) == bool(crowded)
    for finding in findings:
        named = {a.id for a in finding.against[1:]}
        there = zip(permits, others, strict=True)
        assert named == {p.id for p, one in there if any(claimed([one], h) for h in crowded)}
        assert finding.overlap_hours == len(crowded)
        assert finding.first_overlap is not None
        assert finding.first_overlap.start == during(crowded[0], 99).start
        most = max(sum(claimed(mine, hour) + claimed(others, hour)) for hour in crowded)
        assert f"up to {most} vehicles" in finding.explanation.en


# on the road

ROAD = {"zone_kind": ZoneKind.urban_road, "radius_m": 15.0}


def on_road(number: int, *stretch_ids: str, forward: bool = True, **changes: Any) -> PlannedVolume:
    uses = (use(key, forward=forward) for key in stretch_ids)
    return a_drive(*uses, max_concurrent_vehicles=number, **changes)


def a_road_zone(number: int, *stretch_ids: str, **changes: Any) -> Zone:
    about = {"max_concurrent_vehicles": number, "road_ids": stretch_ids, **ROAD, **changes}
    return an_open_zone(a_line(), **about)


def test_vehicles_on_different_stretches_of_a_zone_do_not_add_up() -> None:
    zone, other = a_road_zone(5, "r1", "r2"), of_another(on_road(4, "r2"))
    assert found(a_question(on_road(4, "r1")), zone, other) == []
    assert len(found(a_question(on_road(4, "r1", "r2")), zone, other)) == 1


def test_vehicles_in_opposite_directions_do_not_add_up() -> None:
    oncoming = of_another(on_road(4, "r1", forward=False))
    assert found(a_question(on_road(4, "r1")), a_road_zone(5, "r1"), oncoming) == []


def on_metres(number: int, from_m: float, to_m: float) -> PlannedVolume:
    return a_drive(use("r1", from_m, to_m), max_concurrent_vehicles=number)


def test_vehicles_further_along_a_stretch_do_not_add_up() -> None:
    zone, first, second = a_road_zone(5, "r1"), on_metres(4, 0, 500), on_metres(4, 500, 900)
    assert found(a_question(first), zone, of_another(second)) == []
    assert len(found(a_question(first), zone, of_another(on_metres(4, 490, 900)))) == 1


def test_a_crowd_is_those_on_one_piece_of_road() -> None:
    zone, before, after = a_road_zone(9, "r1"), on_metres(4, 0, 500), on_metres(4, 500, 900)
    all_along = a_question(on_metres(4, 0, 900))
    assert found(all_along, zone, of_another(before), of_another(after)) == []
    over_the_end = of_another(on_metres(4, 400, 600))
    (finding,) = found(all_along, zone, of_another(before), over_the_end)
    assert "12" in finding.explanation.en


def test_roads_above_each_other_do_not_add_up() -> None:
    zone = a_road_zone(5, "bridge", "below")
    assert found(a_question(on_road(4, "bridge")), zone, of_another(on_road(4, "below"))) == []


def test_a_line_whose_stretches_are_not_known_counts_on_all_of_them() -> None:
    stray = of_another(on_road(4, unmatched_m=9.0))
    assert len(found(a_question(on_road(4, "r1")), a_road_zone(5, "r1", "r2"), stray)) == 1


def test_a_line_partly_off_the_network_counts_on_the_roads_it_is_known_to_use() -> None:
    zone, other = a_road_zone(5, "r1", "r2"), of_another(on_road(4, "r2", unmatched_m=10.0))
    assert found(a_question(on_road(4, "r1")), zone, other) == []
    assert len(found(a_question(on_road(4, "r2")), zone, other)) == 1


def test_a_road_is_full_under_whatever_kind_of_zone_it_was_asked_for() -> None:
    highway = of_another(on_road(3, "r1", zone_kind=ZoneKind.highway))
    (finding,) = found(a_question(on_road(3, "r1")), a_road_zone(3, "r1"), highway)
    assert "6" in finding.explanation.en


def test_a_zone_open_the_other_way_sets_no_limit() -> None:
    one_way = a_road_zone(3, "r1", direction=Direction.forward)
    assert found(a_question(on_road(8, "r1", forward=False)), one_way) == []
    assert len(found(a_question(on_road(8, "r1")), one_way)) == 1


def test_a_zone_open_to_other_phases_sets_no_limit() -> None:
    elsewise = a_road_zone(3, "r1", phases_open=(Phase.demonstration_operation,))
    assert found(a_question(on_road(8, "r1")), elsewise) == []


def test_a_zone_sets_no_limit_at_hours_it_is_not_open() -> None:
    by_day = a_road_zone(3, "r1", schedule=daily(time(6), time(18)))
    over = a_road_zone(3, "r1", schedule=during(-240, -24))
    by_night = on_road(8, "r1", schedule=daily(time(20), time(4)))
    assert found(a_question(by_night), by_day) == []
    assert found(a_question(on_road(8, "r1")), over) == []


def test_only_the_hours_at_which_the_zone_is_open_are_too_many() -> None:
    zone = holding(3, schedule=daily(time(6), time(18)))
    (finding,) = found(a_question(vehicles(5, schedule=during(0, 240))), zone)
    assert finding.overlap_hours == 120


def test_a_line_that_is_not_known_counts_where_it_lies() -> None:
    away = a_line((LON + 0.1, 30.7), (LON + 0.2, 30.7))
    elsewhere = of_another(on_road(4, core=away, unmatched_m=9.0))
    assert found(a_question(on_road(4, "r1")), a_road_zone(5, "r1"), elsewhere) == []


def test_a_road_opened_as_an_area_holds_as_many_as_it_says() -> None:
    area = an_open_zone(zone_kind=ZoneKind.urban_road, max_concurrent_vehicles=3)
    through = on_road(4, "r1", core=a_line((LON, 30.605), (LON + 0.01, 30.605)))
    assert len(found(a_question(through), area)) == 1


def test_a_zone_that_the_route_does_not_use_sets_no_limit() -> None:
    assert found(a_question(on_road(4, "r1")), a_road_zone(1, "r2")) == []


@pytest.mark.parametrize("named", ["one", "other"])
def test_the_road_is_full_whichever_of_its_zones_was_named(named: str) -> None:
    one, other = (
        an_open_zone(a_line(), id=key, max_concurrent_vehicles=3, road_ids=("r1",), **ROAD)
        for key in ("one", "other")
    )
    there = of_another(on_road(3, "r1", zone_id="one"))
    findings = in_zones(a_question(on_road(3, "r1", zone_id=named)), [one, other], there)
    assert {finding.against[0].id for finding in findings} == {"one", "other"}
    assert {finding.against[1].id for finding in findings} == {there.id}


def test_every_piece_that_is_too_full_is_named_and_shown() -> None:
    west, east = (
        a_line((LON, 30.6), (LON + 0.01, 30.6)),
        a_line((LON + 0.01, 30.6), (LON + 0.02, 30.6)),
    )
    far = a_line((LON + 0.02, 30.6), (LON + 0.03, 30.6))
    zone = an_open_zone(
        MultiLineString([west, east, far]),
        max_concurrent_vehicles=3,
        road_ids=("west", "east", "far"),
        **ROAD,
    )
    whole = {"from_m": 0, "to_m": 959}
    mine = [
        a_drive(use("west", **whole), use("east", **whole), max_concurrent_vehicles=2),
        a_drive(use("far", **whole), max_concurrent_vehicles=1),
    ]
    b, c, d = (
        of_another(a_drive(use(key, **whole), max_concurrent_vehicles=n))
        for key, n in (("west", 2), ("east", 3), ("far", 1))
    )
    (finding,) = found(a_question(*mine), zone, b, c, d)
    assert [a.id for a in finding.against[1:]] == [b.id, c.id]
    assert finding.volume_indexes == (0,)
    assert "up to 5 vehicles" in finding.explanation.en
    assert finding.witness is not None
    assert finding.witness.length == pytest.approx(0.02, rel=0.01)
    assert finding.witness.distance(far) < 1e-5
