"""A registry in memory with a clock: whoever acts, one transaction each, as routes do it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from geo.text import Text
from service.domain.application import Application
from service.domain.incident import Incident
from service.domain.journal import Actor
from service.domain.kinds import (
    AppliesTo,
    Direction,
    Domain,
    Phase,
    RestrictionEffect,
    RestrictionKind,
    ReviewDecision,
    Role,
    SupervisionMode,
    Use,
    Visibility,
    ZoneKind,
)
from service.domain.organisation import Organisation, Person
from service.domain.permit import Permit
from service.domain.place import DeclaredGeometry
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.vehicle import Insurance, Vehicle
from service.domain.zone import Zone
from service.usecases import applications, decisions
from service.usecases.content import ContentRequest
from service.usecases.context import Context
from service.usecases.decisions import ReviewRequest, Withheld
from service.usecases.ports import UnitOfWork
from service.usecases.restrictions import RestrictionRequest
from service.usecases.volumes import VolumeRequest
from service.usecases.zones import ZoneRequest
from tests.builders import (
    NOW,
    a_person,
    a_schedule,
    a_square,
    a_vehicle,
    a_zone,
    an_actor,
    an_insurance,
    an_operator,
    an_organisation,
)
from tests.fakes import FakeStore, FakeTx
from tests.surroundings import a_context

T = TypeVar("T")

A, B = an_operator("organisation-a"), an_operator("organisation-b", id="operator-2")
MANAGING, INDUSTRY, POLICE, TRANSPORT, EXPERT, EMERGENCY, ATC, AUDITOR, ADMIN = (
    an_actor(role)
    for role in (
        Role.managing_unit,
        Role.industry,
        Role.police,
        Role.transport,
        Role.expert,
        Role.emergency,
        Role.atc,
        Role.auditor,
        Role.admin,
    )
)
NAMES: dict[type, str] = {
    Application: "applications",
    District: "districts",
    Incident: "incidents",
    Insurance: "insurance",
    Organisation: "organisations",
    Permit: "permits",
    Person: "people",
    Restriction: "restrictions",
    Road: "roads",
    Vehicle: "vehicles",
    Zone: "zones",
}


class Desk:
    """Where tests act: `do` writes, `ask` reads, `given` puts something there, `later` waits."""

    def __init__(self, *things: Any, store: UnitOfWork | None = None) -> None:
        self.now = NOW
        self.store = store or FakeStore(a_context().frame)
        self.given(*things)

    @property
    def ctx(self) -> Context:
        return a_context(self.now)

    @property
    def committed(self) -> FakeTx:
        assert isinstance(self.store, FakeStore), "a database is asked, not looked into"
        return self.store.committed

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def given(self, *things: Any) -> None:
        with self.store.write() as tx:
            for thing in things:
                getattr(tx, NAMES[type(thing)]).add(thing, self.ctx.deed(ADMIN, "given"))

    def do(self, act: Callable[..., T], actor: Actor, *about: Any, **more: Any) -> T:
        with self.store.write() as tx:
            return act(tx, actor, self.ctx, *about, **more)

    def ask(self, act: Callable[..., T], *about: Any) -> T:
        with self.store.read() as tx:
            return act(tx, *about)

    # the story of an application

    def submitted(self, actor: Actor = A, *volumes: VolumeRequest, **content: Any) -> Application:
        draft = self.do(applications.draft, actor, a_request(*volumes, **content))
        return self.do(applications.submit, actor, draft.id)

    def review(
        self, actor: Actor, application: Application, decision: str = "approve", **more: Any
    ) -> Application:
        version = more.pop("version", application.version)
        request = ReviewRequest(version, ReviewDecision(decision), **more)
        return self.do(decisions.review, actor, application.id, request)

    def signed(self, application: Application, *offices: Actor) -> Application:
        """The application after these offices; by default after all that a plain one needs."""
        for office in offices or (MANAGING, POLICE, TRANSPORT):
            application = self.review(office, application)
        return application

    def confirm(self, application: Application, actor: Actor = INDUSTRY) -> Any:
        return self.do(decisions.confirm, actor, application.id, application.version)

    def stored(self, application: Application) -> Application:
        return self.committed.applications.get(application.id)

    def withheld(self, application: Application) -> Withheld:
        """What stands against its confirmation; the test fails when it is confirmed."""
        outcome = self.confirm(application)
        assert isinstance(outcome, Withheld), outcome
        return outcome

    def permit(self, actor: Actor = A, **content: Any) -> Permit:
        """A permit that was applied for, signed and confirmed."""
        permit = self.confirm(self.signed(self.submitted(actor, **content)))
        assert isinstance(permit, Permit), permit
        return permit


def a_desk(
    *things: Any, zones: tuple[Zone, ...] | None = None, store: UnitOfWork | None = None
) -> Desk:
    """A desk with an open area and two operators, each with a car, a driver and a policy."""
    owned: list[Any] = []
    for name in ("a", "b"):
        own = {"organisation_id": f"organisation-{name}"}
        owned += [
            an_organisation(id=f"organisation-{name}"),
            a_vehicle(id=f"vehicle-{name}", **own),
            a_person(id=f"person-{name}", **own),
            an_insurance(id=f"insurance-{name}", vehicle_ids=(f"vehicle-{name}",), **own),
        ]
    opened = (a_zone(id="zone-open"),) if zones is None else zones
    return Desk(*owned, *opened, *things, store=store)


def a_volume_request(**changes: Any) -> VolumeRequest:
    """All of the open area at all hours."""
    request = VolumeRequest(
        pointer="/volumes/0",
        zone_kind=ZoneKind.designated_area,
        zone_id=None,
        declared=DeclaredGeometry("{}", "EPSG:4490"),
        geometry=a_square(),
        width_m=None,
        radius_m=None,
        altitude=None,
        use=Use.shared,
        direction=Direction.both,
        max_concurrent_vehicles=1,
        schedule=a_schedule(),
    )
    return replace(request, **changes)


def a_request(*volumes: VolumeRequest, of: str = "a", **changes: Any) -> ContentRequest:
    """What an operator asks for; `of` says whose vehicle, driver and policy are named."""
    request = ContentRequest(
        title="道路测试",
        domain=Domain.ground,
        phase=Phase.road_test,
        follows=None,
        volumes=volumes or (a_volume_request(),),
        vehicle_ids=(f"vehicle-{of}",),
        person_ids=(f"person-{of}",),
        supervision_mode=SupervisionMode.driver_seat,
        passengers=False,
        cargo=False,
        over_people=False,
        valid_from=NOW,
        valid_to=NOW + timedelta(days=90),
        requested_conditions=(),
        documents=(),
        insurance_ids=(f"insurance-{of}",),
    )
    return replace(request, **changes)


def a_zone_request(**changes: Any) -> ZoneRequest:
    request = ZoneRequest(
        name=Text("新川测试区", "Xinchuan test area"),
        zone_kind=ZoneKind.designated_area,
        road_ids=(),
        direction=Direction.both,
        declared=None,
        geometry=a_square(),
        width_m=None,
        radius_m=None,
        altitude=None,
        schedule=None,
        use=Use.shared,
        max_concurrent_vehicles=5,
        phases_open=(Phase.road_test,),
        notice_number="蓉智联〔2026〕1号",
        notice_date=date(2026, 9, 1),
        district=None,
    )
    return replace(request, **changes)


def a_restriction_request(**changes: Any) -> RestrictionRequest:
    request = RestrictionRequest(
        name=Text("施工", "Works"),
        restriction_kind=RestrictionKind.road_works,
        effect=RestrictionEffect.prohibited,
        applies_to=AppliesTo.ground,
        levels=None,
        declared=None,
        geometry=a_square(),
        radius_m=None,
        altitude=None,
        schedule=None,
        visibility=Visibility.public,
        authority=None,
    )
    return replace(request, **changes)


def in_days(days: float) -> datetime:
    return NOW + timedelta(days=days)
