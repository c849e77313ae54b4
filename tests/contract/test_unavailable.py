"""A database that is not there: a refusal that says so, never a driver's error."""

from pathlib import Path

import pytest

from service.adapters.db.engine import Unavailable, connect
from service.adapters.db.migrate import unfit
from service.adapters.db.uow import Store
from tests.builders import a_deed, a_frame, a_vehicle


@pytest.fixture(params=["sqlite", "postgresql"])
def absent_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nobody serves."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/no-such-folder/registry.sqlite"
    return f"postgresql://nobody@/registry?host={tmp_path}"


def test_reading_is_refused(absent_url: str) -> None:
    with pytest.raises(Unavailable), Store(connect(absent_url), a_frame()).read():
        pass


def test_writing_is_refused(absent_url: str) -> None:
    store = Store(connect(absent_url), a_frame())
    with pytest.raises(Unavailable), store.write() as tx:
        tx.vehicles.add(a_vehicle(), a_deed())


def test_it_is_unfit_to_serve(absent_url: str) -> None:
    assert unfit(connect(absent_url)) == ["the database cannot be reached"]
