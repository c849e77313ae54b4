"""Where each vehicle was last."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from service.adapters.db.columns import BigNumber

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vehicle_state",
        sa.Column("vehicle_id", sa.String(), primary_key=True),
        sa.Column("number", BigNumber(), nullable=False, unique=True, index=True),
        sa.Column("organisation_id", sa.String(), nullable=False, index=True),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("lon", "lat")),
        *(sa.Column(name, sa.Float()) for name in ("horizontal_accuracy_m", "altitude")),
        sa.Column("altitude_reference", sa.String()),
        *(sa.Column(name, sa.Float()) for name in ("speed_mps", "heading_deg")),
        sa.Column("control_mode", sa.String()),
        sa.Column("permit_id", sa.String()),
    )


def downgrade() -> None:
    op.drop_table("vehicle_state")
