"""Incidents: what happened, in immutable versions, with the obligations and clocks it started.

Which obligations and which severity follow from the facts is the rule pack's; the clocks are
counted in deadlines.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.errors import NotFound, Refused
from service.domain.incident_kinds import (
    IncidentKind,
    IncidentSeverity,
    IncidentState,
    Liability,
    PlacePrecision,
    TimePrecision,
)
from service.domain.kinds import ControlMode, Role
from service.domain.machine import Machine

STATES = Machine(
    "incident",
    {
        (IncidentState.draft, "report"): IncidentState.reported,
        (IncidentState.reported, "investigate"): IncidentState.investigating,
        (IncidentState.reported, "close"): IncidentState.closed,
        (IncidentState.investigating, "close"): IncidentState.closed,
    },
)


@dataclass(frozen=True)
class Casualties:
    """People harmed, as far as known."""

    deaths: int = 0
    serious_injuries: int = 0
    minor_injuries: int = 0


@dataclass(frozen=True)
class Place:
    """Where it happened, as exactly as it is known."""

    precision: PlacePrecision
    text: str
    geometry: BaseGeometry | None = None
    crs: str | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of an incident at one version."""

    incident_kind: IncidentKind
    occurred_at: datetime
    occurred_precision: TimePrecision
    place: Place
    discovered_at: datetime
    vehicle_ids: tuple[str, ...]
    permit_id: str | None
    activity_id: str | None
    control_mode_30s_before: ControlMode | None
    casualties: Casualties
    loss_cny: float | None
    liability: Liability | None
    narrative: str
    external_ids: Mapping[str, str]
    preliminary: bool


@dataclass(frozen=True)
class Obligation:
    """Someone must tell someone by a time; fulfilled with a proof.

    Without `due_at` its clock has not started.
    """

    id: str
    rule_id: str
    to: Text
    owner: Role
    due_at: datetime | None
    provisional: bool
    fulfilled_at: datetime | None = None
    proof: str | None = None

    @property
    def is_running(self) -> bool:
        """True while its clock runs: started, and not yet fulfilled."""
        return self.due_at is not None and self.fulfilled_at is None


@dataclass(frozen=True)
class Incident:
    """One case: its current facts, severity, obligations and state."""

    id: str
    version: int
    state: IncidentState
    organisation_id: str
    facts: Facts
    severity: IncidentSeverity
    obligations: tuple[Obligation, ...]
    suspension_proposals: tuple[str, ...]
    reported_at: datetime
    pack_version: str

    @property
    def revision(self) -> int:
        """Content revision; an incident's is its version."""
        return self.version

    def after(self, step: str) -> "Incident":
        """The incident after `step`; closing needs every obligation met whose clock has started."""
        if step == "close" and any(o.is_running for o in self.obligations):
            raise Refused(
                Text("尚有未履行的报告义务，不能结案", "Obligations are open; it cannot be closed"),
                code="open_obligations",
            )
        return replace(self, state=STATES.after(self.state, step))

    def obligation(self, obligation_id: str) -> Obligation:
        """The obligation of that id; NotFound when it has no such obligation."""
        found = next((o for o in self.obligations if o.id == obligation_id), None)
        if found is None:
            raise NotFound("obligation", obligation_id)
        return found

    def fulfilled(self, obligation_id: str, at: datetime, proof: str) -> "Incident":
        """The incident with one obligation met; Refused when it was met before."""
        met = self.obligation(obligation_id)
        if met.fulfilled_at is not None:
            words = Text("该义务已履行", "This obligation was met before")
            raise Refused(words, code="already_fulfilled")
        done = replace(met, fulfilled_at=at, proof=proof)
        return replace(
            self,
            obligations=tuple(done if o.id == obligation_id else o for o in self.obligations),
        )
