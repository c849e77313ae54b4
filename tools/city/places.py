"""Places opened for tests and places restricted, as the API would be told of them."""

from collections.abc import Iterable, Sequence

from tools.city.curves import XY, Ring, curve, lonlat, metres, polar, stadium
from tools.city.roads import PARK_BEARINGS, PARK_RADII, TRACK, network

Json = dict[str, object]
SOUTH_PORT, PARK_PORT, NORTH_PORT = (3_100.0, -10_900.0), polar(16_400, 116), (5_600.0, -3_300.0)
AIRFIELD, AIRFIELD_BEARING = metres(103.947, 30.578), 22
GROUND_PHASES = ["road_test", "demonstration_application", "demonstration_operation"]
AIR_PHASES = ["flight_trial", "corridor_trial", "regular_operation"]
ALL_WEEK = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def zones() -> list[Json]:
    """Every zone as a feature."""
    return [*_opened_roads(), *_opened_areas(), *_opened_airspace()]


def _opened_roads() -> list[Json]:
    return [
        _zone(
            "zone-xinchuan",
            ("新川智能网联测试道路", "Xinchuan connected-vehicle roads"),
            ("urban_road", 1, GROUND_PHASES, 12),
            road_ids=[*_ids("xc-", "he-"), *(f"s-{n}" for n in range(6, 10))],
        ),
        _zone(
            "zone-third-ring",
            ("三环路东南段", "Third Ring Road, south-east"),
            ("urban_expressway", 2, GROUND_PHASES[:2], 6),
            road_ids="r3-e2 r3-t4 r3-e3 r3-t5 r3-se r3-t6 r3-bridge r3-s".split(),
            schedule=_hours("10:00", "16:30", ALL_WEEK[:5], holidays="excluded"),
        ),
        _zone(
            "zone-ring-expressway",
            ("绕城高速东南段", "Ring Expressway, south-east"),
            ("expressway", 3, GROUND_PHASES[:1], 4),
            road_ids=["r4-e2", "r4-e3", "r4-se"],
            schedule=_hours("22:00", "05:00", ALL_WEEK),
        ),
        _zone(
            "zone-second-ring",
            ("二环路南段（拟开放）", "Second Ring Road, south (proposed)"),
            ("urban_expressway", 9, GROUND_PHASES[:1], 4),
            road_ids="r2-e3 r2-t5 r2-t6 r2-s".split(),
        ),
    ]


def _opened_areas() -> list[Json]:
    return [
        _zone(
            "zone-east-park",
            ("东部智造园特定区域", "Eastern park designated area"),
            ("designated_area", 4, GROUND_PHASES, 20),
            _area(_park(350)),
        ),
        _zone(
            "zone-proving-ground",
            ("封闭测试场（示意）", "Proving ground (schematic)"),
            ("closed_site", 5, ["closed_site_test"], 30),
            _area(stadium(TRACK, 2_000, 1_000, 40)),
        ),
    ]


def _opened_airspace() -> list[Json]:
    return [
        _zone(
            "zone-corridor-east",
            ("新川—东部园低空航路", "Xinchuan to eastern park corridor"),
            ("low_altitude_corridor", 6, AIR_PHASES, 3),
            _line(_eastward()),
            width_m=300.0,
            altitude=_band(60, 110),
        ),
        _zone(
            "zone-corridor-north",
            ("新川—锦江低空航路", "Xinchuan to Jinjiang corridor"),
            ("low_altitude_corridor", 7, AIR_PHASES[:2], 2),
            _line(_northward()),
            width_m=240.0,
            altitude=_band(70, 115),
        ),
        _zone(
            "zone-vertiport-xinchuan",
            ("新川起降场", "Xinchuan vertiport"),
            ("vertiport", 8, AIR_PHASES, 4),
            _point(SOUTH_PORT),
            radius_m=220.0,
            altitude=_band(0, 118),
        ),
    ]


def restrictions() -> list[Json]:
    """Every restriction as a feature."""
    return [*_restricted_ground(), *_restricted_airspace()]


