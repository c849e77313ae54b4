"""Does a test stay inside what was opened: place, then direction, phase, hours and heights."""

from dataclasses import replace
from datetime import time

import pytest
from shapely import LineString

from geo.altitude import AltitudeBand, Ground, Reference, Unit
from geo.conflict import Verdict
from geo.schedule import Weekday, WeeklyWindow
from service.domain.check_zones import covered
from service.domain.kinds import Direction, Phase, ZoneKind, ZoneState
from service.domain.road import Road
from tests.builders import (
    LAT,
    LON,
    a_band,
    a_frame,
    a_line,
    a_road,
    a_schedule,
    a_square,
    nights,
)
from tests.domain.questions import (
    LAW,
    a_drive,
    a_flight,
    a_question,
    an_air_question,
    an_area,
    an_open_zone,
    use,
)

EAST = LON + 0.01
DAYTIME = WeeklyWindow(frozenset(Weekday), time(8), time(18))
AIR = {"zone_kind": ZoneKind.low_altitude_area, "phases_open": (Phase.flight_trial,)}
ROAD = {"zone_kind": ZoneKind.urban_road, "road_ids": ("r1",), "radius_m": 15.0}


STREET, VIADUCT = a_road(id="r0"), a_road(id="r1", level=1, bridge=True)


def rules(findings):
    return [finding.rule.id for finding in findings]


def by_id(*roads: Road) -> dict[str, Road]:
    return {road.id: road for road in roads}


def test_a_test_inside_an_open_zone_finds_nothing() -> None:
    coverage, findings = covered(a_question(), [an_open_zone()], LAW)
    assert findings == ()
    assert coverage.uncovered == ()
    assert coverage.covered_length_m > 1000


def test_a_test_where_nothing_is_open_is_blocked_with_the_part_as_witness() -> None:
    coverage, (finding,) = covered(a_question(), [], LAW)
    assert finding.rule.id == "sharing.zone_coverage"
    assert finding.stops_submit
    assert finding.witness is not None
    assert finding.witness.symmetric_difference(a_square()).area < 1e-9
    assert [part.volume_index for part in coverage.uncovered] == [0]


def test_the_part_outside_is_measured_and_shown() -> None:
    route = a_drive(use("r1"), core=a_line((LON, LAT), (LON + 0.02, LAT)))
    zone = an_open_zone(a_line((LON, LAT), (EAST, LAT)), **ROAD)
    coverage, (finding,) = covered(a_question(route), [zone], LAW)
    (part,) = coverage.uncovered
    assert part.length_m == pytest.approx(959 - 33, abs=2)
    assert coverage.covered_length_m == pytest.approx(959 + 33, abs=2)
    assert finding.witness is not None
    assert finding.witness.bounds[2] == pytest.approx(LON + 0.02)


def test_two_zones_side_by_side_cover_what_neither_covers_alone() -> None:
    zones = [an_open_zone(a_square(LON)), an_open_zone(a_square(EAST))]
    both = a_question(an_area(a_square(LON + 0.005)))
    assert covered(both, zones, LAW)[1] == ()
    assert rules(covered(both, zones[:1], LAW)[1]) == ["sharing.zone_coverage"]


@pytest.mark.parametrize("state", [ZoneState.proposed, ZoneState.assessed, ZoneState.withdrawn])
def test_a_zone_that_is_not_published_opens_nothing(state: ZoneState) -> None:
    (finding,) = covered(a_question(), [an_open_zone(state=state)], LAW)[1]
    assert finding.rule.id == "sharing.zone_coverage"


def test_a_zone_of_another_kind_opens_nothing() -> None:
    (finding,) = covered(a_question(), [an_open_zone(zone_kind=ZoneKind.closed_site)], LAW)[1]
    assert finding.rule.id == "sharing.zone_coverage"


def test_only_the_zone_that_was_named_counts() -> None:
    named, other = an_open_zone(), an_open_zone()
    question = a_question(an_area(zone_id=named.id))
    assert covered(question, [named, other], LAW)[1] == ()
    assert rules(covered(question, [other], LAW)[1]) == ["sharing.zone_coverage"]


def test_a_zone_closed_to_the_phase_is_named() -> None:
    zone = an_open_zone(phases_open=(Phase.closed_site_test,))
    coverage, (finding,) = covered(a_question(), [zone], LAW)
    assert finding.rule.id == "sharing.zone_phase"
    assert [a.id for a in finding.against] == [zone.id]
    assert coverage.uncovered


