"""What is known of the ground by place: models narrow it, and no verdict on them is ever wrong."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.altitude import AltitudeBand, Ground, Reference, Span, Unit, vertical_gap
from geo.conflict import Reason, Verdict, judge
from geo.crs import Extent, geodesic_distances_m
from geo.footprint import Footprint
from geo.frame import Frame
from geo.geoid import GeoidTable
from geo.ground import Bounds, Region, Regions
from geo.schedule import Schedule
from geo.separation import NONE, Separation
from geo.volume import Volume4D
from tests.geo.shapes import CITY, LAT, LON, PLANE
from tests.geo.test_altitude import bands
from tests.geo.test_schedule import Days

AGL, AMSL, WGS84 = Reference
DAY = datetime(2026, 12, 1, tzinfo=UTC)
ALL_DAY = Schedule(DAY, DAY + timedelta(days=1), "Asia/Shanghai")
WHOLE = Ground(280, 6300, -45, -29)
PLAIN = Region(Extent(104.0, 30.6, 104.2, 30.8), Span(450, 480))
HILLS = Region(Extent(104.2, 30.6, 104.5, 30.8), Span(450, 1050))
FRAME = Frame(PLANE, CITY, "Asia/Shanghai", WHOLE, Days())
KNOWN = replace(FRAME, terrains=(Regions((PLAIN, HILLS)),))


@dataclass(frozen=True)
class Says:
    """A model of one span, or of none, wherever it is asked."""

    span: Span | None

    def height_m(self, bounds: Bounds) -> Span | None:
        return self.span

    undulation_m = height_m


HERE = (LON, LAT, LON, LAT)


def band(lower: float, upper: float, reference: Reference) -> AltitudeBand:
    return AltitudeBand(lower, upper, Unit.m, reference)


def flown(lon: float, altitude: AltitudeBand, side: float = 0.02) -> Volume4D:
    """A square from (lon, LAT) on, all day."""
    return Volume4D(Footprint(box(lon, LAT, lon + side, LAT + side)), altitude, None, ALL_DAY)


# what is known where


def test_without_a_model_the_ground_is_that_of_the_extent() -> None:
    assert FRAME.ground_at(HERE) == WHOLE


def test_the_first_terrain_that_knows_a_place_counts() -> None:
    models = Says(None), Says(Span(470, 490)), Says(Span(480, 481))
    ground = replace(FRAME, terrains=models).ground_at(HERE)
    assert ground == Ground(470, 490, -45, -29)


def test_terrain_and_geoid_are_known_apart() -> None:
    ground = replace(FRAME, geoid=Says(Span(-43, -42))).ground_at(HERE)
    assert ground == Ground(280, 6300, -43, -42)


def test_a_model_never_widens_what_is_known_of_the_extent() -> None:
    models = replace(FRAME, terrains=(Says(Span(100, 300)),), geoid=Says(Span(-30, 90)))
    assert models.ground_at(HERE) == Ground(280, 300, -30, -29)


def test_a_model_that_contradicts_the_extent_is_not_believed() -> None:
    models = replace(FRAME, terrains=(Says(Span(100, 200)),), geoid=Says(Span(40, 45)))
    assert models.ground_at(HERE) == WHOLE


def test_of_regions_the_one_that_says_most_counts_where_it_holds_all_of_the_box() -> None:
    city = Regions((Region(Extent(103, 30, 105, 32), Span(300, 5400)), PLAIN))
    assert city.height_m((104.0, 30.6, 104.2, 30.8)) == Span(450, 480)
    assert city.height_m((103.99, 30.6, 104.2, 30.8)) == Span(300, 5400)
    assert city.height_m((104.0, 30.6, 104.2, 32.1)) is None


spans = st.lists(st.integers(-100, 7000).map(float), min_size=2, max_size=2).map(
    lambda ends: Span(*sorted(ends))
)
undulations = st.lists(st.integers(-60, -20).map(float), min_size=2, max_size=2).map(
    lambda ends: Span(*sorted(ends))
)


@given(bands(), bands(), spans | st.none(), undulations | st.none())
def test_no_model_finds_what_the_ground_of_the_extent_has_apart(
    a: AltitudeBand, b: AltitudeBand, terrain: Span | None, undulation: Span | None
) -> None:
    """So the candidates, searched by the extent's ground, hold whatever any terrain file finds."""
    local = replace(FRAME, terrains=(Says(terrain),), geoid=Says(undulation)).ground_at(HERE)
    assert WHOLE.terrain.holds(local.terrain)
    assert WHOLE.geoid.holds(local.geoid)
    assert vertical_gap(a, b, WHOLE).holds(vertical_gap(a, b, local))


