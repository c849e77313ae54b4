"""The road network: rings, radials, two street grids and a test track, cut where they meet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sin

from tools.city.curves import XY, Ray, Ring, bearing_of, cut, length_m, polar, stadium

Name = tuple[str, str]


@dataclass(frozen=True)
class Stretch:
    """One road as drawn; `level` is 1 on a bridge and -1 in a tunnel."""

    id: str
    name: Name
    road_class: str
    lanes: int
    line: tuple[XY, ...]
    level: int = 0


@dataclass(frozen=True)
class RingRoad:
    """A ring, or the part of one from `start` clockwise to `end`."""

    id: str
    name: Name
    road_class: str
    lanes: int
    ring: Ring
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class Radial:
    """A road outwards: from which ring, and its class from ring to ring."""

    id: str
    name: Name
    ray: Ray
    first: int
    classes: tuple[str, ...]
    end_m: float

    def meets(self, road: RingRoad) -> bool:
        """True when it is long enough to come to a ring."""
        return self.ray.meets(road.ring) <= self.end_m


ARTERIAL, SECONDARY, BRANCH = "urban_arterial", "urban_secondary", "urban_branch"
FAST, MOTORWAY, HIGHWAY, PARK = "urban_expressway", "expressway", "national_highway", "park_road"
LANES = {ARTERIAL: 6, SECONDARY: 4, BRANCH: 2, FAST: 8, MOTORWAY: 8, HIGHWAY: 4, PARK: 2}

RINGS = (
    RingRoad("r0", ("内环路", "Inner Ring Road"), SECONDARY, 4, Ring(1_150, 0.02)),
    RingRoad("r1", ("一环路", "First Ring Road"), ARTERIAL, 6, Ring(2_350, 0.025)),
    RingRoad("r2", ("二环路", "Second Ring Road"), FAST, 6, Ring(4_450)),
    RingRoad("rm", ("中环路", "Middle Ring Road"), ARTERIAL, 6, Ring(6_300)),
    RingRoad("r3", ("三环路", "Third Ring Road"), FAST, 8, Ring(8_300)),
    RingRoad("r4", ("绕城高速", "Ring Expressway"), MOTORWAY, 8, Ring(13_200)),
)
ARCS = (
    RingRoad("ae", ("蓉东大道", "Rongdong Avenue"), SECONDARY, 4, Ring(10_700), "ne", "se"),
    RingRoad("aw", ("蓉西大道", "Rongxi Avenue"), SECONDARY, 4, Ring(10_700), "sw", "nw"),
    RingRoad("ap", ("东进大道", "Dongjin Avenue"), ARTERIAL, 6, Ring(16_300), "e2", "e3"),
)


def _radial(
    key: str, zh: str, en: str, bearing: float, bend: float, first: int, outer: str, end_m: float
) -> Radial:
    inner = [SECONDARY, SECONDARY, ARTERIAL, ARTERIAL, ARTERIAL, ARTERIAL][first:]
    return Radial(key, (zh, en), Ray(bearing, bend), first, (*inner, outer), end_m)


def _street(key: str, zh: str, en: str, bearing: float) -> Radial:
    """A lesser street from the first ring to the third."""
    classes = (BRANCH, SECONDARY, SECONDARY, SECONDARY)
    ray = Ray(bearing, 2)
    return Radial(key, (zh, en), ray, 1, classes, ray.meets(RINGS[4].ring))


RADIALS = (
    _radial("n", "蓉北大道", "Rongbei Avenue", 2, 3, 0, HIGHWAY, 18_500),
    _street("t0", "银杏路", "Yinxing Road", 18),
    _radial("ne", "成绵大道", "Chengmian Avenue", 33, 4, 2, MOTORWAY, 20_000),
    _street("t1", "海棠路", "Haitang Road", 46),
    _radial("e0", "成青大道", "Chengqing Avenue", 60, -3, 2, HIGHWAY, 17_500),
    _street("t2", "玉兰路", "Yulan Road", 71),
    _radial("e1", "成洛大道", "Chengluo Avenue", 84, 3, 0, HIGHWAY, 18_500),
    _street("t3", "桂花路", "Guihua Road", 95),
    _radial("e2", "驿都大道", "Yidu Avenue", 106, -2, 2, ARTERIAL, 20_500),
    _street("t4", "芙蓉路", "Furong Road", 115),
    _radial("e3", "成龙大道", "Chenglong Avenue", 127, 2, 2, ARTERIAL, 20_500),
    _street("t5", "香樟路", "Xiangzhang Road", 141),
    _radial("se", "蓉东南快速路", "Southeast Expressway", 152, 2, 4, MOTORWAY, 19_000),
    _street("t6", "紫薇路", "Ziwei Road", 163),
    _radial("s", "天府大道", "Tianfu Avenue", 180, 0, 0, ARTERIAL, 18_500),
    _street("t7", "翠竹路", "Cuizhu Road", 193),
    _radial("sw", "机场高速", "Airport Expressway", 209, -3, 2, MOTORWAY, 17_500),
    _street("t8", "青松路", "Qingsong Road", 221),
    _radial("w0", "成雅大道", "Chengya Avenue", 236, 3, 2, MOTORWAY, 19_000),
    _street("t9", "梧桐路", "Wutong Road", 251),
    _radial("w1", "光华大道", "Guanghua Avenue", 268, -3, 0, HIGHWAY, 18_500),
    _street("ta", "红梅路", "Hongmei Road", 286),
    _radial("nw", "成灌大道", "Chengguan Avenue", 306, 3, 2, MOTORWAY, 20_000),
    _street("tb", "丹桂路", "Dangui Road", 320),
    _radial("n0", "沙西大道", "Shaxi Avenue", 334, -3, 3, HIGHWAY, 17_500),
    _street("tc", "云杉路", "Yunshan Road", 348),
)

SOUTH_STREETS = ("新川一街", "新川二街", "新川三街", "新川四街", "新川五街")
SOUTH_AVENUES = ("和锦路", "和畅路", "", "和悦路", "和庆路")
SOUTH_X = (-2_300.0, -1_150.0, 0.0, 1_150.0, 2_300.0)
SOUTH_Y = (-9_400.0, -10_150.0, -10_900.0, -11_650.0, -12_400.0)
PARK_RADII = (15_000.0, 15_650.0, 16_300.0, 16_950.0, 17_600.0)
PARK_BEARINGS = (110.0, 112.5, 115.0, 117.5, 120.0)
TRACK = polar(19_400, 117.5)


def network() -> list[Stretch]:
    """Every road of the city."""
    roads = [*_rings(), *_radials(), *_south(), *_park(), *_proving_ground()]
    roads = _raised(roads, _before("r3", "s"), "r3-s", 380, "r3-bridge", 1)
    roads = _raised(roads, _before("r4", "e2"), "r4-e2", 420, "r4-bridge", 1)
    return _raised(roads, "s-3", "s-4", 400, "s-tunnel", -1)


def _rings() -> Iterator[Stretch]:
    for road in (*RINGS, *ARCS):
        for (key, start), (_, end) in pairwise(_nodes(road)):
            line = tuple(road.ring.arc(start, end))
            yield Stretch(f"{road.id}-{key}", road.name, road.road_class, road.lanes, line)


def _nodes(road: RingRoad) -> list[tuple[str, float]]:
    """The roads that a ring meets and in which direction from the centre, clockwise."""
    nodes = [
        (radial.id, bearing_of(radial.ray.at(radial.ray.meets(road.ring))))
        for radial in RADIALS
        if RINGS[radial.first].ring.radius_m <= road.ring.radius_m and radial.meets(road)
    ]
    if road.start is None:
        return [*nodes, nodes[0]]
    names = [name for name, _ in nodes]
    part = nodes[names.index(road.start) : names.index(road.end or "") + 1]
    streets = [(f"p{n}", bearing) for n, bearing in enumerate(PARK_BEARINGS)]
    return [part[0], *streets, part[-1]] if road.id == "ap" else part


def _before(ring: str, radial: str) -> str:
    """The id of the piece of a ring that ends at a radial."""
    road = next(road for road in RINGS if road.id == ring)
    return next(f"{ring}-{a}" for (a, _), (b, _) in pairwise(_nodes(road)) if b == radial)


def _radials() -> Iterator[Stretch]:
    for radial in RADIALS:
        crossed = filter(radial.meets, RINGS[radial.first :])
        rings = [radial.ray.meets(road.ring) for road in crossed]
        cuts = sorted({*rings, radial.end_m, *_arc_cuts(radial), *_street_cuts(radial)})
        start_m = [0.0] if radial.first == 0 else []
        for n, (near, far) in enumerate(pairwise([*start_m, *cuts])):
            passed = sum(ring_m <= near for ring_m in rings) + radial.first
            road_class = radial.classes[passed - radial.first]
            line = tuple(radial.ray.between(near, far))
            yield Stretch(f"{radial.id}-{n}", radial.name, road_class, LANES[road_class], line)


def _arc_cuts(radial: Radial) -> Iterator[float]:
    for road in ARCS:
        if radial.id in dict(_nodes(road)):
            yield radial.ray.meets(road.ring)


def _street_cuts(radial: Radial) -> Iterator[float]:
    if radial.id == "s":
        yield from (-y for y in SOUTH_Y)


def _south_node(x: float, y: float) -> XY:
    """A crossing of the southern grid, which bows slightly away from the avenue in its middle."""
    return x + 70 * sin(y / 1_000) * x / 2_300, y + 90 * sin(x / 1_500)


def _south() -> Iterator[Stretch]:
    for row, y in enumerate(SOUTH_Y):
        name = (SOUTH_STREETS[row], f"Xinchuan Street {row + 1}")
        for column, (a, b) in enumerate(pairwise(SOUTH_X)):
            line = _between(lambda x, y=y: _south_node(x, y), a, b)
            yield Stretch(f"xc-{row}{column}", name, SECONDARY, 4, line)
    for column, x in enumerate(SOUTH_X):
        if x:
            name = (SOUTH_AVENUES[column], f"He Avenue {column + 1}")
            for row, (a, b) in enumerate(pairwise(SOUTH_Y)):
                line = _between(lambda y, x=x: _south_node(x, y), a, b)
                yield Stretch(f"he-{column}{row}", name, BRANCH, 2, line)


def _park() -> Iterator[Stretch]:
    for row, radius_m in enumerate(PARK_RADII):
        if radius_m == ARCS[2].ring.radius_m:
            continue
        name = (f"创新{row + 1}路", f"Innovation Road {row + 1}")
        for column, (a, b) in enumerate(pairwise(PARK_BEARINGS)):
            line = _between(lambda bearing, r=radius_m: polar(_park_m(r, bearing), bearing), a, b)
            yield Stretch(f"in-{row}{column}", name, PARK, 2, line)
    for column, bearing in enumerate(PARK_BEARINGS):
        name = (f"智造{column + 1}街", f"Zhizao Street {column + 1}")
        for row, (a, b) in enumerate(pairwise(PARK_RADII)):
            line = _between(lambda r, t=bearing: polar(_park_m(r, t), t), a, b)
            yield Stretch(f"zz-{column}{row}", name, PARK, 2, line)


def _park_m(radius_m: float, bearing: float) -> float:
    """Distances in the park follow the avenue through it."""
    avenue = ARCS[2].ring
    return radius_m + avenue.reach(bearing) - avenue.radius_m


def _proving_ground() -> Iterator[Stretch]:
    gate = polar(_park_m(PARK_RADII[-1], PARK_BEARINGS[3]), PARK_BEARINGS[3])
    loop = stadium(TRACK, 1_500, 560, 40)
    name = ("试验场路", "Proving Ground Road")
    yield Stretch("pg-gate", name, PARK, 2, (gate, min(loop, key=lambda p: length_m([gate, p]))))
    yield Stretch("pg-loop", ("试验场环道", "Proving Ground Loop"), PARK, 3, tuple(loop))


def _between(point: Callable[[float], XY], start: float, end: float) -> tuple[XY, ...]:
    return tuple(point(start + (end - start) * step / 4) for step in range(5))


def _raised(
    roads: Sequence[Stretch], before: str, after: str, reach_m: float, key: str, level: int
) -> list[Stretch]:
    """The roads with the last metres of one and the first of the next on another level, as one."""
    by_id = {road.id: road for road in roads}
    first, second = by_id[before], by_id[after]
    kept, rise = cut(first.line, length_m(first.line) - reach_m)
    fall, rest = cut(second.line, reach_m)
    by_id[before] = replace(first, line=tuple(kept))
    by_id[after] = replace(second, line=tuple(rest))
    by_id[key] = replace(first, id=key, line=(*rise, *fall[1:]), level=level)
    return list(by_id.values())
