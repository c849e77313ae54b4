"""What goes wrong between a vehicle and its acknowledgement: nothing is lost, nothing doubled."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import make_url

from service.adapters.db.engine import Unavailable
from service.adapters.db.uow import SqlTx, Store
from service.api.deps import Registry
from tests import postgres
from tests.mqtt.broker import Broker, password_of
from tests.mqtt.conftest import listening
from tests.mqtt.test_listening import counted
from tests.mqtt.vehicle import Vehicle, a_summary

END_S = 20.0


@contextmanager
def a_worker(registry: Registry) -> Iterator["subprocess.Popen[bytes]"]:
    """The command that listens, in a process of its own; killed where the test has not ended it."""
    settings = registry.settings
    assert settings.mqtt_password is not None
    environment = {
        "TESTZONE_DATABASE_URL": settings.database_url,
        "TESTZONE_MQTT_URL": str(settings.mqtt_url),
        "TESTZONE_MQTT_USERNAME": str(settings.mqtt_username),
        "TESTZONE_MQTT_PASSWORD": settings.mqtt_password.get_secret_value(),
        "TESTZONE_MQTT_CA": str(settings.mqtt_ca),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", "worker"], env={**os.environ, **environment}
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(done: Callable[[], bool]) -> None:
    """Wait for something to come about; the test fails when it does not."""
    deadline = time.monotonic() + END_S
    while not done():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def exactly(vehicle_id: str, last: int) -> list[tuple[str, int]]:
    return [(vehicle_id, seq) for seq in range(1, last + 1)]


class Unwilling:
    """A store that rolls back at the last moment until it is `willing`."""

    def __init__(self, store: Store) -> None:
        self.read = store.read
        self.willing = Event()
        self.tried = Event()
        self._store = store

    @contextmanager
    def write(self) -> Iterator[SqlTx]:
        with self._store.write() as tx:
            yield tx
            if tx.telemetry.upto("car-a", "boot-1"):
                self.tried.set()
            if not self.willing.is_set():
                raise Unavailable


def test_nothing_is_acknowledged_before_it_is_committed(registry: Registry, broker: Broker) -> None:
    store = Unwilling(registry.store)
    with listening(replace(registry, store=store)), Vehicle(broker, "car-a") as car:
        broker.hears_of("telemetry/v1/+")
        car.say(a_summary("car-a", 1))
        assert store.tried.wait(END_S)
        time.sleep(0.5)
        assert (car.acks, counted(registry)) == ([], [])
        store.willing.set()
        car.settle()
    assert counted(registry) == [("car-a", 1)]


def test_a_worker_that_is_killed_has_acknowledged_nothing_that_it_did_not_store(
    registry: Registry, broker: Broker
) -> None:
    last = 300
    with Vehicle(broker, "car-a") as car:
        with a_worker(registry) as worker:
            broker.hears_of("telemetry/v1/+")
            for seq in range(1, last + 1):
                car.say(a_summary("car-a", seq))
                if seq == last // 2:
                    until(lambda: bool(car.acks))
            worker.send_signal(signal.SIGKILL)
            worker.wait(END_S)
            safe = max(ack["upto"] for ack in car.acks)
            assert {seq for _, seq in counted(registry)} >= set(range(1, safe + 1))
        with a_worker(registry):
            car.settle()
    assert sorted(counted(registry)) == exactly("car-a", last)


def test_a_worker_that_is_told_to_end_does_and_hears_later_what_was_said_meanwhile(
    registry: Registry, broker: Broker
) -> None:
    with Vehicle(broker, "car-a") as car:
        with a_worker(registry) as worker:
            car.say(a_summary("car-a", 1))
            car.settle()
            worker.terminate()
            assert worker.wait(END_S) == 0
        car.say(a_summary("car-a", 2))
        time.sleep(0.2)
    with listening(registry):
        until(lambda: len(counted(registry)) == 2)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_broker_that_comes_back_is_listened_to_again(
    registry: Registry, broker: Broker, how: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "testzone.mqtt")
    with listening(registry), Vehicle(broker, "car-a") as car:
        broker.hears_of("telemetry/v1/+")
        for seq in range(1, 11):
            car.say(a_summary("car-a", seq))
        broker.stop(how)
        time.sleep(2)
        broker.start()
        car.say(a_summary("car-a", 11))
        car.settle()
    assert sorted(counted(registry)) == exactly("car-a", 11)
    told = [record.levelname for record in caplog.records]
    assert told == ["INFO", "WARNING", "INFO"], "each change is told once"


@pytest.mark.postgis
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_database_that_comes_back_is_written_to_again(
    registry: Registry,
    broker: Broker,
    postgres_server: postgres.Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = make_url(registry.settings.database_url).database
    with listening(registry), Vehicle(broker, "car-a") as car:
        car.say(a_summary("car-a", 1))
        car.settle()
        postgres_server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres_server.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        for seq in range(2, 21):
            car.say(a_summary("car-a", seq))
        time.sleep(2)
        assert [ack["upto"] for ack in car.acks] == [1]
        postgres_server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        car.settle()
    assert sorted(counted(registry)) == exactly("car-a", 20)
    told = [record.levelname for record in caplog.records if record.name == "testzone.mqtt"]
    assert told == ["WARNING"], "it is told once, however often it is tried"


# paho leaves it to Python to close the socket of a handshake that failed
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_broker_that_nobody_vouches_for_is_not_listened_to(
    registry: Registry, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    trusting = registry.settings.model_copy(update={"mqtt_ca": None})
    with listening(replace(registry, settings=trusting)):
        until(lambda: "certificate verify failed" in caplog.text)
    assert password_of("testzone") not in broker.log


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_registry_that_the_broker_does_not_know_is_told_so(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = registry.settings.model_copy(update={"mqtt_username": "nobody"})
    with listening(replace(registry, settings=unknown)):
        until(lambda: "Not authorized" in caplog.text)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_acknowledgements_that_the_broker_refuses_are_told(
    registry: Registry, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.stop()
    acl = broker.place / "config" / "acl"
    acl.write_text(acl.read_text().replace("topic write vehicles/+/acks\n", ""))
    broker.start()
    with listening(registry), Vehicle(broker, "car-a") as car:
        car.say(a_summary("car-a", 1))
        until(lambda: "refuses acknowledgements" in caplog.text)


def test_a_certificate_that_was_withdrawn_lets_nobody_in(broker: Broker, secrets: Path) -> None:
    sold = Vehicle(broker, "car-sold", secrets / "vehicles" / "car-sold.crt")
    with pytest.raises(AssertionError, match="did not let"):
        sold.enter(2)
