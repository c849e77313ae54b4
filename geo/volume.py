"""Where, how high and when: the only thing conflicts are computed on."""

from dataclasses import dataclass

from geo.altitude import AltitudeBand
from geo.footprint import Footprint
from geo.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Volume4D:
    """A footprint, the heights it reaches and the times at which it is used.

    `altitude` None: all heights, as for ground use. `levels` are those of the road network that
    the use is on; None: all of them or not known, as the caller has it.
    """

    footprint: Footprint
    altitude: AltitudeBand | None
    levels: frozenset[int] | None
    schedule: Schedule