def test_a_closed_zone_beside_an_open_one_in_the_same_place_does_no_harm() -> None:
    zones = [an_open_zone(phases_open=(Phase.closed_site_test,)), an_open_zone()]
    assert covered(a_question(), zones, LAW)[1] == ()


def test_hours_outside_the_zones_hours_are_blocked() -> None:
    zone = an_open_zone(schedule=a_schedule(end=None, weekly=(nights(),)))
    by_night = a_question(an_area(schedule=a_schedule(weekly=(nights(),))))
    by_day = a_question(an_area(schedule=a_schedule(weekly=(DAYTIME,))))
    assert covered(by_night, [zone], LAW)[1] == ()
    assert rules(covered(by_day, [zone], LAW)[1]) == ["sharing.zone_hours"]


def test_the_first_narrowing_that_leaves_a_gap_names_the_rule() -> None:
    zone = an_open_zone(
        phases_open=(Phase.closed_site_test,),
        schedule=a_schedule(end=None, weekly=(nights(),)),
    )
    assert rules(covered(a_question(), [zone], LAW)[1]) == ["sharing.zone_phase"]


def test_a_flight_above_the_zone_is_blocked() -> None:
    zone = an_open_zone(altitude=a_band(0, 100), **AIR)
    (finding,) = covered(an_air_question(a_flight()), [zone], LAW)[1]
    assert finding.rule.id == "sharing.zone_altitude"
    assert finding.verdict is Verdict.conflict


def test_a_flight_within_the_zones_heights_finds_nothing() -> None:
    zone = an_open_zone(altitude=a_band(60, 110), **AIR)
    assert covered(an_air_question(a_flight()), [zone], LAW)[1] == ()


def test_heights_of_other_references_over_unknown_ground_are_undecided() -> None:
    zone = an_open_zone(altitude=AltitudeBand(400, 700, Unit.m, Reference.AMSL), **AIR)
    nobody_knows = replace(LAW, frame=a_frame(ground=Ground()))
    coverage, (finding,) = covered(an_air_question(a_flight()), [zone], nobody_knows)
    assert finding.rule.id == "sharing.zone_altitude"
    assert finding.verdict is Verdict.indeterminate
    assert coverage.uncovered == ()


def test_heights_of_other_references_over_known_ground_are_decided() -> None:
    wide = an_open_zone(altitude=AltitudeBand(400, 700, Unit.m, Reference.AMSL), **AIR)
    low = an_open_zone(altitude=AltitudeBand(0, 400, Unit.m, Reference.AMSL), **AIR)
    asked = an_air_question(a_flight())
    assert covered(asked, [wide], LAW)[1] == ()
    (finding,) = covered(asked, [low], LAW)[1]
    assert finding.verdict is Verdict.conflict


def test_a_route_is_handed_over_from_zone_to_zone() -> None:
    west = an_open_zone(a_line((LON, LAT), (EAST, LAT)), **ROAD)
    east = an_open_zone(a_line((EAST, LAT), (LON + 0.02, LAT)), **ROAD)
    route = a_drive(use("r1"), core=a_line((LON, LAT), (LON + 0.02, LAT)))
    coverage, findings = covered(a_question(route), [west, east], LAW)
    assert findings == ()
    (handover,) = coverage.handovers
    assert (handover.from_zone_id, handover.to_zone_id) == (west.id, east.id)
    assert handover.at.x == pytest.approx(EAST, abs=0.0005)


def test_a_route_in_one_zone_is_handed_over_nowhere() -> None:
    zone = an_open_zone(a_line(), **ROAD)
    assert covered(a_question(a_drive(use("r1"))), [zone, zone], LAW)[0].handovers == ()


def test_a_road_opened_one_way_is_closed_the_other() -> None:
    zone = an_open_zone(a_line(), direction=Direction.forward, **ROAD)
    along, against = a_drive(use("r1")), a_drive(use("r1"), use("r1", forward=False))
    assert covered(a_question(along), [zone], LAW)[1] == ()
    (finding,) = covered(a_question(against), [zone], LAW)[1]
    assert finding.rule.id == "sharing.zone_coverage"
    assert "direction" in finding.explanation.en


