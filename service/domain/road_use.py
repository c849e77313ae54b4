"""The roads that a volume runs on: where each piece of them lies, which way, on which level.

Matched long before, against the network as it was; a stretch that is no longer known is where the
volume was drawn, and on no known level (decision 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.crs import Plane
from geo.network import StretchUse, doubt_m
from service.domain.place import PlannedVolume
from service.domain.road import Road

NO_ROADS: Mapping[str, Road] = {}
"""Where it is not known of any stretch which road it is."""

_SEGMENT_M = 10.0
_LEAST_M = 0.1


@dataclass(frozen=True)
class RoadUse:
    """A piece of a road that a volume runs on; `drawn` is the volume's own line or area."""

    use: StretchUse
    road: Road | None
    drawn: BaseGeometry
    plane: Plane

    @property
    def level(self) -> int | None:
        """The level of the road; None while that is not known."""
        return self.road.level if self.road else None

    @property
    def against_one_way(self) -> bool:
        """True when it is driven the way that nobody may drive it."""
        return self.road is not None and self.road.oneway and not self.use.forward

    @cached_property
    def piece(self) -> BaseGeometry:
        """Where it lies, in canonical degrees."""
        return self.plane.unproject(self.planar) if self.road else self.drawn

    @cached_property
    def planar(self) -> BaseGeometry:
        """Where it lies, in metres of the plane."""
        if self.road is None:
            return self.plane.project(self.drawn)
        line = self.road.footprint.on(self.plane)
        assert isinstance(line, LineString), "a road is a line"
        start, end = (at / self.road.stretch.length_m for at in (self.use.from_m, self.use.to_m))
        piece = substring(line, start, end, normalized=True)
        return piece if piece.length > _LEAST_M else line

    def surely_on(self, others: Iterable["RoadUse"]) -> BaseGeometry:
        """What of the piece, in canonical degrees, cannot be meant for another above or below.

        The drawn line tells by how much nearer it is to the one than to the others.
        """
        stacked = [o for o in others if None not in (o.level, self.level) and o.level != self.level]
        if not stacked:
            return self.piece
        cuts = shapely.get_coordinates(shapely.segmentize(self.planar, _SEGMENT_M))
        segments = np.asarray(shapely.linestrings(np.stack((cuts[:-1], cuts[1:]), axis=1)))
        middles = shapely.line_interpolate_point(segments, 0.5, normalized=True)
        # all of an area is driven, so that each place in it stands for itself
        is_line = shapely.get_dimensions(self.drawn) == 1
        whole = self.plane.project(self.drawn) if is_line else middles
        nearest = shapely.shortest_line(whole, middles)
        away_m, drawn = shapely.length(nearest), np.asarray(shapely.get_point(nearest, 0))
        lines = np.array([other.planar for other in stacked], dtype=object)
        other_m = shapely.distance(drawn[:, None], lines).min(axis=1)
        surely = segments[abs(other_m - away_m) > doubt_m(np.minimum(other_m, away_m))]
        return self.plane.unproject(shapely.line_merge(shapely.union_all(surely)))

    def drawn_beside(self, tolerance_m: float) -> Sequence[BaseGeometry]:
        """The piece and the parts of the drawn line that run beside it, in canonical degrees."""
        beside = self.planar.buffer(tolerance_m, cap_style="flat")
        parts = shapely.get_parts(shapely.intersection(self.plane.project(self.drawn), beside))
        lines = parts[shapely.length(parts) > _LEAST_M]
        return [self.piece, *(self.plane.unproject(line) for line in lines.tolist())]


def road_uses(
    volume: PlannedVolume, roads: Mapping[str, Road], plane: Plane
) -> tuple[RoadUse, ...]:
    """The roads that the volume runs on, each as it is known today."""
    drawn = volume.volume.footprint.core
    return tuple(RoadUse(use, roads.get(use.stretch_id), drawn, plane) for use in volume.stretches)


def as_of_today(planned: PlannedVolume, roads: Mapping[str, Road]) -> PlannedVolume:
    """The volume on the levels that its roads have today; on none known while one of them is not.

    What was matched keeps the levels of that day, and an import may have raised a road since.
    """
    if not planned.on_network:
        return planned
    cited = {use.stretch_id for use in planned.stretches}
    known = cited <= roads.keys()
    levels = frozenset(roads[key].level for key in cited) if known else None
    return replace(planned, volume=replace(planned.volume, levels=levels))


def beside_common(
    line: PlannedVolume,
    other: PlannedVolume,
    roads: Mapping[str, Road],
    plane: Plane,
    tolerance_m: float,
) -> BaseGeometry:
    """What of a line, in canonical degrees, is not on a road that the other uses there as well.

    Empty where it is all in common, whichever way it is driven. Not told from the line as it is
    drawn alone: it may come back on another road beside the one in common.
    """
    drawn = line.volume.footprint.core
    common = [
        RoadUse(replace(mine, from_m=start, to_m=end), roads.get(mine.stretch_id), drawn, plane)
        for mine in line.stretches
        for theirs in other.stretches
        if mine.stretch_id == theirs.stretch_id
        for start, end in [(max(mine.from_m, theirs.from_m), min(mine.to_m, theirs.to_m))]
        if end - start > _LEAST_M
    ]
    if not common or any(use.road is None for use in common):
        return drawn
    # where it leaves the common road its width still reaches back to it
    margin_m = tolerance_m + line.volume.footprint.radius_m
    near = shapely.union_all([use.planar.buffer(margin_m) for use in common])
    rest = [plane.unproject(shapely.difference(plane.project(drawn), near))]
    for use in road_uses(line, roads, plane):
        if use.road is not None:
            here = [one.planar for one in common if one.use.stretch_id == use.use.stretch_id]
            taken = shapely.union_all([piece.buffer(margin_m) for piece in here])
            rest.append(plane.unproject(shapely.difference(use.planar, taken)))
    return shapely.union_all([part for part in rest if not part.is_empty])


def lines_of(uses: Iterable[RoadUse], tolerance_m: float) -> BaseGeometry:
    """The pieces of road and what is drawn beside them as one, in canonical degrees."""
    return shapely.union_all([part for use in uses for part in use.drawn_beside(tolerance_m)])
