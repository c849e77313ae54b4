"""The two shifted coordinate systems of Chinese map services: GCJ-02 and BD-09.

GCJ-02 moves a WGS 84 position by 300 to 700 m along a fixed curve; BD-09 moves that once more. No
range check can tell them from WGS 84, so the datum is always declared. Not survey datums: distances
measured in them are wrong by up to half a per cent. Arrays are of shape (n, 2), lon/lat in degrees.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Krasovsky 1940, in the rounding the published curve is built on
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_RADIANS = math.pi * 3000 / 180
# 4 rounds leave 8e-8 m over Chengdu; the last ones serve the corners of the country
_ROUNDS = 7

Lonlat = NDArray[np.float64]


def gcj02_from_wgs84(lonlat: Lonlat) -> Lonlat:
    """The GCJ-02 positions of WGS 84 ones. Meant for China; the formula itself has no border.

    >>> gcj02_from_wgs84(np.array([[104.0657, 30.6574]])).round(8).tolist()
    [[104.0682073, 30.65497823]]
    """
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    x, y = lon - 105, lat - 35
    ripple = (20 * np.sin(6 * math.pi * x) + 20 * np.sin(2 * math.pi * x)) * 2 / 3
    root = np.sqrt(np.abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    phi = np.radians(lat)
    squeeze = 1 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / squeeze**1.5
    parallel_m = _SEMI_MAJOR_M / np.sqrt(squeeze) * np.cos(phi)
    return np.column_stack(
        (lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m))
    )


def _waves(along: Lonlat, *waves: tuple[float, float]) -> Lonlat:
    total = np.zeros_like(along)
    for amplitude, frequency in waves:
        total += amplitude * np.sin(math.pi * frequency * along) * 2 / 3
    return total


def bd09_from_gcj02(lonlat: Lonlat) -> Lonlat:
    """The BD-09 positions of GCJ-02 ones."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_RADIANS)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_RADIANS)
    return np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))


def wgs84_from_gcj02(lonlat: Lonlat) -> Lonlat:
    """The WGS 84 positions of GCJ-02 ones; converted back they differ by less than 1e-7 m.

    >>> back = wgs84_from_gcj02(np.array([[104.06820730400824, 30.65497822755742]]))
    >>> back.round(9).tolist()
    [[104.0657, 30.6574]]
    """
    return _inverse(gcj02_from_wgs84, lonlat)


def gcj02_from_bd09(lonlat: Lonlat) -> Lonlat:
    """The GCJ-02 positions of BD-09 ones; converted back they differ by less than 1e-7 m."""
    return _inverse(bd09_from_gcj02, lonlat)


def _inverse(forward: Callable[[Lonlat], Lonlat], target: Lonlat) -> Lonlat:
    """Fixed point of x - (forward(x) - target): both curves are a shift but for 0.5 per cent."""
    found = np.array(target, dtype=np.float64)
    for _ in range(_ROUNDS):
        found -= forward(found) - target
    return found
