"""What the commands do with telemetry in files: recordings brought in, summaries written out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

import typer
from pydantic import TypeAdapter

from geo.altitude import Reference
from service.adapters.files import reading
from service.adapters.files.tracks_export import export_to
from service.api.deps import Registry
from service.commands.console import acting, progress, refuse
from service.domain.importing import ImportReport
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.domain.telemetry import Arrival
from service.usecases import import_telemetry, telemetry
from service.usecases.import_telemetry import Told
from service.usecases.ports import Page, Query, every
from service.wire.common import Instant

PAGE = 100
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)

Vehicle = Annotated[str | None, typer.Option(help="Telemetry: the vehicle's id.")]
Permit = Annotated[str | None, typer.Option(help="Telemetry: the permit that it moved under.")]
Heights = Annotated[
    Reference | None, typer.Option(help="Telemetry: what heights in the file are measured from.")
]
StartedAt = Annotated[
    str | None, typer.Option(help="Telemetry: when a recording without dates began, with offset.")
]
EndedAt = Annotated[
    str | None, typer.Option(help="Telemetry: when it ended, if its fixes have no times at all.")
]
Accuracy = Annotated[
    float | None, typer.Option(min=0, help="Telemetry: how far fixes may be off, in metres.")
]


@dataclass(frozen=True)
class Whose:
    """The vehicle that a recording is of, and the permit that it drove or flew under."""

    vehicle_id: str
    permit_id: str

    @classmethod
    def of(cls, vehicle: str | None, permit: str | None) -> Self:
        """As the options name them; wrong usage when one lacks."""
        if vehicle is None or permit is None:
            raise typer.BadParameter("a recording needs --vehicle and --permit")
        return cls(vehicle, permit)


def told(
    crs: str | None,
    heights: Reference | None,
    started_at: str | None,
    ended_at: str | None,
    accuracy_m: float | None,
) -> Told:
    """What the options say of a recording."""
    return Told(crs, heights, _instant(started_at), _instant(ended_at), accuracy_m)


def bring(
    registry: Registry, file: Path, whose: Whose, told: Told, *, dry_run: bool
) -> ImportReport:
    """What became of a recording, handed in for the operator of the vehicle."""
    ctx = registry.context()
    with file.open("rb") as stream, progress("fixes") as tell:
        return import_telemetry.run(
            registry.store,
            _operator_of(registry, whose.vehicle_id),
            ctx,
            reading.read_telemetry(stream, file.name, told, ctx),
            vehicle_id=whose.vehicle_id,
            permit_id=whose.permit_id,
            file_name=file.name,
            dry_run=dry_run,
            progress=lambda read: tell(read, None),
        )


def write(
    registry: Registry,
    out: Path | None,
    among: Mapping[str, str | None],
    since: str | None,
    until: str | None,
) -> None:
    """Write the summaries that have these owners and lie in that time."""
    if out is None:
        refuse("telemetry is written to a file: --out FILE.csv or FILE.parquet")
    query = Query(limit=PAGE)
    for column, value in among.items():
        query = query if value is None else query.only(column, [value])
    start, end = _instant(since), _instant(until)
    wanted = (one for one in _each(registry, query) if _within(one, start, end))
    with progress("summaries") as tell:
        written = export_to(out, wanted, lambda count: tell(count, None))
    typer.echo(f"{written} summaries written to {out}")


def _instant(written: str | None) -> datetime | None:
    return None if written is None else _INSTANT.validate_python(written)


def _operator_of(registry: Registry, vehicle_id: str) -> Actor:
    with registry.store.read() as tx:
        organisation_id = tx.vehicles.get(vehicle_id).organisation_id
    return replace(acting(Role.operator), organisation_id=organisation_id)


def _each(registry: Registry, query: Query) -> Iterator[Arrival]:
    """All that the query keeps; each page in a transaction of its own, for there may be many."""
    office = acting(Role.managing_unit)

    def page_of(query: Query) -> Page[Arrival]:
        with registry.store.read() as tx:
            return telemetry.summaries(tx, office, query)

    return every(page_of, query)


def _within(arrival: Arrival, since: datetime | None, until: datetime | None) -> bool:
    summary = arrival.summary
    return (since is None or summary.ended_at > since) and (
        until is None or summary.started_at < until
    )
