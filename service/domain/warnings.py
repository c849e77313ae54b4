"""Early warnings: takeovers and hard braking that have become more frequent (Art. 46).

A warning accuses nobody. It is given where the recent rate is above the pack's and chance alone
would hardly raise it so far above the operator's own history.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, lgamma, log

from geo.text import Text
from service.domain.kinds import Code
from service.domain.rulepack import LimitKey, RulePack

_PER_KM = 1_000.0


class WarningKind(Code):
    """What has become more frequent."""

    takeovers = "takeovers", "接管", "Takeovers"
    hard_brakes = "hard_brakes", "急制动", "Hard braking"


@dataclass(frozen=True)
class Conduct:
    """What was counted over some kilometres of automated driving."""

    km: float = 0.0
    takeovers: int = 0
    hard_brakes: int = 0

    def __add__(self, other: "Conduct") -> "Conduct":
        return Conduct(
            self.km + other.km,
            self.takeovers + other.takeovers,
            self.hard_brakes + other.hard_brakes,
        )


@dataclass(frozen=True)
class EarlyWarning:
    """A rate per 1,000 km that has risen, beside what it was and what the pack holds for high."""

    kind: WarningKind
    rule_id: str
    rate: float
    rate_before: float | None
    threshold: float
    explanation: Text


_LIMITS = {
    WarningKind.takeovers: LimitKey.warning_takeovers,
    WarningKind.hard_brakes: LimitKey.warning_hard_brakes,
}


def warnings(recent: Conduct, before: Conduct, pack: RulePack) -> Iterator[EarlyWarning]:
    """Every warning that recent conduct gives, held against what it was before.

    Without kilometres before, the pack's own rate stands for the history.
    """
    most_likely = pack.number(LimitKey.warning_chance) / 100
    for kind, key in _LIMITS.items():
        limit = pack.limit(key)
        count, past = getattr(recent, kind.value), getattr(before, kind.value)
        if count == 0 or recent.km <= 0 or count * _PER_KM / recent.km <= limit.value:
            continue
        if before.km > 0:
            chance = _at_least(count, count + past, recent.km / (recent.km + before.km))
        else:
            chance = _more_than(count - 1, limit.value * recent.km / _PER_KM)
        if chance < most_likely:
            yield _warning(kind, count, past, recent, before, limit.value, limit.rule.id)


def _warning(
    kind: WarningKind,
    count: int,
    past: int,
    recent: Conduct,
    before: Conduct,
    threshold: float,
    rule_id: str,
) -> EarlyWarning:
    rate = count * _PER_KM / recent.km
    rate_before = past * _PER_KM / before.km if before.km > 0 else None
    was = "—" if rate_before is None else f"{rate_before:.1f}"
    words = Text(
        f"近期每千公里{kind.title.zh} {rate:.1f} 次，此前 {was}，预警阈值 {threshold:g}",
        f"{kind.title.en}: {rate:.1f} per 1,000 km lately, {was} before; high is {threshold:g}",
    )
    return EarlyWarning(kind, rule_id, rate, rate_before, threshold, words)


def _at_least(count: int, of: int, share: float) -> float:
    """How likely so many of all events fall on a share of the kilometres, or more: binomial.

    >>> round(_at_least(2, 2, 0.5), 6)
    0.25
    """
    return sum(_binomial(number, of, share) for number in range(count, of + 1))


def _binomial(number: int, of: int, share: float) -> float:
    ways = lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1)
    return exp(ways + number * log(share) + (of - number) * log(1 - share))


def _more_than(count: int, expected: float) -> float:
    """How likely more than so many events are where some number is expected: Poisson.

    >>> round(_more_than(0, 1.0), 6)
    0.632121
    """
    if expected <= 0:
        return 0.0
    terms = (number * log(expected) - expected - lgamma(number + 1) for number in range(count + 1))
    return max(0.0, 1.0 - sum(map(exp, terms)))
