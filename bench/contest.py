"""Several ways to answer the same questions, asked in turn in one process, and how they compare."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from bench.machine import Figure

ROUNDS = 4
Answer = frozenset[Any]


@dataclass(frozen=True)
class Contender:
    """`ask` is what is timed; `read` says afterwards what the answer names."""

    ask: Callable[[int], Any]
    read: Callable[[Any], Answer]


@dataclass(frozen=True)
class Times:
    """Seconds for each question, the best of its rounds: what else runs only ever adds."""

    seconds: Sequence[float]

    @property
    def mean(self) -> float:
        """Of all questions."""
        return fmean(self.seconds)

    @property
    def median(self) -> float:
        """Of all questions."""
        return median(self.seconds)

    def __str__(self) -> str:
        return f"{self.mean * 1e3:.3g} ms, median {self.median * 1e3:.3g}"


def contest(
    contenders: Mapping[str, Contender], questions: int, rounds: int = ROUNDS
) -> tuple[dict[str, Times], dict[str, list[Answer]]]:
    """The times and the answers of each, by question.

    All answer all questions once, so that nothing is new to anybody; then in rounds that count they
    do so by turns, each round begun by another. So no question follows on itself, nor on the same
    one asked of another, as if the processor had nothing else to remember.
    """
    names = list(contenders)
    answers = {
        name: [contender.read(contender.ask(question)) for question in range(questions)]
        for name, contender in contenders.items()
    }
    best = {name: [float("inf")] * questions for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            for question in range(questions):
                start = time.perf_counter()
                contenders[name].ask(question)
                took = time.perf_counter() - start
                best[name][question] = min(best[name][question], took)
    return {name: Times(seconds) for name, seconds in best.items()}, answers


@dataclass(frozen=True)
class Ratio:
    """How many times the mean of another the mean of one is, and how many it may or must be."""

    one: str
    other: str
    at_most: float | None = None
    at_least: float | None = None

    def figure(self, times: Mapping[str, Times], about: str, *, with_goal: bool = True) -> Figure:
        """The ratio of the means, with that of the medians beside it."""
        one, other = times[self.one], times[self.other]
        mean = one.mean / other.mean
        value = f"{mean:.2f}x mean, {one.median / other.median:.2f}x median: {one} against {other}"
        name = f"{self.one} over {self.other}, {about}"
        if with_goal and self.at_most is not None:
            return Figure(name, value, f"<= {self.at_most:g}x", mean <= self.at_most)
        if with_goal and self.at_least is not None:
            return Figure(name, value, f">= {self.at_least:g}x", mean >= self.at_least)
        return Figure(name, value, "-")
