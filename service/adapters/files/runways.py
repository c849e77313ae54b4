"""Runways as published by OurAirports, each as the clearance area around it.

The area is drawn from the two ends of the runway by the reach that the rule pack gives; a draft for
the aviation office to look at.
"""

import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np
import shapely
from shapely import Polygon

from geo.crs import WGS84, Positions, to_canonical
from geo.text import Text
from service.adapters.files.features import stated_crs, usable_id
from service.adapters.files.tables import Row, read_rows
from service.domain.errors import Malformed, Problem
from service.domain.kinds import (
    AppliesTo,
    RestrictionEffect,
    RestrictionKind,
    Role,
    Visibility,
)
from service.domain.place import DeclaredGeometry
from service.usecases.context import Context
from service.usecases.imports import Item
from service.usecases.restrictions import RestrictionRequest

ENDS = ("le", "he")
COLUMNS = (
    "id airport_ident closed le_ident he_ident"
    " le_longitude_deg le_latitude_deg he_longitude_deg he_latitude_deg"
).split()
EDGE_M = 1_000.0
"""Edges straight in the plane are cut to this; straight in degrees, they leave it by 1 cm."""


def read_runways(stream: BinaryIO, crs: str | None, ctx: Context) -> Iterator[Item]:
    """The clearance areas of the runways that lie in the jurisdiction; the others are skipped."""
    rows = read_rows(stream, COLUMNS)
    system = stated_crs(None, crs or WGS84)
    return (_runway(row, system, ctx) for row in rows)


def _runway(row: Row, crs: str, ctx: Context) -> Item:
    if row.problem is not None:
        return Item(row.line, None, notes=(row.problem,))
    fields = row.fields
    try:
        key = usable_id(f"runway-{fields['id']}")
        ends = _ends(fields)
    except Malformed as wrong:
        return Item(row.line, None, notes=wrong.problems)
    if ends is None:
        return _skipped(row, key, "no_position", "没有坐标", "Its ends are not given")
    if fields["closed"] == "1":
        return _skipped(row, key, "closed", "跑道已关闭", "The runway is closed")
    lonlat = to_canonical(ends, crs)
    if ctx.frame.extent.outside(lonlat).any():
        return _skipped(row, key, "outside_extent", "在辖区外", "It lies outside the jurisdiction")
    if (lonlat[0] == lonlat[1]).all():
        words = Text("两端相同", "Both of its ends are the same")
        return Item(row.line, None, key, (Problem("/le_latitude_deg", "no_length", words),))
    return Item(row.line, _request(fields, ends, crs, _area(lonlat, ctx)), key)


def _skipped(row: Row, key: str, code: str, zh: str, en: str) -> Item:
    return Item(row.line, None, key, (Problem("", code, Text(zh, en)),), skipped=True)


def _ends(fields: Mapping[str, str]) -> Positions | None:
    """Both ends as (2, 2) longitude and latitude; None when one is not given."""
    written = [[fields[f"{end}_{axis}_deg"] for axis in ("longitude", "latitude")] for end in ENDS]
    if not all(text for end in written for text in end):
        return None
    try:
        return np.array(written, dtype=np.float64)
    except ValueError as error:
        words = Text(f"坐标不是数值:{error}", f"A position that is no number: {error}")
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


def _request(
    fields: Mapping[str, str], ends: Positions, crs: str, area: Polygon
) -> RestrictionRequest:
    name = f"{fields['airport_ident']} {fields['le_ident']}/{fields['he_ident']}"
    runway = json.dumps({"type": "LineString", "coordinates": ends.tolist()})
    return RestrictionRequest(
        name=Text(f"{name} 净空保护区", f"{name} clearance area"),
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
