"""GeoJSON files: what they must be, where they say so, and whose datum counts."""

import pytest
from shapely import MultiPolygon, Polygon

from geo.crs import GCJ02, geodesic_area_m2, geodesic_distance_m
from service.domain.errors import Malformed
from service.domain.importing import ImportKind
from service.domain.road import District
from service.usecases.imports import Item
from service.usecases.restrictions import RestrictionRequest
from service.usecases.zones import ZoneRequest
from tests.files.reading import (
    LINE,
    SQUARE,
    a_collection,
    a_feature,
    a_polygon,
    codes,
    defects,
    items_of,
)

BOW_TIE = [[104.0, 30.6], [104.1, 30.7], [104.1, 30.6], [104.0, 30.7], [104.0, 30.6]]
SPUR = [*SQUARE[:2], [104.1, 30.65], [104.11, 30.65], [104.1, 30.65], *SQUARE[2:]]
ZONE = {
    "name": {"zh": "测试区", "en": "Test area"},
    "zone_kind": "designated_area",
    "max_concurrent_vehicles": 5,
    "phases_open": ["road_test"],
    "notice": {"number": "1", "date": "2026-01-01"},
}


def zones(*features: object, **members: object) -> list[Item]:
    return items_of(ImportKind.zones, a_collection(*features, **members), ".geojson")


def the_district(geometry: object, crs: str = "EPSG:4490") -> Item:
    feature = {"type": "Feature", "properties": {"adcode": 510104, "name": "锦江区"}}
    content = a_collection({**feature, "geometry": geometry})
    (item,) = items_of(ImportKind.districts, content, ".json", crs)
    return item


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[]", "no_feature_collection"),
        ('{"type": "Feature"}', "no_feature_collection"),
        ('{"type": "FeatureCollection", "features": {}}', "no_feature_collection"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        (b"\xff\xfe{}", "not_json"),
        ('{"a": ' + "9" * 10_000 + "}", "not_json"),
    ],
)
def test_what_is_no_feature_collection_is_refused_as_a_whole(content: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        items_of(ImportKind.zones, content, ".json")
    assert defects(refused.value) == [("", code)]


def test_a_file_of_an_unknown_kind_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Malformed, match=r"roads \.csv, \.geojson, \.json"):
        items_of(ImportKind.roads, "", ".shp")


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4490",
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    ],
)
def test_the_file_may_state_its_reference_system(crs: object) -> None:
    content = a_collection(a_feature(a_polygon(), "z", **ZONE), crs=crs)
    (item,) = items_of(ImportKind.zones, content, ".json", crs=None)
    assert isinstance(item.value, ZoneRequest)
    assert item.value.declared is not None
    assert item.value.declared.crs == "EPSG:4490"


def test_a_file_that_states_none_needs_a_declaration() -> None:
    with pytest.raises(Malformed) as refused:
        items_of(ImportKind.zones, a_collection(), ".json", crs=None)
    assert defects(refused.value) == [("/crs", "crs_required")]


def test_a_declaration_against_what_the_file_states_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        items_of(ImportKind.zones, a_collection(crs="EPSG:4326"), ".json", crs=GCJ02)
    assert defects(refused.value) == [("/crs", "crs_differs")]


def test_a_zone_has_the_properties_that_the_api_takes() -> None:
    (item,) = zones(a_feature(a_polygon(), "z-1", **ZONE))
    assert isinstance(item.value, ZoneRequest)
    assert (item.id, item.value.name.zh) == ("z-1", "测试区")
    assert item.at == "/features/0/properties"


def test_a_zone_may_cite_roads_instead_of_a_geometry() -> None:
    (item,) = zones(a_feature(None, "z-1", **ZONE, road_ids=["7", "8"]))
    assert isinstance(item.value, ZoneRequest)
    assert item.value.road_ids == ("7", "8")


