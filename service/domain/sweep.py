"""A driven path held against permitted volumes: where, when and how high it leaves them.

A path is tested as swept segments, so that a thin zone crossed between two fixes is seen. A segment
lies inside when one volume holds its place, its time and its height; the volumes are narrowed by
one after the other, so that an excursion tells which of the three it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from math import inf, nextafter

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand, Reference, Unit, covers
from geo.crs import geodesic_distances_m
from geo.footprint import Footprint
from geo.frame import Frame
from geo.route import outside
from geo.schedule import Interval, windows
from geo.volume import Volume4D
from service.domain.telemetry import Track

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

_HAIR_DEG = 1e-7
"""A centimetre: what comes back from the plane may lie that far beside the path."""
_NOTHING_M = 0.1
"""Less than this is no excursion: cut twice, a piece differs by centimetres."""
_NOTHING = shapely.LineString()


class Dimension(Enum):
    """In what a path leaves the permitted volumes."""

    place = auto()
    time = auto()
    height = auto()


@dataclass(frozen=True, eq=False)
class Excursion:
    """What one narrowing leaves without a volume: `share` of each segment, `track` in all."""

    dimension: Dimension
    share: Floats
    length_m: float
    track: BaseGeometry

    @property
    def segments(self) -> Flags:
        """Which segments it touches."""
        return self.share > 0


@dataclass(frozen=True, eq=False)
class Sweep:
    """A path in n segments with their lengths; `times` at the n + 1 fixes, where they are known."""

    track: Track
    segments: Geometries
    length_m: Floats

    @classmethod
    def of(cls, track: Track) -> "Sweep":
        """The segments of a track."""
        ends = track.lonlat[:-1], track.lonlat[1:]
        lines = shapely.linestrings(np.stack(ends, axis=1))
        return cls(track, np.array(lines, dtype=object, ndmin=1), geodesic_distances_m(*ends))

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


def excursions(
    sweep: Sweep, bound: Flags, volumes: Sequence[Volume4D], tolerance_m: float, frame: Frame
) -> Iterator[Excursion]:
    """Where the segments marked `bound` leave the volumes, each piece told once.

    A fix within the tolerance of a place is inside it. What is not known (times, heights, the
    ground) takes no volume away.
    """
    held = np.ones((len(sweep.segments), len(volumes)), dtype=np.bool_)
    before = np.zeros(len(sweep.segments))
    for dimension, holds in (
        (Dimension.place, held),
        (Dimension.time, _in_time(sweep, volumes, frame)),
        (Dimension.height, _in_height(sweep, volumes, frame)),
    ):
        if holds.all() and dimension is not Dimension.place:
            continue
        held = held & holds
        pieces = _left_out(sweep, bound, held, volumes, tolerance_m, frame)
        further = sweep.share(pieces) - before
        further[further * np.maximum(sweep.length_m, 1.0) < _NOTHING_M] = 0.0
        if further.any():
            track = shapely.union_all(pieces[further > 0])
            yield Excursion(dimension, further, float((further * sweep.length_m).sum()), track)
        before += further


def _left_out(
    sweep: Sweep,
    bound: Flags,
    held: Flags,
    volumes: Sequence[Volume4D],
    tolerance_m: float,
    frame: Frame,
) -> Geometries:
    """What of each bound segment lies in none of the volumes that still hold it; n geometries."""
    pieces = np.full(len(sweep.segments), _NOTHING, dtype=object)
    for holding in np.unique(held[bound], axis=0):
        here = bound & (held == holding).all(axis=1)
        segments = sweep.segments[here]
        places = [v.footprint for v, holds in zip(volumes, holding, strict=True) if holds]
        path = Footprint(MultiLineString(segments.tolist()))
        parts = outside(path, places, tolerance_m, frame.plane)
        if parts:
            pieces[here] = _within(segments, shapely.buffer(shapely.union_all(parts), _HAIR_DEG))
    return pieces


def _within(segments: Geometries, area: BaseGeometry) -> Geometries:
    """The piece of each segment that lies in the area; all or nothing of one that stands still."""
    pieces: Geometries = shapely.intersection(segments, area)
    still = (shapely.length(segments) == 0) & shapely.intersects(segments, area)
    pieces[still] = segments[still]
    return pieces


def _in_time(sweep: Sweep, volumes: Sequence[Volume4D], frame: Frame) -> Flags:
    """Which volumes, (n, volumes), are in use on each segment."""
    times = sweep.track.times
    if times is None:
        return np.ones((len(sweep.segments), len(volumes)), dtype=np.bool_)
    at_start: Flags = np.zeros((len(times) - 1, len(volumes)), dtype=np.bool_)
    at_end: Flags = at_start.copy()
    within = Interval(_moment(times[0]), _moment(times[-1]) + timedelta(seconds=1))
    for column, volume in enumerate(volumes):
        for window in windows(volume.schedule, within, frame.calendar):
            opens = window.start.timestamp()
            closes = inf if window.end is None else window.end.timestamp()
            at_start[:, column] |= (opens <= times[:-1]) & (times[:-1] < closes)
            at_end[:, column] |= (opens <= times[1:]) & (times[1:] <= closes)
    return _on_the_way(at_start, at_end)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _in_height(sweep: Sweep, volumes: Sequence[Volume4D], frame: Frame) -> Flags:
    """Which volumes, (n, volumes), may hold the heights of each segment: all not surely off."""
    track = sweep.track
    if track.altitudes is None or track.altitude_reference is None:
        return np.ones((len(sweep.segments), len(volumes)), dtype=np.bool_)
    reference = Reference(track.altitude_reference)
    at_fix: Flags = np.array(
        [
            [_may_hold(volume.altitude, height, reference, frame) for volume in volumes]
            for height in track.altitudes.tolist()
        ]
    )
    return _on_the_way(at_fix[:-1], at_fix[1:])


def _may_hold(band: AltitudeBand | None, height: float, reference: Reference, frame: Frame) -> bool:
    flown = AltitudeBand(height, nextafter(height, inf), Unit.m, reference)
    return covers(band, flown, frame.ground) is not False


def _on_the_way(at_start: Flags, at_end: Flags) -> Flags:
    """Which volumes hold a segment, by its two fixes.

    One volume may take over from another on the way, but at both fixes there is one.
    """
    neither: Flags = ~(np.any(at_start, axis=1) & np.any(at_end, axis=1))
    held: Flags = at_start | at_end
    held[neither] = False
    return held
