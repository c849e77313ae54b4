"""Summaries over MQTT: each counted once, each answered for, under the name of its topic."""

from pathlib import Path

import pytest

from service.api.deps import Registry
from service.domain.dead_letter import DeadLetter
from service.domain.live import geofence_etag
from service.usecases.ports import Query
from tests.mqtt.broker import Broker
from tests.mqtt.conftest import OWNERS, STRANGER
from tests.mqtt.vehicle import Vehicle, a_summary

pytestmark = pytest.mark.usefixtures("heard")


def counted(registry: Registry) -> list[tuple[str, int]]:
    """Vehicle and number of all that was stored, in the order of arrival."""
    with registry.store.read() as tx:
        items = tx.telemetry.summaries(Query(limit=1000)).items
    return [(item.summary.vehicle_id, item.summary.seq) for item in items]


def letters(registry: Registry) -> list[DeadLetter]:
    with registry.store.read() as tx:
        return list(tx.dead_letters.page(Query(limit=1000)).items)


def test_a_summary_is_counted_and_acknowledged_with_the_tag_of_its_fence(
    registry: Registry, broker: Broker
) -> None:
    with Vehicle(broker, "car-a") as car:
        car.say(a_summary("car-a", 1))
        car.settle()
    with registry.store.read() as tx:
        permit = tx.permits.get("permit-car-a")
    assert counted(registry) == [("car-a", 1)]
    assert car.acks[0] == {
        "boot_id": "boot-1",
        "upto": 1,
        "rejected": [],
        "geofence_etag": geofence_etag(permit, registry.context().now),
    }


def test_an_array_out_of_order_is_acknowledged_up_to_the_first_gap(
    registry: Registry, broker: Broker
) -> None:
    with Vehicle(broker, "car-a") as car:
        car.say(*(a_summary("car-a", seq) for seq in (5, 3, 1)))
        assert car.hears(lambda ack: True)["upto"] == 1
        car.say(a_summary("car-a", 4))
        car.say(a_summary("car-a", 2))
        car.settle()
        assert car.acks[-1]["upto"] == 5
    assert sorted(counted(registry)) == [("car-a", seq) for seq in (1, 2, 3, 4, 5)]


def test_the_same_message_twice_is_counted_once_and_acknowledged_twice(
    registry: Registry, broker: Broker
) -> None:
    once = a_summary("car-a", 1)
    with Vehicle(broker, "car-a") as car:
        car.say(once)
        car.settle()
        car.say(once)
        car.settle()
    assert counted(registry) == [("car-a", 1)]
    assert [ack["upto"] for ack in car.acks] == [1, 1]


def test_two_vehicles_are_answered_each_for_itself(registry: Registry, broker: Broker) -> None:
    with Vehicle(broker, "car-a") as one, Vehicle(broker, "car-b") as other:
        one.say(*(a_summary("car-a", seq) for seq in range(1, 4)))
        other.say(a_summary("car-b", 1, boot_id="boot-9"))
        one.settle()
        other.settle()
    assert sorted(counted(registry)) == [("car-a", 1), ("car-a", 2), ("car-a", 3), ("car-b", 1)]
    assert {ack["boot_id"] for ack in one.acks} == {"boot-1"}
    assert {ack["boot_id"] for ack in other.acks} == {"boot-9"}


def test_the_broker_refuses_a_topic_of_another_vehicle(registry: Registry, broker: Broker) -> None:
    with Vehicle(broker, "car-b") as car:
        car.publish("{}", topic="telemetry/v1/car-a")
        car.publish("{}", topic="vehicles/car-a/acks")
        car.say(a_summary("car-b", 1))
        car.settle()
    assert car.refused == ["Not authorized", "Not authorized"]
    assert (counted(registry), letters(registry)) == ([("car-b", 1)], [])


def test_what_a_vehicle_says_of_another_is_refused_under_its_own_number(
    registry: Registry, broker: Broker
) -> None:
    with Vehicle(broker, "car-b") as car:
        car.say(a_summary("car-a", 1))
        car.say({"vehicle_id": "car-a", "boot_id": "boot-1", "seq": 2})
        car.settle()
    told = [pair for ack in car.acks for pair in ack["rejected"]]
    assert told == [{"seq": seq, "code": "other_vehicle"} for seq in (1, 2)]
    assert counted(registry) == []
    with registry.store.read() as tx:
        assert tx.telemetry.upto("car-a", "boot-1") == 0
    assert [letter.sender for letter in letters(registry)] == ["vehicle:car-b"] * 2


def test_an_item_that_is_refused_is_answered_for_beside_those_that_are_counted(
    registry: Registry, broker: Broker
) -> None:
    bad = a_summary("car-a", 2, max_speed_mps=-1)
    with Vehicle(broker, "car-a") as car:
        car.say(a_summary("car-a", 1), bad, a_summary("car-a", 3, permit_id="permit-car-b"))
        car.settle()
    rejected = car.acks[0]["rejected"]
    assert [item["seq"] for item in rejected] == [2, 3]
    assert rejected[1]["code"] == "permit_unknown"
    # the fence of another's permit is not told
    assert (car.acks[0]["upto"], car.acks[0]["geofence_etag"]) == (3, None)
    assert counted(registry) == [("car-a", 1)]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"garbage", "not_json"),
        (b"\xff\x00\xfe", "not_json"),
        (b'{"seq": 1, "seq": 2}', "duplicate_member"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "too_short"),
        (b"[" + b"0," * 500 + b"0]", "batch_too_large"),
        (b" " * 1_048_577, "too_large"),
        (b'{"boot_id": "\xc3\x28"}', "not_json"),
    ],
    ids=range(8),
)
def test_a_message_that_cannot_be_read_is_kept_and_holds_nothing_up(
    registry: Registry, broker: Broker, payload: bytes, code: str
) -> None:
    with Vehicle(broker, "car-a") as car:
        car.publish(payload)
        car.say(a_summary("car-a", 1))
        car.settle()
    assert [ack["upto"] for ack in car.acks] == [1]
    (letter,) = letters(registry)
    assert (letter.channel, letter.problem.code) == ("mqtt", code)
    assert (letter.sender, letter.organisation_id) == ("vehicle:car-a", OWNERS["car-a"])


def test_a_vehicle_that_nobody_registered_keeps_its_records_and_is_told_why(
    registry: Registry, broker: Broker
) -> None:
    with Vehicle(broker, STRANGER) as car:
        car.say(a_summary(STRANGER, 1))
        ack = car.hears(lambda ack: True)
    assert ack == {
        "boot_id": "boot-1",
        "upto": 0,
        "rejected": [{"seq": 1, "code": "unknown_vehicle"}],
        "geofence_etag": None,
    }
    (letter,) = letters(registry)
    assert "may register it" in letter.problem.message.en


def test_a_vehicle_may_sign_in_with_its_certificate(
    registry: Registry, broker: Broker, secrets: Path
) -> None:
    with Vehicle(broker, "car-a", secrets / "vehicles" / "car-a.crt") as car:
        car.publish("{}", topic="telemetry/v1/car-b")
        car.say(a_summary("car-a", 1))
        car.settle()
    assert (car.refused, counted(registry)) == (["Not authorized"], [("car-a", 1)])
