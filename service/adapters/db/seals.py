"""What a seal digests: the telemetry that arrived in a period, each summary with its evidence and
the time of its arrival (decision 11); and what is written down when summaries are taken away."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Self

from sqlalchemy import Connection, select

from service.adapters.db.codec import canonical, codec_of, digest_of
from service.adapters.db.tables import EvidenceRow, SummaryRow

SEALED = "telemetry:"
"""How the subjects of seals begin; each goes by the seq of its own line."""
RETIRED = "telemetry-retired:"
"""How the subjects of months begin whose summaries were taken away."""

_SUMMARY, _EVIDENCE = SummaryRow.table(), EvidenceRow.table()
parts = (
    select(
        _SUMMARY.c.id, _SUMMARY.c.received_at, _SUMMARY.c.digest, _EVIDENCE.c.digest.label("proof")
    )
    .join_from(_SUMMARY, _EVIDENCE, _SUMMARY.c.arrival == _EVIDENCE.c.arrival)
    .order_by(_SUMMARY.c.arrival)
)
"""What is digested of each summary, in the order of arrival; to be narrowed."""


def sealed_text(rows: Sequence[Any]) -> str:
    """What a seal digests: of each summary its id, its arrival, its digest and its evidence's."""
    instant = codec_of(datetime).encode
    return canonical([[r.id, instant(r.received_at), r.digest, r.proof] for r in rows])


@dataclass(frozen=True)
class Retirement:
    """What was taken away: which arrivals, as runs of numbers, and the seals that covered them.

    Their evidence stays; `evidence` digests it, now that no seal covers it.
    """

    arrivals: tuple[tuple[int, int], ...]
    seals: tuple[int, ...]
    evidence: str

    @classmethod
    def of(cls, connection: Connection, arrivals: Sequence[int], seals: Iterable[int]) -> Self:
        """The arrivals, in order, are about to be taken away."""
        runs = tuple(_runs(arrivals))
        return cls(runs, tuple(sorted(seals)), evidence_digest(connection, runs))

    @classmethod
    def read(cls, text: str) -> Self:
        """What a journal line says; ValueError or TypeError when it says nothing of the kind."""
        told = json.loads(text)
        return cls(tuple(map(tuple, told["arrivals"])), tuple(told["seals"]), told["evidence"])

    def text(self) -> str:
        """What the journal keeps of it."""
        return canonical(
            {"arrivals": self.arrivals, "seals": self.seals, "evidence": self.evidence}
        )

    @property
    def count(self) -> int:
        """How many summaries."""
        return sum(last - first + 1 for first, last in self.arrivals)


def evidence_digest(connection: Connection, runs: Iterable[tuple[int, int]]) -> str:
    """The digest of the evidence that arrived in those runs."""
    rows = select(_EVIDENCE.c.arrival, _EVIDENCE.c.digest).order_by(_EVIDENCE.c.arrival)
    found = (connection.execute(rows.where(_EVIDENCE.c.arrival.between(*run))) for run in runs)
    return digest_of(canonical([list(row) for row in chain.from_iterable(found)]))


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The runs of consecutive numbers in an ascending sequence."""
    first = last = None
    for number in numbers:
        if first is None or last is None or number != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last
