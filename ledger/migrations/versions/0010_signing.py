"""How the party signed at a visit: on the screen, or before witnesses not at all."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inspections", sa.Column("signing", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_inspections_signed",
        "inspections",
        ["recorded_at"],
        postgresql_where=sa.text("signing IS NOT NULL"),
    )
