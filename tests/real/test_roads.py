"""6,195 edges of OpenStreetMap in north-eastern Chengdu become 6,195 roads; zones open on them."""

import csv
from collections import Counter
from datetime import date

import pytest
from shapely import LineString

from geo.text import Text
from service.domain.findings import Finding
from service.domain.importing import ImportKind, ImportOutcome
from service.domain.kinds import Direction, Domain, Phase, RoadClass, Role, Use, ZoneKind
from service.domain.road import Road
from service.usecases import checks, zones
from service.usecases.checks import CheckRequest, CheckResult
from service.usecases.volumes import VolumeRequest
from service.usecases.zones import ZoneRequest
from tests.builders import a_schedule, an_actor, an_operator
from tests.real.conftest import DATA, Registry

EDGES = "geo-chengdu-roads-buaa/road.csv"


def a_chain(roads: list[Road], road_class: RoadClass, most: int) -> list[Road]:
    """The first long chain of edges of a class, each starting where the one before ends."""
    onward: dict[tuple[float, ...], list[Road]] = {}
    for road in roads:
        if road.road_class is road_class and not road.line.is_closed and road.level == 0:
            onward.setdefault(road.line.coords[0], []).append(road)
    for start in (road for group in onward.values() for road in group):
        chain, seen = [start], {start.line.coords[0], start.line.coords[-1]}
        while len(chain) < most:
            ahead = onward.get(chain[-1].line.coords[-1], [])
            fresh = [road for road in ahead if road.line.coords[-1] not in seen]
            if not fresh:
                break
            chain.append(fresh[0])
            seen.add(fresh[0].line.coords[-1])
        if len(chain) == most:
            return chain
    raise AssertionError(f"no chain of {most} edges of class {road_class}")


def opened(registry: Registry, chain: list[Road]) -> str:
    """The id of a zone published on the chain, in its direction."""
    request = ZoneRequest(
        name=Text("实测路段", "Real streets"),
        zone_kind=ZoneKind.urban_road,
        road_ids=tuple(road.id for road in chain),
        direction=Direction.forward,
        declared=None,
        geometry=None,
        width_m=None,
        radius_m=None,
        altitude=None,
        schedule=None,
        use=Use.shared,
        max_concurrent_vehicles=5,
        phases_open=(Phase.road_test,),
        notice_number="1",
        notice_date=date(2026, 1, 1),
        district=None,
    )
    unit = an_actor(Role.managing_unit)
    with registry.store.write() as tx:
        zone = zones.propose(tx, unit, registry.ctx, request)
        for step in ("assess", "publish"):
            zones.step(tx, unit, registry.ctx, zone.id, step)
    return zone.id


def asked(registry: Registry, line: LineString) -> CheckResult:
    """The answer to an operator's road test along a line."""
    volume = VolumeRequest(
        pointer="/volumes/0",
        zone_kind=ZoneKind.urban_road,
        zone_id=None,
        declared=None,
        geometry=line,
        width_m=None,
        radius_m=None,
        altitude=None,
        use=Use.shared,
        direction=Direction.forward,
        max_concurrent_vehicles=1,
        schedule=a_schedule(),
    )
    request = CheckRequest(Domain.ground, Phase.road_test, (volume,))
    with registry.store.read() as tx:
        return checks.run(tx, an_operator(), registry.ctx, request)


def along(chain: list[Road]) -> LineString:
    first = list(chain[0].line.coords)
    return LineString([*first, *(at for road in chain[1:] for at in road.line.coords[1:])])


def rules_of(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule.id for finding in findings}


def test_every_edge_is_a_road_and_the_odd_ones_are_named(registry: Registry) -> None:
    report = registry.network
    assert (report.read, report.accepted, report.count(ImportOutcome.refused)) == (6195, 6195, 0)
    said = Counter(note.code for item in report.items for note in item.notes)
    assert said == {"self_loop": 7, "not_simple": 1, "duplicate_geometry": 2}


def test_classes_bridges_and_tunnels_are_those_of_the_file(registry: Registry) -> None:
    roads = registry.roads()
    assert len(roads) == 6195
    assert sum(road.road_class is RoadClass.unclassified for road in roads) == 1239
    assert sum(road.bridge for road in roads) == 360
    assert sum(road.tunnel for road in roads) == 14
    assert Counter(road.level for road in roads) == {0: 6195 - 374, 1: 360, -1: 14}


def test_roads_are_as_long_as_the_file_declares(registry: Registry) -> None:
    with (DATA / EDGES).open(encoding="utf-8") as file:
        declared = {row["id"]: float(row["length"]) for row in csv.DictReader(file)}
    ratios = [declared[road.id] / road.length_m for road in registry.roads()]
    assert (round(min(ratios), 3), round(max(ratios), 3)) == (0.998, 1.003)


def test_a_second_import_changes_no_road(registry: Registry) -> None:
    report = registry.bring(ImportKind.roads, EDGES, "EPSG:4326", Role.transport)
    assert report.count(ImportOutcome.unchanged) == 6195


@pytest.mark.parametrize(
    "road_class", [RoadClass.urban_arterial, RoadClass.urban_secondary, RoadClass.urban_branch]
)
def test_a_zone_on_a_chain_of_streets_holds_a_test_along_them(
    registry: Registry, road_class: RoadClass
) -> None:
    chain = a_chain(registry.roads(), road_class, 6)
    opened(registry, chain)

    answer = asked(registry, along(chain)).answer

    assert answer.may_submit
    assert answer.coverage.uncovered == ()
    assert answer.coverage.covered_length_m == pytest.approx(
        sum(road.length_m for road in chain), rel=1e-3
    )


def test_a_test_beyond_the_end_of_the_zone_is_told_where_it_leaves_it(registry: Registry) -> None:
    chain = a_chain(registry.roads(), RoadClass.urban_expressway, 5)
    opened(registry, chain[:4])

    answer = asked(registry, along(chain)).answer

    assert not answer.may_submit
    assert "sharing.zone_coverage" in rules_of(answer.findings)
    beyond_m = sum(part.length_m for part in answer.coverage.uncovered)
    assert beyond_m == pytest.approx(chain[4].length_m, abs=40)
