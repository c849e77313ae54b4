"""Commands that bring files in, write them out, and ask about one."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.adapters.files import reading
from service.commands import recordings
from service.commands.console import acting, json_of, opened, progress
from service.domain.importing import ImportKind, ImportOutcome, ImportReport
from service.domain.kinds import Role
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.zone import Zone
from service.settings import read_settings
from service.usecases import checks, imports
from service.usecases.context import Context
from service.usecases.ports import Query, Tx, every
from service.wire.checks import CheckIn, CheckOut
from service.wire.common import Language, Reader
from service.wire.features import DECIMALS, feature_collection
from service.wire.import_text import remarks, summary
from service.wire.imports import ImportOut
from service.wire.intake import Intake

OFFICE = acting(Role.managing_unit)
ALL = Query(limit=1000)
Publish = Annotated[bool, typer.Option("--publish", help="Publish zones and restrictions at once.")]
Moved = Annotated[
    bool, typer.Option("--moved", help="What is known lies elsewhere now, all of it.")
]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Write what became of every item, as JSON.")
]
FORMATS = f"What is read, by the file's ending: {reading.formats()}."


class Exported(StrEnum):
    """What can be written: telemetry as a table, the others as GeoJSON."""

    roads = "roads"
    districts = "districts"
    zones = "zones"
    restrictions = "restrictions"
    telemetry = "telemetry"


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=FORMATS)],
    kind: Annotated[ImportKind, typer.Option("--as", help="What the file holds.")],
    crs: Annotated[str | None, typer.Option(help="Reference system of its positions.")] = None,
    publish: Publish = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
    moved: Moved = False,
    report_file: ReportFile = None,
    vehicle: recordings.Vehicle = None,
    permit: recordings.Permit = None,
    heights: recordings.Heights = None,
    started_at: recordings.StartedAt = None,
    ended_at: recordings.EndedAt = None,
    accuracy_m: recordings.Accuracy = None,
) -> None:
    """Import reference data or a recording of a vehicle; exit 1 when an item was refused."""
    registry = opened(read_settings())
    ctx = registry.context()
    if kind is ImportKind.telemetry:
        whose = recordings.Whose.of(vehicle, permit)
        told = recordings.told(crs, heights, started_at, ended_at, accuracy_m)
        report = recordings.bring(registry, file, whose, told, dry_run=dry_run)
        _answer(report, ctx, report_file, published=False)
        return
    with file.open("rb") as stream, progress("items") as tell:
        items = reading.read(kind, stream, file.name, crs, ctx)
        report = imports.run(
            registry.store,
            OFFICE,
            ctx,
            kind,
            items,
            file_name=file.name,
            dry_run=dry_run,
            publish=publish,
            moved=moved,
            progress=lambda read: tell(read, None),
        )
    _answer(report, ctx, report_file, published=publish)


def export(
    kind: Annotated[Exported, typer.Argument(help="What to write.")],
    out: Annotated[
        Path | None,
        typer.Option(help="File; without it standard output. Telemetry: .csv, .parquet"),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Telemetry of that time and later, with offset.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Telemetry before that time.")] = None,
    vehicle: recordings.Vehicle = None,
    permit: recordings.Permit = None,
) -> None:
    """Write reference data as GeoJSON in EPSG:4490, which imported again changes nothing; or
    telemetry as a table."""
    registry = opened(read_settings())
    if kind is Exported.telemetry:
        owners = {"vehicle_id": vehicle, "permit_id": permit}
        recordings.write(registry, out, owners, since, until)
        return
    with registry.store.read() as tx:
        text = feature_collection(_every(tx, kind), _reader(registry.context(), DECIMALS))
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As for /v1/checks.")],
) -> None:
    """Ask whether a test may happen; exit 1 when it may not be submitted."""
    registry = opened(read_settings())
    ctx = registry.context()
    intake = Intake(ctx.frame)
    body = CheckIn.model_validate(json_of(file))
    request = body.to_domain(intake)
    with registry.store.read() as tx:
        result = checks.run(tx, OFFICE, ctx, request)
    shown = CheckOut.from_domain(result, intake.warnings, _reader(ctx))
    typer.echo(shown.model_dump_json(indent=2))
    raise typer.Exit(0 if shown.may_submit else 1)


def _reader(ctx: Context, decimals: int | None = None) -> Reader:
    return Reader(OFFICE, Language.en, ctx.now, decimals)


def _every(tx: Tx, kind: Exported) -> Iterable[Road | District | Zone | Restriction]:
    match kind:
        case Exported.roads:
            return every(tx.roads.page, ALL)
        case Exported.districts:
            return every(tx.districts.page, ALL)
        case Exported.zones:
            return every(tx.zones.page, ALL)
        case Exported.restrictions:
            return every(tx.restrictions.page, ALL)
        case Exported.telemetry:
            raise AssertionError("telemetry is a table and no collection of features")


def _answer(
    report: ImportReport, ctx: Context, report_file: Path | None, *, published: bool
) -> None:
    """Say what became of the items; exit 1 when one was refused."""
    if report_file is not None:
        whole = ImportOut.in_full(report, _reader(ctx))
        report_file.write_text(whole.model_dump_json(indent=1), encoding="utf-8")
    for line in remarks(report):
        typer.echo(line, err=True)
    for line in summary(report, published=published):
        typer.echo(line)
    if report.count(ImportOutcome.refused):
        raise typer.Exit(1)
