"""Permits: what was confirmed, for one operator and one phase (decision 9).

Content is immutable; the state, the standing of each vehicle and nothing else changes. `expired` is
derived from the clock. Members of a chain know those before them and never conflict with them.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.application import Condition, Content
from service.domain.errors import NotFound
from service.domain.kinds import PermitState, Standing
from service.domain.machine import Machine

STATES = Machine(
    "permit",
    {
        (PermitState.confirmed, "activate"): PermitState.active,
        (PermitState.confirmed, "supersede"): PermitState.superseded,
        (PermitState.confirmed, "terminate"): PermitState.terminated,
        (PermitState.confirmed, "revoke"): PermitState.revoked,
        (PermitState.active, "suspend"): PermitState.suspended,
        (PermitState.active, "supersede"): PermitState.superseded,
        (PermitState.active, "terminate"): PermitState.terminated,
        (PermitState.active, "revoke"): PermitState.revoked,
        (PermitState.suspended, "resume"): PermitState.active,
        (PermitState.suspended, "supersede"): PermitState.superseded,
        (PermitState.suspended, "terminate"): PermitState.terminated,
        (PermitState.suspended, "revoke"): PermitState.revoked,
    },
)

ALLOCATING = frozenset({PermitState.confirmed, PermitState.active, PermitState.suspended})


@dataclass(frozen=True)
class PermitVehicle:
    """One vehicle under a permit, with its own plate and standing."""

    vehicle_id: str
    standing: Standing
    plate: str | None = None


@dataclass(frozen=True)
class Ground:
    """A change of a permit's state: from which, by which step, why, and on what legal ground."""

    before: PermitState
    step: str
    at: datetime
    reason: str = ""
    ground: str | None = None


@dataclass(frozen=True)
class Permit:
    """The confirmed content of one application, with its number and its vehicles' standing."""

    id: str
    number: str
    state: PermitState
    organisation_id: str
    application_id: str
    application_version: int
    chain: tuple[str, ...]
    content: Content
    conditions: tuple[Condition, ...]
    vehicles: tuple[PermitVehicle, ...]
    confirmed_at: datetime
    pack_version: str
    grounds: tuple[Ground, ...] = ()
    revision: int = 1

    def after(
        self, step: str, at: datetime, reason: str = "", ground: str | None = None
    ) -> "Permit":
        """The permit after `step`; IllegalStep when its state has no such step, or it expired."""
        state = STATES.after(self.state_at(at), step)
        taken = Ground(self.state, step, at, reason, ground)
        return replace(self, state=state, grounds=(*self.grounds, taken))

    def state_at(self, moment: datetime) -> PermitState:
        """The state as of `moment`: one that allocated beyond its last instant had expired."""
        later = next((ground for ground in self.grounds if ground.at > moment), None)
        state = later.before if later else self.state
        if state in ALLOCATING and moment >= self.content.valid_to:
            return PermitState.expired
        return state

    @property
    def chain_with_itself(self) -> tuple[str, ...]:
        """The ids of every permit of the chain so far, this one last."""
        return (*self.chain, self.id)

    @property
    def allocates(self) -> bool:
        """True while it holds its places against others."""
        return self.state in ALLOCATING

    def vehicle(self, vehicle_id: str) -> PermitVehicle:
        """The vehicle's line under this permit; NotFound when it is not on it."""
        found = next((v for v in self.vehicles if v.vehicle_id == vehicle_id), None)
        if found is None:
            raise NotFound("vehicle", vehicle_id)
        return found

    def with_vehicle(self, changed: PermitVehicle) -> "Permit":
        """The permit with one vehicle's plate or standing changed."""
        self.vehicle(changed.vehicle_id)
        return replace(
            self,
            vehicles=tuple(
                changed if v.vehicle_id == changed.vehicle_id else v for v in self.vehicles
            ),
        )
