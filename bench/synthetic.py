"""A registry that never was, over Chengdu's extent: schematic uses with the measures of real ones.

Sixty in a hundred are roads, fifteen areas, twenty-five air corridors; some 150 vertices each, 21
days in a year, most of them round forty towns. The same seed makes the same registry. Heights are
above the sea: above an unknown ground the air 50 m aside would leave every pair in doubt.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from shapely import LineString, Polygon

from geo.altitude import AltitudeBand, Reference, Unit
from geo.footprint import Footprint
from geo.schedule import Schedule
from geo.volume import Volume4D

YEAR = datetime(2026, 12, 1, tzinfo=UTC)
_SOUTH_WEST, _NORTH_EAST = np.array([102.99, 30.09]), np.array([104.90, 31.44])
_METRES_PER_DEGREE = np.array([95_800.0, 110_900.0])
_BORDER_DEGREES = 0.1
_TOWNS = 40
_TOWN_DEGREES = 0.1
_TURN = 0.15
_ON_THE_GROUND = AltitudeBand(0, 5, Unit.m, Reference.AMSL)


def volumes(count: int, seed: int) -> Iterator[Volume4D]:
    """So many uses, made by chance of the seed."""
    chance = np.random.default_rng(seed)
    towns = _scattered(np.random.default_rng(0), _TOWNS)
    for _ in range(count):
        yield _volume(chance, towns)


def _volume(chance: np.random.Generator, towns: np.ndarray) -> Volume4D:
    place = _scattered(chance, 1)[0]
    if chance.random() < 0.7:
        near = towns[chance.integers(_TOWNS)] + chance.normal(0, _TOWN_DEGREES, 2)
        place = near.clip(_SOUTH_WEST + _BORDER_DEGREES, _NORTH_EAST - _BORDER_DEGREES)
    kind, altitude = chance.random(), _ON_THE_GROUND
    if kind < 0.60:
        footprint = Footprint(_line(chance, place, 500), chance.uniform(8, 30))
    elif kind < 0.75:
        footprint = Footprint(_area(chance, place))
    else:
        footprint = Footprint(_line(chance, place, 1_000), chance.uniform(50, 250))
        lower = chance.uniform(0, 240)
        altitude = AltitudeBand(lower, lower + chance.uniform(20, 60), Unit.m, Reference.AMSL)
    begin = YEAR + timedelta(seconds=chance.integers(0, 344 * 86_400).item())
    end = begin + timedelta(seconds=chance.integers(7 * 86_400, 35 * 86_400).item())
    return Volume4D(footprint, altitude, None, Schedule(begin, end, "Asia/Shanghai"))


def _scattered(chance: np.random.Generator, count: int) -> np.ndarray:
    return chance.uniform(_SOUTH_WEST + _BORDER_DEGREES, _NORTH_EAST - _BORDER_DEGREES, (count, 2))


def _line(chance: np.random.Generator, start: np.ndarray, least_m: float) -> LineString:
    """A line of up to 20 km that winds on, as roads do; the short ones are the many."""
    n = chance.integers(60, 240).item()
    length_m = np.exp(chance.uniform(np.log(least_m), np.log(20_000)))
    bearing = chance.uniform(0, 2 * np.pi) + chance.normal(0, _TURN, n).cumsum()
    return LineString(start + _steps(bearing, length_m / n).cumsum(axis=0))


def _area(chance: np.random.Generator, centre: np.ndarray) -> Polygon:
    """A star without holes."""
    bearing = np.sort(chance.uniform(0, 2 * np.pi, chance.integers(60, 240)))
    radius = chance.uniform(100, 1_500) * (1 + 0.2 * np.sin(bearing * 5))
    return Polygon(centre + _steps(bearing, radius[:, None]))


def _steps(bearing: np.ndarray, metres: np.ndarray | float) -> np.ndarray:
    return np.column_stack((np.sin(bearing), np.cos(bearing))) * metres / _METRES_PER_DEGREE
