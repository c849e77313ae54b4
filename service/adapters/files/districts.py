"""Districts from features: boundaries that are not valid are mended where anyone can see it."""

from dataclasses import replace
from typing import Annotated, BinaryIO

import shapely
from pydantic import AliasChoices, ConfigDict, Field
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping, shape

from geo.crs import geodesic_area_m2
from geo.errors import GeoError, GeometryRefused
from geo.shapes import AREAS, Warned, accept, repair
from geo.text import Text
from service.adapters.files.features import Feature, read_features, usable_id
from service.domain.errors import Malformed, Problem
from service.domain.road import District
from service.usecases.context import Context
from service.usecases.imports import Item, Items
from service.wire.common import Input, Line, Words
from service.wire.problems import of_geometry

MENDABLE = frozenset(
    {"self_crossing", "rings_cut_interior", "hole_outside_shell", "holes_overlap", "parts_overlap"}
)
"""What is wrong with the shape alone: every position in it can be read and lies in the extent."""

REPAIRS = frozenset({"repaired", "parts_joined"})
"""Warnings that tell of a boundary that was not valid as written."""


class DistrictIn(Input):
    """The properties of a district; others that the file has are left unread."""

    model_config = ConfigDict(extra="ignore")

    code: Annotated[int | Line, Field(validation_alias=AliasChoices("code", "adcode"))]
    name: Words


def read_districts(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The districts of a FeatureCollection, by their administrative codes."""

    def make(feature: Feature) -> Item:
        stated = DistrictIn.model_validate(feature.properties)
        code = usable_id(stated.code)
        area, warnings = _area(feature, ctx)
        repaired = any(warned.code in REPAIRS for warned in warnings)
        district = District(code, 1, code, stated.name.to_domain(), area, repaired)
        notes = [Problem("/geometry" + w.pointer, w.code, w.message) for w in warnings]
        return feature.item(district, notes, key=code)

    return read_features(stream, crs, make)


def _area(feature: Feature, ctx: Context) -> tuple[Polygon | MultiPolygon, list[Warned]]:
    """The boundary, valid and canonical, and what had to be done to it."""
    geometry, extent = dict(feature.geometry or {}), ctx.frame.extent
    repairs: list[Warned] = []
    try:
        try:
            accepted = accept(geometry, feature.crs, extent, AREAS)
        except GeometryRefused as refused:
            if refused.code not in MENDABLE:
                raise
            mended = repair(shape(geometry))
            repairs = [Warned("repaired", change, refused.pointer) for change in mended.changes]
            accepted = accept(mapping(mended.geometry), feature.crs, extent, AREAS)
    except GeoError as refused:
        raise Malformed([of_geometry("/geometry", refused)]) from refused
    area = accepted.geometry
    assert isinstance(area, Polygon | MultiPolygon), "only areas are accepted"
    return area, [*repairs, *(_measured(warned, geometry) for warned in accepted.warnings)]


def _measured(warned: Warned, geometry: dict[str, object]) -> Warned:
    """The warning; of parts that were joined, with what that did to the area."""
    if warned.code != "parts_joined":
        return warned
    parts = shape(geometry)
    change_m2 = geodesic_area_m2(shapely.union_all(parts)) - geodesic_area_m2(parts)
    zh, en = warned.message
    words = Text(
        f"{zh}，面积变化 {change_m2:+.1f} 平方米", f"{en}, the area changed by {change_m2:+.1f} m2"
    )
    return replace(warned, message=words)
