"""Driven paths in segments: how long each is, where in the plane, and how fast it was driven.

Paths that came together are measured together, in one pass over all their fixes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from math import floor

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.crs import EDGE_M, Plane, Positions, Scale, geodesic_distances_m
from service.domain.pace import Flags, Floats
from service.domain.telemetry import Track

Geometries = NDArray[np.object_]

_SAMPLES_PER_DEGREE = 128


@dataclass(frozen=True, eq=False)
class Sweep:
    """A path in n segments; `planar` (n + 1, 2) are its fixes in metres of the plane.

    `length_m` are true metres. No segment was driven faster than `swiftest_mps`; that is infinite
    where one took no time, and 0 without times.
    """

    track: Track
    planar: Positions
    length_m: Floats
    path_m: float
    longest_m: float
    swiftest_mps: float

    @classmethod
    def of(cls, track: Track, plane: Plane) -> "Sweep":
        """The segments of a track."""
        return cls.of_all([track], plane)[0]

    @classmethod
    def of_all(cls, tracks: Sequence[Track], plane: Plane) -> list["Sweep"]:
        """The segments of each track; FloatingPointError when a position is no finite number."""
        if not tracks:
            return []
        lonlat = np.concatenate([track.lonlat for track in tracks])
        if not np.isfinite(lonlat).all():
            raise FloatingPointError("a position is no finite number")
        planar = plane.project_positions(lonlat)
        ends = np.cumsum([len(track.lonlat) for track in tracks])
        starts = np.concatenate(([0], ends[:-1]))
        # from the last fix of a path to the first of the next nobody drove
        lasts = np.zeros(len(lonlat), np.bool_)
        lasts[ends - 1] = True
        length_m = _lengths_m(lonlat, planar, lasts, plane)
        figures = (
            np.add.reduceat(length_m, starts),
            np.maximum.reduceat(length_m, starts),
            np.maximum.reduceat(_speeds_mps(tracks, length_m, lasts), starts),
        )
        told = zip(tracks, starts.tolist(), ends.tolist(), *map(list, figures), strict=True)
        return [
            cls(track, planar[a:b], length_m[a : b - 1], *map(float, figures))
            for track, a, b, *figures in told
        ]

    @cached_property
    def segments(self) -> Geometries:
        """Each segment as a line in degrees."""
        ends = self.track.lonlat[:-1], self.track.lonlat[1:]
        return np.array(shapely.linestrings(np.stack(ends, axis=1)), dtype=object, ndmin=1)

    @property
    def is_fine(self) -> bool:
        """True when each segment is straight in the plane, too: none is longer than 250 m."""
        return self.longest_m <= EDGE_M

    def share(self, pieces: Geometries) -> Floats:
        """How much of each segment its piece is, 0 to 1."""
        whole = shapely.length(self.segments)
        all_or_nothing = (~shapely.is_empty(pieces)).astype(np.float64)
        share = np.divide(shapely.length(pieces), whole, out=all_or_nothing, where=whole > 0)
        return np.minimum(share, 1.0)

    def during(self, segments: Flags) -> tuple[datetime, datetime] | None:
        """From when to when the marked segments were driven; None without times."""
        if self.track.times is None:
            return None
        where = np.flatnonzero(segments)
        first, last = self.track.times[where[0]], self.track.times[where[-1] + 1]
        return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)


def as_one(lines: Geometries) -> BaseGeometry:
    """The lines together, joined where one goes on from another; a point where none moves."""
    parts = shapely.get_parts(lines)
    moving = parts[shapely.length(parts) > 0]
    if len(moving) == 0:
        return shapely.Point(shapely.get_coordinates(parts)[0])
    return shapely.line_merge(MultiLineString(moving.tolist()))


def _lengths_m(lonlat: Positions, planar: Positions, lasts: Flags, plane: Plane) -> Floats:
    """True metres from each fix to the next; 0 from the last of a path.

    The plane is conformal: short lengths in it are true lengths by its scale there.
    """
    length_m: Floats = np.zeros(len(lonlat))
    steps, middles = np.diff(planar, axis=0), (lonlat[:-1, 1] + lonlat[1:, 1]) / 2
    length_m[:-1] = np.hypot(steps[:, 0], steps[:, 1]) / _scale_at(middles, plane)
    length_m[lasts] = 0.0
    far = np.flatnonzero(~(length_m <= EDGE_M))
    if len(far):
        length_m[far] = geodesic_distances_m(lonlat[far], lonlat[far + 1])
    return length_m


def _scale_at(latitudes: Floats, plane: Plane) -> Floats:
    """The scale at each latitude, whatever the others are: the same path has the same length."""
    first, last = floor(latitudes.min()), floor(latitudes.max())
    found: Floats = _scale(plane, first).halfway(latitudes, latitudes)
    for degree in range(first + 1, last + 1):
        here = latitudes >= degree
        found[here] = _scale(plane, degree).halfway(latitudes[here], latitudes[here])
    return found


@lru_cache(maxsize=64)
def _scale(plane: Plane, degree: int) -> Scale:
    return plane.scale(degree, degree + 1, _SAMPLES_PER_DEGREE + 1)


def _speeds_mps(tracks: Sequence[Track], length_m: Floats, lasts: Flags) -> Floats:
    """How fast each segment was driven; 0 without times and from the last fix of a path."""
    times = np.concatenate([_times(track) for track in tracks])
    took_s = np.append(np.diff(times), 0.0)
    speeds: Floats = np.divide(
        length_m, took_s, out=np.full(len(length_m), np.inf), where=took_s != 0
    )
    speeds[lasts | (length_m == 0) | np.isnan(times)] = 0.0
    return speeds


def _times(track: Track) -> Floats:
    return np.full(len(track.lonlat), np.nan) if track.times is None else track.times
