"""Holding a summary against its permit: what it proves and which limits it shows to be broken.

Judged at event time. Automated driving (any flying) must stay in the permitted places, hours and
heights; a manual leg from the garage need not. A jittering fix is no excursion: places are widened
by the pack's tolerance, or by the accuracy the vehicle states where that is worse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.evidence import Evidence
from service.domain.kinds import (
    ConditionKind,
    ControlMode,
    Domain,
    PermitState,
    Standing,
    SupervisionMode,
    ViolationKind,
)
from service.domain.permit import Permit
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.sweep import Dimension, Excursion, Flags, Floats, Sweep, excursions
from service.domain.telemetry import Summary

_METRES_PER_KM = 1000.0
_SECONDS_PER_HOUR = 3600.0
_REMOTENESS = {
    SupervisionMode.driver_seat: 0,
    SupervisionMode.passenger_seat: 1,
    SupervisionMode.rear_seat: 2,
    SupervisionMode.remote: 3,
    SupervisionMode.vlos: 0,
    SupervisionMode.bvlos: 1,
}
"""How far the watching person is from the controls; nearer than permitted is no breach."""


@dataclass(frozen=True)
class Breach:
    """A limit broken: which, from when to when, over how many metres, and where."""

    violation_kind: ViolationKind
    rule_id: str
    first_at: datetime
    last_at: datetime
    explanation: Text
    length_m: float = 0.0
    track: BaseGeometry | None = None


@dataclass(frozen=True)
class Proof:
    """What a summary proves, and every limit it shows to be broken."""

    evidence: Evidence
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, eq=False)
class _Case:
    """A summary, its path and the permit it is held against.

    `bound` marks the segments that the permit binds: automated driving, all flying.
    """

    summary: Summary
    permit: Permit
    law: Law
    sweep: Sweep
    bound: Flags

    @property
    def is_flight(self) -> bool:
        """True when everything it reports is bound."""
        return self.permit.content.domain is Domain.air

    def breach(self, kind: ViolationKind, words: Text) -> Breach:
        """A breach that lasted as long as the summary."""
        rule = self.law.pack.conduct(kind)
        return Breach(kind, rule.id, self.summary.started_at, self.summary.ended_at, words)

    def breach_on(
        self,
        segments: Flags,
        length_m: float,
        track: BaseGeometry,
        kind: ViolationKind,
        words: Text,
    ) -> Breach:
        """A breach on some segments of the path."""
        whole = self.summary.started_at, self.summary.ended_at
        first, last = self.sweep.during(segments) or whole
        return Breach(kind, self.law.pack.conduct(kind).id, first, last, words, length_m, track)


def prove(summary: Summary, permit: Permit, law: Law) -> Proof:
    """The proof of one summary under its permit."""
    modes = summary.track.modes or (None,) * (len(summary.track.lonlat) - 1)
    flying = permit.content.domain is Domain.air
    bound = np.array([flying or mode is ControlMode.automated for mode in modes], dtype=np.bool_)
    case = _Case(summary, permit, law, Sweep.of(summary.track), bound)
    left = tuple(_excursions(case))
    unlawful = tuple(_not_allowed(case))
    breaches = (
        *unlawful,
        *(_strayed(case, excursion) for excursion in left),
        *_too_fast(case),
        *_too_remote(case),
        *_implausible(case),
    )
    believed = all(b.violation_kind is not ViolationKind.implausible for b in breaches)
    return Proof(_evidence(case, _credit(case, left, bool(unlawful)), believed), breaches)


def _excursions(case: _Case) -> Iterator[Excursion]:
    if not case.bound.any():
        return
    tolerance_m = max(
        case.law.pack.number(LimitKey.excursion_tolerance_m), case.summary.horizontal_accuracy_m
    )
    volumes = [planned.volume for planned in case.permit.content.volumes]
    yield from excursions(case.sweep, case.bound, volumes, tolerance_m, case.law.frame)


def _strayed(case: _Case, left: Excursion) -> Breach:
    match left.dimension:
        case Dimension.place:
            kind = ViolationKind.out_of_area_automated
            words = Text(
                f"自动驾驶超出许可范围 {left.length_m:.0f} m",
                f"{left.length_m:.0f} m driven automatically outside the permitted place",
            )
        case Dimension.time:
            kind = ViolationKind.out_of_area_automated
            words = Text(
                f"在许可时段之外自动驾驶 {left.length_m:.0f} m",
                f"{left.length_m:.0f} m driven automatically outside the permitted hours",
            )
        case Dimension.height:
            kind = ViolationKind.altitude
            words = Text(
                f"有 {left.length_m:.0f} m 的飞行高度超出许可高度",
                f"{left.length_m:.0f} m flown outside the permitted altitudes",
            )
    return case.breach_on(left.segments, left.length_m, left.track, kind, words)


def _not_allowed(case: _Case) -> Iterator[Breach]:
    """Automation under a permit that was not active, or by a vehicle not cleared on it."""
    summary, permit = case.summary, case.permit
    if not (summary.claims_automation or case.is_flight):
        return
    content = permit.content
    states = permit.state_at(summary.started_at), permit.state_at(summary.ended_at)
    idle = [s for s in states if s not in (PermitState.active, PermitState.expired)]
    begun = content.valid_from <= summary.started_at and summary.ended_at <= content.valid_to
    if idle or not begun:
        state = idle[0] if idle else states[0]
        words = Text(
            f"许可当时状态为{state.title.zh},或不在有效期内",
            f"The permit was {state} then, or outside its validity",
        )
        yield case.breach(ViolationKind.permit_not_active, words)
    standing = permit.vehicle(summary.vehicle_id).standing
    if standing is not Standing.cleared:
        words = Text(f"车辆状态为{standing.title.zh}", f"The vehicle was {standing}")
        yield case.breach(ViolationKind.vehicle_not_cleared, words)


def _set(permit: Permit, kind: ConditionKind) -> Sequence[str]:
    """The values of the permit's conditions of a kind."""
    return [condition.value for condition in permit.conditions if condition.kind is kind]


