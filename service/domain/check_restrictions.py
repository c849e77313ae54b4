"""A test against restrictions: whom they concern, levels, heights, hours (Order 761 Art. 19)."""

from collections.abc import Iterator, Sequence

from geo.conflict import Judgement, Verdict, judge
from geo.text import Text
from service.domain import explain
from service.domain.finding_maker import found
from service.domain.findings import CONFIDENTIAL, Against, Finding
from service.domain.kinds import Domain, Visibility
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question
from service.domain.restriction import Restriction
from service.domain.rulepack import SharingCase


def restricted(
    question: Question, restrictions: Sequence[Restriction], law: Law
) -> Iterator[Finding]:
    """A finding for every restriction in force that a volume meets or may meet."""
    concerned = [r for r in restrictions if r.in_force and r.applies_to.concerns(question.domain)]
    for index, volume in enumerate(question.volumes):
        for restriction in concerned:
            finding = _met(index, volume, restriction, law)
            if finding is not None:
                yield finding


def judged_against(volume: PlannedVolume, restriction: Restriction, law: Law) -> Judgement:
    """How a volume stands to a restriction, as if that were in force and concerned it."""
    rule = law.pack.sharing(SharingCase.of_restriction(restriction.effect))
    on_levels = restriction.volume.levels is not None
    return judge(
        volume.volume,
        restriction.volume,
        rule.separation,
        law.frame,
        level_matters=on_levels and volume.zone_kind.domain is Domain.ground,
    )


def _met(index: int, volume: PlannedVolume, restriction: Restriction, law: Law) -> Finding | None:
    rule = law.pack.sharing(SharingCase.of_restriction(restriction.effect))
    judged = judged_against(volume, restriction, law)
    if judged.verdict is Verdict.clear:
        return None
    owner_id = CONFIDENTIAL if restriction.visibility is Visibility.authorities else None
    name, effect = restriction.name, restriction.effect.title
    met = Text(f"进入{effect.zh}区域“{name.zh}”", f"Enters “{name.en}” ({effect.en})")
    return found(
        rule,
        judged.verdict,
        explain.meets(met.zh, met.en, judged, law.frame.zone),
        volume_index=index,
        against=[Against("restriction", restriction.id, name, owner_id)],
        judged=judged,
    )
