"""Volumes, roads and zones around the centre to test with, and strategies of places near it."""

from datetime import UTC, datetime, timedelta

import shapely
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.altitude import AltitudeBand, Reference, Unit
from geo.footprint import Footprint
from geo.frame import Frame
from geo.network import Stretch
from geo.schedule import Schedule, WeeklyWindow
from tests.geo.schedules import Days
from tests.geo.shapes import CITY, GROUND, LAT, LON, PLANE, at, path

FRAME = Frame(PLANE, CITY, "Asia/Shanghai", GROUND, Days())
START = datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def days(first: float, last: float | None, *weekly: WeeklyWindow) -> Schedule:
    end = None if last is None else START + last * DAY
    return Schedule(START + first * DAY, end, "Asia/Shanghai", weekly)


def band(lower: float, upper: float, reference: Reference = Reference.AMSL) -> AltitudeBand:
    return AltitudeBand(lower, upper, Unit.m, reference)


# --- roads --------------------------------------------------------------------------------------


def a_stretch(
    name: str, *steps: tuple[float, float], level: int = 0, oneway: bool = False
) -> Stretch:
    return Stretch(name, LineString(path(*steps)), level, oneway, "urban_arterial", 2)


def reverse_of(stretch: Stretch) -> Stretch:
    return Stretch(
        f"-{stretch.id}", stretch.line.reverse(), stretch.level, False, "urban_arterial", 2
    )


# Four blocks: two streets from west to east, three from south to north, all two-way, drawn once.
GRID = [
    a_stretch("s1", (0, 0), (1, 0)),
    a_stretch("s2", (1, 0), (2, 0)),
    a_stretch("n1", (0, 1), (1, 1)),
    a_stretch("n2", (1, 1), (2, 1)),
    a_stretch("w", (0, 0), (0, 1)),
    a_stretch("m", (1, 0), (1, 1)),
    a_stretch("e", (2, 0), (2, 1)),
]
ROUTE = LineString(path((0, 0), (10, 0)))


def a_zone(west: float, east: float) -> Footprint:
    return Footprint(box(*at(west, -1), *at(east, 1)))


# --- at random ----------------------------------------------------------------------------------

near_centre = st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)).map(
    lambda step: (LON + step[0], LAT + step[1])
)


def lines_of(places):
    return st.lists(places, min_size=2, max_size=4, unique=True).map(LineString)


def areas_of(places):
    hulls = st.lists(places, min_size=3, max_size=7).map(
        lambda corners: shapely.convex_hull(shapely.multipoints(corners))
    )
    return hulls.filter(lambda hull: hull.area > 1e-7)


def footprints_of(places):
    radii = st.floats(0.5, 800)
    return (
        st.builds(Footprint, places.map(Point), radii)
        | st.builds(Footprint, lines_of(places), radii)
        | st.builds(Footprint, areas_of(places))
    )
