"""Many volumes at once: which of them one volume meets, and every pair that meets.

A candidate search in place, height and time, and behind it the verdict of `conflict.judge`, reached
for many pairs at a time: a prepared copy of the asker's geometry settles what is far from the rim,
`judge` itself settles the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.altitude import EVERYWHERE, AltitudeBand, Reference, Unit, wgs84_envelope
from geo.conflict import Judgement, Verdict, judge
from geo.frame import Frame
from geo.nearness import TOUCHING_M, rim_m
from geo.schedule import overlap
from geo.separation import Separation
from geo.shelves import Shelves
from geo.volume import Volume4D

Ids = NDArray[np.intp]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

# Volumes that are searched for their neighbours together: more saves little and takes memory.
_BLOCK = 2_000
_SCALES = {Reference.AGL: 1, Reference.AMSL: 2, Reference.WGS84: 3}
_EVERY_HEIGHT, _FLIGHT_LEVELS = 0, 4
_NO_PAIRS: Ids = np.empty((0, 2), np.intp)

# the types of Shapely know of one distance for all
_dwithin = cast(Callable[[BaseGeometry, Geometries, Floats], Flags], shapely.dwithin)


@dataclass(frozen=True, slots=True)
class Met:
    """The numbers of the volumes that are met, ascending."""

    conflict: Ids
    indeterminate: Ids


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of volumes that meet, shape (n, 2), the lower number first, ascending."""

    conflict: Ids
    indeterminate: Ids


