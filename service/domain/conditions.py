"""Figures of a summary held against the conditions of its permit and the limits of the pack.

The strictest of several limits decides, and the breach says which it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geo.text import Text
from service.domain.breach import Breach, Case
from service.domain.kinds import ConditionKind, SupervisionMode, ViolationKind, ZoneKind
from service.domain.pace import fastest_mps
from service.domain.supervision import remoteness


def too_fast(case: Case) -> Iterator[Breach]:
    """Faster than a condition of the permit, or automated than the kind of zone admits."""
    found = [(limit, mps) for limit, mps in _speeds(case) if mps > limit.mps]
    if not found:
        return
    limit, reached_mps = min(found, key=lambda one: one[0].mps)
    by = case.permit_words
    words = Text(
        f"最高速度 {reached_mps:.1f} m/s 超过{limit.words.zh}（{by.zh}）",
        f"{reached_mps:.1f} m/s is above {limit.words.en} ({by.en})",
    )
    yield case.breach(ViolationKind.speed, words, limit.rule_id)


def too_remote(case: Case) -> Iterator[Breach]:
    """Watched over from further away than the permit, or one of its conditions, says."""
    content, actual = case.permit.content, case.summary.supervision_mode
    asked = [SupervisionMode(one) for one in case.conditions(ConditionKind.supervision_mode)]
    if actual is content.supervision_mode and not asked:
        return
    permitted = min(
        (content.supervision_mode, *asked), key=lambda mode: remoteness(mode, content.domain)
    )
    if remoteness(actual, content.domain) > remoteness(permitted, content.domain):
        by = case.permit_words
        words = Text(
            f"监管方式为{actual.title.zh}，{by.zh}要求{permitted.title.zh}",
            f"Supervised from {actual}; {by.en} says {permitted}",
        )
        yield case.breach(ViolationKind.supervision, words)


@dataclass(frozen=True)
class _SpeedLimit:
    """No faster than this; without `rule_id` by a condition of the permit."""

    mps: float
    words: Text
    rule_id: str | None = None


def _speeds(case: Case) -> Iterator[tuple[_SpeedLimit, float]]:
    """Each limit that holds, and the speed that is held against it."""
    conditions = [float(value) for value in case.conditions(ConditionKind.max_speed_mps)]
    if conditions:
        mps = min(conditions)
        words = Text(f"许可条件限速 {mps:g} m/s", f"the condition of at most {mps:g} m/s")
        yield _SpeedLimit(mps, words), _reached_mps(case, mps)
    zone = _zone_limit(case)
    if zone is not None and case.bound.any():
        yield zone, _reached_automated_mps(case, zone.mps)


def _reached_mps(case: Case, limit_mps: float) -> float:
    """The highest speed that the vehicle tells, or that its fixes show beyond their accuracy."""
    track, told_mps = case.sweep.track, case.summary.fastest_told_mps
    # no two fixes show more than the swiftest segment does
    if track.times is None or case.sweep.swiftest_mps <= max(limit_mps, told_mps):
        return told_mps
    return max(told_mps, fastest_mps(track.lonlat, track.times, case.slack_m))


def _reached_automated_mps(case: Case, limit_mps: float) -> float:
    """The highest speed of automated driving, as far as it can be told from driving by hand."""
    if case.bound.all():
        return _reached_mps(case, limit_mps)
    along = case.sweep.track.speeds_mps
    if along is None:
        return 0.0
    within = np.minimum(along[:-1], along[1:])[case.bound]
    return float(within.max())


def _zone_limit(case: Case) -> _SpeedLimit | None:
    """The limit of the kind of zone it drove in; of several kinds the highest, unless it is known.

    None where the pack has none for one of them.
    """
    volumes = case.permit.content.volumes
    of = {volumes[case.home].zone_kind} if case.home >= 0 else {v.zone_kind for v in volumes}
    limits = [_limit_of(case, kind) for kind in sorted(of)]
    known = [limit for limit in limits if limit is not None]
    return max(known, key=lambda limit: limit.mps) if len(known) == len(limits) else None


def _limit_of(case: Case, kind: ZoneKind) -> _SpeedLimit | None:
    row = case.law.pack.speed_limit(kind)
    if row is None:
        return None
    words = Text(
        f"{kind.title.zh}限速 {row.value:g} m/s", f"the limit of {kind}, {row.value:g} m/s"
    )
    return _SpeedLimit(row.value, words, row.rule.id)
