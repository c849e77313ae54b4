"""Heights compared three-valued, against every ground that could be there."""

import math
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.altitude import (
    AltitudeBand,
    Ground,
    Reference,
    Span,
    Unit,
    covers,
    vertical_gap,
    wgs84_envelope,
)
from geo.errors import AltitudeRefused
from tests.geo.shapes import GROUND

AGL, AMSL, WGS84 = Reference


def metres(lower: float | None, upper: float | None, reference: Reference = AGL) -> AltitudeBand:
    return AltitudeBand(lower, upper, Unit.m, reference)


heights = st.integers(-100, 900).map(float)


@st.composite
def bands(draw, unstated: bool = True, units=(Unit.m, Unit.ft)) -> AltitudeBand:
    lower, upper = sorted(draw(st.lists(heights, min_size=2, max_size=2, unique=True)))
    missing = draw(st.sampled_from(["", "", "lower", "upper"])) if unstated else ""
    return AltitudeBand(
        None if missing == "lower" else lower,
        None if missing == "upper" else upper,
        draw(st.sampled_from(units)),
        draw(st.sampled_from(Reference)),
    )


@st.composite
def grounds(draw) -> Ground:
    terrain = sorted(draw(st.lists(heights, min_size=2, max_size=2)))
    geoid = sorted(draw(st.lists(st.integers(-45, -38).map(float), min_size=2, max_size=2)))
    return Ground(*terrain, *geoid)


def above_ellipsoid(band: AltitudeBand, terrain: float, geoid: float) -> tuple[float, float]:
    """The band over one point of known ground."""
    zero = {WGS84: 0.0, AMSL: geoid, AGL: geoid + terrain}[band.reference]
    scale = 0.3048 if band.unit is Unit.ft else 1.0
    return (
        -inf if band.lower is None else band.lower * scale + zero,
        inf if band.upper is None else band.upper * scale + zero,
    )


def all_grounds(ground: Ground) -> list[tuple[float, float]]:
    terrains = np.linspace(ground.terrain_min_m, ground.terrain_max_m, 41)
    geoids = np.linspace(ground.geoid_min_m, ground.geoid_max_m, 5)
    return [(float(t), float(n)) for t in terrains for n in geoids]


@given(bands(), bands(), grounds())
def test_the_gap_holds_the_truth_over_every_possible_ground_and_little_else(
    a: AltitudeBand, b: AltitudeBand, ground: Ground
) -> None:
    gap = vertical_gap(a, b, ground)
    true = []
    for terrain, geoid in all_grounds(ground):
        (low, high), (other_low, other_high) = (
            above_ellipsoid(band, terrain, geoid) for band in (a, b)
        )
        true.append(max(other_low - high, low - other_high))
    assert gap.min <= min(true) + 1e-6
    assert gap.max == pytest.approx(max(true))
    assert gap.min == pytest.approx(
        min(true), abs=(ground.terrain_max_m - ground.terrain_min_m) / 40 + 2
    )


@given(bands(units=Unit) | st.none(), bands(units=Unit) | st.none(), grounds(), grounds())
def test_the_gap_is_the_same_from_either_side(
    a: AltitudeBand | None, b: AltitudeBand | None, ground: Ground, there: Ground
) -> None:
    assert vertical_gap(a, b, ground) == vertical_gap(b, a, ground)
    assert vertical_gap(a, b, ground, there) == vertical_gap(b, a, there, ground)


@given(bands(), bands(), grounds())
def test_covers_is_sure_only_where_every_possible_ground_agrees(
    outer: AltitudeBand, inner: AltitudeBand, ground: Ground
) -> None:
    said = covers(outer, inner, ground)
    truths = set()
    for terrain, geoid in all_grounds(ground):
        (low, high), (inner_low, inner_high) = (
            above_ellipsoid(band, terrain, geoid) for band in (outer, inner)
        )
        truths.add(low <= inner_low + 1e-9 and inner_high <= high + 1e-9)
    assert said is not True or truths == {True}
    assert said is not False or truths == {False}


