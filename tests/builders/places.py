"""Where and when: the frame, geometries, schedules, volumes, and what is on the map."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand, Ground, Reference, Unit
from geo.crs import Extent, Plane
from geo.footprint import Footprint
from geo.frame import Frame
from geo.schedule import Schedule, Weekday, WeeklyWindow
from geo.text import Text
from geo.volume import Volume4D
from service.domain.kinds import (
    AppliesTo,
    Direction,
    Phase,
    RestrictionEffect,
    RestrictionKind,
    RestrictionState,
    RoadClass,
    Role,
    Use,
    Visibility,
    ZoneKind,
    ZoneState,
)
from service.domain.place import DeclaredGeometry, PlannedVolume
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.zone import Notice, Zone
from tests.builders.basics import LAT, LON, NOW, ZONE, an_id


@dataclass(frozen=True)
class NoHolidays:
    """A calendar without holidays that does not know the sun."""

    def is_holiday(self, day: date) -> bool:
        return False

    def sun(self, day: date) -> tuple[time, time] | None:
        return None


def a_frame(**changes: Any) -> Frame:
    extent = Extent(102.9, 30.0, 104.95, 31.5)
    frame = Frame(
        plane=Plane.around(extent),
        extent=extent,
        zone=ZONE,
        ground=Ground(450, 550, -44, -42),
        calendar=NoHolidays(),
    )
    return replace(frame, **changes)


def a_line(*positions: tuple[float, float]) -> LineString:
    """A line through the positions; by default one of about a kilometre to the east."""
    return LineString(positions or [(LON, LAT), (LON + 0.01, LAT)])


def a_square(lon: float = LON, lat: float = LAT, side: float = 0.01) -> Polygon:
    """A square, its south-west corner and its side in degrees."""
    return Polygon([(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)])


def a_band(lower: float | None = 60, upper: float | None = 120, **changes: Any) -> AltitudeBand:
    return replace(AltitudeBand(lower, upper, Unit.m, Reference.AGL), **changes)


def a_schedule(**changes: Any) -> Schedule:
    """Three months from NOW on, at all hours."""
    return replace(Schedule(start=NOW, end=NOW + timedelta(days=90), zone=ZONE), **changes)


def nights(*days: Weekday) -> WeeklyWindow:
    """From ten in the evening to five, on these days or on all."""
    return WeeklyWindow(frozenset(days or Weekday), time(22), time(5))


def a_volume(core: BaseGeometry | None = None, radius_m: float = 0.0, **changes: Any) -> Volume4D:
    footprint = Footprint(core or a_square(), radius_m)
    return replace(Volume4D(footprint, None, None, a_schedule()), **changes)


def a_planned_volume(**changes: Any) -> PlannedVolume:
    planned = PlannedVolume(
        zone_kind=ZoneKind.designated_area,
        zone_id=None,
        declared=DeclaredGeometry('{"type": "Polygon"}', "EPSG:4490"),
        width_m=None,
        volume=a_volume(),
        use=Use.shared,
        direction=Direction.both,
        max_concurrent_vehicles=1,
    )
    return replace(planned, **changes)


def a_road(**changes: Any) -> Road:
    key = an_id("road")
    road = Road(
        id=key,
        revision=1,
        external_id=key,
        name=Text("天府大道", "Tianfu Avenue"),
        road_class=RoadClass.urban_arterial,
        line=a_line(),
        oneway=False,
        level=0,
        bridge=False,
        tunnel=False,
        lanes=3,
        length_m=958.5,
    )
    return replace(road, **changes)


def a_district(**changes: Any) -> District:
    district = District(
        id=an_id("district"),
        revision=1,
        code="510107",
        name=Text("武侯区", "Wuhou"),
        area=a_square(side=0.1),
        repaired=False,
    )
    return replace(district, **changes)


def a_zone(**changes: Any) -> Zone:
    zone = Zone(
        id=an_id("zone"),
        revision=1,
        state=ZoneState.published,
        name=Text("新川测试区", "Xinchuan test area"),
        zone_kind=ZoneKind.designated_area,
        volume=a_volume(schedule=a_schedule(end=None)),
        road_ids=(),
        direction=Direction.both,
        declared=None,
        width_m=None,
        use=Use.shared,
        max_concurrent_vehicles=10,
        phases_open=(Phase.road_test,),
        notice=Notice("蓉智联〔2026〕1号", date(2026, 9, 1)),
    )
    return replace(zone, **changes)


def a_restriction(**changes: Any) -> Restriction:
    restriction = Restriction(
        id=an_id("restriction"),
        revision=1,
        state=RestrictionState.published,
        name=Text("道路施工", "Road works"),
        restriction_kind=RestrictionKind.road_works,
        effect=RestrictionEffect.prohibited,
        applies_to=AppliesTo.ground,
        volume=a_volume(Point(LON, LAT), 200),
        declared=None,
        radius_m=200,
        visibility=Visibility.public,
        authority=Role.police,
    )
    return replace(restriction, **changes)
