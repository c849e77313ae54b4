"""Registries to measure on: an empty database on either engine, and the real network."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.adapters.db.migrate import migrate
from service.api.deps import Registry
from service.app import compose
from service.settings import Settings
from tests import postgres

ROADS = Path(__file__).parents[2] / "shared" / "data" / "geo-chengdu-roads-buaa" / "road.csv"
"""6,195 real directed edges; the figures that need them are left out where they are not."""


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a new SQLite file that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="testzone-bench-") as folder:
        yield f"sqlite:///{folder}/bench.sqlite"


@contextmanager
def postgis() -> Iterator[str]:
    """The URL of a new PostGIS database on a server of its own, fsync off."""
    with postgres.server() as server, server.empty_template() as template:
        url = server.create(template)
        yield url
        server.drop(url)


ENGINES = {"SQLite": sqlite, "PostGIS": postgis}


@contextmanager
def opened(url: str, **settings: Any) -> Iterator[Registry]:
    """The registry on a database, migrated; nothing of it is in memory yet."""
    migrate(url)
    made = compose(Settings(database_url=url, **settings))
    made.store.refit()
    yield made
    made.store.close()


@contextmanager
def registry(engine: str) -> Iterator[Registry]:
    """An empty registry, migrated."""
    with ENGINES[engine]() as url, opened(url) as made:
        yield made


def dice(seed: int) -> random.Random:
    """Chance that falls the same way each time."""
    return random.Random(seed)