# what is judged by it

AREA = band(0, 120, AGL)
CORRIDOR = band(600, 900, AMSL)


def test_over_the_plain_a_corridor_above_the_sea_is_clear_of_the_air_above_the_ground() -> None:
    judged = judge(flown(104.1, AREA), flown(104.11, CORRIDOR), NONE, KNOWN)
    assert (judged.verdict, judged.reason) == (Verdict.clear, Reason.apart_in_height)
    assert judged.vertical_gap == Span(0, 30)


def test_where_the_ground_is_known_to_be_higher_it_is_a_conflict() -> None:
    terrace = replace(FRAME, terrains=(Says(Span(495, 500)),))
    judged = judge(flown(104.1, AREA), flown(104.11, CORRIDOR), NONE, terrace)
    assert (judged.verdict, judged.vertical_gap) == (Verdict.conflict, Span(-20, -15))


@pytest.mark.parametrize("frame", [FRAME, replace(FRAME, terrains=(Says(None),))])
def test_where_nobody_knows_the_ground_it_is_neither(frame: Frame) -> None:
    judged = judge(flown(104.1, AREA), flown(104.11, CORRIDOR), NONE, frame)
    assert (judged.verdict, judged.reason) == (Verdict.indeterminate, Reason.height_unknown)


def test_in_the_hills_it_is_neither() -> None:
    judged = judge(flown(104.3, AREA), flown(104.31, CORRIDOR), NONE, KNOWN)
    assert judged.verdict is Verdict.indeterminate


def test_only_the_ground_where_both_may_meet_matters() -> None:
    """The corridor runs on into the hills, the area lies on the plain."""
    on = Volume4D(
        Footprint(LineString([(104.05, LAT), (104.45, LAT)]), 50), CORRIDOR, None, ALL_DAY
    )
    assert judge(flown(104.1, AREA), on, NONE, KNOWN).verdict is Verdict.clear
    assert judge(flown(104.3, AREA), on, NONE, KNOWN).verdict is Verdict.indeterminate
    across = judge(flown(104.19, AREA), on, NONE, KNOWN)
    assert across.verdict is Verdict.indeterminate


def test_the_ground_within_the_separation_matters_too() -> None:
    """They have the plain in common; the area reaches over the hills, 100 m from the corridor."""
    area, corridor = flown(104.18, AREA, side=0.03), flown(104.15, CORRIDOR, side=0.049)
    apart = Separation(horizontal_m=300, vertical_m=0, time=timedelta(0))
    assert judge(area, corridor, NONE, KNOWN).verdict is Verdict.clear
    assert judge(area, corridor, apart, KNOWN).verdict is Verdict.indeterminate


def test_the_geoid_decides_between_ellipsoid_and_sea_level() -> None:
    table = GeoidTable(103.0, 30.0, 2, 2, ((-43.0, -43.0), (-43.0, -43.0)), error_m=1)
    known = replace(FRAME, geoid=table)
    over = flown(104.1, band(500, 550, AMSL))
    assert judge(flown(104.1, band(300, 455, WGS84)), over, NONE, known).verdict is Verdict.clear
    assert judge(flown(104.1, band(300, 459, WGS84)), over, NONE, known).verdict is Verdict.conflict
    doubt = judge(flown(104.1, band(300, 457, WGS84)), over, NONE, known)
    assert doubt.verdict is Verdict.indeterminate


@pytest.mark.parametrize("reference", Reference)
def test_a_flight_level_is_not_compared_however_well_the_ground_is_known(
    reference: Reference,
) -> None:
    exact = replace(FRAME, terrains=(Says(Span(480, 480)),), geoid=Says(Span(-43, -43)))
    level = flown(104.1, AltitudeBand(100, 110, Unit.FL, AMSL))
    judged = judge(flown(104.1, band(0, 120, reference)), level, NONE, exact)
    assert (judged.verdict, judged.vertical_gap) == (Verdict.indeterminate, Span(-inf, inf))


def test_feet_are_compared_over_the_ground_as_metres_are() -> None:
    feet = AltitudeBand(600 / 0.3048, 900 / 0.3048, Unit.ft, AMSL)
    judged = judge(flown(104.1, AREA), flown(104.11, feet), NONE, KNOWN)
    assert (judged.vertical_gap.min, judged.vertical_gap.max) == pytest.approx((0, 30))


