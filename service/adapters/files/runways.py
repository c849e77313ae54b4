"""Runways as published by OurAirports, each as the clearance area around it.

The area is drawn from the two ends of the runway by the reach that the rule pack gives; a draft for
the aviation office to look at. The format has its positions in WGS 84 and no place to say so.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import shapely
from shapely import Polygon

from geo.crs import WGS84, Positions, to_canonical
from geo.text import Text
from service.adapters.files.features import stated_crs, usable_id, usable_name
from service.adapters.files.tables import Row, read_rows
from service.domain.errors import Malformed, Problem
from service.domain.importing import Counted
from service.domain.kinds import (
    AppliesTo,
    RestrictionEffect,
    RestrictionKind,
    Role,
    Visibility,
)
from service.domain.place import DeclaredGeometry
from service.usecases.context import Context
from service.usecases.imports import Item, Items
from service.usecases.restrictions import RestrictionRequest

ENDS = ("le", "he")
_BY_DEFINITION = Text(
    f"未声明坐标系，按 OurAirports 格式的定义取 {WGS84}",
    f"No reference system was declared; the OurAirports format is in {WGS84} by definition",
)
COLUMNS = (
    "id airport_ident closed le_ident he_ident"
    " le_longitude_deg le_latitude_deg he_longitude_deg he_latitude_deg"
).split()
EDGE_M = 1_000.0
"""Edges straight in the plane are cut to this; straight in degrees, they leave it by 1 cm."""


def read_runways(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The clearance areas of the runways that lie in the jurisdiction; the others are skipped."""
    rows = read_rows(stream, COLUMNS)
    system = stated_crs(None, crs or WGS84)
    notes = () if crs else (Problem("/crs", "crs_of_format", _BY_DEFINITION),)
    return Items((_runway(row, system, ctx) for row in rows), system, Counted.line, notes)


def _runway(row: Row, crs: str, ctx: Context) -> Item:
    if row.problem is not None:
        return Item(row.line, None, notes=(row.problem,))
    fields = row.fields
    name = usable_name(f"{fields['airport_ident']} {fields['le_ident']}/{fields['he_ident']}")
    item = Item(row.line, None, f"runway-{fields['id']}", name=name)
    try:
        key = usable_id(item.id)
        ends = _ends(fields)
    except Malformed as wrong:
        return replace(item, notes=wrong.problems)
    if name is None:
        words = Text(
            "机场或跑道的名称无法使用", "The names of the airport and runway are not usable"
        )
        return replace(item, notes=(Problem("/airport_ident", "name_not_usable", words),))
    if ends is None:
        return _skipped(item, "no_position", "没有坐标", "Its ends are not given")
    if fields["closed"] == "1":
        return _skipped(item, "closed", "跑道已关闭", "The runway is closed")
    lonlat = to_canonical(ends, crs)
    if ctx.frame.extent.outside(lonlat).any():
        return _skipped(item, "outside_extent", "在辖区外", "It lies outside the jurisdiction")
    if (lonlat[0] == lonlat[1]).all():
        words = Text("两端相同", "Both of its ends are the same")
        return replace(item, notes=(Problem("/le_latitude_deg", "no_length", words),))
    return replace(item, value=_request(name, ends, crs, _area(lonlat, ctx)), id=key)


def _skipped(item: Item, code: str, zh: str, en: str) -> Item:
    return replace(item, notes=(Problem("", code, Text(zh, en)),), skipped=True)


def _ends(fields: Mapping[str, str]) -> Positions | None:
    """Both ends as (2, 2) longitude and latitude; None when one is not given."""
    written = [[fields[f"{end}_{axis}_deg"] for axis in ("longitude", "latitude")] for end in ENDS]
    if not all(text for end in written for text in end):
        return None
    try:
        return np.array(written, dtype=np.float64)
    except ValueError as error:
        words = Text(f"坐标不是数值：{error}", f"A position that is no number: {error}")
        raise Malformed([Problem("/le_latitude_deg", "not_a_number", words)]) from error


def _area(lonlat: Positions, ctx: Context) -> Polygon:
    """The rectangle around the runway, canonical, true to the metre on the ground."""
    reach, plane = ctx.pack.aerodrome_clearance, ctx.frame.plane
    start, end = plane.project_positions(lonlat)
    along = (end - start) / np.hypot(*(end - start))
    aside = np.array([-along[1], along[0]]) * reach.lateral_m
    start, end = start - along * reach.beyond_end_m, end + along * reach.beyond_end_m
    area = Polygon([start - aside, end - aside, end + aside, start + aside])
    drawn = plane.unproject(shapely.segmentize(area, EDGE_M))
    assert isinstance(drawn, Polygon), "a plane keeps the kind of a shape"
    return shapely.orient_polygons(drawn, exterior_cw=False)


def _request(name: Text, ends: Positions, crs: str, area: Polygon) -> RestrictionRequest:
    runway = json.dumps({"type": "LineString", "coordinates": ends.tolist()})
    return RestrictionRequest(
        name=Text(f"{name.zh} 净空保护区", f"{name.en} clearance area"),
        restriction_kind=RestrictionKind.aerodrome_clearance_area,
        effect=RestrictionEffect.requires_authorization,
        applies_to=AppliesTo.air,
        levels=None,
        declared=DeclaredGeometry(runway, crs),
        geometry=area,
        radius_m=None,
        altitude=None,
        schedule=None,
        visibility=Visibility.public,
        authority=Role.civil_aviation,
    )
