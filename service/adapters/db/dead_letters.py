"""Telemetry that could not be taken, in a table of its own outside the chain."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from geo.text import Text
from service.adapters.db.paging import cursor_of, kept_among, start_of
from service.adapters.db.tables import DeadLetterRow
from service.adapters.db.upsert import upsert
from service.domain.dead_letter import Channel, DeadLetter
from service.domain.errors import NotFound, Problem
from service.domain.telemetry import Outcome
from service.usecases.ports import Page, Query

OWNERS = ("vehicle_id", "boot_id", "organisation_id", "channel", "code")
"""What letters are told apart by."""


class SqlDeadLetters:
    """The table of dead letters, as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them; of one that is kept already the reason is brought up to date."""
        if letters:
            self._connection.execute(_UPSERT, [_row_of(letter) for letter in letters])

    def get(self, key: str) -> DeadLetter:
        """The letter; NotFound when there is none."""
        row = self._connection.execute(select(_TABLE).where(_LETTER.id == key)).one_or_none()
        if row is None:
            raise NotFound("dead_letter", key)
        return _letter(row)

    def page(self, query: Query) -> Page[DeadLetter]:
        """One page of letters, oldest first."""
        rows = kept_among(select(_TABLE), {name: _LETTER[name] for name in OWNERS}, query)
        rows = rows.where(_LETTER.number > start_of(query.cursor))
        if query.updated_since is not None:
            rows = rows.where(_LETTER.received_at >= query.updated_since)
        found = self._connection.execute(rows.order_by(_LETTER.number).limit(query.limit + 1)).all()
        some = found[: query.limit]
        next_one = cursor_of(some[-1].number) if len(found) > len(some) else None
        return Page(tuple(map(_letter, some)), next_one)

    def replayed(self, key: str, outcome: Outcome, at: datetime) -> None:
        """Note what became of a letter that was handed in again."""
        here = update(_TABLE).where(_LETTER.id == key)
        self._connection.execute(here.values(replayed_at=at, outcome=outcome.value))

    def forget(self, before: datetime) -> None:
        """Letters that were received before then are gone."""
        self._connection.execute(delete(_TABLE).where(_LETTER.received_at < before))


def _row_of(letter: DeadLetter) -> dict[str, Any]:
    vehicle_id, boot_id, seq = letter.key or (None, None, None)
    problem = letter.problem
    return {
        "id": letter.id,
        "received_at": letter.received_at,
        "channel": letter.channel.value,
        "organisation_id": letter.organisation_id,
        "sender": letter.sender,
        "vehicle_id": vehicle_id,
        "boot_id": boot_id,
        "seq": seq,
        "code": problem.code,
        "pointer": problem.pointer,
        "message_zh": problem.message.zh,
        "message_en": problem.message.en,
        # PostgreSQL's text holds no zero, which is a defect of the letter as it is
        "body": letter.body.replace("\0", "\ufffd"),
        "is_whole": letter.is_whole,
        "replayed_at": letter.replayed_at,
        "outcome": letter.outcome and letter.outcome.value,
    }


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        received_at=row.received_at,
        channel=Channel(row.channel),
        organisation_id=row.organisation_id,
        sender=row.sender,
        key=None if row.vehicle_id is None else (row.vehicle_id, row.boot_id, row.seq),
        problem=Problem(row.pointer, row.code, Text(row.message_zh, row.message_en)),
        body=row.body,
        is_whole=row.is_whole,
        replayed_at=row.replayed_at,
        outcome=row.outcome and Outcome(row.outcome),
    )


_TABLE = DeadLetterRow.table()
_LETTER = _TABLE.c
_UPSERT = upsert(_TABLE, "id", updated=("code", "pointer", "message_zh", "message_en"))
