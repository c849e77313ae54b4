"""The road network: which stretches a line runs along, from where to where, in which direction.

A stretch is one directed edge. Running along it is a use; a crossing, an end that is merely
touched and a parallel road further away are not. Where roads lie above each other every level is
used, since the line cannot say which: more is reported rather than less.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, inf

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.crs import Plane, Positions, geodesic_length_m
from geo.footprint import Footprint
from geo.lines import lines_of, refuse_bad_tolerance

# A line is matched in pieces of this length at most, each with one bearing.
_PIECE_M = 10.0
_COS_OF_45_DEGREES = 0.7071
# A use shorter than this, and than half of the stretch, is an end that is touched.
_TOUCHED_M = 10.0
# A run that goes aside by more than a third of its length crosses the stretch; one that goes from
# side to side of the tolerance does so at less, but for what was drawn along it and askew.
_CROSSING_SLOPE = 0.35
_ASKEW_SLOPE = 0.09
_FROM_SIDE_TO_SIDE = 1.5
# The nearest stretch is used, and those in its place: drawn twice, or stacked on levels, where
# a line leaves the more doubt the further it is from the nearest.
_SAME_PLACE_M = 0.5
_STACKED_M = 5.0
_SNAP_M = 0.5
_FINE_M = 0.001

_AS_DRAWN, _TURNED = False, True

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Geometries = NDArray[np.object_]
# The numbers of pieces, and beside each the number of a stretch near it.
Pairs = NDArray[np.intp]


@dataclass(frozen=True)
class Stretch:
    """One directed edge of the network; `level` is above 0 on bridges, below in tunnels.

    What an index needs of it is computed once, so that an index of hundreds is made in no time.
    """

    id: str
    line: BaseGeometry
    level: int
    oneway: bool
    road_class: str
    lanes: int | None

    def __post_init__(self) -> None:
        if not isinstance(self.line, LineString) or self.line.length == 0:
            raise ValueError(f"stretch {self.id} is no line of any length")

    def on(self, plane: Plane) -> BaseGeometry:
        """The line in metres of the plane."""
        return self._footprint.on(plane)

    @cached_property
    def length_m(self) -> float:
        """The true length in metres."""
        return geodesic_length_m(self.line)

    @cached_property
    def drawn(self) -> tuple[bytes, bytes]:
        """What tells two stretches drawn alike: the positions as they come, and turned round."""
        positions = shapely.get_coordinates(self.line).round(7)
        return positions.tobytes(), positions[::-1].tobytes()

    @cached_property
    def _footprint(self) -> Footprint:
        return Footprint(self.line)


@dataclass(frozen=True, slots=True)
class StretchUse:
    """A piece of a stretch, in metres along it, and whether it is used in its own direction."""

    stretch_id: str
    from_m: float
    to_m: float
    forward: bool

    def __post_init__(self) -> None:
        if not 0 <= self.from_m < self.to_m:
            raise ValueError(f"no piece of a stretch from {self.from_m} to {self.to_m} m")


@dataclass(frozen=True, slots=True)
class Match:
    """The stretches that a line runs along, as it meets them, and what of it runs along none."""

    uses: tuple[StretchUse, ...]
    unmatched: BaseGeometry | None


class NetworkIndex:
    """The stretches of a network on a plane, ready to be searched; built once, then only read.

    ValueError when two stretches have one id: a use would be of either.
    """

    def __init__(self, stretches: Sequence[Stretch], plane: Plane) -> None:
        self.stretches = tuple(stretches)
        for name, times in Counter(stretch.id for stretch in self.stretches).items():
            if times > 1:
                raise ValueError(f"{times} stretches have the id {name}")
        self.plane = plane
        self.lines: Geometries = np.array([each.on(plane) for each in self.stretches], np.object_)
        self.tree = shapely.STRtree(self.lines)
        self.planar_m: Floats = shapely.length(self.lines)
        self.true_m: Floats = np.array([stretch.length_m for stretch in self.stretches])
        self.closed: Flags = shapely.is_closed(self.lines)
        self.levels = np.array([stretch.level for stretch in self.stretches], dtype=np.intp)
        self.ends: Geometries = np.array([shapely.get_point(self.lines, n) for n in (0, -1)]).T
        # one that also exists the other way round is never used backward
        there = {stretch.drawn[0] for stretch in self.stretches}
        self.only_forward: Flags = np.array(
            [stretch.oneway or stretch.drawn[1] in there for stretch in self.stretches], np.bool_
        )

    def use(self, at: int, from_m: float, to_m: float, forward: bool) -> StretchUse:
        """The use of a stretch, by its number and planar stations; whole where an end is near."""
        planar_m, true_m = float(self.planar_m[at]), float(self.true_m[at])
        return StretchUse(
            self.stretches[at].id,
            0.0 if from_m < _SNAP_M else float(from_m) / planar_m * true_m,
            true_m if to_m > planar_m - _SNAP_M else float(to_m) / planar_m * true_m,
            bool(forward),
        )

    def laps_m(self, at: NDArray[np.intp], step_m: Floats) -> Floats:
        """The whole laps in steps between stations; a closed stretch is taken the shorter way."""
        return self.closed[at] * np.rint(step_m / self.planar_m[at]) * self.planar_m[at]

    def nearest_distance_m(self, points: Positions) -> Floats:
        """Metres from each canonical position, shape (n, 2), to the nearest stretch; else inf."""
        if not self.stretches:
            return np.full(len(points), inf)
        planar = np.asarray(shapely.points(self.plane.project_positions(points)))
        return np.asarray(shapely.distance(planar, self.lines[self.tree.nearest(planar)]))


def match(
    line: BaseGeometry,
    stretches: NetworkIndex | Sequence[Stretch],
    tolerance_m: float,
    plane: Plane,
) -> Match:
    """The pieces of stretches that the line runs along: within the tolerance, bearing within 45°.

    A two-way stretch without a twin is used in the direction of the line. A one-way stretch, or one
    with a twin, is used backward only where no other is near.
    """
    (found,) = _matched(line, stretches, tolerance_m, plane, (_AS_DRAWN,))
    return found


def match_both_ways(
    line: BaseGeometry,
    stretches: NetworkIndex | Sequence[Stretch],
    tolerance_m: float,
    plane: Plane,
) -> tuple[Match, Match]:
    """The line matched as it is drawn and matched turned round, at little more than one's cost."""
    drawn, turned = _matched(line, stretches, tolerance_m, plane, (_AS_DRAWN, _TURNED))
    return drawn, turned


