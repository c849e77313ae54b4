"""Telemetry summaries: what a vehicle says of one interval, and what becomes of it.

A summary is counted once, by vehicle, boot and sequence number. What it proves under its permit is
proof.py's affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from service.domain.kinds import Code, ControlMode, SupervisionMode

SummaryKey = tuple[str, str, int]
"""Vehicle, boot and number: what makes a summary one and the same, however often it is sent."""


class Outcome(Code):
    """What became of one posted summary."""

    accepted = "accepted", "已接收", "Accepted"
    duplicate = "duplicate", "重复", "Duplicate"
    rejected = "rejected", "拒收", "Rejected"


@dataclass(frozen=True)
class Takeovers:
    """How often control was taken over, by whom."""

    driver: int = 0
    system: int = 0
    remote: int = 0

    @property
    def total(self) -> int:
        """All takeovers together."""
        return self.driver + self.system + self.remote


@dataclass(frozen=True, eq=False)
class Track:
    """A path with what is known at each fix.

    lonlat: (n, 2) degrees, canonical datum; times: (n,) POSIX seconds or None; modes: n - 1 segment
    modes or None; altitudes_m: (n,) or None, in `altitude_reference`.
    """

    lonlat: NDArray[np.float64]
    times: NDArray[np.float64] | None = None
    modes: tuple[ControlMode, ...] | None = None
    speeds_mps: NDArray[np.float64] | None = None
    altitudes: NDArray[np.float64] | None = None
    altitude_reference: str | None = None

    def without_repetitions(self) -> "Track":
        """The same without fixes that say again what the one before them said, place and time.

        Nothing was driven between the two, so that nothing is lost with the segment.
        """
        if self.times is None:
            return self
        told = [self.times, self.lonlat, *(a for a in (self.altitudes,) if a is not None)]
        steps = [np.diff(numbers, axis=0).reshape(len(self.times) - 1, -1) for numbers in told]
        new = np.asarray(np.hstack(steps).any(axis=1))
        if new.all() or not new.any():
            return self
        kept = np.concatenate(([True], new))
        return replace(
            self,
            lonlat=self.lonlat[kept],
            times=self.times[kept],
            modes=self.modes and tuple(compress(self.modes, new)),
            speeds_mps=None if self.speeds_mps is None else self.speeds_mps[kept],
            altitudes=None if self.altitudes is None else self.altitudes[kept],
        )


@dataclass(frozen=True, eq=False)
class Summary:
    """One interval of one vehicle, as it was reported."""

    id: str
    vehicle_id: str
    permit_id: str
    activity_id: str | None
    boot_id: str
    seq: int
    started_at: datetime
    ended_at: datetime
    software_version: str
    supervision_mode: SupervisionMode
    distance_km: Mapping[ControlMode, float]
    duration_s: Mapping[ControlMode, float]
    takeovers: Takeovers
    hard_brakes: int
    minimal_risk_manoeuvres: int
    max_speed_mps: float
    mean_speed_mps: float
    horizontal_accuracy_m: float
    crs: str
    track: Track
    digest: str

    @property
    def key(self) -> SummaryKey:
        """What it goes by."""
        return (self.vehicle_id, self.boot_id, self.seq)

    @property
    def fastest_told_mps(self) -> float:
        """The highest speed that it tells, in its figures or along its path."""
        along = self.track.speeds_mps
        return self.max_speed_mps if along is None else max(self.max_speed_mps, float(along.max()))

    @property
    def claims_automation(self) -> bool:
        """True when it reports driving in automated mode, in its sums or along its path."""
        automated = ControlMode.automated
        claimed = self.distance_km.get(automated, 0) > 0 or self.duration_s.get(automated, 0) > 0
        return claimed or automated in (self.track.modes or ())


@dataclass(frozen=True)
class Arrival:
    """A summary as it was recorded, and when it came in."""

    summary: Summary
    received_at: datetime

    @property
    def clock_ahead(self) -> timedelta:
        """By how much the vehicle's clock runs ahead, at least: it told of a time yet to come."""
        return max(self.summary.ended_at - self.received_at, timedelta(0))
