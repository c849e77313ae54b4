"""Permits: the confirmed content, its number, its vehicles' standing; and the public register."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from service.domain.kinds import Domain, PermitState, Phase, Standing
from service.domain.organisation import Organisation
from service.domain.permit import ALLOCATING, STANDINGS, STATES, Ground, Permit, PermitVehicle
from service.usecases.permits import STEPS
from service.wire.actions import allowed
from service.wire.common import Keys, Line, Output, Prose, Reader, Words
from service.wire.conditions import ConditionBody
from service.wire.content import ContentOut, content_fields
from service.wire.geometry import CanonicalCrs, GeometryOut, geojson
from service.wire.organisations import OrganisationNamed
from service.wire.reviews import VersionIn


class StepIn(VersionIn):
    """Why a permit, or some of its vehicles alone, are stopped, ended or revived."""

    reason: Prose | None = None
    ground: Line | None = None
    vehicle_ids: Annotated[Keys, Field(min_length=1)] | None = None


class PlateIn(VersionIn):
    """The temporary plate of one vehicle."""

    plate: Line


class PermitVehicleOut(Output):
    """One vehicle under a permit, and what the reader may do with it alone."""

    vehicle_id: str
    plate: str | None
    standing: Standing
    allowed_actions: list[str]

    @classmethod
    def from_domain(cls, line: PermitVehicle, permit: Permit, reader: Reader) -> Self:
        """The vehicle as it stands now."""
        steps = STANDINGS.steps(line.standing) if permit.state_at(reader.now) in ALLOCATING else ()
        return cls(
            vehicle_id=line.vehicle_id,
            plate=line.plate,
            standing=line.standing,
            allowed_actions=allowed(steps, STEPS, reader, permit.organisation_id),
        )


class GroundOut(Output):
    """Why the permit's state was changed, or that of the vehicles named alone."""

    step: str
    at: datetime
    reason: str
    ground: str | None
    vehicle_ids: list[str]

    @classmethod
    def from_domain(cls, ground: Ground) -> Self:
        """The reason as it was given."""
        return cls(
            step=ground.step,
            at=ground.at,
            reason=ground.reason,
            ground=ground.ground,
            vehicle_ids=[line.vehicle_id for line in ground.vehicles],
        )


class PermitOut(ContentOut):
    """A permit, for its operator and the authorities; `version` counts changes of its state."""

    id: str
    revision: int
    version: int
    number: str
    state: PermitState
    operator: OrganisationNamed
    application_id: str
    application_version: int
    chain: list[str]
    conditions: list[ConditionBody]
    vehicles: list[PermitVehicleOut]
    confirmed_at: datetime
    rule_pack_version: str
    grounds: list[GroundOut]
    allowed_actions: list[str]

    @classmethod
    def from_domain(
        cls, permit: Permit, operators: Mapping[str, Organisation], reader: Reader
    ) -> Self:
        """The permit as of the reader's now; `operators` holds the organisation it is of."""
        return cls(
            **content_fields(permit.content, reader),
            id=permit.id,
            revision=permit.revision,
            version=permit.version,
            number=permit.number,
            state=permit.state_at(reader.now),
            operator=OrganisationNamed.from_domain(operators[permit.organisation_id]),
            application_id=permit.application_id,
            application_version=permit.application_version,
            chain=list(permit.chain),
            conditions=[ConditionBody.from_domain(condition) for condition in permit.conditions],
            vehicles=[PermitVehicleOut.from_domain(v, permit, reader) for v in permit.vehicles],
            confirmed_at=permit.confirmed_at,
            rule_pack_version=permit.pack_version,
            grounds=[GroundOut.from_domain(ground) for ground in permit.grounds],
            allowed_actions=allowed_actions(permit, reader),
        )


def allowed_actions(permit: Permit, reader: Reader) -> list[str]:
    """What the reader may do with the permit now."""
    if permit.state_at(reader.now) is PermitState.expired:
        return []
    return allowed(STATES.steps(permit.state), STEPS, reader, permit.organisation_id)


class PublicPermit(Output):
    """What anyone may know of a permit: whose, which phase, where and when (Art. 12, Art. 50)."""

    number: str
    operator: Words
    domain: Domain
    phase: Phase
    state: PermitState
    valid_from: datetime
    valid_to: datetime
    places: list[GeometryOut]
    crs: CanonicalCrs = "EPSG:4490"

    @classmethod
    def from_domain(
        cls, permit: Permit, operators: Mapping[str, Organisation], reader: Reader
    ) -> Self:
        """The permit as the public register has it; coordinates are rounded by the reader."""
        content = permit.content
        cores = [volume.volume.footprint.core for volume in content.volumes]
        return cls(
            number=permit.number,
            operator=Words.from_domain(operators[permit.organisation_id].name),
            domain=content.domain,
            phase=content.phase,
            state=permit.state_at(reader.now),
            valid_from=content.valid_from,
            valid_to=content.valid_to,
            places=[geojson(core, reader) for core in cores],
        )