def test_a_road_opened_both_ways_is_open_either_way() -> None:
    zone = an_open_zone(a_line(), direction=Direction.both, **ROAD)
    against = a_drive(use("r1", forward=False))
    assert covered(a_question(against), [zone], LAW)[1] == ()


def test_a_route_beside_the_road_within_the_tolerance_is_on_it() -> None:
    zone = an_open_zone(a_line(), **ROAD)
    beside = a_drive(use("r1"), core=LineString([(LON, LAT + 0.00029), (EAST, LAT + 0.00029)]))
    away = a_drive(use("r1"), core=LineString([(LON, LAT + 0.00031), (EAST, LAT + 0.00031)]))
    assert covered(a_question(beside), [zone], LAW)[1] == ()
    assert rules(covered(a_question(away), [zone], LAW)[1]) == ["sharing.zone_coverage"]


@pytest.mark.parametrize(("radius_m", "inside"), [(19.0, True), (34.0, True), (36.0, False)])
def test_a_route_wider_than_the_road_leaves_the_zone(radius_m: float, inside: bool) -> None:
    zone = an_open_zone(a_line(), **ROAD)
    wide = a_drive(use("r1"), core=a_line(), radius_m=radius_m)
    found = covered(a_question(wide), [zone], LAW)[1]
    assert rules(found) == ([] if inside else ["sharing.zone_coverage"])


def test_a_disc_on_a_road_must_lie_in_the_zone_with_all_of_it() -> None:
    zone = an_open_zone(a_line(), **ROAD)
    on_road = LineString(a_line()).interpolate(0.5, normalized=True)
    small, large = (a_drive(use("r1"), core=on_road, radius_m=radius) for radius in (10, 1500))
    assert covered(a_question(small), [zone], LAW)[1] == ()
    (finding,) = covered(a_question(large), [zone], LAW)[1]
    assert finding.rule.id == "sharing.zone_coverage"


def test_an_area_must_lie_in_the_zone_with_its_whole_footprint() -> None:
    barely_out = an_area(a_square(LON + 0.0001))
    (finding,) = covered(a_question(barely_out), [an_open_zone()], LAW)[1]
    assert finding.rule.id == "sharing.zone_coverage"


def test_a_line_partly_on_no_known_road_leaves_its_level_open() -> None:
    zone = an_open_zone(a_line(), **ROAD)
    stray = a_drive(use("r1"), unmatched_m=30.0)
    (finding,) = covered(a_question(stray), [zone], LAW)[1]
    assert finding.rule.id == "sharing.unmatched"
    assert finding.verdict is Verdict.indeterminate


def test_a_line_under_a_viaduct_that_alone_is_opened_is_undecided() -> None:
    viaduct = an_open_zone(a_line(), levels=frozenset({1}), **ROAD)
    below_or_above = a_drive(use("r1"), use("r0"), levels=frozenset({0, 1}))
    roads = by_id(STREET, VIADUCT)
    (finding,) = covered(a_question(below_or_above), [viaduct], LAW, roads)[1]
    assert finding.rule.id == "sharing.level_unknown"
    assert finding.verdict is Verdict.indeterminate


def test_roads_above_each_other_that_are_both_opened_leave_no_doubt() -> None:
    above = an_open_zone(a_line(), levels=frozenset({1}), **ROAD)
    below = an_open_zone(a_line(), levels=frozenset({0}), **{**ROAD, "road_ids": ("r0",)})
    both = a_drive(use("r1"), use("r0"), levels=frozenset({0, 1}))
    assert covered(a_question(both), [above, below], LAW, by_id(STREET, VIADUCT))[1] == ()


def test_a_road_opened_as_an_area_is_open_on_every_level() -> None:
    area = an_open_zone(zone_kind=ZoneKind.urban_road)
    viaduct = an_open_zone(a_line(), levels=frozenset({1}), **ROAD)
    both = a_drive(use("r1"), use("r0"), levels=frozenset({0, 1}))
    assert covered(a_question(both), [area, viaduct], LAW, by_id(STREET, VIADUCT))[1] == ()


def test_every_volume_is_looked_at_by_itself() -> None:
    inside, outside = an_area(), an_area(a_square(LON + 0.1))
    coverage, (finding,) = covered(a_question(inside, outside), [an_open_zone()], LAW)
    assert finding.volume_indexes == (1,)
    assert [part.volume_index for part in coverage.uncovered] == [1]
