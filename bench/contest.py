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

    Every question is asked of all in turn, once so that nobody is new to it, then in rounds that
    count, each begun by another.
    """
    names = list(contenders)
    best = {name: [float("inf")] * questions for name in names}
    answers: dict[str, list[Answer]] = {name: [] for name in names}
    for question in range(questions):
        for name, contender in contenders.items():
            answers[name].append(contender.read(contender.ask(question)))
        for turn in range(question, question + rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                start = time.perf_counter()
                contenders[name].ask(question)
                took = time.perf_counter() - start
                best[name][question] = min(best[name][question], took)
    return {name: Times(seconds) for name, seconds in best.items()}, answers


def compared(
    name: str,
    one: Times,
    other: Times,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """How many times the mean of another the mean of one is, with the medians beside it."""
    times = one.mean / other.mean
    value = f"{times:.2f}x mean, {one.median / other.median:.2f}x median: {one} against {other}"
    if at_most is not None:
        return Figure(name, value, f"<= {at_most:g}x", times <= at_most)
    if at_least is not None:
        return Figure(name, value, f">= {at_least:g}x", times >= at_least)
    return Figure(name, value, "-")
