"""Restrictions: where, when and how high tests are prohibited, conditional or need a word first.

Draft, published, withdrawn. `levels` None means every level of a multi-level place; a given set
names those that are hit. Sources: Order 761 Art. 18-20 for airspace, road works and events
otherwise.
"""

from dataclasses import dataclass, replace

from geo.text import Text
from geo.volume import Volume4D
from service.domain.kinds import (
    AppliesTo,
    RestrictionEffect,
    RestrictionKind,
    RestrictionState,
    Role,
    Visibility,
)
from service.domain.machine import Machine
from service.domain.place import DeclaredGeometry

STATES = Machine(
    "restriction",
    {
        (RestrictionState.draft, "edit"): RestrictionState.draft,
        (RestrictionState.draft, "publish"): RestrictionState.published,
        (RestrictionState.draft, "withdraw"): RestrictionState.withdrawn,
        (RestrictionState.published, "withdraw"): RestrictionState.withdrawn,
    },
)


@dataclass(frozen=True)
class Restriction:
    """A restricted place; its content is immutable by `revision`."""

    id: str
    revision: int
    state: RestrictionState
    name: Text
    restriction_kind: RestrictionKind
    effect: RestrictionEffect
    applies_to: AppliesTo
    volume: Volume4D
    declared: DeclaredGeometry | None
    radius_m: float | None
    visibility: Visibility
    authority: Role

    def after(self, step: str) -> "Restriction":
        """The restriction after `step`; IllegalStep when its state has no such step."""
        return replace(self, state=STATES.after(self.state, step))

    @property
    def in_force(self) -> bool:
        """True when it counts against tests."""
        return self.state is RestrictionState.published
