"""Where a use lies on the map: a core and a radius around it, never a buffered polygon.

A polygon has radius 0, a line half its width, a point its own radius; ends are round. A polygon
that stands for a circle of 5 km is metres off, a core with a radius is exact.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane
from geo.edges import edges
from geo.ground import Bounds
from geo.rings import invalid_at, position
from geo.shape_errors import refusal

# Never more than the true lengths on GRS 80, so that a box in degrees is never too small.
_METRES_PER_DEGREE_OF_LATITUDE = 110_500.0
_METRES_PER_DEGREE_OF_LONGITUDE = 111_300.0
_DRAWN_SAGITTA_M = 0.5
FINE_SAGITTA_M = 0.005
_MOST_WIDENED = 4
_KINDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_FARTHEST = np.array([180.0, 90.0])
# in degrees: rounding may make edges cross that are as near as this
_A_TENTH_OF_A_MILLIMETRE = 1e-9


@dataclass(frozen=True)
class Footprint:
    """A core in canonical degrees and a radius around it in metres.

    The core is a point, a line or a valid area, or several of one kind; `shapes.accept` makes such.
    Anything else raises GeometryRefused. A ring becomes the line along it, and a line that stands
    still, as of a vehicle that waits, the point where it stands.

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
        _refuse_what_is_no_place(self.core)
        if not (math.isfinite(self.radius_m) and self.radius_m >= 0):
            raise ValueError(f"a radius is 0 m or more, not {self.radius_m}")
        object.__setattr__(self, "core", _sound(_without_standstill(self.core)))

    def on(self, plane: Plane) -> BaseGeometry:
        """The core in metres of the plane, computed once. Never prepare it: threads share it.

        GeometryRefused where the plane does not reach: on the far side of the earth.
        """
        core = self._planar.get(plane)
        if core is None:
            core = plane.project(self.core)
            lonlat, planar = shapely.get_coordinates(self.core), shapely.get_coordinates(core)
            if not plane.reaches(lonlat, planar):
                raise refusal("beyond_plane")
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

    def bounds(self, margin_m: float = 0.0) -> Bounds:
        """West, south, east, north of a box in degrees that surely holds all within the margin."""
        return grown(self.core.bounds, self.radius_m + margin_m)

    def outline(self, plane: Plane) -> BaseGeometry:
        """The footprint as a shape in degrees; for drawing, never for judging."""
        if self.radius_m == 0:
            return self.core
        return plane.unproject(rounded(self.on(plane), self.radius_m, _DRAWN_SAGITTA_M))


def grown(box: Bounds, reach_m: float) -> Bounds:
    """A box in degrees that surely holds all that is within so many metres of another."""
    west, south, east, north = box
    up = reach_m / _METRES_PER_DEGREE_OF_LATITUDE
    south, north = max(south - up, -90.0), min(north + up, 90.0)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    if narrowest * 360 * _METRES_PER_DEGREE_OF_LONGITUDE <= reach_m:
        return -180.0, south, 180.0, north
    aside = reach_m / (_METRES_PER_DEGREE_OF_LONGITUDE * narrowest)
    return west - aside, south, east + aside, north


def _refuse_what_is_no_place(core: BaseGeometry) -> None:
    if core.geom_type not in (*_KINDS, "LinearRing"):
        raise refusal(
            "not_a_footprint", details={"type": core.geom_type, "allowed": ", ".join(_KINDS)}
        )
    lonlat = shapely.get_coordinates(core)
    if not len(lonlat):
        raise refusal("empty_geometry")
    # what is not a number is not within either
    within = np.abs(lonlat) <= _FARTHEST
    if not within.all():
        where = lonlat[~within.all(axis=1)][0]
        code = "not_longitude_latitude" if np.isfinite(where).all() else "not_finite"
        raise refusal(code, coordinate=position(where))
    if np.ptp(lonlat[:, 0]) > 180 and _leaps(core):
        raise refusal("crosses_date_line")


def _leaps(core: BaseGeometry) -> bool:
    """True when an edge is longer than half the way round the earth."""
    ends = edges(core)
    return bool((np.abs(ends[:, 1, 0] - ends[:, 0, 0]) > 180).any())


def _sound(core: BaseGeometry) -> BaseGeometry:
    """The core, its edges untangled where only rounding made them cross."""
    if shapely.get_dimensions(core) < 2 or shapely.is_valid(core):
        return core
    made = shapely.make_valid(core, method="structure", keep_collapsed=False)
    if made.is_empty or abs(made.area - core.area) > _A_TENTH_OF_A_MILLIMETRE * core.length:
        where, reason = invalid_at(core), shapely.is_valid_reason(core)
        raise refusal("invalid_area", coordinate=where, details={"reason": reason.split("[")[0]})
    return made


def _without_standstill(core: BaseGeometry) -> BaseGeometry:
    if shapely.get_dimensions(core) != 1:
        return core
    if core.geom_type == "LinearRing":
        core = shapely.LineString(shapely.get_coordinates(core))
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
