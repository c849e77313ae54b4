"""What a test kills and starts again: the served registry, and a PostgreSQL on a disk."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from sqlalchemy.engine import URL

from tests import postgres

END_S = 60.0


def until(done: Callable[[], bool]) -> float:
    """Seconds until something had come about; the test fails when it does not."""
    begin = time.monotonic()
    while not done():
        assert time.monotonic() < begin + END_S, "it did not come about"
        time.sleep(0.02)
    return time.monotonic() - begin


def testzone(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    command = [sys.executable, "-m", "service.cli", *arguments]
    environment = {**os.environ, "TESTZONE_DATABASE_URL": url}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


class Served:
    """`testzone serve` on a port that stays the same however often it is started."""

    def __init__(self, url: str, log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._url, self._log = url, log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def start(self) -> "Served":
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(self._port)]
        environment = {**os.environ, "TESTZONE_DATABASE_URL": self._url}
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        until(self._is_ready)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(END_S)
            self._process = None

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.base_url}/readyz", timeout=END_S).is_success
        return False


class Cluster:
    """A PostgreSQL that keeps its promises: on a disk, fsync on, every commit waited for."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._programs = postgres.programs()
        # PostgreSQL refuses to run as root
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._process: subprocess.Popen[bytes] | None = None
        self.own(place)
        place.chmod(0o755)
        arguments = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        made = self._run("initdb", f"--pgdata={place}/data", *arguments)
        assert made.wait(END_S) == 0, self.log

    @property
    def server(self) -> postgres.Server:
        place = {"host": str(self.place)}
        return postgres.Server(
            URL.create("postgresql+psycopg", "postgres", database="postgres", query=place)
        )

    @property
    def log(self) -> str:
        return (self.place / "log").read_text(errors="replace")

    def own(self, place: Path) -> None:
        """The server may write there."""
        shutil.chown(place, self._user)

    def start(self) -> "Cluster":
        """The server lets clients in; after a kill it has recovered first."""
        options = {
            "unix_socket_directories": self.place,
            "listen_addresses": "",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
        }
        given = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self._process = self._run("postgres", "-D", str(self.place / "data"), *given)
        until(self._is_ready)
        return self

    def kill(self) -> None:
        """SIGKILL to every process of the server at once."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for pid in (*map(int, children.read_text().split()), self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(END_S)
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(END_S)
            self._process = None

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        return self._run("pg_isready", "--quiet", f"--host={self.place}").wait(END_S) == 0

    def _run(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.place / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, *arguments],
                cwd=self.place,
                env={"PATH": os.environ["PATH"]},
                stdout=log,
                stderr=log,
                **({"user": self._user, "group": self._user} if os.geteuid() == 0 else {}),
            )


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="testzone-cluster-") as place:
        made = Cluster(Path(place))
        try:
            yield made.start()
        finally:
            made.stop()
