"""The audit: recomputes everything that follows from something else, and names what does not.

Journal lines from their fields and predecessors, contents from their texts, rows and spatial rows
from their contents, seals from the telemetry they cover.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from geo.altitude import Ground
from service.adapters.db.codec import decode, digest_of
from service.adapters.db.contents import Contents, ValueCache, at_once
from service.adapters.db.guards import defects
from service.adapters.db.journal import GENESIS, SqlJournal, hash_of
from service.adapters.db.records import derived
from service.adapters.db.resources import RESOURCES, Resource
from service.adapters.db.tables import ContentRow, EvidenceRow, SummaryRow, VolumeRow
from service.adapters.db.telemetry import (
    SEALED,
    evidence_columns,
    sealed_rows,
    sealed_text,
    seen,
    summary_columns,
)
from service.adapters.db.volumes import spatial_rows
from service.domain.evidence import Evidence
from service.domain.journal import Entry
from service.domain.telemetry import Summary

Columns = Mapping[Any, Any]


@dataclass(frozen=True)
class Defect:
    """One thing that is not as it was written: the journal line it concerns, and the subject."""

    seq: int | None
    subject: str
    message: str


@dataclass
class Chain:
    """What the journal says; `sound` are the digests whose text is as it was."""

    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, Entry] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=lambda: {GENESIS})
    payloads: dict[str, Entry] = field(default_factory=dict)
    sound: set[str] = field(default_factory=set)


def verify(connection: Connection, ground: Ground, head: str | None = None) -> list[Defect]:
    """Everything that is wrong; nothing when all is as it was written.

    `head` is a hash noted down earlier: its line must still be there, or a tail was cut off.
    """
    chain = Chain()
    found = [
        *_readable("journal", _lines(connection, chain)),
        *_readable("content", _contents(connection, chain)),
    ]
    if head is not None and head not in chain.hashes:
        found.append(Defect(None, "journal", f"no line has the hash {head}: lines were cut off"))
    for resource in RESOURCES:
        found += _readable(resource.name, _records(connection, resource, chain, ground))
    found += _readable("telemetry", _summaries(connection))
    found += _readable("telemetry", _evidence(connection))
    found += _readable("telemetry", _seals(connection, chain))
    found += (Defect(None, "index", problem) for problem in defects(connection))
    return found


def _readable(subject: str, found: Iterator[Defect]) -> Iterator[Defect]:
    """The defects; one more where a table holds what is no value of its column."""
    try:
        yield from found
    except ValueError as unreadable:
        yield Defect(None, subject, f"some of it cannot be read: {unreadable}")


def _lines(connection: Connection, chain: Chain) -> Iterator[Defect]:
    seq, prev = 0, GENESIS
    for line in SqlJournal(connection):
        if line.seq != seq + 1:
            yield Defect(line.seq, line.subject, f"line {seq + 1} is missing before it")
        if line.prev != prev:
            yield Defect(line.seq, line.subject, "it does not follow the line before it")
        if line.hash != hash_of(line):
            yield Defect(line.seq, line.subject, "its fields do not give its hash")
        seq, prev = line.seq, line.hash
        chain.first.setdefault(line.subject, line.seq)
        chain.last[line.subject] = line
        chain.hashes.add(line.hash)
        chain.payloads.setdefault(line.payload_digest, line)


def _contents(connection: Connection, chain: Chain) -> Iterator[Defect]:
    present = set()
    for row in connection.execute(_portioned(ContentRow.table())):
        digest, body = row.digest, row.body
        present.add(digest)
        line = chain.payloads.get(digest)
        if line is None:
            yield Defect(None, f"content:{digest}", "no line of the journal knows it")
        elif digest_of(body) != digest:
            yield Defect(line.seq, line.subject, "the text of its content was changed")
        else:
            chain.sound.add(digest)
    for digest in chain.payloads.keys() - present:
        line = chain.payloads[digest]
        yield Defect(line.seq, line.subject, "its content is missing")


def _records(
    connection: Connection, resource: Resource[Any], chain: Chain, ground: Ground
) -> Iterator[Defect]:
    spatial = _spatial_rows(connection, resource)
    unseen = {subject for subject in chain.last if subject.startswith(resource.subject(""))}
    for row, value in _current(connection, resource, chain):
        subject = resource.subject(row["id"])
        unseen.discard(subject)
        boxes = spatial.pop(row["id"], [])
        line = chain.last.get(subject)
        if line is None or line.payload_digest != row["content_digest"]:
            yield Defect(row["seq"], subject, "the journal's last line says otherwise")
        elif value is not None:
            digest = line.payload_digest
            expected = derived(resource, value, line.seq, digest, line.at)
            expected["born"] = chain.first[subject]
            yield from _differences(line.seq, subject, [expected], [row])
            expected_boxes = spatial_rows(resource, value, digest, ground)
            yield from _differences(line.seq, subject, expected_boxes, boxes)
    for subject in unseen:
        yield Defect(chain.last[subject].seq, subject, "its row is missing")
    for key in spatial:
        yield Defect(None, resource.subject(key), "spatial rows of nothing")


def _current(
    connection: Connection, resource: Resource[Any], chain: Chain
) -> Iterator[tuple[Columns, Any]]:
    """Each row and the value of its content; None when its text is missing or not right."""
    rows = connection.execute(select(resource.table)).mappings().all()
    contents = Contents(connection, ValueCache())
    for some in at_once(rows):
        wanted = {row["content_digest"] for row in some} & chain.sound
        values = contents.values([(resource.kind, digest) for digest in wanted])
        for row in some:
            yield row, values.get((resource.kind, row["content_digest"]))


def _spatial_rows(connection: Connection, resource: Resource[Any]) -> dict[str, list[Columns]]:
    table = VolumeRow.table()
    rows = select(table).where(table.c.kind == resource.name).order_by(table.c.position)
    found: dict[str, list[Columns]] = defaultdict(list)
    for row in connection.execute(rows).mappings():
        found[row["subject_id"]].append(row)
    return found


def _differences(
    seq: int | None, subject: str, expected: Sequence[Columns], present: Sequence[Columns]
) -> Iterator[Defect]:
    """A defect for each column that is not as expected, or one when there are too many or few."""
    if len(expected) != len(present):
        yield Defect(seq, subject, f"{len(present)} spatial rows instead of {len(expected)}")
        return
    for should, row in zip(expected, present, strict=True):
        for name, value in should.items():
            if row[name] != value:
                yield Defect(seq, subject, f"{name} is {row[name]!r} instead of {value!r}")


def _summaries(connection: Connection) -> Iterator[Defect]:
    """Every text and column, and the key without which a summary could be counted again."""
    for rows in connection.execute(_portioned(SummaryRow.table())).partitions():
        sound = {}
        for row in rows:
            subject = f"summary:{row.id}"
            if digest_of(row.body) == row.digest:
                summary = decode(Summary, row.body)
                sound[summary.key] = summary
                expected = summary_columns(summary)
                yield from _differences(row.seal, subject, [expected], [row._mapping])
            else:
                yield Defect(row.seal, subject, "its text was changed")
        known = seen(connection, list(sound))
        for key, summary in sound.items():
            if known.get(key) != summary.digest:
                yield Defect(None, f"summary:{summary.id}", "its key is missing or another's")


def _evidence(connection: Connection) -> Iterator[Defect]:
    for row in connection.execute(_portioned(EvidenceRow.table())):
        subject = f"evidence:{row.arrival}"
        if digest_of(row.body) == row.digest:
            expected = evidence_columns(decode(Evidence, row.body))
            yield from _differences(None, subject, [expected], [row._mapping])
        else:
            yield Defect(None, subject, "its text was changed")


def _seals(connection: Connection, chain: Chain) -> Iterator[Defect]:
    """A seal covers exactly the telemetry that it digested, and nothing claims a seal wrongly."""
    covered = defaultdict(list)
    for seal, *parts in connection.execute(sealed_rows):
        covered[seal].append(tuple(parts))
    lines = {line.seq: line for subject, line in chain.last.items() if subject.startswith(SEALED)}
    for seq in sorted(covered.keys() | lines.keys()):
        line = lines.get(seq)
        if line is None or digest_of(sealed_text(covered[seq])) != line.payload_digest:
            yield Defect(seq, line.subject if line else "telemetry", "the seal does not fit")


def _portioned(table: Table) -> Select[Any]:
    """All rows, to be read in portions."""
    return select(table).execution_options(yield_per=2000)
