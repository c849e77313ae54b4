"""Boxes in a plane, each for a time, on shelves: which may meet a box while it is used.

A shelf holds what lasts about as long, in one tree for each span of time; so a question of three
weeks is put to a few trees, not to all that ever was. Numbers only: times are microseconds since
1970, and every answer is a superset.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Ids = NDArray[np.intp]
Micros = NDArray[np.int64]
Objects = NDArray[np.object_]
Tree = tuple[shapely.STRtree, Ids]

_DAY = 86_400_000_000
# What lasts longer than a shelf's span lies on the next; what outlasts all lies on the last.
_SPANS = tuple(42 * _DAY * 8**step for step in range(4))
_NONE: Ids = np.empty(0, np.intp)


class Shelves:
    """Boxes by time, built once and then only read; each lies in the tree of its start."""

    def __init__(self, boxes: Objects, start: Micros, end: Micros) -> None:
        level = np.searchsorted(_SPANS, end - start)
        shelves = []
        for shelf, span in enumerate(_SPANS):
            here = np.flatnonzero(level == shelf)
            shelves.append((span, _trees(boxes, here, start[here] // span)))
        self._shelves = [(span, trees) for span, trees in shelves if trees]
        longest = np.flatnonzero(level == len(_SPANS))
        self._endless = list(_trees(boxes, longest, np.zeros_like(longest)).values())

    def meeting(self, box: BaseGeometry, start: int, end: int) -> Ids:
        """The numbers of the boxes that may meet the box between the times, in any order."""
        # an array once, since each tree would make one of a single geometry, and not quickly
        asked = np.array([box], object)
        found = [ids[tree.query(asked)[1]] for tree, ids in self._between(start, end)]
        return np.concatenate(found) if found else _NONE

    def meeting_each(self, boxes: Objects, start: Micros, end: Micros) -> tuple[Ids, Ids]:
        """For each of several boxes with times of its own: positions in `boxes`, numbers met."""
        every = np.arange(len(boxes))
        asked = [(every, tree, ids) for tree, ids in self._endless]
        for span, trees in self._shelves:
            for slot, (tree, ids) in trees.items():
                during = (start < (slot + 2) * span) & (slot * span < end)
                asked.append((np.flatnonzero(during), tree, ids))
        found = [(of, ids, *tree.query(boxes[of])) for of, tree, ids in asked]
        mine = [of[position] for of, _, position, _ in found]
        met = [ids[number] for _, ids, _, number in found]
        return np.concatenate([_NONE, *mine]), np.concatenate([_NONE, *met])

    def _between(self, start: int, end: int) -> Iterator[Tree]:
        """The trees of what may be used between the times."""
        yield from self._endless
        for span, trees in self._shelves:
            # what began up to a span ago may last until now
            first, last = start // span - 1, end // span
            slots = trees.keys() if last - first > len(trees) else range(first, last + 1)
            for slot in slots:
                if slot in trees and first <= slot <= last:
                    yield trees[slot]


def _trees(boxes: Objects, ids: Ids, slots: NDArray[np.int64]) -> dict[int, Tree]:
    """A tree for each slot of time, with the numbers of the boxes in it."""
    order = np.argsort(slots, kind="stable")
    ids, slots = ids[order], slots[order]
    found, first = np.unique(slots, return_index=True)
    members = np.split(ids, first[1:]) if len(ids) else []
    return {
        int(slot): (shapely.STRtree(boxes[numbers]), numbers)
        for slot, numbers in zip(found, members, strict=True)
    }
