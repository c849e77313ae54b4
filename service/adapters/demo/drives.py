"""What a vehicle of the story posts: summaries of laps along roads, of flights along a corridor."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.crs import CANONICAL, Positions, geodesic_distances_m
from service.adapters.demo.story import Body
from service.domain.kinds import ControlMode

BY_HAND_M = 150.0
"""How far a person drives before the machine takes over, and after it gave back."""
BREAK = timedelta(minutes=4)
"""From the end of a lap to the start of the next."""


def drive(start: datetime, told: Body, roads: Sequence[LineString]) -> Iterator[Body]:
    """One summary for each lap along the roads."""
    lonlat = _chained(roads)
    for lap in range(told["laps"]):
        payload = _summary(start, told, lonlat, lap + 1)
        yield payload | {
            "supervision_mode": "driver_seat",
            "takeovers": {"driver": told["takeovers"] if lap == 0 else 0},
        }
        start = datetime.fromisoformat(payload["ended_at"]) + BREAK


def flight(start: datetime, told: Body, corridor: BaseGeometry) -> Iterator[Body]:
    """One summary of a flight along the corridor at one height."""
    lonlat = np.array(corridor.coords)
    payload = _summary(start, told, lonlat, 1)
    yield payload | {
        "supervision_mode": "bvlos",
        "path_altitudes": [float(told["height_m"])] * len(lonlat),
        "altitude_reference": "AGL",
    }


def _summary(start: datetime, told: Body, lonlat: Positions, seq: int) -> dict[str, Any]:
    """What is common to all: the path at one speed, automated but for its first and last metres."""
    speed_mps = float(told["speed_mps"])
    steps_m = geodesic_distances_m(lonlat[:-1], lonlat[1:])
    passed_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    times = [start + timedelta(seconds=round(float(m) / speed_mps, 1)) for m in passed_m]
    modes = [_mode(a, b, float(passed_m[-1])) for a, b in pairwise(passed_m)]
    key = f"{told['vehicle']}-{start:%Y%m%d-%H%M}"
    return {
        "id": f"{key}-{seq}",
        "vehicle_id": told["vehicle"],
        "permit_id": told["permit"],
        "boot_id": key,
        "seq": seq,
        "started_at": times[0].isoformat(),
        "ended_at": times[-1].isoformat(),
        "software_version": "demo",
        "distance_km": _by_mode(modes, steps_m / 1_000),
        "duration_s": _by_mode(modes, steps_m / speed_mps),
        "max_speed_mps": speed_mps * 1.12,
        "mean_speed_mps": speed_mps,
        "horizontal_accuracy_m": 0.4,
        "crs": CANONICAL,
        "path": {"type": "LineString", "coordinates": lonlat.tolist()},
        "path_times": [at.isoformat() for at in times],
        "path_modes": modes,
    }


def _mode(start_m: float, end_m: float, length_m: float) -> ControlMode:
    by_hand = end_m <= BY_HAND_M or start_m >= length_m - BY_HAND_M
    return ControlMode.manual if by_hand else ControlMode.automated


def _by_mode(modes: Sequence[ControlMode], amounts: Positions) -> Mapping[str, float]:
    return {
        mode.value: float(amounts[[m is mode for m in modes]].sum()) for mode in sorted(set(modes))
    }


def _chained(roads: Sequence[LineString]) -> Positions:
    """The roads one after another, each turned the way it is driven."""
    lines = [np.array(road.coords) for road in roads]
    first, second = lines[:2]
    if _apart(first[-1], second) > _apart(first[0], second):
        first = first[::-1]
    chain = [first]
    for line in lines[1:]:
        here = chain[-1][-1]
        chain.append(
            line if np.abs(line[0] - here).sum() <= np.abs(line[-1] - here).sum() else line[::-1]
        )
    return np.concatenate([chain[0], *(line[1:] for line in chain[1:])])


def _apart(place: Positions, line: Positions) -> float:
    return float(min(np.abs(line[0] - place).sum(), np.abs(line[-1] - place).sum()))
