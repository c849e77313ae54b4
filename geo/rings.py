"""Lines and rings as they were submitted, and exactly where a polygon made of them goes wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LinearRing, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import Position, Positions
from geo.errors import GeometryRefused
from geo.shape_errors import refusal


@dataclass(frozen=True, slots=True)
class Path:
    """A line, a ring or a point: its place in the input, its positions, their indexes there."""

    pointer: str
    ring: int | None
    positions: Positions
    vertices: NDArray[np.intp]
    is_point: bool = False

    def refusal(self, code: str, **details: object) -> GeometryRefused:
        """The error of a code in the whole path."""
        return refusal(code, self.pointer, ring=self.ring, details=details)

    def refusal_at(
        self, at: int, code: str, coordinate: Position | None = None, **details: object
    ) -> GeometryRefused:
        """The error of a code at one of the positions, or at a coordinate near it."""
        vertex = int(self.vertices[at])
        return refusal(
            code,
            self.pointer if self.is_point else f"{self.pointer}/{vertex}",
            ring=self.ring,
            vertex=None if self.is_point else vertex,
            coordinate=coordinate or position(self.positions[at]),
            details=details,
        )

    def without_repeats(self) -> "Path":
        """The path without positions equal to the next one."""
        changes = (self.positions[1:] != self.positions[:-1]).any(axis=1)
        kept = np.concatenate((changes, [True]))
        return replace(self, positions=self.positions[kept], vertices=self.vertices[kept])

    def distinct(self) -> int:
        """How many different positions there are."""
        return len(np.unique(self.positions, axis=0))


def refuse_bad_line(path: Path) -> None:
    """Raises GeometryRefused when the line, which has no repeats, has no length."""
    if len(path.positions) < 2:
        raise path.refusal("too_few_points", count=len(path.positions), least=2)


def refuse_bad_ring(path: Path) -> None:
    """Raises GeometryRefused when the ring has no area, is not closed or crosses itself."""
    distinct = path.distinct()
    if distinct < 3:
        raise path.refusal("too_few_points", count=distinct, least=3)
    if (path.positions[0] != path.positions[-1]).any():
        raise path.refusal_at(-1, "unclosed_ring")
    if not LinearRing(path.positions).is_simple:
        edge, other, where = _crossing(path.positions)
        indexes = path.vertices
        raise path.refusal_at(
            edge, "self_crossing", where, edge=int(indexes[edge]), other=int(indexes[other])
        )


def _crossing(positions: Positions) -> tuple[int, int, Position]:
    """The first two edges that meet where they should not, and the place; edge i starts at i."""
    edges = np.asarray(shapely.linestrings(np.stack((positions[:-1], positions[1:]), axis=1)))
    first, second = shapely.STRtree(edges).query(edges, predicate="intersects")
    ordered = first < second
    first, second = first[ordered], second[ordered]
    places = np.asarray(shapely.intersection(edges[first], edges[second]))
    apart = second - first
    neighbours = (apart == 1) | (apart == len(edges) - 1)
    # neighbours share their vertex; more than that is a spike that runs back on itself
    bad = ~neighbours | (shapely.get_dimensions(places) == 1)
    found = np.flatnonzero(bad)
    worst = found[np.lexsort((second[found], first[found]))[0]]
    place = position(shapely.get_coordinates(places[worst])[0])
    return int(first[worst]), int(second[worst]), place


def polygon(rings: Sequence[Path]) -> Polygon:
    """The polygon of simple rings, the shell first; GeometryRefused names what keeps it invalid."""
    shell, *holes = rings
    made = Polygon(shell.positions, [hole.positions for hole in holes])
    if not shapely.is_valid(made):
        _refuse_holes(shell, holes)
        raise refusal(
            "rings_cut_interior",
            shell.pointer.rpartition("/")[0],
            ring=shell.ring,
            coordinate=invalid_at(made),
        )
    return made


def _refuse_holes(shell: Path, holes: Sequence[Path]) -> None:
    inside = Polygon(shell.positions)
    cut = [Polygon(hole.positions) for hole in holes]
    shapely.prepare(inside)
    for hole, area in zip(holes, cut, strict=True):
        if not shapely.covers(inside, area):
            out = np.flatnonzero(~shapely.covers(inside, shapely.points(hole.positions)))
            raise hole.refusal_at(int(out[0]) if len(out) else 0, "hole_outside_shell")
    first, second = shapely.STRtree(cut).query(cut, predicate="intersects")
    for a, b in zip(first, second, strict=True):
        if a < b and share_area(cut[a], cut[b]):
            raise holes[b].refusal("holes_overlap", other=holes[a].ring)


def share_area(a: BaseGeometry, b: BaseGeometry) -> bool:
    """True when the insides of two areas meet."""
    return bool(shapely.relate_pattern(a, b, "T********"))


def invalid_at(geometry: BaseGeometry) -> Position | None:
    """Where an invalid geometry goes wrong."""
    found = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(geometry))
    return (float(found[1]), float(found[2])) if found else None


def position(pair: Positions) -> Position:
    """A row of positions as a pair of numbers."""
    return float(pair[0]), float(pair[1])
