"""The stores under contract, each empty and the test's own.

`store` is any of the three; `sql` a database with its engine, for what only a database can do. The
revisions are run once a session, and every test gets a copy.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from service.adapters.db.engine import connect
from service.adapters.db.migrate import migrate
from service.adapters.db.uow import Store
from tests import postgres
from tests.builders import a_frame
from tests.fakes import FakeStore

DATABASES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgis),
]


@dataclass(frozen=True)
class Database:
    """A migrated database, and the store on it."""

    url: str
    engine: Engine
    store: Store

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the latest revision."""
    path = tmp_path_factory.mktemp("migrated") / "registry.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_server: postgres.Server, postgis_template: str) -> Iterator[str]:
    """Name of a PostgreSQL database at the latest revision."""
    url = postgres_server.create(postgis_template)
    migrate(url)
    yield str(make_url(url).database)
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'registry.db')}"


@pytest.fixture
def postgresql_url(postgres_server: postgres.Server, migrated_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    url = postgres_server.create(migrated_template)
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=DATABASES)
def sql(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Each database."""
    url = request.getfixturevalue(f"{request.param}_url")
    engine = connect(url)
    yield Database(url, engine, Store(engine, a_frame()))
    engine.dispose()


@pytest.fixture(params=[*DATABASES, pytest.param("memory", id="memory")])
def store(request: pytest.FixtureRequest) -> Iterator[Store | FakeStore]:
    """Each store."""
    if request.param == "memory":
        yield FakeStore()
        return
    engine = connect(request.getfixturevalue(f"{request.param}_url"))
    yield Store(engine, a_frame())
    engine.dispose()
