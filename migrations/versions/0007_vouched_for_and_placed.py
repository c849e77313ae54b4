"""Tokens become records, so that the journal knows them: sessions end, everyone signs in again.

What is kept out of content gets its salt. Incidents get the time in which they may have occurred,
and their places, which are computed with all others before the registry serves again.
"""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from service.adapters.db.columns import BigNumber

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SALTED = ("person", "account")
SPANS = ("occurred_from", "occurred_to")
SPREAD = {
    "instant": timedelta(0),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=31),
}


def upgrade() -> None:
    for name in SALTED:
        op.add_column(name, sa.Column("salt", sa.String(), nullable=True))
    op.drop_table("token")
    op.create_table(
        "token",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("born", BigNumber(), nullable=False, unique=True),
        sa.Column("seq", BigNumber(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(), sa.ForeignKey("content.digest"), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False, index=True),
        _account(),
    )
    for name in SPANS:
        op.add_column("incident", sa.Column(name, UTCDateTime(), nullable=True))
    _tell_when()
    with op.batch_alter_table("incident") as incident:
        for name in SPANS:
            incident.alter_column(name, existing_type=UTCDateTime(), nullable=False)
    op.execute("DELETE FROM spatial_basis")


def downgrade() -> None:
    op.execute("DELETE FROM volume WHERE kind = 'incident'")
    for name in reversed(SPANS):
        op.drop_column("incident", name)
    op.drop_table("token")
    op.create_table(
        "token",
        sa.Column("digest", sa.String(), primary_key=True),
        _account(),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
    )
    for name in reversed(SALTED):
        op.drop_column(name, "salt")


def _account() -> sa.Column[str]:
    owner = sa.ForeignKey("account.id")
    return sa.Column("account_id", sa.String(), owner, nullable=False, index=True)


def _tell_when() -> None:
    """Fill the span of every incident from its content."""
    columns = (sa.column(name, UTCDateTime()) for name in SPANS)
    incident = sa.table("incident", sa.column("id"), sa.column("content_digest"), *columns)
    content = sa.table("content", sa.column("digest"), sa.column("body"))
    connection = op.get_bind()
    bodies = connection.execute(
        sa.select(incident.c.id, content.c.body).join_from(
            incident, content, content.c.digest == incident.c.content_digest
        )
    ).all()
    for key, body in bodies:
        facts = json.loads(body)["facts"]
        at, spread = (
            datetime.fromisoformat(facts["occurred_at"]),
            SPREAD[facts["occurred_precision"]],
        )
        span = dict(zip(SPANS, (at - spread, at + max(spread, at.resolution)), strict=True))
        connection.execute(incident.update().where(incident.c.id == key).values(span))
