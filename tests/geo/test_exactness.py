"""The promise: one centimetre too near is a conflict, one centimetre far enough is clear; anywhere.

Shapes are built and measured on the ellipsoid; never is anything called clear in which a dense
sampling finds a breach.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon
from shapely.affinity import translate
from shapely.ops import split

from geo.altitude import AltitudeBand, Ground, Reference, Unit
from geo.conflict import Verdict, judge
from geo.footprint import Footprint
from geo.frame import Frame
from geo.screening import screen
from geo.separation import NONE, Separation
from geo.volume import Volume4D
from tests.geo import oracle
from tests.geo.shapes import CITY, GROUND, LAT, LON, PLANE
from tests.geo.test_conflict import FRAME, band, days

CM = 0.01
CORNERS = [(lon, lat) for lon in (CITY.west, CITY.east) for lat in (CITY.south, CITY.north)]
Places = st.sampled_from([(LON, LAT), *CORNERS]) | st.tuples(
    st.floats(CITY.west, CITY.east), st.floats(CITY.south, CITY.north)
)
Radii = st.floats(0.5, 400)


def ring(centre: tuple[float, float], radii: list[float], share: float = 1.0) -> list:
    """Corners round a centre, one in each direction, at those distances on the ellipsoid."""
    step = 360 / len(radii)
    return [oracle.moved(centre, n * step, share * radius) for n, radius in enumerate(radii)]


@st.composite
def stars(draw: st.DrawFn, centre: tuple[float, float]) -> Footprint:
    """An area with spikes, and often with a hole."""
    radii = draw(st.lists(st.floats(60, 900), min_size=4, max_size=12))
    holes = [ring(centre, radii, 0.4)] if draw(st.booleans()) else []
    return Footprint(Polygon(ring(centre, radii), holes))


@st.composite
def corridors(draw: st.DrawFn, centre: tuple[float, float]) -> Footprint:
    """A line with a width, straight or winding."""
    steps = draw(
        st.lists(st.tuples(st.floats(0, 360), st.floats(5, 3_000)), min_size=1, max_size=4)
    )
    places = [centre]
    for bearing, metres in steps:
        places.append(oracle.moved(places[-1], bearing, metres))
    return Footprint(LineString(places), draw(Radii))


def footprints(centre: tuple[float, float]) -> st.SearchStrategy[Footprint]:
    disc = st.builds(Footprint, st.just(Point(centre)), Radii)
    return st.one_of(disc, stars(centre), corridors(centre))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Footprint, Footprint]:
    """Two footprints anywhere in the extent, up to some 10 km from each other."""
    here = draw(Places)
    there = oracle.moved(here, draw(st.floats(0, 360)), draw(st.floats(0, 10_000)))

    return draw(footprints(here)), draw(footprints(there))


def a_use(footprint: Footprint, altitude: AltitudeBand | None = None) -> Volume4D:
    return Volume4D(footprint, altitude, None, days(0, 10))


def verdict(a: Footprint, b: Footprint, apart_m: float) -> Verdict:
    """The verdict, the same whoever is asked, alone or among many."""
    one, other, separation = a_use(a), a_use(b), Separation(apart_m, 0, timedelta(0))
    found = judge(one, other, separation, FRAME).verdict
    assert judge(other, one, separation, FRAME).verdict is found
    met = screen(one, [other], separation, FRAME)
    assert (len(met.conflict), len(met.indeterminate)) == (int(found is Verdict.conflict), 0)
    return found


@settings(max_examples=60)
@given(pairs())
def test_a_centimetre_decides_at_any_place_and_distance(both: tuple[Footprint, Footprint]) -> None:
    spare_m = oracle.to_spare_m(*both, 0)
    assume(0.05 < spare_m <= 10_000)
    assert verdict(*both, spare_m + CM) is Verdict.conflict
    assert verdict(*both, spare_m - CM) is Verdict.clear


@given(st.sampled_from(CORNERS), st.data())
def test_what_meets_in_the_city_meets_in_every_corner(
    corner: tuple[float, float], data: st.DataObject
) -> None:
    both = data.draw(st.tuples(stars((LON, LAT)), corridors(oracle.moved((LON, LAT), 60, 900))))
    spare_m = oracle.to_spare_m(*both, 50)
    # a step in degrees is of another length elsewhere: the shapes change by parts of a thousand
    assume(abs(spare_m) > 60)
    east, north = corner[0] - LON, corner[1] - LAT
    moved = [Footprint(translate(f.core, east, north), f.radius_m) for f in both]
    assert verdict(*moved, 50) is verdict(*both, 50)


@settings(max_examples=60)
@given(st.data())
def test_neighbours_cut_from_one_area_are_clear_until_they_overlap(data: st.DataObject) -> None:
    centre = data.draw(Places)
    whole = data.draw(stars(centre)).core
    bearing = data.draw(st.floats(0, 180))
    ends = [oracle.moved(centre, bearing + turn, 2_000) for turn in (0, 180)]
    parts = [part for part in split(whole, LineString(ends)).geoms if part.area > 1e-9]
    assume(len(parts) >= 2)
    for number, part in enumerate(parts):
        for other in parts[number + 1 :]:
            assert verdict(Footprint(part), Footprint(other), 0) is Verdict.clear


@pytest.mark.parametrize("place", [(LON, LAT), *CORNERS])
@pytest.mark.parametrize(("overlap_m", "expected"), [(0.03, "conflict"), (0.0, "clear")])
def test_three_centimetres_of_overlap_are_a_conflict(
    place: tuple[float, float], overlap_m: float, expected: str
) -> None:
    east, north = oracle.moved(place, 90, 700), oracle.moved(place, 0, 500)
    back = oracle.moved(place, 90, -overlap_m) if overlap_m else place
    west = Polygon([place, north, (place[0] - 0.01, north[1]), (place[0] - 0.01, place[1])])
    right = Polygon([back, east, (east[0], north[1]), (back[0], north[1])])
    assert verdict(Footprint(west), Footprint(right), 0).value == expected


# heights in any reference over any ground there may be


@dataclass(frozen=True)
class Truth:
    """One ground of those the frame allows: terrain over the sea, the sea over the ellipsoid."""

    terrain_m: float
    geoid_m: float

    def above_ellipsoid(self, altitude: AltitudeBand) -> tuple[float, float]:
        """The ends of a band, in metres above the ellipsoid."""
        scale = {Unit.m: 1.0, Unit.ft: 0.3048}[altitude.unit]
        zero = {
            Reference.WGS84: 0.0,
            Reference.AMSL: self.geoid_m,
            Reference.AGL: self.geoid_m + self.terrain_m,
        }[altitude.reference]
        return altitude.lower * scale + zero, altitude.upper * scale + zero


Truths = st.builds(
    Truth,
    st.floats(GROUND.terrain_min_m, GROUND.terrain_max_m),
    st.floats(GROUND.geoid_min_m, GROUND.geoid_max_m),
)
Bands = st.builds(
    lambda low, height, unit, reference: AltitudeBand(low, low + height, unit, reference),
    st.integers(0, 700),
    st.integers(5, 200),
    st.sampled_from([Unit.m, Unit.ft]),
    st.sampled_from(Reference),
)


@given(Bands, Bands, Truths, Truths, st.sampled_from([0, 15, 60]), st.sampled_from([0, 120]))
def test_no_ground_there_may_be_proves_a_verdict_wrong(
    mine: AltitudeBand, theirs: AltitudeBand, here: Truth, there: Truth, apart_m: float, away_m: int
) -> None:
    """Two at one place, over one ground, or too near at two places, over the grounds of both.

    The height of the sea is that of the first.
    """
    one = Footprint(Point(LON, LAT), 30)
    other = Footprint(Point(oracle.moved((LON, LAT), 90, away_m)), 30)
    there = replace(there, geoid_m=here.geoid_m) if away_m else here
    separation = Separation(100, apart_m, timedelta(0))
    found = judge(a_use(one, mine), a_use(other, theirs), separation, FRAME).verdict
    (low, high), (lower, upper) = here.above_ellipsoid(mine), there.above_ellipsoid(theirs)
    gap_m = max(low - upper, lower - high)
    assume(abs(gap_m - apart_m) > 1e-5)
    if gap_m < apart_m:
        assert found is not Verdict.clear
    elif away_m or mine.reference is not theirs.reference:
        assert found is not Verdict.conflict


def test_over_known_ground_nothing_is_left_open() -> None:
    known = Frame(PLANE, CITY, "Asia/Shanghai", Ground(500, 500, -43, -43), FRAME.calendar)
    here = Footprint(Point(LON, LAT), 100)
    above_ground, above_sea = (
        a_use(here, band(60, 120, Reference.AGL)),
        a_use(here, band(620, 700, Reference.AMSL)),
    )
    assert judge(above_ground, above_sea, NONE, known).verdict is Verdict.clear
    assert judge(above_ground, above_sea, NONE, FRAME).verdict is Verdict.indeterminate


# a dense sampling, of place, height and time at once


@st.composite
def near_pairs(draw: st.DrawFn) -> tuple[Footprint, Footprint]:
    """Two footprints whose centres are not more than 2 km apart."""
    here = draw(Places)
    there = oracle.moved(here, draw(st.floats(0, 360)), draw(st.floats(0, 2_000)))
    return draw(footprints(here)), draw(footprints(there))


A_QUARTER_OF_A_DAY = Separation(50, 0, timedelta(hours=6))
altitudes = st.none() | st.builds(
    lambda low, reference: band(low, low + 40, reference),
    st.integers(0, 120),
    st.just(Reference.AGL),
)


@settings(max_examples=60)
@given(
    near_pairs(),
    altitudes,
    altitudes,
    st.integers(0, 12),
    st.sampled_from(
        [NONE, Separation(50, 0, timedelta(hours=6)), Separation(200, 30, timedelta(0))]
    ),
    st.sampled_from([-0.3, 0.02, 1.0]),
)
def test_nothing_is_clear_in_which_a_sample_finds_a_breach(
    both: tuple[Footprint, Footprint],
    mine: AltitudeBand | None,
    theirs: AltitudeBand | None,
    later: int,
    separation: Separation,
    rise: float,
) -> None:
    a = Volume4D(both[0], mine, None, days(0, 10))
    b = Volume4D(both[1], theirs, None, days(later, later + 3))
    hillside = oracle.Hillside(rise, float(both[0].core.centroid.x))
    late = timedelta(days=later - 10)
    in_time = late < separation.time
    frame = replace(FRAME, terrains=(hillside,))
    verdicts = [judge(a, b, separation, there).verdict for there in (frame, FRAME)]
    if in_time and sample_breaches(a, b, separation, hillside):
        assert Verdict.clear not in verdicts
    if mine is None or theirs is None:
        assert Verdict.indeterminate not in verdicts


def sample_breaches(
    a: Volume4D, b: Volume4D, separation: Separation, hillside: oracle.Hillside
) -> bool:
    """True when two of some thousand places are too near, and their heights above the sea too."""
    places, others = (some(oracle.places_of(v.footprint, 40), 400) for v in (a, b))
    first, second = (index.ravel() for index in np.indices((len(places), len(others))))
    # with no distance to keep one place is enough, and it need not be one of both samples
    near = oracle.between(places[first], others[second]) < separation.horizontal_m - 0.03
    if a.altitude is None or b.altitude is None:
        return bool(near.any())
    above = hillside.under(places[first, 0]) - hillside.under(others[second, 0])
    gap_m = np.maximum(
        b.altitude.lower - a.altitude.upper - above, a.altitude.lower - b.altitude.upper + above
    )
    return bool((near & (gap_m < separation.vertical_m - 0.01)).any())


def some(places: np.ndarray, most: int) -> np.ndarray:
    return places[:: max(len(places) // most, 1)]
