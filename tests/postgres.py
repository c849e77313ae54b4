"""An ephemeral PostgreSQL with PostGIS, and databases made on it in a fraction of a second.

`python -m tests.postgres` serves one for development until Ctrl-C. TEST_PG_ADMIN_URL names another
server to use instead; it needs the right to create databases and the PostGIS extension.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

MISSING = (
    "PostgreSQL with PostGIS is missing: apt-get install postgresql-postgis, "
    "or name a server in TEST_PG_ADMIN_URL"
)

_SHARE = Path("/usr/share/postgresql")
_PROGRAMS = Path("/usr/lib/postgresql")

# What a test server can do without: it is thrown away, so nothing has to survive a power cut.
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "300",
    # not UTC, so that a time which loses its offset on the way is seen
    "timezone": "Asia/Shanghai",
}

# The server lives as long as the standard input of this script, so it ends however its owner ends.
_GUARD = """
trap 'kill -QUIT $server 2>/dev/null; wait; rm -rf "$place"' EXIT
"$bin/initdb" --pgdata="$place/data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$place/log" 2>&1 || { cat "$place/log"; exit 1; }
"$bin/postgres" -D "$place/data" $options >>"$place/log" 2>&1 & server=$!
until "$bin/pg_isready" --quiet --host="$place"; do
    kill -0 $server 2>/dev/null || { cat "$place/log"; exit 1; }
    sleep 0.05
done
echo ready
exec 1>&-
cat >/dev/null
"""


class PostgresMissing(RuntimeError):
    """There is neither a PostGIS installation nor the address of a server."""


@dataclass(frozen=True)
class Server:
    """A running server on which databases come and go."""

    admin_url: URL

    def create(self, template: str) -> str:
        """URL of a new database, a copy of `template`, to which nobody may be connected."""
        name = f"t_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.admin_url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Removes a database made here, and ends the connections still open to it."""
        self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def run(self, statement: str, database: str | None = None) -> None:
        """Executes one statement outside a transaction."""
        url = self.admin_url.set(database=database) if database else self.admin_url
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def empty_template(self) -> Iterator[str]:
        """Name of a database that holds the PostGIS extension and nothing else."""
        url = self.create("template0")
        name = str(make_url(url).database)
        self.run("CREATE EXTENSION postgis", database=name)
        try:
            yield name
        finally:
            self.drop(url)


@contextmanager
def server() -> Iterator[Server]:
    """The server named by TEST_PG_ADMIN_URL, or a new one that ends with the block."""
    named = os.environ.get("TEST_PG_ADMIN_URL")
    if named:
        yield Server(make_url(named))
        return
    with _ephemeral(programs()) as url:
        yield Server(url)


def programs() -> Path:
    """The programs of the newest PostgreSQL here that has PostGIS, in Debian's layout."""
    controls = _SHARE.glob("*/extension/postgis.control")
    versions = sorted((path.parts[-3] for path in controls), key=float)
    if not versions:
        raise PostgresMissing(MISSING)
    return _PROGRAMS / versions[-1] / "bin"


@contextmanager
def _ephemeral(programs: Path) -> Iterator[URL]:
    """A new cluster in memory, reached by a socket in its own folder."""
    place = Path(tempfile.mkdtemp(prefix="testzone-pg-", dir=_roomy_folder()))
    # PostgreSQL refuses to run as root; its user must also be able to walk to the folder
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        os.chown(place, pwd.getpwnam("postgres").pw_uid, -1)
    place.chmod(0o755)
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    guard = subprocess.Popen(
        [*as_postgres, "sh", "-c", _GUARD],
        cwd=place,
        env={
            "PATH": os.environ["PATH"],
            "bin": str(programs),
            "place": str(place),
            "options": f"{options} -c unix_socket_directories={place}",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    with guard:
        assert guard.stdout
        said = guard.stdout.readline()
        if said != "ready\n":
            raise RuntimeError(f"PostgreSQL did not start: {said}{guard.stdout.read()}")
        yield URL.create(
            "postgresql+psycopg",
            username="postgres",
            database="postgres",
            query={"host": str(place)},
        )


def _roomy_folder() -> str:
    """A folder in memory where there is a gigabyte free, else the usual place."""
    memory = "/dev/shm"
    if os.path.isdir(memory) and shutil.disk_usage(memory).free > 2**30:
        return memory
    return tempfile.gettempdir()


def main() -> None:
    """Serves an empty PostGIS database and prints its URL."""
    with server() as running, running.empty_template() as template:
        print(running.create(template), flush=True)
        print("Ctrl-C ends the server", file=sys.stderr)
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
