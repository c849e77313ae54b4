"""What cannot have happened as it was told: refused where it exceeds all sense, else a violation.

A refused summary is not recorded. An implausible one is, and what it proves is uncertain.
"""

from collections.abc import Iterator

import numpy as np

from geo.text import Text
from service.domain.breach import Breach, Case
from service.domain.errors import Problem
from service.domain.kinds import Domain, ViolationKind
from service.domain.pace import outrun
from service.domain.rulepack import LimitKey, RulePack
from service.domain.supervision import misplaced
from service.domain.telemetry import Summary

_METRES_PER_KM = 1000.0


def impossible(summary: Summary, domain: Domain, pack: RulePack) -> Iterator[Problem]:
    """Why a summary of a vehicle of that domain is none at all."""
    took = summary.ended_at - summary.started_at
    # told by another clock than the times are
    long_s = (took + pack.duration(LimitKey.telemetry_clock_skew)).total_seconds()
    yield from misplaced("/supervision_mode", summary.supervision_mode, domain)
    if took > pack.duration(LimitKey.telemetry_interval):
        words = Text("一条摘要覆盖的时段过长", "It covers too long an interval")
        yield Problem("/ended_at", "interval_too_long", words)
    # `not <=`: true of what is no number, too
    if not sum(summary.duration_s.values()) <= long_s:
        words = Text("各模式时长之和超过起止时段", "The modes last longer than the whole")
        yield Problem("/duration_s", "longer_than_interval", words)
    most_m = _fastest_mps(domain, pack) * long_s
    if not sum(summary.distance_km.values()) * _METRES_PER_KM <= most_m:
        words = Text("该时段内不可能行驶这么远", "Nothing goes so far in that time")
        yield Problem("/distance_km", "too_far", words)


def doubts(case: Case) -> Iterator[Breach]:
    """Everything that makes a summary implausible."""
    yield from _leaps(case)
    yield from _speeds_told(case)
    yield from _beyond_claim(case)
    yield from _told_before(case)


def _fastest_mps(domain: Domain, pack: RulePack) -> float:
    flies = domain is Domain.air
    return pack.number(LimitKey.plausible_air_mps if flies else LimitKey.plausible_ground_mps)


def _leaps(case: Case) -> Iterator[Breach]:
    """Faster than anything of its kind goes: a fix is wrong, or the path is another vehicle's."""
    times, length_m = case.sweep.track.times, case.sweep.length_m
    fastest_mps = _fastest_mps(case.permit.content.domain, case.law.pack)
    if times is None or case.sweep.swiftest_mps <= fastest_mps:
        return
    took_s = np.diff(times)
    at_once = (took_s == 0) & (length_m > case.summary.horizontal_accuracy_m)
    leaps = at_once | outrun(length_m, took_s, fastest_mps, case.slack_m)
    if leaps.any():
        words = Text("相邻定位点间的速度不可能", "The speed between two fixes is not possible")
        yield case.breach_on(leaps, ViolationKind.implausible, words)


def _speeds_told(case: Case) -> Iterator[Breach]:
    fastest_mps = _fastest_mps(case.permit.content.domain, case.law.pack)
    told_mps = case.summary.fastest_told_mps
    if told_mps > fastest_mps:
        words = Text(
            f"自报速度 {told_mps:.1f} m/s 不可能", f"A speed of {told_mps:.1f} m/s is not possible"
        )
        yield case.breach(ViolationKind.implausible, words)


def _beyond_claim(case: Case) -> Iterator[Breach]:
    """A path far longer than the vehicle says it went, beyond what jittering fixes add."""
    path_m = case.sweep.path_m
    claimed_m = sum(case.summary.distance_km.values()) * _METRES_PER_KM
    by = 1 + case.limit(LimitKey.path_over_claim) / 100
    jitter_m = case.slack_m * len(case.sweep.length_m)
    if path_m > by * claimed_m + jitter_m + case.limit(LimitKey.path_over_claim_m):
        words = Text(
            f"轨迹长 {path_m:.0f} m，自报里程仅 {claimed_m:.0f} m",
            f"The path is {path_m:.0f} m long and {claimed_m:.0f} m are claimed",
        )
        yield case.breach(ViolationKind.implausible, words)


def _told_before(case: Case) -> Iterator[Breach]:
    """The vehicle was elsewhere then, or the same is told twice.

    A clock that was set makes summaries overlap by as much as clocks may be off, and by less than
    half of the shorter.
    """
    start, end = case.summary.started_at, case.summary.ended_at
    skew = case.law.pack.duration(LimitKey.telemetry_clock_skew)
    for began, ended in case.recorded:
        shared = min(end, ended) - max(start, began)
        shorter = min(end - start, ended - began)
        if shared > min(skew, shorter / 2):
            words = Text("同一车辆该时段已有其他摘要", "Another summary tells of that time")
            yield case.breach(ViolationKind.implausible, words)
            return
