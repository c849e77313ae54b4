"""The tables of records: one row per thing, holding what lists are filtered by.

The value itself is in `content`; what a column repeats of it is named in resources.py. Columns
marked personal or secret hold what is kept out of the content, so that it can be erased, and with
it the salt of the digest that the content has of it (erasable.py).
"""

from datetime import datetime

from sqlmodel import Field

from service.adapters.db.columns import BigNumber
from service.adapters.db.tables import Row


class Record(Row):
    """What every record has: its place in the journal and its present content.

    `born` is the journal seq of its first act, which orders lists; `seq` that of its last.
    """

    id: str = Field(primary_key=True)
    born: int = Field(sa_type=BigNumber, unique=True)
    seq: int = Field(sa_type=BigNumber)
    revision: int
    content_digest: str = Field(foreign_key="content.digest")
    updated_at: datetime = Field(index=True)


class RoadRow(Record, table=True):
    """A stretch of the network."""

    external_id: str = Field(index=True)
    road_class: str = Field(index=True)


class DistrictRow(Record, table=True):
    """An administrative area."""

    code: str = Field(index=True)


class ZoneRow(Record, table=True):
    """A place opened for tests."""

    state: str = Field(index=True)
    zone_kind: str
    district: str | None


class RestrictionRow(Record, table=True):
    """A restricted place."""

    state: str = Field(index=True)
    restriction_kind: str
    effect: str
    applies_to: str
    visibility: str


class OrganisationRow(Record, table=True):
    """A test subject."""

    registration_number: str = Field(index=True)


class PersonRow(Record, table=True):
    """Someone who watches over a test; name and licence number are personal."""

    organisation_id: str = Field(index=True)
    person_role: str
    name: str
    licence_number: str | None
    salt: str | None


class VehicleRow(Record, table=True):
    """A vehicle or aircraft."""

    organisation_id: str = Field(index=True)
    domain: str
    vehicle_kind: str


class VehicleKeyRow(Record, table=True):
    """Proof of identity of a vehicle."""

    vehicle_id: str = Field(index=True)
    digest: str = Field(unique=True)


class InsuranceRow(Record, table=True):
    """Liability cover."""

    organisation_id: str = Field(index=True)
    valid_from: datetime
    valid_to: datetime


class ApplicationRow(Record, table=True):
    """What an operator asks for."""

    state: str = Field(index=True)
    organisation_id: str = Field(index=True)
    domain: str
    phase: str
    valid_from: datetime
    valid_to: datetime


class PermitRow(Record, table=True):
    """What was confirmed."""

    state: str = Field(index=True)
    organisation_id: str = Field(index=True)
    domain: str
    phase: str
    number: str = Field(unique=True)
    application_id: str = Field(index=True)
    valid_from: datetime
    valid_to: datetime


class ViolationRow(Record, table=True):
    """A limit of a permit that was broken."""

    organisation_id: str = Field(index=True)
    vehicle_id: str = Field(index=True)
    permit_id: str = Field(index=True)
    violation_kind: str
    summary_id: str


class IncidentRow(Record, table=True):
    """Something that happened."""

    state: str = Field(index=True)
    organisation_id: str = Field(index=True)
    incident_kind: str
    severity: str
    permit_id: str | None = Field(index=True)
    occurred_from: datetime
    occurred_to: datetime


class ImportReportRow(Record, table=True):
    """What became of an imported file."""

    kind: str


class AccountRow(Record, table=True):
    """A local account; the password's hash is secret."""

    username: str = Field(unique=True)
    password_hash: str
    salt: str | None


class TokenRow(Record, table=True):
    """Proof of identity of an account; its id is the digest of the secret."""

    account_id: str = Field(foreign_key="account.id", index=True)
