"""Cases whose papers cannot be written because the records cannot be read: for whoever looks after the service."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DISTRICT = "district_id = (SELECT nullif(current_setting('app.district_id', true), ''))"


def upgrade() -> None:
    op.create_table(
        "unread_cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("fault_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("fault_en", sa.Text(), server_default="", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_unread_cases")),
    )
    op.execute("ALTER TABLE unread_cases ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE unread_cases FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON unread_cases TO xh_bureau, xh_auditor")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON unread_cases TO xh_ledger")
    for role in ("xh_bureau", "xh_auditor"):
        op.execute(
            f"CREATE POLICY {role}_select ON unread_cases AS PERMISSIVE FOR SELECT TO {role} USING ({_DISTRICT})"
        )
    op.execute(
        "CREATE POLICY xh_ledger_all ON unread_cases AS PERMISSIVE FOR ALL TO xh_ledger"
        " USING (true) WITH CHECK (true)"
    )
    op.create_index(
        "ix_enterprise_papers_faulty",
        "enterprise_papers",
        ["made_at"],
        postgresql_where=sa.text("sha256 IS NULL"),
    )
