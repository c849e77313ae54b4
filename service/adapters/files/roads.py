"""The reference network from files: OpenStreetMap edges as a table, or features.

A road keeps the id it has in its file, so that a newer file brings it up to date. Every edge
becomes one road; what is odd about it is said and never a reason to leave it out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, BinaryIO

import shapely
from pydantic import ConfigDict, Field, ValidationError
from shapely import LineString
from shapely.errors import ShapelyError
from shapely.geometry import mapping

from geo.crs import Extent, geodesic_length_m
from geo.errors import GeoError
from geo.shapes import Warned, accept
from geo.text import Text
from service.adapters.files.features import (
    Feature,
    of_defects,
    read_features,
    stated_crs,
    usable_id,
)
from service.adapters.files.tables import Row, read_rows
from service.domain.errors import Malformed, Problem
from service.domain.importing import Counted
from service.domain.kinds import RoadClass
from service.domain.road import Road
from service.usecases.context import Context
from service.usecases.imports import Item, Items
from service.wire.common import Amount, Flag, Input, Words
from service.wire.problems import of_geometry

CLASS_OF = {
    "motorway": RoadClass.expressway,
    "trunk": RoadClass.urban_expressway,
    "primary": RoadClass.urban_arterial,
    "secondary": RoadClass.urban_secondary,
    "tertiary": RoadClass.urban_branch,
    "residential": RoadClass.urban_branch,
    "living_street": RoadClass.urban_branch,
    "road": RoadClass.urban_branch,
}
HIGHWAYS = (
    "motorway trunk primary secondary tertiary road residential"
    " motorway_link trunk_link primary_link secondary_link tertiary_link living_street"
).split()
"""OpenStreetMap's classes in the order in which edge tables number them."""
_HIGHWAY = {word: word for word in HIGHWAYS} | {f"{n}.0": word for n, word in enumerate(HIGHWAYS)}
_FLAGS = {"0": False, "1": True}
LINE = frozenset({"LineString"})
LENGTH_TOLERANCE = 0.01


class RoadIn(Input):
    """The properties of a road; others that the file has are left unread."""

    model_config = ConfigDict(extra="ignore")

    name: Words | None = None
    road_class: RoadClass = RoadClass.unclassified
    oneway: Flag = False
    bridge: Flag = False
    tunnel: Flag = False
    level: Annotated[int, Field(strict=True, ge=-20, le=20)] | None = None
    lanes: Annotated[int, Field(strict=True, ge=1, le=30)] | None = None
    length_m: Amount | None = None


class _Reader:
    """Roads of one file; remembers their shapes, so that a second copy is noticed."""

    def __init__(self, extent: Extent) -> None:
        self._extent = extent
        self._seen: dict[bytes, str] = {}

    def road(
        self, key: str, geometry: Mapping[str, object], crs: str, stated: RoadIn
    ) -> tuple[Road, list[Problem]]:
        """The road and what is odd about it; Malformed when its geometry cannot be used."""
        try:
            accepted = accept(geometry, crs, self._extent, LINE)
        except GeoError as refused:
            raise Malformed([of_geometry("/geometry", refused)]) from refused
        line = accepted.geometry
        assert isinstance(line, LineString), "only lines are accepted"
        level = stated.bridge - stated.tunnel if stated.level is None else stated.level
        road = Road(
            id=key,
            revision=1,
            external_id=key,
            name=stated.name.to_domain() if stated.name else None,
            road_class=stated.road_class,
            line=line,
            oneway=stated.oneway,
            level=level,
            bridge=stated.bridge,
            tunnel=stated.tunnel,
            lanes=stated.lanes,
            length_m=geodesic_length_m(line),
        )
        warnings = [*accepted.warnings, *self._oddities(road, stated.length_m)]
        return road, [Problem("/geometry" + w.pointer, w.code, w.message) for w in warnings]

    def _oddities(self, road: Road, declared_m: float | None) -> Iterator[Warned]:
        line, length_m = road.line, road.length_m
        if line.is_closed:
            yield Warned("self_loop", Text("首尾相接的路段", "It ends where it begins"))
        if not line.is_simple:
            yield Warned("not_simple", Text("路段自相交", "It crosses itself"))
        first = self._seen.setdefault(shapely.to_wkb(line), road.id)
        if first != road.id:
            words = Text(f"与 {first} 的几何完全相同", f"It has exactly the geometry of {first}")
            yield Warned("duplicate_geometry", words)
        if declared_m is not None and abs(length_m - declared_m) > LENGTH_TOLERANCE * length_m:
            words = Text(
                f"声明长度 {declared_m:.1f} m，实际 {length_m:.1f} m",
                f"Declared {declared_m:.1f} m long, it measures {length_m:.1f} m",
            )
            yield Warned("length_differs", words)


def read_road_table(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The edges of an OpenStreetMap edge table, one road each."""
    rows = read_rows(stream, ("id", "geometry", *_PARSERS))
    stated, reader = stated_crs(None, crs), _Reader(ctx.frame.extent)
    return Items((_edge(row, stated, reader) for row in rows), stated, Counted.line)


def read_road_features(stream: BinaryIO, crs: str | None, ctx: Context) -> Items:
    """The roads of a FeatureCollection; each needs an id."""
    reader = _Reader(ctx.frame.extent)

    def make(feature: Feature) -> Item:
        key, stated = usable_id(feature.id), RoadIn.model_validate(feature.properties)
        return feature.item(*reader.road(key, feature.geometry or {}, feature.crs, stated))

    return read_features(stream, crs, make)


def _edge(row: Row, crs: str, reader: _Reader) -> Item:
    if row.problem is not None:
        return Item(row.line, None, notes=(row.problem,))
    written = row.fields["id"]
    try:
        key, stated = usable_id(written), _stated(row.fields)
        road, warnings = reader.road(key, _line(row.fields["geometry"]), crs, stated)
    except ValidationError as defects:
        return Item(row.line, None, written, of_defects(defects))
    except Malformed as wrong:
        return Item(row.line, None, written, wrong.problems)
    return Item(row.line, road, key, tuple(warnings))


def _line(wkt: str) -> Mapping[str, object]:
    try:
        return dict(mapping(shapely.from_wkt(wkt)))
    except ShapelyError as error:
        words = Text(f"不是 WKT:{error}", f"It is no WKT: {error}")
        raise Malformed([Problem("/geometry", "not_wkt", words)]) from error


def _stated(fields: Mapping[str, str]) -> RoadIn:
    """What the table says of an edge; Malformed names every column that cannot be read."""
    stated: dict[str, object] = {}
    problems = []
    for column, (name, parse) in _PARSERS.items():
        try:
            stated[name] = parse(fields[column])
        except (KeyError, ValueError):
            words = f"{column}: {fields[column][:40]!r}"
            problems.append(Problem(f"/{column}", "wrong_value", Text(words, words)))
    if problems:
        raise Malformed(problems)
    return RoadIn.model_validate(stated)


def _class_of(highway: str) -> RoadClass:
    """The class of OpenStreetMap's word or of its number; a link's is that of the road it joins."""
    if not highway:
        return RoadClass.unclassified
    return CLASS_OF[_HIGHWAY[highway].removesuffix("_link")]


_PARSERS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "highway": ("road_class", _class_of),
    "lanes": ("lanes", lambda text: int(text) or None),
    "oneway": ("oneway", _FLAGS.__getitem__),
    "bridge": ("bridge", _FLAGS.__getitem__),
    "tunnel": ("tunnel", _FLAGS.__getitem__),
    "length": ("length_m", float),
}
"""The columns of an edge table: what they tell of a road, and how. 0 lanes: not known."""
