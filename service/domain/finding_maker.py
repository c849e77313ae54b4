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
    their_index: int | None = None,
    judged: Judgement | None = None,
    shared_length_m: float | None = None,
    first_overlap: Interval | None = None,
    witness: BaseGeometry | None = None,
) -> Finding:
    """The finding under `rule`; its id follows from rule, volume and what it was made against.

    `their_index` tells which volume of that was met, where it has several.
    """
    parties = [f"{a.type}:{a.id}" for a in against]
    key = "|".join([rule.rule.id, str(volume_index), str(their_index), *parties])
    gap = judged.vertical_gap if judged else None
    return Finding(
        id=hashlib.sha256(key.encode()).hexdigest()[:16],
        severity=rule.severity,
        verdict=verdict,
        rule=Citation.of(rule.rule),
        against=tuple(against),
        explanation=explanation,
        offices=rule.offices,
        volume_index=volume_index,
        horizontal_distance_m=judged.horizontal_distance_m if judged else None,
        required_horizontal_m=rule.separation.horizontal_m if judged else None,
        vertical_gap_m=gap.min if gap and gap.min == gap.max and isfinite(gap.min) else None,
        required_vertical_m=rule.separation.vertical_m if gap else None,
        shared_length_m=shared_length_m,
        first_overlap=judged.first_overlap if judged else first_overlap,
        overlap_hours=judged.overlap_hours if judged else None,
        witness=witness if witness is not None else judged.witness if judged else None,
    )
