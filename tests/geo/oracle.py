"""A slow second opinion on distances and verdicts, by other means than the product's.

No plane and no overlay: edges are straight in degrees, places on them are compared pair by pair on
the ellipsoid, and the best pairs are refined until they stand still.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.altitude import Span
from geo.footprint import Footprint
from geo.ground import Bounds

GEOD = Geod(ellps="GRS80")
GRID = 17
ROUNDS = 6
THIRDS = 40


def core_distance_m(a: BaseGeometry, b: BaseGeometry) -> float:
    """The true distance between two cores in degrees, to a tenth of a millimetre."""
    if holds(a, b) or holds(b, a):
        return 0.0
    mine, theirs = edges(a), edges(b)
    first, second = (index.ravel() for index in np.indices((len(mine), len(theirs))))
    mine, theirs = mine[first], theirs[second]
    if crossing(mine, theirs).any():
        return 0.0
    return nearest_m(mine, theirs)


def holds(area: BaseGeometry, other: BaseGeometry) -> bool:
    """True when some vertex of the other lies in the area; counted by the rays it crosses."""
    if shapely.get_dimensions(area) < 2:
        return False
    start, end = edges(area).swapaxes(0, 1)
    for x, y in shapely.get_coordinates(other):
        rising = (start[:, 1] > y) != (end[:, 1] > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            meets = start[:, 0] + (y - start[:, 1]) / (end[:, 1] - start[:, 1]) * (
                end[:, 0] - start[:, 0]
            )
        if (rising & (x < meets)).sum() % 2:
            return True
    return False


def edges(core: BaseGeometry) -> np.ndarray:
    """The edges of a core, shape (n, 2, 2); a point is an edge of no length."""
    if shapely.get_dimensions(core) == 0:
        return np.repeat(shapely.get_coordinates(core)[:, None], 2, axis=1)
    lines = shapely.get_parts(core.boundary if shapely.get_dimensions(core) == 2 else core)
    found = [shapely.get_coordinates(line) for line in lines]
    return np.vstack([np.stack((ends[:-1], ends[1:]), axis=1) for ends in found])


def crossing(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which pairs of edges cross properly; those that touch are left to the distance."""
    return (turn(a[:, 0], a[:, 1], b[:, 0]) * turn(a[:, 0], a[:, 1], b[:, 1]) < 0) & (
        turn(b[:, 0], b[:, 1], a[:, 0]) * turn(b[:, 0], b[:, 1], a[:, 1]) < 0
    )


def turn(start: np.ndarray, end: np.ndarray, place: np.ndarray) -> np.ndarray:
    along, aside = end - start, place - start
    return np.sign(along[:, 0] * aside[:, 1] - along[:, 1] * aside[:, 0])


def nearest_m(a: np.ndarray, b: np.ndarray) -> float:
    """The least distance of all pairs of edges: on a grid along one, by thirds along the other."""
    a, b = such_as_may_be_nearest(a, b)
    low, high = np.zeros(len(a)), np.ones(len(a))
    for _ in range(ROUNDS):
        s = np.linspace(low, high, GRID, axis=1)
        distances = by_thirds(a, b, s)
        best = distances.argmin(axis=1)
        rows = np.arange(len(a))
        low, high = s[rows, np.maximum(best - 1, 0)], s[rows, np.minimum(best + 1, GRID - 1)]
        # the grid is at most this much above the least distance of its pair
        slack = 2 * (GEOD.inv(*along(a, low).T, *along(a, high).T)[2]) + 1
        kept = distances.min(axis=1) <= distances.min() + slack
        a, b, low, high = a[kept], b[kept], low[kept], high[kept]
    return float(distances.min())


def such_as_may_be_nearest(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs whose middles are not too far apart for the lengths of the edges."""
    middles_m = between(a.mean(axis=1), b.mean(axis=1))
    lengths_m = between(a[:, 0], a[:, 1]) + between(b[:, 0], b[:, 1])
    near = middles_m - 0.51 * lengths_m <= middles_m.min() + 1
    return a[near], b[near]


def by_thirds(a: np.ndarray, b: np.ndarray, s: np.ndarray) -> np.ndarray:
    """For each place s on edges a the distance to edges b, where it falls and then rises."""
    place = along(np.repeat(a, s.shape[1], axis=0), s.ravel())
    facing = np.repeat(b, s.shape[1], axis=0)
    low, high = np.zeros(s.size), np.ones(s.size)
    for _ in range(THIRDS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        nearer = between(place, along(facing, left)) < between(place, along(facing, right))
        low, high = np.where(nearer, low, left), np.where(nearer, right, high)
    ends = [between(place, along(facing, t)) for t in (np.zeros(s.size), low, np.ones(s.size))]
    return np.min(ends, axis=0).reshape(s.shape)


def along(edges: np.ndarray, s: np.ndarray) -> np.ndarray:
    return edges[:, 0] + s[:, None] * (edges[:, 1] - edges[:, 0])


def between(places: np.ndarray, others: np.ndarray) -> np.ndarray:
    return GEOD.inv(*places.T, *others.T)[2]


def places_of(footprint: Footprint, step_m: float) -> np.ndarray:
    """Places so far from each other, inside a footprint and on its edges; shape (n, 2)."""
    metres = np.array([95_800, 110_900])
    west, south, east, north = footprint.bounds()
    across, along = step_m / metres
    grid = np.stack(np.meshgrid(np.arange(west, east, across), np.arange(south, north, along)), -1)
    grid = grid.reshape(-1, 2)
    planar = shapely.transform(footprint.core, lambda lonlat: lonlat * metres)
    # a degree is of another length elsewhere
    least_m = 0.98 * footprint.radius_m + 1e-6
    inside = shapely.distance(planar, shapely.points(grid * metres)) < least_m
    on_edges = [np.linspace(start, end, 40) for start, end in edges(footprint.core)]
    return np.vstack((grid[inside], *on_edges))


def to_spare_m(a: Footprint, b: Footprint, apart_m: float) -> float:
    """How much further apart the footprints are than they must be; negative when too close."""
    return core_distance_m(a.core, b.core) - a.radius_m - b.radius_m - apart_m


def moved(lonlat: tuple[float, float], azimuth: float, metres: float) -> tuple[float, float]:
    """The place reached by going straight ahead."""
    lon, lat, _ = GEOD.fwd(*lonlat, azimuth, metres)
    return lon, lat


@dataclass(frozen=True)
class Hillside:
    """Terrain that rises from west to east by so many metres in each, between two heights.

    As a model of the terrain it knows itself exactly.
    """

    rise: float
    lon: float
    least_m: float = 450.0
    most_m: float = 550.0

    def under(self, lon: np.ndarray) -> np.ndarray:
        """The height above the sea at some longitudes."""
        middle = (self.least_m + self.most_m) / 2
        return np.clip(middle + self.rise * (lon - self.lon) * 95_800, self.least_m, self.most_m)

    def height_m(self, bounds: Bounds) -> Span:
        """The least and the greatest height in a box."""
        ends = self.under(np.array([bounds[0], bounds[2]]))
        return Span(float(ends.min()), float(ends.max()))
