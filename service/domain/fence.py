"""What a permit binds a path to: where, when and how high it leaves that, and what surely does not.

A path is tested as swept segments, so that a thin zone crossed between two fixes is seen. A segment
lies inside when one volume holds its place, its time and its height; the volumes are narrowed by
one after the other, so that an excursion tells which of the three it was. Hours that hold wherever
it is driven narrow all volumes alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from math import inf, nextafter

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand, Ground, Reference, Unit, covers
from geo.crs import Plane, Positions
from geo.footprint import grown
from geo.frame import Frame
from geo.nearness import TOUCHING_M
from geo.schedule import Interval, Schedule, WeeklyWindow, windows
from geo.times import Times, intersection, merged
from geo.volume import Volume4D
from service.domain.kinds import ConditionKind
from service.domain.pace import Flags, Floats, micros, share_of_time, union
from service.domain.permit import Permit
from service.domain.sweep import Geometries, Sweep, as_one

Numbers = NDArray[np.intp]

NOWHERE = -1
_NOTHING_M = 0.1
"""Less than this is no excursion: cut twice, a piece differs by centimetres."""
_NEAR_DEGREES = 1e-8
"""A millimetre: what was cut is projected there and back."""
_NOTHING = shapely.LineString()
_WORTH_PREPARING = 8


class Dimension(Enum):
    """In what a path leaves the permitted volumes."""

    place = auto()
    time = auto()
    height = auto()


@dataclass(frozen=True, eq=False)
class Excursion:
    """What one narrowing leaves without a volume: `share` of each segment, and which piece of it.

    `inside` tells of every volume and segment (n, volumes) whether it held the segment before.
    """

    dimension: Dimension
    share: Floats
    pieces: Geometries
    lengths_m: Floats
    inside: Flags

    def only(self, segments: Flags) -> "Excursion":
        """The same on these segments alone."""
        return replace(self, share=np.where(segments, self.share, 0.0))

    def holds(self, lonlat: Positions, fix: int) -> bool:
        """True when a fix with an end of it on either side lies in it."""
        beside = [self.pieces[at] for at in (fix - 1, fix) if 0 <= at < len(self.share)]
        where = shapely.Point(lonlat[fix])
        return all(shapely.distance(one, where) <= _NEAR_DEGREES for one in beside)

    @property
    def segments(self) -> Flags:
        """Which segments it touches."""
        return self.share > 0

    @property
    def length_m(self) -> float:
        """How long it is in all."""
        return float((self.share * self.lengths_m).sum())

    @cached_property
    def track(self) -> BaseGeometry:
        """All of it."""
        return as_one(self.pieces[self.segments])


@dataclass(frozen=True, eq=False)
class Fence:
    """The volumes of a permit and the daily hours of its conditions."""

    volumes: Sequence[Volume4D]
    hours: Sequence[WeeklyWindow]
    frame: Frame
    _areas: dict[tuple[int, float], BaseGeometry] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, permit: Permit, frame: Frame) -> "Fence":
        """The fence of a permit; for one thread."""
        daily = [c.daily_window for c in permit.conditions if c.kind is ConditionKind.hours]
        # an unreadable value was let in before values were checked: no machine holds anyone to it
        hours = [window for window in daily if window is not None]
        return cls([planned.volume for planned in permit.content.volumes], hours, frame)

    def homes(self, sweeps: Sequence[Sweep], tolerance_m: float) -> Numbers:
        """Of each path the first volume that holds all of it: place, time and height; else -1."""
        found = np.full(len(sweeps), NOWHERE)
        fine = np.array([sweep.is_fine for sweep in sweeps])
        lines, times = _lines(sweeps), [sweep.track.times for sweep in sweeps]
        spans = _spans(times)
        for number in range(len(self.volumes)):
            left = np.flatnonzero(fine & (found == NOWHERE))
            if not len(left):
                break
            left = left[shapely.covers(self._area(number, tolerance_m, len(left)), lines[left])]
            left = left[self._surely_in_time(number, spans[left])]
            high = [self._surely_in_height(number, sweeps[at], tolerance_m) for at in left.tolist()]
            found[left[np.array(high, np.bool_)]] = number
        return found

    def excursions(self, sweep: Sweep, bound: Flags, tolerance_m: float) -> Iterator[Excursion]:
        """Where the segments marked `bound` leave the volumes, each piece told once.

        A fix within the tolerance of a place is inside it. What is not known (times, heights, the
        ground) takes no volume away.
        """
        held = np.ones((len(sweep.length_m), len(self.volumes)), dtype=np.bool_)
        before = np.zeros(len(sweep.length_m))
        for dimension, holds in (
            (Dimension.place, held),
            (Dimension.time, self._in_time(sweep)),
            (Dimension.height, self._in_height(sweep, tolerance_m)),
        ):
            if holds.all() and dimension is not Dimension.place:
                continue
            was, held = held, held & holds
            pieces = self._left_out(sweep, bound, held, tolerance_m)
            further = sweep.share(pieces) - before
            further[further * np.maximum(sweep.length_m, 1.0) < _NOTHING_M] = 0.0
            if further.any():
                yield Excursion(dimension, further, pieces, sweep.length_m, was)
            before += further

    # places

    def _area(self, number: int, tolerance_m: float, asked: int) -> BaseGeometry:
        """All within the tolerance of a volume; made ready where it is asked for often."""
        kept = self._areas.get((number, tolerance_m))
        if kept is not None:
            return kept
        slack_m = max(tolerance_m, TOUCHING_M)
        area = self.volumes[number].footprint.widened(self.frame.plane, slack_m)
        if asked >= _WORTH_PREPARING:
            # threads share the shape: what is prepared is a copy of one's own
            area = self._areas[number, tolerance_m] = shapely.from_wkb(shapely.to_wkb(area))
            shapely.prepare(area)
        return area

    def _left_out(self, sweep: Sweep, bound: Flags, held: Flags, tolerance_m: float) -> Geometries:
        """What of each bound segment lies in none of the volumes that still hold it; n of them.

        Each is cut by itself: a path that crosses itself at every fix costs no more than another.
        """
        pieces = np.full(len(bound), _NOTHING, dtype=object)
        planar = pieces.copy()
        planar[bound] = _planar(sweep, bound, self.frame.plane)
        rest, whole = planar.copy(), bound.copy()
        for number in range(len(self.volumes)):
            here = np.flatnonzero(bound & held[:, number] & ~shapely.is_empty(rest))
            area = self._area(number, tolerance_m, len(here))
            met = here[shapely.intersects(area, rest[here])]
            whole[met] = False
            inside = shapely.covers(area, rest[met])
            rest[met[inside]] = _NOTHING
            rest[met[~inside]] = shapely.difference(rest[met[~inside]], area)
        pieces[whole] = sweep.segments[whole]
        cut = ~whole & ~shapely.is_empty(rest)
        pieces[cut] = shapely.transform(rest[cut], self.frame.plane.unproject_positions)
        return pieces

    # hours

    def _use(self, schedule: Schedule, within: Interval) -> Times:
        """When a schedule is in use."""
        end = within.end or within.start
        found = windows(schedule, within, self.frame.calendar)
        return union((one.start, one.end or end) for one in found)

    def _daily(self, within: Interval) -> list[Times]:
        """When each of the daily hours is."""
        zone = self.frame.zone
        every_day = (Schedule(within.start, within.end, zone, (one,)) for one in self.hours)
        return [self._use(schedule, within) for schedule in every_day]

    def _in_time(self, sweep: Sweep) -> Flags:
        """Which volumes, (n, volumes), are in use on each segment; none where some of it has none.

        One volume may take over from another on the way.
        """
        times = sweep.track.times
        if times is None:
            return np.ones((len(sweep.length_m), len(self.volumes)), dtype=np.bool_)
        within = _around(times[0], times[-1])
        uses = [self._use(volume.schedule, within) for volume in self.volumes]
        throughout = [share_of_time(times, merged(np.vstack(uses))) == 1, *self.open_daily(sweep)]
        held: Flags = np.column_stack([share_of_time(times, use) > 0 for use in uses])
        held[~np.all(throughout, axis=0)] = False
        return held

    def open_daily(self, sweep: Sweep) -> list[Flags]:
        """For each of the daily hours which segments lie in them, all of each."""
        times = sweep.track.times
        if times is None:
            return [np.ones(len(sweep.length_m), np.bool_) for _ in self.hours]
        daily = self._daily(_around(times[0], times[-1]))
        return [share_of_time(times, open_then) == 1 for open_then in daily]

    def _surely_in_time(self, number: int, spans: Floats) -> Flags:
        """Which of the spans (m, 2) of POSIX seconds are in the hours of a volume, all of each.

        One that is not known, of NaN, is.
        """
        known = ~np.isnan(spans[:, 0])
        held: Flags = ~known
        if known.any():
            at = spans[known]
            within = _around(float(at[:, 0].min()), float(at[:, 1].max()))
            use = self._use(self.volumes[number].schedule, within)
            for one in self._daily(within):
                use = intersection(use, one)
            held[known] = _hold(use, micros(at))
        return held

    # heights

    def _in_height(self, sweep: Sweep, tolerance_m: float) -> Flags:
        """Which volumes, (n, volumes), may hold the heights of each segment: all not surely off.

        What the ground below the whole path leaves open is asked of the ground below each fix.
        """
        track = sweep.track
        if track.altitudes is None or track.altitude_reference is None:
            return np.ones((len(sweep.length_m), len(self.volumes)), dtype=np.bool_)
        at_fix: Flags = np.ones((len(track.lonlat), len(self.volumes)), dtype=np.bool_)
        unsure = [
            number
            for number in range(len(self.volumes))
            if not self._surely_in_height(number, sweep, tolerance_m)
        ]
        reference, below = Reference(track.altitude_reference), self._below(sweep, tolerance_m)
        for fix, height in enumerate(track.altitudes if unsure else ()):
            for number in unsure:
                known = self._covers(number, float(height), reference, below)
                if known is None:
                    here = _box(track.lonlat[fix : fix + 1])
                    ground = self.frame.ground_at(grown(here, tolerance_m))
                    known = self._covers(number, float(height), reference, ground)
                at_fix[fix, number] = known is not False
        return _on_the_way(at_fix[:-1], at_fix[1:])

    def _surely_in_height(self, number: int, sweep: Sweep, tolerance_m: float) -> bool:
        """True when the volume holds the lowest and the highest fix, and so all between."""
        track, band = sweep.track, self.volumes[number].altitude
        if band is None or track.altitudes is None or track.altitude_reference is None:
            return True
        reference, below = Reference(track.altitude_reference), self._below(sweep, tolerance_m)
        ends = float(track.altitudes.min()), float(track.altitudes.max())
        return all(self._covers(number, end, reference, below) is True for end in ends)

    def _covers(
        self, number: int, height: float, reference: Reference, ground: Ground
    ) -> bool | None:
        flown = AltitudeBand(height, nextafter(height, inf), Unit.m, reference)
        return covers(self.volumes[number].altitude, flown, ground)

    def _below(self, sweep: Sweep, tolerance_m: float) -> Ground:
        return self.frame.ground_at(grown(_box(sweep.track.lonlat), tolerance_m))


def _lines(sweeps: Sequence[Sweep]) -> Geometries:
    """Each path in the plane, in one piece; one that stands still as a point."""
    positions = np.concatenate([sweep.planar for sweep in sweeps])
    owners = np.repeat(np.arange(len(sweeps)), [len(sweep.planar) for sweep in sweeps])
    lines = np.array(shapely.linestrings(positions, indices=owners), dtype=object, ndmin=1)
    for at, sweep in enumerate(sweeps):
        if sweep.path_m == 0:
            lines[at] = shapely.Point(sweep.planar[0])
    return lines


def _planar(sweep: Sweep, segments: Flags, plane: Plane) -> Geometries:
    """The marked segments in metres; one that stands still as a point."""
    lines = sweep.segments[segments]
    moves = shapely.length(lines) > 0
    starts, ends = sweep.planar[:-1][segments], sweep.planar[1:][segments]
    planar = np.array(shapely.points(starts), dtype=object, ndmin=1)
    if moves.any() and sweep.is_fine:
        planar[moves] = shapely.linestrings(np.stack((starts[moves], ends[moves]), axis=1))
    elif moves.any():
        planar[moves] = shapely.get_parts(plane.project(MultiLineString(lines[moves].tolist())))
    return planar


def _spans(times: Sequence[Floats | None]) -> Floats:
    """The first and the last of each path's times, (m, 2); NaN where there are none."""
    return np.array([(np.nan, np.nan) if t is None else (t[0], t[-1]) for t in times])


def _hold(use: Times, spans: Times) -> Flags:
    """Which spans lie in one interval of the times, all of each."""
    if not len(use):
        return np.zeros(len(spans), np.bool_)
    at = np.searchsorted(use[:, 0], spans[:, 0], side="right") - 1
    ends = use[at, 1]
    held: Flags = (at >= 0) & (spans[:, 0] < ends) & (spans[:, 1] <= ends)
    return held


def _around(first_s: float, last_s: float) -> Interval:
    return Interval(_moment(first_s), _moment(last_s) + timedelta(seconds=1))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _box(lonlat: Floats) -> tuple[float, float, float, float]:
    west, south = lonlat.min(axis=0).tolist()
    east, north = lonlat.max(axis=0).tolist()
    return west, south, east, north


def _on_the_way(at_start: Flags, at_end: Flags) -> Flags:
    """Which volumes hold a segment, by its two fixes.

    One volume may take over from another on the way, but at both fixes there is one.
    """
    neither: Flags = ~(np.any(at_start, axis=1) & np.any(at_end, axis=1))
    held: Flags = at_start | at_end
    held[neither] = False
    return held
