"""Runways become clearance areas by the reach of the rule pack; others are skipped, and why."""

import pytest
import shapely
from shapely import Point

from service.domain.importing import ImportKind
from service.domain.kinds import AppliesTo, RestrictionEffect, RestrictionKind
from service.usecases.imports import Item
from service.usecases.restrictions import RestrictionRequest
from tests.files.reading import CONTEXT, codes, items_of

HEADER = (
    "id,airport_ident,closed,le_ident,le_latitude_deg,le_longitude_deg,"
    "he_ident,he_latitude_deg,he_longitude_deg"
)


def runway(key: str = "1", closed: str = "0", south: str = "30.60", lon: str = "104.0") -> str:
    return f"{key},ZUXX,{closed},18,{south},{lon},36,30.63,{lon}"


def the_item(row: str) -> Item:
    (item,) = items_of(ImportKind.runways, f"{HEADER}\n{row}", ".csv", crs=None)
    return item


def the_area(row: str) -> RestrictionRequest:
    item = the_item(row)
    assert isinstance(item.value, RestrictionRequest), codes(item)
    return item.value


def test_the_area_reaches_as_far_as_the_rule_pack_says() -> None:
    reach = CONTEXT.pack.aerodrome_clearance
    plane = CONTEXT.frame.plane

    area = plane.project(the_area(runway()).geometry)

    start, end = (plane.project(Point(104.0, lat)) for lat in (30.60, 30.63))
    length_m = start.distance(end)
    assert area.area == pytest.approx(
        2 * reach.lateral_m * (2 * reach.beyond_end_m + length_m), rel=1e-4
    )
    assert area.exterior.distance(start) == pytest.approx(reach.lateral_m, abs=1)
    along = shapely.LineString([start, end]).buffer(reach.beyond_end_m - 1, cap_style="flat")
    assert not area.covers(along.buffer(2))


def test_the_area_is_a_restriction_for_aircraft_that_needs_authorization() -> None:
    area = the_area(runway())
    assert area.restriction_kind is RestrictionKind.aerodrome_clearance_area
    assert area.effect is RestrictionEffect.requires_authorization
    assert area.applies_to is AppliesTo.air
    assert area.declared is not None
    assert "[104.0, 30.6]" in area.declared.text


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (runway(south="", lon=""), "no_position"),
        (runway(closed="1"), "closed"),
        (runway(lon="116.6"), "outside_extent"),
    ],
)
def test_a_runway_that_is_not_for_this_registry_is_skipped(row: str, code: str) -> None:
    item = the_item(row)
    assert item.value is None
    assert item.skipped
    assert codes(item) == [("", code)]


@pytest.mark.parametrize(
    ("row", "code"), [(runway(south="30.63"), "no_length"), (runway(south="N30"), "not_a_number")]
)
def test_a_runway_that_cannot_be_one_is_refused(row: str, code: str) -> None:
    item = the_item(row)
    assert not item.skipped
    assert codes(item) == [("/le_latitude_deg", code)]
