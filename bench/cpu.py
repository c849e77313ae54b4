"""What a summary costs before it is stored, beside the bare steps in the same run, on one core.

The bare steps: msgspec reads the same schema, one projection of all positions, one `covers` of all
lines in the prepared fence. They judge no hours, no heights, no speed and no mode.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import msgspec
import numpy as np
import shapely
from pydantic import TypeAdapter
from shapely.geometry.base import BaseGeometry

from bench.machine import Figure, seconds
from service.domain.permit import Permit
from service.domain.proof import prove
from service.domain.question import Law
from service.domain.swept import sweep_all
from service.domain.telemetry import Summary
from service.wire.telemetry import Batch, posted
from tests.builders import LAT, LON, NOW, a_content, a_frame, a_permit
from tests.domain.questions import a_drive
from tests.surroundings import a_context

BATCH, FIXES, ROUNDS = 500, 45, 9
GOAL = 1.3
_LAW = Law(a_context().pack, a_frame())
_BATCH: TypeAdapter[Any] = TypeAdapter(Batch)


class Line(msgspec.Struct):
    """A path as the bare decoder reads it."""

    type: str
    coordinates: list[tuple[float, float]]


class Bare(msgspec.Struct):
    """The schema of a summary, as far as types go."""

    id: str
    vehicle_id: str
    permit_id: str
    boot_id: str
    seq: int
    started_at: datetime
    ended_at: datetime
    software_version: str
    supervision_mode: str
    distance_km: dict[str, float]
    duration_s: dict[str, float]
    max_speed_mps: float
    mean_speed_mps: float
    horizontal_accuracy_m: float
    crs: str
    path: Line
    path_times: list[datetime]
    path_modes: list[str]


_BARE = msgspec.json.Decoder(list[Bare])


def figures() -> Iterator[Figure]:
    """The whole path and its parts, under a permit of three roads."""
    text, permit = _text(), _permit()
    frame, fence = _LAW.frame, shapely.union_all(_areas(permit))
    shapely.prepare(fence)
    summaries = [item.summary for item in posted(_BATCH.validate_json(text), frame)]
    read = [summary for summary in summaries if summary is not None]

    def ours() -> object:
        items = posted(_BATCH.validate_json(text), frame)
        return sweep_all([(item.summary, permit) for item in items if item.summary], _LAW)

    def bare() -> object:
        return _covered(_BARE.decode(text), fence)

    decoded = _BARE.decode(text)
    work: dict[str, Callable[[], object]] = {
        "ours": ours,
        "bare": bare,
        "swept": lambda: sweep_all([(summary, permit) for summary in read], _LAW),
        "covered": lambda: _covered(decoded, fence),
        "proved": lambda: _proved(read, permit),
    }
    took: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, one in work.items():
            took[name].append(seconds(one) / BATCH * 1e6)
    us = {name: median(found) for name, found in took.items()}
    yield _ratio("decode, validate, geofence over msgspec, transform, covers", us, "ours", "bare")
    yield _ratio("geofence alone over transform, covers", us, "swept", "covered")
    yield Figure(
        "every check and evidence of a decoded summary",
        f"{us['proved']:.0f} us, {1e6 / us['proved']:,.0f}/s, batches of {BATCH}, {FIXES} fixes",
        "stated",
    )


def _ratio(name: str, us: dict[str, float], ours: str, bare: str) -> Figure:
    ratio = us[ours] / us[bare]
    value = f"{ratio:.2f}x ({us[ours]:.0f} us against {us[bare]:.0f} us a summary)"
    return Figure(name, value, f"<= {GOAL}x", ratio <= GOAL)


def _proved(summaries: Sequence[Summary], permit: Permit) -> object:
    swept = sweep_all([(summary, permit) for summary in summaries], _LAW)
    pairs = zip(summaries, swept, strict=True)
    return [prove(summary, permit, _LAW, swept=one) for summary, one in pairs]


def _covered(read: Sequence[Bare], fence: BaseGeometry) -> object:
    lonlat = np.array([position for one in read for position in one.path.coordinates])
    owners = np.repeat(np.arange(len(read)), [len(one.path.coordinates) for one in read])
    planar = _LAW.frame.plane.project_positions(lonlat)
    return shapely.covers(fence, shapely.linestrings(planar, indices=owners))


def _permit() -> Permit:
    """Three roads one beside the other, of a hundred vertices each; the second is driven."""
    lon = np.linspace(LON, LON + 0.02, 100)
    waves = 2e-6 * np.sin(np.arange(100))
    cores = [shapely.LineString(np.column_stack((lon, LAT + n / 1000 + waves))) for n in (0, 5, 9)]
    volumes = tuple(a_drive(core=core, radius_m=15) for core in cores)
    return a_permit(content=a_content(volumes=volumes))


def _areas(permit: Permit) -> list[BaseGeometry]:
    plane = _LAW.frame.plane
    return [one.volume.footprint.widened(plane, 10.0) for one in permit.content.volumes]


def _text() -> bytes:
    """A batch as it comes in, 1.3 kB for a summary in WGS 84 and a little more with its times."""
    rng = np.random.default_rng(0)
    return json.dumps([_summary(number, rng) for number in range(BATCH)]).encode()


def _summary(number: int, rng: np.random.Generator) -> dict[str, Any]:
    start = NOW + timedelta(seconds=10 * number)
    times = [(start + timedelta(seconds=0.2 * n)).isoformat() for n in range(FIXES)]
    lon = LON + 0.001 + 0.01 * rng.random() + 0.00001 * np.arange(FIXES)
    lat = LAT + 0.005 + 0.000001 * rng.integers(0, 3, FIXES)
    return {
        "id": f"summary-{number}",
        "vehicle_id": "vehicle-a",
        "permit_id": "permit-a",
        "boot_id": "boot-a",
        "seq": number + 1,
        "started_at": times[0],
        "ended_at": times[-1],
        "software_version": "1.0",
        "supervision_mode": "driver_seat",
        "distance_km": {"automated": 0.042},
        "duration_s": {"automated": 8.8},
        "max_speed_mps": 12.0,
        "mean_speed_mps": 5.0,
        "horizontal_accuracy_m": 2.0,
        "crs": "EPSG:4490",
        "path": {
            "type": "LineString",
            "coordinates": np.column_stack((lon, lat)).round(7).tolist(),
        },
        "path_times": times,
        "path_modes": ["automated"] * (FIXES - 1),
    }
