"""Where a vehicle says that it is now, whether that is within its permit, and when it fell silent.

A heartbeat is no evidence: it is kept until the next one, and summaries prove what was driven. What
is not known (heights, accuracy beyond the pack's) leaves the answer uncertain, never inside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf, nextafter

import shapely
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand, Reference, Unit, covers
from geo.footprint import FINE_SAGITTA_M, Footprint, rounded
from geo.frame import Frame
from geo.schedule import Interval, windows
from geo.volume import Volume4D
from service.domain.kinds import Code, ControlMode, PermitState, Standing
from service.domain.permit import Permit
from service.domain.question import Law
from service.domain.rulepack import LimitKey


class Presence(Code):
    """Whether a vehicle is where, when and as high as its permit says."""

    inside = "inside", "在许可范围内", "Inside"
    outside = "outside", "在许可范围外", "Outside"
    uncertain = "uncertain", "不确定", "Uncertain"


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """What a vehicle tells of itself at one moment; canonical degrees."""

    at: datetime
    lon: float
    lat: float
    horizontal_accuracy_m: float | None = None
    altitude: float | None = None
    altitude_reference: Reference | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    control_mode: ControlMode | None = None
    permit_id: str | None = None


@dataclass(frozen=True)
class Position:
    """The last heartbeat of a vehicle, and when it arrived."""

    vehicle_id: str
    organisation_id: str
    received_at: datetime
    heartbeat: Heartbeat


@dataclass(frozen=True)
class LastSummary:
    """When the summary of a vehicle's latest drive arrived, and under which permit."""

    received_at: datetime
    permit_id: str


@dataclass(frozen=True)
class Heard:
    """The last that was heard of a vehicle, by heartbeat and by summary."""

    position: Position | None = None
    summary: LastSummary | None = None

    @property
    def at(self) -> datetime | None:
        """When anything was heard last; None when nothing ever was."""
        return max((told.received_at for told in self._told), default=None)

    @property
    def permit_id(self) -> str | None:
        """The permit that the vehicle named last; None when it named none."""
        latest = max(self._told, key=lambda told: told.received_at, default=None)
        if isinstance(latest, Position):
            return latest.heartbeat.permit_id
        return latest.permit_id if latest else None

    @property
    def _told(self) -> tuple[Position | LastSummary, ...]:
        return tuple(told for told in (self.position, self.summary) if told is not None)


def geofence_etag(permit: Permit, moment: datetime) -> str:
    """The tag of the fence that a vehicle under the permit keeps to as of `moment`.

    Another one when the content changes, when the permit or one of its vehicles is stopped, and
    when the clock ends the permit.
    """
    return f"{permit.revision}-{permit.state_at(moment)}-{permit.version}"


def binds(permit: Permit, vehicle_id: str, moment: datetime) -> bool:
    """True when the vehicle may be used under the permit, which is in force."""
    return (
        permit.state_at(moment) is PermitState.active
        and permit.content.valid_from <= moment
        and any(
            line.vehicle_id == vehicle_id and line.standing is Standing.cleared
            for line in permit.vehicles
        )
    )


def silent_since(
    heard_at: datetime | None, local_now: datetime, due_every: timedelta
) -> datetime | None:
    """When a vehicle was heard last that spoke on this local day and has missed its turn since.

    None while it is on time, and for one that has not spoken today: it may not be in use.
    """
    if heard_at is None or local_now - heard_at <= due_every:
        return None
    today = local_now.replace(hour=0, minute=0, second=0, microsecond=0)
    return heard_at if heard_at >= today else None


def presence(heartbeat: Heartbeat, permit: Permit, law: Law) -> Presence:
    """Whether the place, the time and the height of a heartbeat lie in a volume of the permit.

    Inside is what lies in the place, widened by the pack's tolerance, wherever within its accuracy
    the vehicle is; outside is what the same accuracy does not excuse.
    """
    used = [
        planned.volume
        for planned in permit.content.volumes
        if _is_used(planned.volume, heartbeat.at, law.frame)
    ]
    heights = [_holds_height(volume, heartbeat, law.frame) for volume in used]
    sure = [volume for volume, holds in zip(used, heights, strict=True) if holds]
    possible = [volume for volume, holds in zip(used, heights, strict=True) if holds is not False]
    tolerance_m = law.pack.number(LimitKey.excursion_tolerance_m)
    accuracy_m = heartbeat.horizontal_accuracy_m
    if accuracy_m is None:
        accuracy_m = law.pack.number(LimitKey.horizontal_accuracy_m)
    here = Footprint(shapely.Point(heartbeat.lon, heartbeat.lat)).on(law.frame.plane)
    anywhere = rounded(here, accuracy_m, FINE_SAGITTA_M)
    if _area(sure, tolerance_m, law.frame).covers(anywhere):
        return Presence.inside
    if _area(possible, max(tolerance_m, accuracy_m), law.frame).intersects(here):
        return Presence.uncertain
    return Presence.outside


def _area(volumes: Iterable[Volume4D], slack_m: float, frame: Frame) -> BaseGeometry:
    return shapely.union_all([v.footprint.widened(frame.plane, slack_m) for v in volumes])


def _is_used(volume: Volume4D, moment: datetime, frame: Frame) -> bool:
    within = Interval(moment, moment + timedelta(seconds=1))
    return any(used.start <= moment for used in windows(volume.schedule, within, frame.calendar))


def _holds_height(volume: Volume4D, heartbeat: Heartbeat, frame: Frame) -> bool | None:
    """Whether the volume holds the height; None when the height or the ground leaves it open."""
    if volume.altitude is None:
        return True
    if heartbeat.altitude is None or heartbeat.altitude_reference is None:
        return None
    above = nextafter(heartbeat.altitude, inf)
    flown = AltitudeBand(heartbeat.altitude, above, Unit.m, heartbeat.altitude_reference)
    place = Footprint(shapely.Point(heartbeat.lon, heartbeat.lat))
    accuracy_m = heartbeat.horizontal_accuracy_m or 0.0
    return covers(volume.altitude, flown, frame.ground_at(place.bounds(accuracy_m)))
