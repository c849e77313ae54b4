"""How far companies of zones hold all of a volume: its place as drawn, and its roads as cited.

A zone that cites roads opens those and no others, however near; one that cites none opens all in
its place. So a road that is used must be cited, or lie in a zone without any (decision 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from shapely import STRtree, distance, get_dimensions, union_all
from shapely.geometry.base import BaseGeometry

from geo.footprint import Footprint
from geo.network import doubt_m
from geo.route import Coverage as Route
from geo.route import Uncovered, coverage
from service.domain.company import Company
from service.domain.place import PlannedVolume
from service.domain.question import Law
from service.domain.road import Road
from service.domain.road_use import RoadUse, road_uses
from service.domain.rulepack import LimitKey
from service.domain.zone import Zone

Parts = tuple[Uncovered, ...]


@dataclass(frozen=True)
class Held:
    """How much of a volume is held, every part that is not, and the levels that may be meant there.

    `doubtful` are levels of roads that nobody opened, above or below one that somebody did.
    """

    length_m: float
    uncovered: Parts
    doubtful: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where a volume lies and on which roads it runs, as zones are held against it."""

    volume: PlannedVolume
    law: Law
    roads: Mapping[str, Road]

    def held_by(self, companies: Sequence[Company]) -> tuple[Held, Company | None]:
        """How far every one of the companies holds all of it, and the first that does not.

        Where there is none, nobody holds anything.
        """
        companies = companies or (Company(()),)
        each = [self._held(company) for company in companies]
        failing = [n for n, held in enumerate(each) if held.uncovered]
        if len(each) == 1 or not failing:
            return self._alike(each), companies[0] if failing else None
        parts = [part for n in failing for part in each[n].uncovered]
        least_m = min(each[n].length_m for n in failing)
        return Held(least_m, self._as_one(parts)), companies[failing[0]]

    @staticmethod
    def _alike(each: Sequence[Held]) -> Held:
        if len(each) == 1:
            return each[0]
        doubtful = frozenset[int]().union(*(held.doubtful for held in each))
        return Held(min(held.length_m for held in each), (), doubtful)

    @cached_property
    def against_one_way(self) -> Parts:
        """The pieces of one-way roads that are driven the wrong way."""
        return tuple(
            Uncovered(use.piece, use.use.to_m - use.use.from_m)
            for use in road_uses(self.volume, self.roads, self.law.frame.plane)
            if use.against_one_way
        )

    @property
    def beside_m(self) -> float:
        """How far the middle of a line may be beside a zone: on roads by what its width leaves."""
        if not self.volume.zone_kind.on_roads:
            return 0.0
        return max(self._tolerance_m - self.volume.volume.footprint.radius_m, 0.0)

    def runs_in(self, zone: Zone) -> bool:
        """True when it may be in the zone: when it uses a road of those that the zone cites."""
        if not (zone.road_ids and self.volume.on_network):
            return True
        return any(zone.opens(use) for use in self.volume.stretches)

    @property
    def _tolerance_m(self) -> float:
        return self.law.pack.number(LimitKey.match_tolerance_m)

    @cached_property
    def _uses(self) -> tuple[RoadUse, ...]:
        """The roads that a zone must open: all but those that none can."""
        if not self.volume.zone_kind.on_roads:
            return ()
        uses = road_uses(self.volume, self.roads, self.law.frame.plane)
        return tuple(use for use in uses if not use.against_one_way)

    def _held(self, company: Company) -> Held:
        uncited, doubtful = self._uncited(company)
        told = (*uncited, *self.against_one_way)
        route = self._as_drawn(company, told)
        length_m = route.covered_length_m - sum(part.length_m for part in told)
        return Held(max(length_m, 0.0), (*uncited, *route.uncovered), doubtful)

    def _uncited(self, company: Company) -> tuple[Parts, frozenset[int]]:
        """The roads used that no zone of the company opens, and on which levels that is in doubt.

        A road that nobody opened may be one above or below it that somebody did.
        """
        cited: list[RoadUse] = []
        others: list[RoadUse] = []
        for use in self._uses:
            is_cited = any(
                zone.opens(use.use, either_way=company.either_way) for zone in company.zones
            )
            (cited if is_cited else others).append(use)
        areas = [zone.volume.footprint for zone in company.zones if not zone.road_ids]
        stacked = _Stacked.of(cited)
        told: dict[tuple[str, float, float], tuple[Parts, bool]] = {}
        parts: list[Uncovered] = []
        doubtful = set[int]()
        for use in others:
            # both ways along a road lie in the same place
            where = (use.use.stretch_id, use.use.from_m, use.use.to_m)
            if where not in told:
                told[where] = self._left_out(use, stacked, areas)
            outside, is_doubtful = told[where]
            parts += outside
            doubtful |= {use.level} if is_doubtful and use.level is not None else set()
        return tuple(parts), frozenset(doubtful)

    def _left_out(
        self, use: RoadUse, cited: "_Stacked", areas: Sequence[Footprint]
    ) -> tuple[Parts, bool]:
        """What of a road that is not cited is surely in no area, and whether that is in doubt."""
        if not self._out(use.piece, areas):
            return (), False
        left = use.surely_on(cited.beside(use))
        outside = () if left.is_empty else self._out(left, areas)
        return outside, not outside

    def _out(self, where: BaseGeometry, areas: Sequence[Footprint]) -> Parts:
        """What of a road lies in none of the areas."""
        road, plane = Footprint(where), self.law.frame.plane
        return coverage(road, areas, self._tolerance_m, plane).uncovered

    def _as_drawn(self, company: Company, told: Iterable[Uncovered]) -> Route:
        """How far the zones hold what was drawn, but for that beside roads already told of.

        Beside roads the match tolerance is added to the zones. A line that is narrower than the
        tolerance is followed along its middle, with what it leaves.
        """
        footprint, plane = self.volume.volume.footprint, self.law.frame.plane
        outers = [zone.volume.footprint for zone in company.zones]
        if not self.volume.zone_kind.on_roads or get_dimensions(footprint.core) == 2:
            return coverage(footprint, outers, 0.0, plane)
        tolerance_m = self._tolerance_m
        beside = [Footprint(part.geometry, tolerance_m + footprint.radius_m) for part in told]
        if footprint.radius_m <= tolerance_m:
            return coverage(Footprint(footprint.core), [*outers, *beside], self.beside_m, plane)
        wider = [Footprint(outer.core, outer.radius_m + tolerance_m) for outer in outers]
        return coverage(footprint, [*wider, *beside], 0.0, plane)

    def _as_one(self, parts: Sequence[Uncovered]) -> Parts:
        """The parts without what several of them have in common, lines and areas each by itself."""
        told: list[Uncovered] = []
        for dimensions in sorted({int(get_dimensions(part.geometry)) for part in parts}):
            alike = [p.geometry for p in parts if get_dimensions(p.geometry) == dimensions]
            told += coverage(Footprint(union_all(alike)), [], 0.0, self.law.frame.plane).uncovered
        return tuple(told)


@dataclass(frozen=True)
class _Stacked:
    """Roads that others may lie above or below, found by where they are."""

    uses: Sequence[RoadUse]
    tree: STRtree

    @classmethod
    def of(cls, uses: Iterable[RoadUse]) -> Self:
        known = [use for use in uses if use.level is not None]
        return cls(known, STRtree([use.planar for use in known]))

    def beside(self, use: RoadUse) -> Sequence[RoadUse]:
        """Those so near that what was drawn for the use may have meant them."""
        away_m = 0.0
        if get_dimensions(use.drawn) == 1:
            away_m = distance(use.plane.project(use.drawn), use.planar) + use.planar.length
        reach_m = 2 * away_m + float(doubt_m(np.array(away_m)))
        near = self.tree.query(use.planar, predicate="dwithin", distance=reach_m)
        return [self.uses[n] for n in near.tolist()]
