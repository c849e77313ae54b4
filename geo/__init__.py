"""The geometry of the registry: pure values and functions, no input or output, no clock.

Degrees outside, metres inside: geometry comes in through shapes (accept, repair), is compared on
the plane of a frame, and is measured on the ellipsoid. What is not known is said to be unknown.
"""

from geo.almanac import Calendar
from geo.altitude import AltitudeBand, Ground, Reference, Span, Unit, vertical_gap, wgs84_envelope
from geo.check import Hit, RouteCheck, check, check_route
from geo.conflict import Judgement, Reason, Verdict, judge
from geo.crs import CANONICAL, Extent, Plane, from_canonical, to_canonical
from geo.errors import (
    AltitudeRefused,
    CrsRefused,
    GeoError,
    GeometryRefused,
    RouteRefused,
    ScheduleRefused,
)
from geo.footprint import Footprint
from geo.frame import Frame
from geo.geoid import GeoidTable
from geo.ground import Bounds, Geoid, Region, Regions, Terrain
from geo.index import Pairs, VolumeIndex
from geo.nearness import distance_m
from geo.network import Match, NetworkIndex, Stretch, StretchUse, match, match_both_ways
from geo.passages import Passage, passages
from geo.paths import judge_path, judge_paths
from geo.route import Coverage, Uncovered, coverage, outside
from geo.routing import Route, Router
from geo.schedule import (
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
from geo.screening import Met, screen
from geo.separation import NONE, Separation
from geo.shapes import Accepted, Repaired, Warned, accept, repair
from geo.text import Text
from geo.trajectory import Trajectory
from geo.usage import Piece, pieces, shared
from geo.volume import Volume4D

__all__ = [
    "CANONICAL",
    "NONE",
    "Accepted",
    "AltitudeBand",
    "AltitudeRefused",
    "Bounds",
    "Calendar",
    "Coverage",
    "CrsRefused",
    "Extent",
    "Footprint",
    "Frame",
    "GeoError",
    "Geoid",
    "GeoidTable",
    "GeometryRefused",
    "Ground",
    "Hit",
    "Holidays",
    "Interval",
    "Judgement",
    "Match",
    "Met",
    "NetworkIndex",
    "Overlap",
    "Pairs",
    "Passage",
    "Piece",
    "Plane",
    "Reason",
    "Reference",
    "Region",
    "Regions",
    "Repaired",
    "Route",
    "RouteCheck",
    "RouteRefused",
    "Router",
    "Schedule",
    "ScheduleRefused",
    "Separation",
    "Span",
    "Stretch",
    "StretchUse",
    "Terrain",
    "Text",
    "Trajectory",
    "Uncovered",
    "Unit",
    "Verdict",
    "Volume4D",
    "VolumeIndex",
    "Warned",
    "Weekday",
    "WeeklyWindow",
    "accept",
    "check",
    "check_route",
    "coverage",
    "distance_m",
    "from_canonical",
    "judge",
    "judge_path",
    "judge_paths",
    "match",
    "match_both_ways",
    "outside",
    "overlap",
    "passages",
    "pieces",
    "repair",
    "screen",
    "shared",
    "to_canonical",
    "uncovered",
    "vertical_gap",
    "wgs84_envelope",
    "windows",
]
