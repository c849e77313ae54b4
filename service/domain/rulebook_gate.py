"""What must have been shown before a phase may be entered.

Gates state their thresholds; the evidence of the whole chain is held against them elsewhere. A
threshold of None means that no source gives a number: it is shown and never blocks.
"""

from dataclasses import dataclass
from typing import TypeAlias

from service.domain.kinds import ControlMode, Phase
from service.domain.rulebook_rule import RuleRow


@dataclass(frozen=True, kw_only=True)
class GateRow(RuleRow):
    """A condition on entering one of `phases`."""

    phases: frozenset[Phase]

    def __post_init__(self) -> None:
        """Refuse a gate that guards nothing."""
        if not self.phases:
            raise ValueError("a gate must name the phases it guards")


@dataclass(frozen=True, kw_only=True)
class PreviousPhaseGate(GateRow):
    """The chain holds a permit of the phase before."""

    previous: Phase


@dataclass(frozen=True, kw_only=True)
class ExposureGate(GateRow):
    """Each vehicle has driven enough hours or kilometres, in `modes`, on the place requested."""

    hours: float | None = None
    km: float | None = None
    modes: frozenset[ControlMode]

    def __post_init__(self) -> None:
        """Refuse a gate without any threshold."""
        GateRow.__post_init__(self)
        if self.hours is None and self.km is None:
            raise ValueError("an exposure gate needs hours, km, or both")

    def met_by(self, hours: float, km: float) -> bool:
        """True when either threshold that the gate states is reached."""
        return (self.hours is not None and hours >= self.hours) or (
            self.km is not None and km >= self.km
        )


@dataclass(frozen=True, kw_only=True)
class CleanRecordGate(GateRow):
    """No more violations and accidents for which the test side is liable than this."""

    violations: int
    liable_accidents: int


@dataclass(frozen=True, kw_only=True)
class ContainmentGate(GateRow):
    """Every stretch requested was passed this often by matched tracks in `modes`.

    A pass is one matched traverse from end to end; each direction requested counts by itself when
    `by_direction`, and each named band of hours (ids of hour rows) counts by itself.
    """

    passes: int
    by_direction: bool
    hour_bands: tuple[str, ...] = ()
    modes: frozenset[ControlMode]


@dataclass(frozen=True, kw_only=True)
class ExpresswayGate(GateRow):
    """Automated kilometres off the expressway that each vehicle has driven before going on one."""

    prior_km: float | None = None


@dataclass(frozen=True, kw_only=True)
class TimeInPhaseGate(GateRow):
    """Days that the phase before has been active."""

    days: int


@dataclass(frozen=True, kw_only=True)
class ReportsFiledGate(GateRow):
    """No more reports of the chain overdue than this."""

    overdue: int


Gate: TypeAlias = (
    PreviousPhaseGate
    | ExposureGate
    | CleanRecordGate
    | ContainmentGate
    | ExpresswayGate
    | TimeInPhaseGate
    | ReportsFiledGate
)
