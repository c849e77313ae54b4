"""Real public data beside the checkout, and a registry on each database that has read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.adapters.db.engine import connect
from service.adapters.db.migrate import migrate
from service.adapters.db.uow import Store
from service.adapters.files.reading import read
from service.domain.importing import ImportKind, ImportReport
from service.domain.kinds import Role
from service.domain.road import Road
from service.usecases import imports
from service.usecases.context import Context
from service.usecases.ports import Query
from tests import postgres
from tests.builders import an_actor
from tests.surroundings import a_context

DATA = Path(__file__).parents[3] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what lies here as reading real data; skips it where there is none at all."""
    absent = pytest.mark.skip(reason=f"no real data: {DATA} is not there")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)
            if not DATA.is_dir():
                item.add_marker(absent)


@dataclass(frozen=True)
class Registry:
    """A registry, and what became of the network that it has read."""

    store: Store
    ctx: Context
    network: ImportReport

    def bring(self, kind: ImportKind, file: str, crs: str | None, role: Role) -> ImportReport:
        """What becomes of a file of the real data."""
        return bring(self.store, self.ctx, kind, file, crs, role)

    def roads(self) -> list[Road]:
        """The whole network."""
        with self.store.read() as tx:
            return list(tx.roads.page(Query(limit=10_000)).items)


def bring(
    store: Store, ctx: Context, kind: ImportKind, file: str, crs: str | None, role: Role
) -> ImportReport:
    path = DATA / file
    with path.open("rb") as stream:
        items = read(kind, stream, path.name, crs, ctx)
        return imports.run(store, an_actor(role), ctx, kind, items, file_name=path.name)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgis)]
)
def registry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """A registry on each database, with the real road network in it."""
    ctx = a_context()
    server: postgres.Server | None = None
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('real') / 'registry.sqlite'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.create(request.getfixturevalue("postgis_template"))
    migrate(url)
    engine = connect(url)
    store = Store(engine, ctx.frame)
    edges = "geo-chengdu-roads-buaa/road.csv"
    network = bring(store, ctx, ImportKind.roads, edges, "EPSG:4326", Role.transport)
    yield Registry(store, ctx, network)
    engine.dispose()
    if server is not None:
        server.drop(url)
