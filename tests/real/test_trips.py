"""700 taxi trips replayed as telemetry in the shifted datum they were recorded in.

They are compared with the network where there is one: inside the blocks that its own streets
enclose. Beyond its rim the extract has cut streets off, and a taxi there is near no road of it.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import shapely

from geo.crs import GCJ02, Positions
from geo.network import NetworkIndex
from service.domain.kinds import Role, Standing
from service.domain.permit import PermitVehicle
from service.domain.telemetry import Outcome, Summary
from service.usecases import telemetry
from service.usecases.ports import Query
from service.wire.telemetry import SummaryIn, posted
from tests.builders import NOW, a_deed, a_permit, an_actor
from tests.real.conftest import DATA, Registry

NEAR_M = 20.0
BATCH = 100
TAXI = "taxi"


def trips() -> list[dict[str, Any]]:
    text = (DATA / "traj-deeptte-chengdu/trips-dev.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def as_told(seq: int, trip: dict[str, Any], permit_id: str) -> dict[str, object]:
    """A trip as a vehicle would have posted it, one day before now; the trip tells no date."""
    start = NOW - timedelta(days=1)
    times = [start + timedelta(seconds=gap) for gap in trip["time_gap"]]
    seconds = trip["time_gap"][-1]
    return {
        "id": f"trip-{seq}",
        "vehicle_id": TAXI,
        "permit_id": permit_id,
        "boot_id": "replay",
        "seq": seq,
        "started_at": times[0].isoformat(),
        "ended_at": times[-1].isoformat(),
        "software_version": "2014-08",
        "supervision_mode": "driver_seat",
        "distance_km": {"manual": trip["dist"]},
        "duration_s": {"manual": seconds},
        "max_speed_mps": 30.0,
        "mean_speed_mps": 1000 * trip["dist"] / seconds,
        "horizontal_accuracy_m": 10.0,
        "crs": GCJ02,
        "path": {
            "type": "LineString",
            "coordinates": list(zip(trip["lngs"], trip["lats"], strict=True)),
        },
        "path_times": [at.isoformat() for at in times],
        "path_modes": ["manual"] * (len(times) - 1),
    }


@pytest.fixture(scope="session")
def replayed(registry: Registry) -> list[Summary]:
    """The trips as the registry holds them after they were posted."""
    permit = a_permit(vehicles=(PermitVehicle(TAXI, Standing.cleared),))
    vehicle = an_actor(
        Role.vehicle, id=TAXI, organisation_id=permit.organisation_id, vehicle_id=TAXI
    )
    with registry.store.write() as tx:
        tx.permits.add(permit, a_deed())
    read = [
        SummaryIn.model_validate(as_told(seq, trip, permit.id))
        for seq, trip in enumerate(trips(), 1)
    ]
    for start in range(0, len(read), BATCH):
        batch = posted(read[start : start + BATCH], registry.ctx.frame)
        with registry.store.write() as tx:
            results = telemetry.record(tx, vehicle, registry.ctx, batch)
        assert {result.status for result in results} == {Outcome.accepted}
    with registry.store.read() as tx:
        return [a.summary for a in tx.telemetry.summaries(Query(limit=1000)).items]


def share_near_roads(registry: Registry, lonlat: Positions) -> float:
    """The share of the positions inside the network's blocks that lie within 20 m of a road."""
    plane, roads = registry.ctx.frame.plane, registry.roads()
    network = shapely.union_all([road.footprint.on(plane) for road in roads])
    blocks = shapely.polygonize(shapely.get_parts(network))
    area = shapely.union_all(shapely.get_parts(blocks))
    within = shapely.contains_xy(area, *plane.project_positions(lonlat).T)
    assert within.sum() > 5_000
    index = NetworkIndex([road.stretch for road in roads], plane)
    return float((index.nearest_distance_m(lonlat[within]) <= NEAR_M).mean())


def test_every_trip_is_recorded_once(replayed: Sequence[Summary]) -> None:
    assert sorted(summary.seq for summary in replayed) == list(range(1, 701))


def test_brought_back_the_trips_run_on_the_streets(
    registry: Registry, replayed: Sequence[Summary]
) -> None:
    lonlat = np.concatenate([summary.track.lonlat for summary in replayed])
    assert share_near_roads(registry, lonlat) >= 0.96


def test_taken_for_unshifted_most_of_the_trips_run_beside_the_streets(registry: Registry) -> None:
    lonlat = np.concatenate([np.column_stack((trip["lngs"], trip["lats"])) for trip in trips()])
    assert share_near_roads(registry, lonlat) < 0.35


def test_driven_by_hand_they_earn_no_automated_kilometres(
    registry: Registry, replayed: Sequence[Summary]
) -> None:
    permits = frozenset({replayed[0].permit_id})
    with registry.store.read() as tx:
        evidence = tx.telemetry.evidence(Query(among={"permit_id": permits}))
    assert len(evidence) == 700
    assert all("automated" not in proof.km for proof in evidence)
