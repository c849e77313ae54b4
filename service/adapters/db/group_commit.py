"""Many small writes in one transaction: one thread writes, those who ask for it wait.

What arrives while one group is being committed is the next group, so that nobody waits for company.
A job is answered only once what it did is committed.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

from service.adapters.db.engine import Busy, Unavailable
from service.domain.errors import Overloaded
from service.usecases.ports import Tx, UnitOfWork

Job = TypeVar("Job")
Answer = TypeVar("Answer")

WAITING = 1_000
"""Jobs that may wait; another is refused."""
AT_ONCE = 500
"""Jobs in one transaction."""
AFTER_S = 1


class GroupCommit(Generic[Job, Answer]):
    """Does jobs in groups; `work` does all that it is given and answers each, in order."""

    def __init__(
        self,
        uow: UnitOfWork,
        work: Callable[[Tx, Sequence[Job]], Sequence[Answer]],
        waiting: int = WAITING,
    ) -> None:
        self._uow = uow
        self._work = work
        self._waiting: Queue[tuple[Job, Future[Answer]]] = Queue(waiting)
        self._writer = ThreadPoolExecutor(1, "group-commit")

    def submit(self, job: Job) -> Future[Answer]:
        """The answer that is to come; Overloaded when too many wait already."""
        answer: Future[Answer] = Future()
        try:
            self._waiting.put_nowait((job, answer))
        except Full:
            raise Overloaded(AFTER_S) from None
        self._writer.submit(self._write)
        return answer

    def close(self) -> None:
        """Return once everyone who waits has been answered; nothing can be submitted afterwards."""
        self._writer.shutdown()

    def _write(self) -> None:
        """Do what waits, or nothing when the group before has taken it along."""
        taken = self._take()
        if not taken:
            return
        outcomes = self._outcomes([job for job, _ in taken])
        for (_, answer), outcome in zip(taken, outcomes, strict=True):
            outcome(answer)

    def _take(self) -> list[tuple[Job, Future[Answer]]]:
        taken: list[tuple[Job, Future[Answer]]] = []
        while len(taken) < AT_ONCE:
            try:
                job, answer = self._waiting.get_nowait()
            except Empty:
                break
            if answer.set_running_or_notify_cancel():
                taken.append((job, answer))
        return taken

    def _outcomes(self, jobs: Sequence[Job]) -> list[Callable[[Future[Answer]], None]]:
        """What becomes of each: together, or each for itself where the group fails for one."""
        try:
            with self._uow.write() as tx:
                answers = self._work(tx, jobs)
        except Exception as failed:  # noqa: BLE001  # whoever waits for the answer gets it
            if len(jobs) == 1 or isinstance(failed, Busy | Unavailable):
                return [_raising(failed)] * len(jobs)
            return [self._outcomes([job])[0] for job in jobs]
        return [_giving(answer) for answer in answers]


def _giving(answer: Answer) -> Callable[[Future[Answer]], None]:
    return lambda future: future.set_result(answer)


def _raising(failed: Exception) -> Callable[[Future[Answer]], None]:
    return lambda future: future.set_exception(failed)
