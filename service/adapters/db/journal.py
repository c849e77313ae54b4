"""The journal: append-only, chained, numbered under the write lock (decision 11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select

from service.adapters.db.codec import canonical, codec_of, digest_of
from service.adapters.db.tables import JournalRow
from service.domain.journal import Deed, Entry

GENESIS = "0" * 64
"""What the first line is chained to."""

_FIELDS = codec_of(Entry).encode


@dataclass(frozen=True, slots=True)
class Act:
    """What a deed does to one subject: its new revision and the digest of what it now is."""

    subject: str
    revision: int
    payload_digest: str


def hash_of(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of all other fields."""
    fields = _FIELDS(entry)
    del fields["hash"]
    return digest_of(canonical(fields))


def chained(seq: int, prev: str, deed: Deed, act: Act) -> Entry:
    """The line that follows line `seq` with hash `prev`."""
    line = Entry(
        seq=seq + 1,
        at=deed.at,
        actor=deed.by,
        subject=act.subject,
        revision=act.revision,
        action=deed.action,
        payload_digest=act.payload_digest,
        prev=prev,
        hash="",
    )
    return replace(line, hash=hash_of(line))


class SqlJournal:
    """The journal table, as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._head: tuple[int, str] | None = None

    def head(self) -> tuple[int, str]:
        """The last seq and hash; (0, genesis) when nothing was written yet."""
        if self._head is None:
            seq, digest = JournalRow.table().c.seq, JournalRow.table().c.hash
            last = self._connection.execute(select(seq, digest).order_by(seq.desc()).limit(1))
            self._head = next(((row[0], row[1]) for row in last), (0, GENESIS))
        return self._head

    def append(self, deed: Deed, acts: Sequence[Act]) -> range:
        """The seqs of the lines written, one for each act."""
        seq, prev = self.head()
        lines = []
        for act in acts:
            line = chained(seq, prev, deed, act)
            seq, prev = line.seq, line.hash
            lines.append(vars(line))
        if lines:
            self._connection.execute(insert(JournalRow), lines)
            self._head = seq, prev
        return range(seq - len(lines) + 1, seq + 1)

    def page(self, after: int, limit: int, subject: str | None = None) -> Sequence[Entry]:
        """Entries after a seq, in order."""
        seq = JournalRow.table().c.seq
        lines = select(JournalRow.table()).where(seq > after).order_by(seq).limit(limit)
        if subject is not None:
            lines = lines.where(JournalRow.table().c.subject == subject)
        return [Entry(**row._mapping) for row in self._connection.execute(lines)]

    def __iter__(self) -> Iterator[Entry]:
        """Every line, in order, read in portions."""
        lines = select(JournalRow.table()).order_by(JournalRow.table().c.seq)
        for row in self._connection.execute(lines.execution_options(yield_per=2000)):
            yield Entry(**row._mapping)
