"""Intervals of time as arrays, and their algebra: union, intersection, difference, repetition.

Times are an (n, 2) array of microseconds since 1970, from and before to, ascending and disjoint.
"""

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]

NEVER: Times = np.empty((0, 2), np.int64)
_ENDS = np.iinfo(np.int64)


def one(low: int, high: int) -> Times:
    """The times from low to high."""
    return np.array([(low, high)], np.int64)


def merged(times: Times) -> Times:
    """The union of intervals in any order; those that touch become one, empty ones are dropped."""
    times = times[times[:, 0] < times[:, 1]]
    if not len(times):
        return times
    times = times[times[:, 0].argsort(kind="stable")]
    reached = np.maximum.accumulate(times[:, 1])
    parted = times[1:, 0] > reached[:-1]
    firsts = np.concatenate(([True], parted))
    lasts = np.concatenate((parted, [True]))
    return np.column_stack((times[firsts, 0], reached[lasts]))


def widened(times: Times, by: int) -> Times:
    """The times with `by` microseconds more at either end."""
    return merged(times + np.array([-by, by])) if by else times


def clipped(times: Times, low: int, high: int) -> Times:
    """What of the times is from low to high."""
    inside = np.minimum(np.maximum(times, low), high)
    return inside[inside[:, 0] < inside[:, 1]]


def intersection(a: Times, b: Times) -> Times:
    """The times in both."""
    first = np.searchsorted(b[:, 1], a[:, 0], side="right")
    counts = np.maximum(np.searchsorted(b[:, 0], a[:, 1], side="left") - first, 0)
    mine = np.repeat(np.arange(len(a)), counts)
    theirs = np.arange(len(mine)) - np.repeat(counts.cumsum() - counts - first, counts)
    return np.column_stack(
        (np.maximum(a[mine, 0], b[theirs, 0]), np.minimum(a[mine, 1], b[theirs, 1]))
    )


def difference(a: Times, b: Times) -> Times:
    """The times in a that are not in b."""
    starts = np.concatenate(([_ENDS.min], b[:, 1]))
    ends = np.concatenate((b[:, 0], [_ENDS.max]))
    return intersection(a, np.column_stack((starts, ends)))


def length(times: Times) -> int:
    """How many microseconds the times are in all."""
    return int((times[:, 1] - times[:, 0]).sum())


def cycle(times: Times, period: int) -> Times:
    """The arcs of a circle of one period that the intervals lie on.

    An arc starts within the period and may end beyond it; the whole circle is one arc from zero.

    >>> cycle(np.array([[90, 105], [5, 20], [230, 240]]), 100).tolist()
    [[30, 40], [90, 120]]
    >>> cycle(np.array([[30, 90], [80, 130]]), 100).tolist()
    [[0, 100]]
    """
    starts = times[:, :1] % period
    once = np.hstack((starts, starts + times[:, 1:] - times[:, :1]))
    thrice = merged(np.vstack((once - period, once, once + period)))
    if (thrice[:, 1] - thrice[:, 0] >= period).any():
        return one(0, period)
    return thrice[(thrice[:, 0] >= 0) & (thrice[:, 0] < period)]


def repeated(arcs: Times, period: int, low: int, high: int) -> Times:
    """The times from low to high that lie on the arcs of a cycle, in every turn of it."""
    if len(arcs) == 1 and arcs[0, 1] - arcs[0, 0] >= period:
        return one(low, high)
    turns = np.arange(low // period - 1, high // period + 1) * period
    return clipped((turns[:, None, None] + arcs).reshape(-1, 2), low, high)
