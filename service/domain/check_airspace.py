"""Air over expressways and above the controlled height: whom to ask (Order 761 Art. 19).

The air above expressways and their surroundings is controlled, opened or not; so is everything
above the pack's height over ground. Both are matters of coordination; only a restriction can
forbid. The air beside electrified railways is a restriction, imported with them.
"""

from collections.abc import Iterator, Sequence

from geo.altitude import AltitudeBand, Reference, Unit, vertical_gap
from geo.conflict import Judgement, Verdict, judge
from geo.volume import Volume4D
from service.domain import explain
from service.domain.finding_maker import found
from service.domain.findings import Against, Finding
from service.domain.kinds import Domain, RoadClass
from service.domain.place import always
from service.domain.question import Law, Question
from service.domain.road import Road
from service.domain.rulepack import LimitKey, SharingCase


def over_expressways(question: Question, roads: Sequence[Road], law: Law) -> Iterator[Finding]:
    """One finding per air volume that runs over or beside expressways, whatever their number."""
    if question.domain is not Domain.air:
        return
    rule = law.pack.sharing(SharingCase.air_over_expressway)
    expressways = [road for road in roads if road.road_class is RoadClass.expressway]
    schedule = always(law.frame.zone)
    for index, planned in enumerate(question.volumes):
        met: list[tuple[Road, Judgement]] = []
        for road in expressways:
            ground = Volume4D(road.footprint, None, None, schedule)
            judged = judge(planned.volume, ground, rule.separation, law.frame)
            if judged.verdict is not Verdict.clear:
                met.append((road, judged))
        if met:
            nearest = min(
                (judged for _, judged in met), key=lambda j: j.horizontal_distance_m or 0.0
            )
            yield found(
                rule,
                Verdict.conflict,
                explain.over_expressway(len(met), nearest.horizontal_distance_m or 0.0),
                volume_index=index,
                against=[Against("road", road.id, road.title) for road, _ in met],
                judged=nearest,
            )


def too_high(question: Question, law: Law) -> Iterator[Finding]:
    """One finding per air volume that reaches, or may reach, the controlled height over ground."""
    if question.domain is not Domain.air:
        return
    rule = law.pack.sharing(SharingCase.air_controlled_height)
    limit_m = law.pack.number(LimitKey.controlled_above_m)
    controlled = AltitudeBand(limit_m, None, Unit.m, Reference.AGL)
    for index, planned in enumerate(question.volumes):
        ground = law.frame.ground_at(planned.volume.footprint.bounds())
        gap = vertical_gap(planned.volume.altitude, controlled, ground)
        if gap.min >= 0:
            continue
        known = gap.max < 0
        yield found(
            rule,
            Verdict.conflict if known else Verdict.indeterminate,
            explain.controlled_height(limit_m, known),
            volume_index=index,
        )