def doubt_m(nearest_m: Floats) -> Floats:
    """How much further than the nearest a road of another level may be: more, if that is far."""
    return nearest_m.clip(_SAME_PLACE_M, _STACKED_M)


def inside(footprint: Footprint, index: NetworkIndex) -> tuple[StretchUse, ...]:
    """Every piece of road that lies in a footprint, in the directions in which it may be driven.

    For a use that may run on all of an area; a road that only touches it is no piece.
    """
    area = footprint.widened(index.plane, 0.0)
    found: list[StretchUse] = []
    covered = set(index.tree.query(area, predicate="covers").tolist())
    for at in np.sort(index.tree.query(area, predicate="intersects")).tolist():
        ways = (True,) if index.only_forward[at] else (True, False)
        whole = [[0.0, float(index.planar_m[at])]] if at in covered else None
        for from_m, to_m in whole or _stations_within(index.lines[at], area):
            found += (index.use(at, from_m, to_m, way) for way in ways if to_m - from_m > _SNAP_M)
    return tuple(found)


def _stations_within(line: LineString, area: BaseGeometry) -> list[list[float]]:
    """From where to where a line lies in an area; edge by edge, since a line may meet itself."""
    drawn = shapely.get_coordinates(line)
    edges = shapely.linestrings(np.stack((drawn[:-1], drawn[1:]), axis=1))
    parts, edge = shapely.get_parts(shapely.intersection(edges, area), return_index=True)
    some, begins_m = shapely.length(parts) > 0, np.append(0.0, shapely.length(edges).cumsum())
    parts, edge = parts[some], edge[some]
    from_m = begins_m[edge] + shapely.distance(shapely.points(drawn[edge]), parts)
    spans = np.sort(np.column_stack((from_m, from_m + shapely.length(parts))), axis=0)
    parted = np.flatnonzero(spans[1:, 0] > spans[:-1, 1] + _FINE_M) + 1
    return [[run[0, 0], run[-1, 1]] for run in np.split(spans, parted) if len(run)]


