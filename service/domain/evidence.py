"""Evidence: what a summary proves under its permit, computed and never merely claimed.

Values only; how they are found is in proof.py (Art. 24; CN-ICV-97 on declared segments).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.kinds import ControlMode, ViolationKind


@dataclass(frozen=True)
class Violation:
    """A limit of the permit that a summary shows to be broken, with its track and deciding rule."""

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


@dataclass(frozen=True)
class Evidence:
    """What one summary proves: kilometres and hours by mode, driven as permitted.

    `outside_km` were bound by the permit and not within it; `claimed_km` stands beside for
    comparison. Without times and modes evidence is `uncertain` and earns nothing at a gate.
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

    def __post_init__(self) -> None:
        """Refuse what cannot be added up: FloatingPointError, as of any other computation."""
        figures = (*self.km.values(), *self.hours.values(), self.outside_km, self.claimed_km)
        if not all(map(isfinite, figures)):
            raise FloatingPointError("evidence is no finite number")
