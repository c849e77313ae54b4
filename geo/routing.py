"""The shortest way on the road network through places that somebody points at.

One-way stretches, and those with a twin, are driven as they are drawn only. Stretches are joined
where their ends lie in one place: roads above each other that share no end are not.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.ops import substring

from geo.crs import geodesic_length_m
from geo.errors import RouteRefused
from geo.network import NetworkIndex, StretchUse
from geo.text import Text

# Ends that should be one differ by the rounding of their coordinates.
_JOINED_M = 0.1

Node = int
"""A place where ends of stretches are joined, by the number of the first of them."""
Lonlat = tuple[float, float]
Stations = Mapping[int, float]
"""A place on the road: planar stations by the numbers of the stretches that pass it."""

_START, _END = -1, -2


@dataclass(frozen=True, slots=True)
class Route:
    """A way on the network: its line in canonical degrees, the pieces of road, its true length."""

    line: LineString
    uses: tuple[StretchUse, ...]
    length_m: float


@dataclass(frozen=True, slots=True)
class _Leg:
    """A piece of a stretch by planar stations; driven backward where it ends before it begins."""

    stretch: int
    from_m: float
    to_m: float

    @property
    def length_m(self) -> float:
        """Planar metres."""
        return abs(self.to_m - self.from_m)


class Router:
    """The network as a graph; built once, then only read."""

    def __init__(self, index: NetworkIndex) -> None:
        self._index = index
        self._ends: list[list[Node]] = _joined(index.ends.ravel()).reshape(-1, 2).tolist()
        self._leaving: dict[Node, list[_Leg]] = defaultdict(list)
        for number, length_m in enumerate(index.planar_m.tolist()):
            for leg in self._both_ways(number, 0.0, length_m):
                self._leaving[self._node_at(number, leg.from_m)].append(leg)

    def route(self, places: Sequence[Lonlat], reach_m: float) -> Route:
        """The shortest way through the places, each put on the road that is nearest to it.

        RouteRefused points to the place that has no road within `reach_m`, or that no way leads to.
        """
        if len(places) < 2:
            raise RouteRefused("too_few_places", _TOO_FEW, "")
        on_road = [self._on_road(number, place, reach_m) for number, place in enumerate(places)]
        legs: list[_Leg] = []
        for number, (start, end) in enumerate(pairwise(on_road), start=1):
            way = self._shortest(start, end)
            if way is None:
                raise RouteRefused("no_way", _NO_WAY, f"/{number}")
            legs += way
        return self._along([leg for leg in legs if leg.length_m > _JOINED_M])

    def _on_road(self, number: int, place: Lonlat, reach_m: float) -> Stations:
        index = self._index
        point = shapely.Point(index.plane.project_positions(np.array([place]))[0])
        near, distance_m = index.tree.query_nearest(
            point, max_distance=reach_m, return_distance=True
        )
        if not len(near):
            words = Text(f"{reach_m:g} m 内没有道路", f"there is no road within {reach_m:g} m")
            raise RouteRefused("no_road_near", words, f"/{number}")
        # the other direction of a road that is drawn twice, and the ends of roads that meet here
        here = index.tree.query(point, "dwithin", distance=float(distance_m[0]) + _JOINED_M)
        stations = shapely.line_locate_point(index.lines[here], point)
        return dict(zip(here.tolist(), stations.tolist(), strict=True))

    def _shortest(self, start: Stations, end: Stations) -> list[_Leg] | None:
        """Dijkstra's search; None when no way leads there."""
        came: dict[Node, tuple[Node, _Leg | None]] = {}
        # the number of the entry decides between ways of equal length
        queue: list[tuple[float, int, Node, Node, _Leg | None]] = [(0.0, 0, _START, _START, None)]
        entries = 1
        while queue:
            length_m, _, node, before, leg = heapq.heappop(queue)
            if node in came:
                continue
            came[node] = before, leg
            if node == _END:
                return _back(came)
            for onward, there in self._onward(node, start, end):
                if there not in came:
                    entry = length_m + onward.length_m, entries, there, node, onward
                    heapq.heappush(queue, entry)
                    entries += 1
        return None

    def _onward(self, node: Node, start: Stations, end: Stations) -> Iterator[tuple[_Leg, Node]]:
        """The legs from a node, or from the start, and where they lead."""
        if node == _START:
            legs: Iterable[_Leg] = (
                leg
                for stretch, at_m in start.items()
                for goal_m in (0.0, float(self._index.planar_m[stretch]))
                for leg in self._allowed(stretch, at_m, goal_m)
            )
        else:
            legs = self._leaving[node]
        for leg in legs:
            low, high = sorted((leg.from_m, leg.to_m))
            if low <= (at_m := end.get(leg.stretch, inf)) <= high:
                yield _Leg(leg.stretch, leg.from_m, at_m), _END
            yield leg, self._node_at(leg.stretch, leg.to_m)

    def _both_ways(self, stretch: int, from_m: float, to_m: float) -> Iterator[_Leg]:
        yield from self._allowed(stretch, from_m, to_m)
        yield from self._allowed(stretch, to_m, from_m)

    def _allowed(self, stretch: int, from_m: float, to_m: float) -> Iterator[_Leg]:
        if from_m <= to_m or not self._index.only_forward[stretch]:
            yield _Leg(stretch, from_m, to_m)

    def _node_at(self, stretch: int, at_m: float) -> Node:
        start, end = self._ends[stretch]
        return start if at_m == 0.0 else end

    def _along(self, legs: Sequence[_Leg]) -> Route:
        if not legs:
            raise RouteRefused("no_length", _NO_LENGTH, "")
        index = self._index
        drawn = [substring(index.lines[leg.stretch], leg.from_m, leg.to_m) for leg in legs]
        positions = index.plane.unproject_positions(shapely.get_coordinates(drawn))
        moved = np.append(True, np.abs(np.diff(positions, axis=0)).max(axis=1) > _SAME_DEGREES)
        line = LineString(positions[moved])
        uses = tuple(
            index.use(
                leg.stretch,
                min(leg.from_m, leg.to_m),
                max(leg.from_m, leg.to_m),
                leg.from_m < leg.to_m,
            )
            for leg in legs
        )
        return Route(line, uses, geodesic_length_m(line))


def _joined(ends: NDArray[np.object_]) -> NDArray[np.intp]:
    """For each end the first of those that it is joined with, however far the chain of them."""
    one, other = shapely.STRtree(ends).query(ends, "dwithin", distance=_JOINED_M)
    first = np.arange(len(ends))
    while True:
        before = first.copy()
        np.minimum.at(first, one, before[other])
        first = first[first]
        if (first == before).all():
            return first


def _back(came: dict[Node, tuple[Node, _Leg | None]]) -> list[_Leg]:
    legs: list[_Leg] = []
    node, leg = came[_END]
    while leg is not None:
        legs.append(leg)
        node, leg = came[node]
    return legs[::-1]


_SAME_DEGREES = 1e-9
_TOO_FEW = Text("路线至少需要两个地点", "a route needs two places or more")
_NO_WAY = Text("按行驶方向无法从上一地点到达", "no way leads there from the place before")
_NO_LENGTH = Text("各地点位于同一处", "the places are one and the same")
