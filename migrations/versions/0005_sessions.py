"""Tokens of accounts, answers remembered by Idempotency-Key, and refused attempts."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from service.adapters.db.columns import BigNumber

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column(
            "account_id", sa.String(), sa.ForeignKey("account.id"), nullable=False, index=True
        ),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        _text("label"),
    )
    op.create_table(
        "replay",
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("actor", "route", "key")),
        sa.Column("at", UTCDateTime(), nullable=False, index=True),
        _text("body_digest"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("id", BigNumber(), primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        *map(_text, ("actor", "action", "subject", "code")),
    )
    op.create_index("ix_attempt_actor_at", "attempt", ["actor", "at"])


def downgrade() -> None:
    op.drop_table("attempt")
    op.drop_table("replay")
    op.drop_table("token")