class VolumeIndex:
    """Volumes ready to be searched; built once, then only read, by any number of threads.

    Keeps the projected cores, which the footprints keep anyway, and some 0.3 kB for each volume.
    """

    def __init__(self, volumes: Sequence[Volume4D], frame: Frame) -> None:
        self.volumes = tuple(volumes)
        self.frame = frame
        footprints = [volume.footprint for volume in self.volumes]
        self._cores = _objects([footprint.on(frame.plane) for footprint in footprints])
        self._radius_m: Floats = np.array([f.radius_m for f in footprints], float)
        boxes = _boxes(self._cores, _surely_m(self._radius_m, frame))
        times = np.array([v.schedule.bounds for v in self.volumes], np.int64).reshape(-1, 2)
        self._boxes, self._start, self._end = boxes, times[:, 0], times[:, 1]
        self._plain: Flags = np.array([v.schedule.is_plain for v in self.volumes], bool)
        self._leveled: Flags = np.array([v.levels is not None for v in self.volumes], bool)
        self._heights = _Heights.of([volume.altitude for volume in self.volumes], frame)
        self._shelves = Shelves(boxes, self._start, self._end)

    def candidates(self, volume: Volume4D, separation: Separation) -> Ids:
        """The numbers of all that could meet the volume, and of some that do not, ascending."""
        core = volume.footprint.on(self.frame.plane)
        reach_m = volume.footprint.radius_m + separation.horizontal_m
        box = _boxes(_objects([core]), _surely_m(np.array([reach_m]), self.frame))[0]
        start, end = volume.schedule.bounds
        margin = 2 * _half_micros(separation.time)
        found = self._shelves.meeting(box, start - margin, end + margin)
        keep = (self._start[found] < end + margin) & (start - margin < self._end[found])
        mine = _Heights.of([volume.altitude], self.frame)
        return np.sort(found[keep & self._heights.some(found).may_meet(mine, separation)])

    def meeting(
        self, volume: Volume4D, separation: Separation, *, level_matters: bool = False
    ) -> Met:
        """What the volume conflicts with, and what it may: as `judge` says of each."""
        asker = _Asker.of(volume, separation, self.frame, level_matters=level_matters)
        return self._verdicts(asker, self.candidates(volume, separation))

    def pairs(
        self,
        separation: Separation,
        compared: Callable[[int, Ids], Flags] | None = None,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Pairs:
        """Every pair that conflicts or may conflict.

        `compared(number, others)` tells with which of the others a volume is compared at all;
        `progress` is told how many volumes have met all others.
        """
        conflict, indeterminate = [], []
        for first, others in self._neighbours(separation, progress):
            kept = others if compared is None else others[compared(first, others)]
            asker = _Asker.of(self.volumes[first], separation, self.frame)
            met = self._verdicts(asker, kept)
            conflict.append(_with(first, met.conflict))
            indeterminate.append(_with(first, met.indeterminate))
        return Pairs(*(np.vstack([_NO_PAIRS, *found]) for found in (conflict, indeterminate)))

    def _neighbours(
        self, separation: Separation, progress: Callable[[int], None]
    ) -> Iterator[tuple[int, Ids]]:
        """Each volume with those of higher numbers that it could meet."""
        margin = 2 * _half_micros(separation.time)
        further_m = _surely_m(np.array([separation.horizontal_m]), self.frame)
        numbers = np.arange(len(self.volumes))
        for block in np.split(numbers, numbers[_BLOCK::_BLOCK]) if len(numbers) else ():
            grown = _boxes(self._boxes[block], further_m)
            start, end = self._start[block] - margin, self._end[block] + margin
            position, other = self._shelves.meeting_each(grown, start, end)
            mine = block[position]
            keep = (mine < other) & (self._start[other] < end[position])
            keep &= start[position] < self._end[other]
            mine, other = mine[keep], other[keep]
            heights = self._heights.some(mine)
            high = self._heights.some(other).may_meet(heights, separation)
            mine, other = mine[high], other[high]
            order = np.lexsort((other, mine))
            mine, other = mine[order], other[order]
            for run in np.split(np.arange(len(mine)), np.flatnonzero(np.diff(mine)) + 1):
                if len(run):
                    yield int(mine[run[0]]), other[run]
            progress(int(block[-1]) + 1)

    def _verdicts(self, asker: "_Asker", found: Ids) -> Met:
        """Of the candidates those that conflict, and those that may."""
        near, rim = asker.near(self._cores[found], self._radius_m[found])
        simple = near & self._heights.some(found).comparable(asker.heights)
        simple &= asker.simple_on_levels(self._leveled[found])
        conflict = found[simple][self._share_time(asker, found[simple])].tolist()
        indeterminate = []
        for number in found[rim | (near & ~simple)].tolist():
            verdict = asker.judged(self.volumes[number]).verdict
            if verdict is Verdict.conflict:
                conflict.append(number)
            elif verdict is Verdict.indeterminate:
                indeterminate.append(number)
        return Met(np.array(sorted(conflict), np.intp), np.array(indeterminate, np.intp))

    def _share_time(self, asker: "_Asker", found: Ids) -> Flags:
        """Which are used at one time with the asker: the ends tell where both are used throughout."""
        schedule, margin = asker.volume.schedule, asker.separation.time
        half, (start, end) = _half_micros(margin), schedule.bounds
        shared: Flags = np.maximum(self._start[found], start) - half < (
            np.minimum(self._end[found], end) + half
        )
        asked = shared if not schedule.is_plain else shared & ~self._plain[found]
        for at in np.flatnonzero(asked).tolist():
            theirs = self.volumes[found[at]].schedule
            shared[at] = overlap(schedule, theirs, self.frame.calendar, margin) is not None
        return shared


@dataclass(frozen=True, slots=True)
class _Heights:
    """Bands of many volumes: on which scale, from where to where on it, and above the ellipsoid."""

    scale: NDArray[np.int8]
    lower: Floats
    upper: Floats
    lowest: Floats
    highest: Floats

    @classmethod
    def of(cls, bands: Sequence[AltitudeBand | None], frame: Frame) -> "_Heights":
        """The heights of the bands; no band is every height on no scale."""
        envelopes = [wgs84_envelope(band, frame.ground) for band in bands]
        spans = [EVERYWHERE if band is None else band.span for band in bands]
        return cls(
            np.array([_scale(band) for band in bands], np.int8),
            np.array([span.min for span in spans], float),
            np.array([span.max for span in spans], float),
            np.array([envelope.min for envelope in envelopes], float),
            np.array([envelope.max for envelope in envelopes], float),
        )

    def some(self, ids: Ids) -> "_Heights":
        """Those of some volumes."""
        return _Heights(
            self.scale[ids], self.lower[ids], self.upper[ids], self.lowest[ids], self.highest[ids]
        )

    def may_meet(self, others: "_Heights", separation: Separation) -> Flags:
        """False where they keep apart: on their one scale, or whatever the ground of the extent."""
        apart_m = separation.vertical_m
        apart: Flags = self.lowest - others.highest >= apart_m
        apart |= others.lowest - self.highest >= apart_m
        apart |= self.comparable(others) & (self.gap_m(others) >= apart_m)
        return ~apart

    def comparable(self, others: "_Heights") -> Flags:
        """Where the two are on one scale, or one of them is every height."""
        bounded: Flags = (self.scale != _EVERY_HEIGHT) & (others.scale != _EVERY_HEIGHT)
        return ~bounded | np.equal(self.scale, others.scale)

    def gap_m(self, others: "_Heights") -> Floats:
        """The vertical distance where comparable; negative is the depth of the overlap."""
        return np.asarray(np.maximum(self.lower - others.upper, others.lower - self.upper))


@dataclass(frozen=True, slots=True)
class _Asker:
    """A volume that is compared with many: its core prepared, in a copy that no thread shares."""

    volume: Volume4D
    separation: Separation
    frame: Frame
    level_matters: bool
    heights: _Heights
    core: BaseGeometry

    @classmethod
    def of(
        cls, volume: Volume4D, separation: Separation, frame: Frame, *, level_matters: bool = False
    ) -> "_Asker":
        """The volume, ready to ask."""
        core = shapely.force_2d(volume.footprint.on(frame.plane))
        shapely.prepare(core)
        heights = _Heights.of([volume.altitude], frame)
        return cls(volume, separation, frame, level_matters, heights, core)

    def near(self, cores: Geometries, radius_m: Floats) -> tuple[Flags, Flags]:
        """Which are surely too close in place, and which are so near the rim that it is open."""
        reach_m = self.volume.footprint.radius_m + radius_m + self.separation.horizontal_m
        if self.separation.horizontal_m == 0:
            reach_m -= TOUCHING_M
        rim = rim_m(reach_m, self.frame)
        inside = reach_m > rim
        touching: Flags = shapely.intersects(self.core, cores)
        near, open_ = touching & inside, touching & ~inside
        rest = np.flatnonzero(~touching & (reach_m > 0))
        rest = rest[_dwithin(self.core, cores[rest], (reach_m + rim)[rest])]
        surely = inside[rest]
        surely[surely] = _dwithin(self.core, cores[rest[surely]], (reach_m - rim)[rest[surely]])
        near[rest], open_[rest] = surely, ~surely
        return near, open_

    def simple_on_levels(self, leveled: Flags) -> Flags:
        """Where levels of the road network keep nothing apart and leave nothing open."""
        if self.level_matters:
            return np.zeros(len(leveled), bool)
        return ~leveled | (self.volume.levels is None)

    def judged(self, other: Volume4D) -> Judgement:
        """The verdict with its reasons."""
        return judge(
            self.volume, other, self.separation, self.frame, level_matters=self.level_matters
        )


def _scale(band: AltitudeBand | None) -> int:
    if band is None:
        return _EVERY_HEIGHT
    return _FLIGHT_LEVELS if band.unit is Unit.FL else _SCALES[band.reference]


def _half_micros(margin: timedelta) -> int:
    """By how much each of two schedules is widened, rounded up."""
    return -(-margin // timedelta(microseconds=1) // 2)


def _surely_m(metres: Floats, frame: Frame) -> Floats:
    """Planar metres that surely reach as far as so many true ones."""
    return metres + rim_m(metres, frame)


def _objects(geometries: Sequence[BaseGeometry]) -> Geometries:
    found: Geometries = np.empty(len(geometries), object)
    found[:] = geometries
    return found


def _boxes(geometries: Geometries, further_m: Floats) -> Geometries:
    """The boxes round the geometries, grown on all sides."""
    west, south, east, north = shapely.bounds(geometries).reshape(-1, 4).T
    return np.asarray(
        shapely.box(west - further_m, south - further_m, east + further_m, north + further_m)
    )


def _with(first: int, others: Ids) -> Ids:
    return np.column_stack((np.full(len(others), first, np.intp), others))
