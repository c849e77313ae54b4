"""Many volumes at once: which of them one volume meets, and every pair that meets.

A candidate search in place, height and time over volumes in memory, and behind it the verdicts of
geo.screening.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.clock import MICROSECOND
from geo.frame import Frame
from geo.nearness import Metres, rim_m
from geo.screening import Asker, Columns, Flags, Floats, Geometries, Ids, Met
from geo.separation import Separation
from geo.shelves import Shelves
from geo.volume import Volume4D

# Volumes that are searched for their neighbours together: more saves little and takes memory.
_BLOCK = 2_000
_NONE: Ids = np.empty(0, np.intp)


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
        self._columns = Columns(volumes, frame)
        self._frame = frame
        self._boxes = _boxes(self._columns.cores, _surely_m(self._columns.radius_m, frame))
        self._shelves = Shelves(self._boxes, self._columns.start, self._columns.end)

    def candidates(self, volume: Volume4D, separation: Separation) -> Ids:
        """The numbers of all that could meet the volume, and of some that do not, ascending."""
        return self._candidates(Asker(volume, separation, self._frame))

    def meeting(
        self, volume: Volume4D, separation: Separation, *, level_matters: bool = False
    ) -> Met:
        """What the volume conflicts with, and what it may: as `judge` says of each."""
        asker = Asker(volume, separation, self._frame, level_matters=level_matters)
        return self._columns.verdicts(asker, self._candidates(asker))

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
        found: list[tuple[int, Met]] = []
        for first, others in self._neighbours(separation, progress):
            kept = others if compared is None else others[compared(first, others)]
            asker = Asker(self._columns.volumes[first], separation, self._frame)
            kept = self._columns.during(asker, kept)
            if len(kept):
                found.append((first, self._columns.verdicts(asker, kept)))
        return Pairs(
            _paired([(first, met.conflict) for first, met in found]),
            _paired([(first, met.indeterminate) for first, met in found]),
        )

    def _candidates(self, asker: Asker) -> Ids:
        footprint = asker.volume.footprint
        reach_m = footprint.radius_m + asker.separation.horizontal_m
        box = _boxes(footprint.on(self._frame.plane), _surely_m(reach_m, self._frame))
        found = self._shelves.meeting(box, asker.since, asker.until)
        return np.sort(self._columns.during(asker, found))

    def _neighbours(
        self, separation: Separation, progress: Callable[[int], None]
    ) -> Iterator[tuple[int, Ids]]:
        """Each volume with those of higher numbers that it could meet in place."""
        columns, margin = self._columns, separation.time // MICROSECOND + 1
        further_m = _surely_m(separation.horizontal_m, self._frame)
        numbers = np.arange(len(columns.volumes))
        for block in np.split(numbers, numbers[_BLOCK::_BLOCK]) if len(numbers) else ():
            grown = _boxes(self._boxes[block], further_m)
            start, end = columns.start[block] - margin, columns.end[block] + margin
            position, other = self._shelves.meeting_each(grown, start, end)
            mine = block[position]
            later = mine < other
            mine, other = mine[later], other[later]
            order = np.lexsort((other, mine))
            mine, other = mine[order], other[order]
            for run in np.split(np.arange(len(mine)), np.flatnonzero(np.diff(mine)) + 1):
                if len(run):
                    yield int(mine[run[0]]), other[run]
            progress(int(block[-1]) + 1)


def _surely_m(metres: Metres, frame: Frame) -> Metres:
    """Planar metres that surely reach as far as so many true ones."""
    return metres + rim_m(metres, frame)


def _boxes(geometries: Geometries | BaseGeometry, further_m: float | Floats) -> Geometries:
    """The boxes round the geometries, grown on all sides."""
    west, south, east, north = shapely.bounds(geometries).reshape(-1, 4).T
    return np.asarray(
        shapely.box(west - further_m, south - further_m, east + further_m, north + further_m)
    )


def _paired(met: Sequence[tuple[int, Ids]]) -> Ids:
    """Each first number beside all that it meets."""
    firsts = [np.full(len(others), first, np.intp) for first, others in met]
    others = [others for _, others in met]
    return np.column_stack((np.concatenate([_NONE, *firsts]), np.concatenate([_NONE, *others])))
