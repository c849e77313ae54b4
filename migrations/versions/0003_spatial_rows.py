"""The volumes of records, and on PostgreSQL the one index over place, time and height."""

import sqlalchemy as sa
from alembic import op

from service.adapters.db.columns import BigNumber, GeometryColumn

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SIDES = ("west", "south", "east", "north", "start_s", "end_s", "low_m", "high_m")


def upgrade() -> None:
    op.create_table(
        "volume",
        sa.Column("id", BigNumber(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(), sa.ForeignKey("content.digest"), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("core", GeometryColumn(), nullable=False),
        *(sa.Column(side, sa.Float(), nullable=False) for side in SIDES),
    )
    op.create_index("ix_volume_subject", "volume", ["kind", "subject_id"])
    op.create_table(
        "spatial_basis",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ground", sa.String(), nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            """
            CREATE INDEX ix_volume_box ON volume USING gist (
                ST_MakeEnvelope(west, south, east, north, 4490),
                numrange(start_s::numeric, end_s::numeric, '[]'),
                numrange(low_m::numeric, high_m::numeric, '[]')
            )
            """
        )


def downgrade() -> None:
    op.drop_table("spatial_basis")
    op.drop_table("volume")
