"""`testzone simulate`: a fleet drives under the permits in force; for demonstrations and tests."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from service.adapters.demo.fleet import Faults, Sent, fleet, rides
from service.api.deps import Registry
from service.commands.console import opened, progress, refuse
from service.domain.dead_letter import Channel
from service.domain.journal import Actor
from service.domain.kinds import PermitState, Role
from service.domain.permit import Permit
from service.domain.telemetry import Outcome
from service.settings import read_settings
from service.usecases.ports import Query, every
from service.usecases.telemetry import Post, receive
from service.wire.telemetry import posted_text

_AT_ONCE = 500


def simulate(
    minutes: Annotated[int, typer.Option(min=1, help="How long they drive.")] = 10,
    vehicles: Annotated[
        int | None, typer.Option(min=1, help="How many at most; without it all under permits.")
    ] = None,
    every_s: Annotated[int, typer.Option("--every", min=5, help="Seconds of a summary.")] = 60,
    faults: Annotated[
        float, typer.Option(min=0, max=1, help="How often each fault befalls a summary.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same drives.")] = 1,
    start: Annotated[
        datetime | None, typer.Option(help="When they set off (UTC); by default to end now.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write lines of JSON to be posted; record nothing.")
    ] = None,
) -> None:
    """Let vehicles under permits in force drive, and record what they send or write it down.

    Faults are loss, doubling, lateness, wrong clocks, jitter and excursions.
    """
    registry = opened(read_settings())
    lasting = timedelta(minutes=minutes)
    begin = start.replace(tzinfo=UTC) if start else registry.context().now - lasting
    permits = _in_force(registry)
    some = list(islice(rides(permits), vehicles))
    if not some:
        refuse("no vehicle has a permit in force: confirm one first, or run: testzone demo")
    sent = fleet(some, begin, lasting, timedelta(seconds=every_s), Faults.alike(faults), seed)
    if out is not None:
        _write(out, sent)
    else:
        _record(registry, permits, sent)


def _in_force(registry: Registry) -> list[Permit]:
    now = registry.context().now
    with registry.store.read() as tx:
        active = every(tx.permits.page, Query(limit=1_000).only("state", [PermitState.active]))
        return [permit for permit in active if permit.state_at(now) is PermitState.active]


def _write(out: Path, sent: Iterable[Sent]) -> None:
    with out.open("w", encoding="utf-8") as file, progress("summaries") as tell:
        for number, one in enumerate(sent, start=1):
            file.write(json.dumps(one.payload, separators=(",", ":")) + "\n")
            tell(number, None)


def _record(registry: Registry, permits: Iterable[Permit], sent: Iterable[Sent]) -> None:
    """Through the same door as everything that vehicles send, each by its operator."""
    owners = {permit.id: permit.organisation_id for permit in permits}
    outcomes: Counter[Outcome] = Counter()
    violations = 0
    with progress("summaries") as tell:
        for some in _portions(sent):
            ctx = registry.context()
            posts = [
                Post(
                    Actor("simulation", "simulation", Role.operator, owners[str(permit_id)]),
                    [posted_text(0, json.dumps(payload).encode(), ctx.frame)],
                    Channel.file,
                )
                for payload in (one.payload for one in some)
                for permit_id in [payload["permit_id"]]
            ]
            with registry.store.write() as tx:
                receipts = receive(tx, ctx, posts)
            results = [result for receipt in receipts for result in receipt.results]
            outcomes.update(result.status for result in results)
            violations += sum(len(result.violations) for result in results)
            tell(outcomes.total(), None)
    for outcome in Outcome:
        typer.echo(f"{outcomes[outcome]:8} {outcome.value}")
    typer.echo(f"{violations:8} violations")


def _portions(sent: Iterable[Sent]) -> Iterator[list[Sent]]:
    rest = iter(sent)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
