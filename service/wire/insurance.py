"""Liability cover of vehicles over a period (Art. 45)."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator

from service.domain.vehicle import Insurance
from service.wire.common import Count, Input, Instant, Key, Line, Output, after


class InsuranceIn(Input):
    """A policy of the sender's organisation."""

    insurer: Line
    policy_number: Line
    sum_cny_per_vehicle: Count
    valid_from: Instant
    valid_to: Instant
    vehicle_ids: Annotated[tuple[Key, ...], Field(min_length=1, max_length=10_000)]
    document_id: Key | None = None

    @field_validator("valid_to")
    @classmethod
    def _in_order(cls, value: datetime, info: ValidationInfo) -> datetime:
        return after(value, info.data.get("valid_from"))

    def to_domain(self, key: str, organisation_id: str) -> Insurance:
        """The policy under that id, of that organisation."""
        return Insurance(id=key, revision=1, organisation_id=organisation_id, **dict(self))


class InsuranceOut(Output):
    """A policy."""

    id: str
    revision: int
    organisation_id: str
    insurer: str
    policy_number: str
    sum_cny_per_vehicle: int
    valid_from: datetime
    valid_to: datetime
    vehicle_ids: list[str]
    document_id: str | None

    @classmethod
    def from_domain(cls, insurance: Insurance) -> Self:
        """The policy as registered."""
        return cls.model_validate(insurance, from_attributes=True)
