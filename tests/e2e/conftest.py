"""The served product for the browser: migrated, with its demo story, on a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.e2e.browser import CHROMIUM, Chromium, chromium
from tests.e2e.driver import Person, SignIn

ROOT = Path(__file__).parents[2]
TESTZONE = Path(sys.executable).with_name("testzone")
PASSWORD = "browser-story"  # of a server that lives for this session
START_S = 60.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as needing the browser."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(origin: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            with urlopen(f"{origin}/readyz", timeout=2):
                return
        except (URLError, OSError):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()}", pytrace=False)
            time.sleep(0.2)


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a served registry with the demo story in it."""
    if not (ROOT / "service/ui/dist/index.html").exists():
        pytest.fail("the map is not built: run `make ui`", pytrace=False)
    home = tmp_path_factory.mktemp("served")
    environment = {
        **os.environ,
        "TESTZONE_DATABASE_URL": f"sqlite:///{home / 'registry.sqlite'}",
        "TESTZONE_DEMO_PASSWORD": PASSWORD,
    }
    for command in ("migrate", "demo"):
        subprocess.run([TESTZONE, command], cwd=ROOT, env=environment, check=True)
    port, log = _free_port(), home / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [TESTZONE, "serve", "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=15)


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """The system's Chromium; without one the stories fail."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: run `make test`, or install it", pytrace=False)
    with chromium() as started:
        yield started


@pytest.fixture
def sign_in(origin: str, browser: Chromium) -> Iterator[SignIn]:
    """Signs people in, each in their own session; fails at last on what a page did wrong."""
    people: list[Person] = []

    def enter(name: str) -> Person:
        people.append(Person.signs_in(browser, origin, name, PASSWORD))
        return people[-1]

    yield enter
    complaints = {person.name: person.window.complaints for person in people}
    for person in people:
        person.window.page.context.close()
    assert not any(complaints.values()), complaints
