"""Evidence: what a summary proves under its permit, computed and never merely claimed.

Values only; how they are found is in proof.py (Art. 24; CN-ICV-97 on declared segments).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import isfinite

from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.kinds import ControlMode, ViolationKind


@dataclass(frozen=True)
class Violation:
    """A limit of the permit that a summary shows to be broken, with its track and deciding rule.

    What repeats it soon is counted on it: `count`, `last_at` and `length_m` are of all of them,
    track and explanation of the first that came.
    """

    id: str
    revision: int
    violation_kind: ViolationKind
    organisation_id: str
    vehicle_id: str
    permit_id: str
    permit_revision: int
    summary_id: str
    rule_id: str
    first_at: datetime
    last_at: datetime
    length_m: float
    track: BaseGeometry | None
    explanation: Text
    count: int = 1

    def repeated_by(self, other: "Violation", window: timedelta) -> bool:
        """True when the other is the same again, and both lie in one window of time."""
        same = all(getattr(self, name) == getattr(other, name) for name in _SERIES)
        first, last = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        return same and last - first <= window

    def with_repetition(self, other: "Violation") -> "Violation":
        """This one with the other counted on it."""
        return replace(
            self,
            first_at=min(self.first_at, other.first_at),
            last_at=max(self.last_at, other.last_at),
            length_m=self.length_m + other.length_m,
            count=self.count + other.count,
        )


_SERIES = ("vehicle_id", "permit_id", "permit_revision", "violation_kind", "rule_id")
"""What violations have in common that may be one."""


@dataclass(frozen=True)
class Where:
    """What a part of the evidence belongs to; None where there is no such thing."""

    day: date
    mode: ControlMode
    zone_id: str | None = None
    stretch_id: str | None = None
    forward: bool | None = None


@dataclass(frozen=True)
class Part:
    """Kilometres and hours at one place; how often its stretch was entered and left by its ends."""

    where: Where
    km: float
    hours: float
    entries: int = 0
    exits: int = 0


@dataclass(frozen=True)
class Mileage:
    """What many parts come to in one mode: the values of the columns grouped by, then the sums."""

    group: tuple[str | date | bool | None, ...]
    mode: ControlMode
    km: float
    hours: float
    entries: int
    exits: int

    @property
    def passes(self) -> int:
        """How often its stretch was driven from end to end, as far as ends seen can tell."""
        return min(self.entries, self.exits)


@dataclass(frozen=True)
class Evidence:
    """What one summary proves: kilometres and hours by mode, driven as permitted.

    `outside_km` were surely driven against it; what inaccuracy or jitter may explain is in neither.
    `claimed_km` stands beside for comparison. Without times and modes evidence is `uncertain`,
    earns nothing at a gate and has no `parts`; else they add up to `km` and `hours`.
    """

    summary_id: str
    vehicle_id: str
    permit_id: str
    organisation_id: str
    started_at: datetime
    ended_at: datetime
    km: Mapping[ControlMode, float]
    hours: Mapping[ControlMode, float]
    outside_km: float
    claimed_km: float
    takeovers: int
    uncertain: bool
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be added up: FloatingPointError, as of any other computation."""
        figures = (*self.km.values(), *self.hours.values(), self.outside_km, self.claimed_km)
        if not all(map(isfinite, figures)):
            raise FloatingPointError("evidence is no finite number")
