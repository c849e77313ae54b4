"""The months of the summaries, on PostgreSQL: made ahead, and detached when they are over.

SQLite keeps all summaries in one table, from which nothing is taken away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, TableClause, column, table, text

AHEAD = 2
"""Months made before they begin."""
_PREFIX = "summary_"
_PARTITIONS = text(
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
    " WHERE inhparent = 'summary'::regclass ORDER BY relname"
)


@dataclass(frozen=True)
class Month:
    """One calendar month of arrivals, UTC, by its first instant."""

    start: datetime

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """The month in which a moment lies."""
        first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return cls(first)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month.of(self.start + timedelta(days=31))

    @property
    def name(self) -> str:
        """The table that holds it."""
        return f"{_PREFIX}{self.start:%Y_%m}"

    @property
    def table(self) -> TableClause:
        """What is asked of its rows once it stands alone."""
        return table(self.name, column("arrival"), column("seal"), schema="telemetry")


def make_room(connection: Connection, now: datetime) -> None:
    """The months from now on are there; what arrived before its month was made is moved into it."""
    if connection.dialect.name != "postgresql":
        return
    present, month = set(connection.execute(_PARTITIONS).scalars()), Month.of(now)
    for _ in range(AHEAD + 1):
        if month.name not in present:
            _make(connection, month)
        month = month.next


def over(connection: Connection, before: datetime) -> Iterator[Month]:
    """The months that ended before that moment, oldest first."""
    if connection.dialect.name != "postgresql":
        return
    for name in connection.execute(_PARTITIONS).scalars().all():
        told = name.removeprefix(_PREFIX)
        if told[:1].isdigit():
            month = Month(datetime.strptime(told, "%Y_%m").replace(tzinfo=UTC))
            if month.next.start <= before:
                yield month


def detach(connection: Connection, month: Month, *, empty: bool) -> None:
    """The month stands alone, beside the summaries; one that holds nothing is dropped."""
    connection.execute(text(f"ALTER TABLE summary DETACH PARTITION telemetry.{month.name}"))
    if empty:
        connection.execute(text(f"DROP TABLE telemetry.{month.name}"))


def _make(connection: Connection, month: Month) -> None:
    name = f"telemetry.{month.name}"
    start, end = (f"'{m.start:%Y-%m-%d} 00:00+00'" for m in (month, month.next))
    for statement in (
        f"CREATE TABLE {name} (LIKE summary INCLUDING ALL)",
        f"WITH moved AS (DELETE FROM telemetry.summary_other WHERE received_at >= {start}"
        f" AND received_at < {end} RETURNING *) INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE summary ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})",
    ):
        connection.execute(text(statement))
