"""The registry, a broker and vehicles, each real; within `listening` the registry hears them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from service import worker
from service.api.deps import Registry
from service.app import compose
from service.domain.kinds import Standing
from service.domain.permit import PermitVehicle
from service.settings import Settings
from tests.builders import a_deed, a_permit, a_vehicle, an_organisation
from tests.contract.conftest import (
    DATABASES,
    migrated_file,
    migrated_template,
    postgresql_url,
    sqlite_url,
)
from tests.mqtt.broker import REGISTRY, Broker, make_certificates, password_of

__all__ = ["migrated_file", "migrated_template", "postgresql_url", "sqlite_url"]

OWNERS = {"car-a": "organisation-a", "car-b": "organisation-b"}
STRANGER = "car-of-nobody"


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The broker's certificate, and those of three vehicles, of which one was withdrawn."""
    folder = tmp_path_factory.mktemp("secrets")
    make_certificates(folder, "server", "localhost")
    for vehicle_id in (*OWNERS, "car-sold"):
        make_certificates(folder, "vehicle", vehicle_id)
    make_certificates(folder, "revoke", "car-sold")
    return folder


@pytest.fixture
def broker(tmp_path: Path, secrets: Path) -> Iterator[Broker]:
    """A broker that lets in the registry and three vehicles."""
    broker = Broker(tmp_path / "broker", secrets, [*OWNERS, STRANGER])
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> str:
    """Each database."""
    named: str = request.getfixturevalue(f"{request.param}_url")
    return named


@pytest.fixture
def registry(url: str, broker: Broker) -> Iterator[Registry]:
    """The registry with two vehicles under a permit each."""
    registry = compose(settings_for(url, broker))
    with registry.store.write() as tx:
        for vehicle_id, organisation_id in OWNERS.items():
            own = {"organisation_id": organisation_id}
            on_it = (PermitVehicle(vehicle_id, Standing.cleared),)
            tx.organisations.add(an_organisation(id=organisation_id), a_deed())
            tx.vehicles.add(a_vehicle(id=vehicle_id, **own), a_deed())
            permit = a_permit(id=f"permit-{vehicle_id}", vehicles=on_it, **own)
            tx.permits.add(permit, a_deed())
    yield registry
    registry.store.close()


@pytest.fixture
def heard(registry: Registry, broker: Broker) -> Iterator[None]:
    """The registry listens throughout the test."""
    with listening(registry):
        broker.hears_of("telemetry/v1/+")
        yield


@contextmanager
def listening(registry: Registry) -> Iterator[None]:
    """The registry listens within the block; what it fails with is raised as the block ends."""
    stop = Event()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(worker.run, registry, stop)
        try:
            yield
        finally:
            stop.set()
    running.result()


def settings_for(url: str, broker: Broker) -> Settings:
    return Settings(
        database_url=url,
        mqtt_url=broker.url,
        mqtt_username=REGISTRY,
        mqtt_password=password_of(REGISTRY),
        mqtt_ca=broker.ca,
    )
