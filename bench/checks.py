"""A whole check against the bare exact predicates on its true candidates, in turn, in one process.

The baseline is what no check can do without: planar geometries already in memory, the asked line
prepared, `intersects` then `dwithin` on every candidate that meets it in place, height and time,
and the difference of the asked line and the zones. The check adds matching to the network, the
store, the law and the words.
"""

import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median

import shapely
from shapely import LineString, MultiLineString

from bench.imports import OFFICE, import_roads
from bench.machine import Figure, spread
from bench.places import dice, registry
from geo.footprint import Footprint
from geo.network import StretchUse
from geo.schedule import Schedule
from geo.separation import NONE
from geo.volume import Volume4D
from service.api.deps import Registry
from service.domain.kinds import Direction, Domain, PermitState, Phase, Use, ZoneKind, ZoneState
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Surroundings
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.zone import Zone
from service.usecases.checks import CheckRequest, run
from service.usecases.context import Context
from service.usecases.ports import Query
from service.usecases.volumes import VolumeRequest
from tests.builders import a_content, a_permit, a_schedule, a_zone

ZONES, PERMITS, QUESTIONS = 500, 2_000, 200
GOAL = 5.0


def figures() -> Iterator[Figure]:
    """The ratio on SQLite and on PostGIS."""
    for engine in ("SQLite", "PostGIS"):
        with registry(engine) as made:
            import_roads(made)
            roads = _all_roads(made)
            _open_zones(made, roads)
            _issue_permits(made, roads)
            asked = _questions(made.context(), roads)
            ratio, whole, bare = _measured(made, asked)
        value = f"{ratio:.1f}x; check {spread(whole, 'ms', 1e3)}, bare {spread(bare, 'ms', 1e3)}"
        name = f"check against {len(roads)} roads, {ZONES} zones, {PERMITS} permits, {engine}"
        yield Figure(name, value, f"<= {GOAL:.0f}x", ratio <= GOAL)


def _all_roads(made: Registry) -> Sequence[Road]:
    roads: list[Road] = []
    with made.store.read() as tx:
        page = tx.roads.page(Query(limit=5_000))
        roads += page.items
        while page.next is not None:
            page = tx.roads.page(Query(limit=5_000, cursor=page.next))
            roads += page.items
    return roads


def _chains(roads: Sequence[Road], chance: random.Random, count: int) -> Iterator[list[Road]]:
    """Walks of three to eight stretches, each beginning where the one before ends."""
    following: dict[tuple[float, float], list[Road]] = {}
    for road in roads:
        following.setdefault(road.line.coords[0], []).append(road)
    for _ in range(count):
        chain = [chance.choice(roads)]
        for _ in range(chance.randint(2, 7)):
            onward = [r for r in following.get(chain[-1].line.coords[-1], ()) if r not in chain]
            if not onward:
                break
            chain.append(chance.choice(onward))
        yield chain


def _open_zones(made: Registry, roads: Sequence[Road]) -> None:
    ctx = made.context()
    zones = [
        a_zone(
            state=ZoneState.published,
            zone_kind=ZoneKind.urban_road,
            road_ids=tuple(road.id for road in chain),
            volume=_volume(chain, 15.0, a_schedule(start=ctx.now - timedelta(days=1), end=None)),
            phases_open=(Phase.road_test,),
            max_concurrent_vehicles=50,
        )
        for chain in _chains(roads, dice(1), ZONES)
    ]
    with made.store.write() as tx:
        tx.zones.add_all(zones, ctx.deed(OFFICE, "publish"))


