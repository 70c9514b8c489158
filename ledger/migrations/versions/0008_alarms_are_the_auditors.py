"""Lines of no district (an unknown account, a message turned away at a workflow's door) are for every auditor."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DISTRICT = "(SELECT nullif(current_setting('app.district_id', true), ''))"


def upgrade() -> None:
    """Still nothing without a scope."""
    op.execute(
        "ALTER POLICY xh_auditor_select ON audit_log"
        f" USING (district_id = {DISTRICT} OR (district_id IS NULL AND {DISTRICT} IS NOT NULL))"
    )
