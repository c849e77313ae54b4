"""Districts: sectors around the centre, whose borders waver like borders do."""

from math import hypot, radians, sin

from tools.city.curves import XY, Ring, polar

INNER, OUTER = 7_200.0, 21_500.0
CENTRAL = (
    ("510106", "金牛区", "Jinniu", 318, 20),
    ("510108", "成华区", "Chenghua", 20, 95),
    ("510104", "锦江区", "Jinjiang", 95, 168),
    ("510107", "武侯区", "Wuhou", 168, 248),
    ("510105", "青羊区", "Qingyang", 248, 318),
)
AROUND = (
    ("510114", "新都区", "Xindu", 335, 58),
    ("510112", "龙泉驿区", "Longquanyi", 58, 146),
    ("510116", "双流区", "Shuangliu", 146, 250),
    ("510117", "郫都区", "Pidu", 250, 335),
)


def districts() -> list[tuple[str, str, str, list[XY]]]:
    """Code, names and boundary of each."""
    inside = [(*names, _sector(a, b, 0.0, INNER)) for *names, a, b in CENTRAL]
    around = [(*names, _sector(a, b, INNER, OUTER)) for *names, a, b in AROUND]
    return [(code, zh, en, ring) for code, zh, en, ring in (*inside, *around)]


def _sector(start: int, end: int, near_m: float, far_m: float) -> list[XY]:
    bearings = [start + step for step in range((end - start) % 360 + 1)]
    outside = [_border(far_m, bearing) for bearing in bearings]
    inside = (
        [_border(near_m, bearing) for bearing in reversed(bearings)] if near_m else [(0.0, 0.0)]
    )
    ring = [*_side(start, near_m, far_m), *outside, *reversed(_side(end, near_m, far_m)), *inside]
    return [*ring, ring[0]]


def _side(bearing: int, near_m: float, far_m: float) -> list[XY]:
    """The border along a direction, without its ends."""
    near_m, far_m = (hypot(*_border(radius_m, bearing)) for radius_m in (near_m, far_m))
    steps = 24
    radii = [near_m + (far_m - near_m) * step / steps for step in range(1, steps)]
    return [
        polar(radius_m, bearing + _waver(step / steps) * 4_000 / (radius_m + 4_000))
        for step, radius_m in enumerate(radii, 1)
    ]


def _waver(part: float) -> float:
    """Nothing at both ends, so that neighbours meet there."""
    return 6 * sin(radians(180 * part)) * sin(radians(700 * part))


def _border(radius_m: float, bearing: float) -> XY:
    ripple = 1 + 0.035 * sin(radians(7 * bearing)) + 0.02 * sin(radians(17 * bearing))
    return polar(Ring(radius_m, 0.04).reach(bearing) * ripple, bearing)