@pytest.mark.parametrize(
    ("geometry", "properties", "problem"),
    [
        (a_polygon(), {"zone_kind": "park"}, ("/features/0/properties/zone_kind", "enum")),
        (a_polygon(), {"colour": "red"}, ("/features/0/properties/colour", "extra_forbidden")),
        (a_polygon(BOW_TIE), {}, ("/features/0/geometry/coordinates/0/0", "self_crossing")),
        (LINE, {}, ("/features/0/properties/width_m", "width_required")),
        ({}, {}, ("/features/0/geometry/type", "unknown_geometry_type")),
        (a_polygon(), {"name": "\ud800"}, ("/features/0/properties/name/zh", "string_unicode")),
        (
            a_polygon(),
            {"name": "a\x00"},
            ("/features/0/properties/name/zh", "string_pattern_mismatch"),
        ),
    ],
)
def test_a_bad_feature_is_refused_by_its_place_in_the_file_and_the_others_are_read(
    geometry: dict[str, object], properties: dict[str, object], problem: tuple[str, str]
) -> None:
    refused, good = zones(
        a_feature(geometry, "z-1", **{**ZONE, **properties}), a_feature(a_polygon(), "z-2", **ZONE)
    )
    assert refused.value is None
    assert problem in codes(refused)
    assert good.value is not None


@pytest.mark.parametrize("raw", [None, 7, [], {"type": "Polygon"}])
def test_what_is_no_feature_is_refused_by_index(raw: object) -> None:
    (item,) = zones(raw)
    assert codes(item) == [("/features/0", "no_feature")]


def test_what_the_registry_shows_of_a_zone_is_passed_over() -> None:
    shown = {"state": "published", "revision": 3, "levels": None, "allowed_actions": []}
    (item,) = zones(a_feature(a_polygon(), "z-1", **ZONE, **shown))
    assert isinstance(item.value, ZoneRequest), codes(item)


@pytest.mark.parametrize(
    ("name", "read"), [("锦江", "锦江"), (7, None), ("\ud800", None), ("a\x1b[2J", None)]
)
def test_a_refused_feature_is_called_by_its_name_where_that_can_be_read(
    name: object, read: str | None
) -> None:
    (item,) = zones(a_feature(a_polygon(BOW_TIE), "z-1", **{**ZONE, "name": name}))
    assert item.value is None
    assert (item.name and item.name.zh) == read


def test_a_restriction_keeps_its_levels_and_schedule() -> None:
    (item,) = items_of(
        ImportKind.restrictions,
        a_collection(
            a_feature(
                LINE,
                "works",
                name="施工",
                restriction_kind="road_works",
                effect="prohibited",
                applies_to="ground",
                levels=[0],
                radius_m=20,
                schedule={"start": "2026-12-01T00:00:00+08:00", "end": None},
            )
        ),
        ".geojson",
    )
    assert isinstance(item.value, RestrictionRequest)
    assert item.value.levels == frozenset({0})
    assert item.value.schedule is not None


def test_a_district_is_known_by_its_administrative_code() -> None:
    item = the_district(a_polygon())
    assert isinstance(item.value, District)
    assert (item.id, item.value.code, item.value.name.zh) == ("510104", "510104", "锦江区")
    assert not item.value.repaired


def test_a_boundary_that_crosses_itself_is_mended_and_the_change_is_told() -> None:
    tiny = [[104.0, 30.6], [104.1, 30.6], [104.1, 30.7], [104.0, 30.7], [104.0001, 30.6001]]
    crossed = [*tiny, [104.0, 30.6002], [104.0002, 30.6], [104.0, 30.6]]
    item = the_district(a_polygon(crossed))
    assert isinstance(item.value, District), codes(item)
    assert item.value.repaired
    assert item.value.area.is_valid
    assert "m2" in item.notes[0].message.en


def test_a_boundary_that_would_change_much_is_refused() -> None:
    item = the_district(a_polygon(BOW_TIE))
    assert item.value is None
    assert codes(item) == [("/features/0/geometry", "repair_changes_area")]


def test_parts_that_share_an_edge_are_joined_and_count_as_repaired() -> None:
    half = [[104.1, 30.6], [104.2, 30.6], [104.2, 30.7], [104.1, 30.7], [104.1, 30.6]]
    item = the_district({"type": "MultiPolygon", "coordinates": [[SQUARE], [half]]})
    assert isinstance(item.value, District)
    assert item.value.repaired
    assert "the area changed by +0.0 m2" in item.notes[0].message.en
    assert isinstance(item.value.area, Polygon | MultiPolygon)
    assert geodesic_area_m2(item.value.area) > 1.9 * geodesic_area_m2(Polygon(SQUARE))


def test_a_shifted_boundary_is_brought_back() -> None:
    item = the_district(a_polygon(), GCJ02)
    assert isinstance(item.value, District)
    shifted, true = Polygon(SQUARE).centroid, item.value.area.centroid
    distance_m = geodesic_distance_m((shifted.x, shifted.y), (true.x, true.y))
    assert 300 < distance_m < 420
    assert true.x < shifted.x
    assert true.y > shifted.y
