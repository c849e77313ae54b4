"""Telemetry as MQTT carries it: summaries and the acknowledgement that answers them, heartbeats.

Topics and shapes are those of contract section 5.
"""

from typing import Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from geo.frame import Frame
from geo.text import Text
from service.domain.dead_letter import MOST_BODY
from service.domain.errors import Malformed, Problem
from service.usecases.acks import Ack, Message
from service.usecases.live import Telling
from service.usecases.telemetry import Posted
from service.wire.common import Output
from service.wire.live import HeartbeatIn
from service.wire.problems import of_schema
from service.wire.strict_json import read_json
from service.wire.telemetry import Batch, posted

_FROM = "telemetry/v1/"
TOPIC = f"{_FROM}+"
MOST_BYTES = MOST_BODY
"""The largest message, about as much as a batch of ordinary summaries takes."""

_POSITIONS_FROM = "positions/v1/"
POSITIONS_TOPIC = f"{_POSITIONS_FROM}+"
MOST_HEARTBEAT_BYTES = 4 << 10

_BATCH: TypeAdapter[Batch] = TypeAdapter(Batch)
_HEARTBEAT: TypeAdapter[HeartbeatIn] = TypeAdapter(HeartbeatIn)

Shape = TypeVar("Shape")


class RejectedOut(Output):
    """A record that is refused for good, and why."""

    seq: int
    code: str


class AckOut(Output):
    """What a boot of a vehicle is told; it need not keep what lies up to `upto`."""

    boot_id: str
    upto: int
    rejected: list[RejectedOut]
    geofence_etag: str | None

    @classmethod
    def from_domain(cls, ack: Ack) -> Self:
        """The acknowledgement as it is sent."""
        rejected = [RejectedOut(seq=seq, code=code) for seq, code in ack.rejected]
        return cls(
            boot_id=ack.boot_id,
            upto=ack.upto,
            rejected=rejected,
            geofence_etag=ack.geofence_etag,
        )


def read_message(topic: str, payload: bytes, frame: Frame, most_items: int) -> Message:
    """The items of a message; one that says what is wrong where none can be read."""
    return Message(topic.removeprefix(_FROM), _items(payload, frame, most_items))


def read_heartbeat(topic: str, payload: bytes, frame: Frame) -> Telling:
    """The heartbeat, told by the vehicle of the topic; Malformed when it cannot be read."""
    heartbeat = _read(_HEARTBEAT, payload, MOST_HEARTBEAT_BYTES).to_domain(frame)
    return Telling(topic.removeprefix(_POSITIONS_FROM), heartbeat)


def ack_topic(ack: Ack) -> str:
    """Where a vehicle listens."""
    return f"vehicles/{ack.vehicle_id}/acks"


def ack_text(ack: Ack) -> str:
    """The acknowledgement as JSON."""
    return AckOut.from_domain(ack).model_dump_json()


def _items(payload: bytes, frame: Frame, most: int) -> tuple[Posted, ...]:
    try:
        batch = _read(_BATCH, payload, MOST_BYTES)
        if len(batch) > most:
            words = f"一批最多 {most} 条", f"A batch holds {most} at most"
            raise _malformed("batch_too_large", *words)
    except Malformed as refused:
        return (
            Posted(0, None, refused.problems[0], text=lambda: payload.decode(errors="replace")),
        )
    return posted(batch, frame)


def _read(shape: TypeAdapter[Shape], payload: bytes, most_bytes: int) -> Shape:
    """What the message holds; Malformed when it as a whole cannot be read."""
    if len(payload) > most_bytes:
        size = f"{most_bytes >> 10} KiB"
        raise _malformed("too_large", f"一条消息最多 {size}", f"A message has {size} at most")
    try:
        return shape.validate_python(read_json(payload))
    except ValidationError as refused:
        defects = refused.errors(include_url=False, include_input=False)
        raise Malformed(of_schema(defects)) from None
    except ValueError as refused:
        words = f"不是合法 JSON：{refused}", f"It is not JSON: {refused}"
        raise _malformed("not_json", *words) from None


def _malformed(code: str, zh: str, en: str) -> Malformed:
    return Malformed([Problem("", code, Text(zh, en))])
