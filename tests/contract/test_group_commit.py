"""Group commit: each job is answered after its commit, exactly once, and alone in its failure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event, Lock

import pytest

from service.adapters.db.engine import Unavailable
from service.adapters.db.group_commit import GroupCommit
from service.domain.errors import NotFound, Overloaded
from service.domain.telemetry import Summary
from service.usecases.ports import Query, Tx, UnitOfWork
from tests.builders import NOW, a_summary, some_evidence
from tests.contract.conftest import Database

Group = GroupCommit[Summary, int]


class Work:
    """Records summaries, remembering how many at a time."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.go_on = Event()
        self.go_on.set()

    def __call__(self, tx: Tx, jobs: Sequence[Summary]) -> list[int]:
        assert self.go_on.wait(60)
        for summary in jobs:
            if summary.boot_id == "bad":
                raise NotFound("permit", summary.id)
        tx.telemetry.record([(summary, some_evidence(summary)) for summary in jobs], NOW)
        self.groups.append(len(jobs))
        return [summary.seq for summary in jobs]


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def group(store: UnitOfWork, work: Work) -> Iterator[Group]:
    group: Group = GroupCommit(store, work, waiting=20)
    yield group
    work.go_on.set()
    group.close()


def stored(store: UnitOfWork) -> list[int]:
    with store.read() as tx:
        return [a.summary.seq for a in tx.telemetry.summaries(Query(limit=1000)).items]


def test_every_answer_comes_after_its_commit_and_everything_is_stored_once(
    sql: Database,
) -> None:
    lock, unseen = Lock(), Counter[str]()
    work = Work()
    group: Group = GroupCommit(sql.store, work)

    def post(seq: int) -> None:
        summary = a_summary(seq=seq, boot_id="b")
        assert group.submit(summary).result(60) == seq
        with sql.store.read() as tx:
            if not tx.telemetry.seen([summary.key]):
                with lock:
                    unseen["answered before it was committed"] += 1

    with ThreadPoolExecutor(16) as threads:
        wait(posts := [threads.submit(post, seq) for seq in range(1, 201)])
    assert [one.exception() for one in posts if one.exception()] == []
    group.close()
    assert not unseen
    assert sorted(stored(sql.store)) == list(range(1, 201))
    assert len(work.groups) < 200
    assert sql.store.verify() == []


def test_a_job_that_fails_harms_no_other(store: UnitOfWork, group: Group, work: Work) -> None:
    work.go_on.clear()
    first = group.submit(a_summary(seq=1))
    bad = group.submit(a_summary(seq=2, boot_id="bad"))
    last = group.submit(a_summary(seq=3))
    work.go_on.set()
    assert (first.result(60), last.result(60)) == (1, 3)
    with pytest.raises(NotFound):
        bad.result(60)
    assert stored(store) == [1, 3]


def test_beyond_what_may_wait_another_is_refused_and_told_when_to_retry(
    group: Group, work: Work
) -> None:
    work.go_on.clear()
    waiting: list[Future[int]] = []
    with pytest.raises(Overloaded) as refused:
        waiting += (group.submit(a_summary()) for _ in range(1000))
    assert refused.value.after_s >= 1
    work.go_on.set()
    group.close()


def test_what_waits_is_done_before_it_closes(store: UnitOfWork, group: Group, work: Work) -> None:
    work.go_on.clear()
    waiting = [group.submit(a_summary(seq=seq)) for seq in range(1, 11)]
    work.go_on.set()
    group.close()
    assert [one.result(0) for one in waiting] == list(range(1, 11))
    assert stored(store) == list(range(1, 11))


def test_whoever_has_gone_is_not_waited_for(store: UnitOfWork, group: Group, work: Work) -> None:
    work.go_on.clear()
    group.submit(a_summary(seq=1))
    gone = [group.submit(a_summary(seq=seq)) for seq in (2, 3)]
    there = group.submit(a_summary(seq=4))
    cancelled = [one.cancel() for one in gone]
    work.go_on.set()
    assert there.result(60) == 4
    assert len(stored(store)) == 4 - sum(cancelled)


def test_a_database_that_cannot_be_used_is_said_to_all() -> None:
    class Broken:
        def read(self):
            raise NotImplementedError

        def write(self):
            raise Unavailable

    group: Group = GroupCommit(Broken(), Work())
    waiting = [group.submit(a_summary()) for _ in range(5)]
    assert all(isinstance(one.exception(60), Unavailable) for one in waiting)
    group.close()
