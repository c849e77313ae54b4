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

from geo.crs import Plane
from geo.footprint import Footprint
from geo.nearness import TOUCHING_M

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passage:
    """A zone by its number, from where to where along the route, and the place where it is left."""

    zone: int
    from_m: float
    to_m: float
    left_at: Point


def passages(
    route: BaseGeometry, zones: Sequence[Footprint], tolerance_m: float, plane: Plane
) -> tuple[Passage, ...]:
    """The fewest zones that the lines of a route lead through, in order; metres in the plane.

    Each zone reaches `tolerance_m` beyond its border. Where a passage begins at the end of the one
    before, the route is handed over there; where it does not, no zone holds what lies between.

    >>> plane = Plane(104.06, 30.66, 30.3, 31.2)
    >>> west = Footprint(shapely.box(104.00, 30.60, 104.06, 30.70))
    >>> east = Footprint(shapely.box(104.05, 30.60, 104.10, 30.70))
    >>> line = shapely.LineString([(104.02, 30.65), (104.08, 30.65)])
    >>> [(p.zone, round(p.left_at.x, 2)) for p in passages(line, [west, east], 0.0, plane)]
    [(0, 104.06), (1, 104.08)]
    """
    found: list[Passage] = []
    done_m = 0.0
    for part in shapely.get_parts(plane.project(route)):
        line = LineString(part)
        inside = [_spans(line, zone, tolerance_m, plane) for zone in zones]
        for number, from_m, to_m in _fewest(inside):
            left_at = plane.unproject(line.interpolate(to_m))
            assert isinstance(left_at, Point), "a place on a line is a point"
            found.append(Passage(number, done_m + from_m, done_m + to_m, left_at))
        done_m += line.length
    return tuple(found)


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
