"""What commands share: the registry they open, as whom they act, and how they refuse."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from pydantic_core import from_json

from service.adapters.db.engine import Unavailable
from service.adapters.db.migrate import behind
from service.api.deps import Registry
from service.app import compose
from service.domain.errors import RegistryError
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.settings import Settings

MIGRATE = "run: testzone migrate"


def refuse(*reasons: str) -> NoReturn:
    """Say why on standard error and end with 1."""
    for reason in reasons:
        typer.echo(reason, err=True)
    raise SystemExit(1)


def words_of(refused: RegistryError) -> str:
    """A refusal in one line, with what a driver said where one did."""
    # an error of a database carries the driver's as `orig`
    said = str(getattr(refused.__cause__, "orig", "")).partition("\n")[0]
    reason = f": {said}" if said else ""
    return f"{refused.message.en}{reason} ({refused.code})"


def opened(settings: Settings) -> Registry:
    """The registry on a database that is fit to be used."""
    registry = compose(settings)
    refuse_unfit(registry)
    return registry


def refuse_unfit(registry: Registry) -> None:
    """Return when the database can be used as it is."""
    defects = defects_of(registry)
    if defects:
        refuse(*defects, MIGRATE)


def defects_of(registry: Registry) -> list[str]:
    """Why the database cannot serve, in the driver's own words where it cannot even be reached."""
    try:
        behind(registry.settings.database_url)
    except Unavailable as gone:
        return [words_of(gone)]
    return registry.unfit()


def acting(role: Role) -> Actor:
    """Whoever has the machine, in the office that a command needs."""
    return Actor(id="command-line", name="command line", role=role)


def start_logging(settings: Settings) -> None:
    """One format for everything that runs on."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # it tells on every look at the revision which database it looks at
    logging.getLogger("alembic").setLevel(logging.WARNING)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Tells a person at a terminal how many have been dealt with, and of how many."""
    shows = sys.stderr.isatty()

    def tell(done: int, of: int | None) -> None:
        if shows:
            typer.echo(f"\r{done}{f' of {of}' if of else ''} {what}", err=True, nl=False)

    yield tell
    if shows:
        typer.echo(err=True)


def json_of(file: Path) -> object:
    """The JSON of a file."""
    try:
        return from_json(file.read_bytes(), allow_inf_nan=False)
    except ValueError as refused:
        refuse(f"{file} is not JSON: {refused}")
