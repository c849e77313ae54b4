"""The geometry of the registry: pure values and functions, no input or output, no clock.

Degrees outside, metres inside: geometry comes in through `accept` (or `repair`), is compared on the
plane of a frame, and is measured on the ellipsoid. What is not known is said to be unknown.

A frame is what the engine must know of a city.

>>> from datetime import UTC, date, datetime, time, timedelta
>>> import shapely
>>> city = Extent(102.9, 30.0, 104.95, 31.5)
>>> calendar = FixedDays(frozenset({date(2027, 1, 1)}))
>>> ground = Ground(terrain_min_m=450, terrain_max_m=550, geoid_min_m=-44, geoid_max_m=-42)
>>> frame = Frame(Plane.around(city), city, "Asia/Shanghai", ground, calendar)

1. May two uses happen? Each is a volume: where, how high, on which levels of road, when. A line
has half a width as its radius.

>>> december = Schedule(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), "UTC")
>>> street = Footprint(shapely.LineString([(104.02, 30.65), (104.08, 30.65)]), radius_m=10)
>>> junction = Footprint(shapely.Point(104.06, 30.65), radius_m=200)
>>> drive, works = (Volume4D(place, None, None, december) for place in (street, junction))
>>> judged = judge(drive, works, NONE, frame)
>>> judged.verdict.value, judged.horizontal_distance_m, judged.overlap_hours
('conflict', 0.0, 744.0)

2. Above sea level or above the ground? What the ground leaves open stays open.

>>> minima = Separation(horizontal_m=50, vertical_m=15, time=timedelta(minutes=10))
>>> def flight(lower, upper, reference):
...     return Volume4D(junction, AltitudeBand(lower, upper, Unit.m, reference), None, december)
>>> by_the_sea = flight(600, 650, Reference.AMSL)
>>> for lower, upper in [(80, 180), (50, 80), (300, 330)]:
...     print(judge(flight(lower, upper, Reference.AGL), by_the_sea, minima, frame).reason)
separation_breached
height_unknown
apart_in_height

3. Do two flights meet? A trajectory is compared where it is when it is there.

>>> noon = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
>>> def flown(lonlat, start):
...     return Trajectory(lonlat, [start, start + 600], [600, 600], Reference.AMSL)
>>> eastward = flown([(104.00, 30.65), (104.10, 30.65)], noon)
>>> for start in (noon, noon + 3600):
...     northward = flown([(104.05, 30.60), (104.05, 30.70)], start)
...     print(judge_paths(eastward, northward, minima, frame).reason)
separation_breached
apart_in_time

4. When are both in use? Windows belong to the day on which they start.

>>> nights = WeeklyWindow(frozenset({Weekday.FR, Weekday.SA}), time(22), time(5))
>>> mornings = WeeklyWindow(frozenset(Weekday), time(4), time(8))
>>> start = datetime(2026, 12, 1, tzinfo=UTC)
>>> a = Schedule(start, None, "Asia/Shanghai", (nights,), holidays=Holidays.excluded)
>>> b = Schedule(start, datetime(2027, 2, 1, tzinfo=UTC), "Asia/Shanghai", (mornings,))
>>> both = overlap(a, b, calendar)
>>> both.first.start.isoformat(), both.total.total_seconds() / 3600
('2026-12-04T20:00:00+00:00', 17.0)

5. May a route be driven? Where it leaves the zones, what it meets, how it runs on the roads.

>>> zone = Footprint(shapely.box(104.00, 30.60, 104.07, 30.70))
>>> line = shapely.LineString([(104.00, 30.65), (104.10, 30.65)])
>>> road = Stretch("r1", line, level=0, oneway=True, road_class="urban", lanes=2)
>>> roads = NetworkIndex([road], frame.plane)
>>> found = check_route(drive, [zone], [works], tolerance_m=5, frame=frame, network=roads)
>>> [round(part.length_m) for part in found.coverage.uncovered]
[954]
>>> [hit.number for hit in found.restrictions], [use.stretch_id for use in found.road.uses]
([0], ['r1'])

6. Which of many does it meet? `check` for a handful; an index of what many questions are asked of.

>>> many = [Volume4D(Footprint(shapely.Point(104 + n / 100, 30.65), 100), None, None, december)
...         for n in range(20)]
>>> [hit.number for hit in check(drive, many, NONE, frame)]
[2, 3, 4, 5, 6, 7, 8]
>>> VolumeIndex(many, frame).meeting(drive, NONE).conflict.tolist()
[2, 3, 4, 5, 6, 7, 8]
"""

from geo.almanac import Calendar, FixedDays
from geo.altitude import (
    AltitudeBand,
    Ground,
    Reference,
    Span,
    Unit,
    covers,
    vertical_gap,
    wgs84_envelope,
)
from geo.conflict import Judgement, Reason, Verdict, judge
from geo.crs import (
    BD09,
    CANONICAL,
    GCJ02,
    Extent,
    Plane,
    from_canonical,
    geodesic_distance_m,
    geodesic_length_m,
    to_canonical,
)
from geo.errors import (
    AltitudeRefused,
    CrsRefused,
    GeoError,
    GeometryRefused,
    RouteRefused,
    ScheduleRefused,
    TrajectoryRefused,
)
from geo.footprint import Footprint
from geo.frame import Frame
from geo.geoid import GeoidTable
from geo.ground import Bounds, Geoid, Region, Regions, Terrain
from geo.handovers import Passage, passages
from geo.index import Pairs, VolumeIndex
from geo.nearness import distance_m
from geo.network import Match, NetworkIndex, Stretch, StretchUse, inside, match, match_both_ways
from geo.paths import judge_path, judge_paths
from geo.questions import Hit, RouteCheck, check, check_route
from geo.route import Coverage, Uncovered, coverage, outside
from geo.routing import Route, Router
from geo.schedule import (
    Holidays,
    Interval,
    Overlap,
    Schedule,
    Weekday,
    WeeklyWindow,
    first_uncovered_time,
    may_overlap,
    overlap,
    windows,
)
from geo.screening import Met, screen
from geo.separation import NONE, Separation
from geo.shapes import AREAS, LINES, POINTS, Accepted, Repaired, Warned, accept, repair
from geo.text import Text
from geo.trajectory import Trajectory
from geo.usage import Piece, pieces, shared
from geo.volume import Volume4D

__all__ = [
    "AREAS",
    "BD09",
    "CANONICAL",
    "GCJ02",
    "LINES",
    "NONE",
    "POINTS",
    "Accepted",
    "AltitudeBand",
    "AltitudeRefused",
    "Bounds",
    "Calendar",
    "Coverage",
    "CrsRefused",
    "Extent",
    "FixedDays",
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
    "TrajectoryRefused",
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
    "covers",
    "distance_m",
    "first_uncovered_time",
    "from_canonical",
    "geodesic_distance_m",
    "geodesic_length_m",
    "inside",
    "judge",
    "judge_path",
    "judge_paths",
    "match",
    "match_both_ways",
    "may_overlap",
    "outside",
    "overlap",
    "passages",
    "pieces",
    "repair",
    "screen",
    "shared",
    "to_canonical",
    "vertical_gap",
    "wgs84_envelope",
    "windows",
]
