"""The broker is killed, or away for long, while vehicles publish to a worker of its own process."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from service.adapters.demo.fleet import Faults, Payload
from service.api.deps import Registry
from service.domain.permit import Permit
from tests.faults.conftest import VEHICLES
from tests.faults.processes import until
from tests.faults.promises import assert_kept
from tests.faults.vehicles import driven, key
from tests.mqtt.broker import Broker
from tests.mqtt.conftest import settings_for
from tests.mqtt.test_faults import a_worker
from tests.mqtt.vehicle import Vehicle

MINUTES = 150
KILLS = 3
AWAY_S = 8.0
"""Instead of an hour: the worker tries again ever more seldom, but at least every 30 s."""
SOON_S = 35.0
# nothing lost or late on the way to the radio: a vehicle keeps what lies beyond a gap
FAULTS = Faults(twice=0.05, skewed=0.05, jittery=0.05, astray=0.05)


@contextmanager
def a_listener(registry: Registry, broker: Broker) -> "Iterator[subprocess.Popen[bytes]]":
    """`testzone worker` on that broker, in a process of its own."""
    settings = settings_for(registry.settings.database_url, broker)
    with a_worker(replace(registry, settings=settings)) as worker:
        broker.hears_of("telemetry/v1/+")
        yield worker


@contextmanager
def publishing(broker: Broker, in_force: tuple[Permit, ...], seed: int) -> Iterator["Fleet"]:
    """The vehicles are connected within the block."""
    told = driven(in_force, MINUTES, FAULTS, seed)
    with ExitStack() as stack:
        cars = [stack.enter_context(Vehicle(broker, name)) for name in VEHICLES]
        yield Fleet([(car, told[car.id]) for car in cars])


class Fleet:
    """All vehicles of a test; each keeps what it said until an acknowledgement passes it."""

    def __init__(self, cars: list[tuple[Vehicle, list[Payload]]]) -> None:
        self._cars = cars
        self.sent = [key(payload) for _, some in cars for payload in some]

    @property
    def acknowledged(self) -> int:
        return sum(max((ack["upto"] for ack in car.acks), default=0) for car, _ in self._cars)

    @property
    def kept(self) -> int:
        return sum(len(car.kept) for car, _ in self._cars)

    def say(self, first: float, last: float) -> None:
        """From one share of what there is to tell to another, 0 to 1."""
        for car, some in self._cars:
            for payload in some[int(first * len(some)) : int(last * len(some))]:
                car.say(payload)

    def settle(self, patience_s: float = 60.0) -> None:
        """Everything said is acknowledged; what the broker forgot is said again until it is."""
        for car, _ in self._cars:
            car.settle(patience_s)


def test_a_broker_that_is_killed_loses_and_doubles_nothing_that_was_acknowledged(
    registry: Registry, broker: Broker, in_force: tuple[Permit, ...]
) -> None:
    with a_listener(registry, broker) as worker, publishing(broker, in_force, seed=4) as fleet:
        for kill in range(KILLS):
            before, middle = fleet.acknowledged, (kill + 0.5) / KILLS
            fleet.say(kill / KILLS, middle)
            until(lambda before=before: fleet.acknowledged > before)
            fleet.say(middle, (kill + 1) / KILLS)
            broker.stop(signal.SIGKILL)
            assert fleet.kept, "everything had been answered before it was killed"
            broker.start()
            fleet.settle()
        assert worker.poll() is None
    assert_kept(registry, fleet.sent)


def test_a_broker_that_was_away_for_long_is_found_again_by_all(
    registry: Registry, broker: Broker, in_force: tuple[Permit, ...]
) -> None:
    with a_listener(registry, broker) as worker, publishing(broker, in_force, seed=5) as fleet:
        fleet.say(0, 0.5)
        until(lambda: fleet.acknowledged > 0)
        broker.stop(signal.SIGKILL)
        before = fleet.acknowledged
        fleet.say(0.5, 1)
        time.sleep(AWAY_S)
        assert fleet.acknowledged == before
        broker.start()
        fleet.settle(SOON_S)
        assert worker.poll() is None
    assert_kept(registry, fleet.sent)
