"""One row per kind of record: its table, what the table repeats of a value, and where a value lies.

Adding a resource is a row here, a table in record_tables.py and a property of the transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar, cast

from sqlalchemy import Table

from geo.footprint import Footprint
from geo.volume import Volume4D
from service.adapters.db import record_tables as tables
from service.adapters.db.erasable import SALT, new_salt
from service.adapters.db.record_tables import Record
from service.domain.application import PENDING, Application
from service.domain.evidence import Violation
from service.domain.importing import ImportReport
from service.domain.incident import Facts, Incident
from service.domain.organisation import Organisation, Person
from service.domain.permit import Permit
from service.domain.place import always
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.vehicle import Insurance, Vehicle, VehicleKey
from service.domain.zone import Zone
from service.usecases.ports import Account, Token


class Identified(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> str:
        """Its key."""


T = TypeVar("T", bound=Identified)
Columns = Mapping[str, Any]

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_ALWAYS = always("UTC")
_PERIODS = (("valid_from", "valid_to"), ("occurred_from", "occurred_to"))


def _nowhere(_: object) -> Sequence[Volume4D]:
    return ()


def _never(_: object) -> bool:
    return False


def _may_have_occurred(facts: Facts) -> Columns:
    """The time in which it may have occurred, half-open, and within what a clock can tell."""
    at, spread = facts.occurred_at, facts.occurred_precision.spread
    return {
        "occurred_from": at - min(spread, at - _FIRST),
        "occurred_to": at + min(max(spread, datetime.resolution), _LAST - at),
    }


def _own_revision(value: object) -> int:
    return cast(int, getattr(value, "revision"))  # noqa: B009  # of every value that has versions


@dataclass(frozen=True)
class Resource(Generic[T]):
    """How values of one kind are kept.

    columns: what the table repeats, by column; volumes: where it lies; live: whether the candidate
    search counts it; blank: fields kept in columns of the row alone, and what the content has in
    their place, so that they can be erased without breaking the chain.
    """

    kind: type[T]
    row: type[Record]
    columns: Callable[[T], Columns]
    volumes: Callable[[T], Sequence[Volume4D]] = _nowhere
    live: Callable[[T], bool] = _never
    blank: Mapping[str, str | None] = field(default_factory=dict)
    revision: Callable[[T], int] = _own_revision

    @property
    def table(self) -> Table:
        """The table of its rows."""
        return self.row.table()

    @property
    def name(self) -> str:
        """What it is called in the journal, in spatial rows and in errors."""
        return self.table.name

    @property
    def is_spatial(self) -> bool:
        """True when its values may have volumes."""
        return self.volumes is not _nowhere

    @property
    def period(self) -> tuple[str, str] | None:
        """The columns of its first instant and of the first after it; None when it has none."""
        return next((names for names in _PERIODS if names[0] in self.table.c), None)

    def subject(self, key: str) -> str:
        """How the journal names it."""
        return f"{self.name}:{key}"

    def content(self, value: T) -> T:
        """The value without what is kept out of the content."""
        return replace(cast(Any, value), **self.blank) if self.blank else value

    def kept_out(self, value: T) -> dict[str, str | None]:
        """What is kept in the row alone, under a new salt."""
        kept = {name: getattr(value, name) for name in self.blank}
        return {**kept, SALT: new_salt()} if kept else {}


ROADS = Resource(
    Road,
    tables.RoadRow,
    lambda v: {"external_id": v.external_id, "road_class": v.road_class.value},
    lambda v: (Volume4D(v.footprint, None, None, _ALWAYS),),
    live=lambda _: True,
)
DISTRICTS = Resource(
    District,
    tables.DistrictRow,
    lambda v: {"code": v.code},
    lambda v: (Volume4D(Footprint(v.area), None, None, _ALWAYS),),
)
ZONES = Resource(
    Zone,
    tables.ZoneRow,
    lambda v: {"state": v.state.value, "zone_kind": v.zone_kind.value, "district": v.district},
    lambda v: (v.volume,),
    live=lambda v: v.is_open,
)
RESTRICTIONS = Resource(
    Restriction,
    tables.RestrictionRow,
    lambda v: {
        "state": v.state.value,
        "restriction_kind": v.restriction_kind.value,
        "effect": v.effect.value,
        "applies_to": v.applies_to.value,
        "visibility": v.visibility.value,
    },
    lambda v: (v.volume,),
    live=lambda v: v.in_force,
)
ORGANISATIONS = Resource(
    Organisation,
    tables.OrganisationRow,
    lambda v: {"registration_number": v.registration_number},
)
PEOPLE = Resource(
    Person,
    tables.PersonRow,
    lambda v: {"organisation_id": v.organisation_id, "person_role": v.person_role.value},
    blank={"name": "", "licence_number": None},
)
VEHICLES = Resource(
    Vehicle,
    tables.VehicleRow,
    lambda v: {
        "organisation_id": v.organisation_id,
        "domain": v.domain.value,
        "vehicle_kind": v.vehicle_kind.value,
    },
)
VEHICLE_KEYS = Resource(
    VehicleKey,
    tables.VehicleKeyRow,
    lambda v: {"vehicle_id": v.vehicle_id, "digest": v.digest},
    revision=lambda v: 1 if v.revoked_at is None else 2,
)
INSURANCE = Resource(
    Insurance,
    tables.InsuranceRow,
    lambda v: {
        "organisation_id": v.organisation_id,
        "valid_from": v.valid_from,
        "valid_to": v.valid_to,
    },
)
APPLICATIONS = Resource(
    Application,
    tables.ApplicationRow,
    lambda v: {
        "state": v.state.value,
        "organisation_id": v.organisation_id,
        "domain": v.content.domain.value,
        "phase": v.content.phase.value,
        "valid_from": v.content.valid_from,
        "valid_to": v.content.valid_to,
    },
    lambda v: tuple(planned.volume for planned in v.content.volumes),
    live=lambda v: v.state in PENDING,
)
PERMITS = Resource(
    Permit,
    tables.PermitRow,
    lambda v: {
        "state": v.state.value,
        "organisation_id": v.organisation_id,
        "domain": v.content.domain.value,
        "phase": v.content.phase.value,
        "number": v.number,
        "application_id": v.application_id,
        "valid_from": v.content.valid_from,
        "valid_to": v.content.valid_to,
    },
    lambda v: tuple(planned.volume for planned in v.content.volumes),
    live=lambda v: v.allocates,
)
VIOLATIONS = Resource(
    Violation,
    tables.ViolationRow,
    lambda v: {
        "organisation_id": v.organisation_id,
        "vehicle_id": v.vehicle_id,
        "permit_id": v.permit_id,
        "violation_kind": v.violation_kind.value,
        "summary_id": v.summary_id,
    },
)
INCIDENTS = Resource(
    Incident,
    tables.IncidentRow,
    lambda v: {
        "state": v.state.value,
        "organisation_id": v.organisation_id,
        "incident_kind": v.facts.incident_kind.value,
        "severity": v.severity.value,
        "permit_id": v.facts.permit_id,
        **_may_have_occurred(v.facts),
    },
    lambda v: tuple(
        Volume4D(Footprint(place), None, None, _ALWAYS)
        for place in (v.facts.place.geometry,)
        if place is not None
    ),
)
IMPORTS = Resource(ImportReport, tables.ImportReportRow, lambda v: {"kind": v.kind})
ACCOUNTS = Resource(
    Account,
    tables.AccountRow,
    lambda v: {"username": v.username},
    blank={"password_hash": ""},
    revision=lambda _: 1,
)
TOKENS = Resource(
    Token,
    tables.TokenRow,
    lambda v: {"account_id": v.account_id},
    revision=lambda _: 1,
)

RESOURCES: tuple[Resource[Any], ...] = (
    ROADS,
    DISTRICTS,
    ZONES,
    RESTRICTIONS,
    ORGANISATIONS,
    PEOPLE,
    VEHICLES,
    VEHICLE_KEYS,
    INSURANCE,
    APPLICATIONS,
    PERMITS,
    VIOLATIONS,
    INCIDENTS,
    IMPORTS,
    ACCOUNTS,
    TOKENS,
)
