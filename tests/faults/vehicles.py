"""Vehicles that keep each summary until it is answered for, over HTTP; and what they drive under.

An answer that does not come, a 503 or a 429 is no answer: the same is sent again. A vehicle here
waits less than `Retry-After` asks for, so that a test is short.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from threading import Event

import httpx

from service.adapters.demo.fleet import Faults, Payload, fleet, rides
from service.api.deps import Registry
from service.domain.kinds import Role, Standing
from service.domain.permit import Permit, PermitVehicle
from service.domain.telemetry import SummaryKey
from service.domain.vehicle import VehicleKey
from service.usecases.keys import digest_of
from service.usecases.ports import Query, Token
from tests.builders import (
    a_content,
    a_deed,
    a_permit,
    a_planned_volume,
    a_schedule,
    a_vehicle,
    a_volume,
    an_account,
    an_organisation,
)

OWNER = "organisation-a"
WATCHER = "secret-of-the-operator"
ON_A_PERMIT = 20
ANSWER_S = 60.0
AGAIN_S = 0.2
EVERY = timedelta(seconds=60)
TURNS = ((1,), (1, 1, 4), (4,))
"""How many summaries each of three vehicles sends at once."""


def key_of(vehicle_id: str) -> str:
    """The secret that a vehicle signs in with."""
    return f"key-of-{vehicle_id}"


def let_in(registry: Registry, vehicle_ids: Sequence[str]) -> None:
    """The vehicles are under permits and hold keys; their operator may look on."""
    now = datetime.now(UTC)
    begin, end = now - timedelta(days=3), now + timedelta(days=60)
    account = an_account(role=Role.operator.value, organisation_id=OWNER)
    with registry.store.write() as tx:
        tx.organisations.add(an_organisation(id=OWNER), a_deed())
        tx.identities.add_account(account, a_deed())
        tx.identities.add_token(Token(digest_of(WATCHER), account.id, end, False), a_deed())
        for vehicle_id in vehicle_ids:
            key = VehicleKey(f"of-{vehicle_id}", vehicle_id, digest_of(key_of(vehicle_id)), begin)
            tx.vehicles.add(a_vehicle(id=vehicle_id, organisation_id=OWNER), a_deed())
            tx.identities.put_vehicle_key(key, a_deed())
        for first in range(0, len(vehicle_ids), ON_A_PERMIT):
            some = vehicle_ids[first : first + ON_A_PERMIT]
            tx.permits.add(_permit(some, begin, end), a_deed())


def _permit(vehicle_ids: Sequence[str], begin: datetime, end: datetime) -> Permit:
    place = a_volume(schedule=a_schedule(start=begin, end=end))
    content = a_content(
        vehicle_ids=tuple(vehicle_ids),
        valid_from=begin,
        valid_to=end,
        volumes=(a_planned_volume(volume=place),),
    )
    on_it = tuple(PermitVehicle(vehicle_id, Standing.cleared) for vehicle_id in vehicle_ids)
    return a_permit(content=content, vehicles=on_it)


def permits(registry: Registry) -> tuple[Permit, ...]:
    with registry.store.read() as tx:
        return tx.permits.page(Query()).items


def driven(
    some: Sequence[Permit], count: int, faults: Faults, seed: int
) -> dict[str, list[Payload]]:
    """What each vehicle has to tell of `count` minutes that end now, in the order of sending."""
    begin = datetime.now(UTC) - count * EVERY - timedelta(minutes=10)
    told: dict[str, list[Payload]] = {}
    for sent in fleet(list(rides(some)), begin, count * EVERY, EVERY, faults, seed):
        told.setdefault(str(sent.payload["vehicle_id"]), []).append(sent.payload)
    return told


def key(payload: Payload) -> SummaryKey:
    vehicle_id, boot_id, seq = (payload[name] for name in ("vehicle_id", "boot_id", "seq"))
    assert isinstance(seq, int)
    return str(vehicle_id), str(boot_id), seq


@dataclass
class Refusal:
    """An answer that asks to come again."""

    status: int
    code: str
    retry_after: str | None


@dataclass
class Sender:
    """One vehicle: it sends as many at once as its turns say, and notes what it hears."""

    base_url: str
    vehicle_id: str
    payloads: Sequence[Payload]
    turns: Sequence[int]
    answered: Counter[SummaryKey] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    unheard: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, stop: Event) -> None:
        """Return once everything is answered for, or when told to stop."""
        headers = {"Authorization": f"Bearer {key_of(self.vehicle_id)}"}
        rest, sizes = list(self.payloads), cycle(self.turns)
        with httpx.Client(base_url=self.base_url, headers=headers, timeout=ANSWER_S) as client:
            while rest and not stop.is_set():
                some = rest[: next(sizes)]
                while not self._is_answered(client, some):
                    if stop.wait(AGAIN_S):
                        return
                del rest[: len(some)]

    def _is_answered(self, client: httpx.Client, some: Sequence[Payload]) -> bool:
        body = json.dumps(some[0] if len(some) == 1 else some)
        kind = {"Content-Type": "application/json"}
        try:
            answer = client.post("/v1/telemetry/summaries", content=body, headers=kind)
        except httpx.TransportError:
            self.unheard += 1
            return False
        if answer.status_code in (429, 503):
            told = answer.headers.get("Retry-After")
            self.refusals.append(Refusal(answer.status_code, answer.json()["code"], told))
            return False
        if answer.status_code != 200 or answer.json()["rejected"]:
            self.wrong.append(f"{answer.status_code} {answer.text[:300]}")
        self.answered.update(key(payload) for payload in some)
        return True


@dataclass
class Senders:
    """All vehicles of a test at once."""

    each: Sequence[Sender]

    @property
    def answered(self) -> int:
        return sum(len(one.answered) for one in self.each)

    @property
    def refusals(self) -> list[Refusal]:
        return [refusal for one in self.each for refusal in one.refusals]

    def were_refused(self, times: int) -> bool:
        """True when each was told to come again so often, or one was told something else."""
        return bool(self.wrong) or all(len(one.refusals) >= times for one in self.each)

    @property
    def unheard(self) -> int:
        return sum(one.unheard for one in self.each)

    @property
    def wrong(self) -> list[str]:
        return [said for one in self.each for said in one.wrong]


@contextmanager
def sending(base_url: str, told: dict[str, list[Payload]]) -> Iterator[Senders]:
    """The vehicles send within the block, at whose end all of them have been answered."""
    turns = cycle(TURNS)
    senders = Senders([Sender(base_url, *one, next(turns)) for one in told.items()])
    stop = Event()
    with ThreadPoolExecutor(len(senders.each)) as threads:
        running = [threads.submit(one.run, stop) for one in senders.each]
        try:
            yield senders
            for one in running:
                one.result(ANSWER_S * 2)
        finally:
            stop.set()
