"""Holding a summary against its permit: what it proves and which limits it shows to be broken.

Judged at event time. Automated driving (any flying) must stay in the permitted places, hours and
heights; a manual leg from the garage need not. What lies beyond the pack's tolerance earns nothing;
it is a violation unless the accuracy that the vehicle states, or jitter, may explain it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely.errors import ShapelyError

from geo.network import NetworkIndex
from geo.text import Text
from service.domain.breach import Breach, Case
from service.domain.conditions import too_fast, too_remote
from service.domain.credit import evidence
from service.domain.errors import RegistryError
from service.domain.evidence import Evidence
from service.domain.fence import NOWHERE, Dimension, Excursion, Fence
from service.domain.kinds import ControlMode, Domain, PermitState, Standing, ViolationKind
from service.domain.pace import Flags, Floats, Span, share_of_time, union
from service.domain.permit import Permit
from service.domain.plausibility import doubts
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.straying import strayed
from service.domain.swept import Swept, sweep_all
from service.domain.telemetry import Summary


class Unprovable(RegistryError):
    """The path or the figures of a summary admit no computation."""

    code = "unprovable"


@dataclass(frozen=True)
class Proof:
    """What a summary proves, and every limit it shows to be broken."""

    evidence: Evidence
    breaches: tuple[Breach, ...]


def prove(
    summary: Summary,
    permit: Permit,
    law: Law,
    recorded: Sequence[Span] = (),
    network: NetworkIndex | None = None,
    swept: Swept | None = None,
) -> Proof:
    """The proof of one summary under its permit; Unprovable when nothing can be computed from it.

    `recorded` is when the vehicle's summaries took place that were counted before; `network` holds
    the stretches that the permit names, None when it names none. `swept` is its path, where it was
    measured together with others; that changes nothing but the time it takes.
    """
    try:
        return _held_against(summary, permit, law, recorded, network, swept)
    except (ArithmeticError, ShapelyError) as failed:
        raise Unprovable(Text("轨迹或数值无法计算", "It cannot be computed")) from failed


def _held_against(
    summary: Summary,
    permit: Permit,
    law: Law,
    recorded: Sequence[Span],
    network: NetworkIndex | None,
    swept: Swept | None,
) -> Proof:
    swept = swept or sweep_all([(summary, permit)], law)[0]
    case = Case(summary, permit, law, swept.sweep, swept.home, _bound(summary, permit), recorded)
    tolerance_m = case.limit(LimitKey.excursion_tolerance_m)
    left = _excursions(case, swept.fence, tolerance_m)
    surely = tuple(_surely(case, swept.fence, left)) if left else ()
    stops = tuple(_stops(case))
    breaches = (
        *_not_allowed(case, stops),
        *(strayed(case, swept.fence, excursion) for excursion in surely),
        *too_fast(case),
        *too_remote(case),
        *(_hidden(case, swept.fence) if left and not surely else ()),
        *doubts(case),
    )
    believed = all(b.violation_kind is not ViolationKind.implausible for b in breaches)
    stopped = _during(case, stops) if stops else None
    credit, outside = _within(case, left, stopped), 1.0 - _within(case, surely, stopped)
    return Proof(evidence(case, credit, outside, believed, network), breaches)


def _bound(summary: Summary, permit: Permit) -> Flags:
    """The segments that the permit binds: automated driving, all flying."""
    modes, count = summary.track.modes, len(summary.track.lonlat) - 1
    if permit.content.domain is Domain.air:
        return np.ones(count, np.bool_)
    if modes is None:
        return np.zeros(count, np.bool_)
    if modes.count(ControlMode.automated) == count:
        return np.ones(count, np.bool_)
    return np.array([mode is ControlMode.automated for mode in modes], np.bool_)


def _within(case: Case, left: Sequence[Excursion], stopped: Flags | None) -> Floats:
    """How much of each segment, 0 to 1, is in none of the excursions and in no stop."""
    within = np.ones(len(case.bound))
    for excursion in left:
        within -= excursion.share
    if stopped is not None:
        within[stopped] = 0.0
    return np.maximum(within, 0.0)


# places, hours, heights


def _excursions(case: Case, fence: Fence, tolerance_m: float) -> tuple[Excursion, ...]:
    if case.home != NOWHERE or not case.bound.any():
        return ()
    return tuple(fence.excursions(case.sweep, case.bound, tolerance_m))


def _surely(case: Case, fence: Fence, left: Sequence[Excursion]) -> Iterator[Excursion]:
    """Of the excursions those that neither inaccuracy nor jitter may explain."""
    accuracy_m = case.summary.horizontal_accuracy_m
    if accuracy_m > case.limit(LimitKey.excursion_tolerance_m):
        left = _excursions(case, fence, accuracy_m)
    for excursion in left:
        sure = excursion.only(~_may_be_jitter(case, excursion))
        if sure.segments.any():
            yield sure


def _may_be_jitter(case: Case, excursion: Excursion) -> Flags:
    """The segments of pieces that a few wrong fixes may make, for less time than the pack's."""
    found: Flags = np.zeros(len(case.bound), dtype=np.bool_)
    times = case.sweep.track.times
    if times is None or excursion.dimension is Dimension.time:
        return found
    most_fixes = case.limit(LimitKey.jitter_fixes)
    most_s = case.law.pack.duration(LimitKey.jitter).total_seconds()
    took_s, lonlat = np.diff(times) * excursion.share, case.sweep.track.lonlat
    for run in _runs(excursion.segments):
        between = run.stop - run.start - 1
        fixes = between + excursion.holds(lonlat, run.start) + excursion.holds(lonlat, run.stop)
        # a path that is outside from end to end shows no place that it jitters from
        few = fixes <= most_fixes and fixes < len(lonlat)
        found[run] = few and float(took_s[run].sum()) < most_s
    return found


def _runs(segments: Flags) -> Iterator[slice]:
    """Where marked segments follow on each other."""
    turns = np.flatnonzero(np.diff(segments, prepend=False, append=False)).tolist()
    return map(slice, turns[::2], turns[1::2])


def _hidden(case: Case, fence: Fence) -> Iterator[Breach]:
    """An excursion that only an absurd accuracy excuses: nobody is accused of it, nor believed."""
    accuracy_m = case.summary.horizontal_accuracy_m
    if accuracy_m <= case.limit(LimitKey.absurd_accuracy_m):
        return
    tolerance_m = case.limit(LimitKey.excursion_tolerance_m)
    credible_m = max(tolerance_m, case.limit(LimitKey.horizontal_accuracy_m))
    for excursion in _excursions(case, fence, credible_m):
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
