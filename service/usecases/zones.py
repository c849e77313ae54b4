"""Opening places for tests: propose, assess, publish, withdraw (Art. 24-25; CD-ICV-2024 Art. 6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand
from geo.conflict import Verdict, judge
from geo.footprint import Footprint
from geo.schedule import Schedule
from geo.separation import NONE, Separation
from geo.text import Text
from geo.volume import Volume4D
from service.domain.access import INSIDERS, Action, require
from service.domain.errors import Malformed, NotFound, Problem, Stale
from service.domain.journal import Actor
from service.domain.kinds import Direction, Domain, Phase, Use, ZoneKind, ZoneState
from service.domain.permit import Permit
from service.domain.place import DeclaredGeometry, PlannedVolume, always
from service.domain.road import Road
from service.domain.rulepack import LimitKey
from service.domain.zone import Notice, Zone
from service.usecases.context import Context
from service.usecases.permits import in_force_near
from service.usecases.ports import Page, Query, Tx
from service.usecases.volumes import is_at

STEPS = {
    "assess": Action.zone_assess,
    "publish": Action.zone_publish,
    "withdraw": Action.zone_withdraw,
}


@dataclass(frozen=True)
class ZoneRequest:
    """A zone as an authority describes it: stretches of the network, or a geometry of its own."""

    name: Text
    zone_kind: ZoneKind
    road_ids: tuple[str, ...]
    direction: Direction
    declared: DeclaredGeometry | None
    geometry: BaseGeometry | None
    width_m: float | None
    radius_m: float | None
    altitude: AltitudeBand | None
    schedule: Schedule | None
    use: Use
    max_concurrent_vehicles: int
    phases_open: tuple[Phase, ...]
    notice_number: str
    notice_date: date
    district: str | None


def propose(tx: Tx, actor: Actor, ctx: Context, request: ZoneRequest) -> Zone:
    """A new proposed zone; Malformed when a road is unknown or the shape does not fit the kind."""
    require(actor, Action.zone_write)
    zone = described(tx, ctx, request, ctx.new_id(), revision=1, state=ZoneState.proposed)
    tx.zones.add(zone, ctx.deed(actor, "propose"))
    return zone


def edit(
    tx: Tx, actor: Actor, ctx: Context, zone_id: str, request: ZoneRequest, revision: int
) -> Zone:
    """The zone with other content, at the next revision; only before it is published."""
    require(actor, Action.zone_write)
    current = tx.zones.get(zone_id)
    if current.revision != revision:
        raise Stale(current.revision, revision)
    state = current.after("edit").state
    zone = described(tx, ctx, request, zone_id, current.revision + 1, state)
    tx.zones.put(zone, ctx.deed(actor, "edit"))
    return zone


def step(tx: Tx, actor: Actor, ctx: Context, zone_id: str, name: str) -> Zone:
    """The zone after `assess`, `publish` or `withdraw`; IllegalStep from a state without it."""
    require(actor, STEPS[name])
    zone = tx.zones.get(zone_id).after(name)
    tx.zones.put(zone, ctx.deed(actor, name))
    return zone


def get(tx: Tx, actor: Actor, zone_id: str) -> Zone:
    """The zone; those not open to tests are for the authorities' eyes."""
    require(actor, Action.zone_read)
    zone = tx.zones.get(zone_id)
    if not zone.is_open and actor.role not in INSIDERS:
        raise NotFound("zone", zone_id)
    return zone


def page(tx: Tx, actor: Actor, query: Query) -> Page[Zone]:
    """One page of the zones the actor may see."""
    require(actor, Action.zone_read)
    if actor.role not in INSIDERS:
        query = query.only("state", {ZoneState.published})
    return tx.zones.page(query)


