"""Where and when: a geometry as it was declared, and a planned volume of an application.

The declared original is kept word for word beside the canonical geometry (decision 6).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from geo.network import StretchUse
from geo.schedule import Schedule
from geo.volume import Volume4D
from service.domain.kinds import Direction, Use, ZoneKind


@dataclass(frozen=True)
class DeclaredGeometry:
    """A geometry exactly as someone handed it in: its JSON text and the datum they declared."""

    text: str
    crs: str


@dataclass(frozen=True)
class PlannedVolume:
    """One element of where and when an operator means to test.

    `volume` is canonical; `stretches` are the network uses matched from it (ground only), empty for
    areas and for the air. `unmatched_m` is how much of a ground line lies on no known stretch.
    """

    zone_kind: ZoneKind
    zone_id: str | None
    declared: DeclaredGeometry | None
    width_m: float | None
    volume: Volume4D
    use: Use
    direction: Direction
    max_concurrent_vehicles: int
    stretches: tuple[StretchUse, ...] = ()
    unmatched_m: float = 0.0

    @property
    def on_network(self) -> bool:
        """True when it is a ground line that lies wholly on known stretches."""
        return bool(self.stretches) and self.unmatched_m == 0.0


def always(zone: str) -> Schedule:
    """The schedule of what has no schedule: at every time, in the jurisdiction's zone."""
    return Schedule(start=datetime(1970, 1, 1, tzinfo=UTC), end=None, zone=zone)