def _issue_permits(made: Registry, roads: Sequence[Road]) -> None:
    ctx, chance = made.context(), dice(2)
    permits = []
    for chain in _chains(roads, chance, PERMITS):
        start = ctx.now + timedelta(days=chance.randint(0, 300))
        schedule = a_schedule(start=start, end=start + timedelta(days=21))
        volume = PlannedVolume(
            zone_kind=ZoneKind.urban_road,
            zone_id=None,
            declared=None,
            width_m=20.0,
            volume=_volume(chain, 10.0, schedule),
            use=Use.exclusive if chance.random() < 0.1 else Use.shared,
            direction=Direction.both,
            max_concurrent_vehicles=2,
            stretches=tuple(StretchUse(r.id, 0.0, r.length_m, True) for r in chain),
        )
        content = a_content(volumes=(volume,), valid_from=start, valid_to=schedule.end)
        permits.append(a_permit(state=PermitState.active, content=content))
    with made.store.write() as tx:
        tx.permits.add_all(permits, ctx.deed(OFFICE, "issue"))


def _volume(chain: Sequence[Road], half_width_m: float, schedule: Schedule) -> Volume4D:
    core = MultiLineString([road.line for road in chain])
    levels = frozenset(road.level for road in chain)
    return Volume4D(Footprint(core, half_width_m), None, levels, schedule)


def _questions(ctx: Context, roads: Sequence[Road]) -> list[CheckRequest]:
    """Requests along other walks than those of the permits."""
    chance, asked = dice(3), []
    for chain in _chains(roads, chance, QUESTIONS):
        start = ctx.now + timedelta(days=chance.randint(0, 300))
        positions = [p for road in chain for p in road.line.coords]
        line = LineString(list(dict.fromkeys(positions)))
        volume = VolumeRequest(
            pointer="/volumes/0",
            zone_kind=ZoneKind.urban_road,
            zone_id=None,
            declared=None,
            geometry=line,
            width_m=20.0,
            radius_m=None,
            altitude=None,
            use=Use.shared,
            direction=Direction.both,
            max_concurrent_vehicles=2,
            schedule=a_schedule(start=start, end=start + timedelta(days=21)),
        )
        asked.append(CheckRequest(Domain.ground, Phase.road_test, (volume,)))
    return asked


def _measured(
    made: Registry, asked: Sequence[CheckRequest]
) -> tuple[float, list[float], list[float]]:
    """The median of check over bare, question by question, after one round that fills the cache."""
    ctx, whole, bare = made.context(), [], []
    for request in asked:
        _whole(made, ctx, request)
    for request in asked:
        near = _candidates(made, request)
        whole.append(_whole(made, ctx, request))
        bare.append(_bare(ctx, request, near))
    return median(w / b for w, b in zip(whole, bare, strict=True)), whole, bare


def _whole(made: Registry, ctx: Context, request: CheckRequest) -> float:
    start = time.perf_counter()
    with made.store.read() as tx:
        run(tx, OFFICE, ctx, request)
    return time.perf_counter() - start


def _candidates(made: Registry, request: CheckRequest) -> Surroundings:
    (volume,) = request.volumes
    asked = Volume4D(Footprint(volume.geometry, 10.0), None, None, volume.schedule)
    with made.store.read() as tx:
        return tx.nearby.near([asked], NONE, frozenset({Zone, Restriction, Permit}))


def _bare(ctx: Context, request: CheckRequest, near: Surroundings) -> float:
    """The exact predicates and the difference, on geometries that are already planar."""
    plane = ctx.frame.plane
    (volume,) = request.volumes
    mine = Footprint(volume.geometry, 10.0).on(plane)
    theirs = [v.volume.footprint for p in near.permits for v in p.content.volumes]
    cores = [(footprint.on(plane), footprint.radius_m) for footprint in theirs]
    zones = [(z.volume.footprint.on(plane), z.volume.footprint.radius_m) for z in near.zones]
    start = time.perf_counter()
    shapely.prepare(mine)
    for core, radius_m in cores:
        if not shapely.intersects(mine, core):
            shapely.dwithin(mine, core, 10.0 + radius_m)
    rest = mine
    for core, radius_m in zones:
        if shapely.dwithin(mine, core, radius_m):
            rest = shapely.difference(rest, shapely.buffer(core, radius_m))
    return time.perf_counter() - start
