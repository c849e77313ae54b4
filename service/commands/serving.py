"""Commands that bring the service up and keep it running."""

import signal
import socket
from threading import Event
from typing import Annotated

import typer
import uvicorn

from service import worker as clockwork
from service.adapters.db.migrate import migrate as migrate_database
from service.adapters.demo.load import load_demo
from service.adapters.demo.story import ACCOUNTS
from service.api.deps import Registry
from service.app import compose, create_app
from service.commands.console import (
    defects_of,
    opened,
    refuse,
    refuse_unfit,
    start_logging,
)
from service.settings import DEMO_PASSWORD, Settings, read_settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port.", min=1, max=65535)] = None,
    with_migration: Annotated[
        bool, typer.Option("--migrate", help="Bring the database up to date first.")
    ] = False,
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Load the demo first, and say how to sign in.")
    ] = False,
) -> None:
    """Serve the API and the map until interrupted."""
    settings = read_settings()
    start_logging(settings)
    _refuse_demo(settings, with_demo)
    host, port = host or settings.host, port or settings.port
    with _bound(host, port) as bound:
        served = create_app(settings)
        registry: Registry = served.state.registry
        if with_migration:
            migrate_database(settings.database_url)
        refuse_unfit(registry)
        if settings.is_production and _has_demo_password(registry):
            refuse("production does not serve a database with demo accounts")
        registry.store.refit()
        if with_demo:
            _tell_demo(registry)
            _welcome(settings, f"http://{host}:{port}")
        config = uvicorn.Config(served, server_header=False, access_log=False, log_config=None)
        server = Serving(config, registry)
        try:
            server.run(sockets=[bound])
        except KeyboardInterrupt:
            return
    if not server.started:
        refuse("the service did not start")


def migrate() -> None:
    """Bring the database to the present tables; safe to repeat."""
    settings = read_settings()
    registry = compose(settings)
    migrate_database(settings.database_url)
    registry.store.refit()
    typer.echo("The database is up to date.")


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and stop.")] = False,
) -> None:
    """Do what happens by the clock: seal telemetry."""
    settings = read_settings()
    start_logging(settings)
    registry = opened(settings)
    if once:
        typer.echo(f"Sealed {clockwork.run_once(registry)} summaries.")
        return
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clockwork.run(registry, stop)


def demo() -> None:
    """Load the demo city and its story; safe to repeat, refused in production."""
    settings = read_settings()
    _refuse_demo(settings, True)
    _tell_demo(opened(settings))
    typer.echo(f"Accounts: {', '.join(ACCOUNTS)}.")


def doctor() -> None:
    """Look at what the service needs; exit 1 when it could not serve."""
    settings = read_settings()
    registry = compose(settings)
    pack = registry.context().pack
    unverified = sum(not rule.verified for rule in pack.rules)
    typer.echo(f"Environment    {settings.environment.value}")
    counts = f"{len(pack.rules)} rules, {unverified} unverified"
    typer.echo(f"Rule pack      {pack.code} {pack.version}: {counts}")
    typer.echo(f"Terrain        {settings.terrain or 'from the rule pack'}")
    typer.echo(f"Geoid          {settings.geoid or 'from the rule pack'}")
    defects = defects_of(registry)
    if defects:
        refuse(*(f"Database       {defect}" for defect in defects))
    typer.echo("Database       fit to serve")


class Serving(uvicorn.Server):
    """A server that lets event streams go before it waits for the last answer to be given."""

    def __init__(self, config: uvicorn.Config, registry: Registry) -> None:
        super().__init__(config)
        self._streams = registry.streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, as soon as everyone has been answered."""
        self._streams.end()
        await super().shutdown(sockets)


def _bound(host: str, port: int) -> socket.socket:
    """The address, ours from now on; OSError, naming it, when it is not to be had.

    Nobody is let in yet: that begins with serving.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as refused:
        bound.close()
        reason = refused.strerror or str(refused)
        raise OSError(refused.errno, reason, f"{host}:{port}") from refused
    return bound


def _refuse_demo(settings: Settings, wanted: bool) -> None:
    if wanted and settings.is_production:
        refuse("the demo is not for production")


def _tell_demo(registry: Registry) -> None:
    kept = registry.passwords.hash(registry.settings.demo_password.get_secret_value())
    loaded = load_demo(registry.store, registry.context(), kept)
    typer.echo("The demo is loaded." if loaded else "The demo was loaded before.")


def _welcome(settings: Settings, address: str) -> None:
    where = settings.sqlite_file or "the database"
    typer.echo(
        f"\n  Open {address} and sign in as operator-a, managing-unit, industry, police or"
        f" transport,\n  password {settings.demo_password.get_secret_value()}."
        f" Stop with Ctrl-C; the data stays in {where}.\n"
    )


def _has_demo_password(registry: Registry) -> bool:
    """True when a demo account still opens with the password that everyone knows."""
    with registry.store.read() as tx:
        accounts = [tx.identities.account(name) for name in ACCOUNTS]
    return any(
        registry.passwords.verify(DEMO_PASSWORD, account.password_hash)
        for account in accounts
        if account is not None
    )
