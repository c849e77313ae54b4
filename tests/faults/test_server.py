"""The server is killed while vehicles send: what it answered for is stored, and stored once."""

import signal

from service.adapters.demo.fleet import Faults
from service.api.deps import Registry
from service.domain.permit import Permit
from tests.faults.processes import Served, until
from tests.faults.promises import assert_kept, never_sent, told_missing
from tests.faults.vehicles import driven, key, sending

MINUTES = 200
KILLS = 3


def test_a_server_that_is_killed_loses_and_doubles_nothing_that_it_answered_for(
    registry: Registry, served: Served, in_force: tuple[Permit, ...]
) -> None:
    told = driven(in_force, MINUTES, Faults.alike(0.05), seed=1)
    sent = [key(payload) for some in told.values() for payload in some]
    with sending(served.base_url, told) as senders:
        for kill in range(1, KILLS + 1):
            share = len(set(sent)) * kill // (KILLS + 1)
            until(lambda share=share: senders.answered >= share)
            served.stop(signal.SIGKILL)
            served.start()
    assert (senders.wrong, senders.refusals) == ([], [])
    assert senders.unheard >= KILLS, "it was killed between two requests, not within"
    assert_kept(registry, sent)
    assert sorted(told_missing(served.base_url), key=str) == sorted(never_sent(sent), key=str)
