"""Holding a summary against its permit: what it proves and which limits it shows to be broken.

Judged at event time. Automated driving (any flying) must stay in the permitted places, hours and
heights; a manual leg from the garage need not. A jittering fix is no excursion: places are widened
by the pack's tolerance, or by the accuracy the vehicle states where that is worse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely.errors import ShapelyError

from geo.text import Text
from geo.times import difference
from service.domain.breach import Breach, Case
from service.domain.errors import RegistryError
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
from service.domain.pace import Flags, Floats, Span, fastest_mps, share_of_time, union
from service.domain.permit import Permit
from service.domain.plausibility import doubts
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.supervision import remoteness
from service.domain.sweep import Dimension, Excursion, Sweep, excursions
from service.domain.telemetry import Summary

_METRES_PER_KM = 1000.0
_SECONDS_PER_HOUR = 3600.0


class Unprovable(RegistryError):
    """The path or the figures of a summary admit no computation."""

    code = "unprovable"


@dataclass(frozen=True)
class Proof:
    """What a summary proves, and every limit it shows to be broken."""

    evidence: Evidence
    breaches: tuple[Breach, ...]


def prove(summary: Summary, permit: Permit, law: Law, recorded: Sequence[Span] = ()) -> Proof:
    """The proof of one summary under its permit; Unprovable when nothing can be computed from it.

    `recorded` is when the vehicle's summaries took place that were counted before.
    """
    try:
        return _held_against(summary, permit, law, recorded)
    except (ArithmeticError, ShapelyError) as failed:
        raise Unprovable(Text("轨迹或数值无法计算", "It cannot be computed")) from failed


def _held_against(summary: Summary, permit: Permit, law: Law, recorded: Sequence[Span]) -> Proof:
    modes = summary.track.modes or (None,) * (len(summary.track.lonlat) - 1)
    flying = permit.content.domain is Domain.air
    bound = np.array([flying or mode is ControlMode.automated for mode in modes], dtype=np.bool_)
    case = Case(summary, permit, law, Sweep.of(summary.track), bound, recorded)
    left = _excursions(case, _stated_m(case))
    stops = tuple(_stops(case))
    breaches = (
        *_not_allowed(case, stops),
        *(_strayed(case, excursion) for excursion in left),
        *_too_fast(case),
        *_too_remote(case),
        *_hidden(case, left),
        *doubts(case),
    )
    believed = all(b.violation_kind is not ViolationKind.implausible for b in breaches)
    return Proof(_evidence(case, _credit(case, left, stops), believed), breaches)


# places, hours, heights


def _stated_m(case: Case) -> float:
    """How far beside its place a vehicle may seem that is there, by its own accuracy."""
    tolerance_m = case.limit(LimitKey.excursion_tolerance_m)
    return max(tolerance_m, case.summary.horizontal_accuracy_m)


def _excursions(case: Case, tolerance_m: float) -> tuple[Excursion, ...]:
    if not case.bound.any():
        return ()
    volumes = [planned.volume for planned in case.permit.content.volumes]
    daily = [c.daily_window for c in case.permit.conditions if c.kind is ConditionKind.hours]
    # an unreadable value was let in before values were checked: no machine can hold anyone to it
    hours = [window for window in daily if window is not None]
    return tuple(excursions(case.sweep, case.bound, volumes, hours, tolerance_m, case.law.frame))


def _strayed(case: Case, left: Excursion) -> Breach:
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
    return case.breach_on(left.segments, kind, words, length_m=left.length_m, track=left.track)


def _hidden(case: Case, left: Sequence[Excursion]) -> Iterator[Breach]:
    """An excursion that only an absurd accuracy excuses: nobody is accused of it, nor believed."""
    accuracy_m = case.summary.horizontal_accuracy_m
    if left or accuracy_m <= case.limit(LimitKey.absurd_accuracy_m):
        return
    tolerance_m = case.limit(LimitKey.excursion_tolerance_m)
    credible_m = max(tolerance_m, case.limit(LimitKey.horizontal_accuracy_m))
    for excursion in _excursions(case, credible_m):
        words = Text(
            f"轨迹在许可范围之外，定位精度 {accuracy_m:.0f} m 不能作为理由",
            f"The path lies outside the permit; an accuracy of {accuracy_m:.0f} m excuses nothing",
        )
        yield case.breach_on(
            excursion.segments,
            ViolationKind.implausible,
            words,
            length_m=excursion.length_m,
            track=excursion.track,
        )


# the permit and the vehicle


@dataclass(frozen=True)
class _Stop:
    """A time at which nothing that the permit binds was allowed, and why."""

    kind: ViolationKind
    words: Text
    span: Span


def _stops(case: Case) -> Iterator[_Stop]:
    """When the permit was not active or the vehicle not cleared, of the time told of."""
    permit, vehicle_id = case.permit, case.summary.vehicle_id
    start, end = case.told_of
    turns = {permit.content.valid_from, permit.content.valid_to, *(g.at for g in permit.grounds)}
    for span in pairwise(sorted({start, end, *(at for at in turns if start < at < end)})):
        state, standing = permit.state_at(span[0]), permit.standing_at(vehicle_id, span[0])
        if state is not PermitState.active or span[0] < permit.content.valid_from:
            words = Text(
                f"许可当时状态为{state.title.zh}，或不在有效期内",
                f"The permit was {state} then, or outside its validity",
            )
            yield _Stop(ViolationKind.permit_not_active, words, span)
        if standing is not Standing.cleared:
            words = Text(f"车辆状态为{standing.title.zh}", f"The vehicle was {standing}")
            yield _Stop(ViolationKind.vehicle_not_cleared, words, span)


def _during(case: Case, stops: Iterable[_Stop]) -> Flags:
    """The bound segments of which some was driven during a stop."""
    spans, times = [stop.span for stop in stops], case.sweep.track.times
    if times is None:
        return case.bound & bool(spans)
    return case.bound & (share_of_time(times, union(spans)) > 0)


def _not_allowed(case: Case, stops: Sequence[_Stop]) -> Iterator[Breach]:
    """Automation, or flying, during a stop; one breach for each kind of stop."""
    for kind in dict.fromkeys(stop.kind for stop in stops):
        of_kind = [stop for stop in stops if stop.kind is kind]
        driven_in = [stop for stop in of_kind if _during(case, [stop]).any()]
        if driven_in:
            yield case.breach_on(_during(case, driven_in), kind, driven_in[0].words)
        elif case.summary.claims_automation and not case.bound.any():
            yield case.breach(kind, of_kind[0].words)


# conditions


def _too_fast(case: Case) -> Iterator[Breach]:
    """Faster than the permit's condition, by what the vehicle tells or by how its fixes lie."""
    limits_mps = [float(value) for value in case.conditions(ConditionKind.max_speed_mps)]
    if not limits_mps:
        return
    track, reached_mps = case.sweep.track, case.summary.fastest_told_mps
    if track.times is not None:
        driven_mps = fastest_mps(track.lonlat, track.times, case.slack_m)
        reached_mps = max(reached_mps, driven_mps)
    if reached_mps > min(limits_mps):
        words = Text(
            f"最高速度 {reached_mps:.1f} m/s 超过许可条件",
            f"{reached_mps:.1f} m/s is above the permit's condition",
        )
        yield case.breach(ViolationKind.speed, words)


