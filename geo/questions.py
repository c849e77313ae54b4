"""The two questions the package is made for: may this happen beside those; may this be driven?

Everything that stands against it is told, in one order, with its witness; nothing is looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.conflict import Judgement, Verdict, judge
from geo.footprint import Footprint
from geo.frame import Frame
from geo.handovers import Passage, passages
from geo.lines import lines_of
from geo.network import Match, NetworkIndex, StretchUse, match
from geo.route import Coverage, coverage
from geo.screening import screen
from geo.separation import NONE, Separation
from geo.volume import Volume4D

_GRAVITY = {Verdict.conflict: 0, Verdict.indeterminate: 1}


@dataclass(frozen=True, slots=True)
class Hit:
    """A volume that is met, by its number, and how."""

    number: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class RouteCheck:
    """Whether a route lies in zones, which restrictions it meets, and how it runs on the roads.

    `road` is None where no network was asked; what of the route is off every road is `unmatched`
    there. `wrong_way` is the road driven against its one direction.
    """

    coverage: Coverage
    passages: tuple[Passage, ...]
    restrictions: tuple[Hit, ...]
    road: Match | None
    wrong_way: tuple[StretchUse, ...]


def check(
    volume: Volume4D,
    others: Sequence[Volume4D],
    separation: Separation,
    frame: Frame,
    *,
    level_matters: bool = False,
) -> tuple[Hit, ...]:
    """Every other volume that conflicts, or may, with its witness: gravest and nearest first.

    Empty when all of them are surely clear. See `conflict.judge` for what a verdict means and
    `index.VolumeIndex` for others that are many.

    >>> from datetime import datetime, UTC
    >>> import shapely
    >>> from geo import Extent, Ground, Plane, Schedule
    >>> city = Extent(102.9, 30.0, 104.95, 31.5)
    >>> frame = Frame(Plane.around(city), city, "Asia/Shanghai", Ground(), calendar=None)
    >>> always = Schedule(datetime(2026, 12, 1, tzinfo=UTC), None, "Asia/Shanghai")
    >>> here, there = (
    ...     Volume4D(Footprint(shapely.Point(lon, 30.66), 500), None, None, always)
    ...     for lon in (104.06, 104.10)
    ... )
    >>> [hit.number for hit in check(here, [there, here], NONE, frame)]
    [1]
    """
    met = screen(volume, others, separation, frame, level_matters=level_matters)
    hits = (
        Hit(number, judge(volume, others[number], separation, frame, level_matters=level_matters))
        for number in (*met.conflict.tolist(), *met.indeterminate.tolist())
    )
    return tuple(sorted(hits, key=_order))


def check_route(
    route: Volume4D,
    zones: Sequence[Footprint],
    restrictions: Sequence[Volume4D],
    tolerance_m: float,
    frame: Frame,
    network: NetworkIndex | None = None,
    *,
    separation: Separation = NONE,
    level_matters: bool = False,
) -> RouteCheck:
    """Where a route leaves the zones, through which it leads, what it meets and how it is driven.

    `zones` are those that are open to it; how far it may be beside them, and beside the roads of
    the network, is `tolerance_m`: as a rule the accuracy of its positions and half of the lanes.
    From restrictions it must keep the separation; see `check` for what is told of them.

    GeometryRefused ("not_a_line") unless the route is a line; ValueError when the tolerance is
    negative, or 0 beside a network.

    >>> from datetime import datetime, UTC
    >>> import shapely
    >>> from geo import Extent, Ground, Plane, Schedule
    >>> city = Extent(102.9, 30.0, 104.95, 31.5)
    >>> frame = Frame(Plane.around(city), city, "Asia/Shanghai", Ground(), calendar=None)
    >>> always = Schedule(datetime(2026, 12, 1, tzinfo=UTC), None, "Asia/Shanghai")
    >>> line = Footprint(shapely.LineString([(104.02, 30.65), (104.08, 30.65)]))
    >>> zone = Footprint(shapely.box(104.00, 30.60, 104.06, 30.70))
    >>> found = check_route(Volume4D(line, None, None, always), [zone], [], 5.0, frame)
    >>> [round(part.length_m) for part in found.coverage.uncovered]
    [1912]
    """
    core = route.footprint.core
    lines_of(core)
    road: Match | None = None
    wrong_way: tuple[StretchUse, ...] = ()
    if network is not None:
        road = match(core, network, tolerance_m, frame.plane)
        oneway = {stretch.id for stretch in network.stretches if stretch.oneway}
        wrong_way = tuple(u for u in road.uses if not u.forward and u.stretch_id in oneway)
    return RouteCheck(
        coverage(Footprint(core), zones, tolerance_m, frame.plane),
        passages(core, zones, tolerance_m, frame.plane),
        check(route, restrictions, separation, frame, level_matters=level_matters),
        road,
        wrong_way,
    )


def _order(hit: Hit) -> tuple[int, float, int]:
    judged = hit.judgement
    return _GRAVITY[judged.verdict], judged.horizontal_distance_m or 0.0, hit.number
