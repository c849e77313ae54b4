"""The audit of telemetry: texts and columns, keys, the pairing with evidence, and the seals."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Table, exists, func, select

from service.adapters.db.codec import decode, digest_of
from service.adapters.db.salvage import (
    Defect,
    Read,
    differences,
    guarded,
    portions,
    unreadable,
)
from service.adapters.db.seals import SEALED, parts, sealed_text
from service.adapters.db.tables import EvidenceRow, SummaryKeyRow, SummaryRow
from service.adapters.db.telemetry import Key, evidence_columns, seen, summary_columns
from service.domain.evidence import Evidence
from service.domain.journal import Entry
from service.domain.telemetry import Summary

_SUMMARY, _EVIDENCE = SummaryRow.table(), EvidenceRow.table()


def telemetry_defects(connection: Connection, lines: Iterable[Entry]) -> Iterator[Defect]:
    """Everything that is wrong with telemetry; `lines` are the last of each subject."""
    seals = {line.seq: line for line in lines if line.subject.startswith(SEALED)}
    for some in portions(connection, _SUMMARY):
        yield from _summaries(connection, some, seals.keys())
    for some in portions(connection, _EVIDENCE):
        for read in some:
            yield from guarded(f"evidence:{read.key}", _evidence(read))
    yield from _without(connection, _SUMMARY, _EVIDENCE)
    yield from _without(connection, _EVIDENCE, _SUMMARY)
    yield from _counts(connection)
    for line in seals.values():
        yield from guarded(line.subject, _seal(connection, line))


def _summaries(
    connection: Connection, some: Sequence[Read], seals: Collection[int]
) -> Iterator[Defect]:
    sound: dict[Key, Summary] = {}
    for read in some:
        yield from guarded(f"summary:{read.key}", _summary(read, seals, sound))
    yield from guarded("telemetry", _keys(connection, sound))


def _keys(connection: Connection, sound: Mapping[Key, Summary]) -> Iterator[Defect]:
    known = seen(connection, list(sound))
    for key, summary in sound.items():
        if known.get(key) != summary.digest:
            yield Defect(None, f"summary:{summary.id}", "its key is missing or another's")


def _summary(read: Read, seals: Collection[int], sound: dict[Key, Summary]) -> Iterator[Defect]:
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


def _without(connection: Connection, table: Table, other: Table) -> Iterator[Defect]:
    """A defect for each row that has none of the same arrival in the other table."""
    lonely = select(table.c.arrival).where(~exists().where(other.c.arrival == table.c.arrival))
    for arrival in connection.execute(lonely.order_by(table.c.arrival)).scalars():
        yield Defect(None, f"{table.name}:{arrival}", f"its {other.name} is missing")


def _counts(connection: Connection) -> Iterator[Defect]:
    """A key outlives its summary only where the summary was taken away."""
    keys, summaries = (
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (SummaryKeyRow.table(), _SUMMARY)
    )
    if keys != summaries:
        yield Defect(None, "telemetry", f"{keys} keys of summaries for {summaries} summaries")


def _seal(connection: Connection, line: Entry) -> Iterator[Defect]:
    """A seal covers exactly the telemetry that it digested."""
    covered = connection.execute(parts.where(_SUMMARY.c.seal == line.seq)).all()
    if digest_of(sealed_text(covered)) != line.payload_digest:
        yield Defect(line.seq, line.subject, "the seal does not fit")
