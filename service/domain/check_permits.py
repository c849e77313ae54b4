"""A test against other permits and pending applications (decisions 7 to 9).

Permits allocate: shared use is normal, only exclusive use blocks. Which uses are compared and how
(on stretches by direction and level, as they are drawn, or both) is read in sharing.py and done
here. How many vehicles a zone holds is check_capacity's affair.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from shapely import get_dimensions

from geo.conflict import Judgement, Reason, Verdict, judge
from geo.footprint import Footprint
from geo.network import StretchUse
from geo.schedule import overlap
from geo.separation import Separation
from geo.text import Text
from geo.usage import shared
from service.domain import explain
from service.domain.application import Application
from service.domain.common_time import Shared
from service.domain.finding_maker import Found, found
from service.domain.findings import WEIGHT, Against
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question, Surroundings
from service.domain.road import Road
from service.domain.road_use import NO_ROADS, as_of_today, beside_common
from service.domain.rulepack import LimitKey
from service.domain.sharing import By, Form, Other, case_of, compared_by


@dataclass(frozen=True)
class _Other:
    """Another permit or pending application, as far as it is compared."""

    against: Against
    stance: Other
    volumes: tuple[PlannedVolume, ...]
    submitted_at: datetime | None = None

    def named(self, zone: str) -> Text:
        """Its title; of an application also since when it has been handed in, on zone's clocks."""
        title = self.against.title
        if self.submitted_at is None:
            return title
        since = f"{self.submitted_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        return Text(f"{title.zh}（{since} 提交）", f"{title.en} (submitted {since})")


def meetings(
    question: Question, around: Surroundings, law: Law, roads: Mapping[str, Road] = NO_ROADS
) -> Iterator[Found]:
    """A finding for each pair of volumes that meet or may meet, mine and another's.

    `roads` are those that the question's volumes run on, and of the others' what is at hand.
    """
    for other in _others(question, around):
        for index, mine in enumerate(question.volumes):
            for theirs in other.volumes:
                finding = _meeting(index, mine, _today(theirs, roads), other, law, roads)
                if finding is not None:
                    yield finding


def _others(question: Question, around: Surroundings) -> Iterator[_Other]:
    for permit in around.permits:
        if permit.allocates:
            title = Text(permit.number, permit.number)
            against = Against("permit", permit.id, title, permit.organisation_id)
            yield _Other(against, _stance(permit, question), permit.content.volumes)
    # who asked first is told first; it is no right to the place
    for application in sorted(around.applications, key=_submitted):
        if application.id != question.application_id:
            title = Text(application.content.title, application.content.title)
            against = Against("application", application.id, title, application.organisation_id)
            yield _Other(
                against, Other.pending, application.content.volumes, application.submitted_at
            )


def _today(theirs: PlannedVolume, roads: Mapping[str, Road]) -> PlannedVolume:
    """A volume of another as of today; as it was confirmed where its roads are not at hand."""
    at_hand = all(use.stretch_id in roads for use in theirs.stretches)
    return as_of_today(theirs, roads) if at_hand else theirs


def _submitted(application: Application) -> tuple[bool, float, str]:
    at = application.submitted_at
    return at is None, at.timestamp() if at else 0.0, application.id


def _stance(permit: Permit, question: Question) -> Other:
    if permit.id in question.chain:
        return Other.of_its_chain
    own = permit.organisation_id == question.organisation_id
    return Other.of_its_operator if own else Other.of_another


@dataclass(frozen=True)
class _Met:
    """How two places stand, in words beside the other's name, and how much road they share."""

    judged: Judgement
    words: Callable[[Text], Text]
    length_m: float | None = None


def _meeting(
    index: int,
    mine: PlannedVolume,
    theirs: PlannedVolume,
    other: _Other,
    law: Law,
    roads: Mapping[str, Road],
) -> Found | None:
    case = case_of(other.stance, mine.use, theirs.use)
    if case is None or mine.zone_kind.domain is not theirs.zone_kind.domain:
        return None
    rule = law.pack.sharing(case)
    ways = compared_by(_form(mine), _form(theirs))
    met = [COMPARISONS[way](mine, theirs, rule.separation, law, roads) for way in ways]
    gravest = max((one for one in met if one), key=_gravity, default=None)
    if gravest is None or gravest.judged.verdict is Verdict.clear:
        return None
    words = gravest.words(other.named(law.frame.zone))
    both = mine.volume.schedule, theirs.volume.schedule
    return found(
        rule,
        gravest.judged.verdict,
        explain.meets(words, gravest.judged, rule.separation, law.frame.zone),
        volume_index=index,
        against=[other.against],
        judged=gravest.judged,
        shared_length_m=gravest.length_m,
        times=[Shared(*both, rule.separation.time)],
    )


