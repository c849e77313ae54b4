"""The ephemeral PostGIS server that other tests stand on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests import postgres

pytestmark = pytest.mark.postgis


def value(url: str, query: str) -> object:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        return connection.execute(text(query)).scalar()


def test_a_database_holds_postgis_and_no_table(postgres_url: str) -> None:
    assert value(postgres_url, "SELECT ST_Distance('POINT(0 0)', 'POINT(3 4)')") == 5
    tables = value(
        postgres_url,
        "SELECT array_agg(table_name::text) FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    )
    assert tables == ["spatial_ref_sys"]


def test_a_copy_holds_what_its_template_holds(
    postgres_server: postgres.Server, postgres_url: str
) -> None:
    postgres_server.run("CREATE TABLE zone (id int)", database=make_url(postgres_url).database)
    copy = postgres_server.create(str(make_url(postgres_url).database))
    assert value(copy, "SELECT count(*) FROM zone") == 0
    postgres_server.drop(copy)


def test_no_programs_and_no_address_is_an_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TEST_PG_ADMIN_URL", raising=False)
    monkeypatch.setattr(postgres, "_SHARE", tmp_path)
    with (
        pytest.raises(postgres.PostgresMissing, match="apt-get install postgresql-postgis"),
        postgres.server(),
    ):
        pass


def test_the_server_goes_away_when_its_owner_is_killed() -> None:
    without_address = {k: v for k, v in os.environ.items() if k != "TEST_PG_ADMIN_URL"}
    owner = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres"],
        env=without_address,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout
        place = Path(make_url(owner.stdout.readline().strip()).query["host"])
        assert place.is_dir()
        owner.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not place.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"{place} is still there")
