"""Where a use lies on the map: a core and a radius around it, never a buffered polygon.

A polygon has radius 0, a line half its width, a point its own radius; ends are round. A polygon
that stands for a circle of 5 km is metres off, a core with a radius is exact.
"""

import math
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane

# Never more than the true lengths on GRS 80, so that a box in degrees is never too small.
_METRES_PER_DEGREE_OF_LATITUDE = 110_500.0
_METRES_PER_DEGREE_OF_LONGITUDE = 111_300.0
_DRAWN_SAGITTA_M = 0.5
FINE_SAGITTA_M = 0.005
_MOST_WIDENED = 4


@dataclass(frozen=True)
class Footprint:
    """A core in canonical degrees and a radius around it in metres.

    A line that stands still, as of a vehicle that waits, becomes the point where it stands.

    >>> Footprint(shapely.Point(104.06, 30.66), radius_m=500).bounds()[0] < 104.055
    True
    """

    core: BaseGeometry
    radius_m: float = 0.0
    _planar: dict[Plane, BaseGeometry] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _scales: dict[Plane, tuple[float, float]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _widened: dict[tuple[Plane, float], BaseGeometry] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.core.is_empty:
            raise ValueError("a footprint without a place")
        if not (math.isfinite(self.radius_m) and self.radius_m >= 0):
            raise ValueError(f"a radius is 0 m or more, not {self.radius_m}")
        object.__setattr__(self, "core", _without_standstill(self.core))

    def on(self, plane: Plane) -> BaseGeometry:
        """The core in metres of the plane, computed once. Never prepare it: threads share it."""
        core = self._planar.get(plane)
        if core is None:
            core = plane.project(self.core)
            # two edges less than a millimetre apart may cross once they are cut and projected
            if shapely.get_dimensions(core) == 2 and not core.is_valid:
                core = shapely.make_valid(core, method="structure", keep_collapsed=False)
            self._planar[plane] = core
        return core

    def scales(self, plane: Plane) -> tuple[float, float]:
        """The least and the largest planar length of a true metre where it lies, computed once."""
        scales = self._scales.get(plane)
        if scales is None:
            _, south, _, north = self.bounds()
            scales = self._scales[plane] = plane.scales(south, north)
        return scales

    def widened(self, plane: Plane, slack_m: float) -> BaseGeometry:
        """The planar shape of all within the slack; those of the last few slacks are kept.

        Its arcs lie inside the true ones, by FINE_SAGITTA_M at most. Never prepare it either.
        """
        shape = self._widened.get((plane, slack_m))
        if shape is None:
            reach = (self.radius_m + slack_m) * min(self.scales(plane))
            shape = rounded(self.on(plane), reach, FINE_SAGITTA_M)
            if len(self._widened) == _MOST_WIDENED:
                self._widened.clear()
            self._widened[plane, slack_m] = shape
        return shape

    def bounds(self, margin_m: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north of a box in degrees that surely holds all within the margin."""
        west, south, east, north = self.core.bounds
        reach_m = self.radius_m + margin_m
        up = reach_m / _METRES_PER_DEGREE_OF_LATITUDE
        south, north = max(south - up, -90.0), min(north + up, 90.0)
        narrowest = math.cos(math.radians(max(abs(south), abs(north))))
        if narrowest * 360 * _METRES_PER_DEGREE_OF_LONGITUDE <= reach_m:
            return -180.0, south, 180.0, north
        aside = reach_m / (_METRES_PER_DEGREE_OF_LONGITUDE * narrowest)
        return west - aside, south, east + aside, north

    def outline(self, plane: Plane) -> BaseGeometry:
        """The footprint as a shape in degrees; for drawing, never for judging."""
        if self.radius_m == 0:
            return self.core
        return plane.unproject(rounded(self.on(plane), self.radius_m, _DRAWN_SAGITTA_M))


def _without_standstill(core: BaseGeometry) -> BaseGeometry:
    if shapely.get_dimensions(core) != 1:
        return core
    lines = shapely.get_parts(core)
    moving = lines[shapely.length(lines) > 0]
    if len(moving) == 0:
        return shapely.Point(shapely.get_coordinates(core)[0])
    return core if len(moving) == len(lines) else shapely.MultiLineString(moving.tolist())


def rounded(core: BaseGeometry, radius_m: float, sagitta_m: float) -> BaseGeometry:
    """The planar core widened by the radius; inside the true shape by the sagitta at most.

    >>> circle = rounded(shapely.Point(0, 0), 5_000, sagitta_m=0.01)
    >>> 0 <= 5_000 - circle.exterior.distance(shapely.Point(0, 0)) <= 0.01
    True
    """
    if radius_m <= 0:
        return core
    half_step = math.acos(max(1 - sagitta_m / radius_m, 0.0))
    return core.buffer(radius_m, quad_segs=max(math.ceil(math.pi / 4 / half_step), 2))
