"""Telemetry over MQTT 5: gathered, stored, and acknowledged to the vehicle only then.

What was not answered for stays with the broker: it hands over no more than MOST_WAITING messages at
a time, goes on where PUBACKs went out, and hands the others over again to the next connection.

Heartbeats come by the same connection, take no place from summaries and are not answered for.
"""

import logging
import ssl
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event
from time import monotonic
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from paho.mqtt.client import Client, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from service.adapters.db.engine import Busy, Unavailable
from service.adapters.db.uow import Store
from service.adapters.heartbeats import Heartbeats
from service.domain.rulepack import LimitKey
from service.usecases.acks import Ack, receive
from service.usecases.context import Context
from service.wire.messages import POSITIONS_TOPIC, TOPIC, ack_text, ack_topic, read_message

CLIENT_ID = "testzone-registry"
"""The broker keeps what this client has not acknowledged; two at once would push each other out."""
KEPT_S = 7 * 24 * 3600
"""For how long the broker keeps it while the registry is away."""

MOST_WAITING = 1000
MOST_WAITING_BYTES = 64 << 20
"""What waits here at most, in one connection."""
BATCH = 500
BATCH_BYTES = 8 << 20
BATCH_S = 0.05
"""A batch is stored when it has so many messages or bytes, or when its first has waited so long."""

IDLE_S = 0.5
PATIENCE_S = 15.0
"""How long the broker may take to answer before the connection counts as lost."""
LONGEST_WAIT_S = 30.0

_log = logging.getLogger("testzone.mqtt")


@dataclass(frozen=True)
class Broker:
    """Where the broker is and how it is reached: TLS when there is a `tls` context."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str, username: str | None, password: str | None, trusted: Path | None) -> Self:
        """The broker of `mqtt[s]://HOST[:PORT]`; OSError when `trusted` holds no certificates."""
        parts = urlsplit(url)
        if parts.scheme == "mqtts":
            tls = ssl.create_default_context(cafile=trusted)
            return cls(parts.hostname or "", parts.port or 8883, tls, username, password)
        return cls(parts.hostname or "", parts.port or 1883, None, username, password)


class Lost(Exception):
    """The connection to the broker is of no use any more; the text says why."""


class Arrived(NamedTuple):
    """One message, and what its PUBACK has to name."""

    topic: str
    payload: bytes
    mid: int
    qos: int


class Inbox:
    """The messages that wait to be stored; what does not fit is left to the broker."""

    def __init__(self) -> None:
        self._waiting: deque[Arrived] = deque()
        self._bytes = 0
        self._changed = Condition()
        self.has_spilled = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: Arrived) -> None:
        """Keep the message if there is room.

        The broker knows the number that may wait, not their size; and QoS 0 keeps to neither.
        """
        with self._changed:
            full = len(self._waiting) >= MOST_WAITING or (
                self._waiting and self._bytes + len(message.payload) > MOST_WAITING_BYTES
            )
            if full:
                self.has_spilled |= message.qos > 0
                return
            self._waiting.append(message)
            self._bytes += len(message.payload)
            self._changed.notify()

    def gather(self) -> list[Arrived]:
        """The next batch; empty when nothing came for a while."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting, IDLE_S):
                return []
            until = monotonic() + BATCH_S
            while not self._is_batch() and (left := until - monotonic()) > 0:
                self._changed.wait(left)
            batch: list[Arrived] = []
            size = 0
            while self._waiting and len(batch) < BATCH and size < BATCH_BYTES:
                batch.append(self._waiting.popleft())
                size += len(batch[-1].payload)
            self._bytes -= size
            return batch

    def _is_batch(self) -> bool:
        return len(self._waiting) >= BATCH or self._bytes >= BATCH_BYTES


