"""From what was asked for to planned volumes: zones looked up, ground lines matched to the network.

Geometry arrives checked and canonical (wire); here it meets the registry. Levels come from the
network, never from the applicant (decision 7).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand
from geo.crs import geodesic_length_m
from geo.footprint import Footprint
from geo.network import Match, NetworkIndex, StretchUse, inside, match_both_ways
from geo.schedule import Schedule
from geo.separation import NONE, Separation
from geo.text import Text
from geo.volume import Volume4D
from service.domain.errors import Malformed, NotFound, Problem
from service.domain.kinds import Direction, Domain, Phase, Use, ZoneKind, ZoneState
from service.domain.place import DeclaredGeometry, PlannedVolume
from service.domain.road import Road
from service.domain.rulepack import LimitKey
from service.domain.zone import Zone
from service.usecases.context import Context
from service.usecases.ports import Tx


@dataclass(frozen=True)
class VolumeRequest:
    """One volume as it was asked for; `pointer` names its place in the payload."""

    pointer: str
    zone_kind: ZoneKind
    zone_id: str | None
    declared: DeclaredGeometry | None
    geometry: BaseGeometry | None
    width_m: float | None
    radius_m: float | None
    altitude: AltitudeBand | None
    use: Use
    direction: Direction
    max_concurrent_vehicles: int | None
    schedule: Schedule


def of_one_domain(
    domain: Domain, phase: Phase, volumes: Sequence[VolumeRequest]
) -> Iterator[Problem]:
    """A problem for the phase and for every volume that is of the other domain."""
    if phase.domain is not domain:
        words = Text("阶段与领域不符", "This phase is of the other domain")
        yield Problem("/phase", "phase_of_other_domain", words)
    for volume in volumes:
        if volume.zone_kind.domain is not domain:
            words = Text("区域类型与领域不符", "This kind of zone is of the other domain")
            yield Problem(f"{volume.pointer}/zone_kind", "kind_of_other_domain", words)


@dataclass(frozen=True)
class Placed:
    """A request with its place in the registry; which roads it runs on is not known yet."""

    request: VolumeRequest
    zone: Zone | None
    volume: Volume4D

    @property
    def line(self) -> LineString | MultiLineString | None:
        """The line to be matched to the network: a ground use that is not an area."""
        core = self.volume.footprint.core
        on_ground = self.request.zone_kind.domain is Domain.ground
        return core if on_ground and isinstance(core, LineString | MultiLineString) else None

    @property
    def runs_on_roads(self) -> bool:
        """True when which roads it runs on has to be found out."""
        return self.line is not None or self.request.zone_kind.on_roads


def place(tx: Tx, ctx: Context, requests: Sequence[VolumeRequest]) -> tuple[Placed, ...]:
    """The places of `requests`, in order; Malformed names every one that cannot be used."""
    problems = [*_oversized(ctx, requests)]
    problems += [problem for request in requests for problem in _problems(tx, request)]
    if problems:
        raise Malformed(problems)
    return tuple(_placed(tx, request) for request in requests)


def plan(
    ctx: Context, placed: Sequence[Placed], roads: Sequence[Road], vehicles: int
) -> tuple[PlannedVolume, ...]:
    """The planned volumes: ground lines matched to `roads`, which hold all that are near them.

    `vehicles` is the number of vehicles applied for, the default of `max_concurrent_vehicles`.
    """
    network = NetworkIndex([road.stretch for road in roads], ctx.frame.plane)
    road_of = {road.id: road for road in roads}
    return tuple(_planned(ctx, one, network, road_of, vehicles) for one in placed)


def resolve(
    tx: Tx, ctx: Context, requests: Sequence[VolumeRequest], vehicles: int
) -> tuple[PlannedVolume, ...]:
    """The planned volumes of `requests`, in order; Malformed names all that cannot be used."""
    placed = place(tx, ctx, requests)
    tolerance_m = ctx.pack.number(LimitKey.match_tolerance_m)
    margin = Separation(tolerance_m, NONE.vertical_m, NONE.time)
    on_roads = [one.volume for one in placed if one.runs_on_roads]
    roads = tx.nearby.near(on_roads, margin, frozenset({Road})).roads
    return plan(ctx, placed, roads, vehicles)


def _oversized(ctx: Context, requests: Sequence[VolumeRequest]) -> Iterator[Problem]:
    most = ctx.pack.number(LimitKey.application_volumes)
    if len(requests) > most:
        words = Text(f"最多 {most:.0f} 个体积", f"There may be {most:.0f} volumes at most")
        yield Problem("/volumes", "too_many_volumes", words)
    most = ctx.pack.number(LimitKey.application_vertices)
    if sum(shapely.get_num_coordinates(request.geometry) for request in requests) > most:
        words = Text(
            f"合计最多 {most:.0f} 个顶点", f"There may be {most:.0f} vertices at most in all"
        )
        yield Problem("/volumes", "too_many_vertices", words)


def _problems(tx: Tx, request: VolumeRequest) -> list[Problem]:
    problems = []
    if request.zone_id is not None:
        problems += _zone_problems(tx, request)
    if request.zone_kind.domain is Domain.ground and request.altitude is not None:
        problems.append(
            Problem(
                f"{request.pointer}/altitude",
                "altitude_on_ground",
                Text("地面区域不填写高度", "Ground volumes have no altitude"),
            )
        )
    heightless = request.altitude is None and request.zone_id is None
    if request.zone_kind.domain is Domain.air and heightless:
        problems.append(
            Problem(
                f"{request.pointer}/altitude",
                "altitude_required",
                Text("空域必须填写高度范围", "An air volume needs its altitudes"),
            )
        )
    return problems


def _zone_problems(tx: Tx, request: VolumeRequest) -> list[Problem]:
    assert request.zone_id is not None, "asked of requests that name a zone"
    pointer = f"{request.pointer}/zone_id"
    zone = tx.zones.find([request.zone_id]).get(request.zone_id)
    # what was never published is not for applicants to know of
    if zone is None or zone.state in (ZoneState.proposed, ZoneState.assessed):
        unknown = NotFound("zone", request.zone_id)
        return [Problem(pointer, "zone_unknown", unknown.message)]
    if not zone.is_open:
        return [Problem(pointer, "zone_not_open", Text("该区域未开放", "This zone is not open"))]
    if zone.zone_kind is not request.zone_kind:
        return [
            Problem(
                pointer,
                "zone_kind_differs",
                Text(
                    f"该区域类型为{zone.zone_kind.title.zh}",
                    f"This zone is of kind {zone.zone_kind}",
                ),
            )
        ]
    if request.geometry is not None and not is_at(zone.volume, request.geometry):
        words = Text("所附几何不是该区域的", "The geometry beside it is not this zone's")
        return [Problem(f"{request.pointer}/geometry", "zone_or_geometry", words)]
    return []


def is_at(volume: Volume4D, drawn: BaseGeometry) -> bool:
    """True when a geometry sent back beside what it follows from is still the same."""
    core = volume.footprint.core
    return bool(shapely.equals_exact(drawn.normalize(), core.normalize(), tolerance=1e-9))


def _placed(tx: Tx, request: VolumeRequest) -> Placed:
    zone = tx.zones.get(request.zone_id) if request.zone_id else None
    footprint = zone.volume.footprint if zone else _footprint(request)
    altitude = request.altitude or (zone.volume.altitude if zone else None)
    return Placed(request, zone, Volume4D(footprint, altitude, None, request.schedule))


def _footprint(request: VolumeRequest) -> Footprint:
    assert request.geometry is not None, "wire lets no request through without zone or geometry"
    half_width = request.width_m / 2 if request.width_m else 0.0
    return Footprint(request.geometry, request.radius_m or half_width)


def _planned(
    ctx: Context,
    placed: Placed,
    network: NetworkIndex,
    road_of: Mapping[str, Road],
    vehicles: int,
) -> PlannedVolume:
    request, zone, volume = placed.request, placed.zone, placed.volume
    if zone is not None and zone.road_ids:
        cited = [road_of[key].stretch for key in zone.road_ids if key in road_of]
        network = NetworkIndex(cited, ctx.frame.plane)
    uses, unmatched_m = _on_network(ctx, placed, network, road_of)
    known = bool(uses) and unmatched_m == 0.0
    levels = frozenset(road_of[use.stretch_id].level for use in uses) if known else None
    return PlannedVolume(
        zone_kind=request.zone_kind,
        zone_id=request.zone_id,
        declared=request.declared,
        width_m=request.width_m if zone is None else zone.width_m,
        volume=replace(volume, levels=levels),
        use=request.use,
        direction=request.direction,
        max_concurrent_vehicles=request.max_concurrent_vehicles or max(vehicles, 1),
        stretches=uses,
        unmatched_m=unmatched_m,
    )


def _on_network(
    ctx: Context, placed: Placed, network: NetworkIndex, road_of: Mapping[str, Road]
) -> tuple[tuple[StretchUse, ...], float]:
    """The stretches a ground line runs on, whichever way, and the metres that run on none.

    Both ways of a one-way stretch are its one; who asks for the other alone is told so.
    """
    if placed.line is None:
        return _in_area(placed, network) if placed.runs_on_roads else ((), 0.0)
    plane, tolerance_m = ctx.frame.plane, ctx.pack.number(LimitKey.match_tolerance_m)
    drawn, turned = match_both_ways(placed.line, network, tolerance_m, plane)
    ways = {Direction.forward: [drawn.uses], Direction.backward: [turned.uses]}
    both = [_but_one_way(*runs, road_of) for runs in ((drawn, turned), (turned, drawn))]
    runs = ways.get(placed.request.direction, both)
    uses = tuple(dict.fromkeys(use for run in runs for use in run))
    if not uses:
        return (), geodesic_length_m(placed.line)
    left = (geodesic_length_m(run.unmatched) if run.unmatched else 0.0 for run in (drawn, turned))
    return uses, max(left)


def _but_one_way(run: Match, other: Match, road_of: Mapping[str, Road]) -> list[StretchUse]:
    """The uses of a line without those against one-way stretches that it keeps to turned round."""
    against = {use.stretch_id for use in other.uses if not use.forward}
    return [
        use
        for use in run.uses
        if use.forward or not road_of[use.stretch_id].oneway or use.stretch_id in against
    ]


def _in_area(placed: Placed, network: NetworkIndex) -> tuple[tuple[StretchUse, ...], float]:
    """All roads in an area that is to be used as road, on every level; how wide it is without any.

    Nothing says which of them will be driven, so that all count; those that can be driven one way
    only are driven that way, whatever is asked for.
    """
    ways = {Direction.forward: (True,), Direction.backward: (False,)}
    asked = ways.get(placed.request.direction, (True, False))
    footprint = placed.volume.footprint
    found = inside(footprint, network)
    turned = {use.stretch_id for use in found if not use.forward}
    uses = tuple(use for use in found if use.forward in asked or use.stretch_id not in turned)
    west, south, east, north = footprint.bounds()
    across = LineString([(west, south), (east, north)])
    return uses, 0.0 if uses else geodesic_length_m(across)
