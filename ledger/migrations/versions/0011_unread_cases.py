"""Cases whose papers cannot be written because the records cannot be read: for whoever looks after the service; and how many
there are of each sort, for the overview."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TERRITORY = "territory_id = (SELECT nullif(current_setting('app.territory_id', true), ''))"
_DISTRICT = "district_id = (SELECT nullif(current_setting('app.district_id', true), ''))"


def upgrade() -> None:
    _unread()
    _tallies()


def _tallies() -> None:
    op.create_table(
        "case_tallies",
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("one", sa.Text(), server_default="", nullable=False),
        sa.Column("other", sa.Text(), server_default="", nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
    )
    for whose in ("district_id", "territory_id"):
        op.create_index(op.f(f"ix_case_tallies_{whose}_what_at"), "case_tallies", [whose, "what", "at"])
    op.execute("ALTER TABLE case_tallies ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE case_tallies FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON case_tallies TO xh_bureau, xh_auditor, xh_territory")
    op.execute("GRANT SELECT, INSERT, DELETE ON case_tallies TO xh_ledger")
    for role, mine in (("xh_bureau", _DISTRICT), ("xh_auditor", _DISTRICT), ("xh_territory", _TERRITORY)):
        op.execute(
            f"CREATE POLICY {role}_select ON case_tallies AS PERMISSIVE FOR SELECT TO {role} USING ({mine})"
        )
    op.execute(
        "CREATE POLICY xh_ledger_all ON case_tallies AS PERMISSIVE FOR ALL TO xh_ledger"
        " USING (true) WITH CHECK (true)"
    )


def _unread() -> None:
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
