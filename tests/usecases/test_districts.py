"""Lists of what lies in a district, told by the boundaries that were imported."""

from service.domain.permit import Permit
from service.usecases import applications, permits
from service.usecases.ports import Query
from tests.builders import (
    LAT,
    LON,
    a_content,
    a_district,
    a_permit,
    a_planned_volume,
    a_square,
    a_volume,
)
from tests.usecases.desk import POLICE, A, Desk, a_desk

WEST = a_district(id="510107", area=a_square(LON, LAT, 0.1))
EAST = a_district(id="510108", area=a_square(LON + 0.1, LAT, 0.1))


def a_permit_at(key: str, *corners: tuple[float, float]) -> Permit:
    """A permit for squares a kilometre wide, by how many degrees they lie east and north."""
    cores = [a_square(LON + east, LAT + north) for east, north in corners]
    volumes = tuple(a_planned_volume(volume=a_volume(core)) for core in cores)
    return a_permit(id=key, content=a_content(volumes=volumes))


def told(desk: Desk, *codes: str, **more: object) -> list[str]:
    query = Query(**more).only("district", codes)  # type: ignore[arg-type]
    with desk.store.read() as tx:
        return [permit.id for permit in permits.page(tx, POLICE, query).items]


def test_a_permit_is_listed_in_every_district_it_touches() -> None:
    west, both = a_permit_at("west", (0.02, 0.02)), a_permit_at("both", (0.02, 0.02), (0.15, 0.02))
    desk = Desk(WEST, EAST, west, both)
    assert told(desk, "510107") == ["west", "both"]
    assert told(desk, "510108") == ["both"]
    assert told(desk, "510107", "510108") == ["west", "both"]
    assert told(desk, "510999") == []


def test_the_boundary_counts_and_not_the_box_around_it() -> None:
    triangle = a_square(LON, LAT, 0.1).difference(a_square(LON + 0.05, LAT, 0.05))
    desk = Desk(a_district(id="510107", area=triangle), a_permit_at("beside", (0.07, 0.02)))
    assert told(desk, "510107") == []


def test_a_district_and_a_box_must_both_be_met_and_not_in_one_place() -> None:
    desk = Desk(WEST, EAST, a_permit_at("both", (0.02, 0.02), (0.15, 0.02)))
    in_the_east = (LON + 0.15, LAT, LON + 0.2, LAT + 0.1)
    assert told(desk, "510107", bbox=in_the_east) == ["both"]
    assert told(desk, "510107", bbox=(0, 0, 1, 1)) == []


def test_pages_go_on_until_something_is_found_and_miss_nothing() -> None:
    # in the box of the two districts together, and in neither
    between = a_district(id="510109", area=a_square(LON, LAT + 0.5, 0.1))
    strays = [a_permit_at(f"stray-{n}", (0.02, 0.3)) for n in range(5)]
    desk = Desk(WEST, between, *strays, a_permit_at("one", (0.02, 0.02)))
    desk.given(a_permit_at("two", (0.02, 0.52)))
    query = Query(limit=2).only("district", {"510107", "510109"})
    found, cursor = [], None
    while True:
        with desk.store.read() as tx:
            page = permits.page(tx, POLICE, Query(2, cursor, query.among))
        found += [permit.id for permit in page.items]
        cursor = page.next
        assert page.items or cursor is None
        if cursor is None:
            break
    assert found == ["one", "two"]


def test_applications_are_listed_by_district_too_and_to_whom_they_belong() -> None:
    desk = a_desk(WEST, EAST)
    application = desk.submitted()
    with desk.store.read() as tx:
        here = Query().only("district", {"510107"})
        there = Query().only("district", {"510108"})
        assert [a.id for a in applications.page(tx, A, here).items] == [application.id]
        assert applications.page(tx, A, there).items == ()
