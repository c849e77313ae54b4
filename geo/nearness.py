"""How close two footprints come on the ground, to the millimetre, and where.

The plane finds the nearest places, the ellipsoid measures between them. Where the plane's error
could decide, every pair of edges that may be the nearest is measured.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane, Positions, geodesic_distances_m
from geo.edges import edges, lines
from geo.footprint import Footprint, rounded
from geo.frame import Frame

# Less than this in common is one border, drawn twice.
TOUCHING_M = 0.02
# What is no farther apart is at one place.
SAME_M = TOUCHING_M / 2
_ALONG_M = 1.0
# The plane errs by its distortion and, where edges were cut to be projected, by a millimetre.
_RIM_M = 0.01
_LEEWAY = 1e-4
_DRAWN_SAGITTA_M = 0.5
_DRAWN_MARGIN_M = 10.0
# Never more than there are, so that what sticks out of the extent is never thought to be in it.
_METRES_PER_DEGREE = 110_500.0

Metres = TypeVar("Metres", float, NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two footprints that come too close: the true distance between them, and where."""

    a: Footprint
    b: Footprint
    distance_m: float
    shortest: LineString

    def witness(self, plane: Plane) -> BaseGeometry:
        """What they have in common in canonical degrees, else the shortest line between the cores.

        Drawn to half a metre: it shows the finding and is not the finding.
        """
        common = shapely.intersection(_drawn(self.a, self.b, plane), _drawn(self.b, self.a, plane))
        if common.is_empty:
            return plane.unproject(self.shortest)
        parts = shapely.get_parts(common)
        parts = parts[shapely.get_dimensions(parts) == shapely.get_dimensions(common)]
        return plane.unproject(shapely.union_all(parts) if len(parts) > 1 else parts[0])


def meeting(a: Footprint, b: Footprint, apart_m: float, frame: Frame) -> Meeting | None:
    """Where the footprints are less than a distance apart; None when they keep it.

    With a distance of 0 they must share more than TOUCHING_M: the common part, made smaller by half
    of it all round, is not empty. So a border drawn twice, or in two systems, is no meeting. Routes
    without any width meet where one runs along the other, not where they cross.
    """
    a, b = _in_order(a, b)
    core_a, core_b = a.on(frame.plane), b.on(frame.plane)
    reach_m = a.radius_m + b.radius_m + apart_m
    if apart_m == 0:
        reach_m -= TOUCHING_M
        if reach_m <= 0:
            return Meeting(a, b, 0.0, _shortest(core_a, core_b)) if _share(core_a, core_b) else None
    spare = max(leeway(a, frame), leeway(b, frame))
    rim = rim_m(reach_m, spare)
    if not shapely.dwithin(core_a, core_b, reach_m + rim):
        return None
    line = _shortest(core_a, core_b)
    if line.length > max(reach_m - rim, 0):
        line = _shortest_of_all(core_a, core_b, line.length, spare, frame.plane)
    between_m = _true_length_m(line, frame.plane)
    if between_m >= reach_m:
        return None
    return Meeting(a, b, max(between_m - a.radius_m - b.radius_m, 0.0), line)


def distance_m(a: Footprint, b: Footprint, frame: Frame) -> float:
    """The true distance in metres between two footprints; 0 when they meet."""
    a, b = _in_order(a, b)
    core_a, core_b = a.on(frame.plane), b.on(frame.plane)
    line = _shortest(core_a, core_b)
    if line.length > 0:
        spare = max(leeway(a, frame), leeway(b, frame))
        line = _shortest_of_all(core_a, core_b, line.length, spare, frame.plane)
    return max(_true_length_m(line, frame.plane) - a.radius_m - b.radius_m, 0.0)


def _in_order(a: Footprint, b: Footprint) -> tuple[Footprint, Footprint]:
    """The two in an order of their own, so that (a, b) and (b, a) are computed alike."""
    rank_a, rank_b = (*a.core.bounds, a.radius_m), (*b.core.bounds, b.radius_m)
    if rank_a == rank_b:
        return (a, b) if a.core.wkb <= b.core.wkb else (b, a)
    return (a, b) if rank_a < rank_b else (b, a)


