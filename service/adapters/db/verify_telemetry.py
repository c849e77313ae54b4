"""The audit of telemetry: texts and columns, keys, the pairing with evidence, and the seals."""

import sys
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Table, exists, func, select

from service.adapters.db.codec import decode, digest_of
from service.adapters.db.contents import Contents, ValueCache
from service.adapters.db.salvage import (
    Defect,
    Read,
    differences,
    guarded,
    portions,
    unreadable,
)
from service.adapters.db.seals import (
    RETIRED,
    SEALED,
    Retirement,
    evidence_digest,
    parts,
    sealed_text,
)
from service.adapters.db.tables import BootRow, EvidenceRow, GapRow, SummaryKeyRow, SummaryRow
from service.adapters.db.telemetry import evidence_columns, seen, summary_columns
from service.domain.evidence import Evidence
from service.domain.journal import Entry
from service.domain.telemetry import Summary, SummaryKey

_SUMMARY, _EVIDENCE = SummaryRow.table(), EvidenceRow.table()
_KEY, _BOOT, _GAP = SummaryKeyRow.table().c, BootRow.table().c, GapRow.table().c


def telemetry_defects(connection: Connection, lines: Iterable[Entry]) -> Iterator[Defect]:
    """Everything that is wrong with telemetry; `lines` are the last of each subject."""
    known = list(lines)
    seals = {line.seq: line for line in known if line.subject.startswith(SEALED)}
    gone = Gone(connection, [line for line in known if line.subject.startswith(RETIRED)])
    yield from gone.defects
    for some in portions(connection, _SUMMARY):
        yield from _summaries(connection, some, seals.keys())
    for some in portions(connection, _EVIDENCE):
        for read in some:
            yield from guarded(f"evidence:{read.key}", _evidence(read))
    yield from _without(connection, _SUMMARY, _EVIDENCE, Gone(connection, ()))
    yield from _without(connection, _EVIDENCE, _SUMMARY, gone)
    yield from _counts(connection, gone.count)
    yield from _unanswered(connection)
    for line in seals.values():
        if line.seq not in gone.seals:
            yield from guarded(line.subject, _seal(connection, line))


class Gone:
    """The summaries that were taken away, as the journal has it; their evidence is still there."""

    def __init__(self, connection: Connection, lines: Sequence[Entry]) -> None:
        bodies = Contents(connection, ValueCache()).bodies({line.payload_digest for line in lines})
        self.defects: list[Defect] = []
        self.seals: set[int] = set()
        self.count = 0
        self._runs: list[tuple[int, int]] = []
        for line in lines:
            self.defects += guarded(line.subject, self._note(connection, line, bodies))

    def has(self, arrival: int) -> bool:
        """True when that one was taken away."""
        at = bisect_right(self._runs, (arrival, sys.maxsize)) - 1
        return at >= 0 and arrival <= self._runs[at][1]

    def _note(
        self, connection: Connection, line: Entry, bodies: Mapping[str, str]
    ) -> Iterator[Defect]:
        body = bodies.get(line.payload_digest)
        if body is None or digest_of(body) != line.payload_digest:
            # missing or changed, and named for that
            return
        told = Retirement.read(body)
        self.seals |= {*told.seals}
        self.count += told.count
        self._runs = sorted([*self._runs, *told.arrivals])
        if evidence_digest(connection, told.arrivals) != told.evidence:
            yield Defect(line.seq, line.subject, "the evidence of what was taken away was changed")


def _summaries(
    connection: Connection, some: Sequence[Read], seals: Collection[int]
) -> Iterator[Defect]:
    sound: dict[SummaryKey, Summary] = {}
    for read in some:
        yield from guarded(f"summary:{read.key}", _summary(read, seals, sound))
    yield from guarded("telemetry", _keys(connection, sound))


def _keys(connection: Connection, sound: Mapping[SummaryKey, Summary]) -> Iterator[Defect]:
    known = seen(connection, list(sound))
    for key, summary in sound.items():
        if known.get(key) != summary.digest:
            yield Defect(None, f"summary:{summary.id}", "its key is missing or another's")


def _summary(
    read: Read, seals: Collection[int], sound: dict[SummaryKey, Summary]
) -> Iterator[Defect]:
    """Text, columns and seal of one summary; noted by its key when its text is as it was."""
    if isinstance(read.row, Exception):
        yield unreadable(f"summary:{read.key}", read.row)
        return
    row, subject = read.row, f"summary:{read.row.id}"
    if row.seal is not None and row.seal not in seals:
        yield Defect(None, subject, f"no line {row.seal!r} seals it")
    if digest_of(row.body) != row.digest:
        yield Defect(None, subject, "its text was changed")
        return
    summary = decode(Summary, row.body)
    sound[summary.key] = summary
    yield from differences(None, subject, [summary_columns(summary)], [row._mapping])


def _evidence(read: Read) -> Iterator[Defect]:
    subject = f"evidence:{read.key}"
    if isinstance(read.row, Exception):
        yield unreadable(subject, read.row)
    elif digest_of(read.row.body) != read.row.digest:
        yield Defect(None, subject, "its text was changed")
    else:
        expected = evidence_columns(decode(Evidence, read.row.body))
        yield from differences(None, subject, [expected], [read.row._mapping])


def _without(connection: Connection, table: Table, other: Table, gone: Gone) -> Iterator[Defect]:
    """A defect for each row that has none of the same arrival in the other table."""
    lonely = select(table.c.arrival).where(~exists().where(other.c.arrival == table.c.arrival))
    for arrival in connection.execute(lonely.order_by(table.c.arrival)).scalars():
        if not gone.has(arrival):
            yield Defect(None, f"{table.name}:{arrival}", f"its {other.name} is missing")


def _unanswered(connection: Connection) -> Iterator[Defect]:
    """A number that was recorded was answered for, or the same could be recorded again."""
    answered = exists().where(
        _BOOT.vehicle_id == _KEY.vehicle_id,
        _BOOT.boot_id == _KEY.boot_id,
        _BOOT.last_seq >= _KEY.seq,
    )
    missing = exists().where(
        _GAP.vehicle_id == _KEY.vehicle_id,
        _GAP.boot_id == _KEY.boot_id,
        _GAP.first_seq <= _KEY.seq,
        _GAP.last_seq >= _KEY.seq,
    )
    rows = select(func.count()).select_from(SummaryKeyRow.table()).where(~answered | missing)
    count = connection.execute(rows).scalar_one()
    if count:
        yield Defect(None, "telemetry", f"{count} recorded numbers count as never answered for")


def _counts(connection: Connection, gone: int) -> Iterator[Defect]:
    """A key outlives its summary only where the summary was taken away."""
    keys, summaries = (
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (SummaryKeyRow.table(), _SUMMARY)
    )
    if keys != summaries + gone:
        yield Defect(None, "telemetry", f"{keys} keys of summaries for {summaries} summaries")


def _seal(connection: Connection, line: Entry) -> Iterator[Defect]:
    """A seal covers exactly the telemetry that it digested."""
    covered = connection.execute(parts.where(_SUMMARY.c.seal == line.seq)).all()
    if digest_of(sealed_text(covered)) != line.payload_digest:
        yield Defect(line.seq, line.subject, "the seal does not fit")
