"""GeoJSON with its datum: declared and checked on the way in, canonical on the way out.

Lines stay lines and points stay points, with `width_m` or `radius_m` beside them (decision 5).
"""

import json
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import Field, WithJsonSchema
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.crs import is_geographic
from geo.shapes import AREAS, LINES, POINTS, accept
from service.domain.place import DeclaredGeometry
from service.wire.common import Line, Output, Reader
from service.wire.intake import Intake

_GEOMETRY = WithJsonSchema(
    {
        "type": "object",
        "title": "Geometry",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {
                "type": "string",
                "enum": ["Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"],
            },
            "coordinates": {"type": "array", "items": {}},
        },
    }
)
_ANY_GEOMETRY = WithJsonSchema(
    {
        "type": "object",
        "title": "AnyGeometry",
        "required": ["type"],
        "properties": {"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}},
    }
)
ANY_SHAPE = AREAS | LINES | POINTS

GeometryIn = Annotated[dict[str, object], _GEOMETRY]
GeometryOut = Annotated[dict[str, object], _GEOMETRY]
WitnessOut = Annotated[dict[str, object], _ANY_GEOMETRY]
Crs = Annotated[Line, Field(description="EPSG:4326, EPSG:4490, GCJ-02, BD-09 or another EPSG code")]
CanonicalCrs = Literal["EPSG:4490"]


class DeclaredOut(Output):
    """A geometry as it was handed in."""

    geometry: GeometryOut
    crs: str


@dataclass(frozen=True)
class Placed:
    """A geometry that may be used, canonical, and as it was declared."""

    geometry: BaseGeometry
    declared: DeclaredGeometry


def place(
    intake: Intake, at: str, geometry: GeometryIn, crs: str | None, kinds: frozenset[str]
) -> Placed | None:
    """The geometry of the object at `at` in the payload; None, and noted, when refused."""
    if crs is None:
        intake.refuse(f"{at}/crs", "crs_required", "须声明坐标系", "State the reference system")
        return None
    if intake.take(f"{at}/crs", lambda: is_geographic(crs)) is None:
        return None
    accepted = intake.take(
        f"{at}/geometry", lambda: accept(geometry, crs, intake.frame.extent, kinds)
    )
    if accepted is None:
        return None
    for warned in accepted.warnings:
        intake.warn(f"{at}/geometry", warned)
    # foreign members are dropped: they were not looked at
    shape = {name: geometry[name] for name in ("type", "coordinates")}
    text = json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
    return Placed(accepted.geometry, DeclaredGeometry(text, crs))


def radius_of(
    intake: Intake, at: str, placed: Placed, width_m: float | None, radius_m: float | None
) -> None:
    """Note a defect unless lines have their width, points their radius and areas neither."""
    kind = placed.geometry.geom_type
    if kind in LINES and (width_m is None or radius_m is not None):
        intake.refuse(
            f"{at}/width_m", "width_required", "线须给出全宽", "A line needs its full width"
        )
    if kind in POINTS and (radius_m is None or width_m is not None):
        intake.refuse(
            f"{at}/radius_m", "radius_required", "点须给出半径", "A point needs its radius"
        )
    if kind in AREAS:
        for field, value in (("width_m", width_m), ("radius_m", radius_m)):
            refuse_breadth(intake, f"{at}/{field}", value)


def refuse_breadth(intake: Intake, pointer: str, value: float | None) -> None:
    """Note a defect when an area is given a width or a radius: what it covers is its outline's."""
    if value is not None:
        intake.refuse(pointer, "area_without_width", "面不填写宽度或半径", "An area has no width")


def geojson(geometry: BaseGeometry, reader: Reader) -> GeometryOut:
    """The geometry as RFC 7946 has it, rounded for readers who see no more than that."""
    if reader.decimals is not None:
        decimals = reader.decimals
        geometry = shapely.transform(geometry, lambda positions: np.round(positions, decimals))
    return dict(mapping(geometry))


def declared_out(declared: DeclaredGeometry | None, reader: Reader) -> DeclaredOut | None:
    """The original as it was handed in; None where there is none, and for the public."""
    if declared is None or reader.decimals is not None:
        return None
    return DeclaredOut(geometry=json.loads(declared.text), crs=declared.crs)
