"""Two conflicting confirmations at once: exactly one wins, and the other is told of the winner."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from service.adapters.db.engine import connect
from service.adapters.db.uow import Store
from service.domain.application import Application
from service.domain.findings import Blocked
from service.domain.kinds import Use
from service.domain.permit import Permit
from service.usecases import decisions
from service.usecases.decisions import Withheld
from tests.builders import NOW, a_schedule
from tests.contract.conftest import Database
from tests.surroundings import a_context
from tests.usecases.desk import INDUSTRY, A, B, Desk, a_desk, a_volume_request

ROUNDS = 50


def rivals(desk: Desk, day: int) -> list[Application]:
    """Two applications, all signed, for the same place on the same day and for itself alone."""
    start = NOW + timedelta(days=day)
    alone = a_volume_request(
        use=Use.exclusive, schedule=a_schedule(start=start, end=start + timedelta(days=1))
    )
    asked = {"valid_from": start, "valid_to": start + timedelta(days=1)}
    drafts = [desk.submitted(A, alone, **asked), desk.submitted(B, alone, of="b", **asked)]
    return [desk.signed(draft) for draft in drafts]


def test_of_two_conflicting_confirmations_at_once_exactly_one_wins(sql: Database) -> None:
    # each has a store of its own, as two processes have: only the database's lock is shared
    other = Store(connect(sql.url), a_context().frame)
    stores, desk = (sql.store, other), a_desk(store=sql.store)

    def confirm(store: Store, application: Application, start: Barrier) -> Permit | Withheld:
        start.wait()
        with store.write() as tx:
            about = (application.id, application.version)
            return decisions.confirm(tx, INDUSTRY, a_context(), *about)

    with ThreadPoolExecutor(2) as pool:
        for day in range(ROUNDS):
            start = Barrier(2)
            outcomes = list(pool.map(confirm, stores, rivals(desk, day), [start, start]))
            won = [outcome for outcome in outcomes if isinstance(outcome, Permit)]
            lost = [outcome for outcome in outcomes if isinstance(outcome, Withheld)]
            assert (len(won), len(lost)) == (1, 1)
            assert isinstance(lost[0].refusal, Blocked)
            blockers = [a.id for f in lost[0].refusal.findings for a in f.against]
            assert blockers == [won[0].id]
    other.close()
    assert sql.store.verify() == []
