"""Evidence computed anew from the summaries, as they were recorded: the same numbers, or a defect.

Under the rules of today: a pack that has changed since may prove otherwise, and then that is told.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from service.domain.access import Action, require
from service.domain.evidence import Evidence
from service.domain.journal import Actor
from service.domain.pace import Span
from service.domain.proof import prove
from service.domain.question import Law
from service.usecases.context import Context
from service.usecases.ports import Tx
from service.usecases.telemetry import networks

_PAGE = 1_000


@dataclass(frozen=True)
class Difference:
    """Evidence as it was recorded, and as it is computed today."""

    recorded: Evidence
    computed: Evidence


def differences(
    tx: Tx, actor: Actor, ctx: Context, progress: Callable[[int, int | None], None]
) -> Iterator[Difference]:
    """Every piece of evidence that its summary does not give any more, in the order of arrival.

    `progress` is told how many have been computed.
    """
    require(actor, Action.audit_read)
    law, done = Law(ctx.pack, ctx.frame), 0
    told: dict[str, list[Span]] = defaultdict(list)
    cursor: str | None = None
    while True:
        page = tx.telemetry.recorded(cursor, _PAGE)
        permits = tx.permits.find({evidence.permit_id for _, evidence in page.items})
        roads = networks(tx, ctx, permits.values())
        for summary, recorded in page.items:
            permit, before = permits[recorded.permit_id], told[summary.vehicle_id]
            shared = _sharing(before, (summary.started_at, summary.ended_at))
            computed = prove(summary, permit, law, shared, roads.get(permit.id)).evidence
            insort(before, (summary.started_at, summary.ended_at), key=_end)
            done += 1
            if computed != recorded:
                yield Difference(recorded, computed)
        progress(done, None)
        if page.next is None:
            return
        cursor = page.next


def _sharing(told: list[Span], window: Span) -> list[Span]:
    """The times told of that share some with the window; `told` is in the order of ends."""
    start, end = window
    later = list(takewhile(lambda span: span[1] > start, reversed(told)))
    return [span for span in reversed(later) if span[0] < end]


def _end(span: Span) -> datetime:
    return span[1]
