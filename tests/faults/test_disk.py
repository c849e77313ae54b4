"""No room is left: SQLite says SQLITE_FULL and PostgreSQL ENOSPC (53100), the sender a 503.

The disk is a small tmpfs filled to its last byte. Of PostgreSQL the tables lie on it (a tablespace)
and its log elsewhere: without room for that it stops, as a server does that is killed.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.adapters.demo.fleet import Faults
from service.api.deps import Registry
from service.domain.permit import Permit
from tests.contract.conftest import DATABASES
from tests.faults.conftest import VEHICLES
from tests.faults.processes import Cluster, Served, until
from tests.faults.promises import assert_kept
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.test_broker import a_listener, publishing
from tests.faults.test_database import told_to_wait
from tests.faults.vehicles import driven, key, key_of, sending
from tests.mqtt.broker import Broker

MINUTES = 150
SQLITE_MB, POSTGRESQL_MB = 24, 96
SOON_S = 5.0
FULL_S = 2.0


@pytest.fixture
def sqlite_on_disk(migrated_file: Path, tmp_path: Path) -> Iterator[tuple[str, SmallDisk]]:
    with small_disk(tmp_path / "disk", SQLITE_MB) as disk:
        path = shutil.copy(migrated_file, disk.place / "registry.db")
        yield f"sqlite:///{path}", disk


@pytest.fixture
def postgresql_on_disk(
    lasting_cluster: Cluster, lasting_template: str
) -> Iterator[tuple[str, SmallDisk]]:
    server = lasting_cluster.server
    with small_disk(lasting_cluster.place / "disk", POSTGRESQL_MB) as disk:
        tables = disk.place / "tables"
        tables.mkdir()
        lasting_cluster.own(tables)
        server.run(f"CREATE TABLESPACE small LOCATION '{tables}'")
        server.run(
            f"CREATE DATABASE small TEMPLATE {lasting_template} TABLESPACE small STRATEGY FILE_COPY"
        )
        url = server.admin_url.set(database="small").render_as_string()
        yield url, disk
        server.drop(url)
        server.run("DROP TABLESPACE small")


@pytest.fixture(params=DATABASES)
def on_disk(request: pytest.FixtureRequest) -> tuple[str, SmallDisk]:
    """Each database on a small disk."""
    made: tuple[str, SmallDisk] = request.getfixturevalue(f"{request.param}_on_disk")
    return made


@pytest.fixture
def url(on_disk: tuple[str, SmallDisk]) -> str:
    return on_disk[0]


@pytest.fixture
def disk(on_disk: tuple[str, SmallDisk]) -> SmallDisk:
    return on_disk[1]


def test_a_full_disk_is_told_and_nothing_is_half_written(
    registry: Registry, served: Served, in_force: tuple[Permit, ...], disk: SmallDisk
) -> None:
    told = driven(in_force, MINUTES, Faults.alike(0.05), seed=6)
    sent = [key(payload) for some in told.values() for payload in some]
    headers = {"Authorization": f"Bearer {key_of(VEHICLES[0])}"}
    with sending(served.base_url, told) as senders:
        until(lambda: senders.answered >= 20)
        disk.fill()
        until(lambda: senders.were_refused(5))
        # what is there can still be read
        asked = httpx.get(f"{served.base_url}/v1/permits", headers=headers, timeout=60)
        assert asked.status_code == 200, asked.text
        before = senders.answered
        assert before < len(set(sent))
        disk.clear()
        assert until(lambda: senders.answered > before) < SOON_S
    assert (senders.wrong, senders.unheard) == ([], 0)
    assert told_to_wait(senders.refusals)
    assert_kept(registry, sent)


def test_a_full_disk_leaves_with_the_vehicles_what_they_publish(
    registry: Registry, broker: Broker, in_force: tuple[Permit, ...], disk: SmallDisk
) -> None:
    with a_listener(registry, broker) as worker, publishing(broker, in_force, seed=7) as fleet:
        fleet.say(0, 0.2)
        fleet.settle()
        disk.fill()
        fleet.say(0.2, 1)
        time.sleep(FULL_S)
        before = fleet.acknowledged
        time.sleep(FULL_S)
        assert fleet.acknowledged == before < len(set(fleet.sent))
        disk.clear()
        fleet.settle()
        assert worker.poll() is None
    assert_kept(registry, fleet.sent)
