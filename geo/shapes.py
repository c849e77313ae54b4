"""Incoming geometry: accepted as a valid canonical shape, or refused by ring and vertex.

A shape is checked as it was submitted, in its own reference system; the edges, straight there, are
cut to 250 m or less before they are converted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.crs import (
    Extent,
    Positions,
    area_of_use,
    edge_limit,
    geodesic_area_m2,
    is_canonical,
    is_geographic,
    to_canonical,
)
from geo.rings import Path, invalid_at, polygon, refuse_bad_line, refuse_bad_ring, share_area
from geo.shape_errors import refusal
from geo.text import Text

MAX_VERTICES = 9_999
MAX_REPAIRED_AREA = 0.01
_HUGE = 1e300
# in degrees
_CENTIMETRE = 1e-7
_DEPTH = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
AREAS = frozenset({"Polygon", "MultiPolygon"})
LINES = frozenset({"LineString", "MultiLineString"})
POINTS = frozenset({"Point"})


@dataclass(frozen=True, slots=True)
class Warned:
    """What was accepted and should be looked at."""

    code: str
    message: Text
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A valid shape in canonical degrees, shells anticlockwise, and what to tell its sender."""

    geometry: BaseGeometry
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Repaired:
    """A valid shape and what had to be changed; no change when it was valid."""

    geometry: BaseGeometry
    changes: tuple[Text, ...] = ()


def accept(geojson: object, crs: str, extent: Extent, kinds: frozenset[str]) -> Accepted:
    """The shape of a GeoJSON geometry, valid and canonical.

    `kinds` are the GeoJSON types allowed here. Anything wrong raises GeometryRefused with a pointer
    into the geometry, an unknown reference system CrsRefused. Who wants more than one jurisdiction
    gives a wider extent; what crosses the date line is refused even in that of the whole earth.

    >>> line = {"type": "LineString", "coordinates": [[104.06, 30.60], [104.07, 30.66]]}
    >>> city = Extent(102.9, 30.0, 104.95, 31.5)
    >>> accept(line, "EPSG:4490", city, LINES).geometry.wkt
    'LINESTRING (104.06 30.6, 104.07 30.66)'
    """
    if not isinstance(geojson, Mapping):
        raise refusal("not_geojson")
    kind = _kind(geojson, kinds)
    submitted = _paths(geojson, kind)
    paths = [path.without_repeats() for path in submitted]
    canonical = [_canonical(path, crs, extent) for path in paths]
    for path in paths:
        if kind in AREAS:
            refuse_bad_ring(path)
        elif kind in LINES:
            refuse_bad_line(path)
    warnings = [*_repeats(submitted, paths), *_beyond_use(canonical, crs)]
    for path, lonlat in zip(paths, canonical, strict=True):
        for at in np.flatnonzero(np.abs(np.diff(lonlat[:, 0])) > 180)[:1]:
            raise path.refusal_at(int(at) + 1, "crosses_date_line")
    geometry = _built(kind, paths)
    if not shapely.is_valid(geometry):
        geometry = _joined(geometry)
        warnings.append(Warned("parts_joined", _PARTS_JOINED, "/coordinates"))
    if not is_canonical(crs):
        geometry = _converted(geometry, crs)
    if kind in AREAS:
        _refuse_thin(geometry)
    return Accepted(shapely.orient_polygons(geometry, exterior_cw=False), tuple(warnings))


def repair(geometry: BaseGeometry) -> Repaired:
    """An imported shape made valid, and every change in words.

    Refused when it would become no area, or its area would change by more than a hundredth.
    """
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise refusal("not_finite")
    if geometry.is_empty:
        raise refusal("empty_geometry")
    if geometry.is_valid:
        return Repaired(geometry)
    reason, where = shapely.is_valid_reason(geometry), invalid_at(geometry)
    made = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    if made.is_empty or made.geom_type not in AREAS:
        raise refusal("repair_changes_type", coordinate=where, details={"reason": reason})
    changed = abs(made.area - geometry.area) / geometry.area if geometry.area else 1.0
    if changed > MAX_REPAIRED_AREA:
        raise refusal(
            "repair_changes_area",
            coordinate=where,
            details={"reason": reason, "percent": changed * 100},
        )
    return Repaired(made, (_mended(reason, geometry, made),))


def _kind(geojson: Mapping[str, object], kinds: frozenset[str]) -> str:
    kind = geojson.get("type")
    if not isinstance(kind, str) or kind not in _DEPTH:
        raise refusal("unknown_geometry_type", "/type", details={"type": repr(kind)[:40]})
    if kind not in kinds:
        raise refusal(
            "geometry_type_not_allowed",
            "/type",
            details={"type": kind, "allowed": ", ".join(sorted(kinds))},
        )
    return kind


def _paths(geojson: Mapping[str, object], kind: str) -> list[Path]:
    """The lines or rings of a geometry, as submitted; a point is a path of one."""
    coordinates = geojson.get("coordinates")
    if kind == "Point":
        return [_path([coordinates], "/coordinates", None, is_point=True)]
    found = list(_leaves(coordinates, _DEPTH[kind], "/coordinates"))
    count = sum(len(positions) for positions, _ in found)
    if count > MAX_VERTICES:
        raise refusal(
            "too_many_vertices", "/coordinates", details={"count": count, "most": MAX_VERTICES}
        )
    of_areas = kind in AREAS
    return [
        _path(positions, pointer, int(pointer.rpartition("/")[2]) if of_areas else None)
        for positions, pointer in found
    ]


