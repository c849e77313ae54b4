"""A slow second opinion on paths: where everything is at very many moments, and how far apart.

No plane, no legs and no intervals: places are read off the fixes and compared on the ellipsoid.
"""

from dataclasses import dataclass

import numpy as np
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.trajectory import Trajectory
from tests.geo import oracle

MOMENTS = 250


@dataclass(frozen=True)
class Sampled:
    """Moments of two things, and how far apart they are in place, height and time."""

    apart_m: np.ndarray
    rise_m: np.ndarray
    late_s: np.ndarray
    # how much nearer the two may come between the samples
    slack_m: float
    slack_rise_m: float
    slack_s: float

    def least_m(self, vertical_m: float, margin_s: float) -> float:
        """The least sampled distance of moments that are near in height and time."""
        near = (np.abs(self.rise_m) < vertical_m) & (np.abs(self.late_s) <= margin_s)
        return float(self.apart_m[near].min(initial=np.inf))

    def is_breached(self, reach_m: float, vertical_m: float, margin_s: float) -> bool:
        """True when a sample breaches it all."""
        margin_s = margin_s - 1e-6 if margin_s else 0.0
        return self.least_m(vertical_m - 1e-5, margin_s) < reach_m - 1e-3

    def is_kept(self, reach_m: float, vertical_m: float, margin_s: float) -> bool:
        """True when nothing between the samples can breach it all either."""
        least_m = self.least_m(vertical_m + self.slack_rise_m, margin_s + self.slack_s)
        return least_m > reach_m + self.slack_m + 1e-3


def places(path: Trajectory, moments: np.ndarray) -> np.ndarray:
    """Where it is at POSIX seconds; shape (n, 3), the last column its height."""
    heights = np.zeros(len(path.times)) if path.heights_m is None else path.heights_m
    columns = (*path.lonlat.T, heights)
    return np.column_stack([np.interp(moments, path.times, column) for column in columns])


def speeds(path: Trajectory) -> tuple[float, float]:
    """The highest speed over ground, and up or down."""
    lengths = oracle.between(path.lonlat[:-1], path.lonlat[1:])
    heights = np.zeros(len(path.times)) if path.heights_m is None else path.heights_m
    lasts = np.diff(path.times)
    return float((lengths / lasts).max()), float((np.abs(np.diff(heights)) / lasts).max())


def sampled(a: Trajectory, b: Trajectory, margin_s: float) -> Sampled:
    """Every moment of one against every moment of the other; without a margin, the same ones."""
    step_s = 0.0
    if margin_s == 0:
        ends = max(a.times[0], b.times[0]), min(a.times[-1], b.times[-1])
        of_a = of_b = np.linspace(*ends, MOMENTS**2 // 8) if ends[0] < ends[1] else np.empty(0)
        step_s = max(ends[1] - ends[0], 0.0) / (MOMENTS**2 // 8 - 1)
    else:
        moments = [np.linspace(path.times[0], path.times[-1], MOMENTS) for path in (a, b)]
        of_a, of_b = (grid.ravel() for grid in np.meshgrid(*moments))
        step_s = max(np.diff(grid).max() for grid in moments)
    mine, theirs = places(a, of_a), places(b, of_b)
    fast, steep = (sum(pair) for pair in zip(speeds(a), speeds(b), strict=True))
    return Sampled(
        oracle.between(mine[:, :2], theirs[:, :2]),
        mine[:, 2] - theirs[:, 2],
        of_a - of_b,
        fast * step_s / 2,
        steep * step_s / 2,
        step_s if margin_s else 0.0,
    )


def from_core_m(path: Trajectory, moments: np.ndarray, core: BaseGeometry) -> np.ndarray:
    """How far the path is from a core in degrees at POSIX seconds; 0 inside an area."""
    there = places(path, moments)[:, :2]
    edges = oracle.edges(core)
    points = np.repeat(there[:, None, :], 2, axis=1)
    apart = oracle.by_thirds(
        np.repeat(points, len(edges), axis=0),
        np.tile(edges, (len(there), 1, 1)),
        np.zeros((len(there) * len(edges), 1)),
    )
    inside = np.array([oracle.holds(core, Point(place)) for place in there])
    return np.where(inside, 0.0, apart.reshape(len(there), len(edges)).min(axis=1))
