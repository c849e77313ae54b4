"""Coordinates in, canonical longitude and latitude inside, metres in a local plane.

The only module that knows pyproj. Canonical is EPSG:4490, which equals WGS 84 to the decimetre;
positions are (longitude, latitude) or (easting, northing) whatever the axis order of the EPSG code.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Self, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from geo.errors import CrsRefused
from geo.gcj02 import bd09_from_gcj02, gcj02_from_bd09, gcj02_from_wgs84, wgs84_from_gcj02
from geo.text import Text

CANONICAL = "EPSG:4490"
WGS84 = "EPSG:4326"
GCJ02 = "GCJ-02"
BD09 = "BD-09"

Positions = NDArray[np.float64]
Position = tuple[float, float]
Shape = TypeVar("Shape", bound=BaseGeometry)

# An edge straight in degrees leaves its straight image in the plane by less than 1 mm here.
EDGE_M = 250.0
_METRES_PER_DEGREE_AT_MOST = 111_700.0
_SCALE_SAMPLES = 129
_FEW_SAMPLES = 33
_FARTHEST_ASIDE = 90.0
_EPSG = re.compile(r"EPSG:([1-9][0-9]{3,5})")
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class Extent:
    """A box in canonical degrees; it does not cross the date line."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise ValueError(f"no extent: west {self.west}, south {self.south}, ...")

    def contains(self, lon: float, lat: float) -> bool:
        """True when the position lies in the box or on its edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def outside(self, lonlat: Positions) -> NDArray[np.bool_]:
        """Which of the positions lie beyond the box; those that are not numbers do."""
        lon, lat = lonlat[:, 0], lonlat[:, 1]
        inside = (self.west <= lon) & (lon <= self.east) & (self.south <= lat) & (lat <= self.north)
        return ~inside

    def swap_suspected(self, lon: float, lat: float) -> bool:
        """True when the position lies beyond the box and in it with its numbers exchanged."""
        return not self.contains(lon, lat) and self.contains(lat, lon)


def is_canonical(crs: str) -> bool:
    """True when positions in the reference system need no conversion."""
    return crs in (CANONICAL, WGS84)


def to_canonical(lonlat: ArrayLike, crs: str) -> Positions:
    """The positions, shape (n, 2), in canonical degrees. An unknown reference system is refused.

    What can be read as such positions is; a single one is a list of one.

    Positions that the system's projection cannot hold come back as infinite.

    >>> to_canonical(np.array([[410_451.037, 3_393_363.763]]), "EPSG:4544").round(6).tolist()
    [[104.0657, 30.6574]]
    """
    positions = _positions(lonlat)
    if is_canonical(crs):
        return positions
    if crs == GCJ02:
        return wgs84_from_gcj02(positions)
    if crs == BD09:
        return wgs84_from_gcj02(gcj02_from_bd09(positions))
    return _transformed(_Transformers.of(crs).inward, positions)


def from_canonical(lonlat: ArrayLike, crs: str) -> Positions:
    """The canonical positions, shape (n, 2), in another reference system; see `to_canonical`."""
    positions = _positions(lonlat)
    if is_canonical(crs):
        return positions
    if crs == GCJ02:
        return gcj02_from_wgs84(positions)
    if crs == BD09:
        return bd09_from_gcj02(gcj02_from_wgs84(positions))
    return _transformed(_Transformers.of(crs).outward, positions)


def _positions(given: ArrayLike) -> Positions:
    """Positions of shape (n, 2); ValueError where they are not pairs of numbers."""
    positions = np.atleast_2d(np.asarray(given, dtype=np.float64))
    if positions.size and positions.shape[1:] != (2,):
        raise ValueError(f"positions are pairs of numbers, not an array of shape {positions.shape}")
    return positions if positions.size else np.empty((0, 2))


def area_of_use(crs: str) -> Extent | None:
    """The box in which the reference system is meant to be used; None when it is the whole world.

    >>> area_of_use("EPSG:4544")
    Extent(west=103.5, south=22.5, east=106.51, north=42.21)
    """
    if crs in (WGS84, GCJ02, BD09):
        # the shifted systems have no register entry; the extent of the jurisdiction bounds them
        return None
    area = _Transformers.of(crs).system.area_of_use
    if area is None or area.west >= area.east:
        return None
    return Extent(area.west, area.south, area.east, area.north)


def is_geographic(crs: str) -> bool:
    """True when positions in the reference system are in degrees."""
    return crs in (CANONICAL, WGS84, GCJ02, BD09) or _Transformers.of(crs).system.is_geographic


def edge_limit(crs: str) -> float:
    """The length, in the unit of the reference system, to which edges are cut: 250 m or less."""
    if is_geographic(crs):
        return EDGE_M / _METRES_PER_DEGREE_AT_MOST
    return EDGE_M / _Transformers.of(crs).system.axis_info[0].unit_conversion_factor


@dataclass(frozen=True, slots=True)
class _Transformers:
    """The way from a registered reference system to the canonical one, and back."""

    system: CRS
    inward: Transformer
    outward: Transformer

    @staticmethod
    def of(crs: str) -> "_Transformers":
        # what is no text may not even be looked up
        if not isinstance(crs, str):
            raise CrsRefused("crs_unknown", _unknown(crs))
        return _Transformers._of(crs)

    @staticmethod
    @lru_cache(maxsize=64)
    def _of(crs: str) -> "_Transformers":
        code = _EPSG.fullmatch(crs)
        if code is None:
            raise CrsRefused("crs_unknown", _unknown(crs))
        try:
            system = CRS.from_epsg(int(code[1])).to_2d()
        except CRSError:
            raise CrsRefused("crs_unknown", _unknown(crs)) from None
        if system.is_compound or not (system.is_geographic or system.is_projected):
            raise CrsRefused("crs_not_horizontal", _not_horizontal(crs))
        # CGCS2000 is WGS 84 to the decimetre; a search for a datum shift between them costs 60 ms
        # and ends in none. Any other datum must have a known one: a shift left out is 100 m wrong.
        geodetic = system.geodetic_crs
        own = geodetic.to_2d() if geodetic is not None else None
        same_datum = own is not None and own.to_epsg() in (4326, 4490)
        target = own if same_datum and own is not None else CRS.from_epsg(4326)
        try:
            inward, outward = (
                Transformer.from_crs(start, end, always_xy=True, allow_ballpark=same_datum)
                for start, end in ((system, target), (target, system))
            )
        except ProjError:
            raise CrsRefused("crs_datum_unknown", _datum_unknown(crs)) from None
        return _Transformers(system, inward, outward)


def _unknown(crs: object) -> Text:
    given = repr(crs)[:42]
    return Text(
        f"未知的坐标参考系 {given}：请用 EPSG:4490、EPSG:4326、GCJ-02、BD-09 或其他 EPSG 代码",
        f"unknown reference system {given}: use EPSG:4490, EPSG:4326, GCJ-02, BD-09 "
        "or another EPSG code",
    )


def _not_horizontal(crs: str) -> Text:
    return Text(
        f"{crs} 不是平面或经纬度坐标参考系",
        f"{crs} is not a reference system of the plane or of longitude and latitude",
    )


def _datum_unknown(crs: str) -> Text:
    return Text(
        f"{crs} 与 CGCS2000 之间没有已知的基准转换：请先转换为 EPSG:4490",
        f"no datum transformation from {crs} to CGCS2000 is known: convert to EPSG:4490 first",
    )


def _transformed(transformer: Transformer, positions: Positions) -> Positions:
    x, y = transformer.transform(positions[:, 0], positions[:, 1])
    return np.column_stack((x, y))


@dataclass(frozen=True, slots=True)
class Plane:
    """A conformal plane in metres: Lambert's cone on GRS 80, true along lat_1 and lat_2.

    Over a city of 150 km a distance in it errs by 60 ppm at most; see `distortion`. Several threads
    may use it at once.
    """

    lon_0: float
    lat_0: float
    lat_1: float
    lat_2: float

    def __post_init__(self) -> None:
        latitudes = (self.lat_0, self.lat_1, self.lat_2)
        if not all(isfinite(lat) and abs(lat) < 85 for lat in latitudes) or abs(self.lon_0) > 180:
            raise ValueError(f"no working plane: longitude {self.lon_0}, latitudes {latitudes}")
        if abs(self.lat_1 + self.lat_2) < 1e-6:
            raise ValueError(
                "a cone needs standard parallels that are not opposite: no plane of this kind fits "
                "an extent with the equator in its middle"
            )

    @classmethod
    def around(cls, extent: Extent) -> Self:
        """The plane that fits an extent: true at a sixth of its height from either end."""
        height = extent.north - extent.south
        return cls(
            lon_0=(extent.west + extent.east) / 2,
            lat_0=(extent.south + extent.north) / 2,
            lat_1=extent.south + height / 6,
            lat_2=extent.north - height / 6,
        )

    def project(self, geometry: Shape) -> Shape:
        """The geometry in metres; its edges, straight in degrees, first cut to 250 m or less."""
        return shapely.transform(_fine(geometry), self.project_positions)

    def unproject(self, geometry: Shape) -> Shape:
        """The geometry in canonical degrees, vertex by vertex."""
        return shapely.transform(geometry, self.unproject_positions)

    def project_positions(self, lonlat: Positions) -> Positions:
        """Canonical positions, shape (n, 2), in metres east and north."""
        return _transformed(_lambert(self), lonlat)

    def unproject_positions(self, metres: Positions) -> Positions:
        """Positions of the plane, shape (n, 2), in canonical degrees."""
        x, y = _lambert(self).transform(metres[:, 0], metres[:, 1], direction="INVERSE")
        return np.column_stack((x, y))

    def reaches(self, lonlat: Positions, planar: Positions) -> bool:
        """True when the positions were projected to where the plane can be measured in.

        The cone is cut open on the far side of the earth: what is near there lies far apart.
        """
        aside = np.abs((lonlat[:, 0] - self.lon_0 + 180) % 360 - 180)
        return bool((aside <= _FARTHEST_ASIDE).all() and np.isfinite(planar).all())

    def scale(self, south: float, north: float, samples: int = _SCALE_SAMPLES) -> "Scale":
        """The scale between two latitudes."""
        # the scale of a cone depends on the latitude alone, and smoothly
        latitudes = np.linspace(south, north, samples).clip(-89.9, 89.9)
        start = np.column_stack((np.full_like(latitudes, self.lon_0), latitudes))
        end = start + np.array([1e-3, 0.0])
        planar = np.hypot(*(self.project_positions(end) - self.project_positions(start)).T)
        return Scale(latitudes, planar / geodesic_distances_m(start, end))

    def scales(self, south: float, north: float) -> tuple[float, float]:
        """The least and the largest length in the plane of a true metre between two latitudes."""
        scale = self.scale(south, north, _FEW_SAMPLES)
        return scale.least, scale.largest

    def distortion(self, extent: Extent) -> float:
        """The largest relative error of a short distance anywhere in the extent.

        >>> extent = Extent(102.9, 30.0, 104.95, 31.5)
        >>> Plane.around(extent).distortion(extent) < 60e-6
        True
        """
        return _distortion(self, extent)


@dataclass(frozen=True, slots=True)
class Scale:
    """How long a true metre is in a plane, by latitude."""

    latitudes: Positions
    factors: Positions

    def halfway(self, latitude: Positions, other: Positions) -> Positions:
        """The scale in the middle between two latitudes: that of a whole distance, to 1e-7."""
        return np.interp((latitude + other) / 2, self.latitudes, self.factors)

    @property
    def least(self) -> float:
        """The least scale anywhere between."""
        return float(self.factors.min())

    @property
    def largest(self) -> float:
        """The largest scale anywhere between."""
        return float(self.factors.max())


@lru_cache(maxsize=64)
def _lambert(plane: Plane) -> Transformer:
    # pyproj keeps one PROJ object per thread behind a Transformer, so this one may be shared
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=lcc +ellps=GRS80 +lon_0={plane.lon_0} +lat_0={plane.lat_0} "
        f"+lat_1={plane.lat_1} +lat_2={plane.lat_2}"
    )


@lru_cache(maxsize=64)
def _distortion(plane: Plane, extent: Extent) -> float:
    least, largest = plane.scales(extent.south, extent.north)
    return max(1 - least, largest - 1)


def geodesic_distances_m(start: Positions, end: Positions) -> Positions:
    """The true distances in metres between canonical positions, pairwise; shapes (n, 2) to (n,)."""
    _, _, distances = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(distances, dtype=np.float64)


def geodesic_distance_m(start: Position, end: Position) -> float:
    """The true distance in metres between two canonical positions.

    >>> round(geodesic_distance_m((104.06, 30.66), (104.07, 30.66)), 2)
    958.41
    """
    return float(_GEOD.inv(start[0], start[1], end[0], end[1])[2])


def geodesic_length_m(line: BaseGeometry) -> float:
    """The true length in metres of a line, or of the outline of an area, in canonical degrees."""
    outline = shapely.boundary(line) if shapely.get_dimensions(line) == 2 else line
    parts = shapely.get_parts(_fine(outline))
    positions, owner = shapely.get_coordinates(parts, return_index=True)
    joined = owner[1:] == owner[:-1]
    return float(geodesic_distances_m(positions[:-1][joined], positions[1:][joined]).sum())


def geodesic_area_m2(area: BaseGeometry) -> float:
    """The true area in square metres of a polygon in canonical degrees; 0 for lines and points."""
    if shapely.get_dimensions(area) < 2:
        return 0.0
    return sum(
        abs(float(_GEOD.geometry_area_perimeter(shapely.normalize(part))[0]))
        for part in shapely.get_parts(_fine(area))
    )


def _fine(geometry: Shape) -> Shape:
    if geometry.length == 0:
        return geometry
    return shapely.segmentize(geometry, edge_limit(CANONICAL))
