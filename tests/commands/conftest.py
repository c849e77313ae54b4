"""The command line in this process, on a database of the test's own."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from service.adapters.db.engine import connect
from service.adapters.db.migrate import migrate
from service.adapters.db.uow import Store
from service.cli import main
from tests.builders import a_deed, an_organisation
from tests.surroundings import a_context


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
Write = Callable[[str, Any], str]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the present tables, with one organisation in it."""
    path = tmp_path_factory.mktemp("commands") / "registry.sqlite"
    migrate(f"sqlite:///{path}")
    engine = connect(f"sqlite:///{path}")
    with Store(engine, a_context().frame).write() as tx:
        tx.organisations.add(an_organisation(id="organisation-a"), a_deed())
    # the last connection to go writes everything into the one file that tests copy
    engine.dispose()
    return path


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the test's own, which the settings name."""
    path = Path(shutil.copy(migrated_file, tmp_path / "registry.sqlite"))
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


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of that name, text as it is and anything else as JSON; its path."""

    def written(name: str, content: Any) -> str:
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written
