"""What the figures were measured on, and how a figure is shown: medians, with the spread beside."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


def described() -> str:
    """The machine in one line; every figure is to be read with it."""
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"
    )


@dataclass(frozen=True)
class Figure:
    """One line of the results: what was measured, the value, the goal, whether it was reached."""

    name: str
    value: str
    goal: str
    reached: bool | None = None

    def row(self) -> str:
        """The line as Markdown."""
        mark = {True: "yes", False: "**no**", None: "-"}[self.reached]
        return f"| {self.name} | {self.value} | {self.goal} | {mark} |"


def seconds(work: Callable[[], object]) -> float:
    """How long the work took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spread(values: list[float], unit: str, scale: float = 1.0) -> str:
    """Median, with the least and the greatest in brackets."""
    low, mid, high = min(values) * scale, median(values) * scale, max(values) * scale
    return f"{mid:.3g} {unit} ({low:.3g} to {high:.3g})"
