"""Road vehicles and aircraft under test, and their keys (contract section 4)."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from service.domain.kinds import Domain, VehicleKind
from service.domain.vehicle import Vehicle, VehicleKey
from service.wire.common import Amount, Line, Output, Returned

Level = Annotated[int, Field(strict=True, ge=0, le=5)]


class VehicleIn(Returned):
    """One vehicle or aircraft of the sender's organisation."""

    unread = frozenset({"id", "revision", "organisation_id"})

    domain: Domain
    vehicle_kind: VehicleKind
    manufacturer: Line
    model: Line
    automation_level: Level
    software_version: Line
    configuration_hash: Line
    vin: Line | None = None
    registration: Line | None = None
    plate: Line | None = None
    mtow_kg: Amount | None = None
    empty_mass_kg: Amount | None = None
    max_speed_mps: Amount | None = None
    max_height_m: Amount | None = None

    def to_domain(self, key: str, organisation_id: str) -> Vehicle:
        """The vehicle under that id, of that organisation."""
        return Vehicle(id=key, revision=1, organisation_id=organisation_id, **dict(self))


class VehicleOut(Output):
    """One vehicle or aircraft."""

    id: str
    revision: int
    organisation_id: str
    domain: Domain
    vehicle_kind: VehicleKind
    manufacturer: str
    model: str
    automation_level: int
    software_version: str
    configuration_hash: str
    vin: str | None
    registration: str | None
    plate: str | None
    mtow_kg: float | None
    empty_mass_kg: float | None
    max_speed_mps: float | None
    max_height_m: float | None

    @classmethod
    def from_domain(cls, vehicle: Vehicle) -> Self:
        """The vehicle as registered."""
        return cls.model_validate(vehicle, from_attributes=True)


class KeyOut(Output):
    """A key of a vehicle, without its secret."""

    id: str
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def from_domain(cls, key: VehicleKey) -> Self:
        """The key by its id and its life."""
        return cls(id=key.id, created_at=key.created_at, revoked_at=key.revoked_at)


class KeyIssued(Output):
    """A new key; `key` is the secret and is shown this once."""

    id: str
    key: str
    created_at: datetime

    @classmethod
    def from_domain(cls, key: VehicleKey, secret: str) -> Self:
        """The key with its secret."""
        return cls(id=key.id, key=secret, created_at=key.created_at)
