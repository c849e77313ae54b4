"""The tables that are no records: content, journal, spatial rows, telemetry, replays, attempts.

Rows never leave adapters/db. A table is named like its class without `Row`.
"""

import re
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Index, MetaData, Table, Text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from service.adapters.db.columns import BigNumber, GeometryColumn

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


class Row(SQLModel):
    """Base of every row; its constraints have names, so that migrations can find them."""

    metadata = metadata

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__.removesuffix("Row")).lower()

    @classmethod
    def table(cls) -> Table:
        """The table of the class."""
        return cast(Table, getattr(cls, "__table__"))  # noqa: B009  # SQLModel does not declare it


class ContentRow(Row, table=True):
    """The canonical text of one state of one value, under its own digest; never changed."""

    digest: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)


class JournalRow(Row, table=True):
    """One line of the journal; never changed."""

    __table_args__ = (Index("ix_journal_subject_seq", "subject", "seq"),)

    seq: int = Field(primary_key=True, sa_type=BigNumber)
    at: datetime
    actor: str
    subject: str
    revision: int
    action: str
    payload_digest: str = Field(foreign_key="content.digest")
    prev: str
    hash: str


class VolumeRow(Row, table=True):
    """One volume of a record's current content, as the candidate search sees it.

    The box already holds the radius; open ends are far away. On SQLite an R*Tree follows this
    table, on PostgreSQL one index spans box, time and height.
    """

    __table_args__ = (Index("ix_volume_subject", "kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigNumber)
    kind: str
    subject_id: str
    position: int
    content_digest: str = Field(foreign_key="content.digest")
    live: bool
    core: Any = Field(sa_type=GeometryColumn)
    west: float
    south: float
    east: float
    north: float
    start_s: float
    end_s: float
    low_m: float
    high_m: float


class SpatialBasisRow(Row, table=True):
    """What the heights of the spatial rows were computed with: one row, the ground of the frame."""

    id: int = Field(default=1, primary_key=True)
    ground: str


class SummaryKeyRow(Row, table=True):
    """What makes a summary one and the same; kept for ever, whatever becomes of the summary."""

    vehicle_id: str = Field(primary_key=True)
    boot_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigNumber)
    payload_digest: str


class SummaryRow(Row, table=True):
    """One telemetry summary by its place in the order of arrival, which the write lock gives.

    Its id is the sender's and need not be unique; whose it is, its evidence knows. `seal` is the
    journal line that covers it.
    """

    arrival: int = Field(primary_key=True, sa_type=BigNumber)
    id: str = Field(index=True)
    received_at: datetime = Field(index=True)
    started_at: datetime = Field(index=True)
    ended_at: datetime
    west: float
    south: float
    east: float
    north: float
    digest: str
    body: str = Field(sa_type=Text)
    seal: int | None = Field(default=None, index=True, sa_type=BigNumber, foreign_key="journal.seq")


class EvidenceRow(Row, table=True):
    """What the summary of that arrival proves, with the numbers of it that SQL adds up."""

    __table_args__ = (Index("ix_evidence_vehicle_time", "vehicle_id", "ended_at", "started_at"),)

    arrival: int = Field(primary_key=True, sa_type=BigNumber)
    vehicle_id: str
    permit_id: str = Field(index=True)
    organisation_id: str = Field(index=True)
    started_at: datetime = Field(index=True)
    ended_at: datetime
    uncertain: bool
    automated_km: float
    automated_hours: float
    outside_km: float
    claimed_km: float
    takeovers: int
    digest: str
    body: str = Field(sa_type=Text)


class EvidencePartRow(Row, table=True):
    """One part of the evidence of that arrival; see service/domain/mileage.py."""

    arrival: int = Field(primary_key=True, sa_type=BigNumber)
    position: int = Field(primary_key=True)
    vehicle_id: str = Field(index=True)
    permit_id: str = Field(index=True)
    organisation_id: str = Field(index=True)
    day: date = Field(index=True)
    mode: str
    zone_id: str | None = Field(default=None, index=True)
    stretch_id: str | None = Field(default=None, index=True)
    forward: bool | None = None
    km: float
    hours: float
    entries: int
    exits: int


class BootRow(Row, table=True):
    """How far the numbers of one boot were answered for."""

    vehicle_id: str = Field(primary_key=True)
    boot_id: str = Field(primary_key=True)
    upto: int = Field(sa_type=BigNumber)
    last_seq: int = Field(sa_type=BigNumber)
    last_received_at: datetime


class GapRow(Row, table=True):
    """Numbers of a boot that never came though later ones did."""

    __table_args__ = (Index("ix_gap_boot", "vehicle_id", "boot_id", "first_seq", unique=True),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigNumber)
    vehicle_id: str
    boot_id: str
    first_seq: int = Field(sa_type=BigNumber)
    last_seq: int = Field(sa_type=BigNumber)


class DeadLetterRow(Row, table=True):
    """Telemetry that could not be taken, with the reason; no part of the chain."""

    number: int | None = Field(default=None, primary_key=True, sa_type=BigNumber)
    id: str = Field(unique=True)
    received_at: datetime = Field(index=True)
    channel: str
    organisation_id: str = Field(index=True)
    sender: str
    vehicle_id: str | None
    boot_id: str | None
    seq: int | None = Field(sa_type=BigNumber)
    code: str
    pointer: str
    message_zh: str
    message_en: str
    body: str = Field(sa_type=Text)
    is_whole: bool
    replayed_at: datetime | None
    outcome: str | None


class VehicleStateRow(Row, table=True):
    """The last position of a vehicle; `number` grows with every change of any of them."""

    vehicle_id: str = Field(primary_key=True)
    number: int = Field(unique=True, index=True, sa_type=BigNumber)
    organisation_id: str = Field(index=True)
    received_at: datetime
    at: datetime
    lon: float
    lat: float
    horizontal_accuracy_m: float | None
    altitude: float | None
    altitude_reference: str | None
    speed_mps: float | None
    heading_deg: float | None
    control_mode: str | None
    permit_id: str | None


class ReplayRow(Row, table=True):
    """An answer remembered by Idempotency-Key (decision 14)."""

    actor: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)
    body_digest: str
    status: int
    body: str = Field(sa_type=Text)


class AttemptRow(Row, table=True):
    """Something that was refused; outside the chain and limited in number (decision 11)."""

    __table_args__ = (Index("ix_attempt_actor_at", "actor", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigNumber)
    at: datetime
    actor: str
    action: str
    subject: str
    code: str
