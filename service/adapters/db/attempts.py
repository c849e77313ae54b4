"""What was refused, and to whom: outside the chain and limited in number (decision 11)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from service.adapters.db.tables import AttemptRow

MOST_PER_MINUTE = 60
"""Of one actor; what goes beyond is not written down."""

_ATTEMPT = AttemptRow.table()


def is_noted(connection: Connection, actor: str, at: datetime) -> bool:
    """True while the actor was not refused too often in the last minute."""
    lately = select(func.count()).where(
        _ATTEMPT.c.actor == actor, _ATTEMPT.c.at > at - timedelta(minutes=1)
    )
    return connection.execute(lately).scalar_one() < MOST_PER_MINUTE


def note(
    connection: Connection, actor: str, action: str, subject: str, code: str, at: datetime
) -> None:
    """Write one refusal down."""
    connection.execute(
        insert(_ATTEMPT).values(actor=actor, action=action, subject=subject, code=code, at=at)
    )
