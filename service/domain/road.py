"""Roads: the reference network, one directed stretch each, and the districts they run through.

Level, bridge and tunnel come from the network and never from an applicant (decision 7). A stretch's
direction follows its geometry; a pass is one matched traverse of it from end to end.
"""

from dataclasses import dataclass
from functools import cached_property

from shapely.geometry import LineString, MultiPolygon, Polygon

from geo.footprint import Footprint
from geo.network import Stretch
from geo.text import Text
from service.domain.kinds import RoadClass


@dataclass(frozen=True)
class Road:
    """One stretch of the network."""

    id: str
    revision: int
    external_id: str
    name: Text | None
    road_class: RoadClass
    line: LineString
    oneway: bool
    level: int
    bridge: bool
    tunnel: bool
    lanes: int | None
    length_m: float

    @property
    def title(self) -> Text:
        """Its name, or its class where it has none."""
        return self.name or self.road_class.title

    @cached_property
    def footprint(self) -> Footprint:
        """Its centre line as the geometry engine compares it; planar form remembered with it."""
        return Footprint(self.line, 0.0)

    def carriageway(self, lane_width_m: float, most_lanes: float) -> Footprint:
        """All of its width; a road of unknown lanes is as wide as one with the most."""
        lanes = min(self.lanes or most_lanes, most_lanes)
        return Footprint(self.line, lanes * lane_width_m / 2)

    @cached_property
    def stretch(self) -> Stretch:
        """The stretch as the geometry engine sees it."""
        return Stretch(
            id=self.id,
            line=self.line,
            level=self.level,
            oneway=self.oneway,
            road_class=self.road_class.value,
            lanes=self.lanes,
        )


@dataclass(frozen=True)
class District:
    """An administrative area; routes reviews and names places, never decides a conflict."""

    id: str
    revision: int
    code: str
    name: Text
    area: Polygon | MultiPolygon
    repaired: bool