def _matched(
    line: BaseGeometry,
    stretches: NetworkIndex | Sequence[Stretch],
    tolerance_m: float,
    plane: Plane,
    ways: tuple[bool, ...],
) -> list[Match]:
    """One match for each way."""
    refuse_bad_tolerance(tolerance_m, zero=False)
    index = stretches if isinstance(stretches, NetworkIndex) else NetworkIndex(stretches, plane)
    if index.plane != plane:
        raise ValueError("the network lies on another plane")
    uses: dict[bool, list[StretchUse]] = {way: [] for way in ways}
    left: dict[bool, list[BaseGeometry]] = {way: [] for way in ways}
    for part in (each for each in lines_of(line) if each.length > 0):
        drawn = _Pieces.of(plane.project(part), index, tolerance_m)
        near = index.tree.query(drawn.middles, "dwithin", distance=tolerance_m)
        beside_drawn = _alongside(drawn, index, near)
        for way in ways:
            pieces = drawn.turned() if way is _TURNED else drawn
            beside = _turned_beside(beside_drawn, drawn) if way is _TURNED else beside_drawn
            runs = _runs(_nearest(beside, index), pieces, index, tolerance_m)
            runs = runs[_is_use(runs, index, tolerance_m)]
            uses[way] += (use for run in runs for use in _by_lap(run, index))
            left[way] += _left_over(drawn, near, runs["stretch"])
    return [Match(tuple(uses[way]), _joined(left[way], plane)) for way in ways]


def _by_lap(run: np.void, index: NetworkIndex) -> list[StretchUse]:
    """The uses of a run as they are driven: one, but of a closed stretch one for each lap begun."""
    lap_m = index.planar_m[run["stretch"]]
    starts_m = np.arange(floor(run["from_m"] / lap_m), ceil(run["to_m"] / lap_m)) * lap_m
    spans = (np.array([[run["from_m"]], [run["to_m"]]]) - starts_m).clip(0, lap_m).T
    return [
        index.use(run["stretch"], from_m, to_m, run["forward"])
        for from_m, to_m in spans[:: 1 if run["forward"] else -1].tolist()
        if to_m - from_m >= min(_SNAP_M, (run["to_m"] - run["from_m"]) / 2)
    ]