@given(bands(), grounds())
def test_the_envelope_holds_the_band_over_every_possible_ground(
    band: AltitudeBand, ground: Ground
) -> None:
    envelope = wgs84_envelope(band, ground)
    for terrain, geoid in all_grounds(ground):
        low, high = above_ellipsoid(band, terrain, geoid)
        assert envelope.min - 1e-9 <= low
        assert high <= envelope.max + 1e-9


@given(bands(units=Unit) | st.none(), bands(units=Unit) | st.none(), grounds())
def test_bands_that_may_meet_have_envelopes_that_meet(
    a: AltitudeBand | None, b: AltitudeBand | None, ground: Ground
) -> None:
    """The candidate search never loses what the verdict would find."""
    one, other = wgs84_envelope(a, ground), wgs84_envelope(b, ground)
    apart = max(other.min - one.max, one.min - other.max)
    for there in (None, ground):
        assert vertical_gap(a, b, ground, there).min >= 0 or apart <= 1e-9


@given(bands(), bands(), grounds(), grounds(), st.floats(0, 1), st.floats(0, 1))
def test_the_gap_between_two_places_holds_the_truth_over_every_ground_of_both(
    a: AltitudeBand, b: AltitudeBand, here: Ground, there: Ground, mine: float, theirs: float
) -> None:
    there = replace(there, geoid_min_m=here.geoid_min_m, geoid_max_m=here.geoid_max_m)
    gap = vertical_gap(a, b, here, there)
    # the sea of both is one
    (low, high), (other_low, other_high) = (
        above_ellipsoid(
            band,
            ground.terrain_min_m + share * (ground.terrain_max_m - ground.terrain_min_m),
            here.geoid_max_m,
        )
        for band, ground, share in ((a, here, mine), (b, there, theirs))
    )
    assert gap.min - 1e-6 <= max(other_low - high, low - other_high) <= gap.max + 1e-6


def test_heights_above_the_ground_of_two_places_differ_by_its_relief() -> None:
    low, high = metres(0, 60), metres(90, 120)
    assert vertical_gap(low, high, Ground(450, 550), Ground(450, 550)) == Span(-45, 130)
    assert vertical_gap(low, high, Ground(500, 500), Ground(500, 500)) == Span(30, 30)
    assert vertical_gap(low, high, Ground(), Ground()).max == inf
    over_the_sea = metres(0, 60, AMSL), metres(90, 120, AMSL)
    assert vertical_gap(*over_the_sea, Ground(), Ground()) == Span(30, 30)


def test_one_reference_is_compared_as_it_stands_whatever_the_ground() -> None:
    assert vertical_gap(metres(0, 60), metres(60, 120), Ground()) == Span(0, 0)
    assert vertical_gap(metres(0, 60), metres(90, 120), Ground()) == Span(30, 30)
    assert vertical_gap(metres(0, 100), metres(90, 120), Ground()) == Span(-10, -10)


def test_feet_are_feet() -> None:
    band = AltitudeBand(0, 1000, Unit.ft, AMSL)
    gap = vertical_gap(band, metres(400, 500, AMSL), Ground())
    assert gap.min == gap.max == pytest.approx(400 - 304.8)


def test_ellipsoid_and_sea_level_differ_by_the_geoid() -> None:
    a, b = metres(0, 500, WGS84), metres(500, 600, AMSL)
    assert vertical_gap(a, b, GROUND) == Span(-44, -42)


def test_without_known_terrain_ground_and_sea_level_may_be_anything() -> None:
    gap = vertical_gap(metres(0, 100, AGL), metres(0, 500, AMSL), Ground())
    assert gap.max == inf
    assert gap.min < 0


def test_flight_levels_compare_with_each_other_and_nothing_else() -> None:
    low = AltitudeBand(10, 20, Unit.FL, AMSL)
    high = AltitudeBand(30, 40, Unit.FL, WGS84)
    assert vertical_gap(low, high, GROUND).min == pytest.approx(304.8)
    assert vertical_gap(low, metres(0, 120, AMSL), GROUND) == Span(-inf, inf)


