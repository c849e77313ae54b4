"""Heartbeats that came over MQTT: of each vehicle only the one that came last is stored.

They are taken after summaries, some of them now and then, and promise nothing: what cannot be read
or stored is dropped, for another one follows.
"""

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic

from service.adapters.db.engine import Busy, Unavailable
from service.domain.errors import Malformed, RegistryError
from service.usecases.context import Context
from service.usecases.live import Telling, locate
from service.usecases.ports import UnitOfWork
from service.wire.messages import MOST_HEARTBEAT_BYTES, read_heartbeat

MOST_VEHICLES = 10_000
"""Of how many vehicles heartbeats wait at most."""
AT_ONCE = 500
EVERY_S = 1.0
"""So many are stored at once, and so much later the next: summaries have the time between."""
TOLD_EVERY_S = 60.0

_log = logging.getLogger("testzone.mqtt")


class Heartbeats:
    """Takes heartbeats from one thread, and stores them in another."""

    def __init__(self, store: UnitOfWork, context: Callable[[], Context]) -> None:
        self._store = store
        self._context = context
        self._waiting: dict[str, bytes] = {}
        self._lock = Lock()
        self._next_at = self._tell_at = monotonic()
        self._dropped = 0
        self._last_dropped = ""

    def put(self, topic: str, payload: bytes) -> None:
        """Keep the heartbeat in place of the one that waits on the same topic."""
        with self._lock:
            if topic in self._waiting or len(self._waiting) < MOST_VEHICLES:
                # one byte too many is enough to refuse it later
                self._waiting[topic] = payload[: MOST_HEARTBEAT_BYTES + 1]
            else:
                self._drop(topic, "too many vehicles wait")

    def store(self) -> None:
        """Store those that have waited longest, when it is time again."""
        if monotonic() < self._next_at:
            return
        if tellings := self._read(self._taken()):
            try:
                with self._store.write() as tx:
                    answers = locate(tx, self._context(), tellings)
            except (Busy, Unavailable) as refused:
                answers = (refused,) * len(tellings)
            for told, answer in zip(tellings, answers, strict=True):
                if isinstance(answer, RegistryError):
                    self._refuse(told.vehicle_id, answer)
        self._next_at = monotonic() + EVERY_S
        self._tell()

    def _taken(self) -> list[tuple[str, bytes]]:
        with self._lock:
            some = list(self._waiting)[:AT_ONCE]
            return [(topic, self._waiting.pop(topic)) for topic in some]

    def _read(self, taken: list[tuple[str, bytes]]) -> list[Telling]:
        frame = self._context().frame
        tellings = []
        for topic, payload in taken:
            try:
                tellings.append(read_heartbeat(topic, payload, frame))
            except Malformed as refused:
                self._refuse(topic, refused)
        return tellings

    def _refuse(self, whose: str, refused: RegistryError) -> None:
        why = refused.code
        if isinstance(refused, Malformed):
            first = refused.problems[0]
            why = f"{first.code} at {first.pointer}"
        with self._lock:
            self._drop(whose, why)

    def _drop(self, whose: str, why: str) -> None:
        self._dropped += 1
        self._last_dropped = f"{whose!r}: {why!r}"

    def _tell(self) -> None:
        """Say what was dropped, all at once and now and then."""
        with self._lock:
            if self._dropped and monotonic() >= self._tell_at:
                _log.warning("%d heartbeats dropped, last of %s", self._dropped, self._last_dropped)
                self._dropped = 0
                self._tell_at = monotonic() + TOLD_EVERY_S
