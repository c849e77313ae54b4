"""When and how fast a path was driven, as far as its fixes can tell.

Fixes are POSIX seconds, ascending; a set of times is geo's disjoint microseconds.
"""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geo.crs import Positions, geodesic_distances_m
from geo.times import Times, merged

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Span = tuple[datetime, datetime]

_MICROSECONDS = 1_000_000


def union(spans: Iterable[Span]) -> Times:
    """All times that lie in one of the spans."""
    ends = [(start.timestamp(), end.timestamp()) for start, end in spans]
    return merged(micros(np.array(ends, np.float64).reshape(-1, 2)))


def share_of_time(fixes_s: Floats, within: Times) -> Floats:
    """How much of the time between each fix and the next lies in the times given, 0 to 1.

    Of no time at all: 1 when the instant lies in them.
    """
    at = micros(fixes_s)
    starts, ends = within[:, 0], within[:, 1]
    if not len(within):
        return np.zeros(len(at) - 1)
    passed = np.cumsum(ends - starts)
    level = np.column_stack((np.concatenate(([0], passed[:-1])), passed)).ravel()
    spent = np.diff(np.interp(at, within.ravel(), level))
    took = np.diff(at)
    latest = np.searchsorted(starts, at[:-1], side="right") - 1
    share: Floats = ((latest >= 0) & (at[:-1] < ends[latest])).astype(np.float64)
    np.divide(spent, took, out=share, where=took > 0)
    return share


def outrun(length_m: Floats, took_s: Floats, speed_mps: float, slack_m: float) -> Flags:
    """The segments of the window that is furthest ahead of the speed, by more than the slack.

    The slack is what the fixes may be off, and is given once: jitter does not add up to a drive.
    """
    ahead_m = np.concatenate(([0.0], np.cumsum(length_m - speed_mps * took_s)))
    lead_m = ahead_m - np.minimum.accumulate(ahead_m)
    found: Flags = np.zeros(len(length_m), dtype=np.bool_)
    last = int(lead_m.argmax())
    if lead_m[last] > slack_m:
        found[int(ahead_m[: last + 1].argmin()) : last] = True
    return found


def fastest_mps(lonlat: Positions, fixes_s: Floats, slack_m: float) -> float:
    """A speed that was surely reached, from how far apart fixes lie that are 1, 2, 4 … apart.

    Each distance is shortened by the slack; a curve is cut short, to the driver's favour.
    """
    fastest = 0.0
    apart = 1
    while apart < len(fixes_s):
        sure_m = geodesic_distances_m(lonlat[:-apart], lonlat[apart:]) - slack_m
        took_s = fixes_s[apart:] - fixes_s[:-apart]
        speeds = np.divide(sure_m, took_s, out=np.zeros(len(took_s)), where=took_s > 0)
        fastest = max(fastest, float(speeds.max()))
        apart *= 2
    return fastest


def micros(seconds: Floats) -> NDArray[np.int64]:
    """POSIX seconds as whole microseconds."""
    return np.rint(seconds * _MICROSECONDS).astype(np.int64)
