"""Imports: every item accounted for, known ones brought up to date, nothing stored on a dry run."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.errors import Forbidden, Problem
from service.domain.importing import Counted, ImportKind, ImportOutcome, ImportReport
from service.domain.kinds import (
    AppliesTo,
    Direction,
    Phase,
    RestrictionEffect,
    RestrictionKind,
    RestrictionState,
    RoadClass,
    Role,
    Use,
    Visibility,
    ZoneKind,
    ZoneState,
)
from service.domain.place import DeclaredGeometry
from service.usecases import imports
from service.usecases.import_places import Moved
from service.usecases.imports import Item, Items
from service.usecases.restrictions import RestrictionRequest
from service.usecases.zones import ZoneRequest
from tests.builders import a_line, a_road, a_square, an_actor
from tests.fakes import FakeStore
from tests.surroundings import a_context

OUTCOMES = ImportOutcome
Shape = TypeVar("Shape", bound=BaseGeometry)


def brought(
    store: FakeStore,
    kind: ImportKind,
    *items: Item,
    role: Role = Role.managing_unit,
    **options: bool,
) -> ImportReport:
    return imports.run(
        store,
        an_actor(role),
        a_context(),
        kind,
        Items(items, "EPSG:4490", Counted.line),
        file_name="file",
        **options,
    )


def a_road_item(place: int = 1, key: str = "7", **changes: object) -> Item:
    return Item(place, a_road(id=key, external_id=key, revision=1, **changes), key)


def a_zone_item(key: str | None = "z", **changes: object) -> Item:
    request = ZoneRequest(
        name=Text("测试区", "Test area"),
        zone_kind=ZoneKind.designated_area,
        road_ids=(),
        direction=Direction.both,
        declared=None,
        geometry=a_square(),
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
    value = replace(request, **changes)  # type: ignore[arg-type]
    return Item(0, value, key, at="/features/0/properties")


def a_restriction_item() -> Item:
    request = RestrictionRequest(
        name=Text("施工", "Works"),
        restriction_kind=RestrictionKind.road_works,
        effect=RestrictionEffect.prohibited,
        applies_to=AppliesTo.ground,
        levels=None,
        declared=None,
        geometry=a_square(),
        radius_m=None,
        altitude=None,
        schedule=None,
        visibility=Visibility.public,
        authority=None,
    )
    return Item(0, request, "works")


def outcomes(report: ImportReport) -> list[ImportOutcome]:
    return [item.outcome for item in report.items]


def test_new_roads_are_added_and_counted() -> None:
    store = FakeStore()
    report = brought(store, ImportKind.roads, a_road_item(2, "7"), a_road_item(3, "8"))
    assert (report.read, report.accepted, report.warned) == (2, 2, 0)
    assert [(item.place, item.id) for item in report.items] == [(2, "7"), (3, "8")]
    assert set(store.committed.roads.find(["7", "8"])) == {"7", "8"}


def test_the_same_file_again_changes_nothing() -> None:
    store = FakeStore()
    item = a_road_item()
    brought(store, ImportKind.roads, item)
    report = brought(store, ImportKind.roads, item)
    assert outcomes(report) == [OUTCOMES.unchanged]
    assert store.committed.roads.get("7").revision == 1


def test_a_known_road_is_brought_up_to_date_and_not_doubled() -> None:
    store = FakeStore()
    brought(store, ImportKind.roads, a_road_item())
    longer = a_line((104.06, 30.60), (104.09, 30.60))
    report = brought(store, ImportKind.roads, a_road_item(line=longer))
    assert outcomes(report) == [OUTCOMES.changed]
    assert store.committed.roads.count() == 1
    assert store.committed.roads.get("7").revision == 2
    assert store.committed.roads.get("7").line == longer


def shifted(place: Shape, by: float = 0.003) -> Shape:
    """The place, a few hundred metres to the east."""
    return affinity.translate(place, xoff=by)


def five_roads(by: float = 0.0) -> list[Item]:
    lines = [a_line((104.06, 30.60 + n / 100), (104.07, 30.60 + n / 100)) for n in range(5)]
    return [a_road_item(n, f"{n}", line=shifted(line, by)) for n, line in enumerate(lines)]


def test_what_is_in_the_same_place_to_the_tenth_of_a_millimetre_is_unchanged() -> None:
    store = FakeStore()
    brought(store, ImportKind.roads, a_road_item(line=a_line()))
    rounded = shifted(a_line(), 0.9e-9)
    again = brought(store, ImportKind.roads, a_road_item(line=rounded, length_m=1.0))
    assert outcomes(again) == [OUTCOMES.unchanged]
    a_metre = brought(store, ImportKind.roads, a_road_item(line=shifted(a_line(), 1e-5)))
    assert outcomes(a_metre) == [OUTCOMES.changed]


def test_a_zone_in_the_same_place_keeps_how_it_was_declared() -> None:
    store = FakeStore()
    declared = DeclaredGeometry('{"type": "Polygon"}', "GCJ-02")
    brought(store, ImportKind.zones, a_zone_item(declared=declared))
    plain = a_zone_item(declared=DeclaredGeometry("{}", "EPSG:4490"))
    assert outcomes(brought(store, ImportKind.zones, plain)) == [OUTCOMES.unchanged]
    assert store.committed.zones.get("z").declared == declared


def test_a_file_that_would_move_everything_one_way_is_refused_and_nothing_is_stored() -> None:
    store = FakeStore()
    brought(store, ImportKind.roads, *five_roads())
    before = store.committed.journal.head()
    with pytest.raises(Moved, match="5 of the 5 items that are known move by about 28") as refused:
        brought(store, ImportKind.roads, *five_roads(by=0.003))
    assert "the earlier import was in EPSG:4490" in refused.value.message.en
    assert store.committed.journal.head() == before


def test_what_has_really_moved_is_stored_and_the_report_says_so() -> None:
    store = FakeStore()
    brought(store, ImportKind.roads, *five_roads())
    report = brought(store, ImportKind.roads, *five_roads(by=0.003), moved=True)
    assert outcomes(report) == [OUTCOMES.changed] * 5
    assert [note.code for note in report.notes] == ["all_moved"]


def test_a_dry_run_of_what_would_move_tells_and_is_not_refused() -> None:
    store = FakeStore()
    brought(store, ImportKind.roads, *five_roads())
    report = brought(store, ImportKind.roads, *five_roads(by=0.003), dry_run=True)
    assert [note.code for note in report.notes] == ["all_moved"]


def test_a_few_that_move_are_noted_and_stored() -> None:
    store = FakeStore()
    brought(store, ImportKind.roads, *five_roads())
    moving, staying = five_roads(by=0.003)[:2], five_roads()[2:]
    report = brought(store, ImportKind.roads, *moving, *staying)
    assert [note.code for note in report.notes] == ["some_moved"]
    assert report.count(OUTCOMES.changed) == 2


def test_zones_and_restrictions_are_watched_too() -> None:
    store = FakeStore()
    drafts = [replace(a_restriction_item(), id=f"{n}") for n in range(5)]
    brought(store, ImportKind.restrictions, *drafts)
    there = shifted(a_square())
    again = [replace(item, value=replace(item.value, geometry=there)) for item in drafts]
    with pytest.raises(Moved):
        brought(store, ImportKind.restrictions, *again)


def test_every_item_is_reported_with_its_name_and_its_class() -> None:
    named = a_road_item(1, "7", name=Text("一环", "Ring"), road_class=RoadClass.urban_arterial)
    unread = Item(2, None, "8", name=Text("二环", "Second"))
    report = brought(FakeStore(), ImportKind.roads, named, unread)
    assert [(i.name, i.category) for i in report.items] == [
        (Text("一环", "Ring"), "urban_arterial"),
        (Text("二环", "Second"), None),
    ]


def test_a_second_item_of_one_id_is_refused_and_names_the_first() -> None:
    store = FakeStore()
    report = brought(store, ImportKind.roads, a_road_item(2), a_road_item(9))
    assert outcomes(report) == [OUTCOMES.added, OUTCOMES.refused]
    assert report.items[1].notes[0].code == "duplicate_id"
    assert "2" in report.items[1].notes[0].message.en


def test_what_could_not_be_read_and_what_was_skipped_are_counted() -> None:
    note = Problem("/geometry", "not_wkt", Text("不是 WKT", "No WKT"))
    report = brought(
        FakeStore(),
        ImportKind.roads,
        Item(2, None, "7", (note,)),
        Item(3, None, "8", (note,), skipped=True),
        replace(a_road_item(4, "9"), notes=(note,)),
    )
    assert outcomes(report) == [OUTCOMES.refused, OUTCOMES.skipped, OUTCOMES.added]
    assert (report.read, report.accepted, report.warned) == (3, 1, 1)
    assert all(item.notes == (note,) for item in report.items)


def test_the_report_can_be_read_afterwards() -> None:
    store = FakeStore()
    report = brought(store, ImportKind.roads, a_road_item())
    assert imports.get(store.committed, an_actor(Role.admin), report.id) == report


def test_a_dry_run_gives_the_same_answer_and_stores_nothing() -> None:
    store = FakeStore()
    before = store.committed.journal.head()
    report = brought(store, ImportKind.roads, a_road_item(), dry_run=True)
    assert outcomes(report) == [OUTCOMES.added]
    assert store.committed.journal.head() == before
    assert store.committed.roads.count() == 0


def test_long_files_are_stored_in_portions_and_tell_how_far_they_are() -> None:
    heard: list[int] = []
    items = (a_road_item(n, f"{n}") for n in range(imports.PORTION + 1))
    imports.run(
        FakeStore(),
        an_actor(Role.admin),
        a_context(),
        ImportKind.roads,
        Items(items, "EPSG:4490", Counted.line),
        file_name="file",
        progress=heard.append,
    )
    assert heard == [imports.PORTION, imports.PORTION + 1]


def test_a_zone_is_proposed_under_the_id_it_brings() -> None:
    store = FakeStore()
    report = brought(store, ImportKind.zones, a_zone_item("z-1"))
    assert report.items[0].id == "z-1"
    assert store.committed.zones.get("z-1").state is ZoneState.proposed


def test_a_zone_without_an_id_gets_a_fresh_one() -> None:
    store = FakeStore()
    report = brought(store, ImportKind.zones, a_zone_item(None), a_zone_item(None))
    assert len({item.id for item in report.items}) == 2
    assert outcomes(report) == [OUTCOMES.added, OUTCOMES.added]


def test_publishing_takes_zones_and_restrictions_all_the_way() -> None:
    store = FakeStore()
    brought(store, ImportKind.zones, a_zone_item("z-1"), publish=True)
    brought(store, ImportKind.restrictions, a_restriction_item(), publish=True)
    assert store.committed.zones.get("z-1").state is ZoneState.published
    assert store.committed.restrictions.get("works").state is RestrictionState.published


def test_publishing_the_same_file_again_changes_nothing() -> None:
    store = FakeStore()
    brought(store, ImportKind.zones, a_zone_item(), publish=True)
    report = brought(store, ImportKind.zones, a_zone_item(), publish=True)
    assert outcomes(report) == [OUTCOMES.unchanged]


def test_a_proposed_zone_is_edited_by_a_newer_file() -> None:
    store = FakeStore()
    brought(store, ImportKind.zones, a_zone_item())
    report = brought(store, ImportKind.zones, a_zone_item(max_concurrent_vehicles=9))
    assert outcomes(report) == [OUTCOMES.changed]
    assert store.committed.zones.get("z").max_concurrent_vehicles == 9


def test_a_published_zone_is_not_edited_by_a_newer_file() -> None:
    store = FakeStore()
    brought(store, ImportKind.zones, a_zone_item(), publish=True)
    report = brought(store, ImportKind.zones, a_zone_item(max_concurrent_vehicles=9))
    assert outcomes(report) == [OUTCOMES.refused]
    assert report.items[0].notes[0].code == "illegal_step"


def test_a_zone_on_an_unknown_road_is_refused_by_its_place_and_the_others_are_stored() -> None:
    store = FakeStore()
    lost = a_zone_item("a", road_ids=("7",), geometry=None, zone_kind=ZoneKind.urban_road)
    report = brought(store, ImportKind.zones, lost, a_zone_item("b"))
    assert outcomes(report) == [OUTCOMES.refused, OUTCOMES.added]
    assert report.items[0].notes[0].pointer == "/features/0/properties/road_ids/0"


@pytest.mark.parametrize(
    ("role", "kind", "publish"),
    [
        (Role.operator, ImportKind.roads, False),
        (Role.admin, ImportKind.zones, False),
        (Role.planning, ImportKind.zones, True),
        (Role.planning, ImportKind.runways, True),
    ],
)
def test_nobody_imports_what_they_may_not_do_by_hand(
    role: Role, kind: ImportKind, publish: bool
) -> None:
    store = FakeStore()
    with pytest.raises(Forbidden):
        brought(store, kind, a_zone_item(), role=role, publish=publish)
    assert store.committed.zones.count() == 0
