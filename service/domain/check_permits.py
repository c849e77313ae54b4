"""A test against other permits and pending applications (decisions 7 to 9).

Permits allocate: shared use is normal, only exclusive use blocks. Ground uses are compared on
stretches by direction and level: shared length counts, a crossing or an end-to-end touch does not.
Areas and the air are compared as volumes. How many vehicles a zone holds is check_capacity's
affair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from geo.conflict import Judgement, Reason, Verdict, judge
from geo.frame import Frame
from geo.schedule import Overlap, overlap
from geo.text import Text
from geo.usage import shared
from service.domain import explain
from service.domain.application import Application
from service.domain.finding_maker import found
from service.domain.findings import Against, Finding
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question, Surroundings
from service.domain.rulepack import SharingRule
from service.domain.sharing import Other, case_of


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


def meetings(question: Question, around: Surroundings, law: Law) -> Iterator[Finding]:
    """A finding for each pair of volumes that meet or may meet, mine and another's."""
    for other in _others(question, around):
        for index, mine in enumerate(question.volumes):
            for theirs in other.volumes:
                finding = _meeting(index, mine, theirs, other, law)
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


def _submitted(application: Application) -> tuple[bool, float, str]:
    at = application.submitted_at
    return at is None, at.timestamp() if at else 0.0, application.id


def _stance(permit: Permit, question: Question) -> Other:
    if permit.id in question.chain:
        return Other.of_its_chain
    own = permit.organisation_id == question.organisation_id
    return Other.of_its_operator if own else Other.of_another


def _meeting(
    index: int,
    mine: PlannedVolume,
    theirs: PlannedVolume,
    other: _Other,
    law: Law,
) -> Finding | None:
    case = case_of(other.stance, mine.use, theirs.use)
    if case is None or mine.zone_kind.domain is not theirs.zone_kind.domain:
        return None
    rule = law.pack.sharing(case)
    judged, length_m = _compare(mine, theirs, rule, law.frame)
    if judged is None or judged.verdict is Verdict.clear:
        return None
    name = other.named(law.frame.zone)
    words = (
        explain.shares(length_m, name.zh, name.en)
        if length_m is not None
        else Text(f"与{name.zh}范围重叠", f"Overlaps {name.en}")
    )
    return found(
        rule,
        judged.verdict,
        explain.meets(words.zh, words.en, judged, law.frame.zone),
        volume_index=index,
        against=[other.against],
        judged=judged,
        shared_length_m=length_m,
    )


def _compare(
    mine: PlannedVolume, theirs: PlannedVolume, rule: SharingRule, frame: Frame
) -> tuple[Judgement | None, float | None]:
    """How the two stand, and the shared length where they were compared on stretches."""
    if mine.on_network and theirs.on_network:
        length_m = shared(mine.stretches, theirs.stretches)
        if length_m <= 0:
            return None, None
        times = overlap(mine.volume.schedule, theirs.volume.schedule, frame.calendar)
        return (_at(times) if times else None), length_m
    level_matters = mine.zone_kind.on_roads and theirs.zone_kind.on_roads
    return (
        judge(mine.volume, theirs.volume, rule.separation, frame, level_matters=level_matters),
        None,
    )


def _at(times: Overlap) -> Judgement:
    """Sharing a stretch at these times is a meeting, whatever the distance across the road."""
    return Judgement(
        Verdict.conflict,
        Reason.separation_breached,
        first_overlap=times.first,
        overlap_hours=times.total / timedelta(hours=1),
    )