def _gravity(met: _Met) -> int:
    return WEIGHT[met.judged.verdict]


def _form(planned: PlannedVolume) -> Form:
    if not planned.on_network:
        return Form.shape
    is_line = get_dimensions(planned.volume.footprint.core) == 1
    return Form.line if is_line else Form.road_area


def _on_stretches(
    mine: PlannedVolume,
    theirs: PlannedVolume,
    required: Separation,
    law: Law,
    _roads: Mapping[str, Road],
) -> _Met | None:
    """Sharing a stretch at one time is a meeting, whatever the distance across the road."""
    length_m = shared(mine.stretches, theirs.stretches)
    if length_m <= 0:
        return None
    schedules = mine.volume.schedule, theirs.volume.schedule
    times = overlap(*schedules, law.frame.calendar, required.time)
    if times is None:
        return None
    judged = Judgement(
        Verdict.conflict if times.known else Verdict.indeterminate,
        Reason.separation_breached if times.known else Reason.time_unknown,
        first_overlap=times.first,
        overlap_hours=times.total / timedelta(hours=1),
    )
    each_way = _share_each_way(mine.stretches, theirs.stretches)
    return _Met(judged, partial(explain.shares, length_m, each_way), length_m)


def _share_each_way(mine: Sequence[StretchUse], theirs: Sequence[StretchUse]) -> bool:
    """True when a stretch is shared in both directions, so that its length is counted twice."""
    forward, backward = (
        {use.stretch_id for use in mine if use.forward is way}
        & {use.stretch_id for use in theirs if use.forward is way}
        for way in (True, False)
    )
    return any(
        all(
            shared([use for use in mine if (use.stretch_id, use.forward) == road], theirs) > 0
            for road in ((stretch_id, True), (stretch_id, False))
        )
        for stretch_id in forward & backward
    )


def _as_shapes(
    mine: PlannedVolume,
    theirs: PlannedVolume,
    required: Separation,
    law: Law,
    _roads: Mapping[str, Road],
) -> _Met:
    on_roads = mine.zone_kind.on_roads and theirs.zone_kind.on_roads
    judged = judge(mine.volume, theirs.volume, required, law.frame, level_matters=on_roads)
    return _Met(judged, explain.overlaps)


def _as_areas(
    mine: PlannedVolume,
    theirs: PlannedVolume,
    required: Separation,
    law: Law,
    _roads: Mapping[str, Road],
) -> _Met:
    """Roads of different levels lie elsewhere in the areas: where both are there may be none."""
    a, b = mine.volume, theirs.volume
    if a.levels is not None and b.levels is not None and a.levels.isdisjoint(b.levels):
        a = replace(a, levels=None)
    return _Met(judge(a, b, required, law.frame, level_matters=True), explain.overlaps)


def _as_strays(
    mine: PlannedVolume,
    theirs: PlannedVolume,
    required: Separation,
    law: Law,
    roads: Mapping[str, Road],
) -> _Met | None:
    """On a piece in common the stretches decide; beside it a line may yet reach into an area."""
    line, area = (mine, theirs) if _form(mine) is Form.line else (theirs, mine)
    tolerance_m = law.pack.number(LimitKey.match_tolerance_m)
    rest = beside_common(line, area, roads, law.frame.plane, tolerance_m)
    if rest.is_empty:
        return None
    beside = replace(line.volume, footprint=Footprint(rest, line.volume.footprint.radius_m))
    judged = judge(beside, area.volume, required, law.frame)
    if judged.verdict is Verdict.conflict:
        judged = replace(judged, verdict=Verdict.indeterminate, reason=Reason.level_unknown)
    return _Met(judged, explain.strays_into)


COMPARISONS: Mapping[
    By, Callable[[PlannedVolume, PlannedVolume, Separation, Law, Mapping[str, Road]], _Met | None]
] = {
    By.stretches: _on_stretches,
    By.shapes: _as_shapes,
    By.areas: _as_areas,
    By.strays: _as_strays,
}