def _joined(left: list[BaseGeometry], plane: Plane) -> BaseGeometry | None:
    """What is left of a line, in degrees; None when nothing is."""
    return plane.unproject(shapely.union_all(left).simplify(_FINE_M)) if left else None


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A line cut at its vertices, at the ends of the stretches near it and every few metres."""

    at_m: Floats
    positions: Positions

    @classmethod
    def of(cls, line: LineString, index: NetworkIndex, tolerance_m: float) -> "_Pieces":
        """The pieces of a planar line; n cuts make n - 1 pieces."""
        drawn = shapely.get_coordinates(line)
        corners = np.concatenate(([0.0], np.hypot(*np.diff(drawn, axis=0).T).cumsum()))
        near = index.tree.query(line, "dwithin", distance=tolerance_m)
        ends = shapely.line_locate_point(line, index.ends[near].ravel())
        even = np.arange(0, line.length, _PIECE_M)
        at_m = np.unique(np.concatenate((corners, ends, even)).round(3))
        return cls(at_m, np.column_stack([np.interp(at_m, corners, axis) for axis in drawn.T]))

    def turned(self) -> "_Pieces":
        """The same pieces of the line turned round."""
        return _Pieces((self.at_m[-1] - self.at_m)[::-1], self.positions[::-1])

    @property
    def middles(self) -> Geometries:
        """The places at which the pieces are compared."""
        return np.asarray(shapely.points((self.positions[:-1] + self.positions[1:]) / 2))


# A piece beside a stretch, or a run of them from one piece to another: stations along the stretch,
# the distance to its left side where the run begins and ends, and how far away its middle is.
_BESIDE = np.dtype(
    [("piece", np.intp), ("last", np.intp), ("stretch", np.intp), ("forward", np.bool_)]
    + [(name, np.float64) for name in ("from_m", "to_m", "side", "last_side", "away")]
)
Beside = NDArray[np.void]


def _alongside(pieces: _Pieces, index: NetworkIndex, near: Pairs) -> Beside:
    """Of the pairs of a piece and a stretch near it those that run along each other, either way."""
    piece, stretch = near
    cuts = np.asarray(shapely.points(pieces.positions))
    begins_m, ends_m = (
        shapely.line_locate_point(index.lines[stretch], cuts[at]) for at in (piece, piece + 1)
    )
    # the progress along the stretch is the cosine of the angle between the two
    step_m = ends_m - begins_m
    step_m -= index.laps_m(stretch, step_m)
    progress = step_m / (pieces.at_m[piece + 1] - pieces.at_m[piece])
    along = np.abs(progress) >= _COS_OF_45_DEGREES
    piece, stretch, progress = piece[along], stretch[along], progress[along]
    begins_m, ends_m, step_m = begins_m[along], ends_m[along], step_m[along]
    lines = index.lines[stretch]
    foot, last_foot = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, m))
        for m in (begins_m, ends_m)
    )
    way = last_foot - foot
    beside = np.empty(len(piece), _BESIDE)
    beside["piece"] = beside["last"] = piece
    beside["stretch"] = stretch
    beside["forward"] = progress > 0
    beside["from_m"] = begins_m + step_m.clip(max=0)
    beside["to_m"] = begins_m + step_m.clip(min=0)
    beside["side"] = _left_of(way, pieces.positions[piece] - foot)
    beside["last_side"] = _left_of(way, pieces.positions[piece + 1] - last_foot)
    beside["away"] = shapely.distance(pieces.middles[piece], lines)
    return beside


def _turned_beside(beside: Beside, pieces: _Pieces) -> Beside:
    """What runs beside the line, seen by one who goes the other way."""
    turned: Beside = beside.copy()
    turned["piece"] = turned["last"] = len(pieces.at_m) - 2 - beside["piece"]
    turned["forward"] = ~beside["forward"]
    turned["side"], turned["last_side"] = -beside["last_side"], -beside["side"]
    return turned


def _left_of(along: Positions, offset: Positions) -> Floats:
    """How far an offset points to the left of a direction."""
    length = np.hypot(along[:, 0], along[:, 1])
    cross = along[:, 0] * offset[:, 1] - along[:, 1] * offset[:, 0]
    return np.divide(cross, length, out=np.zeros_like(cross), where=length > 0)


def _nearest(beside: Beside, index: NetworkIndex) -> Beside:
    """Of the stretches beside each piece the nearest, and those that share its place."""
    right_way = beside["forward"] | ~index.only_forward[beside["stretch"]]
    beside = beside[right_way | ~np.isin(beside["piece"], beside["piece"][right_way])]
    beside = beside[np.lexsort((beside["away"], beside["piece"]))]
    _, first, of_piece = np.unique(beside["piece"], return_index=True, return_inverse=True)
    nearest = first[of_piece]
    further_m = beside["away"] - beside["away"][nearest]
    level = index.levels[beside["stretch"]]
    stacked = (level != level[nearest]) & (further_m <= doubt_m(beside["away"][nearest]))
    return np.asarray(beside[stacked | (further_m <= _SAME_PLACE_M)])


def _runs(beside: Beside, pieces: _Pieces, index: NetworkIndex, tolerance_m: float) -> Beside:
    """The pieces that follow each other beside one stretch as one, in the order of the line."""
    if not len(beside):
        return beside
    beside = beside[np.lexsort((beside["piece"], beside["forward"], beside["stretch"]))]
    now, before = beside[1:], beside[:-1]
    gap_m = pieces.at_m[now["piece"]] - pieces.at_m[before["piece"] + 1]
    parted = (
        (now["stretch"] != before["stretch"])
        | (now["forward"] != before["forward"])
        | (gap_m > tolerance_m)
    )
    firsts = np.flatnonzero(np.concatenate(([True], parted)))
    lasts = np.flatnonzero(np.concatenate((parted, [True])))
    # past the start of a closed stretch stations go on: below 0, or above its length
    passed_m = index.laps_m(now["stretch"], now["from_m"] - before["from_m"])
    passed_m = np.append(0.0, passed_m).cumsum()
    passed_m -= np.repeat(passed_m[firsts], lasts + 1 - firsts)
    runs = beside[firsts]
    runs["last"], runs["last_side"] = beside["last"][lasts], beside["last_side"][lasts]
    runs["from_m"] = np.minimum.reduceat(beside["from_m"] - passed_m, firsts)
    runs["to_m"] = np.maximum.reduceat(beside["to_m"] - passed_m, firsts)
    return runs[np.argsort(runs["piece"], kind="stable")]


def _is_use(runs: Beside, index: NetworkIndex, tolerance_m: float) -> Flags:
    """Which runs are neither a crossing nor an end that is merely touched."""
    length_m = runs["to_m"] - runs["from_m"]
    enough_m = np.minimum(_TOUCHED_M, index.planar_m[runs["stretch"]] / 2)
    drift_m = np.abs(runs["last_side"] - runs["side"])
    slope = np.where(drift_m > _FROM_SIDE_TO_SIDE * tolerance_m, _ASKEW_SLOPE, _CROSSING_SLOPE)
    return np.asarray((length_m >= enough_m) & (drift_m <= slope * length_m))


def _left_over(pieces: _Pieces, near: Pairs, used: NDArray[np.intp]) -> Iterator[BaseGeometry]:
    """The parts of the line that are near no stretch it uses."""
    piece, stretch = near
    left = np.setdiff1d(np.arange(len(pieces.at_m) - 1), piece[np.isin(stretch, used)])
    for run in np.split(left, np.flatnonzero(np.diff(left) > 1) + 1):
        if len(run):
            yield LineString(pieces.positions[run[0] : run[-1] + 2])
