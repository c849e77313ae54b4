"""A flight against other flights: where they are at one time, and how high (Order 761 Art. 32(4)).

Permits allocate, activities occupy (decision 8): the minima between aircraft are kept here and
nowhere else. Two flights on one route an hour apart do not meet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geo.conflict import Verdict
from geo.paths import judge_paths
from geo.text import Text
from geo.trajectory import Trajectory
from service.domain import explain
from service.domain.finding_maker import Found, found
from service.domain.findings import Against, Finding, ordered
from service.domain.grouping import grouped
from service.domain.question import Law
from service.domain.rulepack import SharingCase


@dataclass(frozen=True, eq=False)
class Flight:
    """A planned flight: whose, and where it will be when."""

    id: str
    organisation_id: str
    title: Text
    path: Trajectory


def too_close(mine: Flight, others: Iterable[Flight], law: Law) -> tuple[Finding, ...]:
    """A finding for every other flight that comes, or may come, nearer than the pack's minima.

    One's own flights as well: aircraft of one operator fall on the same people.
    """
    return ordered(grouped(_meetings(mine, others, law), law.frame))


def _meetings(mine: Flight, others: Iterable[Flight], law: Law) -> Iterator[Found]:
    rule = law.pack.sharing(SharingCase.activity_separation)
    for other in others:
        if other.id == mine.id:
            continue
        judged = judge_paths(mine.path, other.path, rule.separation, law.frame)
        if judged.verdict is Verdict.clear:
            continue
        name = other.title
        met = Text(f"与“{name.zh}”间隔不足", f"Comes too close to “{name.en}”")
        yield found(
            rule,
            judged.verdict,
            explain.meets(met, judged, rule.separation, law.frame.zone),
            volume_index=0,
            against=[Against("activity", other.id, name, other.organisation_id)],
            judged=judged,
        )
