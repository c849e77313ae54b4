"""How many vehicles may run at once: a sum over everyone who shares a stretch or a zone, over time.

Shared use is normal (decision 8); what a zone holds is its `max_concurrent_vehicles`. The sum is
taken piece by piece of road, by direction and level, and over the whole zone where it is not a
road, because many permits together can be too many where no two of them are. A permit with many
volumes never runs more vehicles than it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class _Party:
    """The asker (against nobody) or a permit, with the volumes it shares a zone with."""

    against: Against | None
    vehicles: int
    volumes: tuple[PlannedVolume, ...]


@dataclass(frozen=True)
class _Load:
    """One volume on the zone: whose, how many vehicles, in which windows."""

    party: int
    volume: PlannedVolume
    windows: tuple[Interval, ...]


@dataclass(frozen=True)
class _Peak:
    """The most vehicles at once, when that is first reached, and the parties that run then."""

    vehicles: int
    since: datetime
    parties: frozenset[int]


_ME = 0


def crowding(question: Question, around: Surroundings, law: Law) -> Iterator[Finding]:
    """A finding for every zone in which more vehicles would run at once than it holds."""
    rule = law.pack.sharing(SharingCase.permit_capacity)
    for zone in around.zones:
        mine = _on_zone(question.volumes, zone, law.frame)
        if not (zone.is_open and mine):
            continue
        parties = [_asker(question, mine), *_permits_on(zone, question, around.permits, law.frame)]
        peak = _worst_place(parties, zone, law.frame)
        if peak is None or peak.vehicles <= zone.max_concurrent_vehicles:
            continue
        running = (parties[number].against for number in sorted(peak.parties))
        others = [against for against in running if against]
        indexes = tuple(n for n, volume in enumerate(question.volumes) if volume in mine)
        words = explain.crowded(peak.vehicles, zone.max_concurrent_vehicles, len(others))
        finding = found(
            rule,
            Verdict.conflict,
            words,
            volume_index=indexes[0],
            against=[Against("zone", zone.id, zone.name), *others],
            first_overlap=Interval(peak.since, None),
        )
        yield replace(finding, volume_indexes=indexes)


def _asker(question: Question, mine: tuple[PlannedVolume, ...]) -> _Party:
    volumes_hold = sum(volume.max_concurrent_vehicles for volume in mine)
    return _Party(None, question.vehicles or volumes_hold, mine)


def _permits_on(
    zone: Zone, question: Question, permits: Iterable[Permit], frame: Frame
) -> Iterator[_Party]:
    for permit in permits:
        if not permit.allocates or permit.id in question.chain:
            continue
        volumes = _on_zone(permit.content.volumes, zone, frame)
        if volumes:
            title = Text(permit.number, permit.number)
            against = Against("permit", permit.id, title, permit.organisation_id)
            yield _Party(against, max(len(permit.content.vehicle_ids), 1), volumes)


def _on_zone(
    volumes: Iterable[PlannedVolume], zone: Zone, frame: Frame
) -> tuple[PlannedVolume, ...]:
    """The volumes that use the zone together with others."""
    return tuple(
        volume
        for volume in volumes
        if volume.use is not Use.exclusive
        and volume.zone_kind is zone.zone_kind
        and _meets(volume, zone, frame)
    )


def _meets(volume: PlannedVolume, zone: Zone, frame: Frame) -> bool:
    if volume.zone_id is not None:
        return volume.zone_id == zone.id
    if volume.on_network and zone.road_ids:
        return not frozenset(zone.road_ids).isdisjoint(use.stretch_id for use in volume.stretches)
    return judge(volume.volume, zone.volume, NONE, frame).verdict is not Verdict.clear


def _worst_place(parties: Sequence[_Party], zone: Zone, frame: Frame) -> _Peak | None:
    """The busiest piece of road of the zone, or the zone itself where it has none."""
    schedules = [volume.volume.schedule for volume in parties[_ME].volumes]
    ends = [schedule.end for schedule in schedules if schedule.end is not None]
    until = max(ends) if len(ends) == len(schedules) else None
    asked = Interval(min(schedule.start for schedule in schedules), until)
    loads = [
        _Load(number, volume, tuple(windows(volume.volume.schedule, asked, frame.calendar)))
        for number, party in enumerate(parties)
        for volume in party.volumes
    ]
    peaks = (_peak([loads[n] for n in company], parties) for company in _companies(loads, zone))
    return max((peak for peak in peaks if peak), key=lambda peak: peak.vehicles, default=None)


def _companies(loads: Sequence[_Load], zone: Zone) -> Sequence[Sequence[int]]:
    """The loads that are together at some place with one of mine, where others are not more."""
    if not zone.road_ids:
        return [range(len(loads))]
    users = {piece.users for piece in pieces([_uses(load.volume, zone) for load in loads])}
    with_me = {company for company in users if any(loads[n].party == _ME for n in company)}
    largest = (c for c in with_me if not any(c < others for others in with_me))
    return [sorted(company) for company in largest]


def _uses(volume: PlannedVolume, zone: Zone) -> Sequence[StretchUse]:
    """The road of the zone it runs on; all of it, both ways, where that is not known."""
    cited = frozenset(zone.road_ids)
    if not volume.on_network:
        return [StretchUse(key, 0.0, inf, forward) for key in cited for forward in (True, False)]
    return [use for use in volume.stretches if use.stretch_id in cited]


def _peak(loads: Sequence[_Load], parties: Sequence[_Party]) -> _Peak | None:
    """The most vehicles at any instant at which I run; None when I never do.

    Walks the starts and ends of everyone's windows in time. Ends sort before starts, since windows
    are half-open: one may begin as another ends.
    """
    claimed: dict[int, int] = defaultdict(int)
    running: dict[int, int] = {}
    best: _Peak | None = None
    for at, change, party in sorted(step for load in loads for step in _steps(load)):
        claimed[party] += change
        running[party] = min(claimed[party], parties[party].vehicles)
        total = sum(running.values())
        if running.get(_ME, 0) > 0 and (best is None or total > best.vehicles):
            present = frozenset(number for number, vehicles in running.items() if vehicles)
            best = _Peak(total, at, present)
    return best


def _steps(load: _Load) -> Iterator[tuple[datetime, int, int]]:
    vehicles = load.volume.max_concurrent_vehicles
    for window in load.windows:
        yield window.start, vehicles, load.party
        if window.end is not None:
            yield window.end, -vehicles, load.party
