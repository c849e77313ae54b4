"""The curves that the city is made of, in metres east and north of its centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, ceil, cos, degrees, hypot, pi, radians, sin

XY = tuple[float, float]
CENTRE = (104.066, 30.657)
_METRES_EAST = 111_320 * cos(radians(CENTRE[1]))
_METRES_NORTH = 110_870


def lonlat(point: XY) -> list[float]:
    """The place in degrees, to a decimetre."""
    x, y = point
    return [round(CENTRE[0] + x / _METRES_EAST, 6), round(CENTRE[1] + y / _METRES_NORTH, 6)]


def metres(lon: float, lat: float) -> XY:
    """A place given in degrees."""
    return (lon - CENTRE[0]) * _METRES_EAST, (lat - CENTRE[1]) * _METRES_NORTH


def polar(radius_m: float, bearing: float) -> XY:
    """The point so far from the centre, in degrees clockwise from north."""
    return radius_m * sin(radians(bearing)), radius_m * cos(radians(bearing))


def bearing_of(point: XY) -> float:
    """The direction of a point from the centre, 0 to 360."""
    return degrees(atan2(point[0], point[1])) % 360


@dataclass(frozen=True)
class Ring:
    """A closed curve around the centre: a circle, slightly drawn out."""

    radius_m: float
    stretch: float = 0.03

    def at(self, bearing: float) -> XY:
        """Its point in a direction."""
        return polar(self.reach(bearing), bearing)

    def reach(self, bearing: float) -> float:
        """How far it is from the centre in a direction."""
        theta = radians(bearing)
        oval = self.stretch * cos(2 * (theta - 0.35)) + self.stretch / 2 * cos(3 * theta + 0.7)
        return self.radius_m * (1 + oval)

    def arc(self, start: float, end: float) -> list[XY]:
        """The points clockwise from one direction to another, about 3 degrees apart."""
        width = (end - start) % 360 or 360.0
        steps = max(ceil(width / 3), 2)
        return [self.at(start + width * step / steps) for step in range(steps + 1)]


@dataclass(frozen=True)
class Ray:
    """A line outwards from the centre; `bend` is how many degrees it turns aside on its way."""

    bearing: float
    bend: float = 0.0
    reach_m: float = 20_000

    def towards(self, radius_m: float) -> float:
        """Its direction from the centre at a distance."""
        return self.bearing + self.bend * sin(pi * radius_m / self.reach_m)

    def at(self, radius_m: float) -> XY:
        """Its point at a distance."""
        return polar(radius_m, self.towards(radius_m))

    def meets(self, ring: Ring) -> float:
        """The distance at which it crosses a ring."""
        radius_m = ring.radius_m
        for _ in range(20):
            radius_m = ring.reach(self.towards(radius_m))
        return radius_m

    def between(self, start_m: float, end_m: float) -> list[XY]:
        """The points from one distance to another, about 500 m apart."""
        steps = max(ceil((end_m - start_m) / 500), 1)
        return [self.at(start_m + (end_m - start_m) * step / steps) for step in range(steps + 1)]


def curve(*knots: XY, pieces: int = 12) -> list[XY]:
    """A smooth line through the knots (Catmull-Rom)."""
    padded = [knots[0], *knots, knots[-1]]
    drawn = [knots[0]]
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for piece in range(1, pieces + 1):
            t = piece / pieces
            drawn.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return drawn


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3
    )


def stadium(centre: XY, length_m: float, width_m: float, bearing: float) -> list[XY]:
    """A closed loop of two straights and two half circles, lengthwise in a direction."""
    half, radius_m = (length_m - width_m) / 2, width_m / 2
    ahead, right = polar(1, bearing), polar(1, bearing + 90)
    drawn = []
    for end, first in ((half, 0), (-half, 180)):
        for turn in range(first, first + 181, 6):
            along = end + radius_m * sin(radians(turn))
            aside = radius_m * cos(radians(turn))
            x, y = (centre[n] + along * ahead[n] + aside * right[n] for n in (0, 1))
            drawn.append((x, y))
    return [*drawn, drawn[0]]


def length_m(line: Sequence[XY]) -> float:
    """How long a line is."""
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line))


def cut(line: Sequence[XY], at_m: float) -> tuple[list[XY], list[XY]]:
    """The line before and after a distance along it."""
    passed = 0.0
    for n, (a, b) in enumerate(pairwise(line)):
        step = hypot(b[0] - a[0], b[1] - a[1])
        if passed + step >= at_m:
            t = (at_m - passed) / step
            point = (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
            return [*line[: n + 1], point], [point, *line[n + 1 :]]
        passed += step
    raise ValueError(f"the line is shorter than {at_m} m")