def _too_fast(case: _Case) -> Iterator[Breach]:
    limits_mps = [float(value) for value in _set(case.permit, ConditionKind.max_speed_mps)]
    reached_mps = case.summary.max_speed_mps
    if limits_mps and reached_mps > min(limits_mps):
        words = Text(
            f"最高速度 {reached_mps:.1f} m/s 超过许可条件",
            f"{reached_mps:.1f} m/s is above the permit's condition",
        )
        yield case.breach(ViolationKind.speed, words)


def _too_remote(case: _Case) -> Iterator[Breach]:
    actual = case.summary.supervision_mode
    asked = [SupervisionMode(v) for v in _set(case.permit, ConditionKind.supervision_mode)]
    permitted = min((case.permit.content.supervision_mode, *asked), key=_REMOTENESS.__getitem__)
    if _REMOTENESS[actual] > _REMOTENESS[permitted]:
        words = Text(
            f"监管方式为{actual.title.zh},许可为{permitted.title.zh}",
            f"Supervised from {actual}; the permit says {permitted}",
        )
        yield case.breach(ViolationKind.supervision, words)


def _implausible(case: _Case) -> Iterator[Breach]:
    """Faster than anything of its kind goes: a fix is wrong, or the path is another vehicle's."""
    times, sweep = case.summary.track.times, case.sweep
    if times is None:
        return
    key = LimitKey.plausible_air_mps if case.is_flight else LimitKey.plausible_ground_mps
    slack_m = 2 * case.summary.horizontal_accuracy_m
    leaps = sweep.length_m > case.law.pack.number(key) * np.diff(times) + slack_m
    if leaps.any():
        words = Text("相邻定位点间的速度不可能", "The speed between two fixes is not possible")
        length_m, track = (
            float(sweep.length_m[leaps].sum()),
            shapely.union_all(sweep.segments[leaps]),
        )
        yield case.breach_on(leaps, length_m, track, ViolationKind.implausible, words)


def _credit(case: _Case, left: Sequence[Excursion], unlawful: bool) -> Floats:
    """How much of each segment, 0 to 1, was driven as permitted or needed no permit."""
    credit = np.ones(len(case.bound))
    for excursion in left:
        credit -= excursion.share
    if unlawful:
        credit[case.bound] = 0.0
    return credit


def _evidence(case: _Case, credit: Floats, believed: bool) -> Evidence:
    """Kilometres and hours by mode from the path; from the claims, and uncertain, without modes."""
    summary, track, sweep = case.summary, case.summary.track, case.sweep
    accurate = summary.horizontal_accuracy_m <= case.law.pack.number(LimitKey.horizontal_accuracy_m)
    km: dict[ControlMode, float] = dict(summary.distance_km)
    hours = {mode: s / _SECONDS_PER_HOUR for mode, s in summary.duration_s.items()}
    if track.modes is not None and track.times is not None:
        proved_m, proved_s = sweep.length_m * credit, np.diff(track.times) * credit
        at = {mode: np.array([m is mode for m in track.modes]) for mode in set(track.modes)}
        km = {mode: float(proved_m[there].sum()) / _METRES_PER_KM for mode, there in at.items()}
        hours = {m: float(proved_s[there].sum()) / _SECONDS_PER_HOUR for m, there in at.items()}
    return Evidence(
        summary_id=summary.id,
        vehicle_id=summary.vehicle_id,
        permit_id=case.permit.id,
        organisation_id=case.permit.organisation_id,
        started_at=summary.started_at,
        ended_at=summary.ended_at,
        km=km,
        hours=hours,
        outside_km=float((sweep.length_m * (1 - credit)).sum()) / _METRES_PER_KM,
        claimed_km=sum(summary.distance_km.values()),
        takeovers=summary.takeovers.total,
        uncertain=not (believed and accurate and track.modes and track.times is not None),
    )
