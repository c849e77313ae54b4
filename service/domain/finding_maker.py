"""One way to make a finding, so that equal facts get equal ids and no side forgets the rule."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isfinite

from shapely.geometry.base import BaseGeometry

from geo.conflict import Judgement, Verdict
from geo.text import Text
from service.domain.common_time import When
from service.domain.explain import Extent, Sentence, said
from service.domain.findings import Against, Citation, Finding
from service.domain.rulepack import SharingCase, SharingRule


@dataclass(frozen=True, kw_only=True)
class Found(Finding):
    """A finding as a side makes it, with what it takes to say several of them in one.

    `kind` tells apart what one rule says of different things. `length_m` is the way it speaks of,
    `times` are when it holds; both are empty where that does not matter or is not known.
    """

    case: SharingCase
    kind: str
    sentence: Text | Sentence
    length_m: float
    times: tuple[When, ...]

    @property
    def extent(self) -> Extent:
        """What of it grows with the places in which it is found."""
        return Extent(self.length_m, self.first_overlap, self.overlap_hours)

    def kept(self) -> Finding:
        """The finding alone, as it is stored and shown."""
        return Finding(**{field.name: getattr(self, field.name) for field in fields(Finding)})


def found(
    rule: SharingRule,
    verdict: Verdict,
    explanation: Text | Sentence,
    *,
    volume_index: int,
    against: Sequence[Against] = (),
    judged: Judgement | None = None,
    shared_length_m: float | None = None,
    witness: BaseGeometry | None = None,
    kind: str = "",
    length_m: float = 0.0,
    times: Sequence[When] = (),
) -> Found:
    """The finding under `rule`, made of one volume of the question."""
    gap = judged.vertical_gap if judged else None
    first = judged.first_overlap if judged else None
    hours = judged.overlap_hours if judged else None
    return Found(
        id=finding_id(rule.rule.id, verdict, against, kind),
        severity=rule.severity,
        verdict=verdict,
        rule=Citation.of(rule.rule),
        against=tuple(against),
        explanation=said(explanation, Extent(length_m, first, hours)),
        offices=rule.offices,
        volume_indexes=(volume_index,),
        horizontal_distance_m=judged.horizontal_distance_m if judged else None,
        required_horizontal_m=rule.separation.horizontal_m if judged else None,
        vertical_gap_m=gap.min if gap and gap.min == gap.max and isfinite(gap.min) else None,
        required_vertical_m=rule.separation.vertical_m if gap else None,
        shared_length_m=shared_length_m,
        first_overlap=first,
        overlap_hours=hours,
        witness=witness if witness is not None else judged.witness if judged else None,
        case=rule.case,
        kind=kind,
        sentence=explanation,
        length_m=length_m,
        times=tuple(times),
    )


def finding_id(rule_id: str, verdict: Verdict, against: Sequence[Against], kind: str = "") -> str:
    """The id of what is said: the same rule, verdict, kind and parties, wherever they are met."""
    parties = sorted(f"{party.type}:{party.id}" for party in against)
    key = "|".join([rule_id, verdict, *([kind] if kind else []), *parties])
    return hashlib.sha256(key.encode()).hexdigest()[:16]
