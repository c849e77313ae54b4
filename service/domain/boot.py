"""One run of a vehicle's counter: which numbers were answered for, and which never came.

A number is answered for once it was durably accepted or durably refused; a vehicle keeps what lies
beyond `upto`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

BootKey = tuple[str, str]
"""A vehicle, and which of its boots."""
Run = tuple[int, int]
"""Consecutive numbers: the first and the last."""


@dataclass(frozen=True)
class Gap:
    """Consecutive numbers of a boot that never came though later ones did."""

    vehicle_id: str
    boot_id: str
    first_seq: int
    last_seq: int


@dataclass(frozen=True)
class Boot:
    """The counter of one boot; `missing` are the runs below `last_seq`, in order."""

    vehicle_id: str
    boot_id: str
    last_seq: int = 0
    missing: tuple[Run, ...] = ()

    @property
    def key(self) -> BootKey:
        """What it goes by."""
        return (self.vehicle_id, self.boot_id)

    @property
    def upto(self) -> int:
        """The highest number up to which every one from 1 was answered for."""
        return self.missing[0][0] - 1 if self.missing else self.last_seq

    def has(self, seq: int) -> bool:
        """True when that number was answered for."""
        at = bisect_right(self.missing, (seq, self.last_seq)) - 1
        return seq <= self.last_seq and (at < 0 or self.missing[at][1] < seq)

    def after(self, seqs: Iterable[int]) -> "Boot":
        """The same once these numbers are answered for too, in whatever order they come.

        >>> Boot("v", "b").after([1, 2, 6]).missing
        ((3, 5),)
        >>> Boot("v", "b", 6, ((3, 5),)).after([4, 3]).upto
        4
        """
        settled = sorted({self.last_seq, *seqs})
        last_seq = settled[-1]
        beyond = ((self.last_seq + 1, last_seq),) if last_seq > self.last_seq else ()
        missing = tuple(rest for run in (*self.missing, *beyond) for rest in _without(run, settled))
        return replace(self, last_seq=last_seq, missing=missing)


def _without(run: Run, settled: Sequence[int]) -> Iterator[Run]:
    first, last = run
    for seq in settled[bisect_left(settled, first) : bisect_right(settled, last)]:
        if first < seq:
            yield (first, seq - 1)
        first = seq + 1
    if first <= last:
        yield (first, last)
