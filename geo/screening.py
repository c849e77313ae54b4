"""One volume against many, as `conflict.judge` would say of each, for a small part of its cost.

Columns of numbers settle height and time, a prepared copy of the asker's geometry settles all that
is far from the rim; what is near the rim, on several levels or on different scales of height is put
to `judge` itself. Without witnesses: those are for the few that are met.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.altitude import EVERYWHERE, AltitudeBand, Ground, Reference, Unit
from geo.conflict import Judgement, Verdict, judge
from geo.frame import Frame
from geo.nearness import TOUCHING_M, rim_m
from geo.schedule import overlap
from geo.separation import Separation
from geo.volume import Volume4D

Ids = NDArray[np.intp]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

_SCALES = {Reference.AGL: 1, Reference.AMSL: 2, Reference.WGS84: 3}
_EVERY_HEIGHT, _FLIGHT_LEVELS = 0, 4
_NONE: Ids = np.empty(0, np.intp)
# the types of Shapely know of one distance for all
_dwithin = cast(Callable[[BaseGeometry, Geometries, Floats], Flags], shapely.dwithin)


@dataclass(frozen=True, slots=True)
class Met:
    """The numbers of the volumes that are met, ascending."""

    conflict: Ids
    indeterminate: Ids


def screen(
    volume: Volume4D,
    others: Sequence[Volume4D],
    separation: Separation,
    frame: Frame,
    *,
    level_matters: bool = False,
) -> Met:
    """Which of the others the volume conflicts with, and which it may conflict with.

    Equal to `judge` on each pair; meant for the candidates of a search.
    """
    asker = Asker.of(volume, separation, frame, level_matters=level_matters)
    columns = Columns(others, frame)
    return columns.verdicts(asker, columns.during(asker, np.arange(len(others))))


class Columns:
    """What is compared of many volumes, column by column; built once, then only read."""

    def __init__(self, volumes: Sequence[Volume4D], frame: Frame) -> None:
        self.volumes = tuple(volumes)
        self.frame = frame
        self.cores: Geometries = np.empty(len(self.volumes), object)
        self.cores[:] = [volume.footprint.on(frame.plane) for volume in self.volumes]
        self.radius_m: Floats = np.array([v.footprint.radius_m for v in self.volumes], float)
        times = np.array([v.schedule.bounds for v in self.volumes], np.int64).reshape(-1, 2)
        self.start, self.end = times.T.copy()
        self.heights = Heights.of([volume.altitude for volume in self.volumes], frame)
        self._plain: Flags = np.array([v.schedule.is_plain for v in self.volumes], bool)
        self._leveled: Flags = np.array([v.levels is not None for v in self.volumes], bool)

    def during(self, asker: "Asker", found: Ids) -> Ids:
        """Those of the numbers whose validity and height do not keep them apart already."""
        start, end = asker.volume.schedule.bounds
        margin = 2 * half_micros(asker.separation.time)
        keep = (self.start[found] < end + margin) & (self.end[found] > start - margin)
        found = found[keep]
        return found[self.heights.some(found).may_meet(asker.heights, asker.separation)]

    def verdicts(self, asker: "Asker", found: Ids) -> Met:
        """Of the candidates those that conflict, and those that may."""
        near, rim = asker.near(self.cores[found], self.radius_m[found])
        simple = near & self.heights.some(found).comparable(asker.heights)
        simple &= asker.simple_on_levels(self._leveled[found])
        sure = found[simple]
        sure = sure[self._share_time(asker, sure)]
        open_ = found[rim | (near & ~simple)]
        if not len(open_):
            return Met(sure, _NONE)
        verdicts = np.array([asker.judged(self.volumes[number]).verdict for number in open_])
        conflict = np.concatenate((sure, open_[verdicts == Verdict.conflict]))
        return Met(np.sort(conflict), open_[verdicts == Verdict.indeterminate])

    def _share_time(self, asker: "Asker", found: Ids) -> Flags:
        """Which are used at one time with the asker; of plain schedules the ends tell."""
        schedule, margin = asker.volume.schedule, asker.separation.time
        half, (start, end) = half_micros(margin), schedule.bounds
        shared: Flags = np.maximum(self.start[found], start) - half < (
            np.minimum(self.end[found], end) + half
        )
        asked = shared if not schedule.is_plain else shared & ~self._plain[found]
        for at in np.flatnonzero(asked).tolist():
            theirs = self.volumes[found[at]].schedule
            shared[at] = overlap(schedule, theirs, self.frame.calendar, margin) is not None
        return shared


@dataclass(frozen=True, slots=True)
class Heights:
    """Bands of many volumes: on which scale, from where to where on it, and above the ellipsoid."""

    scale: Ids
    lower: Floats
    upper: Floats
    lowest: Floats
    highest: Floats

    @classmethod
    def of(cls, bands: Sequence[AltitudeBand | None], frame: Frame) -> "Heights":
        """The heights of the bands; no band is every height on no scale."""
        number, lower, upper = np.array([_stated(band) for band in bands], float).reshape(-1, 3).T
        scale, (low, high) = number.astype(np.intp), _zeros(frame.ground)
        return cls(scale, lower, upper, lower + low[scale], upper + high[scale])

    def some(self, ids: Ids) -> "Heights":
        """Those of some volumes."""
        return Heights(
            self.scale[ids], self.lower[ids], self.upper[ids], self.lowest[ids], self.highest[ids]
        )

    def may_meet(self, others: "Heights", separation: Separation) -> Flags:
        """False where they keep apart: on their one scale, or whatever the ground of the extent."""
        apart_m = separation.vertical_m
        apart: Flags = self.lowest - others.highest >= apart_m
        apart |= others.lowest - self.highest >= apart_m
        apart |= self.comparable(others) & (self.gap_m(others) >= apart_m)
        return ~apart

    def comparable(self, others: "Heights") -> Flags:
        """Where the two are on one scale, or one of them is every height."""
        bounded: Flags = (self.scale != _EVERY_HEIGHT) & (others.scale != _EVERY_HEIGHT)
        return ~bounded | np.equal(self.scale, others.scale)

    def gap_m(self, others: "Heights") -> Floats:
        """The vertical distance where comparable; negative is the depth of the overlap."""
        return np.asarray(np.maximum(self.lower - others.upper, others.lower - self.upper))


@dataclass(frozen=True, slots=True)
class Asker:
    """A volume that is compared with many: its core prepared, in a copy that no thread shares."""

    volume: Volume4D
    separation: Separation
    frame: Frame
    level_matters: bool
    heights: Heights
    core: BaseGeometry

    @classmethod
    def of(
        cls, volume: Volume4D, separation: Separation, frame: Frame, *, level_matters: bool = False
    ) -> "Asker":
        """The volume, ready to ask."""
        core = shapely.force_2d(volume.footprint.on(frame.plane))
        shapely.prepare(core)
        heights = Heights.of([volume.altitude], frame)
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


def _stated(band: AltitudeBand | None) -> tuple[int, float, float]:
    """The scale of a band and its ends there."""
    if band is None:
        return _EVERY_HEIGHT, EVERYWHERE.min, EVERYWHERE.max
    span = band.span
    return _FLIGHT_LEVELS if band.unit is Unit.FL else _SCALES[band.reference], span.min, span.max


@lru_cache(maxsize=64)
def _zeros(ground: Ground) -> tuple[Floats, Floats]:
    """Between which heights above the ellipsoid the zero of each scale lies, by the scale."""
    known = [ground.above_ellipsoid(reference) for reference in _SCALES]
    low, high = np.array([(zero.min, zero.max) for zero in (EVERYWHERE, *known, EVERYWHERE)]).T
    return low, high


def half_micros(margin: timedelta) -> int:
    """By how much each of two schedules is widened, rounded up."""
    return -(-margin // timedelta(microseconds=1) // 2)
