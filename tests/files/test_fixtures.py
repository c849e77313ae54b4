"""The schematic city: drawn as its files say, and accepted whole by the readers of imports."""

from collections import Counter

import pytest
from shapely import Polygon

from service.adapters.demo.load import FIXTURES
from service.adapters.files.reading import read
from service.domain.importing import ImportKind
from service.domain.road import District, Road
from service.usecases.imports import Item
from tests.files.reading import CONTEXT
from tools.city.__main__ import files


def items_of(kind: ImportKind) -> list[Item]:
    path = FIXTURES / f"{kind}.geojson"
    with path.open("rb") as stream:
        return list(read(kind, stream, path.name, None, CONTEXT))


@pytest.mark.parametrize("name", sorted(files()))
def test_a_file_is_what_the_drawing_gives(name: str) -> None:
    assert FIXTURES.joinpath(name).read_text(encoding="utf-8") == files()[name]


@pytest.mark.parametrize("name", sorted(files()))
def test_a_file_says_that_it_is_schematic(name: str) -> None:
    assert '"schematic": true, "approximate": true' in files()[name].splitlines()[0]


@pytest.mark.parametrize(
    ("kind", "count"), [("roads", 317), ("districts", 9), ("zones", 9), ("restrictions", 6)]
)
def test_every_feature_is_accepted(kind: ImportKind, count: int) -> None:
    items = items_of(ImportKind(kind))
    assert len(items) == count
    assert [item.notes for item in items if item.value is None] == []
    assert len({item.id for item in items}) == count


def test_two_bridges_and_a_tunnel_cross_other_roads() -> None:
    roads = [item.value for item in items_of(ImportKind.roads) if isinstance(item.value, Road)]
    raised = [road for road in roads if road.level]
    assert Counter(road.level for road in raised) == {1: 2, -1: 1}
    for road in raised:
        under = [other for other in roads if other.level != road.level]
        assert any(
            other.line.crosses(road.line) or other.line.touches(road.line) for other in under
        )


def test_districts_share_borders_and_no_ground() -> None:
    items = items_of(ImportKind.districts)
    areas = [item.value.area for item in items if isinstance(item.value, District)]
    assert all(isinstance(area, Polygon) for area in areas)
    for n, area in enumerate(areas):
        for other in areas[:n]:
            assert area.intersection(other).area < 1e-9
