"""Heartbeats over MQTT: the newest of each vehicle is shown, and no summary waits for one."""

import json
import time
from contextlib import AbstractContextManager

import pytest

from service.adapters import heartbeats, mqtt
from service.adapters.db.engine import Unavailable
from service.adapters.db.uow import Store
from service.adapters.heartbeats import Heartbeats
from service.api.deps import Registry
from service.domain.live import Heartbeat
from service.usecases.ports import Tx
from service.wire.messages import MOST_HEARTBEAT_BYTES
from tests.mqtt.broker import Broker
from tests.mqtt.conftest import OWNERS, STRANGER, listening
from tests.mqtt.test_faults import until
from tests.mqtt.test_listening import counted, letters
from tests.mqtt.test_pressure import a_link
from tests.mqtt.vehicle import Vehicle, a_heartbeat, a_summary

ONE_DATABASE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def last(registry: Registry) -> dict[str, Heartbeat]:
    """The last position known of each vehicle."""
    with registry.store.read() as tx:
        return {key: told.heartbeat for key, told in tx.positions.last(OWNERS).items()}


def speeds(registry: Registry) -> dict[str, float | None]:
    return {key: heartbeat.speed_mps for key, heartbeat in last(registry).items()}


def dropped(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text for text in caplog.messages if "dropped" in text]


def put(waiting: Heartbeats, payload: str | bytes, vehicle_id: str = "car-a") -> None:
    text = payload if isinstance(payload, bytes) else payload.encode()
    waiting.put(f"positions/v1/{vehicle_id}", text)


@pytest.mark.parametrize("qos", [0, 1])
def test_a_heartbeat_is_known_and_not_answered(
    registry: Registry, broker: Broker, heard: None, qos: int
) -> None:
    broker.hears_of("positions/v1/+")
    with Vehicle(broker, "car-a") as car, Vehicle(broker, "car-b") as other:
        car.beat(a_heartbeat(8.5, permit_id="permit-car-a"), qos)
        other.beat(a_heartbeat(9.5), qos)
        until(lambda: speeds(registry) == {"car-a": 8.5, "car-b": 9.5})
        time.sleep(0.2)
    assert (car.acks, counted(registry), letters(registry)) == ([], [], [])


@ONE_DATABASE
def test_the_broker_refuses_a_heartbeat_of_another_vehicle(
    registry: Registry, broker: Broker, heard: None
) -> None:
    with Vehicle(broker, "car-b") as car:
        car.publish(json.dumps(a_heartbeat()), "positions/v1/car-a")
        car.beat(a_heartbeat())
        until(lambda: bool(last(registry)))
    assert (car.refused, list(last(registry))) == (["Not authorized"], ["car-b"])


@ONE_DATABASE
def test_what_is_wrong_with_heartbeats_is_told_once_and_holds_no_summary_up(
    registry: Registry, broker: Broker, heard: None, caplog: pytest.LogCaptureFixture
) -> None:
    with Vehicle(broker, "car-a") as car, Vehicle(broker, STRANGER) as stranger:
        stranger.beat(a_heartbeat())
        for _ in range(3):
            car.publish("garbage", "positions/v1/car-a")
            car.say(a_summary("car-a", 1))
            car.settle()
            time.sleep(heartbeats.EVERY_S)
        car.beat(a_heartbeat())
        until(lambda: bool(last(registry)))
    assert len(dropped(caplog)) == 1
    assert (counted(registry), letters(registry)) == ([("car-a", 1)], [])


@ONE_DATABASE
def test_heartbeats_pass_while_no_more_summaries_may_wait(
    registry: Registry, broker: Broker
) -> None:
    came: list[bytes] = []
    with (
        a_link(broker, lambda _, payload: came.append(payload)) as link,
        Vehicle(broker, "car-a") as car,
    ):
        for number in range(mqtt.MOST_WAITING + 100):
            car.publish(str(number))
        until(lambda: len(link.inbox) == mqtt.MOST_WAITING)
        for number in range(2 * mqtt.MOST_WAITING):
            car.publish(str(number), "positions/v1/car-a", 1)
        until(lambda: len(came) == 2 * mqtt.MOST_WAITING)
        # none of them took the place of a summary
        link.release(link.inbox.gather())
        until(lambda: len(link.inbox) == mqtt.MOST_WAITING + 100 - mqtt.BATCH)
        assert not link.inbox.has_spilled


