"""Files imported as reference data, item by item, and recordings of vehicles as telemetry."""

from typing import Annotated

from fastapi import File, Form, Query, UploadFile

from geo.altitude import Reference
from service.api.deps import Caller
from service.api.endpoint import router
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.importing import ImportKind
from service.usecases import import_telemetry, imports
from service.usecases.import_telemetry import Told
from service.wire.common import Instant, Key, Line, PageOut
from service.wire.imports import ImportListed, ImportOut

routes = router("imports", "/v1/imports")


class ImportListing(Listing):
    """Which imports."""

    kind: tuple[ImportKind, ...] = ()


@routes.post("", status_code=201, **needs(Action.import_run))
def run_import(
    call: Caller,
    file: Annotated[UploadFile, File(description="CSV or GeoJSON")],
    kind: Annotated[ImportKind, Form(alias="as")],
    crs: Annotated[Line | None, Form()] = None,
    dry_run: Annotated[bool, Form()] = False,
    publish: Annotated[bool, Form()] = False,
    moved: Annotated[bool, Form()] = False,
) -> ImportOut:
    """Read a file; every item is answered for; the good ones are kept, in a dry run none.

    A file that would move all that is known of it one way is refused, unless it has `moved`.
    """
    name = (file.filename or "upload")[:200]
    items = call.items_of(kind, file.file, name, crs)
    report = imports.run(
        call.uow, call.actor, call.ctx, kind, items,
        file_name=name, dry_run=dry_run, publish=publish, moved=moved,
    )  # fmt: skip
    return ImportOut.in_full(report, call.reader)


@routes.post("/telemetry", status_code=201, **needs(Action.telemetry_post))
def run_telemetry_import(
    call: Caller,
    file: Annotated[UploadFile, File(description="CSV, GeoJSON, GPX, KML or SRT")],
    vehicle_id: Annotated[Key, Form()],
    permit_id: Annotated[Key, Form()],
    crs: Annotated[Line | None, Form()] = None,
    heights: Annotated[Reference | None, Form()] = None,
    started_at: Annotated[Instant | None, Form()] = None,
    ended_at: Annotated[Instant | None, Form()] = None,
    accuracy_m: Annotated[float | None, Form(ge=0, le=1_000_000, allow_inf_nan=False)] = None,
    dry_run: Annotated[bool, Form()] = False,
) -> ImportOut:
    """Read a flight log or a track of a vehicle; what it holds is recorded as its telemetry.

    `crs` and `heights` are declared where they differ from the format's own, `started_at` and
    `ended_at` where the file has no times. The same file again counts nothing twice.
    """
    name = (file.filename or "upload")[:200]
    told = Told(crs, heights, started_at, ended_at, accuracy_m)
    report = import_telemetry.run(
        call.uow, call.actor, call.ctx, call.recording_of(file.file, name, told),
        vehicle_id=vehicle_id, permit_id=permit_id, file_name=name, dry_run=dry_run,
    )  # fmt: skip
    return ImportOut.in_full(report, call.reader)


@routes.get("", **needs(Action.import_read))
def list_imports(call: Caller, listing: Annotated[ImportListing, Query()]) -> PageOut[ImportListed]:
    """Imports that were run, without their items."""
    with call.uow.read() as tx:
        page = imports.page(tx, call.actor, listing.to_query())
    shown = [ImportListed.from_domain(report) for report in page.items]
    return PageOut[ImportListed](items=shown, next=page.next)


@routes.get("/{import_id}", **needs(Action.import_read))
def get_import(call: Caller, import_id: Key) -> ImportOut:
    """One import with what became of every item."""
    with call.uow.read() as tx:
        return ImportOut.in_full(imports.get(tx, call.actor, import_id), call.reader)