def test_a_band_of_all_heights_meets_even_a_flight_level() -> None:
    level = AltitudeBand(10, 20, Unit.FL, AMSL)
    assert vertical_gap(level, None, Ground()) == Span(-inf, -inf)
    assert vertical_gap(level, metres(None, None), Ground()) == Span(-inf, -inf)


def test_bands_that_are_both_open_upwards_meet_whatever_the_ground() -> None:
    assert vertical_gap(metres(60, None, AGL), metres(500, None, AMSL), Ground()).max == -inf


def test_zero_is_stated_and_none_is_not() -> None:
    below = metres(-50, -10)
    assert vertical_gap(metres(0, 120), below, Ground()).min > 0
    assert vertical_gap(metres(None, 120), below, Ground()).max < 0


def test_a_zone_without_a_stated_end_opens_nothing_for_certain() -> None:
    assert covers(metres(None, 120), metres(10, 100), Ground()) is None
    assert covers(metres(None, 120), metres(10, 130), Ground()) is False
    assert covers(None, metres(10, 130), Ground()) is True


def test_a_use_without_a_stated_end_leaves_every_stated_zone() -> None:
    assert covers(metres(0, 120), metres(10, None), Ground()) is False
    assert covers(metres(0, 120), None, Ground()) is False


def test_a_zone_covers_what_reaches_to_its_very_ends() -> None:
    assert covers(metres(0, 120), metres(0, 120), Ground()) is True
    flat = Ground(500.1, 500.1)
    assert covers(metres(0, 620.3, AMSL), metres(0, 120.2), flat) is True
    assert covers(metres(0, 0.9144), AltitudeBand(0, 3, Unit.ft, AGL), Ground()) is True
    assert covers(metres(0, 620.3, AMSL), metres(0, 120.201), flat) is False


def test_units_and_references_may_be_named_by_their_codes() -> None:
    assert AltitudeBand(0, 3, "ft", "AGL") == AltitudeBand(0, 3, Unit.ft, AGL)
    gap = vertical_gap(
        AltitudeBand(0, 120, "m", "AGL"), AltitudeBand(550, 600, "m", "AMSL"), Ground(500, 500)
    )
    assert gap == Span(-70, -70)


@pytest.mark.parametrize(
    ("unit", "reference", "pointer", "allowed"),
    [
        ("metres", AGL, "/unit", "FL"),
        (None, AGL, "/unit", "FL"),
        (Unit.m, "MSL", "/reference", "WGS84"),
        (AGL, Unit.m, "/unit", "FL"),
    ],
)
def test_a_code_that_is_none_is_refused_and_the_allowed_ones_named(
    unit: str, reference: str, pointer: str, allowed: str
) -> None:
    with pytest.raises(AltitudeRefused) as refused:
        AltitudeBand(0, 120, unit, reference)
    assert (refused.value.code, refused.value.pointer) == ("altitude_code_unknown", pointer)
    assert all(allowed in words for words in refused.value.message)


@pytest.mark.parametrize(
    ("lower", "upper", "code", "pointer"),
    [
        (120, 60, "altitude_empty", "/upper"),
        (60, 60, "altitude_empty", "/upper"),
        (math.nan, 60, "altitude_not_finite", "/lower"),
        (0, inf, "altitude_not_finite", "/upper"),
    ],
)
def test_a_band_that_no_height_lies_in_is_refused(
    lower: float, upper: float, code: str, pointer: str
) -> None:
    with pytest.raises(AltitudeRefused) as refused:
        metres(lower, upper)
    assert (refused.value.code, refused.value.pointer) == (code, pointer)


@pytest.mark.parametrize("ground", [(550, 450, 0, 0), (math.nan, 1, 0, 0), (0, 0, 1, math.nan)])
def test_a_ground_that_cannot_be_is_refused(ground: tuple) -> None:
    with pytest.raises(ValueError, match="spans from min to max"):
        Ground(*ground)
