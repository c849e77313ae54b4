"""The composition root: settings in, a served registry out. Nothing is made when it is imported."""

import secrets
from datetime import UTC, datetime
from importlib.metadata import version
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.routing import APIRoute

from geo.ground import Geoid, Terrain
from service.adapters.calendar import HolidayCalendar, Overrides
from service.adapters.db.engine import Busy, Unavailable, connect
from service.adapters.db.migrate import unfit
from service.adapters.db.uow import Store
from service.adapters.files.rulepacks import read_rule_book
from service.adapters.geoid import read_gtx
from service.adapters.passwords import Passwords
from service.adapters.sun import SunTimes
from service.adapters.terrain import read_terrain
from service.api import documentation, errors, static
from service.api.attempts import Attempts
from service.api.deps import Registry
from service.api.middleware import Envelope
from service.api.routes import (
    applications,
    auth,
    checks,
    events,
    health,
    imports,
    incidents,
    insurance,
    journal,
    kinds,
    organisations,
    people,
    permits,
    public,
    restrictions,
    roads,
    routing,
    rules,
    statistics,
    tasks,
    telemetry,
    vehicles,
    zones,
)
from service.domain.rulepack import Jurisdiction
from service.settings import Settings
from service.usecases.context import Context

BUSY_S = 2
UNAVAILABLE_S = 10
ROUTES = (
    auth,
    kinds,
    rules,
    tasks,
    roads,
    zones,
    restrictions,
    organisations,
    people,
    vehicles,
    insurance,
    imports,
    checks,
    routing,
    applications,
    permits,
    telemetry,
    statistics,
    incidents,
    journal,
    events,
    health,
    public,
)


def create_app(settings: Settings) -> FastAPI:
    """The service on the database that the settings name; nothing is written to it yet."""
    app = FastAPI(
        title="Test-zone registry",
        description="Permits to test connected vehicles and low-altitude aircraft.",
        version=version("testzone"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    app.state.registry = compose(settings)
    errors.install(app, waits={Busy: BUSY_S, Unavailable: UNAVAILABLE_S})
    for module in ROUTES:
        app.include_router(module.routes)
    app.include_router(applications.findings)
    documentation.install(app)
    static.install(app)
    app.add_middleware(Envelope)
    return app


def compose(settings: Settings) -> Registry:
    """The parts of a registry; shared by the API, the command line and the worker."""
    book = read_rule_book(settings.jurisdiction)
    if settings.sqlite_file is not None:
        settings.sqlite_file.parent.mkdir(parents=True, exist_ok=True)
    engine = connect(settings.database_url)
    place = book.at(datetime.now(UTC).date()).jurisdiction
    announced = Overrides.read(settings.holidays) if settings.holidays else Overrides()
    sun = SunTimes.over(place.extent, place.zone)
    calendar = HolidayCalendar(place.holiday_country, announced, sun)
    frame = place.frame(calendar, _terrain(settings, place), _geoid(settings, place))
    clock = ZoneInfo(place.zone)

    def context() -> Context:
        now = datetime.now(UTC)
        return Context(
            now=now,
            new_id=lambda: str(uuid4()),
            new_secret=lambda: secrets.token_urlsafe(32),
            pack=book.at(now.astimezone(clock).date()),
            frame=frame,
            workdays=calendar,
        )

    return Registry(
        settings=settings,
        store=Store(engine, frame, settings.remembered_mb * 1_000_000),
        passwords=Passwords(),
        attempts=Attempts(),
        context=context,
        unfit=lambda: unfit(engine),
    )


def _terrain(settings: Settings, place: Jurisdiction) -> Terrain | None:
    if settings.terrain is None:
        return None
    within, crs = place.ground.terrain, settings.terrain_crs
    return read_terrain(settings.terrain, place.extent, within, settings.terrain_error_m, crs)


def _geoid(settings: Settings, place: Jurisdiction) -> Geoid | None:
    if settings.geoid is None:
        return None
    return read_gtx(settings.geoid, place.extent, place.ground.geoid, settings.geoid_error_m)


def _operation_id(route: APIRoute) -> str:
    return route.name
