"""Through which zones a route leads, one after the other, and where it passes from one to the next.

Along the route, not by places: a road that is driven twice is passed twice. Zones that are thin, or
crossed between two positions of the route, are passed too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane, geodesic_distances_m
from geo.footprint import Footprint
from geo.lines import lines_of, refuse_bad_tolerance
from geo.nearness import TOUCHING_M

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passage:
    """A zone by its number, from where to where along the route, and the place where it is left.

    In true metres, so that the last passage of a route in zones ends at the length of the route.
    """

    zone: int
    from_m: float
    to_m: float
    left_at: Point


def passages(
    route: BaseGeometry, zones: Sequence[Footprint], tolerance_m: float, plane: Plane
) -> tuple[Passage, ...]:
    """The fewest zones that the lines of a route lead through, in order.

    Each zone reaches `tolerance_m` beyond its border. Where a passage begins at the end of the one
    before, the route is handed over there; where it does not, no zone holds what lies between.
    GeometryRefused ("not_a_line") unless the route is one; ValueError unless the tolerance is 0 m
    or more.

    >>> plane = Plane(104.06, 30.66, 30.3, 31.2)
    >>> west = Footprint(shapely.box(104.00, 30.60, 104.06, 30.70))
    >>> east = Footprint(shapely.box(104.05, 30.60, 104.10, 30.70))
    >>> line = shapely.LineString([(104.02, 30.65), (104.08, 30.65)])
    >>> [(p.zone, round(p.left_at.x, 2)) for p in passages(line, [west, east], 0.0, plane)]
    [(0, 104.06), (1, 104.08)]
    """
    refuse_bad_tolerance(tolerance_m)
    found: list[Passage] = []
    done_m = 0.0
    for part in lines_of(route):
        line = plane.project(part)
        planar_m, true_m = _stations(line, plane)
        inside = [_spans(line, zone, tolerance_m, plane) for zone in zones]
        for number, *ends in _fewest(inside):
            left_at = plane.unproject(line.interpolate(ends[1]))
            assert isinstance(left_at, Point), "a place on a line is a point"
            from_m, to_m = (done_m + np.interp(ends, planar_m, true_m)).tolist()
            found.append(Passage(number, from_m, to_m, left_at))
        done_m += float(true_m[-1])
    return tuple(found)


def _stations(line: LineString, plane: Plane) -> tuple[Floats, Floats]:
    """How far along the line its positions are: in metres of the plane, and in true ones."""
    planar = shapely.get_coordinates(line)
    lonlat = plane.unproject_positions(planar)
    steps_m = np.hypot(*np.diff(planar, axis=0).T), geodesic_distances_m(lonlat[:-1], lonlat[1:])
    planar_m, true_m = (np.concatenate(([0.0], steps.cumsum())) for steps in steps_m)
    return planar_m, true_m


def _spans(line: LineString, zone: Footprint, tolerance_m: float, plane: Plane) -> Floats:
    """From where to where along the planar line it is inside the zone, shape (n, 2), ascending."""
    slack_m = max(tolerance_m, TOUCHING_M)
    reach = (zone.radius_m + slack_m) * max(zone.scales(plane))
    if not shapely.dwithin(line, zone.on(plane), reach):
        return np.empty((0, 2))
    area = zone.widened(plane, slack_m)
    positions = shapely.get_coordinates(line)
    starts, ends = positions[:-1], positions[1:]
    inside, edge = shapely.get_parts(
        shapely.intersection(shapely.linestrings(np.stack((starts, ends), axis=1)), area),
        return_index=True,
    )
    drawn = shapely.length(inside) > 0
    inside, edge = inside[drawn], edge[drawn]
    before_m = np.concatenate(([0.0], np.hypot(*(ends - starts).T).cumsum()))
    first, last = (
        before_m[edge]
        + np.hypot(*(shapely.get_coordinates(shapely.get_point(inside, n)) - starts[edge]).T)
        for n in (0, -1)
    )
    spans = np.column_stack((np.minimum(first, last), np.maximum(first, last)))
    return _joined(spans[np.argsort(spans[:, 0], kind="stable")])


def _joined(spans: Floats) -> Floats:
    """Spans as long as they can be: those that touch are one."""
    if not len(spans):
        return spans
    reached = np.maximum.accumulate(spans[:, 1])
    parted = np.flatnonzero(spans[1:, 0] > reached[:-1] + TOUCHING_M) + 1
    firsts = np.concatenate(([0], parted))
    return np.column_stack((spans[firsts, 0], np.maximum.reduceat(spans[:, 1], firsts)))


def _fewest(inside: Sequence[Floats]) -> Iterator[tuple[int, float, float]]:
    """The spans that reach furthest, each from where the one before ends where it goes on there."""
    spans = [(span[0], span[1], zone) for zone, own in enumerate(inside) for span in own.tolist()]
    spans.sort()
    at_m = 0.0
    while spans:
        spans = [span for span in spans if span[1] > at_m + TOUCHING_M]
        if not spans:
            return
        at_m = max(at_m, spans[0][0])
        _, to_m, zone = max(
            (span for span in spans if span[0] <= at_m + TOUCHING_M),
            key=lambda span: (span[1], -span[2]),
        )
        yield zone, at_m, to_m
        at_m = to_m