def leeway(footprint: Footprint, frame: Frame) -> float:
    """How far a metre of the plane may be from a true one beside the footprint, with some to spare.

    What holds in all of the extent; where the footprint sticks out of it, what holds there.
    """
    _, south, _, north = footprint.core.bounds
    up = footprint.radius_m / _METRES_PER_DEGREE
    inside = frame.extent.south <= south - up and north + up <= frame.extent.north
    least, largest = (1.0, 1.0) if inside else footprint.scales(frame.plane)
    error = max(frame.plane.distortion(frame.extent), 1 - least, largest - 1)
    return max(_LEEWAY, 1.2 * error)


def rim_m(metres: Metres, leeway: Metres) -> Metres:
    """How far a distance in the plane may be from the true one."""
    return metres * leeway + _RIM_M


def _shortest(a: BaseGeometry, b: BaseGeometry) -> LineString:
    line = shapely.shortest_line(a, b)
    assert isinstance(line, LineString), "only a footprint without a place is near to nothing"
    return line


def _shortest_of_all(
    core_a: BaseGeometry, core_b: BaseGeometry, planar_m: float, spare: float, plane: Plane
) -> LineString:
    """The truly shortest line, out of all that are the shortest in the plane but for its error."""
    edges_a, edges_b = lines(edges(core_a)), lines(edges(core_b))
    limit_m = planar_m + 2 * rim_m(planar_m, spare)
    of_a, of_b = shapely.STRtree(edges_b).query(edges_a, "dwithin", distance=limit_m)
    ends = shapely.get_coordinates(shapely.shortest_line(edges_a[of_a], edges_b[of_b]))
    return _shortest(*shapely.points(ends.reshape(-1, 2, 2)[_true_m(ends, plane).argmin()]))


def _true_length_m(line: LineString, plane: Plane) -> float:
    return float(_true_m(shapely.get_coordinates(line), plane)[0])


def _true_m(ends: Positions, plane: Plane) -> Positions:
    """The true lengths of planar lines of two points each, given as one list of positions."""
    lonlat = plane.unproject_positions(ends)
    return geodesic_distances_m(lonlat[::2], lonlat[1::2])


def _share(a: BaseGeometry, b: BaseGeometry) -> bool:
    """True when cores without a radius share more than a border."""
    if not shapely.intersects(a, b):
        return False
    areas = [core for core in (a, b) if shapely.get_dimensions(core) == 2]
    if len(areas) == 2:
        return _is_thick(shapely.intersection(a, b))
    if areas:
        other = b if areas[0] is a else a
        return bool(shapely.intersects(areas[0].buffer(-TOUCHING_M / 2), other))
    beside = shapely.intersection(a, shapely.buffer(b, TOUCHING_M / 2))
    return bool(shapely.length(beside) > _ALONG_M)


def _is_thick(common: BaseGeometry) -> bool:
    """True when something is left of an area made smaller by half of TOUCHING_M all round."""
    parts = shapely.get_parts(common)
    areas = parts[shapely.get_dimensions(parts) == 2]
    inside = shapely.point_on_surface(areas)
    if (shapely.distance(inside, shapely.boundary(areas)) > TOUCHING_M / 2).any():
        return True
    return not all(shapely.is_empty(shapely.buffer(areas, -TOUCHING_M / 2)))


def _drawn(of: Footprint, near: Footprint, plane: Plane) -> BaseGeometry:
    """The planar shape of a footprint, as far as it can meet the other one."""
    core = of.on(plane)
    if of.radius_m == 0:
        return core
    margin_m = of.radius_m + near.radius_m + _DRAWN_MARGIN_M
    west, south, east, north = near.on(plane).bounds
    close = core
    if shapely.get_dimensions(core) == 1:
        box = west - margin_m, south - margin_m, east + margin_m, north + margin_m
        close = shapely.clip_by_rect(core, *box)
    return rounded(close, of.radius_m, _DRAWN_SAGITTA_M)
