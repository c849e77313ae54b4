"""A vehicle as the page describes it: it keeps every record until an acknowledgement passes it."""

import json
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from tests.mqtt.broker import Broker, password_of

REPEAT_S = 1.5
PATIENCE_S = 30.0

Json = dict[str, Any]

BOOTED_AT = datetime.now(UTC) - timedelta(hours=3)


def a_summary(vehicle_id: str, seq: int, **changes: Any) -> Json:
    """Ten seconds by hand in the sample area, one after the other since three hours ago."""
    start = BOOTED_AT + timedelta(seconds=10 * seq)
    return {
        "id": f"{vehicle_id}-{changes.get('boot_id', 'boot-1')}-{seq}",
        "vehicle_id": vehicle_id,
        "permit_id": f"permit-{vehicle_id}",
        "boot_id": "boot-1",
        "seq": seq,
        "started_at": start.isoformat(),
        "ended_at": (start + timedelta(seconds=10)).isoformat(),
        "software_version": "1.0",
        "supervision_mode": "driver_seat",
        "distance_km": {"manual": 0.1},
        "duration_s": {"manual": 10},
        "max_speed_mps": 12,
        "mean_speed_mps": 10,
        "horizontal_accuracy_m": 1,
        "crs": "EPSG:4490",
        "path": {"type": "LineString", "coordinates": [[104.051, 30.601], [104.052, 30.601]]},
        **changes,
    }


def a_heartbeat(speed_mps: float = 10, **changes: Any) -> Json:
    """Where it is now, in the sample area."""
    at = datetime.now(UTC).isoformat()
    place = {"at": at, "lon": 104.055, "lat": 30.605, "crs": "EPSG:4490"}
    return {**place, "speed_mps": speed_mps, **changes}


class Vehicle:
    """`say` publishes and keeps; `settle` repeats what is kept until all of it is acknowledged."""

    def __init__(self, broker: Broker, vehicle_id: str, certificate: Path | None = None) -> None:
        self.id = vehicle_id
        self.kept: dict[tuple[str, int], Json] = {}
        self.acks: list[Json] = []
        self.refused: list[str] = []
        self.granted: list[str] = []
        self._lock, self._ready = Lock(), Event()
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            f"vehicle-{vehicle_id}",
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        client.reconnect_delay_set(0.1, 0.5)
        tls = ssl.create_default_context(cafile=broker.ca)
        port = broker.port
        if certificate is None:
            client.username_pw_set(vehicle_id, password_of(vehicle_id))
        else:
            tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
            port = broker.certificate_port
        client.tls_set_context(tls)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.connect_async("localhost", port, clean_start=False)

    def __enter__(self) -> "Vehicle":
        return self.enter(PATIENCE_S)

    def enter(self, patience_s: float) -> "Vehicle":
        """Connected; the test fails when that does not come about."""
        self._client.loop_start()
        if not self._ready.wait(patience_s):
            self._client.loop_stop()
            raise AssertionError("the broker did not let the vehicle in")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, *summaries: Json) -> None:
        """One message: one summary as an object, several as an array."""
        with self._lock:
            self.kept |= {(s["boot_id"], s["seq"]): s for s in summaries}
        self.publish(json.dumps(summaries[0] if len(summaries) == 1 else summaries))

    def publish(self, payload: str | bytes, topic: str | None = None, qos: int = 1) -> None:
        """Any text, on the vehicle's own topic unless told otherwise."""
        self._client.publish(topic or f"telemetry/v1/{self.id}", payload, qos=qos)

    def beat(self, heartbeat: Json, qos: int = 0) -> None:
        """Where it is, which it neither keeps nor repeats."""
        self.publish(json.dumps(heartbeat), f"positions/v1/{self.id}", qos)

    def settle(self, patience_s: float = PATIENCE_S) -> None:
        """Nothing is kept any more; the test fails when that does not come about."""
        until, repeat_at = time.monotonic() + patience_s, time.monotonic() + REPEAT_S
        while self.kept:
            assert time.monotonic() < until, f"never acknowledged: {sorted(self.kept)}"
            if time.monotonic() > repeat_at:
                with self._lock:
                    again = list(self.kept.values())
                for at in range(0, len(again), 100):
                    self.publish(json.dumps(again[at : at + 100]))
                repeat_at = time.monotonic() + REPEAT_S
            time.sleep(0.02)

    def hears(self, wanted: Callable[[Json], bool]) -> Json:
        """The first acknowledgement of that kind."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for ack in list(self.acks):
                if wanted(ack):
                    return ack
            time.sleep(0.02)
        raise AssertionError(f"heard only {self.acks}")

    def _on_connect(
        self, client: Client, _: object, __: object, reason: ReasonCode, *___: object
    ) -> None:
        if not reason.is_failure:
            client.subscribe(f"vehicles/{self.id}/acks", qos=1)

    def _on_subscribe(
        self, _: Client, __: object, ___: int, reasons: list[ReasonCode], *____: object
    ) -> None:
        self.granted += [str(reason) for reason in reasons]
        self._ready.set()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        ack = json.loads(message.payload)
        with self._lock:
            passed = [
                key for key in self.kept if key[0] == ack["boot_id"] and key[1] <= ack["upto"]
            ]
            for key in passed:
                del self.kept[key]
        self.acks.append(ack)

    def _on_publish(
        self, _: Client, __: object, ___: int, reason: ReasonCode, *____: object
    ) -> None:
        if reason.is_failure:
            self.refused.append(str(reason))