def affected(tx: Tx, actor: Actor, ctx: Context, zone_id: str) -> tuple[Permit, ...]:
    """The permits that rest on the zone's place: those a withdrawal would leave uncovered.

    On roads those that use a road it cites, or run beside it. An operator learns of its own only.
    """
    zone = get(tx, actor, zone_id)
    tolerance_m = ctx.pack.number(LimitKey.match_tolerance_m)
    beside = Separation(tolerance_m, 0.0, timedelta(0)) if zone.zone_kind.on_roads else NONE
    return tuple(
        permit
        for permit in in_force_near(tx, actor, ctx, zone.volume, beside)
        if any(_rests(volume, zone, beside, ctx) for volume in permit.content.volumes)
    )


def _rests(volume: PlannedVolume, zone: Zone, beside: Separation, ctx: Context) -> bool:
    if volume.zone_kind is not zone.zone_kind:
        return False
    if any(zone.opens(use, either_way=True) for use in volume.stretches):
        return True
    return judge(volume.volume, zone.volume, beside, ctx.frame).verdict is not Verdict.clear


def described(
    tx: Tx, ctx: Context, request: ZoneRequest, zone_id: str, revision: int, state: ZoneState
) -> Zone:
    """The zone that `request` describes; Malformed names everything that cannot be used."""
    roads = tx.roads.find(request.road_ids)
    problems = _problems(request, roads.keys())
    if problems:
        raise Malformed(problems)
    chain = [roads[road_id] for road_id in request.road_ids]
    volume = Volume4D(
        _footprint(ctx, request, chain),
        request.altitude,
        frozenset(road.level for road in chain) if chain else None,
        request.schedule or always(ctx.frame.zone),
    )
    if chain and request.geometry is not None and not is_at(volume, request.geometry):
        words = Text("所附几何不是这些路段的", "The geometry beside them is not these roads'")
        raise Malformed([Problem("/geometry", "roads_or_geometry", words)])
    return Zone(
        id=zone_id,
        revision=revision,
        state=state,
        name=request.name,
        zone_kind=request.zone_kind,
        volume=volume,
        road_ids=request.road_ids,
        direction=request.direction,
        declared=request.declared,
        width_m=request.width_m,
        use=request.use,
        max_concurrent_vehicles=request.max_concurrent_vehicles,
        phases_open=request.phases_open,
        notice=Notice(request.notice_number, request.notice_date),
        district=request.district,
    )


def _footprint(ctx: Context, request: ZoneRequest, chain: list[Road]) -> Footprint:
    if chain:
        default = ctx.pack.number(LimitKey.zone_half_width_m)
        half_width = request.width_m / 2 if request.width_m else default
        return Footprint(MultiLineString([road.line for road in chain]), half_width)
    assert request.geometry is not None, "wire lets no zone through without roads or geometry"
    half_width = request.width_m / 2 if request.width_m else 0.0
    return Footprint(request.geometry, request.radius_m or half_width)


def _problems(request: ZoneRequest, known: Collection[str]) -> list[Problem]:
    problems = [
        Problem(
            f"/road_ids/{index}",
            "road_unknown",
            Text(f"没有路段 {road_id}", f"There is no road {road_id}"),
        )
        for index, road_id in enumerate(request.road_ids)
        if road_id not in known
    ]
    if request.zone_kind.domain is Domain.air and request.altitude is None:
        problems.append(
            Problem(
                "/altitude",
                "altitude_required",
                Text("低空区域必须填写高度范围", "An air zone needs its altitudes"),
            )
        )
    if request.zone_kind.domain is Domain.ground and request.altitude is not None:
        problems.append(
            Problem(
                "/altitude",
                "altitude_on_ground",
                Text("地面区域不填写高度", "Ground zones have no altitude"),
            )
        )
    strangers = [p for p in request.phases_open if p.domain is not request.zone_kind.domain]
    if strangers:
        problems.append(
            Problem(
                "/phases_open",
                "phase_of_other_domain",
                Text("阶段与区域类型不符", f"{strangers[0]} is no phase of this kind of zone"),
            )
        )
    return problems
