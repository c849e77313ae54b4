"""Whether a route or an area lies in what was opened, and where it leaves it.

Every approximation errs on the refusing side: what is called covered lies in the outer footprints
widened by the tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane, geodesic_length_m
from geo.footprint import FINE_SAGITTA_M, Footprint, rounded
from geo.lines import refuse_bad_tolerance
from geo.nearness import TOUCHING_M

_SLIVER_M = 0.001


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A part that lies outside, in canonical degrees; of an area the longest way across."""

    geometry: BaseGeometry
    length_m: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much lies inside, and every part that does not."""

    covered_length_m: float
    uncovered: tuple[Uncovered, ...]


def coverage(
    inner: Footprint, outers: Sequence[Footprint], tolerance_m: float, plane: Plane
) -> Coverage:
    """What of the inner footprint lies in the union of the outer ones, and what does not.

    A line or a point without a radius, such as the route of a road vehicle, must come no further
    out of them than the tolerance, or TOUCHING_M where that is more. Anything else must lie in them
    with its whole footprint, to TOUCHING_M. ValueError unless the tolerance is 0 m or more.

    >>> zone = Footprint(shapely.box(104.00, 30.60, 104.10, 30.70))
    >>> inside = Footprint(shapely.LineString([(104.02, 30.65), (104.08, 30.65)]))
    >>> coverage(inside, [zone], 0.0, Plane(104.06, 30.66, 30.3, 31.2)).uncovered
    ()
    """
    parts = _out(inner, outers, tolerance_m, plane)
    out = tuple(Uncovered(plane.unproject(part), _extent_m(part, plane)) for part in parts)
    core = inner.on(plane)
    if _is_thin(inner, core):
        covered_m = _extent_m(core, plane) - sum(part.length_m for part in out)
        return Coverage(max(covered_m, 0.0), out)
    whole = core if shapely.get_dimensions(core) == 1 else _circumscribed(inner, plane)
    return Coverage(_extent_m(shapely.difference(whole, shapely.union_all(parts)), plane), out)


def outside(
    inner: Footprint, outers: Sequence[Footprint], tolerance_m: float, plane: Plane
) -> tuple[BaseGeometry, ...]:
    """The parts that `coverage` would name, in canonical degrees, without measuring anything."""
    return tuple(plane.unproject(part) for part in _out(inner, outers, tolerance_m, plane))


def _out(
    inner: Footprint, outers: Sequence[Footprint], tolerance_m: float, plane: Plane
) -> list[BaseGeometry]:
    """The planar parts of the inner footprint that lie in no outer one."""
    refuse_bad_tolerance(tolerance_m)
    thin = _is_thin(inner, inner.on(plane))
    slack_m = max(tolerance_m, TOUCHING_M) if thin else TOUCHING_M
    if any(_holds(outer, inner, slack_m, plane) for outer in outers):
        return []
    rest = _rest(_circumscribed(inner, plane), outers, slack_m, plane)
    return [part for part in shapely.get_parts(rest).tolist() if _is_more_than_a_sliver(part)]


def _is_thin(inner: Footprint, core: BaseGeometry) -> bool:
    return inner.radius_m == 0 and bool(shapely.get_dimensions(core) < 2)


def _holds(outer: Footprint, inner: Footprint, slack_m: float, plane: Plane) -> bool:
    """True when this outer footprint alone covers the inner one, found without drawing both."""
    core, holding = inner.on(plane), outer.on(plane)
    to_spare_m = outer.radius_m + slack_m - inner.radius_m
    corners = shapely.points(shapely.get_coordinates(core))
    if not shapely.dwithin(corners, holding, max(to_spare_m, 0.0) * max(outer.scales(plane))).all():
        return False
    if inner.radius_m == 0:
        return bool(shapely.covers(outer.widened(plane, slack_m), core))
    least, largest = inner.scales(plane)
    if shapely.get_dimensions(holding) == 2:
        to_the_border = shapely.distance(core, holding.boundary)
        return bool(shapely.covers(holding, core) and to_the_border >= -to_spare_m * largest)
    if to_spare_m < 0:
        return False
    return bool(shapely.covers(rounded(holding, to_spare_m * least, FINE_SAGITTA_M), core))


def _rest(
    whole: BaseGeometry, outers: Sequence[Footprint], slack_m: float, plane: Plane
) -> BaseGeometry:
    """What is left of a planar shape without the outer footprints, each widened by the slack."""
    rest = whole
    for outer in outers:
        reach = (outer.radius_m + slack_m) * max(outer.scales(plane))
        if shapely.dwithin(outer.on(plane), rest, reach):
            rest = shapely.difference(rest, outer.widened(plane, slack_m))
    return rest


def _circumscribed(footprint: Footprint, plane: Plane) -> BaseGeometry:
    """The planar shape of a footprint, a centimetre too large rather than too small."""
    core = footprint.on(plane)
    if footprint.radius_m == 0:
        return core
    radius = footprint.radius_m * max(footprint.scales(plane))
    return rounded(core, radius + 1.1 * FINE_SAGITTA_M, FINE_SAGITTA_M)


def _is_more_than_a_sliver(part: BaseGeometry) -> bool:
    match shapely.get_dimensions(part):
        case 2:
            return not part.buffer(-_SLIVER_M).is_empty
        case 1:
            return bool(part.length > _SLIVER_M)
        case _:
            return not part.is_empty


def _extent_m(planar: BaseGeometry, plane: Plane) -> float:
    """The true length of a line; the longest straight way across an area."""
    if shapely.get_dimensions(planar) < 2:
        return geodesic_length_m(plane.unproject(planar))
    # outlines that should be one differ by less than a micrometre and enclose nothing
    solid = planar.buffer(-_SLIVER_M)
    if solid.is_empty:
        return 0.0
    angles = np.radians(np.arange(0, 180))
    ways = shapely.get_coordinates(solid) @ np.array([np.cos(angles), np.sin(angles)])
    return float(np.ptp(ways, axis=0).max()) + 2 * _SLIVER_M
