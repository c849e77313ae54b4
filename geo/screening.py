"""Many volumes against each other: what `conflict.judge` would say of each pair, for little cost.

Columns of numbers settle height and time, prepared copies of the geometries settle all that is far
from the rim; what is near the rim, on several levels, on different scales of height or above the
ground of two places is put to `judge` itself. Without witnesses: those are for the few that meet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.altitude import EVERYWHERE, HAIR_M, AltitudeBand, Ground, Reference, Unit
from geo.conflict import Verdict, judge
from geo.frame import Frame
from geo.nearness import TOUCHING_M, leeway, rim_m
from geo.schedule import overlap
from geo.separation import Separation
from geo.volume import Volume4D

Ids = NDArray[np.intp]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Micros = NDArray[np.int64]
Objects = NDArray[np.object_]

_GROUND = 1
_SCALES = {Reference.AGL: _GROUND, Reference.AMSL: 2, Reference.WGS84: 3}
_EVERY_HEIGHT, _FLIGHT_LEVELS = 0, 4
# the ground as it is seen from another place
_ELSEWHERE = 5
# the types of Shapely know of one distance for all
_dwithin = cast(Callable[[Objects, Objects, Floats], Flags], shapely.dwithin)


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
    asker, columns = Rows.asking(volume, frame), Columns(others, frame)
    found = np.flatnonzero(columns.during(asker, np.arange(len(others)), separation))
    conflict, may = columns.settled(asker, found, separation, level_matters=level_matters)
    return Met(found[conflict], found[may])


@dataclass(frozen=True, slots=True)
class Rows:
    """What is compared of volumes: arrays of shape (n,), or of shape () of one that asks many.

    Times are in microseconds since 1970, heights in metres on the scale of the band.
    """

    volumes: Objects
    cores: Objects
    radius_m: Floats
    leeway: Floats
    start: Micros
    end: Micros
    scale: Ids
    lower_m: Floats
    upper_m: Floats
    plain: Flags
    leveled: Flags

    @classmethod
    def of(cls, volumes: Sequence[Volume4D], frame: Frame) -> "Rows":
        """The rows of volumes, in their order."""
        times = np.array([v.schedule.bounds for v in volumes], np.int64).reshape(-1, 2)
        bands = np.array([_stated(v.altitude) for v in volumes], float).reshape(-1, 3)
        start, end = np.ascontiguousarray(times.T)
        scale, lower_m, upper_m = np.ascontiguousarray(bands.T)
        return cls(
            _objects(volumes),
            _objects([v.footprint.on(frame.plane) for v in volumes]),
            np.array([v.footprint.radius_m for v in volumes], float),
            np.array([leeway(v.footprint, frame) for v in volumes], float),
            start,
            end,
            scale.astype(np.intp),
            lower_m,
            upper_m,
            np.array([v.schedule.is_plain for v in volumes], bool),
            np.array([v.levels is not None for v in volumes], bool),
        )

    @classmethod
    def asking(cls, volume: Volume4D, frame: Frame) -> "Rows":
        """The row of one volume; its core is prepared, in a copy that no thread shares."""
        footprint, schedule = volume.footprint, volume.schedule
        core = shapely.force_2d(footprint.on(frame.plane))
        shapely.prepare(core)
        place = footprint.radius_m, leeway(footprint, frame)
        numbers = (*place, *schedule.bounds, *_stated(volume.altitude))
        flags = (schedule.is_plain, volume.levels is not None)
        # scalars of NumPy, which are arrays of shape () and faster than those that are
        return cls(np.array(volume), np.array(core), *(np.array(n)[()] for n in (*numbers, *flags)))

    def some(self, numbers: Ids) -> "Rows":
        """Those with the numbers."""
        return Rows(*(getattr(self, column.name)[numbers] for column in fields(self)))

    def volume(self, at: int) -> Volume4D:
        """The one at a position, or the one that asks them all."""
        return cast(Volume4D, self.volumes[at] if self.volumes.ndim else self.volumes.item())


class Columns:
    """Volumes that are compared with others or with each other; built once, then only read."""

    def __init__(self, volumes: Sequence[Volume4D], frame: Frame) -> None:
        self.rows = Rows.of(volumes, frame)
        self._frame = frame
        self._heights = _Heights.of(self.rows, frame.ground)

    def during(self, mine: Rows, found: Ids, separation: Separation) -> Flags:
        """Which of the numbers validity and height do not keep apart from the rows beside them."""
        rows, heights, (since, until) = self.rows, self._heights, widened(mine, separation)
        keep = (rows.start[found] < until) & (since < rows.end[found])
        return keep & heights.near(mine, _seen_from(mine, separation), found, separation)

    def asking(self, numbers: Ids) -> Rows:
        """Rows of these volumes themselves; their cores are prepared, in copies."""
        each, position = np.unique(numbers, return_inverse=True)
        copies = shapely.force_2d(self.rows.cores[each])
        shapely.prepare(copies)
        return replace(self.rows.some(numbers), cores=copies[position])

    def settled(
        self, mine: Rows, found: Ids, separation: Separation, *, level_matters: bool = False
    ) -> tuple[Flags, Flags]:
        """Which numbers conflict with the rows beside them, and which may.

        The rows are prepared, and `during` has kept the numbers.
        """
        theirs, frame = self.rows, self._frame
        cores, radius_m = theirs.cores[found], theirs.radius_m[found]
        spare = np.maximum(theirs.leeway[found], mine.leeway)
        near, maybe = _near(mine, cores, radius_m, spare, separation)
        simple = near & self._heights.comparable[_seen_from(mine, separation), found]
        if separation.horizontal_m > 0:
            below = near & ~simple & (mine.scale == _GROUND) & (theirs.scale[found] == _GROUND)
            below &= self._heights.near(mine, mine.scale, found, separation)
            on = np.flatnonzero(below)
            simple[on] = _at_one_place(mine, cores[on], radius_m[on], spare[on], on)
        simple &= ~(theirs.leveled[found] & mine.leveled)
        if level_matters:
            simple[:] = False
        # of plain schedules the validity has told
        conflict: Flags = simple & theirs.plain[found] & mine.plain
        may = np.zeros_like(conflict)
        for at in np.flatnonzero(maybe & ~conflict).tolist():
            a, b = mine.volume(at), theirs.volume(found[at])
            if simple[at]:
                shared = overlap(a.schedule, b.schedule, frame.calendar, separation.time)
                conflict[at] = shared is not None and shared.known
                may[at] = shared is not None and not shared.known
            else:
                verdict = judge(a, b, separation, frame, level_matters=level_matters).verdict
                conflict[at] = verdict is Verdict.conflict
                may[at] = verdict is Verdict.indeterminate
        return conflict, may


@dataclass(frozen=True, slots=True)
class _Heights:
    """Bands as seen from each scale, shape (scales, n).

    Those on the scale, and those that are every height, as they stand; the others, which are not
    comparable, by all the heights that they may have on it, whatever the ground.
    """

    lower_m: Floats
    upper_m: Floats
    comparable: Flags

    @classmethod
    def of(cls, rows: Rows, ground: Ground) -> "_Heights":
        own, (lowest_m, highest_m) = rows.scale, _zeros(ground)
        seen = np.arange(len(lowest_m))[:, None]
        comparable = (own == seen) | (own == _EVERY_HEIGHT) | (seen == _EVERY_HEIGHT)
        least_m = rows.lower_m + lowest_m[own] - highest_m[:, None] - HAIR_M
        most_m = rows.upper_m + highest_m[own] - lowest_m[:, None] + HAIR_M
        return cls(
            np.where(comparable, rows.lower_m, least_m),
            np.where(comparable, rows.upper_m, most_m),
            comparable,
        )

    def near(self, mine: Rows, seen_from: Ids, found: Ids, separation: Separation) -> Flags:
        """Which of the numbers, seen from a scale, are too near in height to the rows beside."""
        above_m = self.lower_m[seen_from, found] - mine.upper_m
        below_m = mine.lower_m - self.upper_m[seen_from, found]
        return np.asarray(np.maximum(above_m, below_m) < separation.vertical_m - HAIR_M)


def _seen_from(mine: Rows, separation: Separation) -> Ids:
    """The scales of the rows, as they are wherever the two may be within the separation."""
    if separation.horizontal_m == 0:
        return mine.scale
    return np.where(mine.scale == _GROUND, _ELSEWHERE, mine.scale)


def _near(
    mine: Rows, cores: Objects, radius_m: Floats, spare: Floats, separation: Separation
) -> tuple[Flags, Flags]:
    """Which are surely too close in place, and which are not surely apart."""
    reach_m = radius_m + (mine.radius_m + (separation.horizontal_m or -TOUCHING_M))
    rim = rim_m(reach_m, spare)
    near: Flags = shapely.intersects(mine.cores, cores)
    maybe, rest = near.copy(), np.flatnonzero(~near)
    maybe[rest] = _dwithin(_of(mine, rest), cores[rest], (reach_m + rim)[rest])
    rest = rest[maybe[rest]]
    if len(rest):
        near[rest] = _dwithin(_of(mine, rest), cores[rest], (reach_m - rim)[rest])
    near &= reach_m > rim
    return near, maybe


def _at_one_place(mine: Rows, cores: Objects, radius_m: Floats, spare: Floats, at: Ids) -> Flags:
    """Which surely have a place in common with the rows at some positions."""
    reach_m = radius_m + (mine.radius_m[at] if mine.radius_m.ndim else mine.radius_m)
    return np.asarray(
        _dwithin(_of(mine, at), cores, np.maximum(reach_m - rim_m(reach_m, spare), 0))
    )


def _of(mine: Rows, at: Ids) -> Objects:
    """The cores beside some positions; that of one is beside all."""
    return mine.cores[at] if mine.cores.ndim else mine.cores


def _objects(values: Sequence[object]) -> Objects:
    objects: Objects = np.empty(len(values), object)
    objects[:] = values
    return objects


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
    spans = (EVERYWHERE, *known, EVERYWHERE, ground.above_ellipsoid(Reference.AGL))
    return np.array([span.min for span in spans]), np.array([span.max for span in spans])


def widened(rows: Rows, separation: Separation) -> tuple[Micros, Micros]:
    """From when to when another use is too close in time; half of it is rounded up as ever."""
    margin = 2 * separation.half_us
    return rows.start - margin, rows.end + margin
