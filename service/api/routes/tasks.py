"""What waits for the caller or their office."""

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import needs
from service.domain.access import Action
from service.usecases import tasks
from service.wire.common import PageOut
from service.wire.journal import TaskOut

routes = router("tasks", "/v1/tasks")


@routes.get("", **needs(Action.task_read))
def list_tasks(call: Caller) -> PageOut[TaskOut]:
    """Everything that waits, soonest due first."""
    with call.uow.read() as tx:
        waiting = tasks.of(tx, call.actor, call.ctx)
    shown = [TaskOut.from_domain(task, call.reader) for task in waiting]
    return PageOut[TaskOut](items=shown, next=None)
