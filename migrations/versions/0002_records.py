"""One table per kind of record, with the columns that lists are filtered by."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from service.adapters.db.columns import BigNumber

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _text(name: str, *, index: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, index=index, unique=unique)


def _maybe(name: str, *, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=True, index=index)


def _period() -> tuple[sa.Column[object], ...]:
    return tuple(
        sa.Column(name, UTCDateTime(), nullable=False) for name in ("valid_from", "valid_to")
    )


TABLES: dict[str, tuple[sa.Column[object], ...]] = {
    "road": (_text("external_id", index=True), _text("road_class", index=True)),
    "district": (_text("code", index=True),),
    "zone": (_text("state", index=True), _text("zone_kind"), _maybe("district")),
    "restriction": (
        _text("state", index=True),
        _text("restriction_kind"),
        _text("effect"),
        _text("applies_to"),
        _text("visibility"),
    ),
    "organisation": (_text("registration_number", index=True),),
    "person": (
        _text("organisation_id", index=True),
        _text("person_role"),
        _text("name"),
        _maybe("licence_number"),
    ),
    "vehicle": (_text("organisation_id", index=True), _text("domain"), _text("vehicle_kind")),
    "vehicle_key": (_text("vehicle_id", index=True), _text("digest", unique=True)),
    "insurance": (_text("organisation_id", index=True), *_period()),
    "application": (
        _text("state", index=True),
        _text("organisation_id", index=True),
        _text("domain"),
        _text("phase"),
        *_period(),
    ),
    "permit": (
        _text("state", index=True),
        _text("organisation_id", index=True),
        _text("domain"),
        _text("phase"),
        _text("number", unique=True),
        _text("application_id", index=True),
        *_period(),
    ),
    "violation": (
        _text("organisation_id", index=True),
        _text("vehicle_id", index=True),
        _text("permit_id", index=True),
        _text("violation_kind"),
        _text("summary_id"),
    ),
    "incident": (
        _text("state", index=True),
        _text("organisation_id", index=True),
        _text("incident_kind"),
        _text("severity"),
        _maybe("permit_id", index=True),
    ),
    "import_report": (_text("kind"),),
    "account": (_text("username", unique=True), _text("password_hash")),
}


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.create_table(
            name,
            sa.Column("id", sa.String(), primary_key=True),
            sa.Column("born", BigNumber(), nullable=False, unique=True),
            sa.Column("seq", BigNumber(), nullable=False),
            sa.Column("revision", sa.Integer(), nullable=False),
            sa.Column(
                "content_digest", sa.String(), sa.ForeignKey("content.digest"), nullable=False
            ),
            sa.Column("updated_at", UTCDateTime(), nullable=False, index=True),
            *columns,
        )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
