"""Zones: roads, areas and corridors that an authority has opened for tests (Art. 24-25).

A road zone is a chain of stretches of the reference network with a direction; an area or corridor
has a geometry of its own. Proposed, assessed, published, withdrawn; nothing else.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from geo.network import StretchUse
from geo.text import Text
from geo.volume import Volume4D
from service.domain.kinds import Direction, Phase, Use, ZoneKind, ZoneState
from service.domain.machine import Machine
from service.domain.place import DeclaredGeometry

STATES = Machine(
    "zone",
    {
        (ZoneState.proposed, "edit"): ZoneState.proposed,
        (ZoneState.proposed, "assess"): ZoneState.assessed,
        (ZoneState.proposed, "withdraw"): ZoneState.withdrawn,
        (ZoneState.assessed, "edit"): ZoneState.proposed,
        (ZoneState.assessed, "publish"): ZoneState.published,
        (ZoneState.assessed, "withdraw"): ZoneState.withdrawn,
        (ZoneState.published, "withdraw"): ZoneState.withdrawn,
    },
)


@dataclass(frozen=True)
class Notice:
    """The opening notice a zone rests on."""

    number: str
    date: date


@dataclass(frozen=True)
class Zone:
    """A place opened for tests; its content is immutable by `revision`."""

    id: str
    revision: int
    state: ZoneState
    name: Text
    zone_kind: ZoneKind
    volume: Volume4D
    road_ids: tuple[str, ...]
    direction: Direction
    declared: DeclaredGeometry | None
    width_m: float | None
    use: Use
    max_concurrent_vehicles: int
    phases_open: tuple[Phase, ...]
    notice: Notice
    district: str | None = None

    def after(self, step: str) -> "Zone":
        """The zone after `step`; IllegalStep when its state has no such step."""
        return replace(self, state=STATES.after(self.state, step))

    @property
    def is_open(self) -> bool:
        """True when permits may rest on it."""
        return self.state is ZoneState.published

    @property
    def is_one_way(self) -> bool:
        """True when it opens roads in one direction only."""
        return bool(self.road_ids) and self.direction is not Direction.both

    def opens(self, use: StretchUse, *, either_way: bool = False) -> bool:
        """True when it cites the stretch, in the direction of the use or `either_way`."""
        if use.stretch_id not in self._cited:
            return False
        opened = {Direction.forward: True, Direction.backward: False}.get(self.direction)
        return either_way or opened is None or use.forward is opened

    @cached_property
    def _cited(self) -> frozenset[str]:
        return frozenset(self.road_ids)
