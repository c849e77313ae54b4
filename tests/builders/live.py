"""What vehicles tell of where they are."""

from dataclasses import replace
from typing import Any

from service.domain.live import Heartbeat, Position
from tests.builders.basics import LAT, LON, NOW


def a_heartbeat(**changes: Any) -> Heartbeat:
    """In the middle of a_square(), now."""
    heartbeat = Heartbeat(at=NOW, lon=LON + 0.005, lat=LAT + 0.005, horizontal_accuracy_m=2.0)
    return replace(heartbeat, **changes)


def a_position(vehicle_id: str = "vehicle-a", **told: Any) -> Position:
    """Of a vehicle of organisation A, received as it was told."""
    heartbeat = a_heartbeat(**told)
    return Position(vehicle_id, "organisation-a", heartbeat.at, heartbeat)
