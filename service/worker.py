"""What happens by the clock and not by request: telemetry is sealed into the journal, hourly.

A composition root; `testzone worker` runs it beside the served registry, on the same database.
"""

import logging
from threading import Event

from service.api.deps import Registry
from service.domain.errors import RegistryError
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.usecases import telemetry

WORKER = Actor(id="worker", name="worker", role=Role.admin)
EVERY_S = 60.0
_log = logging.getLogger("testzone.worker")


def run_once(registry: Registry) -> int:
    """How many summaries were sealed: those that have waited for the rule pack's period."""
    with registry.store.write() as tx:
        sealed = telemetry.seal(tx, WORKER, registry.context())
    if sealed:
        _log.info("sealed %d summaries", sealed)
    return sealed


def run(registry: Registry, stop: Event) -> None:
    """Do what is due, minute by minute, until told to stop; a failure waits for the next turn."""
    while not stop.is_set():
        try:
            run_once(registry)
        except RegistryError as refused:
            _log.warning("put off: %s %s", refused.code, refused.message.en)
        stop.wait(EVERY_S)
