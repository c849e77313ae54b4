"""The algebra of intervals against sets of whole moments."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.times import (
    NEVER,
    Times,
    clipped,
    cycle,
    difference,
    intersection,
    length,
    merged,
    repeated,
    widened,
)

PERIOD = 50
pairs = st.lists(st.tuples(st.integers(-120, 120), st.integers(0, 70)), max_size=6).map(
    lambda found: np.array([(start, start + long) for start, long in found], np.int64).reshape(
        -1, 2
    )
)
moments = st.integers(-200, 200)


def of(times: Times) -> set[int]:
    return {moment for start, end in times for moment in range(start, end)}


def is_canonical(times: Times) -> bool:
    """True when intervals are ascending, not empty, and keep apart."""
    return bool((np.diff(times.reshape(-1)) > 0).all())


@given(pairs)
def test_merged_times_are_the_union_and_do_not_touch(times: Times) -> None:
    assert of(merged(times)) == of(times)
    assert is_canonical(merged(times))
    assert length(merged(times)) == len(of(times))


@given(pairs.map(merged), pairs.map(merged))
def test_two_times_are_compared_as_sets_are(a: Times, b: Times) -> None:
    assert of(intersection(a, b)) == of(a) & of(b)
    assert of(difference(a, b)) == of(a) - of(b)
    assert is_canonical(intersection(a, b))
    assert is_canonical(difference(a, b))


@given(pairs.map(merged), moments, moments)
def test_clipped_times_are_within_the_bounds(times: Times, low: int, high: int) -> None:
    assert of(clipped(times, low, max(low, high))) == of(times) & set(range(low, high))


@given(pairs.map(merged), st.integers(0, 30))
def test_widened_times_reach_as_far_at_either_end(times: Times, by: int) -> None:
    reached = {near for moment in of(times) for near in range(moment - by, moment + by + 1)}
    assert of(widened(times, by)) == reached
    assert is_canonical(widened(times, by))


@given(pairs, moments, moments)
def test_times_on_a_cycle_are_repeated_in_every_turn(times: Times, low: int, high: int) -> None:
    on_cycle = {moment % PERIOD for moment in of(times)}
    expected = {moment for moment in range(low, high) if moment % PERIOD in on_cycle}
    found = repeated(cycle(times, PERIOD), PERIOD, low, high) if low < high else NEVER
    assert of(found) == expected
    assert is_canonical(found)
