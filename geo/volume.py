"""Where, how high and when: the only thing conflicts are computed on."""

from dataclasses import dataclass

from geo.altitude import AltitudeBand
from geo.footprint import Footprint
from geo.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Volume4D:
    """A footprint, the heights it reaches and the times at which it is used.

    `altitude` None: all heights, as for ground use. `levels` are those of the road network that
    the use is on, any of which may be shared. None: they were not stated, which `level_matters`
    of a judgement reads as not known, and its absence as all of them.

    A volume says of its heights and levels that it has none rather than nothing at all, so that no
    limit is left out unnoticed.
    """

    footprint: Footprint
    altitude: AltitudeBand | None
    levels: frozenset[int] | None
    schedule: Schedule

    def __post_init__(self) -> None:
        if self.levels is None:
            return
        object.__setattr__(self, "levels", frozenset(self.levels))
        if not self.levels:
            raise ValueError("a use on no level at all: None is a use of any level")
