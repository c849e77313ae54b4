"""The risk tier of a test (Art. 46): points for each factor that applies, and their sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from service.domain.kinds import RiskTier
from service.domain.rulebook_case import Case, CaseRow
from service.domain.rulebook_rule import RuleRow


@dataclass(frozen=True, kw_only=True)
class RiskFactor(CaseRow):
    """A circumstance that adds points to the risk of a case; its title is the reason given."""

    points: int


@dataclass(frozen=True, kw_only=True)
class RiskScale(RuleRow):
    """The sums from which a case is of medium and of high risk."""

    medium_from: int
    high_from: int

    def __post_init__(self) -> None:
        """Refuse a scale whose tiers are out of order."""
        if not 0 < self.medium_from < self.high_from:
            raise ValueError("the scale needs 0 < medium_from < high_from")

    def tier(self, points: int) -> RiskTier:
        """The tier of a sum."""
        if points >= self.high_from:
            return RiskTier.high
        return RiskTier.medium if points >= self.medium_from else RiskTier.low


@dataclass(frozen=True)
class RiskAssessment:
    """The tier of a case, the sum that led to it, and each factor counted."""

    tier: RiskTier
    points: int
    factors: tuple[RiskFactor, ...]
    scale: RiskScale

    @classmethod
    def of(cls, case: Case, factors: Iterable[RiskFactor], scale: RiskScale) -> Self:
        """The assessment of a case by those of `factors` that apply to it."""
        counted = tuple(factor for factor in factors if factor.applies(case))
        points = sum(factor.points for factor in counted)
        return cls(scale.tier(points), points, counted, scale)
