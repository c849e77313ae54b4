"""A real broker on the configuration that is shipped, with secrets made the way the page says."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "docs" / "mqtt"
PROGRAM = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin") or "mosquitto"
REGISTRY = "testzone"
START_S = 15.0


def password_of(username: str) -> str:
    return f"password-of-{username}"


def make_certificates(folder: Path, *arguments: str) -> None:
    """Runs the script that is shipped."""
    subprocess.run(["sh", SHIPPED / "certificates.sh", folder, *arguments], check=True)


class Broker:
    """mosquitto in a folder of its own; `start` again goes on with what was left there."""

    def __init__(self, place: Path, secrets: Path, usernames: Iterable[str]) -> None:
        self.port, self.certificate_port = _free_ports(2)
        self.place, self.secrets = place, secrets
        (place / "data").mkdir(parents=True)
        shutil.copytree(secrets / "broker", place / "secrets")
        shutil.copytree(SHIPPED, place / "config")
        (place / "secrets" / "passwords").touch()
        for username in (REGISTRY, *usernames):
            self.let_in(username)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtts://localhost:{self.port}"

    @property
    def ca(self) -> Path:
        return self.place / "secrets" / "ca.crt"

    @property
    def log(self) -> str:
        return (self.place / "log").read_text(errors="replace")

    def let_in(self, username: str) -> None:
        """An account; it counts from the next start on."""
        passwords = self.place / "secrets" / "passwords"
        command = ["mosquitto_passwd", "-b", passwords, username, password_of(username)]
        subprocess.run(command, check=True, capture_output=True)

    def start(self) -> "Broker":
        shipped = (self.place / "config" / "mosquitto.conf").read_text()
        adapted = shipped.replace("/mosquitto/", f"{self.place}/")
        adapted = adapted.replace("listener 8883", f"listener {self.port} 127.0.0.1")
        adapted = adapted.replace("listener 8884", f"listener {self.certificate_port} 127.0.0.1")
        adapted += "log_type subscribe\n"
        if os.geteuid() == 0:
            # it would turn into a user who may not enter the folders of tests
            adapted = f"user root\n{adapted}"
        (self.place / "used.conf").write_text(adapted)
        with (self.place / "log").open("ab") as log:
            command = [PROGRAM, "-c", str(self.place / "used.conf")]
            self._process = subprocess.Popen(command, stderr=log, stdout=log)
        deadline = time.monotonic() + START_S
        while not _answers(self.port):
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, "the broker did not start in time"
            time.sleep(0.02)
        return self

    def hears_of(self, subscription: str) -> None:
        """Somebody subscribed to that; the test fails when nobody does."""
        deadline = time.monotonic() + START_S
        while f" {subscription}\n" not in self.log:
            assert time.monotonic() < deadline, f"nobody subscribed to {subscription}"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_S)
            self._process = None

    def tell(self, what: signal.Signals) -> None:
        """Signals the running broker."""
        assert self._process is not None
        self._process.send_signal(what)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
