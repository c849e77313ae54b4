"""Uses in memory, the questions about them, and the limit of what answering can cost.

The limit is what nobody can do without: the asked core prepared, `intersects`, then `dwithin` on
every use whose box, height and time it meets, all of them planar and in memory beforehand.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property

import numpy as np
import shapely

from bench.contest import Answer, Contender
from bench.synthetic import volumes
from geo.frame import Frame
from geo.index import VolumeIndex
from geo.nearness import leeway, rim_m
from geo.separation import Separation
from geo.volume import Volume4D

SEPARATION = Separation(horizontal_m=50, vertical_m=0, time=timedelta(0))
QUESTIONS = 300


class Uses:
    """So many uses in an index, and questions about others like them."""

    def __init__(self, uses: Sequence[Volume4D], frame: Frame) -> None:
        self.all = uses
        self.frame = frame
        self.index = VolumeIndex(uses, frame)
        self.asked = list(volumes(QUESTIONS, seed=2))
        self.candidates = [self.index.candidates(use, SEPARATION) for use in self.asked]
        self._cores = [self._planar([self.all[n] for n in found]) for found in self.candidates]
        self._reach_m = [
            np.array([_reach_m(use, self.all[n]) for n in found])
            for use, found in zip(self.asked, self.candidates, strict=True)
        ]

    @cached_property
    def mean_candidates(self) -> float:
        """How many uses a question meets in box, height and time."""
        return float(np.mean([len(found) for found in self.candidates]))

    def limit(self) -> Contender:
        """The bare predicates."""
        return Contender(self._bare, lambda found: frozenset(found.tolist()))

    def in_memory(self) -> Contender:
        """The index of geo."""
        return Contender(
            lambda question: self.index.meeting(self.asked[question], SEPARATION),
            lambda found: frozenset(found.conflict.tolist()),
        )

    def on_the_rim(self, exact: Sequence[Answer], planar: Sequence[Answer]) -> int:
        """In how many pairs the answers of the plane differ from the exact ones."""
        apart = [(q, n) for q in range(QUESTIONS) for n in exact[q] ^ planar[q]]
        return _excused([(self.asked[q], self.all[n]) for q, n in apart], self.frame)

    def pairs_on_the_rim(self, apart: Answer) -> int:
        """How many pairs of uses they are, all of them on the rim."""
        return _excused([(self.all[a], self.all[b]) for a, b in apart], self.frame)

    def _bare(self, question: int) -> np.ndarray:
        core = shapely.force_2d(self.asked[question].footprint.on(self.frame.plane))
        shapely.prepare(core)
        cores, reach_m = self._cores[question], self._reach_m[question]
        met = shapely.intersects(core, cores)
        rest = ~met
        met[rest] = shapely.dwithin(core, cores[rest], reach_m[rest])
        return self.candidates[question][met]

    def _planar(self, uses: Sequence[Volume4D]) -> np.ndarray:
        cores = np.empty(len(uses), object)
        cores[:] = [use.footprint.on(self.frame.plane) for use in uses]
        return cores


def _reach_m(a: Volume4D, b: Volume4D) -> float:
    return a.footprint.radius_m + b.footprint.radius_m + SEPARATION.horizontal_m


def _excused(apart: Sequence[tuple[Volume4D, Volume4D]], frame: Frame) -> int:
    """How many pairs were judged differently; RuntimeError when the plane's error is no excuse."""
    for a, b in apart:
        reach_m = _reach_m(a, b)
        between_m = shapely.distance(a.footprint.on(frame.plane), b.footprint.on(frame.plane))
        spare = max(leeway(use.footprint, frame) for use in (a, b))
        if abs(between_m - reach_m) > rim_m(reach_m, spare):
            raise RuntimeError(f"{between_m} m where {reach_m} m are required: judged differently")
    return len(apart)
