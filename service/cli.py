"""The command line: `testzone COMMAND`. Exit 0 on success, 1 on refused data, 2 on wrong usage.

A composition root. Whoever has the machine acts as the office that the command needs; the journal
says that it was the command line.
"""

import logging
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer
import uvicorn
from pydantic import SecretStr, ValidationError
from pydantic_core import from_json

from service import worker as clockwork
from service.adapters.db.migrate import migrate as migrate_database
from service.adapters.demo.load import load_demo
from service.adapters.demo.story import ACCOUNTS
from service.adapters.files import reading
from service.adapters.files.rulepacks import RulePackRefused, read_rule_book
from service.adapters.files.rules_doc import rules_document
from service.api.deps import Registry
from service.app import compose, create_app
from service.domain.errors import Malformed, RegistryError
from service.domain.importing import ImportKind, ImportOutcome, ImportReport
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.settings import DEMO_PASSWORD, Settings
from service.usecases import checks, identity, imports
from service.usecases.ports import Query, Tx, every
from service.wire.checks import CheckIn, CheckOut
from service.wire.common import Language, Output, Reader
from service.wire.features import feature_collection
from service.wire.intake import Intake
from service.wire.problems import of_schema
from service.wire.restrictions import RestrictionOut
from service.wire.roads import RoadOut
from service.wire.zones import ZoneOut

RULES_DOCUMENT = Path(__file__).parents[1] / "docs" / "rules.md"

ALL = Query(limit=1000)


class Exported(StrEnum):
    """What can be written as GeoJSON."""

    roads = "roads"
    zones = "zones"
    restrictions = "restrictions"


