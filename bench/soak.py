"""A day of a fleet with faults, in as few minutes as the machine takes: `make soak`.

Each simulated hour the worker's work is done too. Counts what was acknowledged beside what the
database holds, number by number, and watches the memory of the process that takes it in.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import httpx
from sqlalchemy import func, select

from bench.machine import described
from bench.places import ENGINES, opened
from service.adapters.db.engine import connect
from service.adapters.db.tables import EvidenceRow, GapRow, SummaryKeyRow, SummaryRow
from service.adapters.demo.fleet import Faults, Sent, fleet, rides
from service.api.deps import Registry
from service.domain.dead_letter import Channel
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.domain.telemetry import Outcome
from service.usecases import evidence, telemetry
from service.usecases.ports import Query, every
from service.usecases.telemetry import Post
from service.wire.telemetry import posted_text
from service.worker import WORKER
from tests.faults.processes import Served
from tests.faults.vehicles import OWNER, WATCHER, let_in

AT_ONCE = 500
WARM_UP = 0.25
"""The share of the time after which memory may no longer grow."""
GROWTH = 1.10
HOUR = timedelta(hours=1)
OPERATOR = Actor("soak", "soak", Role.operator, OWNER)
AUDITOR = Actor("soak", "soak", Role.auditor)

Results = Sequence[tuple[str, str]]
"""Status and code of each item, in order."""


class Door(Protocol):
    """A way in."""

    def take(self, some: Sequence[Sent]) -> Results:
        """What became of each; all that is acknowledged is committed."""

    def turn(self, at: datetime) -> None:
        """An hour has passed."""

    def memory_mb(self) -> float:
        """What the process holds that takes them in."""


@dataclass
class Direct:
    """The use case, in this process, at the simulated time."""

    registry: Registry

    def take(self, some: Sequence[Sent]) -> Results:
        """Read, judge and store them in one transaction."""
        ctx = replace(self.registry.context(), now=some[-1].at)
        texts = (json.dumps(sent.payload).encode() for sent in some)
        items = [posted_text(n, text, ctx.frame) for n, text in enumerate(texts)]
        with self.registry.store.write() as tx:
            (receipt,) = telemetry.receive(tx, ctx, [Post(OPERATOR, items, Channel.file)])
        return [(r.status, r.problem.code if r.problem else "") for r in receipt.results]

    def turn(self, at: datetime) -> None:
        """As the worker does every minute."""
        ctx = replace(self.registry.context(), now=at)
        with self.registry.store.write() as tx:
            telemetry.keep_house(tx, WORKER, ctx)
            telemetry.seal(tx, WORKER, ctx)

    def memory_mb(self) -> float:
        """Of this process, the fleet itself included."""
        return _resident_mb(os.getpid())


@dataclass
class Http:
    """A server in a process of its own, at the time it is."""

    served: Served
    client: httpx.Client

    def take(self, some: Sequence[Sent]) -> Results:
        """Post them as one array."""
        body = [sent.payload for sent in some]
        answer = self.client.post("/v1/telemetry/summaries", json=body)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:400]}")
        return [(r["status"], r.get("code") or "") for r in answer.json()["results"]]

    def turn(self, at: datetime) -> None:
        """Sealing is the worker's, and there is none here."""

    def memory_mb(self) -> float:
        """Of the server."""
        return _resident_mb(self.served.pid)


@dataclass
class Ledger:
    """What each vehicle sent and what was acknowledged, a byte for each number."""

    numbers: int
    sent: dict[str, bytearray] = field(default_factory=dict)
    acknowledged: dict[str, bytearray] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, some: Sequence[Sent], results: Results) -> None:
        """Each sending with its answer."""
        for one, (status, code) in zip(some, results, strict=True):
            vehicle_id, seq = str(one.payload["vehicle_id"]), int(str(one.payload["seq"]))
            for told in (self.sent, self.acknowledged):
                told.setdefault(vehicle_id, bytearray(self.numbers + 1))
            self.sent[vehicle_id][seq] = 1
            if status != Outcome.rejected:
                self.acknowledged[vehicle_id][seq] = 1
            self.outcomes[f"{status} {code}".strip()] += 1

    def misses(self, url: str) -> Iterator[str]:
        """Where the database holds anything else than was acknowledged."""
        left = {vehicle_id: bytearray(flags) for vehicle_id, flags in self.acknowledged.items()}
        strange = 0
        key = SummaryKeyRow.table().c
        engine = connect(url)
        with engine.connect() as connection:
            for vehicle_id, seq in connection.execute(select(key.vehicle_id, key.seq)):
                strange += not left[vehicle_id][seq]
                left[vehicle_id][seq] = 0
            rows = {
                row: connection.execute(select(func.count()).select_from(row.table())).scalar_one()
                for row in (SummaryKeyRow, SummaryRow, EvidenceRow)
            }
            gap = GapRow.table().c
            missing = select(func.coalesce(func.sum(gap.last_seq - gap.first_seq + 1), 0))
            gaps = int(connection.execute(missing).scalar_one())
        engine.dispose()
        if lost := sum(map(sum, left.values())):
            yield f"{lost} acknowledged summaries are not there"
        if strange:
            yield f"{strange} summaries are there that were not acknowledged"
        if len(set(rows.values())) > 1:
            counts = ", ".join(f"{count} {row.__tablename__}" for row, count in rows.items())
            yield f"numbers, summaries and evidence do not agree: {counts}"
        if gaps != self.never_sent:
            yield f"{gaps} numbers count as missing, {self.never_sent} were never sent"

    @property
    def never_sent(self) -> int:
        """How many numbers lie before the last of their vehicle and were not sent."""
        return sum(flags.rindex(1) - sum(flags) for flags in self.sent.values())


