"""Answers remembered by Idempotency-Key, for a day (decision 14)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from service.adapters.db.tables import ReplayRow
from service.usecases.ports import Replay

REMEMBERED = timedelta(hours=24)

_REPLAY = ReplayRow.table()


class SqlReplays:
    """The answers given, as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, actor: str, route: str, key: str, now: datetime) -> Replay | None:
        """The answer remembered and not yet too old."""
        columns = _REPLAY.c
        row = self._connection.execute(
            select(columns.body_digest, columns.status, columns.body).where(
                columns.actor == actor,
                columns.route == route,
                columns.key == key,
                columns.at > now - REMEMBERED,
            )
        ).first()
        return None if row is None else Replay(**row._mapping)

    def put(self, actor: str, route: str, key: str, replay: Replay, now: datetime) -> None:
        """Remember an answer, and forget those that are too old."""
        self._connection.execute(delete(_REPLAY).where(_REPLAY.c.at <= now - REMEMBERED))
        self._connection.execute(
            insert(_REPLAY).values(actor=actor, route=route, key=key, at=now, **vars(replay))
        )