def _leaves(value: object, depth: int, pointer: str) -> Iterator[tuple[Sequence[object], str]]:
    """The arrays of positions that lie so many arrays deep; deeper nesting is never followed."""
    if not isinstance(value, list | tuple):
        raise refusal("not_a_list", pointer)
    if not value:
        raise refusal("empty_geometry", pointer)
    if depth == 1:
        yield value, pointer
        return
    for n, inner in enumerate(value):
        yield from _leaves(inner, depth - 1, f"{pointer}/{n}")


def _path(
    positions: Sequence[object], pointer: str, ring: int | None, *, is_point: bool = False
) -> Path:
    for vertex, submitted in enumerate(positions):
        fault = _fault(submitted)
        if fault is not None:
            if is_point:
                raise refusal(fault, pointer)
            raise refusal(fault, f"{pointer}/{vertex}", ring=ring, vertex=vertex)
    numbers = np.array(positions, dtype=np.float64)
    return Path(pointer, ring, numbers, np.arange(len(numbers)), is_point)


def _fault(submitted: object) -> str | None:
    """The code of what keeps a value from being a position."""
    if not isinstance(submitted, list | tuple) or len(submitted) < 2:
        return "not_a_position"
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in submitted):
        return "not_a_number"
    if not all(-_HUGE < n < _HUGE for n in submitted):
        return "not_finite"
    return "three_dimensional" if len(submitted) > 2 else None


def _canonical(path: Path, crs: str, extent: Extent) -> Positions:
    """The path in canonical degrees; refused where it leaves the extent."""
    if is_geographic(crs):
        far = np.flatnonzero((np.abs(path.positions) > (180, 90)).any(axis=1))
        for at in far[:1]:
            raise path.refusal_at(int(at), _why_outside(path, int(at), crs, extent, "not_degrees"))
    lonlat = to_canonical(path.positions, crs)
    for at in np.flatnonzero(extent.outside(lonlat))[:1]:
        raise path.refusal_at(int(at), _why_outside(path, int(at), crs, extent, "outside_extent"))
    return lonlat


def _why_outside(path: Path, at: int, crs: str, extent: Extent, otherwise: str) -> str:
    exchanged = to_canonical(path.positions[at : at + 1, ::-1], crs)
    return otherwise if extent.outside(exchanged)[0] else "axes_exchanged"


def _built(kind: str, paths: Sequence[Path]) -> BaseGeometry:
    """The geometry in its own reference system; a multipolygon is not yet checked as a whole."""
    if kind == "Point":
        return Point(paths[0].positions[0])
    if kind in LINES:
        lines = [LineString(path.positions) for path in paths]
        return lines[0] if kind == "LineString" else MultiLineString(lines)
    parts = [
        polygon(list(rings)) for _, rings in groupby(paths, lambda p: p.pointer.rpartition("/")[0])
    ]
    return parts[0] if kind == "Polygon" else MultiPolygon(parts)


def _joined(parts: BaseGeometry) -> BaseGeometry:
    """The union of valid polygons that touch along edges; refused when two of them overlap."""
    areas = shapely.get_parts(parts)
    first, second = shapely.STRtree(areas).query(areas, predicate="intersects")
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if a < b and share_area(areas[a], areas[b]):
            raise refusal("parts_overlap", f"/coordinates/{b}", details={"part": b, "other": a})
    return shapely.union_all(areas)


def _converted(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    fine = shapely.segmentize(geometry, edge_limit(crs))
    made = shapely.transform(fine, lambda positions: to_canonical(positions, crs))
    if not shapely.is_valid(made):
        raise refusal("invalid_after_conversion", "/coordinates", coordinate=invalid_at(made))
    return made


def _refuse_thin(area: BaseGeometry) -> None:
    """Refuses what shares no more than a border with anything, not even with itself."""
    parts = shapely.get_parts(area)
    inside = shapely.distance(shapely.point_on_surface(parts), shapely.boundary(parts))
    if inside.max() <= _CENTIMETRE and shapely.is_empty(shapely.buffer(area, -_CENTIMETRE)):
        raise refusal("too_thin", "/coordinates")


def _repeats(submitted: Sequence[Path], kept: Sequence[Path]) -> Iterator[Warned]:
    for before, after in zip(submitted, kept, strict=True):
        if len(before.vertices) > len(after.vertices):
            gone = np.setdiff1d(before.vertices, after.vertices)
            yield Warned(
                "repeated_vertices",
                Text(
                    f"删除了 {len(gone)} 个与后一点重复的顶点",
                    f"{len(gone)} vertices equal to the next one were left out",
                ),
                f"{before.pointer}/{gone[0]}",
            )


def _beyond_use(canonical: Sequence[Positions], crs: str) -> Iterator[Warned]:
    area = area_of_use(crs)
    if area is not None and any(area.outside(lonlat).any() for lonlat in canonical):
        yield Warned(
            "outside_area_of_use",
            Text(
                f"几何超出 {crs} 的适用范围，转换后的位置可能不准确",
                f"beyond the area of use of {crs}: converted positions may be inaccurate",
            ),
            "/coordinates",
        )


_PARTS_JOINED = Text("共边的多边形已合并", "polygons that share an edge were joined")


def _mended(reason: str, before: BaseGeometry, after: BaseGeometry) -> Text:
    parts = shapely.get_num_geometries(after)
    change_m2 = round(geodesic_area_m2(after) - geodesic_area_m2(before), 1) + 0.0
    return Text(
        f"修复无效几何（{reason}）：现为 {parts} 个多边形，面积变化 {change_m2:+.1f} 平方米",
        f"repaired ({reason}): now {parts} polygons, the area changed by {change_m2:+.1f} m2",
    )
