"""Districts in the shifted datum and runways of all China, brought in as they are published."""

import json

import shapely
from shapely import Point
from shapely.geometry import shape

from geo.crs import GCJ02, geodesic_distance_m
from service.domain.importing import ImportKind, ImportOutcome
from service.domain.kinds import RestrictionState, Role
from service.usecases.ports import Query
from tests.real.conftest import DATA, Registry

CITY = "geo-chengdu-datav2021/510100.json"


def test_all_districts_come_in_and_the_four_invalid_ones_are_mended_visibly(
    registry: Registry,
) -> None:
    report = registry.bring(ImportKind.districts, CITY, GCJ02, Role.planning)
    assert (report.read, report.accepted, report.warned) == (20, 20, 4)
    with registry.store.read() as tx:
        districts = tx.districts.page(Query()).items
    assert sum(district.repaired for district in districts) == 4
    assert all(shapely.is_valid(district.area) for district in districts)
    repaired = {district.id for district in districts if district.repaired}
    assert repaired == {item.id for item in report.items if item.notes}


def test_districts_are_brought_back_to_where_they_lie(registry: Registry) -> None:
    registry.bring(ImportKind.districts, CITY, GCJ02, Role.planning)
    published = {
        str(feature["properties"]["adcode"]): shapely.make_valid(shape(feature["geometry"]))
        for feature in json.loads((DATA / CITY).read_text(encoding="utf-8"))["features"]
    }
    with registry.store.read() as tx:
        districts = tx.districts.page(Query()).items
    for district in districts:
        shifted, true = published[district.code].centroid, district.area.centroid
        distance_m = geodesic_distance_m((shifted.x, shifted.y), (true.x, true.y))
        assert 300 < distance_m < 420, district.name
        assert true.x < shifted.x, district.name
        assert true.y > shifted.y, district.name


def test_the_runways_of_the_city_become_clearance_areas_and_the_others_are_skipped(
    registry: Registry,
) -> None:
    runways = "geo-ourairports/runways-cn.csv"
    report = registry.bring(ImportKind.runways, runways, None, Role.civil_aviation)
    assert report.read == 106
    assert report.count(ImportOutcome.refused) == 0
    assert report.accepted == 5
    assert all(item.notes for item in report.items if item.outcome is ImportOutcome.skipped)
    with registry.store.read() as tx:
        areas = [tx.restrictions.get(item.id) for item in report.items if item.accepted and item.id]
    assert {area.name.en.split()[0] for area in areas} == {"ZUUU", "ZUTF"}
    assert all(area.state is RestrictionState.draft for area in areas)
    shuangliu, tianfu = Point(103.947, 30.578), Point(104.441, 30.313)
    for area in areas:
        airport = shuangliu if area.name.en.startswith("ZUUU") else tianfu
        assert area.volume.footprint.core.covers(airport), area.name
