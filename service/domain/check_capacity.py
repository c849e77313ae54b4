"""How many vehicles may run at once: a sum over everyone who shares a stretch or a zone, over time.

What a zone holds is its `max_concurrent_vehicles`, whoever uses it and how (decision 8). The sum is
taken piece by piece of road, by direction and level, and over the whole zone where it is not a
road, because many permits together can be too many where no two of them are. A permit with many
volumes never runs more vehicles than it has.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from math import inf
from operator import itemgetter

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.almanac import Calendar
from geo.clock import EPOCH, MICROSECOND
from geo.conflict import Judgement, Reason, Verdict, judge
from geo.crs import geodesic_length_m
from geo.frame import Frame
from geo.network import StretchUse
from geo.schedule import HORIZON, Interval, Schedule
from geo.separation import NONE
from geo.text import Text
from geo.times import Times, intersection
from geo.usage import Piece, pieces
from service.domain import explain
from service.domain.common_time import together, used
from service.domain.finding_maker import Found, found
from service.domain.findings import Against
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question, Surroundings
from service.domain.rulepack import SharingCase
from service.domain.zone import Zone


@dataclass(frozen=True)
class _Party:
    """The asker (against nobody) or a permit, with the volumes it shares a zone with."""

    against: Against | None
    vehicles: int
    volumes: tuple[PlannedVolume, ...]


@dataclass(frozen=True)
class _Load:
    """One volume on the zone: whose, and how many vehicles."""

    party: int
    volume: PlannedVolume

    @property
    def vehicles(self) -> int:
        return self.volume.max_concurrent_vehicles


@dataclass(frozen=True)
class _Crowd:
    """More vehicles than a place holds: how many at most, when, the loads that run then, where."""

    vehicles: int
    times: tuple[Interval, ...]
    loads: frozenset[int]
    place: BaseGeometry | None


_ME = 0
_Hours = Callable[[Schedule], Times]


def crowding(question: Question, around: Surroundings, law: Law) -> Iterator[Found]:
    """A finding for every zone in which more vehicles would run at once than it holds.

    A zone counts while it is open, and for the phases it is open to.
    """
    hours = _hours(question, law.frame.calendar)
    for zone in around.zones:
        is_open = zone.is_open and question.phase in zone.phases_open
        indexes = _on_zone(question.volumes, zone, law.frame) if is_open else []
        if not indexes:
            continue
        mine = tuple(question.volumes[index] for index in indexes)
        parties = [_asker(question, mine), *_permits_on(zone, question, around.permits, law.frame)]
        loads = [_Load(n, volume) for n, party in enumerate(parties) for volume in party.volumes]
        crowds = [*_crowds(loads, parties, zone, hours, law.frame)]
        if crowds:
            # my own loads come first, as many as there are indexes
            present = frozenset[int]().union(*(crowd.loads for crowd in crowds))
            running = sorted({loads[number].party for number in present})
            others = [party.against for party in map(parties.__getitem__, running) if party.against]
            finding = _finding(zone, crowds, others, law)
            yield replace(
                finding, volume_indexes=tuple(indexes[n] for n in sorted(present) if n < len(mine))
            )


def _hours(question: Question, calendar: Calendar) -> _Hours:
    """When a schedule is used while the asker's are valid; worked out once, and only if asked."""
    asked = [planned.volume.schedule for planned in question.volumes]
    start = min(schedule.start for schedule in asked)
    end = max(schedule.end or schedule.start + HORIZON for schedule in asked)
    return cache(lambda schedule: used(schedule, start, end, calendar))


def _finding(zone: Zone, crowds: Sequence[_Crowd], others: Sequence[Against], law: Law) -> Found:
    """All the places and times at which it is too much, with the number where it is worst."""
    times = tuple(dict.fromkeys(time for crowd in crowds for time in crowd.times))
    spell = together(times, law.frame.calendar)
    places = [crowd.place for crowd in crowds if crowd.place is not None]
    judged = Judgement(
        Verdict.conflict,
        Reason.separation_breached,
        first_overlap=spell.first if spell else None,
        overlap_hours=spell.hours if spell else 0.0,
        witness=shapely.union_all(places) if places else None,
    )
    most = max(crowd.vehicles for crowd in crowds)
    limit = zone.max_concurrent_vehicles
    return found(
        law.pack.sharing(SharingCase.permit_capacity),
        judged.verdict,
        explain.crowded(most, limit, len(others), law.frame.zone),
        volume_index=0,
        against=[Against("zone", zone.id, zone.name), *others],
        judged=judged,
        times=times,
    )


def _asker(question: Question, mine: tuple[PlannedVolume, ...]) -> _Party:
    volumes_hold = sum(volume.max_concurrent_vehicles for volume in mine)
    return _Party(None, question.vehicles or volumes_hold, mine)


