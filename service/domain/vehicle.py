"""Vehicles and aircraft under test, their keys and their insurance (Art. 45).

The configuration hash tells whether two vehicles are the same tested thing; the weight class of an
aircraft is computed by the rule pack and never declared.
"""

from dataclasses import dataclass
from datetime import datetime

from service.domain.kinds import Domain, VehicleKind


@dataclass(frozen=True)
class Vehicle:
    """One road vehicle or aircraft."""

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
    vin: str | None = None
    registration: str | None = None
    plate: str | None = None
    mtow_kg: float | None = None
    empty_mass_kg: float | None = None
    max_speed_mps: float | None = None
    max_height_m: float | None = None


@dataclass(frozen=True)
class VehicleKey:
    """Proof of identity of one vehicle; only a digest of the secret is kept."""

    id: str
    vehicle_id: str
    digest: str
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Insurance:
    """Liability cover of several vehicles over one period, half-open in time."""

    id: str
    revision: int
    organisation_id: str
    insurer: str
    policy_number: str
    sum_cny_per_vehicle: int
    valid_from: datetime
    valid_to: datetime
    vehicle_ids: tuple[str, ...]
    document_id: str | None = None

    def covers(self, vehicle_id: str, start: datetime, end: datetime, at_least_cny: float) -> bool:
        """True when this policy insures the vehicle for the whole time and the whole sum."""
        return (
            vehicle_id in self.vehicle_ids
            and self.valid_from <= start
            and end <= self.valid_to
            and self.sum_cny_per_vehicle >= at_least_cny
        )
