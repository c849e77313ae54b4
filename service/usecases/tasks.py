"""What waits for whom: reviews to sign, permits to confirm, obligations that run out.

Vehicles that have fallen silent wait for the operator to look, and for the authorities.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from geo.text import Text
from service.domain.access import Action
from service.domain.application import PENDING
from service.domain.incident_kinds import IncidentState
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, ApplicationState, Role
from service.domain.rulepack import LimitKey
from service.usecases import live
from service.usecases.context import Context
from service.usecases.ports import Query, Tx, every
from service.usecases.registry import own

_UNDATED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Task:
    """One thing waiting for the actor's office."""

    type: str
    subject: str
    title: Text
    due_at: datetime | None


def of(tx: Tx, actor: Actor, ctx: Context) -> tuple[Task, ...]:
    """Everything that waits for the actor, soonest due first, undated last."""
    query = own(actor, Action.task_read, Query())
    waiting = [*_applications(tx, actor, query), *_obligations(tx, actor, query)]
    if actor.role in AUTHORITIES | {Role.operator}:
        waiting += _silences(tx, ctx, query)
    return tuple(sorted(waiting, key=lambda task: task.due_at or _UNDATED))


def _applications(tx: Tx, actor: Actor, query: Query) -> Iterator[Task]:
    states = {ApplicationState.returned} if actor.role is Role.operator else PENDING
    for application in every(tx.applications.page, query.only("state", states)):
        title = Text(application.content.title, application.content.title)
        subject = f"application:{application.id}"
        if actor.role is Role.operator:
            yield Task("correct", subject, title, None)
        for line in application.signable:
            if line.is_of(actor.role, actor.district):
                yield Task("review", subject, title, line.due_at)
        if application.awaits(actor.role):
            yield Task("confirm", subject, title, None)


def _obligations(tx: Tx, actor: Actor, query: Query) -> Iterator[Task]:
    states = set(IncidentState) - {IncidentState.closed}
    for incident in every(tx.incidents.page, query.only("state", states)):
        for obligation in incident.obligations:
            if obligation.is_running and obligation.owner is actor.role:
                subject = f"incident:{incident.id}"
                yield Task("report", subject, obligation.to, obligation.due_at)


def _silences(tx: Tx, ctx: Context, query: Query) -> Iterator[Task]:
    due_every = ctx.pack.duration(LimitKey.silent_after)
    for silence in live.silent(tx, ctx, query):
        key = silence.vehicle_id
        title = Text(f"车辆 {key} 已失联", f"Vehicle {key} has fallen silent")
        yield Task("vehicle_silent", f"vehicle:{key}", title, silence.since + due_every)
