"""Accounts, the journal, the rules and the settings from the command line."""

import io
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.conftest import Run, Write

ROOT = Path(__file__).parents[2]
DISTRICTS = ROOT / "fixtures" / "districts.geojson"


@pytest.mark.usefixtures("database")
def test_the_first_administrator_is_added_with_a_password_shown_once(run: Run) -> None:
    ran = run("user", "add", "root", "--role", "admin")
    assert (ran.code, "shown this once" in ran.out) == (0, True)
    again = run("user", "add", "root", "--role", "admin")
    assert (again.code, "taken" in again.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_a_password_may_come_from_standard_input_and_is_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse\n"))
    ran = run("user", "add", "root", "--role", "admin", "--password-stdin")
    assert (ran.code, ran.out) == (0, "root may sign in as admin.\n")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["", " ", "a b", "a\tb", "a\x1bb", "a:b", "x" * 65])
def test_a_name_that_nobody_could_type_is_refused(run: Run, name: str) -> None:
    ran = run("user", "add", name, "--role", "admin")
    assert (ran.code, "username_not_usable" in ran.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_a_district_has_to_be_one_of_those_that_are_loaded(run: Run) -> None:
    account = ("--role", "district", "--district")
    early = run("user", "add", "early", *account, "999999")
    assert (early.code, "No districts are loaded" in early.err) == (0, True)
    assert run("import", str(DISTRICTS), "--as", "districts").code == 0
    assert run("user", "add", "wrong", *account, "999999").code == 1
    known = run("user", "add", "right", *account, "510106")
    assert (known.code, known.err) == (0, "")


@pytest.mark.usefixtures("database")
def test_a_role_without_accounts_is_wrong_usage_and_not_offered(run: Run) -> None:
    for role in ("emperor", "vehicle", "public"):
        assert run("user", "add", "root", "--role", role).code == 2
    help_text = run("user", "add", "--help").out
    assert "operator" in help_text
    assert "vehicle" not in help_text
    assert "public" not in help_text


def test_a_command_that_is_none_is_wrong_usage(run: Run) -> None:
    assert run("fly").code == 2


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
def test_permits_are_held_against_all_that_stands_today(run: Run) -> None:
    ran = run("audit", "conflicts")
    assert (ran.code, ran.out) == (0, "0 blocking conflicts, 0 things to settle.\n")


def test_settings_hide_passwords(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTZONE_DATABASE_URL", "postgresql://city@localhost/testzone")
    monkeypatch.setenv("TESTZONE_DATABASE_PASSWORD", "hush:@/#?%")
    out = run("settings").out
    assert "hush" not in out
    assert "postgresql://city:***@localhost/testzone" in out
    assert "demo-only" not in out
    assert "TESTZONE_ENVIRONMENT=development" in out


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TESTZONE_PORT", "99999", "less than or equal to 65535, not '99999'"),
        ("TESTZONE_ENVIRONMENT", "prod", "'development' or 'production', not 'prod'"),
        ("TESTZONE_DATABASE_URL", "mysql://h/n", "Write sqlite:///FILE or postgresql://"),
        ("TESTZONE_DATABASE_URL", "postgresql://u:p/w@h/n", "TESTZONE_DATABASE_PASSWORD"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = run("doctor")
    assert ran.code == 1
    assert ran.err.startswith(f"{name}: ")
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_jurisdiction_that_nobody_wrote_is_said_to_be_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTZONE_JURISDICTION", "nowhere")
    ran = run("doctor")
    assert ran.code == 1
    assert "TESTZONE_JURISDICTION" in ran.err
    assert "nowhere.toml" in ran.err


def test_an_empty_variable_is_one_that_is_not_set(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTZONE_JURISDICTION", "")
    assert "TESTZONE_JURISDICTION=cn-chengdu" in run("settings").out


def test_rules_are_listed_and_their_document_is_current(run: Run) -> None:
    assert "limit.insurance_cny" in run("rules", "list").out
    assert run("rules", "doc", "--check", "--out", str(ROOT / "docs" / "rules.md")).code == 0


def test_the_rules_are_written_where_one_stands_or_where_one_says(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = run("rules", "doc")
    assert (refused.code, "--out" in refused.err) == (1, True)
    assert run("rules", "doc", "--out", "rules.md").code == 0
    (tmp_path / "docs").mkdir()
    assert run("rules", "doc").code == 0
    assert (tmp_path / "rules.md").read_text() == (tmp_path / "docs" / "rules.md").read_text()
    shutil.copy(write("rules.md", "stale"), tmp_path / "docs")
    assert run("rules", "doc", "--check").code == 1
