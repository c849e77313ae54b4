"""What is promised of telemetry, asked of the database once a fault is over."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

import httpx

from service.api.deps import Registry
from service.domain.boot import Gap
from service.domain.telemetry import SummaryKey
from service.usecases.ports import Page, Query
from tests.faults.processes import testzone
from tests.faults.vehicles import WATCHER


def stored(registry: Registry) -> Counter[SummaryKey]:
    """How often each summary is in the registry, with its evidence."""
    counts: Counter[SummaryKey] = Counter()
    cursor: str | None = None
    while True:
        with registry.store.read() as tx:
            page = tx.telemetry.recorded(cursor, 1_000)
        counts.update(summary.key for summary, _ in page.items)
        if page.next is None:
            return counts
        cursor = page.next


def assert_kept(registry: Registry, sent: Iterable[SummaryKey]) -> None:
    """Each that was sent counts once, gaps are what never was, and both audits find nothing."""
    counts = stored(registry)
    lost, strange = set(sent) - counts.keys(), counts.keys() - set(sent)
    doubled = {key for key, count in counts.items() if count > 1}
    assert (lost, doubled, strange) == (set(), set(), set())
    assert sorted(missing(registry), key=str) == sorted(never_sent(sent), key=str)
    url = registry.settings.database_url
    for command, finding in (("evidence", "0 differences."), ("verify", "as they were written")):
        ran = testzone(url, "audit", command)
        assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}"
        assert finding in ran.stdout


def missing(registry: Registry) -> list[Gap]:
    with registry.store.read() as tx:
        page: Page[Gap] = tx.telemetry.gaps(Query(limit=100_000))
    return list(page.items)


def told_missing(base_url: str) -> list[Gap]:
    """The gaps as the operator is told of them."""
    headers = {"Authorization": f"Bearer {WATCHER}"}
    gaps: list[Gap] = []
    cursor: str | None = None
    while True:
        asked = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = httpx.get(f"{base_url}/v1/telemetry/gaps", params=asked, headers=headers).json()
        gaps += [Gap(**item) for item in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            return gaps


def never_sent(sent: Iterable[SummaryKey]) -> list[Gap]:
    """The runs of numbers below the last of each boot that were not sent."""
    gaps: list[Gap] = []
    for (vehicle_id, boot_id), keys in groupby(sorted(set(sent)), key=lambda key: key[:2]):
        before = 0
        for _, _, seq in keys:
            if seq > before + 1:
                gaps.append(Gap(vehicle_id, boot_id, before + 1, seq - 1))
            before = seq
    return gaps
