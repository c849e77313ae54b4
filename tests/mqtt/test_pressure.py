"""More than can be stored: what waits is bounded, and the broker keeps the rest."""

import json
import time
from collections.abc import Callable

import pytest

from service.adapters import mqtt
from service.adapters.mqtt import Arrived, Inbox, Link
from service.api.deps import Registry
from tests.mqtt.broker import REGISTRY, Broker, password_of
from tests.mqtt.conftest import listening
from tests.mqtt.test_faults import until
from tests.mqtt.test_listening import counted
from tests.mqtt.vehicle import Vehicle, a_summary

BEYOND = 500


def a_link(broker: Broker, heartbeat: Callable[[str, bytes], None] = lambda *_: None) -> Link:
    address = mqtt.Broker.at(broker.url, REGISTRY, password_of(REGISTRY), broker.ca)
    return Link(address, heartbeat)


def arrived(size: int, qos: int = 1) -> Arrived:
    return Arrived("telemetry/v1/car-a", b" " * size, 1, qos)


def test_the_broker_keeps_what_is_more_than_may_wait_until_some_is_released(
    broker: Broker,
) -> None:
    with a_link(broker) as link, Vehicle(broker, "car-a") as car:
        for number in range(mqtt.MOST_WAITING + BEYOND):
            car.publish(str(number))
        until(lambda: len(link.inbox) == mqtt.MOST_WAITING)
        time.sleep(0.5)
        assert len(link.inbox) == mqtt.MOST_WAITING

        batch = link.inbox.gather()
        assert len(batch) == mqtt.BATCH
        link.release(batch)
        until(lambda: len(link.inbox) == mqtt.MOST_WAITING)
        assert not link.inbox.has_spilled


def test_what_was_not_released_is_handed_to_the_next_connection(broker: Broker) -> None:
    with a_link(broker) as link, Vehicle(broker, "car-a") as car:
        for number in range(5):
            car.publish(str(number))
        until(lambda: len(link.inbox) == 5)
        first, *others = link.inbox.gather()
        link.release([first])
    with a_link(broker) as again:
        until(lambda: len(again.inbox) == 4)
        assert [m.payload for m in again.inbox.gather()] == [m.payload for m in others]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_is_left_to_the_broker_is_fetched_as_soon_as_there_is_room(
    registry: Registry, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "MOST_WAITING_BYTES", 5_000)
    with listening(registry), Vehicle(broker, "car-a") as car:
        broker.hears_of("telemetry/v1/+")
        with registry.store.write():
            for seq in range(1, 61):
                # published, not kept: the vehicle does not repeat them
                car.publish(json.dumps(a_summary("car-a", seq)))
            time.sleep(1)
        car.hears(lambda ack: ack["upto"] == 60)
    assert len(counted(registry)) == 60


def test_messages_too_large_together_are_left_for_another_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mqtt, "MOST_WAITING_BYTES", 1000)
    inbox = Inbox()
    for _ in range(3):
        inbox.put(arrived(400))
    assert (len(inbox), inbox.has_spilled) == (2, True)
    assert len(inbox.gather()) == 2


def test_one_message_is_taken_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "MOST_WAITING_BYTES", 1000)
    inbox = Inbox()
    inbox.put(arrived(5000))
    assert (len(inbox.gather()), inbox.has_spilled) == (1, False)


def test_messages_that_the_broker_does_not_keep_are_dropped_when_too_many_wait() -> None:
    inbox = Inbox()
    for _ in range(mqtt.MOST_WAITING + 1):
        inbox.put(arrived(1, qos=0))
    assert (len(inbox), inbox.has_spilled) == (mqtt.MOST_WAITING, False)
