"""Volumes: one element of where, how high and when a test is meant (contract section 4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from geo.schedule import Schedule
from geo.shapes import LINES
from service.domain.kinds import Direction, Use, ZoneKind
from service.domain.place import PlannedVolume
from service.usecases.volumes import VolumeRequest
from service.wire.common import Key, Metres, Output, Reader, Returned
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

VehicleCount = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class VolumeIn(Returned):
    """A published zone as a whole, or a geometry of one's own; without schedule: throughout.

    Beside `zone_id` a geometry may stand that is the zone's, as it does in an answer.
    """

    unread = frozenset({"levels", "declared"})

    zone_kind: ZoneKind
    zone_id: Key | None = None
    geometry: GeometryIn | None = None
    crs: Crs | None = None
    width_m: Metres | None = None
    radius_m: Metres | None = None
    altitude: AltitudeBody | None = None
    use: Use = Use.shared
    direction: Direction = Direction.both
    max_concurrent_vehicles: VehicleCount | None = None
    schedule: ScheduleBody | None = None

    def to_domain(
        self, intake: Intake, at: str, throughout: Schedule | None, *, routes: bool
    ) -> VolumeRequest | None:
        """The volume asked for; None, and noted, when something of it cannot be read.

        `throughout` is the schedule of a volume that states none; with `routes` a line needs no
        width.
        """
        placed = self._placed(intake, at, routes)
        altitude = self.altitude.to_domain(intake, f"{at}/altitude") if self.altitude else None
        schedule = self._schedule(intake, at, throughout)
        if schedule is None or (self.altitude and altitude is None):
            return None
        if placed is None and self.zone_id is None:
            return None
        return VolumeRequest(
            pointer=at,
            zone_kind=self.zone_kind,
            zone_id=self.zone_id,
            declared=placed.declared if placed and self.zone_id is None else None,
            geometry=placed.geometry if placed else None,
            width_m=self.width_m,
            radius_m=self.radius_m,
            altitude=altitude,
            use=self.use,
            direction=self.direction,
            max_concurrent_vehicles=self.max_concurrent_vehicles,
            schedule=schedule,
        )

    def _placed(self, intake: Intake, at: str, routes: bool) -> Placed | None:
        if self.geometry is None and self.zone_id is None:
            intake.refuse(
                f"{at}/geometry",
                "zone_or_geometry",
                "须给出 zone_id 或 geometry 之一",
                "State zone_id or geometry, one of the two",
            )
            return None
        if self.geometry is None:
            return None
        placed = place(intake, at, self.geometry, self.crs, ANY_SHAPE)
        is_route = routes and self.width_m is None and self.radius_m is None
        if placed is not None and not (is_route and placed.geometry.geom_type in LINES):
            radius_of(intake, at, placed, self.width_m, self.radius_m)
        return placed

    def _schedule(self, intake: Intake, at: str, throughout: Schedule | None) -> Schedule | None:
        if self.schedule is not None:
            return self.schedule.to_domain(intake, f"{at}/schedule", endless=False)
        if throughout is None:
            intake.refuse(
                f"{at}/schedule", "schedule_required", "须给出时间安排", "State when it is used"
            )
        return throughout


def requests(
    intake: Intake, volumes: Sequence[VolumeIn], throughout: Schedule | None, *, routes: bool
) -> tuple[VolumeRequest, ...]:
    """The volumes asked for, those that cannot be read left out and noted."""
    read = (
        volume.to_domain(intake, f"/volumes/{index}", throughout, routes=routes)
        for index, volume in enumerate(volumes)
    )
    return tuple(volume for volume in read if volume is not None)


def throughout(intake: Intake, valid_from: datetime, valid_to: datetime) -> Schedule:
    """The schedule of a volume that states none: the whole validity."""
    if valid_to <= valid_from:
        zh, en = "结束时间不晚于开始时间", "The end is not after the start"
        intake.refuse("/valid_to", "end_before_start", zh, en)
        # noted, and refused on closing; without an end the rest can still be read
        return Schedule(start=valid_from, end=None, zone=intake.frame.zone)
    return Schedule(start=valid_from, end=valid_to, zone=intake.frame.zone)


class VolumeOut(Output):
    """A volume with its place resolved: core geometry, and the width or radius around it."""

    zone_kind: ZoneKind
    zone_id: str | None
    geometry: GeometryOut
    crs: CanonicalCrs = "EPSG:4490"
    width_m: float | None
    radius_m: float | None
    altitude: AltitudeBody | None
    levels: list[int] | None
    use: Use
    direction: Direction
    max_concurrent_vehicles: int
    schedule: ScheduleBody
    declared: DeclaredOut | None

    @classmethod
    def from_domain(cls, planned: PlannedVolume, reader: Reader) -> Self:
        """The volume, canonical, with the original beside it."""
        volume = planned.volume
        width_m, radius_m = breadth(volume.footprint.core.geom_type, volume.footprint.radius_m)
        return cls(
            zone_kind=planned.zone_kind,
            zone_id=planned.zone_id,
            geometry=geojson(volume.footprint.core, reader),
            width_m=width_m,
            radius_m=radius_m,
            altitude=AltitudeBody.from_domain(volume.altitude),
            levels=None if volume.levels is None else sorted(volume.levels),
            use=planned.use,
            direction=planned.direction,
            max_concurrent_vehicles=planned.max_concurrent_vehicles,
            schedule=ScheduleBody.from_domain(volume.schedule),
            declared=declared_out(planned.declared, reader),
        )


def breadth(kind: str, radius_m: float) -> tuple[float | None, float | None]:
    """The full width of a line, or the radius of a point; areas have neither."""
    if kind in LINES:
        return (2 * radius_m or None), None
    return None, (radius_m or None)
