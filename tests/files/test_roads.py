"""Roads from edge tables and features: each edge one road, what is odd said, nothing left out."""

import pytest

from service.domain.errors import Malformed
from service.domain.importing import ImportKind
from service.domain.kinds import RoadClass
from service.domain.road import Road
from service.usecases.imports import Item
from tests.files.reading import LINE, a_collection, a_feature, codes, defects, items_of

HEADER = "id,geometry,highway,lanes,tunnel,bridge,oneway,length"
WKT = "LINESTRING (104.06 30.6, 104.07 30.6)"


def table(*edges: str, header: str = HEADER) -> list[Item]:
    return items_of(ImportKind.roads, "\n".join([header, *edges]), ".csv")


def edge(key: str = "7", wkt: str = WKT, **columns: str) -> str:
    fields = {"highway": "2.0", "lanes": "0", "tunnel": "0", "bridge": "0", "oneway": "1"}
    rest = {**fields, "length": "958.8", **columns}
    return ",".join([key, f'"{wkt}"', *rest.values()])


def the_road(*edges: str) -> Road:
    (item,) = table(*edges)
    assert isinstance(item.value, Road), item.notes
    return item.value


def test_an_edge_becomes_a_road_under_its_own_id() -> None:
    road = the_road(edge("7", lanes="3"))
    assert (road.id, road.external_id, road.lanes, road.oneway) == ("7", "7", 3, True)
    assert list(road.line.coords) == [(104.06, 30.6), (104.07, 30.6)]
    assert road.length_m == pytest.approx(958.8, abs=1)


@pytest.mark.parametrize(
    ("highway", "road_class"),
    [
        ("0.0", RoadClass.expressway),
        ("1.0", RoadClass.urban_expressway),
        ("8.0", RoadClass.urban_expressway),
        ("primary", RoadClass.urban_arterial),
        ("3.0", RoadClass.urban_secondary),
        ("12.0", RoadClass.urban_branch),
        ("", RoadClass.unclassified),
    ],
)
def test_the_class_follows_the_code_or_the_word(highway: str, road_class: RoadClass) -> None:
    assert the_road(edge(highway=highway)).road_class is road_class


@pytest.mark.parametrize(
    ("bridge", "tunnel", "level"), [("1", "0", 1), ("0", "1", -1), ("0", "0", 0)]
)
def test_the_level_follows_from_bridge_and_tunnel(bridge: str, tunnel: str, level: int) -> None:
    assert the_road(edge(bridge=bridge, tunnel=tunnel)).level == level


def test_no_lanes_are_lanes_unknown() -> None:
    assert the_road(edge(lanes="0")).lanes is None


@pytest.mark.parametrize(
    ("wkt", "code"),
    [
        ("LINESTRING (104.06 30.6, 104.07 30.6, 104.07 30.61, 104.06 30.6)", "self_loop"),
        ("LINESTRING (104.06 30.6, 104.07 30.61, 104.07 30.6, 104.06 30.61)", "not_simple"),
        ("LINESTRING (104.06 30.6, 104.06 30.6, 104.07 30.6)", "repeated_vertices"),
        ("LINESTRING (104.06 30.6, 104.071 30.6)", "length_differs"),
    ],
)
def test_an_odd_edge_is_accepted_with_a_warning(wkt: str, code: str) -> None:
    (item,) = table(edge(wkt=wkt))
    assert isinstance(item.value, Road)
    assert code in [code for _, code in codes(item)]


def test_the_second_of_two_equal_shapes_is_accepted_and_named() -> None:
    first, second = table(edge("7"), edge("8"))
    assert codes(first) == []
    assert codes(second) == [("/geometry", "duplicate_geometry")]
    assert "7" in second.notes[0].message.en


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (edge(highway="13.0"), ("/highway", "wrong_value")),
        (edge(oneway="yes"), ("/oneway", "wrong_value")),
        (edge(lanes="2;3"), ("/lanes", "wrong_value")),
        (edge(length="nan"), ("/length_m", "finite_number")),
        (edge(wkt="LINESTRING (1"), ("/geometry", "not_wkt")),
        (edge(wkt="POINT (104 30)"), ("/geometry/type", "geometry_type_not_allowed")),
        (
            edge(wkt="LINESTRING (30.6 104.06, 30.6 104.07)"),
            ("/geometry/coordinates/0", "axes_exchanged"),
        ),
        (edge(wkt="LINESTRING (104.06 30.6, inf 30.6)"), ("/geometry/coordinates/1", "not_finite")),
        (edge("路 7"), ("/id", "id_not_usable")),
        ("7,8", ("", "column_count")),
    ],
)
def test_a_bad_edge_is_refused_by_column_and_the_others_are_read(
    row: str, problem: tuple[str, str]
) -> None:
    refused, good = table(row, edge("9"))
    assert refused.value is None
    assert refused.place == 2
    assert codes(refused) == [problem]
    assert isinstance(good.value, Road)


def test_a_table_without_a_column_is_refused_as_a_whole() -> None:
    with pytest.raises(Malformed, match="bridge"):
        table(header=HEADER.replace("bridge", "brücke"))


@pytest.mark.parametrize("line", [b"8,\xff\xfe", b'8,"a"b'])
def test_a_line_that_is_no_text_or_no_record_is_refused_by_itself(line: bytes) -> None:
    content = b"\n".join([HEADER.encode(), line, edge("9").encode()])
    refused, good = items_of(ImportKind.roads, content, ".csv")
    assert (refused.place, codes(refused)) == (2, [("", "unreadable")])
    assert (good.place, good.id) == (3, "9")


@pytest.mark.parametrize(("crs", "code"), [(None, "crs_required"), ("EPSG:1", "crs_unknown")])
def test_a_table_needs_a_known_reference_system(crs: str | None, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        items_of(ImportKind.roads, HEADER, ".csv", crs)
    assert defects(refused.value) == [("/crs", code)]


def test_a_feature_becomes_a_road_with_its_names_and_level() -> None:
    properties = {"name": {"zh": "三环路", "en": "Third Ring"}, "road_class": "urban_expressway"}
    (item,) = items_of(
        ImportKind.roads, a_collection(a_feature(LINE, "r-1", level=2, **properties)), ".geojson"
    )
    assert isinstance(item.value, Road)
    assert item.value.title == ("三环路", "Third Ring")
    assert (item.value.level, item.value.bridge) == (2, False)


def test_a_feature_without_an_id_is_refused() -> None:
    (item,) = items_of(ImportKind.roads, a_collection(a_feature(LINE)), ".json")
    assert codes(item) == [("/features/0/id", "id_not_usable")]


def test_a_feature_of_unknown_class_is_refused_where_it_says_so() -> None:
    features = a_collection(a_feature(LINE, 1), a_feature(LINE, 2, road_class="alley"))
    _, item = items_of(ImportKind.roads, features, ".json")
    assert codes(item) == [("/features/1/properties/road_class", "enum")]
