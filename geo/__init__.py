"""The geometry of the registry: pure values and functions, no input or output, no clock.

Degrees outside, metres inside: geometry comes in through shapes (accept, repair), is compared on
the plane of a frame, and is measured on the ellipsoid. What is not known is said to be unknown.
"""

from geo.altitude import AltitudeBand, Ground, Reference, Span, Unit, vertical_gap, wgs84_envelope
from geo.conflict import Judgement, Reason, Verdict, judge
from geo.crs import CANONICAL, Extent, Plane, from_canonical, to_canonical
from geo.errors import AltitudeRefused, CrsRefused, GeoError, GeometryRefused, ScheduleRefused
from geo.footprint import Footprint
from geo.frame import Frame
from geo.nearness import distance_m
from geo.network import Match, NetworkIndex, Stretch, StretchUse, match, match_both_ways
from geo.route import Coverage, Uncovered, coverage, outside
from geo.schedule import (
    Calendar,
    Holidays,
    Interval,
    Overlap,
    Schedule,
    Weekday,
    WeeklyWindow,
    overlap,
    uncovered,
    windows,
)
from geo.separation import NONE, Separation
from geo.shapes import Accepted, Repaired, Warned, accept, repair
from geo.text import Text
from geo.usage import Piece, pieces, shared
from geo.volume import Volume4D

__all__ = [
    "CANONICAL",
    "NONE",
    "Accepted",
    "AltitudeBand",
    "AltitudeRefused",
    "Calendar",
    "Coverage",
    "CrsRefused",
    "Extent",
    "Footprint",
    "Frame",
    "GeoError",
    "GeometryRefused",
    "Ground",
    "Holidays",
    "Interval",
    "Judgement",
    "Match",
    "NetworkIndex",
    "Overlap",
    "Piece",
    "Plane",
    "Reason",
    "Reference",
    "Repaired",
    "Schedule",
    "ScheduleRefused",
    "Separation",
    "Span",
    "Stretch",
    "StretchUse",
    "Text",
    "Uncovered",
    "Unit",
    "Verdict",
    "Volume4D",
    "Warned",
    "Weekday",
    "WeeklyWindow",
    "accept",
    "coverage",
    "distance_m",
    "from_canonical",
    "judge",
    "match",
    "match_both_ways",
    "outside",
    "overlap",
    "pieces",
    "repair",
    "shared",
    "to_canonical",
    "uncovered",
    "vertical_gap",
    "wgs84_envelope",
    "windows",
]
