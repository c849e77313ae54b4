"""Heartbeats in, states and events out; the same on HTTP and MQTT (contract section 4).

An event is a block of a Server-Sent Events stream; its id is the seq of the journal line.
"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from shapely import get_coordinates

from geo.altitude import Reference
from geo.errors import CrsRefused, GeoError
from geo.frame import Frame
from geo.shapes import POINTS, accept
from service.domain.errors import Malformed
from service.domain.journal import Entry
from service.domain.kinds import ControlMode
from service.domain.live import Heartbeat, Position, Presence
from service.usecases.live import Receipt, VehicleState
from service.wire.common import Input, Instant, Key, Number, Output, refusal
from service.wire.geometry import CanonicalCrs, Crs
from service.wire.problems import of_geometry
from service.wire.telemetry import Accuracy, Height, Speed

Heading = Annotated[Number, Field(ge=0, lt=360)]


class HeartbeatIn(Input):
    """Where a vehicle is at one moment; heading clockwise from north."""

    at: Instant
    lon: Number
    lat: Number
    crs: Crs
    horizontal_accuracy_m: Accuracy | None = None
    altitude: Height | None = None
    altitude_reference: Reference | None = None
    speed_mps: Speed | None = None
    heading_deg: Heading | None = None
    control_mode: ControlMode | None = None
    permit_id: Key | None = None

    @model_validator(mode="after")
    def _with_reference(self) -> Self:
        if self.altitude is not None and self.altitude_reference is None:
            zh, en = "须声明高度基准", "State the altitude reference"
            raise refusal("altitude_reference_required", zh, en)
        return self

    def to_domain(self, frame: Frame) -> Heartbeat:
        """The heartbeat at its canonical place; Malformed where that lies outside the frame."""
        point = {"type": "Point", "coordinates": [self.lon, self.lat]}
        try:
            place = accept(point, self.crs, frame.extent, POINTS).geometry
        except GeoError as refused:
            pointer = "/crs" if isinstance(refused, CrsRefused) else "/lon"
            raise Malformed([replace(of_geometry("", refused), pointer=pointer)]) from None
        ((lon, lat),) = get_coordinates(place).tolist()
        return Heartbeat(lon=lon, lat=lat, **{name: getattr(self, name) for name in _SAME})


_SAME = Heartbeat.__dataclass_fields__.keys() - {"lon", "lat"}
"""The fields that a heartbeat takes over as they are."""


class PositionOut(Output):
    """The last heartbeat of a vehicle."""

    vehicle_id: str
    received_at: datetime
    at: datetime
    lon: float
    lat: float
    crs: CanonicalCrs = "EPSG:4490"
    horizontal_accuracy_m: float | None
    altitude: float | None
    altitude_reference: Reference | None
    speed_mps: float | None
    heading_deg: float | None
    control_mode: ControlMode | None
    permit_id: str | None

    @classmethod
    def from_domain(cls, position: Position) -> Self:
        """The position as it is known."""
        return cls(
            vehicle_id=position.vehicle_id,
            received_at=position.received_at,
            **vars(position.heartbeat),
        )


class ReceiptOut(Output):
    """What became of a heartbeat, and the last position known."""

    status: Receipt
    position: PositionOut


class StateOut(Output):
    """What is known of a vehicle now."""

    vehicle_id: str
    position: PositionOut | None
    received_at: datetime | None
    last_summary_at: datetime | None
    silent: bool
    silent_since: datetime | None
    due_every_s: float
    permit_id: str | None
    inside: Presence | None
    geofence_etag: str | None

    @classmethod
    def from_domain(cls, state: VehicleState) -> Self:
        """The state as it is known."""
        position, summary = state.heard.position, state.heard.summary
        return cls(
            vehicle_id=state.vehicle_id,
            position=PositionOut.from_domain(position) if position else None,
            received_at=position.received_at if position else None,
            last_summary_at=summary.received_at if summary else None,
            silent=state.silent_since is not None,
            silent_since=state.silent_since,
            due_every_s=state.due_every.total_seconds(),
            permit_id=state.permit.id if state.permit else None,
            inside=state.presence,
            geofence_etag=state.geofence_etag,
        )


class EventOut(Output):
    """What was done, to what, when; never by whom."""

    seq: int
    at: datetime
    subject: str
    action: str

    @classmethod
    def from_domain(cls, line: Entry) -> Self:
        """What a line of the journal tells of itself."""
        return cls(seq=line.seq, at=line.at, subject=line.subject, action=line.action)

    def block(self) -> str:
        """The event as a stream has it."""
        name = f"{self.subject.partition(':')[0]}.{self.action}"
        return f"id: {self.seq}\nevent: {name}\ndata: {self.model_dump_json()}\n\n"


def position_block(position: Position) -> str:
    """A position as a stream has it; without an id, for it cannot be asked for again."""
    return f"event: position\ndata: {PositionOut.from_domain(position).model_dump_json()}\n\n"
