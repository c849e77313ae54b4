"""Boxes in place, height and time that surely hold a volume; what the candidate search compares.

They err on the side of too large. Ends that are open, not stated or not known are FAR away, since
the indexes know no infinity.
"""

from dataclasses import dataclass
from datetime import datetime

from geo.altitude import Ground, wgs84_envelope
from geo.separation import NONE, Separation
from geo.volume import Volume4D

FAR = 1e12
DIMENSIONS = (("west", "east"), ("south", "north"), ("start_s", "end_s"), ("low_m", "high_m"))
"""The two sides of a box in each of its dimensions."""

_ROUNDING_M = 0.001
"""More than heights lose on the way to the database."""


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, seconds since 1970, metres above the ellipsoid."""

    west: float
    south: float
    east: float
    north: float
    start_s: float
    end_s: float
    low_m: float
    high_m: float

    def meets(self, other: "Box") -> bool:
        """True when the two have something in common, if only an edge."""
        return all(
            getattr(self, low) <= getattr(other, high)
            and getattr(other, low) <= getattr(self, high)
            for low, high in DIMENSIONS
        )


def box_around(volume: Volume4D, ground: Ground, margin: Separation = NONE) -> Box:
    """The box of the volume grown by the margin in every dimension.

    `ground` is that of the whole extent, in stored rows and in questions alike: whatever is known
    of a place only narrows it (geo.ground), so no other model of the terrain makes a row stale.
    """
    west, south, east, north = volume.footprint.bounds(margin.horizontal_m)
    heights = wgs84_envelope(volume.altitude, ground)
    times, margin_s = volume.schedule, margin.time.total_seconds()
    return Box(
        west,
        south,
        east,
        north,
        start_s=seconds(times.start) - margin_s,
        end_s=FAR if times.end is None else seconds(times.end) + margin_s,
        low_m=max(heights.min - margin.vertical_m - _ROUNDING_M, -FAR),
        high_m=min(heights.max + margin.vertical_m + _ROUNDING_M, FAR),
    )


def seconds(moment: datetime) -> float:
    """Seconds since 1970."""
    return moment.timestamp()
