"""PostgreSQL is killed, or away for a while: a refusal that says so, then all goes on by itself.

SQLite has no server that could be away; it shares the server's fate (test_server.py).
"""

import time

import httpx
import pytest

from service.adapters.demo.fleet import Faults
from service.api.deps import Registry
from service.domain.permit import Permit
from tests.faults.conftest import VEHICLES
from tests.faults.processes import Cluster, Served, until
from tests.faults.promises import assert_kept
from tests.faults.vehicles import Refusal, driven, key, key_of, sending

MINUTES = 200
KILLS = 3
AWAY_S = 6.0
"""Instead of a minute: nothing in the registry counts how long it lasts."""
SOON_S = 5.0

pytestmark = [
    pytest.mark.postgis,
    pytest.mark.parametrize("url", ["postgresql"], indirect=True),
]


def test_a_database_that_is_killed_loses_and_doubles_nothing_that_was_answered_for(
    registry: Registry, served: Served, in_force: tuple[Permit, ...], lasting_cluster: Cluster
) -> None:
    told = driven(in_force, MINUTES, Faults.alike(0.05), seed=2)
    sent = [key(payload) for some in told.values() for payload in some]
    pid = served.pid
    with sending(served.base_url, told) as senders:
        for kill in range(1, KILLS + 1):
            share = len(set(sent)) * kill // (KILLS + 1)
            until(lambda share=share: senders.answered >= share)
            lasting_cluster.kill()
            lasting_cluster.start()
    assert (senders.wrong, senders.unheard) == ([], 0)
    assert told_to_wait(senders.refusals)
    assert served.pid == pid
    registry.store.close()
    assert_kept(registry, sent)


def test_while_the_database_is_away_everyone_is_told_when_to_come_again(
    registry: Registry, served: Served, in_force: tuple[Permit, ...], lasting_cluster: Cluster
) -> None:
    told = driven(in_force, MINUTES // 3, Faults.alike(0.05), seed=3)
    sent = [key(payload) for some in told.values() for payload in some]
    headers = {"Authorization": f"Bearer {key_of(VEHICLES[0])}"}
    with (
        sending(served.base_url, told) as senders,
        httpx.Client(base_url=served.base_url, headers=headers, timeout=60) as client,
    ):
        until(lambda: senders.answered >= 20)
        lasting_cluster.kill()
        until(lambda: senders.were_refused(1))
        before = senders.answered
        lines = {"content": b"{}\n", "headers": {"Content-Type": "application/x-ndjson"}}
        for asked in (
            client.post("/v1/telemetry/summaries", json={}),
            client.post("/v1/telemetry/summaries", json=[{}] * 500),
            client.post("/v1/telemetry/summaries", **lines),
            client.get("/v1/permits"),
        ):
            assert asked.status_code == 503, asked.text
            assert asked.json()["code"] == "database_unavailable"
            assert int(asked.headers["Retry-After"]) > 0
        ready, alive = client.get("/readyz"), client.get("/healthz")
        assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
        assert alive.status_code == 200
        time.sleep(AWAY_S)
        assert senders.answered == before
        lasting_cluster.start()
        assert until(lambda: senders.answered > before) < SOON_S
    assert (senders.wrong, senders.unheard) == ([], 0)
    assert told_to_wait(senders.refusals)
    registry.store.close()
    assert_kept(registry, sent)


def told_to_wait(refusals: list[Refusal]) -> bool:
    """Some were refused, and all of them with the reason and the time to come again."""
    assert {(r.status, r.code) for r in refusals} == {(503, "database_unavailable")}
    return all(int(r.retry_after or 0) > 0 for r in refusals)
