"""Bringing the service up: what stands in the way is said in a line, and nothing is half done."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.commands.conftest import Run

START_S = 60.0


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TESTZONE_DATABASE_URL", url)


def test_a_new_database_is_migrated_and_migrating_again_changes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"sqlite:///{tmp_path}/var/new.sqlite")
    assert (run("migrate").code, run("migrate").code, run("doctor").code) == (0, 0, 0)


@pytest.mark.parametrize("command", [("serve", "--port", "1024"), ("demo",), ("audit", "verify")])
def test_a_database_without_tables_is_not_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    use(monkeypatch, f"sqlite:///{tmp_path}/empty.sqlite")
    ran = run(*command)
    assert (ran.code, "testzone migrate" in ran.err) == (1, True)


@pytest.mark.parametrize("command", ["migrate", "doctor", "worker"])
def test_a_file_that_is_no_database_is_said_to_be_none(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear registry, this is a letter and no database. " * 40)
    use(monkeypatch, f"sqlite:///{path}")
    ran = run(command)
    assert (ran.code, "file is not a database" in ran.err) == (1, True)


@pytest.mark.parametrize("command", ["migrate", "doctor", "worker"])
def test_a_server_that_is_down_is_said_to_be_down(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    use(monkeypatch, f"postgresql://nobody@/registry?host={tmp_path}")
    ran = run(command)
    assert (ran.code, f"{tmp_path}" in ran.err) == (1, True)
    assert "Traceback" not in ran.err


def test_a_path_that_cannot_be_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    use(monkeypatch, f"sqlite:///{tmp_path}/file/registry.sqlite")
    ran = run("migrate")
    assert (ran.code, ran.err.startswith(f"{tmp_path}/file: ")) == (1, True)


@pytest.mark.parametrize("port", ["0", "99999", "http"])
def test_a_port_that_is_none_is_wrong_usage(run: Run, port: str) -> None:
    assert run("serve", "--port", port).code == 2


@pytest.mark.usefixtures("database")
def test_a_port_that_is_taken_is_named(run: Run, taken_port: int) -> None:
    ran = run("serve", "--port", str(taken_port))
    assert (ran.code, ran.err) == (1, f"127.0.0.1:{taken_port}: Address already in use\n")


@pytest.mark.usefixtures("database")
def test_production_takes_no_demo_and_no_default_secret(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTZONE_ENVIRONMENT", "production")
    assert (run("demo").code, run("serve", "--demo").code) == (1, 1)
    use(monkeypatch, "postgresql://testzone:testzone@localhost/testzone")
    ran = run("serve")
    assert (ran.code, "default database password" in ran.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_the_worker_does_what_is_due_once(run: Run) -> None:
    ran = run("worker", "--once")
    assert (ran.code, ran.out) == (0, "Sealed 0 summaries.\n")


def test_one_process_migrates_loads_the_demo_and_serves_it(tmp_path: Path, free_port: int) -> None:
    address = f"http://127.0.0.1:{free_port}"
    url = f"sqlite:///{tmp_path}/var/new.sqlite"
    command = ["serve", "--migrate", "--demo", "--port", str(free_port)]
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", *command],
        env={**os.environ, "TESTZONE_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            answer = asked_until_ready(f"{address}/readyz", process)
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=15)
    assert answer == '{"status":"ready"}'
    assert f"Open {address} and sign in as operator-a" in said
    assert "password demo-only" in said
    logged = [line for line in said.splitlines() if " INFO " in line]
    assert logged
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", line) for line in logged)
    assert "alembic" not in said


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def asked_until_ready(address: str, process: "subprocess.Popen[str]") -> str:
    deadline = time.monotonic() + START_S
    while True:
        try:
            with urlopen(address, timeout=5) as answer:
                text: str = answer.read().decode()
                return text
        except (URLError, OSError):
            assert process.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.2)
