"""Canonical shapes of the geometry tests: one of each kind, empty, broken, touching; in Chengdu."""

from geo.altitude import Ground
from geo.crs import Extent, Plane

CITY = Extent(west=102.9, south=30.0, east=104.95, north=31.5)
PLANE = Plane(lon_0=104.06, lat_0=30.66, lat_1=30.3, lat_2=31.2)
GROUND = Ground(terrain_min_m=450, terrain_max_m=550, geoid_min_m=-44, geoid_max_m=-42)

LON, LAT = 104.06, 30.66
# about 958 m and 1109 m here
STEP = 0.01


def at(x: float, y: float) -> list[float]:
    """A position, counted in steps from the centre of the city."""
    return [round(LON + x * STEP, 9), round(LAT + y * STEP, 9)]


def path(*steps: tuple[float, float]) -> list[list[float]]:
    return [at(x, y) for x, y in steps]


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """An anticlockwise ring."""
    return path((west, south), (east, south), (east, north), (west, north), (west, south))


def a(kind: str, coordinates: object) -> dict[str, object]:
    return {"type": kind, "coordinates": coordinates}


POINT = a("Point", at(0, 0))
LINE = a("LineString", path((0, 0), (1, 0), (1, 1)))
LINES = a("MultiLineString", [path((0, 0), (1, 0)), path((2, 0), (2, 1))])
SQUARE = a("Polygon", [box(0, 0, 1, 1)])
FRAME = a("Polygon", [box(0, 0, 3, 3), box(1, 1, 2, 2)[::-1]])
ISLANDS = a("MultiPolygon", [[box(0, 0, 1, 1)], [box(2, 0, 3, 1)]])
ONE_OF_EACH = [POINT, LINE, LINES, SQUARE, FRAME, ISLANDS]

BOW_TIE = a("Polygon", [path((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))])
SPIKE = a("Polygon", [path((0, 0), (1, 0), (1, 1), (1, 2), (1, 1), (0, 1), (0, 0))])
FLAT = a("Polygon", [path((0, 0), (2, 0), (1, 0), (0, 0))])
UNCLOSED = a("Polygon", [box(0, 0, 1, 1)[:-1]])
TWO_POINTS = a("Polygon", [path((0, 0), (1, 0), (0, 0))])
STRAY_HOLE = a("Polygon", [box(0, 0, 2, 2), box(1, 1, 3, 1.5)])
TWIN_HOLES = a("Polygon", [box(0, 0, 9, 9), box(1, 1, 3, 3), box(2, 2, 4, 4)])
SPLIT = a("Polygon", [box(0, 0, 2, 2), path((1, 0), (2, 1), (1, 2), (0, 1), (1, 0))])
OVERLAPPING = a("MultiPolygon", [[box(0, 0, 2, 2)], [box(1, 1, 3, 3)]])
ADJOINING = a("MultiPolygon", [[box(0, 0, 1, 1)], [box(1, 0, 2, 1)]])
# what is no more than it should be, or odd and yet a shape
SOLID = a("Point", [*at(0, 0), 500.0])
TWICE = a("LineString", path((0, 0), (0, 0), (1, 0), (1, 0), (1, 1)))
STILL = a("LineString", path((0, 0), (0, 0), (0, 0)))
NESTED = a("MultiPolygon", [[box(0, 0, 9, 9), box(1, 1, 8, 8)[::-1]], [box(2, 2, 7, 7)]])
TOUCHING = a("MultiPolygon", [[box(0, 0, 1, 1)], [box(1, 1, 2, 2)]])
EMPTY = [a(kind, []) for kind in ("LineString", "MultiLineString", "Polygon", "MultiPolygon")]
OVER_THE_DATE_LINE = [
    a("LineString", [[179.9, 30.0], [-179.9, 30.0]]),
    a("MultiLineString", [path((0, 0), (1, 0)), [[-179.9, 30.0], [179.9, 31.0]]]),
    a("Polygon", [[[179.9, 30.0], [-179.9, 30.0], [-179.9, 31.0], [179.9, 31.0], [179.9, 30.0]]]),
]
