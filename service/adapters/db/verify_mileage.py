"""The audit of the parts of evidence: rows that SQL adds up, as the evidence itself has them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, exists, select

from service.adapters.db.codec import decode, digest_of
from service.adapters.db.mileage import part_columns
from service.adapters.db.salvage import Defect, Read, differences, guarded, portions
from service.adapters.db.tables import EvidencePartRow, EvidenceRow
from service.domain.evidence import Evidence

_EVIDENCE, _PARTS = EvidenceRow.table(), EvidencePartRow.table()


def mileage_defects(connection: Connection) -> Iterator[Defect]:
    """Every part that is not as its evidence has it, and those that belong to none."""
    for some in portions(connection, _EVIDENCE):
        yield from _portion(connection, some)
    arrival = _PARTS.c.arrival
    lonely = select(arrival).where(~exists().where(_EVIDENCE.c.arrival == arrival)).distinct()
    for number in connection.execute(lonely.order_by(arrival)).scalars():
        yield Defect(None, f"evidence_part:{number}", "its evidence is missing")


def _portion(connection: Connection, some: Sequence[Read]) -> Iterator[Defect]:
    # what is not as it was written is told of by the audit of telemetry
    read = [one.row for one in some if not isinstance(one.row, Exception)]
    rows = [row for row in read if _is_whole(row)]
    arrivals = [row.arrival for row in rows]
    parts = select(_PARTS).where(_PARTS.c.arrival.in_(arrivals)).order_by(_PARTS.c.position)
    found: dict[Any, list[Any]] = defaultdict(list)
    for part in connection.execute(parts):
        found[part.arrival].append(part._mapping)
    for row in rows:
        subject = f"evidence_part:{row.arrival}"
        yield from guarded(subject, _of_evidence(subject, row.body, found[row.arrival]))


def _is_whole(row: Any) -> bool:
    return isinstance(row.body, str) and digest_of(row.body) == row.digest


def _of_evidence(subject: str, body: str, present: Sequence[Any]) -> Iterator[Defect]:
    yield from differences(None, subject, part_columns(decode(Evidence, body)), present)
