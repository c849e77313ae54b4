"""What a vehicle keeps to: a GeoJSON FeatureCollection of outlines, heights and hours."""

from typing import Literal, Self

from geo.crs import Plane
from service.domain.kinds import Direction, PermitState, Standing, ZoneKind
from service.domain.permit import Permit
from service.wire.common import Output, Reader
from service.wire.geometry import GeometryOut, geojson
from service.wire.schedule import AltitudeBody, ScheduleBody


class FenceProperties(Output):
    """When and how high one volume may be used."""

    zone_kind: ZoneKind
    direction: Direction
    altitude: AltitudeBody | None
    schedule: ScheduleBody


class FenceFeature(Output):
    """One volume."""

    type: Literal["Feature"] = "Feature"
    geometry: GeometryOut
    properties: FenceProperties


class FenceVehicle(Output):
    """One vehicle of the permit."""

    vehicle_id: str
    standing: Standing


class GeofenceOut(Output):
    """Every volume of a permit; used only while it is `active`, by `cleared` vehicles."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    permit_id: str
    state: PermitState
    vehicles: list[FenceVehicle]
    features: list[FenceFeature]

    @classmethod
    def from_domain(cls, permit: Permit, plane: Plane, reader: Reader) -> Self:
        """The fence of the permit as of the reader's now."""
        return cls(
            permit_id=permit.id,
            state=permit.state_at(reader.now),
            vehicles=[
                FenceVehicle(vehicle_id=line.vehicle_id, standing=line.standing)
                for line in permit.vehicles
            ],
            features=[
                FenceFeature(
                    geometry=geojson(planned.volume.footprint.outline(plane), reader),
                    properties=FenceProperties(
                        zone_kind=planned.zone_kind,
                        direction=planned.direction,
                        altitude=AltitudeBody.from_domain(planned.volume.altitude),
                        schedule=ScheduleBody.from_domain(planned.volume.schedule),
                    ),
                )
                for planned in permit.content.volumes
            ],
        )
