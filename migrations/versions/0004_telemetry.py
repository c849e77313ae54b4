"""Telemetry summaries, what makes them unique, and what they prove."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from service.adapters.db.columns import BigNumber

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _time(name: str, *, index: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTCDateTime(), nullable=False, index=index)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "summary_key",
        sa.Column("vehicle_id", sa.String(), primary_key=True),
        sa.Column("boot_id", sa.String(), primary_key=True),
        sa.Column("seq", BigNumber(), primary_key=True),
        sa.Column("payload_digest", sa.String(), nullable=False),
    )
    op.create_table(
        "summary",
        sa.Column("arrival", BigNumber(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, index=True),
        _time("received_at", index=True),
        _time("started_at", index=True),
        _time("ended_at"),
        *map(_number, ("west", "south", "east", "north")),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", BigNumber(), sa.ForeignKey("journal.seq"), nullable=True, index=True),
    )
    op.create_table(
        "evidence",
        sa.Column("arrival", BigNumber(), primary_key=True),
        *(
            sa.Column(name, sa.String(), nullable=False, index=True)
            for name in ("vehicle_id", "permit_id", "organisation_id")
        ),
        _time("started_at", index=True),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        *map(_number, ("automated_km", "automated_hours", "outside_km", "claimed_km")),
        sa.Column("takeovers", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("summary")
    op.drop_table("summary_key")
