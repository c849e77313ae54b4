"""Paths measured and held against the fences of their permits, all that came together at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.errors import ShapelyError

from service.domain.fence import NOWHERE, Fence
from service.domain.permit import Permit
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.sweep import Sweep
from service.domain.telemetry import Summary


@dataclass(frozen=True, eq=False)
class Swept:
    """A path measured, with the fence of its permit; `home` is the volume that holds all of it."""

    sweep: Sweep
    fence: Fence
    home: int


def sweep_all(asked: Sequence[tuple[Summary, Permit]], law: Law) -> tuple[Swept, ...]:
    """The path of each summary measured and held against its permit, many as fast as a few.

    FloatingPointError, or what geometry raises, where one of them cannot be.
    """
    sweeps = Sweep.of_all([summary.track for summary, _ in asked], law.frame.plane)
    tolerance_m = law.pack.number(LimitKey.excursion_tolerance_m)
    fences = {permit.id: Fence.of(permit, law.frame) for _, permit in asked}
    of: dict[str, list[int]] = defaultdict(list)
    for number, (_, permit) in enumerate(asked):
        of[permit.id].append(number)
    homes = np.full(len(asked), NOWHERE)
    for permit_id, numbers in of.items():
        homes[numbers] = fences[permit_id].homes([sweeps[n] for n in numbers], tolerance_m)
    return tuple(
        Swept(sweep, fences[permit.id], home)
        for sweep, (_, permit), home in zip(sweeps, asked, homes.tolist(), strict=True)
    )


def swept_together(asked: Sequence[tuple[Summary, Permit]], law: Law) -> Mapping[Summary, Swept]:
    """The same by summary; nothing where one spoils the others, which are then measured singly."""
    try:
        swept = sweep_all(asked, law)
    except (ArithmeticError, ShapelyError):
        return {}
    return {summary: one for (summary, _), one in zip(asked, swept, strict=True)}
