"""Incidents: what happened, in versions, and the obligations it started (contract section 4)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError

from geo.crs import CANONICAL
from service.domain.access import Action
from service.domain.errors import Malformed
from service.domain.incident import STATES, Casualties, Facts, Incident, Obligation, Place
from service.domain.incident_kinds import (
    IncidentKind,
    IncidentSeverity,
    IncidentState,
    Liability,
    PlacePrecision,
    TimePrecision,
)
from service.domain.kinds import ControlMode, Role
from service.wire.actions import allowed
from service.wire.common import (
    Amount,
    Flag,
    Input,
    Instant,
    Key,
    Keys,
    Line,
    Output,
    Prose,
    Reader,
    Tally,
)
from service.wire.geometry import (
    ANY_SHAPE,
    CanonicalCrs,
    Crs,
    GeometryIn,
    GeometryOut,
    geojson,
    place,
)
from service.wire.intake import Intake
from service.wire.problems import of_schema

NEEDS = {"close": Action.incident_close}
Externals = Annotated[dict[Key, Line], Field(max_length=20)]


class PlaceBody(Input):
    """Where it happened, as exactly as it is known."""

    geometry: GeometryIn | None = None
    crs: Crs | None = None
    precision: PlacePrecision
    text: Line

    def to_domain(self, intake: Intake) -> Place:
        """The place; defects of its geometry are noted."""
        if self.geometry is None:
            return Place(self.precision, self.text)
        placed = place(intake, "/place", self.geometry, self.crs, ANY_SHAPE)
        return Place(self.precision, self.text, placed.geometry if placed else None, self.crs)


class PlaceOut(Output):
    """Where it happened, canonical."""

    geometry: GeometryOut | None = None
    crs: CanonicalCrs | None = None
    precision: PlacePrecision
    text: str


class CasualtiesBody(Input):
    """People harmed, as far as known."""

    deaths: Tally = 0
    serious_injuries: Tally = 0
    minor_injuries: Tally = 0


class FactsBody(Input):
    """What is known of an incident; what is not known yet is left out."""

    incident_kind: IncidentKind
    occurred_at: Instant
    occurred_precision: TimePrecision = TimePrecision.instant
    place: PlaceBody
    discovered_at: Instant
    vehicle_ids: Keys = ()
    permit_id: Key | None = None
    activity_id: Key | None = None
    control_mode_30s_before: ControlMode | None = None
    casualties: CasualtiesBody = CasualtiesBody()
    loss_cny: Amount | None = None
    liability: Liability | None = None
    narrative: Prose
    external_ids: Externals = Field(default_factory=dict)
    preliminary: Flag = True

    def to_domain(self, intake: Intake) -> Facts:
        """The facts; Malformed names everything that cannot be read."""
        where = self.place.to_domain(intake)
        intake.close()
        return Facts(
            incident_kind=self.incident_kind,
            occurred_at=self.occurred_at,
            occurred_precision=self.occurred_precision,
            place=where,
            discovered_at=self.discovered_at,
            vehicle_ids=self.vehicle_ids,
            permit_id=self.permit_id,
            activity_id=self.activity_id,
            control_mode_30s_before=self.control_mode_30s_before,
            casualties=Casualties(**dict(self.casualties)),
            loss_cny=self.loss_cny,
            liability=self.liability,
            narrative=self.narrative,
            external_ids=self.external_ids,
            preliminary=self.preliminary,
        )


Patch = Annotated[dict[str, object], Field(min_length=1, max_length=len(FactsBody.model_fields))]


def patched(facts: Facts, patch: Mapping[str, object], intake: Intake, reader: Reader) -> Facts:
    """The facts with the fields of `patch` in place of their own; Malformed unless they fit."""
    current = json.loads(json.dumps(_facts(facts, reader)))
    try:
        body = FactsBody.model_validate({**current, **patch})
    except ValidationError as refused:
        raise Malformed(of_schema(refused.errors(include_url=False))) from None
    return body.to_domain(intake)


class ObligationOut(Output):
    """Someone must tell someone by a time; `provisional`: holidays up to it are not announced."""

    id: str
    rule: str
    to: str
    owner: Role
    due_at: datetime | None
    provisional: bool
    fulfilled_at: datetime | None
    proof: str | None
    overdue: bool

    @classmethod
    def from_domain(cls, obligation: Obligation, reader: Reader) -> Self:
        """The obligation as of the reader's now."""
        due_at, done = obligation.due_at, obligation.fulfilled_at
        return cls(
            id=obligation.id,
            rule=obligation.rule_id,
            to=reader.words(obligation.to),
            owner=obligation.owner,
            due_at=due_at,
            provisional=obligation.provisional,
            fulfilled_at=done,
            proof=obligation.proof,
            overdue=due_at is not None and (done or reader.now) > due_at,
        )


class IncidentOut(Output):
    """An incident at its current version."""

    id: str
    version: int
    state: IncidentState
    organisation_id: str
    severity: IncidentSeverity
    obligations: list[ObligationOut]
    suspension_proposals: list[str]
    reported_at: datetime
    rule_pack_version: str
    incident_kind: IncidentKind
    occurred_at: datetime
    occurred_precision: TimePrecision
    place: PlaceOut
    discovered_at: datetime
    vehicle_ids: list[str]
    permit_id: str | None
    activity_id: str | None
    control_mode_30s_before: ControlMode | None
    casualties: CasualtiesBody
    loss_cny: float | None
    liability: Liability | None
    narrative: str
    external_ids: dict[str, str]
    preliminary: bool
    allowed_actions: list[str]

    @classmethod
    def from_domain(cls, incident: Incident, reader: Reader) -> Self:
        """The incident, and what the reader may do with it."""
        return cls(
            **_facts(incident.facts, reader),
            id=incident.id,
            version=incident.version,
            state=incident.state,
            organisation_id=incident.organisation_id,
            severity=incident.severity,
            obligations=[ObligationOut.from_domain(o, reader) for o in incident.obligations],
            suspension_proposals=list(incident.suspension_proposals),
            reported_at=incident.reported_at,
            rule_pack_version=incident.pack_version,
            allowed_actions=allowed_actions(incident, reader),
        )


class ProofIn(Input):
    """What shows that an obligation was met: a receipt, a file number, a call."""

    proof: Prose


def allowed_actions(incident: Incident, reader: Reader) -> list[str]:
    """What the reader may do with the incident now."""
    if incident.state is IncidentState.closed:
        return []
    owner = incident.organisation_id
    writing = {"revise": Action.incident_write, "fulfil": Action.incident_write, **NEEDS}
    open_ones = any(o.fulfilled_at is None for o in incident.obligations)
    steps = STATES.steps(incident.state)
    closing = [step for step in steps if step == "close" and not open_ones]
    return allowed(["revise", *(["fulfil"] if open_ones else []), *closing], writing, reader, owner)


def _facts(facts: Facts, reader: Reader) -> dict[str, Any]:
    """The facts as FactsBody takes them; the place is canonical whatever it was declared in."""
    where = facts.place
    shown: dict[str, Any] = {"precision": where.precision.value, "text": where.text}
    if where.geometry is not None:
        shown |= {"geometry": geojson(where.geometry, reader), "crs": CANONICAL}
    return {
        **vars(facts),
        "place": shown,
        "casualties": dict(vars(facts.casualties)),
        "external_ids": dict(facts.external_ids),
        "occurred_at": facts.occurred_at.isoformat(),
        "discovered_at": facts.discovered_at.isoformat(),
    }
