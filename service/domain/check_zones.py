"""Does the test stay inside what was opened: place, direction, phase, hours, heights (Art. 24-25)?

The zones of the asked kind are narrowed step by step; the first step that leaves part of a volume
uncovered names the rule, so that an operator reads the reason and not only the refusal.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shapely import get_dimensions, union_all

from geo.altitude import covers
from geo.conflict import Verdict
from geo.footprint import Footprint
from geo.nearness import meeting
from geo.passages import passages
from geo.route import Coverage as Route
from geo.route import coverage
from geo.schedule import uncovered
from geo.text import Text
from service.domain import explain
from service.domain.finding_maker import found
from service.domain.findings import Against, Finding
from service.domain.kinds import Domain
from service.domain.place import PlannedVolume
from service.domain.question import Coverage, Handover, Law, Question, UncoveredPart
from service.domain.rulepack import LimitKey, SharingCase
from service.domain.zone import Zone


@dataclass(frozen=True)
class _Step:
    """One narrowing: which zones remain, under which rule, and the words when that is too few."""

    case: SharingCase
    verdict: Verdict
    admits: Callable[[Zone], bool]
    words: Callable[[float], Text]


def covered(
    question: Question, zones: Sequence[Zone], law: Law
) -> tuple[Coverage, tuple[Finding, ...]]:
    """How far opened zones cover the question, and a finding for each volume they leave open."""
    length_m = 0.0
    parts: list[UncoveredPart] = []
    handovers: list[Handover] = []
    findings: list[Finding] = []
    opened = [zone for zone in zones if zone.is_open]
    for index, volume in enumerate(question.volumes):
        route, gap, through = _cover(index, volume, question, opened, law)
        if gap is None:
            handovers += _handovers(index, volume, through, law)
        length_m += route.covered_length_m
        parts += [UncoveredPart(index, p.geometry, p.length_m) for p in route.uncovered]
        findings += [gap] if gap else _level_unclear(index, volume, opened, law)
        findings += _off_network(index, volume, law)
    return Coverage(length_m, tuple(parts), tuple(handovers)), tuple(findings)


def _cover(
    index: int, volume: PlannedVolume, question: Question, opened: Sequence[Zone], law: Law
) -> tuple[Route, Finding | None, Sequence[Zone]]:
    """The coverage after the last narrowing that matters, the first gap, and the zones left.

    A narrowing that leaves a doubt takes nothing away from what is covered.
    """
    remaining = _asked_for(volume, opened)
    route = _route(volume, remaining, law)
    if route.uncovered:
        words = explain.outside(volume.zone_kind, _length(route))
        gap = _gap(index, SharingCase.zone_coverage, Verdict.conflict, route, law, words)
        return route, gap, remaining
    for step in _steps(volume, question, law):
        kept = [zone for zone in remaining if step.admits(zone)]
        if len(kept) < len(remaining):
            narrower = _route(volume, kept, law)
            if narrower.uncovered:
                dropped = _holding(narrower, (z for z in remaining if z not in kept), law)
                words = step.words(_length(narrower))
                gap = _gap(index, step.case, step.verdict, narrower, law, words, dropped)
                return (narrower if step.verdict is Verdict.conflict else route), gap, kept
            route = narrower
        remaining = kept
    return route, None, remaining


def _handovers(
    index: int, volume: PlannedVolume, zones: Sequence[Zone], law: Law
) -> Iterator[Handover]:
    """Where a line passes from zone to zone, through as few of them as there may be."""
    core = volume.volume.footprint.core
    if get_dimensions(core) != 1 or len(zones) < 2:
        return
    outers = [zone.volume.footprint for zone in zones]
    for one, other in pairwise(passages(core, outers, _beside_m(volume, law), law.frame.plane)):
        if one.to_m == other.from_m and one.zone != other.zone:
            yield Handover(index, one.left_at, zones[one.zone].id, zones[other.zone].id)


def _asked_for(volume: PlannedVolume, opened: Iterable[Zone]) -> list[Zone]:
    """The open zones of the kind asked for, or the one zone that was named."""
    return [
        zone
        for zone in opened
        if zone.zone_kind is volume.zone_kind and volume.zone_id in (None, zone.id)
    ]


def _steps(volume: PlannedVolume, question: Question, law: Law) -> Iterator[_Step]:
    asked = volume.volume
    calendar, ground = law.frame.calendar, law.frame.ground_at(asked.footprint.bounds())
    yield _Step(
        SharingCase.zone_coverage,
        Verdict.conflict,
        lambda zone: zone.permits(volume.stretches),
        explain.direction_closed,
    )
    yield _Step(
        SharingCase.zone_phase,
        Verdict.conflict,
        lambda zone: question.phase in zone.phases_open,
        lambda length_m: explain.phase_closed(question.phase, length_m),
    )
    yield _Step(
        SharingCase.zone_hours,
        Verdict.conflict,
        lambda zone: uncovered(asked.schedule, zone.volume.schedule, calendar) is None,
        explain.hours_closed,
    )
    if question.domain is Domain.air:
        yield _Step(
            SharingCase.zone_altitude,
            Verdict.conflict,
            lambda zone: covers(zone.volume.altitude, asked.altitude, ground) is not False,
            lambda length_m: explain.height_outside(length_m, known=True),
        )
        yield _Step(
            SharingCase.zone_altitude,
            Verdict.indeterminate,
            lambda zone: covers(zone.volume.altitude, asked.altitude, ground) is True,
            lambda length_m: explain.height_outside(length_m, known=False),
        )


def _route(volume: PlannedVolume, zones: Sequence[Zone], law: Law) -> Route:
    """How far the zones hold all of it; beside roads the match tolerance is added to them.

    A line that is narrower than the tolerance is followed along its middle, with what it leaves.
    """
    footprint, plane = volume.volume.footprint, law.frame.plane
    outers = [zone.volume.footprint for zone in zones]
    if not volume.zone_kind.on_roads or get_dimensions(footprint.core) == 2:
        return coverage(footprint, outers, 0.0, plane)
    tolerance_m = law.pack.number(LimitKey.match_tolerance_m)
    if footprint.radius_m <= tolerance_m:
        return coverage(Footprint(footprint.core), outers, _beside_m(volume, law), plane)
    wider = [Footprint(outer.core, outer.radius_m + tolerance_m) for outer in outers]
    return coverage(footprint, wider, 0.0, plane)


def _beside_m(volume: PlannedVolume, law: Law) -> float:
    """How far the middle of a line may be beside a zone: on roads by what its width leaves."""
    if not volume.zone_kind.on_roads:
        return 0.0
    tolerance_m = law.pack.number(LimitKey.match_tolerance_m)
    return max(tolerance_m - volume.volume.footprint.radius_m, 0.0)


def _holding(route: Route, zones: Iterable[Zone], law: Law) -> list[Zone]:
    """The zones in which something lies of what the route leaves uncovered."""
    tolerance_m = law.pack.number(LimitKey.match_tolerance_m)
    parts = [Footprint(part.geometry) for part in route.uncovered]
    return [
        zone
        for zone in zones
        if any(meeting(part, zone.volume.footprint, tolerance_m, law.frame) for part in parts)
    ]


def _length(route: Route) -> float:
    return sum(part.length_m for part in route.uncovered)


def _gap(
    index: int,
    case: SharingCase,
    verdict: Verdict,
    route: Route,
    law: Law,
    words: Text,
    dropped: Sequence[Zone] = (),
) -> Finding:
    return found(
        law.pack.sharing(case),
        verdict,
        words,
        volume_index=index,
        against=[Against("zone", zone.id, zone.name) for zone in dropped],
        witness=union_all([part.geometry for part in route.uncovered]),
    )


def _level_unclear(
    index: int, volume: PlannedVolume, opened: Sequence[Zone], law: Law
) -> Iterator[Finding]:
    """A line where roads lie above each other, some of them on a level that nobody opened."""
    used = volume.volume.levels or frozenset()
    stretches = {use.stretch_id for use in volume.stretches}
    strange = used.difference(
        *(
            used if zone.volume.levels is None else zone.volume.levels
            for zone in _asked_for(volume, opened)
            if not zone.road_ids or not stretches.isdisjoint(zone.road_ids)
        )
    )
    if strange:
        yield found(
            law.pack.sharing(SharingCase.level_unknown),
            Verdict.indeterminate,
            explain.levels_unclear(strange),
            volume_index=index,
        )


def _off_network(index: int, volume: PlannedVolume, law: Law) -> Iterator[Finding]:
    """A road volume that runs partly on no known stretch has no known level there."""
    if volume.zone_kind.on_roads and volume.unmatched_m > 0:
        yield found(
            law.pack.sharing(SharingCase.unmatched),
            Verdict.indeterminate,
            explain.off_network(volume.unmatched_m),
            volume_index=index,
        )
