"""Numbers answered for, in whatever order they come: held against a plain set."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.boot import Boot

NUMBERS = st.lists(st.lists(st.integers(1, 30), max_size=8), max_size=8)


def told(batches: list[list[int]]) -> Boot:
    boot = Boot("vehicle-a", "boot-a")
    for batch in batches:
        boot = boot.after(batch)
    return boot


@given(NUMBERS)
def test_it_knows_what_a_set_of_all_numbers_knows(batches: list[list[int]]) -> None:
    boot, settled = told(batches), {seq for batch in batches for seq in batch}
    assert [boot.has(seq) for seq in range(1, 40)] == [seq in settled for seq in range(1, 40)]
    assert boot.last_seq == max(settled, default=0)
    assert boot.upto == next(seq for seq in range(1, 40) if seq not in settled) - 1


@given(NUMBERS)
def test_what_is_missing_are_runs_apart_from_each_other_and_below_the_last(
    batches: list[list[int]],
) -> None:
    boot = told(batches)
    edges = [edge for run in boot.missing for edge in run]
    assert edges == sorted(edges)
    assert all(end + 1 < start for end, start in zip(edges[1::2], edges[2::2], strict=False))
    assert all(0 < edge < boot.last_seq for edge in edges)


@given(NUMBERS, st.randoms())
def test_the_order_in_which_they_come_is_of_no_matter(batches: list[list[int]], chance) -> None:
    shuffled = [seq for batch in batches for seq in batch]
    chance.shuffle(shuffled)
    assert told([shuffled]) == told(batches)
