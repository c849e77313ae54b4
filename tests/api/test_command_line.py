"""The command line, in this process: exit codes, and what is said where."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from service.cli import main
from tests.api.payloads import a_check, a_square, a_zone


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def database(peopled_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the test's own, which the settings name."""
    path = Path(shutil.copy(peopled_file, tmp_path / "registry.sqlite"))
    monkeypatch.setenv("TESTZONE_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `testzone` with arguments."""

    def command(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["testzone", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ran(int(ended.value.code or 0), said.out, said.err)

    return command


def a_file(folder: Path, name: str, content: Any) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def zones(**changes: Any) -> dict[str, Any]:
    properties = {k: v for k, v in a_zone().items() if k not in {"geometry", "crs"}}
    feature = {"type": "Feature", "geometry": a_square(side=0.05), "properties": properties}
    return {"type": "FeatureCollection", "features": [{**feature, **changes}]}


def test_a_new_database_is_migrated_and_migrating_again_changes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTZONE_DATABASE_URL", f"sqlite:///{tmp_path}/var/new.sqlite")
    assert (run("migrate").code, run("migrate").code, run("doctor").code) == (0, 0, 0)


def test_a_database_without_tables_is_not_served(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTZONE_DATABASE_URL", f"sqlite:///{tmp_path}/empty.sqlite")
    ran = run("serve")
    assert (ran.code, "testzone migrate" in ran.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_the_first_administrator_is_added_with_a_password_shown_once(run: Run) -> None:
    ran = run("user", "add", "root", "--role", "admin")
    assert (ran.code, "shown this once" in ran.out) == (0, True)
    again = run("user", "add", "root", "--role", "admin")
    assert (again.code, "taken" in again.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_wrong_usage_is_2(run: Run) -> None:
    assert run("user", "add", "root", "--role", "emperor").code == 2
    assert run("fly").code == 2


@pytest.mark.usefixtures("database")
def test_zones_are_imported_and_a_check_passes_in_them(run: Run, tmp_path: Path) -> None:
    check = a_file(tmp_path, "check.json", a_check())
    assert run("check", check).code == 1
    file = a_file(tmp_path, "zones.geojson", zones())
    ran = run("import", file, "--as", "zones", "--crs", "EPSG:4490", "--publish")
    assert (ran.code, "1 added" in ran.out) == (0, True)
    passed = run("check", check)
    assert (passed.code, json.loads(passed.out)["may_submit"]) == (0, True)


@pytest.mark.usefixtures("database")
def test_zones_are_exported_as_features(run: Run, tmp_path: Path) -> None:
    file = a_file(tmp_path, "zones.geojson", zones(id="z-1"))
    run("import", file, "--as", "zones", "--crs", "EPSG:4490", "--publish")
    (feature,) = json.loads(run("export", "zones").out)["features"]
    assert (feature["id"], feature["geometry"]) == ("z-1", a_square(side=0.05))
    assert feature["properties"]["state"] == "published"


@pytest.mark.usefixtures("database")
def test_refused_data_is_1_and_says_where(run: Run, tmp_path: Path) -> None:
    swapped = {"type": "Polygon", "coordinates": [[[30.6, 104.05], [30.6, 104.06], [30.6, 104.05]]]}
    file = a_file(tmp_path, "zones.geojson", zones(geometry=swapped))
    ran = run("import", file, "--as", "zones", "--crs", "EPSG:4490")
    assert (ran.code, "/coordinates/0/0" in ran.err) == (1, True)
    text = a_file(tmp_path, "check.json", '{"volumes": NaN}')
    assert (run("check", text).code, run("check", a_file(tmp_path, "b.json", {})).code) == (1, 1)


def test_the_journal_is_verified_and_one_changed_byte_is_found(run: Run, database: Path) -> None:
    ran = run("audit", "verify")
    assert ran.code == 0
    head = ran.out.rpartition(" ")[2].strip()
    assert run("audit", "verify", "--head", head).code == 0
    assert run("audit", "verify", "--head", "f" * 64).code == 1
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER content_update")
        connection.execute("UPDATE content SET body = replace(body, 'organisation-a', 'x')")
    ran = run("audit", "verify")
    assert (ran.code, "organisation:organisation-a" in ran.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_production_takes_no_demo_and_no_default_secret(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTZONE_ENVIRONMENT", "production")
    assert run("demo").code == 1
    monkeypatch.setenv("TESTZONE_DATABASE_URL", "postgresql://testzone:testzone@localhost/testzone")
    ran = run("serve")
    assert (ran.code, "default database password" in ran.err) == (1, True)


def test_settings_hide_passwords(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTZONE_DATABASE_URL", "postgresql://city:hush@localhost/testzone")
    out = run("settings").out
    assert "hush" not in out
    assert "demo-only" not in out
    assert "TESTZONE_ENVIRONMENT=development" in out


def test_rules_are_listed_and_their_document_is_current(run: Run) -> None:
    assert "limit.insurance_cny" in run("rules", "list").out
    assert run("rules", "doc", "--check").code == 0


@pytest.mark.usefixtures("database")
def test_the_worker_does_what_is_due_once(run: Run) -> None:
    ran = run("worker", "--once")
    assert (ran.code, ran.out) == (0, "Sealed 0 summaries.\n")
