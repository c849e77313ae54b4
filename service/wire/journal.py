"""Lines of the journal, and tasks that wait for someone."""

from datetime import datetime
from typing import Self

from service.domain.journal import Entry
from service.usecases.tasks import Task
from service.wire.common import Output, Reader


class EntryOut(Output):
    """One line of the journal; `actor` is `role:id`, `hash` chains it to the line before."""

    seq: int
    at: datetime
    actor: str
    subject: str
    revision: int
    action: str
    payload_digest: str
    prev: str
    hash: str

    @classmethod
    def from_domain(cls, entry: Entry) -> Self:
        """The line as it was written."""
        return cls.model_validate(entry, from_attributes=True)


class TaskOut(Output):
    """One thing waiting for the reader or their office."""

    type: str
    subject: str
    title: str
    due_at: datetime | None
    overdue: bool

    @classmethod
    def from_domain(cls, task: Task, reader: Reader) -> Self:
        """The task as of the reader's now."""
        return cls(
            type=task.type,
            subject=task.subject,
            title=reader.words(task.title),
            due_at=task.due_at,
            overdue=task.due_at is not None and reader.now > task.due_at,
        )
