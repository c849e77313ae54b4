"""Registries to break: each on a database of its own that keeps what it was told to keep.

Not among the tests that `make test` runs: these kill servers and fill disks. `make test-faults`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from service.adapters.db.migrate import migrate
from service.api.deps import Registry
from service.app import compose
from service.domain.permit import Permit
from service.settings import Settings
from tests.contract.conftest import DATABASES, migrated_file, sqlite_url
from tests.faults.processes import Cluster, Served, cluster
from tests.faults.vehicles import let_in, permits
from tests.mqtt.broker import Broker
from tests.mqtt.conftest import secrets

__all__ = ["migrated_file", "secrets", "sqlite_url"]

VEHICLES = ("car-a", "car-b", "car-c")


@pytest.fixture(scope="session")
def lasting_cluster() -> Iterator[Cluster]:
    """A PostgreSQL with fsync on, for all tests that kill it or fill its disk."""
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def lasting_template(lasting_cluster: Cluster) -> Iterator[str]:
    """Name of a migrated database on it."""
    server = lasting_cluster.server
    with server.empty_template() as empty:
        url = server.create(empty)
    migrate(url)
    yield str(make_url(url).database)
    server.drop(url)


@pytest.fixture
def postgresql_url(lasting_cluster: Cluster, lasting_template: str) -> Iterator[str]:
    """A migrated database of the test's own, on the server that can be killed."""
    url = lasting_cluster.server.create(lasting_template)
    yield url
    lasting_cluster.server.drop(url)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> str:
    """Each database."""
    named: str = request.getfixturevalue(f"{request.param}_url")
    return named


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    """The test's own eyes on the database: three vehicles under a permit."""
    registry = compose(Settings(database_url=url))
    let_in(registry, VEHICLES)
    yield registry
    registry.store.close()


@pytest.fixture
def in_force(registry: Registry) -> tuple[Permit, ...]:
    """The permits that the vehicles drive under."""
    return permits(registry)


@pytest.fixture
def served(registry: Registry, tmp_path: Path) -> Iterator[Served]:
    """The registry, served by a process of its own."""
    served = Served(registry.settings.database_url, tmp_path / "serve.log")
    yield served.start()
    served.stop()


@pytest.fixture
def broker(tmp_path: Path, secrets: Path) -> Iterator[Broker]:
    """A broker that lets in the registry and the vehicles."""
    broker = Broker(tmp_path / "broker", secrets, VEHICLES)
    yield broker.start()
    broker.stop()
