"""A test against restrictions: whom they concern, levels, heights, hours (Order 761 Art. 19)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shapely import get_dimensions, union_all

from geo.conflict import Judgement, Reason, Verdict, judge
from geo.footprint import Footprint
from geo.text import Text
from geo.volume import Volume4D
from service.domain import explain
from service.domain.common_time import Shared
from service.domain.finding_maker import Found, found
from service.domain.findings import CONFIDENTIAL, Against
from service.domain.kinds import AUTHORITIES, Domain, Role, Visibility
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.road_use import NO_ROADS, lines_of, road_uses
from service.domain.rulepack import LimitKey, SharingCase


def restricted(
    question: Question,
    restrictions: Sequence[Restriction],
    law: Law,
    roads: Mapping[str, Road] = NO_ROADS,
) -> Iterator[Found]:
    """A finding for every restriction in force that a volume meets or may meet."""
    concerned = [r for r in restrictions if r.in_force and r.applies_to.concerns(question.domain)]
    for index, volume in enumerate(question.volumes):
        for restriction in concerned:
            finding = _met(index, volume, restriction, law, roads)
            if finding is not None:
                yield finding


def judged_against(
    volume: PlannedVolume,
    restriction: Restriction,
    law: Law,
    roads: Mapping[str, Road] = NO_ROADS,
) -> Judgement:
    """How a volume stands to a restriction, as if that were in force and concerned it.

    A restriction of some levels hits a line or a road area of several where a road of such a level
    lies in it; elsewhere in the area it is in doubt, since the network need not know every road.
    `roads` are those that the volume runs on; one that is not known may be on any of its levels.
    """
    rule = law.pack.sharing(SharingCase.of_restriction(restriction.effect))
    levels = restriction.volume.levels
    on_levels = levels is not None and volume.zone_kind.domain is Domain.ground

    def judged(asked: Volume4D) -> Judgement:
        return judge(asked, restriction.volume, rule.separation, law.frame, level_matters=on_levels)

    whole = judged(volume.volume)
    if whole.verdict is Verdict.clear or not on_levels or levels is None:
        return whole
    part = _on_levels(volume, levels, law, roads)
    if part is None:
        return whole
    there = judged(part)
    if there.verdict is Verdict.clear and not _is_line(volume):
        return replace(whole, verdict=Verdict.indeterminate, reason=Reason.level_unknown)
    return there


def _is_line(volume: PlannedVolume) -> bool:
    return bool(get_dimensions(volume.volume.footprint.core) == 1)


def _on_levels(
    volume: PlannedVolume, levels: frozenset[int], law: Law, roads: Mapping[str, Road]
) -> Volume4D | None:
    """What runs on those levels; None when all of the volume does, or it is not to be told."""
    asked = volume.volume
    if asked.levels is None or asked.levels <= levels or not volume.on_network:
        return None
    uses = road_uses(volume, roads, law.frame.plane)
    hit = [use for use in uses if use.level in levels]
    if not hit or any(use.level is None for use in uses):
        return None
    if _is_line(volume):
        tolerance_m = law.pack.number(LimitKey.match_tolerance_m)
        place = Footprint(lines_of(hit, tolerance_m), asked.footprint.radius_m)
    else:
        # what a road is wide is not known here: beside its middle it is in doubt
        place = Footprint(union_all([use.piece for use in hit]))
    return replace(asked, footprint=place, levels=asked.levels & levels)


def _met(
    index: int,
    volume: PlannedVolume,
    restriction: Restriction,
    law: Law,
    roads: Mapping[str, Road],
) -> Found | None:
    rule = law.pack.sharing(SharingCase.of_restriction(restriction.effect))
    judged = judged_against(volume, restriction, law, roads)
    if judged.verdict is Verdict.clear:
        return None
    owner_id = CONFIDENTIAL if restriction.visibility is Visibility.authorities else None
    name, effect = restriction.name, restriction.effect.title
    zh, en = ("进入", "Enters") if judged.verdict is Verdict.conflict else ("可能进入", "May enter")
    met = Text(f"{zh}{effect.zh}区域“{name.zh}”", f"{en} “{name.en}” ({effect.en})")
    finding = found(
        rule,
        judged.verdict,
        explain.meets(met, judged, rule.separation, law.frame.zone),
        volume_index=index,
        against=[Against("restriction", restriction.id, name, owner_id)],
        judged=judged,
        kind=restriction.restriction_kind,
        times=[Shared(volume.volume.schedule, restriction.volume.schedule, rule.separation.time)],
    )
    return replace(finding, offices=_asked(rule.offices, restriction.authority))


def _asked(offices: tuple[Role, ...], authority: Role) -> tuple[Role, ...]:
    """The offices of the rule, and the one that restricts where any is asked at all."""
    added = [authority] if offices and authority in AUTHORITIES else []
    return tuple(dict.fromkeys((*offices, *added)))
