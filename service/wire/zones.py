"""Zones: stretches of the network, or a geometry, opened for tests (contract section 4)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from service.domain.access import Action
from service.domain.kinds import Direction, Phase, Use, ZoneKind, ZoneState
from service.domain.place import always
from service.domain.zone import STATES, Zone
from service.usecases.zones import STEPS, ZoneRequest
from service.wire.actions import allowed
from service.wire.common import (
    Day,
    Input,
    Key,
    Keys,
    Line,
    Metres,
    Output,
    Reader,
    Returned,
    Words,
)
from service.wire.geometry import (
    ANY_SHAPE,
    CanonicalCrs,
    Crs,
    DeclaredOut,
    GeometryIn,
    GeometryOut,
    Placed,
    declared_out,
    geojson,
    place,
    radius_of,
)
from service.wire.intake import Intake
from service.wire.schedule import AltitudeBody, ScheduleBody
from service.wire.volumes import VehicleCount, breadth

NEEDS = {"edit": Action.zone_write, **STEPS}


class NoticeIn(Input):
    """The opening notice a zone rests on."""

    number: Line
    date: Day


class ZoneIn(Returned):
    """A zone as an authority describes it.

    Beside `road_ids` a geometry may stand that is theirs, as it does in an answer.
    """

    unread = frozenset({"id", "revision", "state", "levels", "declared", "allowed_actions"})

    name: Words
    zone_kind: ZoneKind
    road_ids: Keys = ()
    direction: Direction = Direction.both
    geometry: GeometryIn | None = None
    crs: Crs | None = None
    width_m: Metres | None = None
    radius_m: Metres | None = None
    altitude: AltitudeBody | None = None
    schedule: ScheduleBody | None = None
    use: Use = Use.shared
    max_concurrent_vehicles: VehicleCount
    phases_open: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=len(Phase))]
    notice: NoticeIn
    district: Key | None = None

    def to_domain(self, intake: Intake) -> ZoneRequest:
        """The zone asked for; Malformed names everything that cannot be read."""
        placed = self._placed(intake)
        altitude = self.altitude.to_domain(intake, "/altitude") if self.altitude else None
        schedule = (
            self.schedule.to_domain(intake, "/schedule", endless=True) if self.schedule else None
        )
        intake.close()
        return ZoneRequest(
            name=self.name.to_domain(),
            zone_kind=self.zone_kind,
            road_ids=self.road_ids,
            direction=self.direction,
            declared=placed.declared if placed and not self.road_ids else None,
            geometry=placed.geometry if placed else None,
            width_m=self.width_m,
            radius_m=self.radius_m,
            altitude=altitude,
            schedule=schedule,
            use=self.use,
            max_concurrent_vehicles=self.max_concurrent_vehicles,
            phases_open=self.phases_open,
            notice_number=self.notice.number,
            notice_date=self.notice.date,
            district=self.district,
        )

    def _placed(self, intake: Intake) -> Placed | None:
        if self.geometry is None and not self.road_ids:
            intake.refuse(
                "/geometry",
                "roads_or_geometry",
                "须给出 road_ids 或 geometry 之一",
                "State road_ids or geometry, one of the two",
            )
            return None
        if self.geometry is None:
            return None
        placed = place(intake, "", self.geometry, self.crs, ANY_SHAPE)
        if placed is not None:
            radius_of(intake, "", placed, self.width_m, self.radius_m)
        return placed


class NoticeOut(Output):
    """The opening notice a zone rests on."""

    number: str
    date: date


class ZoneOut(Output):
    """A zone with its place resolved."""

    id: str
    revision: int
    state: ZoneState
    name: Words
    zone_kind: ZoneKind
    road_ids: list[str]
    direction: Direction
    geometry: GeometryOut
    crs: CanonicalCrs = "EPSG:4490"
    width_m: float | None
    radius_m: float | None
    altitude: AltitudeBody | None
    levels: list[int] | None
    schedule: ScheduleBody | None
    use: Use
    max_concurrent_vehicles: int
    phases_open: list[Phase]
    notice: NoticeOut
    district: str | None
    declared: DeclaredOut | None
    allowed_actions: list[str]

    @classmethod
    def from_domain(cls, zone: Zone, reader: Reader) -> Self:
        """The zone, and what the reader may do with it."""
        volume = zone.volume
        width_m, radius_m = breadth(volume.footprint.core.geom_type, volume.footprint.radius_m)
        is_always = volume.schedule == always(volume.schedule.zone)
        return cls(
            id=zone.id,
            revision=zone.revision,
            state=zone.state,
            name=Words.from_domain(zone.name),
            zone_kind=zone.zone_kind,
            road_ids=list(zone.road_ids),
            direction=zone.direction,
            geometry=geojson(volume.footprint.core, reader),
            width_m=width_m,
            radius_m=radius_m,
            altitude=AltitudeBody.from_domain(volume.altitude),
            levels=None if volume.levels is None else sorted(volume.levels),
            schedule=None if is_always else ScheduleBody.from_domain(volume.schedule),
            use=zone.use,
            max_concurrent_vehicles=zone.max_concurrent_vehicles,
            phases_open=list(zone.phases_open),
            notice=NoticeOut(number=zone.notice.number, date=zone.notice.date),
            district=zone.district,
            declared=declared_out(zone.declared, reader),
            allowed_actions=allowed(STATES.steps(zone.state), NEEDS, reader),
        )
