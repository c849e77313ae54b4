"""Permits: what was confirmed, for one operator and one phase (decision 9).

Content is immutable; the state, the standing of each vehicle and nothing else changes. `expired` is
derived from the clock. Members of a chain know those before them and never conflict with them.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.application import Condition, Content
from service.domain.errors import IllegalStep, NotFound, Stale
from service.domain.kinds import Domain, PermitState, Standing
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

STANDINGS = Machine(
    "vehicle",
    {
        (Standing.plate_pending, "suspend"): Standing.suspended,
        (Standing.plate_pending, "terminate"): Standing.removed,
        (Standing.plate_pending, "revoke"): Standing.removed,
        (Standing.cleared, "suspend"): Standing.suspended,
        (Standing.cleared, "terminate"): Standing.removed,
        (Standing.cleared, "revoke"): Standing.removed,
        (Standing.suspended, "resume"): Standing.cleared,
        (Standing.suspended, "terminate"): Standing.removed,
        (Standing.suspended, "revoke"): Standing.removed,
    },
)
"""What the same steps do to single vehicles, while the permit itself goes on."""

ALLOCATING = frozenset({PermitState.confirmed, PermitState.active, PermitState.suspended})


@dataclass(frozen=True)
class PermitVehicle:
    """One vehicle under a permit, with its own plate and standing."""

    vehicle_id: str
    standing: Standing
    plate: str | None = None


@dataclass(frozen=True)
class Ground:
    """A step: taken in which state, why, and on what legal ground.

    `vehicles` are those it was taken on alone, as they were before; without any it is the permit's.
    """

    before: PermitState
    step: str
    at: datetime
    reason: str = ""
    ground: str | None = None
    vehicles: tuple[PermitVehicle, ...] = ()


@dataclass(frozen=True)
class Permit:
    """The confirmed content of one application, with its number and its vehicles' standing.

    `revision` is that of the content; `version` counts every change of state, standing and plates.
    """

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
    version: int = 1

    def at_version(self, version: int) -> "Permit":
        """Itself when `version` is the current one; Stale otherwise."""
        if version != self.version:
            raise Stale(current=self.version, given=version)
        return self

    def after(
        self, step: str, at: datetime, reason: str = "", ground: str | None = None
    ) -> "Permit":
        """The permit after `step`; IllegalStep when its state has no such step, or it expired."""
        state = STATES.after(self.state_at(at), step)
        taken = Ground(self.state, step, at, reason, ground)
        grounds = (*self.grounds, taken)
        return replace(self, state=state, grounds=grounds, version=self.version + 1)

    def with_vehicles_after(
        self,
        step: str,
        vehicle_ids: Collection[str],
        at: datetime,
        reason: str,
        ground: str | None = None,
    ) -> "Permit":
        """The permit with `step` taken on these vehicles alone; IllegalStep when one has no such
        step, or the permit is over."""
        if self.state_at(at) not in ALLOCATING:
            raise IllegalStep("permit", self.state_at(at), step, ())
        before = tuple(self.vehicle(key) for key in vehicle_ids)
        moved = {line.vehicle_id: self._moved(line, step) for line in before}
        taken = Ground(self.state, step, at, reason, ground, before)
        return replace(
            self,
            vehicles=tuple(moved.get(line.vehicle_id, line) for line in self.vehicles),
            grounds=(*self.grounds, taken),
            version=self.version + 1,
        )

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

    def standing_at(self, vehicle_id: str, moment: datetime) -> Standing:
        """The vehicle's standing as of `moment`; a plate counts from the beginning."""
        stopped = (v for g in self.grounds if g.at > moment for v in g.vehicles)
        later = next((line for line in stopped if line.vehicle_id == vehicle_id), None)
        return (later or self.vehicle(vehicle_id)).standing

    def with_vehicle(self, changed: PermitVehicle) -> "Permit":
        """The permit with one vehicle's plate or standing changed."""
        self.vehicle(changed.vehicle_id)
        return replace(
            self,
            vehicles=tuple(
                changed if v.vehicle_id == changed.vehicle_id else v for v in self.vehicles
            ),
            version=self.version + 1,
        )

    def _moved(self, line: PermitVehicle, step: str) -> PermitVehicle:
        standing = STANDINGS.after(line.standing, step)
        lacks_plate = self.content.domain is Domain.ground and line.plate is None
        if standing is Standing.cleared and lacks_plate:
            standing = Standing.plate_pending
        return replace(line, standing=standing)
