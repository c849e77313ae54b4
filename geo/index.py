"""Many volumes at once: which of them one volume meets, and every pair that meets.

A candidate search in place, height and time over volumes in memory, and behind it the verdicts of
geo.screening.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.frame import Frame
from geo.nearness import Metres, rim_m
from geo.screening import Columns, Flags, Floats, Ids, Met, Objects, Rows, widened
from geo.separation import Separation
from geo.shelves import Shelves
from geo.volume import Volume4D

# Volumes that are searched for their neighbours together: more saves little and takes memory.
_BLOCK = 2_000
_NO_PAIRS: Ids = np.empty((0, 2), np.intp)


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
        rows = self._columns.rows
        self._leeway = float(rows.leeway.max(initial=0.0))
        self._boxes = _boxes(rows.cores, _surely_m(rows.radius_m, rows.leeway))
        self._shelves = Shelves(self._boxes, rows.start, rows.end)

    def __len__(self) -> int:
        return len(self._boxes)

    def candidates(self, volume: Volume4D, separation: Separation) -> Ids:
        """The numbers of all that could meet the volume, and of some that do not, ascending."""
        return self._candidates(Rows.asking(volume, self._frame), separation)

    def meeting(
        self, volume: Volume4D, separation: Separation, *, level_matters: bool = False
    ) -> Met:
        """What the volume conflicts with, and what it may: as `judge` says of each."""
        asker = Rows.asking(volume, self._frame)
        found = self._candidates(asker, separation)
        conflict, may = self._columns.settled(asker, found, separation, level_matters=level_matters)
        return Met(found[conflict], found[may])

    def pairs(
        self,
        separation: Separation,
        compared: Callable[[int, Ids], Flags] | None = None,
        progress: Callable[[int], None] = lambda done: None,
        *,
        level_matters: bool = False,
    ) -> Pairs:
        """Every pair that conflicts or may conflict.

        `compared(number, others)` tells with which of the others a volume is compared at all;
        `progress` is told how many volumes have met all others. Levels as in `conflict.judge`.
        """
        conflict, indeterminate = [_NO_PAIRS], [_NO_PAIRS]
        count = len(self)
        for first in range(0, count, _BLOCK):
            block = np.arange(first, min(first + _BLOCK, count))
            mine, others = self._neighbours(block, separation)
            if compared is not None and len(mine):
                kept = _asked(compared, mine, others)
                mine, others = mine[kept], others[kept]
            askers = self._columns.asking(mine)
            conflicts, may = self._columns.settled(
                askers, others, separation, level_matters=level_matters
            )
            pairs = np.column_stack((mine, others))
            conflict.append(pairs[conflicts])
            indeterminate.append(pairs[may])
            progress(first + len(block))
        return Pairs(np.vstack(conflict), np.vstack(indeterminate))

    def _candidates(self, asker: Rows, separation: Separation) -> Ids:
        west, south, east, north = asker.cores.item().bounds
        spare = max(asker.leeway.item(), self._leeway)
        by_m = _surely_m(asker.radius_m.item() + separation.horizontal_m, spare)
        box = shapely.box(west - by_m, south - by_m, east + by_m, north + by_m)
        start, end = widened(asker, separation)
        found = self._shelves.meeting(box, int(start), int(end))
        return np.sort(found[self._columns.during(asker, found, separation)])

    def _neighbours(self, block: Ids, separation: Separation) -> tuple[Ids, Ids]:
        """Those of the block, each beside one of higher number that it could meet; ascending."""
        rows = self._columns.rows.some(block)
        grown = _boxes(self._boxes[block], _surely_m(separation.horizontal_m, self._leeway))
        position, others = self._shelves.meeting_each(grown, *widened(rows, separation))
        later = block[position] < others
        position, others = position[later], others[later]
        kept = self._columns.during(rows.some(position), others, separation)
        mine, others = block[position[kept]], others[kept]
        order = np.lexsort((others, mine))
        return mine[order], others[order]


def _asked(compared: Callable[[int, Ids], Flags], mine: Ids, others: Ids) -> Flags:
    """What `compared` says of each pair; the pairs of a volume follow each other."""
    first = np.flatnonzero(np.diff(mine, prepend=-1))
    runs = zip(mine[first].tolist(), np.split(others, first[1:]), strict=True)
    return np.concatenate([compared(number, run) for number, run in runs])


def _surely_m(metres: Metres, leeway: Metres) -> Metres:
    """Planar metres that surely reach as far as so many true ones."""
    return metres + rim_m(metres, leeway)


def _boxes(geometries: Objects, further_m: float | Floats) -> Objects:
    """The boxes round the geometries, grown on all sides."""
    west, south, east, north = shapely.bounds(geometries).T
    return np.asarray(
        shapely.box(west - further_m, south - further_m, east + further_m, north + further_m)
    )
