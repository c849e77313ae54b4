"""The revisions: the same on both databases, there and back, and never behind the models."""

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from service.adapters.db.engine import connect
from service.adapters.db.migrate import REVISIONS, config, migrate, unfit
from service.adapters.db.uow import Store
from tests.builders import a_deed, a_frame, a_zone
from tests.contract.conftest import DATABASES


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_url"))


def ours(url: str) -> set[str]:
    engine = connect(url)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    return tables - {"spatial_ref_sys"}


def test_up_check_down_and_up_again(empty_url: str) -> None:
    migrate(empty_url)
    command.check(config(empty_url))
    command.downgrade(config(empty_url), "base")
    assert ours(empty_url) == {"alembic_version"}
    migrate(empty_url)
    command.check(config(empty_url))


def test_every_revision_can_be_stepped_back_and_forth(empty_url: str) -> None:
    revisions = [r.revision for r in ScriptDirectory(str(REVISIONS)).walk_revisions()]
    for revision in reversed(revisions):
        migrate(empty_url, revision)
        command.downgrade(config(empty_url), "-1")
        migrate(empty_url, revision)


def test_a_second_run_keeps_what_is_stored(empty_url: str) -> None:
    migrate(empty_url)
    engine = connect(empty_url)
    store = Store(engine, a_frame())
    zone = a_zone()
    with store.write() as tx:
        tx.zones.add(zone, a_deed())
    migrate(empty_url)
    with store.read() as tx:
        assert tx.zones.get(zone.id) == zone
    assert store.verify() == []
    engine.dispose()


def test_an_older_database_is_unfit_until_it_is_migrated(empty_url: str) -> None:
    migrate(empty_url, "0003")
    engine = connect(empty_url)
    assert unfit(engine) != []
    migrate(empty_url)
    assert unfit(engine) == []
    engine.dispose()


def test_an_empty_database_is_unfit(empty_url: str) -> None:
    engine = connect(empty_url)
    assert unfit(engine) != []
    engine.dispose()


def test_a_revision_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("never mind")

    monkeypatch.setattr("service.adapters.db.guards.install_guards", fail)
    with pytest.raises(RuntimeError, match="never mind"):
        migrate(empty_url)
    assert ours(empty_url) == set()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_only_the_two_kinds_of_database_are_connected_to(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///FILE"):
        connect(url)


def test_a_plain_postgresql_address_uses_the_driver_there_is() -> None:
    engine = connect("postgresql://somebody@localhost/registry")
    assert engine.url.drivername == "postgresql+psycopg"
