"""What of a path is credited: kilometres and hours by mode, driven as permitted and told once.

Both the path and the claims must have them; the lesser of the two counts (Art. 24).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from geo.network import NetworkIndex
from geo.times import difference
from service.domain.breach import Case
from service.domain.evidence import Evidence
from service.domain.kinds import ControlMode
from service.domain.mileage import Driven, parts
from service.domain.pace import Flags, Floats, share_of_time, union
from service.domain.rulepack import LimitKey

_METRES_PER_KM = 1000.0
_SECONDS_PER_HOUR = 3600.0


def evidence(
    case: Case, credit: Floats, outside: Floats, believed: bool, network: NetworkIndex | None
) -> Evidence:
    """Kilometres and hours by mode, as far as both the path and the claims have them.

    `credit` is how much of each segment counts, `outside` how much was surely driven against the
    permit. Without times and modes they are those claimed, and uncertain.
    """
    summary = case.summary
    accurate = summary.horizontal_accuracy_m <= case.limit(LimitKey.horizontal_accuracy_m)
    km: Mapping[ControlMode, float] = dict(summary.distance_km)
    hours: Mapping[ControlMode, float] = {
        mode: s / _SECONDS_PER_HOUR for mode, s in summary.duration_s.items()
    }
    driven = _driven(case, credit)
    certain = bool(believed and accurate and driven)
    if driven is not None:
        of_mode = _of_mode(driven.modes)
        km = {mode: float(driven.metres[of].sum()) / _METRES_PER_KM for mode, of in of_mode.items()}
        hours = {
            mode: float(driven.seconds[of].sum()) / _SECONDS_PER_HOUR
            for mode, of in of_mode.items()
        }
    return Evidence(
        summary_id=summary.id,
        vehicle_id=summary.vehicle_id,
        permit_id=case.permit.id,
        organisation_id=case.permit.organisation_id,
        started_at=summary.started_at,
        ended_at=summary.ended_at,
        km=km,
        hours=hours,
        outside_km=float((case.sweep.length_m * outside).sum()) / _METRES_PER_KM,
        claimed_km=sum(summary.distance_km.values()),
        takeovers=summary.takeovers.total,
        uncertain=not certain,
        parts=parts(case, driven, network) if driven is not None and certain else (),
    )


def _driven(case: Case, credit: Floats) -> Driven | None:
    """What was driven on each segment as permitted, in each mode no more than is claimed.

    None without times and modes.
    """
    summary, track = case.summary, case.sweep.track
    if track.modes is None or track.times is None:
        return None
    counted = credit * _uncounted(case, track.times)
    metres, seconds = case.sweep.length_m * counted, np.diff(track.times) * counted
    for mode, of in _of_mode(track.modes).items():
        _shorten(metres, of, summary.distance_km.get(mode, 0.0) * _METRES_PER_KM)
        _shorten(seconds, of, summary.duration_s.get(mode, 0.0))
    return Driven(metres, seconds, track.modes)


def _uncounted(case: Case, times: Floats) -> Floats:
    """How much of each segment's time is the summary's own, and no other's that was counted."""
    start, end = case.summary.started_at, case.summary.ended_at
    last_s = end.timestamp()
    if not case.recorded and start.timestamp() <= times[0] <= times[-2] < last_s >= times[-1]:
        return np.ones(len(times) - 1)
    own, others = union([(start, end)]), union(case.recorded)
    return share_of_time(times, difference(own, others))


def _shorten(amounts: Floats, here: Flags, claimed: float) -> None:
    """The amounts of a mode, shortened alike where they come to more than is claimed."""
    proved = float(amounts[here].sum())
    if proved > claimed:
        amounts[here] *= claimed / proved


def _of_mode(modes: Sequence[ControlMode]) -> Mapping[ControlMode, Flags]:
    """The segments that were driven in each mode."""
    if modes.count(modes[0]) == len(modes):
        return {modes[0]: np.ones(len(modes), np.bool_)}
    return {
        mode: np.array([one is mode for one in modes], np.bool_) for mode in dict.fromkeys(modes)
    }
