"""What the engine must know of a jurisdiction: its plane, its extent, its clock and its ground."""

from dataclasses import dataclass

from geo.almanac import Calendar
from geo.altitude import Ground
from geo.crs import Extent, Plane
from geo.ground import Bounds, Geoid, Terrain, ground_at


@dataclass(frozen=True, slots=True)
class Frame:
    """Passed to every judgement. `zone` is the IANA name of the time zone.

    The plane is measured in, to the centimetre, in all of the extent. Beyond it verdicts hold as
    well, since the plane's error there is counted in, but take longer to find; on the far side of
    the earth shapes are refused. What the ground is beyond the extent nobody says.

    `ground` holds in all of the extent; the models know it better in places, the first of the
    terrains that knows a place before the others.
    """

    plane: Plane
    extent: Extent
    zone: str
    ground: Ground
    calendar: Calendar
    terrains: tuple[Terrain, ...] = ()
    geoid: Geoid | None = None

    def ground_at(self, bounds: Bounds) -> Ground:
        """The ground in a box in canonical degrees: never more than `ground` leaves open."""
        return ground_at(bounds, self.ground, self.terrains, self.geoid)
