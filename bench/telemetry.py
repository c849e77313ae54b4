"""Summaries through HTTP on SQLite: batches of 500 against single posts, client on this machine.

The real server in a process of its own; every summary is checked against its permit and stored.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench import cpu
from bench.imports import OFFICE
from bench.machine import Figure
from bench.places import sqlite
from service.adapters.db.migrate import migrate
from service.app import compose
from service.domain.kinds import PermitState, Standing
from service.domain.permit import PermitVehicle
from service.domain.vehicle import VehicleKey
from service.settings import Settings
from service.usecases.keys import digest_of
from tests.builders import LAT, LON, a_content, a_permit, a_vehicle

BATCH, BATCHES, SINGLES = 500, 8, 400
FIXES = 45
SECRET = "bench-secret"
GOAL = 10.0
# one vehicle is at one place at a time: the boots follow each other
_BEGIN_H = {"warm": 23, "single": 22, "many": 20}


def figures() -> Iterator[Figure]:
    """What a summary costs before it is stored; the rate of batches over the rate of singles."""
    yield from cpu.figures()
    with sqlite() as url:
        permit_id, vehicle_id = _prepare(url)
        with _served(url) as client:
            _post(client, [_summary(permit_id, vehicle_id, "warm", n) for n in range(1, 11)])
            singles = [_summary(permit_id, vehicle_id, "single", n + 1) for n in range(SINGLES)]
            start = time.perf_counter()
            for summary in singles:
                _post(client, summary)
            single_rate = SINGLES / (time.perf_counter() - start)
            many = [_summary(permit_id, vehicle_id, "many", n + 1) for n in range(BATCH * BATCHES)]
            start = time.perf_counter()
            for first in range(0, len(many), BATCH):
                _post(client, many[first : first + BATCH])
            batch_rate = len(many) / (time.perf_counter() - start)
    ratio = batch_rate / single_rate
    value = f"{ratio:.1f}x ({batch_rate:.0f}/s against {single_rate:.0f}/s, {FIXES} fixes each)"
    yield Figure(
        "batches of 500 over single posts, SQLite", value, f">= {GOAL:.0f}x", ratio >= GOAL
    )


def _prepare(url: str) -> tuple[str, str]:
    """A permit that is active, with one vehicle and its key."""
    migrate(url)
    made = compose(Settings(database_url=url))
    made.store.refit()
    ctx = made.context()
    vehicle = a_vehicle()
    permit = a_permit(
        state=PermitState.active,
        content=a_content(
            vehicle_ids=(vehicle.id,),
            valid_from=ctx.now - timedelta(days=2),
            valid_to=ctx.now + timedelta(days=30),
        ),
        vehicles=(PermitVehicle(vehicle.id, Standing.cleared, "川A0001试"),),
    )
    key = VehicleKey("bench-key", vehicle.id, digest_of(SECRET), ctx.now)
    with made.store.write() as tx:
        tx.vehicles.add(vehicle, ctx.deed(OFFICE, "register"))
        tx.permits.add(permit, ctx.deed(OFFICE, "issue"))
        tx.identities.put_vehicle_key(key, ctx.deed(OFFICE, "issue_key"))
    made.store.close()
    return permit.id, vehicle.id


@contextmanager
def _served(url: str) -> Iterator[httpx.Client]:
    """A client of the real server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "TESTZONE_DATABASE_URL": url}) as server:
        headers = {"Authorization": f"Bearer {SECRET}"}
        base = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            _wait_for(client)
            yield client
        server.terminate()


def _wait_for(client: httpx.Client) -> None:
    for _ in range(200):
        with suppress(httpx.ConnectError):
            if client.get("/readyz").is_success:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _post(client: httpx.Client, body: object) -> None:
    answer = client.post("/v1/telemetry/summaries", json=body)
    answer.raise_for_status()
    rejected = answer.json()["rejected"]
    if rejected:
        raise RuntimeError(f"{rejected} rejected: {answer.text[:400]}")


def _summary(permit_id: str, vehicle_id: str, boot: str, seq: int) -> dict[str, Any]:
    """Nine seconds along a street inside the permitted square, each after the one before."""
    start = datetime.now(UTC) - timedelta(hours=_BEGIN_H[boot]) + timedelta(seconds=10 * seq)
    times = [(start + timedelta(seconds=0.2 * n)).isoformat() for n in range(FIXES)]
    path = [[LON + 0.00001 * n, LAT + 0.000001 * (n % 3)] for n in range(FIXES)]
    return {
        "id": f"{boot}-{seq}",
        "vehicle_id": vehicle_id,
        "permit_id": permit_id,
        "boot_id": boot,
        "seq": seq,
        "started_at": times[0],
        "ended_at": times[-1],
        "software_version": "1.0",
        "supervision_mode": "driver_seat",
        "distance_km": {"automated": 0.042},
        "duration_s": {"automated": 8.8},
        "max_speed_mps": 12,
        "mean_speed_mps": 5,
        "horizontal_accuracy_m": 2,
        "crs": "EPSG:4490",
        "path": {"type": "LineString", "coordinates": path},
        "path_times": times,
        "path_modes": ["automated"] * (FIXES - 1),
    }
