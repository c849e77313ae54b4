"""What the engine must know of a jurisdiction: its plane, its extent, its clock and its ground."""

from dataclasses import dataclass

from geo.altitude import Ground
from geo.crs import Extent, Plane
from geo.schedule import Calendar


@dataclass(frozen=True, slots=True)
class Frame:
    """Passed to every judgement. `zone` is the IANA name of the time zone."""

    plane: Plane
    extent: Extent
    zone: str
    ground: Ground
    calendar: Calendar