# the truth, place by place


@dataclass(frozen=True)
class Slope:
    """Terrain that rises evenly; what it says of a box is exact."""

    base_m: float
    east_m: float
    north_m: float

    def at(self, lonlat: np.ndarray) -> np.ndarray:
        lon, lat = lonlat.T
        return self.base_m + (lon - LON) * self.east_m + (lat - LAT) * self.north_m

    def height_m(self, bounds: Bounds) -> Span:
        west, south, east, north = bounds
        corners = np.array([(x, y) for x in (west, east) for y in (south, north)])
        heights = self.at(corners)
        return Span(float(heights.min()), float(heights.max()))


GEOID = GeoidTable(103.0, 30.0, 2.0, 1.0, ((-43.7, -43.2), (-37.5, -42.7)))
SIDE = 0.015
GRID = SIDE * np.stack(np.meshgrid(*2 * [np.linspace(0, 1, 7)]), axis=-1).reshape(-1, 2)
TINY_M = 1e-6
slopes = st.builds(
    Slope, *(st.integers(*ends).map(float) for ends in ((450, 520), (-9000, 9000), (-9000, 9000)))
)
shifts = st.floats(-0.02, 0.02)


@settings(max_examples=400)
@given(slopes, bands(unstated=False), bands(unstated=False), shifts, shifts, st.booleans())
def test_the_verdict_is_true_at_every_two_places_that_are_too_close(
    slope: Slope, mine: AltitudeBand, theirs: AltitudeBand, x: float, y: float, apart: bool
) -> None:
    frame = replace(FRAME, ground=Ground(-500, 7000, -45, -29), terrains=(slope,), geoid=GEOID)
    separation = Separation(1500, 20, timedelta(0)) if apart else NONE
    corners = np.array([(LON, LAT), (LON + x, LAT + y)])
    a, b = (
        Volume4D(Footprint(box(*corner, *(corner + SIDE))), altitude, None, ALL_DAY)
        for corner, altitude in zip(corners, (mine, theirs), strict=True)
    )
    verdict = judge(a, b, separation, frame).verdict
    here, there = too_close(*corners, separation)
    if mine.reference is theirs.reference:
        # heights above one kind of zero are compared as they stand, whatever lies between
        there = here
    low, high = ends_m(slope, here, mine)
    other_low, other_high = ends_m(slope, there, theirs)
    gaps = np.maximum(other_low - high, low - other_high)
    assert verdict is not Verdict.clear or (gaps >= separation.vertical_m - TINY_M).all()
    assert verdict is not Verdict.conflict or (gaps <= separation.vertical_m + TINY_M).all()


def too_close(
    corner: np.ndarray, other: np.ndarray, separation: Separation
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of places, one in either square, that are closer than they should be; some of them."""
    if separation.horizontal_m == 0:
        low, high = np.maximum(corner, other), np.minimum(corner, other) + SIDE
        places = low + GRID / SIDE * (high - low)
        common = places[((low < places) & (places < high)).all(axis=1)]
        return common, common
    i, j = (index.ravel() for index in np.indices((len(GRID), len(GRID))))
    here, there = (corner + GRID)[i], (other + GRID)[j]
    close = geodesic_distances_m(here, there) < separation.horizontal_m
    return here[close], there[close]


def ends_m(
    slope: Slope, places: np.ndarray, altitude: AltitudeBand
) -> tuple[np.ndarray, np.ndarray]:
    """The ends of a band above the ellipsoid, over each of the places."""
    distinct, which = np.unique(places, axis=0, return_inverse=True)
    sea = np.array([GEOID.undulation_m((*place, *place)).min for place in distinct])[which]
    zero = {WGS84: 0.0 * sea, AMSL: sea, AGL: sea + slope.at(places)}[altitude.reference]
    return altitude.span.min + zero, altitude.span.max + zero


def test_the_ground_below_a_radius_is_counted() -> None:
    """A circle whose centre lies on the plain reaches over the hills."""
    circle = Volume4D(Footprint(Point(104.199, 30.7), 500), AREA, None, ALL_DAY)
    corridor = Volume4D(Footprint(box(104.2, 30.69, 104.3, 30.71)), CORRIDOR, None, ALL_DAY)
    assert judge(circle, corridor, NONE, KNOWN).verdict is Verdict.indeterminate
