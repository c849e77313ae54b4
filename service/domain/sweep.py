"""A driven path held against permitted volumes: where, when and how high it leaves them.

A path is tested as swept segments, so that a thin zone crossed between two fixes is seen. A segment
lies inside when one volume holds its place, its time and its height; the volumes are narrowed by
one after the other, so that an excursion tells which of the three it was. Hours that hold wherever
it is driven narrow all volumes alike.
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
from geo.crs import Plane, geodesic_distances_m
from geo.footprint import Footprint
from geo.frame import Frame
from geo.nearness import TOUCHING_M
from geo.schedule import Interval, Schedule, WeeklyWindow, windows
from geo.times import Times, merged
from geo.volume import Volume4D
from service.domain.pace import Flags, Floats, share_of_time, union
from service.domain.telemetry import Track

Geometries = NDArray[np.object_]

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


def as_one(lines: Geometries) -> BaseGeometry:
    """The lines together, joined where one goes on from another; a point where none moves."""
    parts = shapely.get_parts(lines)
    moving = parts[shapely.length(parts) > 0]
    if len(moving) == 0:
        return shapely.Point(shapely.get_coordinates(parts)[0])
    return shapely.line_merge(MultiLineString(moving.tolist()))


def excursions(
    sweep: Sweep,
    bound: Flags,
    volumes: Sequence[Volume4D],
    hours: Sequence[WeeklyWindow],
    tolerance_m: float,
    frame: Frame,
) -> Iterator[Excursion]:
    """Where the segments marked `bound` leave the volumes, each piece told once.

    A fix within the tolerance of a place is inside it. What is not known (times, heights, the
    ground) takes no volume away.
    """
    held = np.ones((len(sweep.segments), len(volumes)), dtype=np.bool_)
    before = np.zeros(len(sweep.segments))
    for dimension, holds in (
        (Dimension.place, held),
        (Dimension.time, _in_time(sweep, volumes, hours, frame)),
        (Dimension.height, _in_height(sweep, volumes, tolerance_m, frame)),
    ):
        if holds.all() and dimension is not Dimension.place:
            continue
        held = held & holds
        pieces = _left_out(sweep, bound, held, volumes, tolerance_m, frame)
        further = sweep.share(pieces) - before
        further[further * np.maximum(sweep.length_m, 1.0) < _NOTHING_M] = 0.0
        if further.any():
            track = as_one(pieces[further > 0])
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
        places = [v.footprint for v, holds in zip(volumes, holding, strict=True) if holds]
        pieces[here] = _beyond(sweep.segments[here], places, tolerance_m, frame.plane)
    return pieces


def _beyond(
    segments: Geometries, places: Sequence[Footprint], tolerance_m: float, plane: Plane
) -> Geometries:
    """The piece of each segment that lies in none of the places.

    Each is cut by itself: a path that crosses itself at every fix costs no more than another.
    """
    slack_m = max(tolerance_m, TOUCHING_M)
    area = shapely.union_all([place.widened(plane, slack_m) for place in places])
    # made here and now, and so no other thread's
    shapely.prepare(area)
    planar = _planar(segments, plane)
    pieces = segments.copy()
    pieces[shapely.covers(area, planar)] = _NOTHING
    cut = shapely.intersects(area, planar) & ~shapely.is_empty(pieces)
    rest = shapely.difference(planar[cut], area)
    pieces[cut] = shapely.transform(rest, plane.unproject_positions)
    return pieces


def _planar(segments: Geometries, plane: Plane) -> Geometries:
    """Each segment in metres; one that stands still as a point."""
    moves = shapely.length(segments) > 0
    starts = shapely.get_coordinates(shapely.get_point(segments, 0))
    planar = np.array(shapely.points(plane.project_positions(starts)), dtype=object, ndmin=1)
    if moves.any():
        lines = plane.project(MultiLineString(segments[moves].tolist()))
        planar[moves] = shapely.get_parts(lines)
    return planar


def _in_time(
    sweep: Sweep, volumes: Sequence[Volume4D], hours: Sequence[WeeklyWindow], frame: Frame
) -> Flags:
    """Which volumes, (n, volumes), are in use on each segment; none where some of it has none.

    One volume may take over from another on the way.
    """
    times = sweep.track.times
    if times is None:
        return np.ones((len(sweep.segments), len(volumes)), dtype=np.bool_)
    within_end = _moment(times[-1]) + timedelta(seconds=1)
    within = Interval(_moment(times[0]), within_end)

    def used(schedule: Schedule) -> Times:
        found = windows(schedule, within, frame.calendar)
        return union((one.start, one.end or within_end) for one in found)

    uses = [used(volume.schedule) for volume in volumes]
    daily = [used(Schedule(within.start, within_end, frame.zone, (one,))) for one in hours]
    throughout = [share_of_time(times, use) == 1 for use in (merged(np.vstack(uses)), *daily)]
    held: Flags = np.column_stack([share_of_time(times, use) > 0 for use in uses])
    held[~np.all(throughout, axis=0)] = False
    return held


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _in_height(
    sweep: Sweep, volumes: Sequence[Volume4D], tolerance_m: float, frame: Frame
) -> Flags:
    """Which volumes, (n, volumes), may hold the heights of each segment: all not surely off.

    What the ground below the whole path leaves open is asked of the ground below each fix.
    """
    track = sweep.track
    if track.altitudes is None or track.altitude_reference is None:
        return np.ones((len(sweep.segments), len(volumes)), dtype=np.bool_)
    reference = Reference(track.altitude_reference)
    path = Footprint(shapely.MultiPoint(track.lonlat), tolerance_m)
    below = frame.ground_at(path.bounds())
    at_fix: Flags = np.ones((len(track.lonlat), len(volumes)), dtype=np.bool_)
    for fix, (lonlat, height) in enumerate(zip(track.lonlat, track.altitudes, strict=True)):
        flown = AltitudeBand(float(height), nextafter(height, inf), Unit.m, reference)
        held = [covers(volume.altitude, flown, below) for volume in volumes]
        if None in held:
            here = frame.ground_at(Footprint(shapely.Point(lonlat), tolerance_m).bounds())
            held = [covers(volume.altitude, flown, here) for volume in volumes]
        at_fix[fix] = [known is not False for known in held]
    return _on_the_way(at_fix[:-1], at_fix[1:])


def _on_the_way(at_start: Flags, at_end: Flags) -> Flags:
    """Which volumes hold a segment, by its two fixes.

    One volume may take over from another on the way, but at both fixes there is one.
    """
    neither: Flags = ~(np.any(at_start, axis=1) & np.any(at_end, axis=1))
    held: Flags = at_start | at_end
    held[neither] = False
    return held