app = typer.Typer(
    name="testzone",
    help="The test-zone registry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
user = typer.Typer(help="Local accounts.", no_args_is_help=True)
audit = typer.Typer(help="The journal.", no_args_is_help=True)
rules = typer.Typer(help="The rule pack in force.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(audit, name="audit")
app.add_typer(rules, name="rules")


def main() -> None:
    """Run the command that the arguments name."""
    try:
        app()
    except Malformed as refused:
        _refuse(*(f"{p.pointer or '/'}: {p.message.en} ({p.code})" for p in refused.problems))
    except RegistryError as refused:
        _refuse(f"{refused.message.en} ({refused.code})")
    except RulePackRefused as refused:
        _refuse(str(refused))
    except ValidationError as refused:
        _refuse(*(f"{p.pointer or '/'}: {p.message.en}" for p in of_schema(refused.errors())))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the API and the map until interrupted."""
    settings = Settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s"
    )
    served = create_app(settings)
    registry: Registry = served.state.registry
    _refuse_unfit(registry)
    if settings.is_production and _has_demo_password(registry):
        _refuse("production does not serve a database with demo accounts")
    registry.store.refit()
    uvicorn.run(
        served,
        host=host or settings.host,
        port=port or settings.port,
        server_header=False,
        access_log=False,
        log_config=None,
    )


@app.command()
def migrate() -> None:
    """Bring the database to the present tables; safe to repeat."""
    settings = Settings()
    registry = compose(settings)
    migrate_database(settings.database_url)
    registry.store.refit()
    typer.echo("The database is up to date.")


@app.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and stop.")] = False,
) -> None:
    """Do what happens by the clock: seal telemetry."""
    settings = Settings()
    logging.basicConfig(level=settings.log_level.upper())
    registry = _opened(settings)
    if once:
        typer.echo(f"Sealed {clockwork.run_once(registry)} summaries.")
        return
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clockwork.run(registry, stop)


@app.command()
def demo() -> None:
    """Load the demo city and its story; safe to repeat, refused in production."""
    settings = Settings()
    if settings.is_production:
        _refuse("the demo is not for production")
    registry = _opened(settings)
    kept = registry.passwords.hash(settings.demo_password.get_secret_value())
    loaded = load_demo(registry.store, registry.context(), kept)
    typer.echo("The demo is loaded." if loaded else "The demo was loaded before.")
    typer.echo(f"Accounts: {', '.join(ACCOUNTS)}.")


@user.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="User name.")],
    role: Annotated[Role, typer.Option(help="The office they act in.")],
    organisation: Annotated[str | None, typer.Option(help="Id; operators only.")] = None,
    district: Annotated[str | None, typer.Option(help="Code; district offices only.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a local account; without --password-stdin a password is made and shown once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    if len(password) < 8:
        _refuse("the password is shorter than 8 characters")
    registry = _opened(Settings())
    kept = registry.passwords.hash(password)
    with registry.store.write() as tx:
        about = (name, kept, role, organisation, district)
        identity.add_user(tx, _as(Role.admin), registry.context(), *about)
    typer.echo(f"{name} may sign in as {role.value}.")
    if not password_stdin:
        typer.echo(f"Password, shown this once: {password}")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    kind: Annotated[ImportKind, typer.Option("--as", help="What the file holds.")],
    crs: Annotated[str | None, typer.Option(help="Reference system of its positions.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish zones at once.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
) -> None:
    """Import reference data, every item answered for; exit 1 when one was refused."""
    registry = _opened(Settings())
    ctx = registry.context()
    with file.open("rb") as stream, _progress() as progress:
        items = reading.read(kind, stream, file.name, crs, ctx)
        report = imports.run(
            registry.store,
            _as(Role.managing_unit),
            ctx,
            kind,
            items,
            file_name=file.name,
            crs=crs,
            dry_run=dry_run,
            publish=publish,
            progress=progress,
        )
    _show_import(report)
    if report.count(ImportOutcome.refused):
        raise typer.Exit(1)


@app.command()
def export(
    kind: Annotated[Exported, typer.Argument(help="What to write.")],
    out: Annotated[Path | None, typer.Option(help="File; without it standard output.")] = None,
) -> None:
    """Write reference data as GeoJSON, positions in EPSG:4490."""
    registry = _opened(Settings())
    office, ctx = _as(Role.managing_unit), registry.context()
    reader = Reader(office, Language.en, ctx.now)
    with registry.store.read() as tx:
        text = feature_collection(_shown(tx, kind, reader))
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As for /v1/checks.")],
) -> None:
    """Ask whether a test may happen; exit 1 when it may not be submitted."""
    registry = _opened(Settings())
    ctx, office = registry.context(), _as(Role.managing_unit)
    intake = Intake(ctx.frame)
    body = CheckIn.model_validate(_json(file))
    request = body.to_domain(intake)
    with registry.store.read() as tx:
        result = checks.run(tx, office, ctx, request)
    shown = CheckOut.from_domain(result, intake.warnings, Reader(office, Language.en, ctx.now))
    typer.echo(shown.model_dump_json(indent=2))
    raise typer.Exit(0 if shown.may_submit else 1)


@audit.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option(help="A hash noted earlier: is it still there?")
    ] = None,
) -> None:
    """Recompute the journal and all that it digests; exit 1 when anything was changed."""
    registry = compose(Settings())
    defects = registry.store.verify(head)
    with registry.store.read() as tx:
        seq, present = tx.journal.head()
    for defect in defects:
        typer.echo(f"line {defect.seq or '-'} {defect.subject}: {defect.message}", err=True)
    if defects:
        raise typer.Exit(1)
    typer.echo(f"{seq} lines, all as they were written. Head: {present}")


@rules.command("list")
def list_rules() -> None:
    """Every rule in force, with its source and whether it is verified."""
    book = read_rule_book(Settings().jurisdiction)
    for rule in book.packs[-1].rules:
        mark = f"  [{rule.mark.zh} / {rule.mark.en}]" if rule.mark else ""
        article = f" {rule.article}" if rule.article else ""
        typer.echo(f"{rule.id}  {rule.title.zh} / {rule.title.en}  {rule.source.id}{article}{mark}")


@rules.command("doc")
def write_rules(
    is_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if stale.")
    ] = False,
) -> None:
    """Write docs/rules.md from the rule pack."""
    text = rules_document(read_rule_book(Settings().jurisdiction).packs[-1])
    if not is_check:
        RULES_DOCUMENT.write_text(text, encoding="utf-8")
    elif RULES_DOCUMENT.read_text(encoding="utf-8") != text:
        _refuse(f"{RULES_DOCUMENT} is out of date: run testzone rules doc")


@app.command()
def doctor() -> None:
    """Look at what the service needs; exit 1 when it could not serve."""
    settings = Settings()
    registry = compose(settings)
    pack = registry.context().pack
    unverified = sum(not rule.verified for rule in pack.rules)
    typer.echo(f"Environment    {settings.environment.value}")
    counts = f"{len(pack.rules)} rules, {unverified} unverified"
    typer.echo(f"Rule pack      {pack.code} {pack.version}: {counts}")
    defects = registry.unfit()
    for defect in defects:
        typer.echo(f"Database       {defect}", err=True)
    if defects:
        raise typer.Exit(1)
    typer.echo("Database       fit to serve")


@app.command()
def settings() -> None:
    """Every setting: its variable, its value and what it is for."""
    current = Settings()
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        shown = "(hidden)" if isinstance(value, SecretStr) else _without_password(str(value))
        typer.echo(f"TESTZONE_{name.upper()}={shown}\n    {field.description}")


def _opened(settings: Settings) -> Registry:
    """The registry on a database that is fit to be used."""
    registry = compose(settings)
    _refuse_unfit(registry)
    return registry


def _shown(tx: Tx, kind: Exported, reader: Reader) -> Iterator[Output]:
    """Everything of a kind, as the API shows it."""
    if kind is Exported.roads:
        return (RoadOut.from_domain(road, reader) for road in every(tx.roads, ALL))
    if kind is Exported.zones:
        return (ZoneOut.from_domain(zone, reader) for zone in every(tx.zones, ALL))
    return (RestrictionOut.from_domain(item, reader) for item in every(tx.restrictions, ALL))


def _as(role: Role) -> Actor:
    """Whoever has the machine, in the office that a command needs."""
    return Actor(id="command-line", name="command line", role=role)


def _refuse(*reasons: str) -> NoReturn:
    for reason in reasons:
        typer.echo(reason, err=True)
    raise SystemExit(1)


def _refuse_unfit(registry: Registry) -> None:
    defects = registry.unfit()
    if defects:
        _refuse(*defects, "run: testzone migrate")


def _has_demo_password(registry: Registry) -> bool:
    """True when a demo account still opens with the password that everyone knows."""
    with registry.store.read() as tx:
        accounts = [tx.identities.account(name) for name in ACCOUNTS]
    return any(
        registry.passwords.verify(DEMO_PASSWORD, account.password_hash)
        for account in accounts
        if account is not None
    )


def _json(file: Path) -> object:
    try:
        return from_json(file.read_bytes(), allow_inf_nan=False)
    except ValueError as refused:
        _refuse(f"{file} is not JSON: {refused}")


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Tells a person at a terminal how many items have been read."""
    shows = sys.stderr.isatty()

    def tell(read: int) -> None:
        if shows:
            typer.echo(f"\r{read} read", err=True, nl=False)

    yield tell
    if shows:
        typer.echo(err=True)


def _show_import(report: ImportReport) -> None:
    for item in report.items:
        for note in item.notes:
            where = f"item {item.place}{note.pointer and ' ' + note.pointer}"
            typer.echo(f"{where}: {item.outcome.value}: {note.message.en} ({note.code})", err=True)
    counts = ", ".join(f"{report.count(o)} {o.title.en.lower()}" for o in ImportOutcome)
    typer.echo(f"{report.read} read: {counts}; {report.warned} with warnings.")


def _without_password(value: str) -> str:
    password = urlsplit(value).password if "://" in value else None
    return value.replace(f":{password}@", ":***@") if password else value


if __name__ == "__main__":
    main()
