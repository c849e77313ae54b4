"""What happens by the clock and not by request: telemetry is sealed, hourly, and in time retired.

Vehicles that fall silent are told of in the log; others are heard over MQTT meanwhile, where the
settings name a broker.

A composition root; `testzone worker` runs it beside the served registry, on the same database.
"""

import logging
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from service.adapters.mqtt import Broker, Listener
from service.api.deps import Registry
from service.domain.errors import RegistryError
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.usecases import live, telemetry
from service.usecases.live import Silence
from service.usecases.ports import Query

WORKER = Actor(id="worker", name="worker", role=Role.admin)
EVERY_S = 60.0
_log = logging.getLogger("testzone.worker")


def run_once(registry: Registry) -> int:
    """How many summaries were sealed: those that have waited for the rule pack's period."""
    ctx = registry.context()
    with registry.store.write() as tx:
        retired = telemetry.keep_house(tx, WORKER, ctx)
        sealed = telemetry.seal(tx, WORKER, ctx)
    if retired:
        _log.info("retired %d summaries", retired)
    if sealed:
        _log.info("sealed %d summaries", sealed)
    if registry.oversize is not None:
        _log.warning("%s", registry.oversize)
    return sealed


def watch(registry: Registry, known: Collection[Silence]) -> Collection[Silence]:
    """The vehicles that are silent now; those that were not `known` to be are logged."""
    with registry.store.read() as tx:
        silent = live.silent(tx, registry.context(), Query())
    for one in silent:
        if one not in known:
            _log.warning("vehicle %s has been silent since %s", one.vehicle_id, one.since)
    return silent


def run(registry: Registry, stop: Event) -> None:
    """Do what is due, minute by minute, until told to stop; a failure waits for the next turn."""
    silent: Collection[Silence] = ()
    with _listening(registry, stop):
        while not stop.is_set():
            try:
                silent = watch(registry, silent)
                run_once(registry)
            except RegistryError as refused:
                _log.warning("put off: %s %s", refused.code, refused.message.en)
            stop.wait(EVERY_S)


@contextmanager
def _listening(registry: Registry, stop: Event) -> Iterator[None]:
    """Vehicles are heard meanwhile, where the settings name a broker; what ends that ends all."""
    settings = registry.settings
    if settings.mqtt_url is None:
        yield
        return
    password = settings.mqtt_password.get_secret_value() if settings.mqtt_password else None
    broker = Broker.at(settings.mqtt_url, settings.mqtt_username, password, settings.mqtt_ca)
    listener = Listener(broker, registry.store, registry.context)
    with ThreadPoolExecutor(1, "mqtt") as thread:
        listening = thread.submit(listener.run, stop)
        listening.add_done_callback(lambda _: stop.set())
        try:
            yield
        finally:
            stop.set()
    listening.result()