@ONE_DATABASE
def test_summaries_are_counted_among_any_number_of_heartbeats(
    registry: Registry, broker: Broker
) -> None:
    most = 200
    with listening(registry), Vehicle(broker, "car-a") as car:
        broker.hears_of("positions/v1/+")
        for seq in range(1, most + 1):
            car.say(a_summary("car-a", seq))
            for _ in range(10):
                car.beat(a_heartbeat(seq))
        car.settle()
        until(lambda: speeds(registry) == {"car-a": most})
    assert len(counted(registry)) == most


@ONE_DATABASE
def test_of_each_vehicle_only_the_newest_is_stored(registry: Registry) -> None:
    waiting = Heartbeats(registry.store, registry.context)
    for speed_mps in range(5):
        put(waiting, json.dumps(a_heartbeat(speed_mps)))
        put(waiting, json.dumps(a_heartbeat(speed_mps + 1)), "car-b")
    waiting.store()
    assert speeds(registry) == {"car-a": 4, "car-b": 5}
    with registry.store.read() as tx:
        assert tx.positions.head() == 2


@ONE_DATABASE
def test_those_that_waited_longest_go_first_and_the_next_some_time_later(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "AT_ONCE", 1)
    monkeypatch.setattr(heartbeats, "EVERY_S", 0.5)
    waiting = Heartbeats(registry.store, registry.context)
    for vehicle_id in ("car-b", "car-a", "car-b"):
        put(waiting, json.dumps(a_heartbeat()), vehicle_id)
    waiting.store()
    waiting.store()
    assert list(last(registry)) == ["car-b"]
    time.sleep(0.5)
    waiting.store()
    assert sorted(last(registry)) == ["car-a", "car-b"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"garbage", "not_json at "),
        (b"\xff\x00", "not_json at "),
        (b"[]", "at "),
        (b" " * (MOST_HEARTBEAT_BYTES + 10), "too_large at "),
        (json.dumps(a_heartbeat(lon=121.5, lat=31.2)).encode(), "outside_extent at /lon"),
        (json.dumps(a_heartbeat(at="2100-01-01T00:00:00Z")).encode(), "in_the_future at /at"),
        (json.dumps(a_heartbeat(permit_id="permit-x")).encode(), "permit_unknown at /permit_id"),
        (json.dumps(a_heartbeat(-1)).encode(), "at /speed_mps"),
    ],
    ids=range(8),
)
def test_a_heartbeat_that_is_refused_is_told_with_the_reason(
    registry: Registry, caplog: pytest.LogCaptureFixture, payload: bytes, why: str
) -> None:
    waiting = Heartbeats(registry.store, registry.context)
    put(waiting, payload)
    put(waiting, json.dumps(a_heartbeat()), "car-b")
    waiting.store()
    assert list(last(registry)) == ["car-b"]
    (text,) = dropped(caplog)
    assert "1 heartbeats" in text
    assert why in text


@ONE_DATABASE
def test_more_vehicles_than_can_wait_are_dropped_and_counted(
    registry: Registry, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "MOST_VEHICLES", 1)
    waiting = Heartbeats(registry.store, registry.context)
    for vehicle_id in ("car-a", "car-b", "car-b"):
        put(waiting, json.dumps(a_heartbeat()), vehicle_id)
    waiting.store()
    assert list(last(registry)) == ["car-a"]
    assert "2 heartbeats" in dropped(caplog)[0]


class Away:
    """A store that cannot be written to."""

    def __init__(self, store: Store) -> None:
        self.read = store.read

    def write(self) -> AbstractContextManager[Tx]:
        raise Unavailable


@ONE_DATABASE
def test_without_a_database_heartbeats_are_dropped_and_do_not_pile_up(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = Heartbeats(Away(registry.store), registry.context)
    put(waiting, json.dumps(a_heartbeat()))
    waiting.store()
    (text,) = dropped(caplog)
    assert "database_unavailable" in text