def _restricted_ground() -> list[Json]:
    return [
        _restriction(
            "works-second-ring",
            ("二环路东段管廊施工", "Second Ring Road works"),
            ("road_works", "prohibited", "ground", "transport"),
            _line(Ring(4_450).arc(66, 80)),
            radius_m=35.0,
            levels=[0],
        ),
        _restriction(
            "works-xinchuan",
            ("新川三街占道施工", "Xinchuan Street 3 works"),
            ("road_works", "conditional", "ground", "transport"),
            _point((-1_750.0, -10_900.0)),
            radius_m=260.0,
        ),
        _restriction(
            "event-riverside",
            ("周末滨河市集", "Weekend riverside fair"),
            ("event", "prohibited", "both", "police"),
            _point((-5_400.0, -5_900.0)),
            radius_m=700.0,
            schedule=_hours("17:00", "23:00", ["SA", "SU"]),
        ),
        _restriction(
            "weather-lowland",
            ("低洼路段积水提示", "Low-lying roads may flood"),
            ("weather", "information", "ground", "emergency"),
            _area(stadium(polar(10_400, 286), 4_200, 1_900, 20)),
        ),
    ]


def _restricted_airspace() -> list[Json]:
    return [
        _restriction(
            "clearance-southwest",
            ("西南机场净空保护区（示意）", "South-western clearance area (schematic)"),
            ("aerodrome_clearance_area", "requires_authorization", "air", "civil_aviation"),
            _area(stadium(AIRFIELD, 15_000, 6_600, AIRFIELD_BEARING)),
        ),
        _restriction(
            "airspace-northeast",
            ("东北管制空域", "North-eastern controlled airspace"),
            ("controlled_airspace", "requires_authorization", "air", "atc"),
            _point(polar(15_500, 42)),
            radius_m=4_200.0,
            altitude=_band(100, 600),
        ),
    ]


def _zone(
    key: str,
    name: tuple[str, str],
    opened: tuple[str, int, Sequence[str], int],
    geometry: Json | None = None,
    **more: object,
) -> Json:
    kind, number, phases, most = opened
    notice = {"number": f"示意公告〔2026〕{number}号", "date": f"2026-0{1 + number // 2}-15"}
    return _feature(
        key,
        geometry,
        name=_words(name),
        zone_kind=kind,
        phases_open=list(phases),
        max_concurrent_vehicles=most,
        notice=notice,
        **more,
    )


def _restriction(
    key: str, name: tuple[str, str], what: tuple[str, str, str, str], geometry: Json, **more: object
) -> Json:
    kind, effect, whom, authority = what
    return _feature(
        key,
        geometry,
        name=_words(name),
        restriction_kind=kind,
        effect=effect,
        applies_to=whom,
        authority=authority,
        **more,
    )


def _feature(key: str, geometry: Json | None, **properties: object) -> Json:
    return {"type": "Feature", "id": key, "properties": properties, "geometry": geometry}


def _words(name: tuple[str, str]) -> Json:
    return {"zh": name[0], "en": name[1]}


def _ids(*prefixes: str) -> list[str]:
    return [road.id for road in network() if road.id.startswith(prefixes)]


def _hours(start: str, end: str, days: Sequence[str], **more: object) -> Json:
    window = {"days": list(days), "from": start, "to": end}
    return {"start": "2026-01-01T00:00:00+08:00", "end": None, "weekly": [window], **more}


def _band(lower: float, upper: float) -> Json:
    return {"lower": lower, "upper": upper, "unit": "m", "reference": "AGL"}


def _point(point: XY) -> Json:
    return {"type": "Point", "coordinates": lonlat(point)}


def _line(points: Iterable[XY]) -> Json:
    return {"type": "LineString", "coordinates": [lonlat(point) for point in points]}


def _area(ring: Iterable[XY]) -> Json:
    return {"type": "Polygon", "coordinates": [[lonlat(point) for point in ring]]}


def _eastward() -> list[XY]:
    return curve(SOUTH_PORT, (6_600.0, -11_600.0), (10_900.0, -9_700.0), PARK_PORT)


def _northward() -> list[XY]:
    return curve(SOUTH_PORT, (4_300.0, -8_600.0), (4_100.0, -5_900.0), NORTH_PORT)


def _park(margin_m: float) -> list[XY]:
    aside = 1.1
    bearings = [PARK_BEARINGS[0] - aside + step for step in range(13)]
    near, far = PARK_RADII[0] - margin_m, PARK_RADII[-1] + margin_m
    outside = [polar(Ring(far).reach(bearing), bearing) for bearing in bearings]
    inside = [polar(Ring(near).reach(bearing), bearing) for bearing in reversed(bearings)]
    return [*outside, *inside, outside[0]]
