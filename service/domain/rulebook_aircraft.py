"""Weight classes of unmanned aircraft and the distances kept from what must be protected.

Classes follow Order 761 Art. 62: tried in order, an aircraft is in the first it meets. The
regulation gives no buffers; the distances of a pack are defaults unless it says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.kinds import Code, UasClass
from service.domain.rulebook_rule import RuleRow


@dataclass(frozen=True, kw_only=True)
class Aircraft:
    """An aircraft as far as its class depends on it; None is not stated."""

    empty_mass_kg: float | None = None
    mtow_kg: float | None = None
    max_speed_mps: float | None = None
    max_height_m: float | None = None
    agricultural: bool = False

    @property
    def max_speed_kmh(self) -> float | None:
        """The speed in the unit in which the regulation states its bounds."""
        return None if self.max_speed_mps is None else round(self.max_speed_mps * 3.6, 6)


@dataclass(frozen=True, kw_only=True)
class UasClassRow(RuleRow):
    """The bounds of one class, tried in ascending `order`; the rule's id is `uas.class.<class>`."""

    order: int
    agricultural: bool = False
    empty_below_kg: float | None = None
    empty_max_kg: float | None = None
    mtow_max_kg: float | None = None
    speed_max_kmh: float | None = None
    height_max_m: float | None = None

    def __post_init__(self) -> None:
        """Refuse an id that names no class."""
        _ = self.uas_class

    @property
    def uas_class(self) -> UasClass:
        """The class this row describes."""
        return self.rule.code(UasClass, "uas.class.")

    def holds(self, aircraft: Aircraft) -> bool | None:
        """Whether the aircraft is within every bound; None when an unstated value decides it."""
        if self.agricultural and not aircraft.agricultural:
            return False
        if (
            self.empty_below_kg is not None
            and aircraft.empty_mass_kg is not None
            and aircraft.empty_mass_kg >= self.empty_below_kg
        ):
            return False
        bounds = (
            (self.empty_below_kg, aircraft.empty_mass_kg),
            (self.empty_max_kg, aircraft.empty_mass_kg),
            (self.mtow_max_kg, aircraft.mtow_kg),
            (self.speed_max_kmh, aircraft.max_speed_kmh),
            (self.height_max_m, aircraft.max_height_m),
        )
        bounded = [(bound, value) for bound, value in bounds if bound is not None]
        if any(value is not None and value > bound for bound, value in bounded):
            return False
        return None if any(value is None for _, value in bounded) else True


class ProtectedSite(Code):
    """What aircraft keep away from; a site's rule has the id `buffer.<site>`."""

    airport = "airport", "机场", "Airport"
    temporary_landing_site = "temporary_landing_site", "临时起降场", "Temporary landing site"
    military_zone = "military_zone", "军事禁区", "Military forbidden zone"
    administration = "administration", "军事管理区、党政机关、监管场所、口岸", "Administration"
    satellite_station = "satellite_station", "卫星与导航站", "Satellite or navigation station"
    weather_radar = "weather_radar", "气象雷达", "Weather radar"
    defence_industry = "defence_industry", "重点军工单位", "Defence industry"
    nuclear = "nuclear", "核设施控制区", "Nuclear control area"
    fuel_or_explosives = "fuel_or_explosives", "易燃易爆品场所", "Fuel or explosives plant"
    utility_or_station = (
        "utility_or_station",
        "电厂、变电站、车站、大型活动",
        "Utility, station, event",
    )
    high_speed_rail = "high_speed_rail", "高速铁路", "High-speed railway"
    rail = "rail", "普通铁路", "Railway"
    highway = "highway", "公路", "Highway"


@dataclass(frozen=True, kw_only=True)
class BufferRule(RuleRow):
    """The distance kept from a protected site, by weight class, outward from its edge."""

    distances_m: Mapping[UasClass, float]
    each_side: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown site, an empty table and a negative distance."""
        _ = self.rule.code(ProtectedSite, "buffer.")
        if not self.distances_m or min(self.distances_m.values()) < 0:
            raise ValueError("a buffer needs at least one distance and none below zero")

    def distance_m(self, uas_class: UasClass | None) -> float:
        """The distance for a class; a class not listed, or unknown, keeps the largest listed."""
        farthest = max(self.distances_m.values())
        return farthest if uas_class is None else self.distances_m.get(uas_class, farthest)


@dataclass(frozen=True, kw_only=True)
class AerodromeClearance(RuleRow):
    """How far the clearance area of a runway reaches: to each side and beyond each end."""

    lateral_m: float
    beyond_end_m: float