def main() -> None:
    """Exit 1 when a promise is missed."""
    given = _arguments()
    print(f"{described()}; {given.database}, {'HTTP' if given.http else 'the use case'}")
    with ENGINES[given.database]() as url, opened(url) as registry:
        let_in(registry, [f"vehicle-{n:04}" for n in range(given.vehicles)])
        with _served(url) if given.http else nullcontext(Direct(registry)) as door:
            misses = [*_soak(given, registry, door, url), *_audited(registry)]
    for miss in misses:
        print(f"MISSED: {miss}")
    print("missed" if misses else "kept: every acknowledged summary counts exactly once")
    sys.exit(1 if misses else 0)


def _soak(given: argparse.Namespace, registry: Registry, door: Door, url: str) -> Iterator[str]:
    """Let them drive; every promise that is missed."""
    lasting, interval = timedelta(hours=given.hours), timedelta(seconds=given.every)
    # what is late arrives some intervals after all is over
    begin = datetime.now(UTC) - lasting - 25 * interval
    with registry.store.read() as tx:
        some_rides = list(rides(list(every(tx.permits.page, Query(limit=1_000)))))
    faults = Faults.alike(given.faults)
    sent = fleet(some_rides, begin, lasting, interval, faults, given.seed)
    ledger, sizes, taken_s = Ledger(int(lasting / interval)), list[float](), 0.0
    for hour, some in _by_the_hour(sent, begin):
        start = time.perf_counter()
        if hour > len(sizes):
            door.turn(some[0].at)
            sizes.append(door.memory_mb())
            print(f"{hour:3} h {ledger.outcomes.total():9,} sent {sizes[-1]:6.0f} MB", flush=True)
        results = door.take(some)
        taken_s += time.perf_counter() - start
        ledger.note(some, results)
    told = ledger.outcomes
    print(", ".join(f"{count:,} {outcome}" for outcome, count in told.most_common()))
    print(f"{ledger.never_sent:,} never sent; {told.total() / taken_s:,.0f} summaries/s")
    yield from _growth(sizes)
    yield from ledger.misses(url)


def _growth(sizes: Sequence[float]) -> Iterator[str]:
    warm, *later = sizes[int(len(sizes) * WARM_UP) :]
    most = max(later, default=warm)
    print(f"memory {warm:.0f} MB once warm, then {most / warm - 1:+.1%} at most")
    if most > GROWTH * warm:
        yield f"memory grew from {warm:.0f} MB to {most:.0f} MB"


def _audited(registry: Registry) -> Iterator[str]:
    """What both audits find."""
    defects = registry.store.verify()
    ctx = registry.context()
    with registry.store.read() as tx:
        differences = sum(1 for _ in evidence.differences(tx, AUDITOR, ctx, lambda *_: None))
    print(f"audit: {len(defects)} defects, {differences} differences of evidence")
    if defects:
        yield f"{len(defects)} defects, the first: {defects[0]}"
    if differences:
        yield f"{differences} pieces of evidence come out otherwise"


def _by_the_hour(sent: Iterator[Sent], begin: datetime) -> Iterator[tuple[int, list[Sent]]]:
    """Portions in the order of arrival, each with the hour in which it arrives."""
    for hour, those in groupby(sent, lambda one: (one.at - begin) // HOUR):
        while some := list(islice(those, AT_ONCE)):
            yield hour, some


@contextmanager
def _served(url: str) -> Iterator[Door]:
    headers = {"Authorization": f"Bearer {WATCHER}"}
    with TemporaryDirectory(prefix="testzone-soak-") as folder:
        served = Served(url, Path(folder, "log")).start()
        with httpx.Client(base_url=served.base_url, headers=headers, timeout=120) as client:
            yield Http(served, client)
        served.stop()


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--vehicles", type=int, default=2_000)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--every", type=int, default=300, help="seconds that a summary tells of")
    parser.add_argument("--faults", type=float, default=0.05, help="how often each befalls one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=ENGINES, default="SQLite")
    parser.add_argument("--http", action="store_true", help="through a server of its own")
    return parser.parse_args()


if __name__ == "__main__":
    main()
