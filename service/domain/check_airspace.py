"""Air over expressways and above the controlled height: whom to ask (Order 761 Art. 19).

The air above expressways and their surroundings is controlled, opened or not, and measured from the
edge of the carriageway; so is everything above the pack's height over ground. Both are matters of
coordination; only a restriction can forbid. The air beside electrified railways is a restriction,
imported with them.
"""

from collections.abc import Iterator, Sequence

from geo.altitude import AltitudeBand, Reference, Unit, is_kept, vertical_gap
from geo.conflict import Judgement, Verdict, judge
from geo.volume import Volume4D
from service.domain import explain
from service.domain.common_time import Shared
from service.domain.finding_maker import Found, found
from service.domain.findings import Against
from service.domain.kinds import Domain, RoadClass
from service.domain.place import always
from service.domain.question import Law, Question
from service.domain.road import Road
from service.domain.rulepack import LimitKey, SharingCase


def over_expressways(question: Question, roads: Sequence[Road], law: Law) -> Iterator[Found]:
    """One finding per air volume that runs over or beside expressways, whatever their number."""
    if question.domain is not Domain.air:
        return
    rule = law.pack.sharing(SharingCase.air_over_expressway)
    expressways = [road for road in roads if road.road_class is RoadClass.expressway]
    lane_width_m, most_lanes = map(law.pack.number, (LimitKey.lane_width_m, LimitKey.most_lanes))
    carriageways = [road.carriageway(lane_width_m, most_lanes) for road in expressways]
    schedule = always(law.frame.zone)
    for index, planned in enumerate(question.volumes):
        met: list[tuple[Road, Judgement]] = []
        for road, carriageway in zip(expressways, carriageways, strict=True):
            ground = Volume4D(carriageway, None, None, schedule)
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
                explain.over_expressway(
                    len(met), nearest.horizontal_distance_m or 0.0, rule.separation.horizontal_m
                ),
                volume_index=index,
                against=[Against("road", road.id, road.title) for road, _ in met],
                judged=nearest,
                times=[Shared(planned.volume.schedule, schedule, rule.separation.time)],
            )


def too_high(question: Question, law: Law) -> Iterator[Found]:
    """One finding per air volume that reaches, or may reach, the controlled height over ground."""
    if question.domain is not Domain.air:
        return
    rule = law.pack.sharing(SharingCase.air_controlled_height)
    limit_m = law.pack.number(LimitKey.controlled_above_m)
    controlled = AltitudeBand(limit_m, None, Unit.m, Reference.AGL)
    for index, planned in enumerate(question.volumes):
        ground = law.frame.ground_at(planned.volume.footprint.bounds())
        gap = vertical_gap(planned.volume.altitude, controlled, ground)
        kept = is_kept(gap, 0)
        if kept:
            continue
        known = kept is False
        yield found(
            rule,
            Verdict.conflict if known else Verdict.indeterminate,
            explain.controlled_height(limit_m, known),
            volume_index=index,
        )
