"""Electrified railways become controlled airspace by the buffers of the rule pack."""

import json
from typing import Any

import pytest

from service.domain.importing import ImportKind
from service.domain.kinds import AppliesTo, RestrictionEffect, RestrictionKind, Role
from service.domain.rulepack import ProtectedSite
from service.usecases.imports import Item
from service.usecases.restrictions import RestrictionRequest
from tests.files.reading import CONTEXT, codes, items_of

LINE = {"type": "LineString", "coordinates": [[104.0, 30.60], [104.1, 30.65]]}


def the_item(geometry: Any = LINE, key: str | None = "7", **properties: Any) -> Item:
    feature = {
        "type": "Feature",
        "id": key,
        "properties": {"name": "schematic line", **properties},
        "geometry": geometry,
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (item,) = items_of(ImportKind.rail, text, ".geojson", crs="EPSG:4490")
    return item


def the_airspace(**properties: Any) -> RestrictionRequest:
    item = the_item(**properties)
    assert isinstance(item.value, RestrictionRequest), codes(item)
    return item.value


def test_a_railway_is_airspace_that_needs_authorization() -> None:
    airspace = the_airspace()
    assert airspace.restriction_kind is RestrictionKind.controlled_airspace
    assert airspace.effect is RestrictionEffect.requires_authorization
    assert airspace.applies_to is AppliesTo.air
    assert airspace.authority is Role.atc
    assert airspace.geometry.geom_type == "LineString"
    assert the_item().id == "rail-7"


@pytest.mark.parametrize(
    ("properties", "site"),
    [
        ({}, ProtectedSite.rail),
        ({"high_speed": True}, ProtectedSite.high_speed_rail),
        ({"high_speed": True, "electrified": False}, ProtectedSite.high_speed_rail),
    ],
)
def test_its_width_is_the_packs(properties: dict[str, Any], site: ProtectedSite) -> None:
    assert the_airspace(**properties).radius_m == CONTEXT.pack.buffer(site).distance_m(None)


def test_a_railway_without_wires_is_skipped() -> None:
    item = the_item(electrified=False)
    assert item.value is None
    assert item.skipped
    assert codes(item) == [("/features/0/properties/electrified", "not_electrified")]


SWAPPED = {"type": "LineString", "coordinates": [[30.6, 104.0], [30.7, 104.1]]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": None}, "id_required"),
        ({"geometry": None}, "unknown_geometry_type"),
        ({"geometry": SWAPPED}, "axes_exchanged"),
        ({"high_speed": "yes"}, "bool_type"),
    ],
)
def test_a_railway_that_cannot_be_read_is_refused(changes: dict[str, Any], code: str) -> None:
    item = the_item(**changes)
    assert (item.value, item.skipped) == (None, False)
    assert [found for _, found in codes(item)] == [code]
