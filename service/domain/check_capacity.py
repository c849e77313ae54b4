"""How many vehicles may run at once: a sum over everyone who shares a stretch or a zone, over time.

Shared use is normal (decision 8); what a zone holds is its `max_concurrent_vehicles`. The sum is
taken piece by piece of road, by direction and level, and over the zone where it is not a road,
because many permits together can be too many where no two of them are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from geo.conflict import Verdict, judge
from geo.frame import Frame
from geo.network import StretchUse
from geo.schedule import Interval, windows
from geo.separation import NONE
from geo.text import Text
from geo.usage import pieces
from service.domain import explain
from service.domain.finding_maker import found
from service.domain.findings import Against, Finding
from service.domain.kinds import Use
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question, Surroundings
from service.domain.rulepack import SharingCase
from service.domain.zone import Zone

_ME = -1
"""The number under which the asker runs in the sweep; the others are numbered from 0."""


@dataclass(frozen=True)
class _Load:
    """One volume's share of a place: whose, how many vehicles, in which windows."""

    against: Against
    volume: PlannedVolume
    windows: tuple[Interval, ...]


@dataclass(frozen=True)
class _Peak:
    """The most vehicles at once, when that is first reached, and with whom."""

    vehicles: int
    since: datetime
    others: tuple[Against, ...]


def crowding(question: Question, around: Surroundings, law: Law) -> Iterator[Finding]:
    """A finding per volume and zone where more vehicles would run at once than the zone holds."""
    rule = law.pack.sharing(SharingCase.permit_capacity)
    permits = [p for p in around.permits if p.allocates and p.id not in question.chain]
    for index, mine in enumerate(question.volumes):
        if mine.use is Use.exclusive:
            continue
        own = tuple(_windows(mine, mine, law.frame))
        loads = list(_loads(mine, permits, law.frame))
        for zone in _zones_of(mine, around.zones, law.frame):
            peak = _worst_place(mine, own, zone, loads)
            if peak is None or peak.vehicles <= zone.max_concurrent_vehicles:
                continue
            yield found(
                rule,
                Verdict.conflict,
                explain.crowded(peak.vehicles, zone.max_concurrent_vehicles, len(peak.others)),
                volume_index=index,
                against=[Against("zone", zone.id, zone.name), *peak.others],
                first_overlap=Interval(peak.since, None),
            )


def _zones_of(mine: PlannedVolume, zones: Sequence[Zone], frame: Frame) -> Iterator[Zone]:
    for zone in zones:
        if zone.is_open and zone.zone_kind is mine.zone_kind and _on(mine, zone, frame):
            yield zone


def _on(mine: PlannedVolume, zone: Zone, frame: Frame) -> bool:
    if mine.zone_id is not None:
        return mine.zone_id == zone.id
    if mine.on_network and zone.road_ids:
        return not frozenset(zone.road_ids).isdisjoint(use.stretch_id for use in mine.stretches)
    return judge(mine.volume, zone.volume, NONE, frame).verdict is not Verdict.clear


def _loads(mine: PlannedVolume, permits: Sequence[Permit], frame: Frame) -> Iterator[_Load]:
    """The shared volumes of other permits that may meet mine in place, height and time."""
    for permit in permits:
        title = Text(permit.number, permit.number)
        against = Against("permit", permit.id, title, permit.organisation_id)
        for theirs in permit.content.volumes:
            if theirs.use is Use.exclusive or theirs.zone_kind is not mine.zone_kind:
                continue
            on_roads = mine.on_network and theirs.on_network
            if on_roads or judge(mine.volume, theirs.volume, NONE, frame).verdict != Verdict.clear:
                yield _Load(against, theirs, tuple(_windows(theirs, mine, frame)))


def _windows(volume: PlannedVolume, mine: PlannedVolume, frame: Frame) -> Iterator[Interval]:
    """When a volume is used while mine may be."""
    schedule = mine.volume.schedule
    within = Interval(schedule.start, schedule.end)
    return windows(volume.volume.schedule, within, frame.calendar)


def _worst_place(
    mine: PlannedVolume, own: Sequence[Interval], zone: Zone, loads: Sequence[_Load]
) -> _Peak | None:
    """The busiest piece of road of the zone, or the zone itself where it has none."""
    peaks = (
        _peak(mine.max_concurrent_vehicles, own, [loads[number] for number in sorted(company)])
        for company in _companies(mine, zone, loads)
    )
    return max((peak for peak in peaks if peak), key=lambda peak: peak.vehicles, default=None)


def _companies(mine: PlannedVolume, zone: Zone, loads: Sequence[_Load]) -> Sequence[frozenset[int]]:
    """The loads that are with me at some place, for each place where others are not more."""
    if not zone.road_ids:
        return [frozenset(range(len(loads)))]
    users = [_uses(mine, zone), *(_uses(load.volume, zone) for load in loads)]
    met = {piece.users for piece in pieces(users) if 0 in piece.users}
    largest = [users for users in met if not any(users < others for others in met)]
    return [frozenset(number - 1 for number in users if number) for users in largest]


def _uses(volume: PlannedVolume, zone: Zone) -> Sequence[StretchUse]:
    """The road of the zone it runs on; all of it, both ways, where that is not known."""
    cited = frozenset(zone.road_ids or ())
    if not volume.on_network:
        return [StretchUse(key, 0.0, inf, forward) for key in cited for forward in (True, False)]
    return [use for use in volume.stretches if use.stretch_id in cited]


def _peak(vehicles: int, own: Iterable[Interval], loads: Sequence[_Load]) -> _Peak | None:
    """The most vehicles at any instant of my windows; None when I have none.

    Walks the starts and ends of everyone's windows in time. Ends sort before starts, since windows
    are half-open: one may begin as another ends.
    """
    steps = list(_steps(_ME, vehicles, own))
    for number, load in enumerate(loads):
        steps += _steps(number, load.volume.max_concurrent_vehicles, load.windows)
    running: dict[int, int] = defaultdict(int)
    total, best = 0, None
    for at, change, number in sorted(steps):
        running[number] += change
        total += change
        if running[_ME] > 0 and (best is None or total > best.vehicles):
            present = (load.against for n, load in enumerate(loads) if running[n] > 0)
            best = _Peak(total, at, tuple(dict.fromkeys(present)))
    return best


def _steps(
    number: int, vehicles: int, used: Iterable[Interval]
) -> Iterator[tuple[datetime, int, int]]:
    for window in used:
        yield window.start, vehicles, number
        if window.end is not None:
            yield window.end, -vehicles, number