class Link:
    """One connection to the broker, and the messages that came by it; they do not outlive it.

    Heartbeats are handed on as they come, by topic and payload.
    """

    def __init__(self, broker: Broker, heartbeat: Callable[[str, bytes], None]) -> None:
        self.inbox = Inbox()
        self._heartbeat = heartbeat
        self._lost: str | None = None
        self._ready = Event()
        self._broker = broker
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            CLIENT_ID,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.message_callback_add(POSITIONS_TOPIC, self._on_heartbeat)
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls is not None:
            client.tls_set_context(broker.tls)

    def __enter__(self) -> Self:
        """Connected and subscribed; OSError or Lost when that cannot be had."""
        wanted = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wanted.SessionExpiryInterval = KEPT_S
        wanted.ReceiveMaximum = MOST_WAITING
        broker = self._broker
        self._client.connect(broker.host, broker.port, clean_start=False, properties=wanted)
        self._client.loop_start()
        if not self._ready.wait(PATIENCE_S):
            self._lose("it does not answer")
        if self._lost is not None:
            self._close()
        self.check()
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnected; the broker goes on to keep what is not acknowledged."""
        self._close()

    def check(self) -> None:
        """Return while the connection is of use; Lost when it is not."""
        if self._lost is not None:
            raise Lost(self._lost)

    def tell(self, acks: Sequence[Ack]) -> None:
        """Every acknowledgement is with the broker; Lost when that cannot be known."""
        until = monotonic() + PATIENCE_S
        told = [self._client.publish(ack_topic(ack), ack_text(ack), qos=1) for ack in acks]
        for sent in told:
            if sent.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise Lost(sent.rc.name)
            while not sent.is_published():
                self.check()
                if monotonic() > until:
                    raise Lost("it does not take acknowledgements")
                sent.wait_for_publish(IDLE_S)

    def release(self, messages: Sequence[Arrived]) -> None:
        """The broker may forget these."""
        for message in messages:
            self._client.ack(message.mid, message.qos)

    def _close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _lose(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._ready.set()

    def _on_connect(
        self, client: Client, _: object, __: object, reason: ReasonCode, ___: object
    ) -> None:
        if reason.is_failure:
            self._lose(str(reason))
        else:
            # a retained message was seen when it came
            seen = SubscribeOptions.RETAIN_DO_NOT_SEND
            # the broker keeps nothing of QoS 0 back, and does not count it among what may wait
            wanted = ((TOPIC, 1), (POSITIONS_TOPIC, 0))
            client.subscribe(
                [(topic, SubscribeOptions(qos, retainHandling=seen)) for topic, qos in wanted]
            )

    def _on_subscribe(
        self, _: Client, __: object, ___: int, reasons: list[ReasonCode], ____: object
    ) -> None:
        summaries, positions = reasons
        if summaries.is_failure:
            self._lose(f"it refuses {TOPIC}: {summaries}")
        if positions.is_failure:
            _log.warning("no heartbeats: it refuses %s: %s", POSITIONS_TOPIC, positions)
        self._ready.set()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        self.inbox.put(Arrived(message.topic, bytes(message.payload), message.mid, message.qos))

    def _on_heartbeat(self, _: Client, __: object, message: MQTTMessage) -> None:
        self._heartbeat(message.topic, bytes(message.payload))

    def _on_publish(
        self, _: Client, __: object, ___: int, reason: ReasonCode, ____: object
    ) -> None:
        # that nobody listens just now is no failure
        if reason.is_failure:
            self._lose(f"it refuses acknowledgements: {reason}")

    def _on_disconnect(
        self, _: Client, __: object, flags: DisconnectFlags, reason: ReasonCode, ___: object
    ) -> None:
        by_the_broker = flags.is_disconnect_packet_from_server
        self._lose(str(reason) if by_the_broker else "the connection broke off")


class Listener:
    """Takes what vehicles publish into the registry until told to stop."""

    def __init__(self, broker: Broker, store: Store, context: Callable[[], Context]) -> None:
        self._broker = broker
        self._store = store
        self._context = context
        self._heartbeats = Heartbeats(store, context)

    def run(self, stop: Event) -> None:
        """Listen until `stop` is set; the batch in hand is then finished first."""
        where = f"{self._broker.host}:{self._broker.port}"
        waits, is_told = _waits(), False
        while not stop.is_set():
            try:
                with Link(self._broker, self._heartbeats.put) as link:
                    _log.info("listening to the broker at %s", where)
                    waits, is_told = _waits(), False
                    self._take_in(link, stop)
            except (OSError, Lost) as lost:
                if not is_told:
                    _log.warning("the broker at %s is out of reach: %s", where, str(lost))
                is_told = True
                stop.wait(next(waits))

    def _take_in(self, link: Link, stop: Event) -> None:
        """Store and answer batch after batch; back when told to stop or when messages spilled."""
        while not stop.is_set():
            self._heartbeats.store()
            messages = link.inbox.gather()
            if not messages:
                link.check()
                if link.inbox.has_spilled:
                    # all that fitted is stored; another connection is handed the rest
                    return
                continue
            acks = self._stored(messages, stop)
            if acks is None:
                return
            link.tell(acks)
            link.release(messages)

    def _stored(self, messages: Sequence[Arrived], stop: Event) -> tuple[Ack, ...] | None:
        """What to answer now that the messages are stored; None when told to stop before that."""
        ctx = self._context()
        most = int(ctx.pack.number(LimitKey.telemetry_batch))
        read = [
            read_message(message.topic, message.payload, ctx.frame, most) for message in messages
        ]
        is_told = False
        for wait in _waits():
            try:
                with self._store.write() as tx:
                    acks = receive(tx, self._context(), read)
            except (Busy, Unavailable) as refused:
                if not is_told:
                    _log.warning("nothing can be stored: %s", refused)
                is_told = True
                if stop.wait(wait):
                    return None
            else:
                if is_told:
                    _log.info("storing again")
                return acks
        return None


def _waits() -> Iterator[float]:
    """How long to wait before each next try, in seconds, for ever."""
    wait = 0.5
    while True:
        yield wait
        wait = min(2 * wait, LONGEST_WAIT_S)
