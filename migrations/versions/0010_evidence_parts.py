"""Evidence by day, mode, zone, stretch and direction; what is there already has no parts."""

import sqlalchemy as sa
from alembic import op

from service.adapters.db.columns import BigNumber

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_part",
        sa.Column("arrival", BigNumber(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        *(
            sa.Column(name, sa.String(), nullable=False, index=True)
            for name in ("vehicle_id", "permit_id", "organisation_id")
        ),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("zone_id", sa.String(), nullable=True, index=True),
        sa.Column("stretch_id", sa.String(), nullable=True, index=True),
        sa.Column("forward", sa.Boolean(), nullable=True),
        sa.Column("km", sa.Float(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("exits", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("evidence_part")
