"""The audit: recomputes everything that follows from something else, and names what does not.

Journal lines from their fields and predecessors, contents from their texts, rows and spatial rows
from their contents; telemetry is verify_telemetry.py's. Whatever cannot even be read is named, and
the audit goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from geo.altitude import Ground
from service.adapters.db.codec import decode, digest_of
from service.adapters.db.contents import Contents, ValueCache
from service.adapters.db.erasable import SALT, is_vouched_for
from service.adapters.db.guards import defects
from service.adapters.db.journal import GENESIS, hash_of
from service.adapters.db.records import derived
from service.adapters.db.resources import RESOURCES, Resource
from service.adapters.db.salvage import (
    Columns,
    Defect,
    Read,
    differences,
    guarded,
    portions,
    unreadable,
)
from service.adapters.db.tables import ContentRow, JournalRow, SpatialBasisRow, VolumeRow
from service.adapters.db.verify_mileage import mileage_defects
from service.adapters.db.verify_telemetry import telemetry_defects
from service.adapters.db.volumes import spatial_rows
from service.domain.journal import Entry


@dataclass
class Chain:
    """What the journal says; `sound` are the digests whose text is as it was."""

    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, Entry] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=lambda: {GENESIS})
    payloads: dict[str, Entry] = field(default_factory=dict)
    sound: set[str] = field(default_factory=set)

    def note(self, line: Entry) -> None:
        """Remember what a line says."""
        self.first.setdefault(line.subject, line.seq)
        self.last[line.subject] = line
        self.hashes.add(line.hash)
        self.payloads.setdefault(line.payload_digest, line)


def verify(connection: Connection, ground: Ground, head: str | None = None) -> list[Defect]:
    """Everything that is wrong; nothing when all is as it was written.

    `head` is a hash noted down earlier: its line must still be there, or a tail was cut off.
    """
    chain = Chain()
    found = [*_lines(connection, chain), *_contents(connection, chain)]
    if head is not None and head not in chain.hashes:
        found.append(Defect(None, "journal", f"no line has the hash {head}: lines were cut off"))
    basis = list(guarded("index", _basis(connection, ground)))
    found += basis
    for resource in RESOURCES:
        # rows computed with another ground differ, and nobody has changed them
        boxes = None if basis else Boxes.of(connection, resource, ground)
        found += _records(connection, resource, chain, boxes)
    found += telemetry_defects(connection, chain.last.values())
    found += mileage_defects(connection)
    found += (Defect(None, "index", problem) for problem in defects(connection))
    return found


def _lines(connection: Connection, chain: Chain) -> Iterator[Defect]:
    seq, prev = 0, GENESIS
    for read in _each(connection):
        if isinstance(read.row, Exception):
            yield unreadable(f"line {read.key}", read.row)
            seq, prev = read.key, ""
            continue
        if not isinstance(read.row.subject, str):
            yield Defect(read.key, f"line {read.key}", "its subject is no text")
            seq, prev = read.key, read.row.hash
            continue
        line = Entry(**read.row._mapping)
        yield from guarded(line.subject, _line(line, seq, prev))
        seq, prev = line.seq, line.hash
        chain.note(line)


def _each(connection: Connection) -> Iterator[Read]:
    return (read for some in portions(connection, JournalRow.table()) for read in some)


def _line(line: Entry, seq: int, prev: str) -> Iterator[Defect]:
    """What is wrong with a line after line `seq` of hash `prev`; "": that could not be read."""
    if line.seq != seq + 1:
        yield Defect(line.seq, line.subject, f"line {seq + 1} is missing before it")
    if prev not in ("", line.prev):
        yield Defect(line.seq, line.subject, "it does not follow the line before it")
    if line.hash != hash_of(line):
        yield Defect(line.seq, line.subject, "its fields do not give its hash")


def _contents(connection: Connection, chain: Chain) -> Iterator[Defect]:
    present = set()
    for some in portions(connection, ContentRow.table()):
        for read in some:
            present.add(read.key)
            yield from guarded(f"content:{read.key}", _content(read, chain))
    for digest in chain.payloads.keys() - present:
        line = chain.payloads[digest]
        yield Defect(line.seq, line.subject, "its content is missing")


def _content(read: Read, chain: Chain) -> Iterator[Defect]:
    line = chain.payloads.get(read.key)
    if line is None:
        yield Defect(None, f"content:{read.key}", "no line of the journal knows it")
    elif isinstance(read.row, Exception) or digest_of(read.row.body) != read.key:
        yield Defect(line.seq, line.subject, "the text of its content was changed")
    else:
        chain.sound.add(read.key)


class Boxes:
    """The spatial rows of one resource, to be held against its values."""

    def __init__(self, ground: Ground, reads: Iterable[Read]) -> None:
        self.ground = ground
        self.unreadable: list[Defect] = []
        self._rows: dict[str, list[Row[Any]]] = defaultdict(list)
        for read in reads:
            if isinstance(read.row, Exception):
                self.unreadable.append(unreadable(f"volume:{read.key}", read.row))
            else:
                self._rows[read.row.subject_id].append(read.row)

    @classmethod
    def of(cls, connection: Connection, resource: Resource[Any], ground: Ground) -> "Boxes":
        """The rows as they are."""
        table = VolumeRow.table()
        some = portions(connection, table, table.c.kind == resource.name)
        return cls(ground, (read for portion in some for read in portion))

    def take(self, key: str) -> list[Row[Any]]:
        """Those of one subject; what is not taken belongs to nothing."""
        return self._rows.pop(key, [])

    def left(self) -> Iterable[str]:
        """Whose rows were not taken."""
        return self._rows


def _basis(connection: Connection, ground: Ground) -> Iterator[Defect]:
    """A defect when the spatial rows rest on other heights of the ground than those in use."""
    present = connection.execute(select(SpatialBasisRow.table().c.ground)).scalar()
    if present not in (None, repr(ground)):
        words = "the spatial rows rest on other heights of the ground: run testzone migrate"
        yield Defect(None, "index", words)


def _records(
    connection: Connection, resource: Resource[Any], chain: Chain, boxes: Boxes | None
) -> Iterator[Defect]:
    contents = Contents(connection, ValueCache())
    unseen = {subject for subject in chain.last if subject.startswith(resource.subject(""))}
    for some in portions(connection, resource.table):
        rows = [read.row for read in some if not isinstance(read.row, Exception)]
        bodies = contents.bodies({row.content_digest for row in rows} & chain.sound)
        for read in some:
            subject = resource.subject(read.key)
            unseen.discard(subject)
            yield from guarded(subject, _record(resource, read, chain, bodies, boxes))
    for subject in unseen:
        yield Defect(chain.last[subject].seq, subject, "its row is missing")
    if boxes is not None:
        yield from boxes.unreadable
        for key in boxes.left():
            yield Defect(None, resource.subject(key), "spatial rows of nothing")


def _record(
    resource: Resource[Any],
    read: Read,
    chain: Chain,
    bodies: Mapping[str, str],
    boxes: Boxes | None,
) -> Iterator[Defect]:
    subject = resource.subject(read.key)
    present = boxes.take(read.key) if boxes is not None else []
    if isinstance(read.row, Exception):
        yield unreadable(subject, read.row)
        return
    row, line = read.row._mapping, chain.last.get(subject)
    if line is None or line.payload_digest != row["content_digest"]:
        seq = None if line is None else line.seq
        yield Defect(seq, subject, "the journal's last line says otherwise")
        return
    body = bodies.get(line.payload_digest)
    if body is None:
        # missing or changed, and named for that
        return
    value = decode(resource.kind, body)
    expected = derived(resource, value, line.seq, line.payload_digest, line.at)
    expected["born"] = chain.first[subject]
    yield from differences(line.seq, subject, [expected], [row])
    yield from _kept_out(resource, row, line, body)
    if boxes is not None:
        there = [box._mapping for box in sorted(present, key=lambda box: box.position)]
        wanted = spatial_rows(resource, value, line.payload_digest, boxes.ground)
        yield from differences(line.seq, subject, wanted, there)


def _kept_out(resource: Resource[Any], row: Columns, line: Entry, body: str) -> Iterator[Defect]:
    """What is kept beside a content is what it vouches for, or erased."""
    if any(row[name] != erased for name, erased in resource.blank.items()):
        kept = {name: row[name] for name in (*resource.blank, SALT)}
        if not is_vouched_for(body, kept):
            words = "what is kept beside its content was changed"
            yield Defect(line.seq, line.subject, words)