def _permits_on(
    zone: Zone, question: Question, permits: Iterable[Permit], frame: Frame
) -> Iterator[_Party]:
    for permit in permits:
        if not permit.allocates or permit.id in question.chain:
            continue
        volumes = permit.content.volumes
        there = tuple(volumes[index] for index in _on_zone(volumes, zone, frame))
        if there:
            title = Text(permit.number, permit.number)
            against = Against("permit", permit.id, title, permit.organisation_id)
            yield _Party(against, max(len(permit.content.vehicle_ids), 1), there)


def _on_zone(volumes: Sequence[PlannedVolume], zone: Zone, frame: Frame) -> list[int]:
    """The numbers of the volumes that use the zone."""
    return [index for index, volume in enumerate(volumes) if _meets(volume, zone, frame)]


def _meets(volume: PlannedVolume, zone: Zone, frame: Frame) -> bool:
    """On roads it is the road that is full, whichever of the zones that open it was named."""
    if volume.stretches and zone.road_ids:
        return any(map(zone.opens, volume.stretches))
    if volume.zone_kind is not zone.zone_kind:
        return False
    if volume.zone_id == zone.id:
        return True
    if volume.zone_id is not None and not zone.road_ids:
        return False
    return judge(volume.volume, zone.volume, NONE, frame).verdict is not Verdict.clear


def _crowds(
    loads: Sequence[_Load], parties: Sequence[_Party], zone: Zone, hours: _Hours, frame: Frame
) -> Iterator[_Crowd]:
    """A crowd for each company of loads that is somewhere too large together with one of mine."""
    limit = zone.max_concurrent_vehicles
    for company, along in _companies(loads, zone).items():
        if sum(loads[number].vehicles for number in company) <= limit:
            continue
        opened = hours(zone.volume.schedule)
        windows = {
            number: intersection(hours(loads[number].volume.volume.schedule), opened)
            for number in company
        }
        crowd = _crowd(windows, loads, parties, limit)
        if crowd is not None:
            place = _drawn(along, zone, frame) if along else zone.volume.footprint.core
            yield replace(crowd, place=place)


def _companies(loads: Sequence[_Load], zone: Zone) -> Mapping[frozenset[int], Sequence[Piece]]:
    """The loads that are together with one of mine, and on which pieces of road; none elsewhere."""
    if not zone.road_ids:
        return {frozenset(range(len(loads))): ()}
    found_on: dict[frozenset[int], list[Piece]] = defaultdict(list)
    for piece in pieces([_uses(load.volume, zone) for load in loads]):
        if any(loads[number].party == _ME for number in piece.users):
            found_on[piece.users].append(piece)
    return found_on


def _uses(volume: PlannedVolume, zone: Zone) -> Sequence[StretchUse]:
    """The road that the zone opens to it; all of that where it is not known on which it runs."""
    anywhere = (
        StretchUse(key, 0.0, inf, forward) for key in zone.road_ids for forward in (True, False)
    )
    return [use for use in volume.stretches or anywhere if zone.opens(use)]


def _drawn(along: Iterable[Piece], zone: Zone, frame: Frame) -> BaseGeometry | None:
    """The pieces on the lines of the zone, which lie in the order in which its roads are cited."""
    lines = shapely.get_parts(zone.volume.footprint.core).tolist()
    if len(lines) != len(zone.road_ids):
        return None
    line_of = dict(zip(zone.road_ids, lines, strict=True))
    return shapely.union_all([_cut(line_of[piece.stretch_id], piece, frame) for piece in along])


def _cut(line: BaseGeometry, piece: Piece, frame: Frame) -> BaseGeometry:
    length_m = geodesic_length_m(line)
    start, end = (min(at / length_m, 1.0) for at in (piece.from_m, piece.to_m))
    planar = LineString(shapely.get_coordinates(frame.plane.project(line)))
    return frame.plane.unproject(substring(planar, start, end, normalized=True))


def _crowd(
    windows: Mapping[int, Times], loads: Sequence[_Load], parties: Sequence[_Party], limit: int
) -> _Crowd | None:
    """When the loads, each in its windows, are more than the limit while I run; None when never.

    Walks the starts and ends of the windows in time. Windows are half-open: one may begin as
    another ends.
    """
    claimed: dict[int, int] = defaultdict(int)
    running: set[int] = set()
    most, times, present = 0, list[Interval](), set[int]()
    since: int | None = None
    for at, changes in groupby(sorted(_steps(windows)), key=itemgetter(0)):
        if since is not None:
            times.append(Interval(EPOCH + since * MICROSECOND, EPOCH + at * MICROSECOND))
        for _, begins, number in changes:
            load = loads[number]
            claimed[load.party] += load.vehicles if begins else -load.vehicles
            running.symmetric_difference_update({number})
        total = sum(min(claim, parties[party].vehicles) for party, claim in claimed.items())
        crowded = claimed[_ME] > 0 and total > limit
        since = at if crowded else None
        if crowded:
            most = max(most, total)
            present |= running
    return _Crowd(most, tuple(times), frozenset(present), None) if times else None


def _steps(windows: Mapping[int, Times]) -> Iterator[tuple[int, bool, int]]:
    """Beginnings after the ends of the same instant."""
    for number, times in windows.items():
        for start, end in times.tolist():
            yield start, True, number
            yield end, False, number