def _too_remote(case: Case) -> Iterator[Breach]:
    content, actual = case.permit.content, case.summary.supervision_mode
    asked = map(SupervisionMode, case.conditions(ConditionKind.supervision_mode))
    far = {mode: remoteness(mode, content.domain) for mode in SupervisionMode}
    permitted = min((content.supervision_mode, *asked), key=far.__getitem__)
    if far[actual] > far[permitted]:
        words = Text(
            f"监管方式为{actual.title.zh}，许可为{permitted.title.zh}",
            f"Supervised from {actual}; the permit says {permitted}",
        )
        yield case.breach(ViolationKind.supervision, words)


# evidence


def _credit(case: Case, left: Sequence[Excursion], stops: Sequence[_Stop]) -> Floats:
    """How much of each segment, 0 to 1, was driven as permitted or needed no permit."""
    credit = np.ones(len(case.bound))
    for excursion in left:
        credit -= excursion.share
    credit[_during(case, stops)] = 0.0
    return np.maximum(credit, 0.0)


def _uncounted(case: Case, times: Floats) -> Floats:
    """How much of each segment's time is the summary's own, and no other's that was counted."""
    start, end = case.summary.started_at, case.summary.ended_at
    own, others = union([(start, end)]), union(case.recorded)
    return share_of_time(times, difference(own, others))


def _evidence(case: Case, credit: Floats, believed: bool) -> Evidence:
    """Kilometres and hours by mode, as far as both the path and the claims have them.

    Without times and modes they are those claimed, and uncertain.
    """
    summary, track, sweep = case.summary, case.sweep.track, case.sweep
    accurate = summary.horizontal_accuracy_m <= case.limit(LimitKey.horizontal_accuracy_m)
    km: Mapping[ControlMode, float] = dict(summary.distance_km)
    hours: Mapping[ControlMode, float] = {
        mode: s / _SECONDS_PER_HOUR for mode, s in summary.duration_s.items()
    }
    if track.modes is not None and track.times is not None:
        counted = credit * _uncounted(case, track.times)
        driven_km = sweep.length_m * counted / _METRES_PER_KM
        driven_h = np.diff(track.times) * counted / _SECONDS_PER_HOUR
        km, hours = _by_mode(track.modes, driven_km, km), _by_mode(track.modes, driven_h, hours)
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


def _by_mode(
    modes: Sequence[ControlMode], proved: Floats, claimed: Mapping[ControlMode, float]
) -> Mapping[ControlMode, float]:
    """What is proved in each mode, and nowhere more than is claimed."""
    at = {mode: np.array([m is mode for m in modes]) for mode in set(modes)}
    return {
        mode: min(float(proved[there].sum()), claimed.get(mode, 0.0)) for mode, there in at.items()
    }
