"""What ingest needs to know of each boot, and what could not be taken; summaries by month.

On PostgreSQL the summaries are partitioned by the month of their arrival, so that old months can be
detached. The partitions lie in a schema of their own.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from service.adapters.db.columns import BigNumber

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SUMMARY = "arrival, id, received_at, started_at, ended_at, west, south, east, north, digest, body"
INDEXED = ("id", "received_at", "started_at", "seal")


def upgrade() -> None:
    _make_boots()
    _make_dead_letters()
    _let_evidence_tell_its_end()
    if op.get_context().dialect.name == "postgresql":
        _partition()


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _unpartition()
    op.drop_index("ix_evidence_vehicle_time", "evidence")
    op.drop_column("evidence", "ended_at")
    op.create_index("ix_evidence_vehicle_started", "evidence", ["vehicle_id", "started_at"])
    for name in ("dead_letter", "gap", "boot"):
        op.drop_table(name)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, BigNumber(), nullable=False)


def _text(
    name: str, *, nullable: bool = False, index: bool = False, unique: bool = False
) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable, index=index, unique=unique)


def _make_boots() -> None:
    op.create_table(
        "boot",
        sa.Column("vehicle_id", sa.String(), primary_key=True),
        sa.Column("boot_id", sa.String(), primary_key=True),
        _number("upto"),
        _number("last_seq"),
        sa.Column("last_received_at", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "gap",
        sa.Column("id", BigNumber(), primary_key=True),
        _text("vehicle_id"),
        _text("boot_id"),
        _number("first_seq"),
        _number("last_seq"),
    )
    op.create_index("ix_gap_boot", "gap", ["vehicle_id", "boot_id", "first_seq"], unique=True)
    op.execute(
        "INSERT INTO gap (vehicle_id, boot_id, first_seq, last_seq)"
        " SELECT vehicle_id, boot_id, before + 1, seq - 1 FROM (SELECT vehicle_id, boot_id, seq,"
        " lag(seq, 1, 0) OVER (PARTITION BY vehicle_id, boot_id ORDER BY seq) AS before"
        " FROM summary_key) AS told WHERE seq > before + 1 ORDER BY vehicle_id, boot_id, seq"
    )
    op.execute(
        "INSERT INTO boot (vehicle_id, boot_id, upto, last_seq, last_received_at)"
        " SELECT k.vehicle_id, k.boot_id, coalesce((SELECT min(g.first_seq) - 1 FROM gap g"
        " WHERE g.vehicle_id = k.vehicle_id AND g.boot_id = k.boot_id), max(k.seq)), max(k.seq),"
        " (SELECT max(s.received_at) FROM summary s JOIN evidence e ON e.arrival = s.arrival"
        " WHERE e.vehicle_id = k.vehicle_id) FROM summary_key k GROUP BY k.vehicle_id, k.boot_id"
    )


def _make_dead_letters() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("number", BigNumber(), primary_key=True),
        _text("id", unique=True),
        sa.Column("received_at", UTCDateTime(), nullable=False, index=True),
        _text("channel"),
        _text("organisation_id", index=True),
        _text("sender"),
        _text("vehicle_id", nullable=True),
        _text("boot_id", nullable=True),
        sa.Column("seq", BigNumber(), nullable=True),
        *map(_text, ("code", "pointer", "message_zh", "message_en")),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("replayed_at", UTCDateTime(), nullable=True),
        _text("outcome", nullable=True),
    )


def _let_evidence_tell_its_end() -> None:
    op.add_column("evidence", sa.Column("ended_at", UTCDateTime(), nullable=True))
    op.execute(
        "UPDATE evidence SET ended_at ="
        " (SELECT s.ended_at FROM summary s WHERE s.arrival = evidence.arrival)"
    )
    with op.batch_alter_table("evidence") as evidence:
        evidence.alter_column("ended_at", existing_type=UTCDateTime(), nullable=False)
        evidence.drop_index("ix_evidence_vehicle_started")
        evidence.create_index("ix_evidence_vehicle_time", ["vehicle_id", "ended_at", "started_at"])


def _partition() -> None:
    """Move the summaries into a table partitioned by month, and what it holds into its months."""
    op.execute("ALTER TABLE summary RENAME TO summary_whole")
    op.execute("CREATE TABLE summary (LIKE summary_whole) PARTITION BY RANGE (received_at)")
    op.execute("CREATE SCHEMA IF NOT EXISTS telemetry")
    # what no month was made for yet is kept all the same
    op.execute("CREATE TABLE telemetry.summary_other PARTITION OF summary DEFAULT")
    months = op.get_bind().scalars(
        sa.text(
            "SELECT month::date FROM generate_series(date_trunc('month', coalesce("
            "(SELECT min(received_at) FROM summary_whole), now()), 'UTC'), now()"
            " + interval '2 months', interval '1 month') AS month"
        )
    )
    for month in months.all():
        end = (month + timedelta(days=31)).replace(day=1)
        op.execute(
            f"CREATE TABLE telemetry.summary_{month:%Y_%m} PARTITION OF summary"
            f" FOR VALUES FROM ('{month} 00:00+00') TO ('{end} 00:00+00')"
        )
    op.execute(f"INSERT INTO summary ({SUMMARY}, seal) SELECT {SUMMARY}, seal FROM summary_whole")
    op.execute("DROP TABLE summary_whole")
    _constrain("arrival, received_at")


def _unpartition() -> None:
    """Put the summaries back into one table; what was detached stays where it is."""
    op.execute("ALTER TABLE summary RENAME TO summary_parted")
    op.execute("CREATE TABLE summary (LIKE summary_parted)")
    op.execute(f"INSERT INTO summary ({SUMMARY}, seal) SELECT {SUMMARY}, seal FROM summary_parted")
    op.execute("DROP TABLE summary_parted")
    _constrain("arrival")


def _constrain(key: str) -> None:
    op.execute(f"ALTER TABLE summary ADD CONSTRAINT pk_summary PRIMARY KEY ({key})")
    op.create_foreign_key("fk_summary_seal", "summary", "journal", ["seal"], ["seq"])
    for name in INDEXED:
        op.create_index(f"ix_summary_{name}", "summary", [name])
