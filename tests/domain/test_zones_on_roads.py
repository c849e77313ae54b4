"""A road is opened by being cited, not by lying near one that is; nothing opens a wrong way."""

from typing import Any

import pytest
from shapely import LineString

from service.domain.check_zones import covered
from service.domain.kinds import Direction, ZoneKind
from service.domain.road import Road
from tests.builders import LAT, LON, a_line, a_road, a_square
from tests.domain.questions import LAW, a_drive, a_question, an_open_zone, use

EAST = LON + 0.01
ROAD = {"zone_kind": ZoneKind.urban_road, "road_ids": ("r1",), "radius_m": 15.0}


def by_id(*roads: Road) -> dict[str, Road]:
    return {road.id: road for road in roads}


def north_of(up_m: float, **changes: Any) -> Road:
    """A road as long as a_line(), so many metres to the north of it."""
    up = up_m / 110_850
    line = a_line((LON, LAT + up), (EAST, LAT + up))
    return a_road(**{"line": line, **changes})


@pytest.mark.parametrize(
    "closed",
    [
        north_of(15, id="west", oneway=True),
        north_of(10, id="viaduct", level=1, bridge=True),
        north_of(18, id="frontage"),
    ],
    ids=lambda road: road.id,
)
def test_a_road_beside_an_opened_one_is_not_opened(closed: Road) -> None:
    opened = an_open_zone(a_line(), **ROAD)
    whole = use(closed.id, 0, closed.stretch.length_m)
    beside = a_drive(whole, core=closed.line, levels=frozenset({closed.level}))
    coverage, (finding,) = covered(a_question(beside), [opened], LAW, by_id(closed))
    assert (finding.rule.id, finding.stops_submit) == ("sharing.zone_coverage", True)
    (part,) = coverage.uncovered
    assert part.length_m == pytest.approx(959, abs=1)
    assert part.geometry.hausdorff_distance(closed.line) < 1e-6
    assert coverage.covered_length_m == pytest.approx(0, abs=1)


def test_of_a_way_there_and_back_only_the_road_that_is_closed_is_told() -> None:
    there, back = a_road(id="r1"), north_of(15, id="back")
    core = LineString([*there.line.coords, *reversed(back.line.coords)])
    loop = a_drive(use("r1", 0, 959), use("back", 0, 959, False), core=core)
    roads = by_id(there, back)
    coverage, (finding,) = covered(a_question(loop), [an_open_zone(a_line(), **ROAD)], LAW, roads)
    (part,) = coverage.uncovered
    assert part.length_m == pytest.approx(959, abs=1)
    assert finding.rule.id == "sharing.zone_coverage"
    zones = [an_open_zone(a_line(), **{**ROAD, "road_ids": ("r1", "back")})]
    assert covered(a_question(loop), zones, LAW, roads)[1] == ()


def test_back_over_the_viaduct_beside_the_street_is_no_doubt_about_the_level() -> None:
    street, viaduct = a_road(id="r1"), north_of(4, id="viaduct", level=1, bridge=True)
    core = LineString([*street.line.coords, *reversed(viaduct.line.coords)])
    loop = a_drive(
        use("r1", 0, 959), use("viaduct", 0, 959, False), core=core, levels=frozenset({0, 1})
    )
    zones = [an_open_zone(a_line(), **ROAD)]
    (finding,) = covered(a_question(loop), zones, LAW, by_id(street, viaduct))[1]
    assert finding.rule.id == "sharing.zone_coverage"


def test_a_road_that_no_zone_cites_is_open_in_an_area_that_cites_none() -> None:
    area = an_open_zone(a_square(LON - 0.001, LAT - 0.001), zone_kind=ZoneKind.urban_road)
    drive = a_drive(use("r1", 0, 860), core=a_line((LON, LAT), (EAST - 0.001, LAT)))
    roads = by_id(a_road(id="r1"))
    assert covered(a_question(drive), [area], LAW, roads)[1] == ()
    further = a_drive(
        use("r1", 0, 959), use("r2", 0, 959), core=a_line((LON, LAT), (LON + 0.02, LAT))
    )
    roads |= by_id(a_road(id="r2", line=a_line((EAST, LAT), (LON + 0.02, LAT))))
    (part, _) = covered(a_question(further), [area], LAW, roads)[0].uncovered
    assert part.geometry.bounds[0] == pytest.approx(EAST - 0.001, abs=0.0003)


def test_every_road_that_is_not_cited_is_told_by_itself() -> None:
    chain = [
        a_road(id=f"r{n}", line=a_line((LON + n / 100, LAT), (LON + (n + 1) / 100, LAT)))
        for n in range(3)
    ]
    drive = a_drive(
        *(use(road.id, 0, 959) for road in chain), core=a_line((LON, LAT), (LON + 0.03, LAT))
    )
    zone = an_open_zone(chain[1].line, **ROAD)
    coverage, (finding,) = covered(a_question(drive), [zone], LAW, by_id(*chain))
    assert [part.length_m for part in coverage.uncovered] == pytest.approx([959, 959], abs=1)
    assert coverage.covered_length_m == pytest.approx(959, abs=1)
    assert finding.witness is not None


def test_no_zone_opens_a_one_way_street_the_wrong_way() -> None:
    one_way = by_id(a_road(id="r1", oneway=True))
    zone = an_open_zone(a_line(), direction=Direction.both, **ROAD)
    against = a_drive(use("r1", 100, 600, forward=False))
    coverage, (finding,) = covered(a_question(against), [zone], LAW, one_way)
    assert (finding.rule.id, finding.stops_submit) == ("sharing.wrong_way", True)
    assert [part.length_m for part in coverage.uncovered] == [500]
    assert finding.witness is not None
    assert coverage.covered_length_m == pytest.approx(459, abs=1)
    assert covered(a_question(a_drive(use("r1"))), [zone], LAW, one_way)[1] == ()
