"""What a vehicle told of when: found by vehicle and time together."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_evidence_vehicle_started", "evidence", ["vehicle_id", "started_at"])
    op.drop_index("ix_evidence_vehicle_id", "evidence")


def downgrade() -> None:
    op.create_index("ix_evidence_vehicle_id", "evidence", ["vehicle_id"])
    op.drop_index("ix_evidence_vehicle_started", "evidence")
