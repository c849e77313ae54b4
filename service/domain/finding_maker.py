"""One way to make a finding, so that equal facts get equal ids and no side forgets the rule."""

import hashlib
from collections.abc import Sequence
from math import isfinite

from shapely.geometry.base import BaseGeometry

from geo.conflict import Judgement, Verdict
from geo.schedule import Interval
from geo.text import Text
from service.domain.findings import Against, Citation, Finding
from service.domain.rulepack import SharingRule


def found(
    rule: SharingRule,
    verdict: Verdict,
    explanation: Text,
    *,
    volume_index: int,
    against: Sequence[Against] = (),
    judged: Judgement | None = None,
    shared_length_m: float | None = None,
    first_overlap: Interval | None = None,
    witness: BaseGeometry | None = None,
) -> Finding:
    """The finding under `rule`, made of one volume of the question."""
    gap = judged.vertical_gap if judged else None
    return Finding(
        id=finding_id(rule.rule.id, verdict, against),
        severity=rule.severity,
        verdict=verdict,
        rule=Citation.of(rule.rule),
        against=tuple(against),
        explanation=explanation,
        offices=rule.offices,
        volume_indexes=(volume_index,),
        horizontal_distance_m=judged.horizontal_distance_m if judged else None,
        required_horizontal_m=rule.separation.horizontal_m if judged else None,
        vertical_gap_m=gap.min if gap and gap.min == gap.max and isfinite(gap.min) else None,
        required_vertical_m=rule.separation.vertical_m if gap else None,
        shared_length_m=shared_length_m,
        first_overlap=judged.first_overlap if judged else first_overlap,
        overlap_hours=judged.overlap_hours if judged else None,
        witness=witness if witness is not None else judged.witness if judged else None,
    )


def finding_id(rule_id: str, verdict: Verdict, against: Sequence[Against]) -> str:
    """The id of what is said: the same rule, verdict and parties are one finding, wherever met."""
    key = "|".join([rule_id, verdict, *(f"{party.type}:{party.id}" for party in against)])
    return hashlib.sha256(key.encode()).hexdigest()[:16]
