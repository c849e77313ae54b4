"""Does the test stay inside what was opened: place, direction, phase, hours, heights (Art. 24-25)?

The zones of the asked kind are narrowed step by step; the first step that leaves part of a volume
uncovered names the rule, so that an operator reads the reason and not only the refusal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from shapely import get_dimensions, union_all

from geo.conflict import Verdict
from geo.footprint import Footprint
from geo.handovers import passages
from geo.nearness import meeting
from geo.text import Text
from service.domain import company, explain
from service.domain.company import Company
from service.domain.finding_maker import Found, found
from service.domain.findings import Against
from service.domain.holding import Held, Place
from service.domain.kinds import Domain
from service.domain.place import PlannedVolume
from service.domain.question import Coverage, Handover, Law, Question, UncoveredPart
from service.domain.road import Road
from service.domain.road_use import NO_ROADS
from service.domain.rulepack import LimitKey, SharingCase
from service.domain.zone import Zone


@dataclass(frozen=True)
class _Step:
    """One narrowing: who remains together, under which rule, and the words when that is too few."""

    case: SharingCase
    verdict: Verdict
    narrowed: Callable[[Company], Iterable[Company]]
    words: Callable[[float], Text]


@dataclass(frozen=True)
class _Outcome:
    """How far a volume is held, the first gap, and the zones left that hold it together."""

    held: Held
    gap: Found | None
    zones: tuple[Zone, ...]


def covered(
    question: Question, zones: Sequence[Zone], law: Law, roads: Mapping[str, Road] = NO_ROADS
) -> tuple[Coverage, tuple[Found, ...]]:
    """How far opened zones cover the question, and a finding for each volume they leave open.

    `roads` are those that the volumes run on, as far as they are known.
    """
    length_m = 0.0
    parts: list[UncoveredPart] = []
    handovers: list[Handover] = []
    findings: list[Found] = []
    opened = [zone for zone in zones if zone.is_open]
    for index, volume in enumerate(question.volumes):
        place = Place(volume, law, roads)
        outcome = _cover(index, place, question, opened, law)
        if outcome.gap is None:
            handovers += _handovers(index, place, outcome.zones, law)
            findings += _level_unclear(index, volume, outcome.held, law)
        else:
            findings.append(outcome.gap)
        length_m += outcome.held.length_m
        outside = (*outcome.held.uncovered, *place.against_one_way)
        parts += [UncoveredPart(index, part.geometry, part.length_m) for part in outside]
        findings += _wrong_way(index, place, law)
        findings += _off_network(index, volume, law)
    return Coverage(length_m, tuple(parts), tuple(handovers)), tuple(findings)


def _cover(
    index: int, place: Place, question: Question, opened: Sequence[Zone], law: Law
) -> _Outcome:
    """The outcome after the last narrowing that matters.

    A narrowing that leaves a doubt takes nothing away from what is covered.
    """
    volume = place.volume
    companies: Sequence[Company] = [Company(_asked_for(volume, opened))]
    held, _ = place.held_by(companies)
    if held.uncovered:
        words = partial(explain.outside, volume.zone_kind)
        case = SharingCase.zone_coverage
        gap = _gap(index, volume, case, Verdict.conflict, held, law, words)
        return _Outcome(held, gap, ())
    for step in _steps(volume, question, law):
        narrower = company.least([one for many in companies for one in step.narrowed(many)])
        if narrower == companies:
            continue
        now, failing = place.held_by(narrower)
        if failing is not None:
            dropped = _holding(now, _closed(companies, failing), law)
            tail = failing.told(law.frame.zone)
            words = partial(_and, step.words, tail)
            gap = _gap(index, volume, step.case, step.verdict, now, law, words, dropped)
            return _Outcome(now if step.verdict is Verdict.conflict else held, gap, ())
        companies, held = narrower, now
    zones = dict.fromkeys(zone for one in companies for zone in one.zones)
    return _Outcome(held, None, tuple(zones))


def _and(words: Callable[[float], Text], tail: Text, length_m: float) -> Text:
    said = words(length_m)
    return Text(said.zh + tail.zh, said.en + tail.en)


def _asked_for(volume: PlannedVolume, opened: Iterable[Zone]) -> tuple[Zone, ...]:
    """The open zones of the kind asked for, or the one zone that was named."""
    return tuple(
        zone
        for zone in opened
        if zone.zone_kind is volume.zone_kind and volume.zone_id in (None, zone.id)
    )


def _steps(volume: PlannedVolume, question: Question, law: Law) -> Iterator[_Step]:
    asked, conflict = volume.volume, Verdict.conflict
    calendar, ground = law.frame.calendar, law.frame.ground_at(asked.footprint.bounds())
    yield _Step(SharingCase.zone_coverage, conflict, company.one_way, explain.direction_closed)
    yield _Step(
        SharingCase.zone_phase,
        conflict,
        lambda one: company.open_for(one, question.phase),
        partial(explain.phase_closed, question.phase),
    )
    yield _Step(
        SharingCase.zone_hours,
        conflict,
        lambda one: company.open_at(one, asked.schedule, calendar),
        explain.hours_closed,
    )
    if question.domain is Domain.air:
        for surely, verdict in ((False, conflict), (True, Verdict.indeterminate)):
            yield _Step(
                SharingCase.zone_altitude,
                verdict,
                partial(company.open_up, asked=asked.altitude, ground=ground, surely=surely),
                partial(explain.height_outside, known=not surely),
            )


def _closed(before: Sequence[Company], failing: Company) -> list[Zone]:
    """The zones that a narrowing has left out of a company, or that open roads one way only."""
    zones = dict.fromkeys(zone for one in before for zone in one.zones)
    turned = before[0].either_way and not failing.either_way
    return [zone for zone in zones if zone not in failing.zones or (turned and zone.is_one_way)]


def _holding(held: Held, zones: Iterable[Zone], law: Law) -> list[Zone]:
    """The zones in which something lies of what is left uncovered."""
    tolerance_m = law.pack.number(LimitKey.match_tolerance_m)
    parts = [Footprint(part.geometry) for part in held.uncovered]
    return [
        zone
        for zone in zones
        if any(meeting(part, zone.volume.footprint, tolerance_m, law.frame) for part in parts)
    ]


def _handovers(index: int, place: Place, zones: Sequence[Zone], law: Law) -> Iterator[Handover]:
    """Where a line passes from zone to zone, through as few of them as there may be."""
    core = place.volume.volume.footprint.core
    through = [zone for zone in zones if place.runs_in(zone)]
    if get_dimensions(core) != 1 or len(through) < 2:
        return
    outers = [zone.volume.footprint for zone in through]
    for one, other in pairwise(passages(core, outers, place.beside_m, law.frame.plane)):
        if one.to_m == other.from_m and one.zone != other.zone:
            yield Handover(index, one.left_at, through[one.zone].id, through[other.zone].id)


def _gap(
    index: int,
    volume: PlannedVolume,
    case: SharingCase,
    verdict: Verdict,
    held: Held,
    law: Law,
    words: Callable[[float], Text],
    dropped: Sequence[Zone] = (),
) -> Found:
    return found(
        law.pack.sharing(case),
        verdict,
        lambda extent: words(extent.length_m),
        volume_index=index,
        against=[Against("zone", zone.id, zone.name) for zone in dropped],
        witness=union_all([part.geometry for part in held.uncovered]),
        kind=f"{volume.zone_kind} {words(0.0).en}",
        length_m=sum(part.length_m for part in held.uncovered),
    )


def _level_unclear(index: int, volume: PlannedVolume, held: Held, law: Law) -> Iterator[Found]:
    """A line where roads lie above each other, some of them on a level that nobody opened."""
    if held.doubtful:
        yield found(
            law.pack.sharing(SharingCase.level_unknown),
            Verdict.indeterminate,
            explain.levels_unclear(held.doubtful),
            volume_index=index,
            kind=f"{volume.zone_kind} {sorted(held.doubtful)}",
        )


def _wrong_way(index: int, place: Place, law: Law) -> Iterator[Found]:
    """Roads that are driven the way that nobody may drive them; no zone can open that."""
    parts = place.against_one_way
    if parts:
        yield found(
            law.pack.sharing(SharingCase.wrong_way),
            Verdict.conflict,
            lambda extent: explain.wrong_way(extent.length_m),
            volume_index=index,
            witness=union_all([part.geometry for part in parts]),
            length_m=sum(part.length_m for part in parts),
        )


def _off_network(index: int, volume: PlannedVolume, law: Law) -> Iterator[Found]:
    """A road volume that runs partly on no known stretch has no known level there."""
    if volume.zone_kind.on_roads and volume.unmatched_m > 0:
        yield found(
            law.pack.sharing(SharingCase.unmatched),
            Verdict.indeterminate,
            lambda extent: explain.off_network(extent.length_m),
            volume_index=index,
            kind=volume.zone_kind,
            length_m=volume.unmatched_m,
        )
