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
from geo.conflict import Verdict, judge
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
# more than sums of heights lose, so that heights on two scales are kept apart only where they are
_ROUNDING_M = 1e-6
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
    asker = Asker(volume, separation, frame, level_matters=level_matters)
    columns = Columns(others, frame)
    return columns.verdicts(asker, columns.during(asker, np.arange(len(others))))


class Asker:
    """A volume that is compared with many: its core prepared, in a copy that no thread shares."""

    def __init__(
        self, volume: Volume4D, separation: Separation, frame: Frame, *, level_matters: bool = False
    ) -> None:
        self.volume = volume
        self.separation = separation
        self.level_matters = level_matters
        self.scale, self.lower_m, self.upper_m = _stated(volume.altitude)
        start, end = volume.schedule.bounds
        margin = 2 * _half_micros(separation.time)
        self.since, self.until = start - margin, end + margin
        self._frame = frame
        self._core = shapely.force_2d(volume.footprint.on(frame.plane))
        shapely.prepare(self._core)

    def near(self, cores: Geometries, radius_m: Floats) -> tuple[Flags, Flags]:
        """Which are surely too close in place, and which are so near the rim that it is open."""
        apart_m = self.separation.horizontal_m
        reach_m = radius_m + (self.volume.footprint.radius_m + (apart_m or -TOUCHING_M))
        rim = rim_m(reach_m, self._frame)
        inside = reach_m > rim
        touching: Flags = shapely.intersects(self._core, cores)
        near, open_ = touching & inside, touching & ~inside
        rest = np.flatnonzero(~touching & (reach_m > 0))
        rest = rest[_dwithin(self._core, cores[rest], (reach_m + rim)[rest])]
        if len(rest):
            surely = inside[rest]
            surely[surely] = _dwithin(
                self._core, cores[rest[surely]], (reach_m - rim)[rest[surely]]
            )
            near[rest], open_[rest] = surely, ~surely
        return near, open_

    def verdict(self, other: Volume4D) -> Verdict:
        """What `judge` says."""
        separation, level_matters = self.separation, self.level_matters
        return judge(
            self.volume, other, separation, self._frame, level_matters=level_matters
        ).verdict


@dataclass(frozen=True, slots=True)
class Heights:
    """Bands of many volumes as seen from one scale of heights.

    Those on the scale, and those that are every height, as they stand; the others, not comparable,
    by all the heights that they may have there, whatever the ground.
    """

    lower_m: Floats
    upper_m: Floats
    comparable: Flags


class Columns:
    """What is compared of many volumes, column by column; built once, then only read."""

    def __init__(self, volumes: Sequence[Volume4D], frame: Frame) -> None:
        self.volumes = tuple(volumes)
        self.cores: Geometries = np.empty(len(volumes), object)
        self.cores[:] = [volume.footprint.on(frame.plane) for volume in volumes]
        self.radius_m: Floats = np.array([v.footprint.radius_m for v in volumes], float)
        times = np.array([v.schedule.bounds for v in volumes], np.int64).reshape(-1, 2)
        self.start, self.end = times[:, 0], times[:, 1]
        self._frame = frame
        self._plain: Flags = np.array([v.schedule.is_plain for v in volumes], bool)
        self._leveled: Flags = np.array([v.levels is not None for v in volumes], bool)
        self._stated = np.array([_stated(v.altitude) for v in volumes], float).reshape(-1, 3).T
        self._heights: dict[int, Heights] = {}

    def during(self, asker: Asker, found: Ids) -> Ids:
        """Those of the numbers whose validity and height do not keep them apart already."""
        keep = (self.start[found] < asker.until) & (self.end[found] > asker.since)
        found = found[keep]
        heights = self.heights(asker.scale)
        above_m = heights.lower_m[found] - asker.upper_m
        below_m = asker.lower_m - heights.upper_m[found]
        return found[np.maximum(above_m, below_m) < asker.separation.vertical_m]

    def verdicts(self, asker: Asker, found: Ids) -> Met:
        """Of those that validity and height do not keep apart those that conflict, or may."""
        near, rim = asker.near(self.cores[found], self.radius_m[found])
        simple = near & self.heights(asker.scale).comparable[found]
        simple &= self._simple_on_levels(asker, found)
        conflict = self._used_together(asker, found[simple])
        open_ = found[rim | (near & ~simple)]
        if not len(open_):
            return Met(conflict, _NONE)
        verdicts = np.array([asker.verdict(self.volumes[number]) for number in open_])
        conflict = np.concatenate((conflict, open_[verdicts == Verdict.conflict]))
        return Met(np.sort(conflict), open_[verdicts == Verdict.indeterminate])

    def heights(self, scale: int) -> Heights:
        """The heights of all as seen from the scale, computed once."""
        seen = self._heights.get(scale)
        if seen is None:
            seen = self._heights[scale] = _seen(scale, self._stated, self._frame.ground)
        return seen

    def _simple_on_levels(self, asker: Asker, found: Ids) -> Flags:
        """Where levels of the road network keep nothing apart and leave nothing open."""
        if asker.level_matters:
            return np.zeros(len(found), bool)
        return ~self._leveled[found] | (asker.volume.levels is None)

    def _used_together(self, asker: Asker, found: Ids) -> Ids:
        """Those used at one time with the asker; of plain schedules the validity has told."""
        mine, margin = asker.volume.schedule, asker.separation.time
        together = self._plain[found] & mine.is_plain
        for at in np.flatnonzero(~together).tolist():
            theirs = self.volumes[found[at]].schedule
            together[at] = overlap(mine, theirs, self._frame.calendar, margin) is not None
        return found[together]


def _seen(scale: int, stated: Floats, ground: Ground) -> Heights:
    own, (lower_m, upper_m) = stated[0].astype(np.intp), stated[1:]
    comparable: Flags = (own == scale) | (own == _EVERY_HEIGHT) | (scale == _EVERY_HEIGHT)
    if comparable.all():
        return Heights(lower_m, upper_m, comparable)
    lowest_m, highest_m = _zeros(ground)
    least_m = lower_m + lowest_m[own] - highest_m[scale] - _ROUNDING_M
    most_m = upper_m + highest_m[own] - lowest_m[scale] + _ROUNDING_M
    return Heights(
        np.where(comparable, lower_m, least_m), np.where(comparable, upper_m, most_m), comparable
    )


def _stated(band: AltitudeBand | None) -> tuple[int, float, float]:
    """The scale of a band and its ends there."""
    if band is None:
        return _EVERY_HEIGHT, EVERYWHERE.min, EVERYWHERE.max
    span = band.span
    return _FLIGHT_LEVELS if band.unit is Unit.FL else _SCALES[band.reference], span.min, span.max


@lru_cache(maxsize=64)
def _zeros(ground: Ground) -> tuple[Floats, Floats]:
    """Between which heights above the ellipsoid the zero of each scale lies, by scale."""
    known = [ground.above_ellipsoid(reference) for reference in _SCALES]
    spans = (EVERYWHERE, *known, EVERYWHERE)
    return np.array([span.min for span in spans]), np.array([span.max for span in spans])


def _half_micros(margin: timedelta) -> int:
    """By how much each of two schedules is widened, rounded up."""
    return -(-margin // timedelta(microseconds=1) // 2)
