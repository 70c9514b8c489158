"""Papers of an enterprise's file: what was written, frozen by its hash, and what whoever holds one may ask."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_DISTRICT = "district_id = (SELECT nullif(current_setting('app.district_id', true), ''))"
_ENTERPRISE = "enterprise_id = (SELECT nullif(current_setting('app.enterprise_id', true), ''))"
_TERRITORY = "territory_id = (SELECT nullif(current_setting('app.territory_id', true), ''))"


def upgrade() -> None:
    _table()
    op.execute("ALTER TABLE enterprise_papers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE enterprise_papers FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON enterprise_papers TO xh_bureau, xh_auditor, xh_enterprise, xh_territory")
    op.execute("GRANT SELECT, INSERT, UPDATE ON enterprise_papers TO xh_ledger")
    op.execute("GRANT SELECT (token, kind, number, authority, dated, sha256) ON enterprise_papers TO xh_auth")
    known = 'known AND NOT "inner"'
    for role, using in (
        ("xh_bureau", _DISTRICT),
        ("xh_auditor", _DISTRICT),
        ("xh_territory", f"{_TERRITORY} AND {known}"),
        ("xh_enterprise", f"{_ENTERPRISE} AND {known}"),
        ("xh_auth", "true"),
    ):
        op.execute(
            f"CREATE POLICY {role}_select ON enterprise_papers AS PERMISSIVE FOR SELECT TO {role} USING ({using})"
        )
    op.execute(
        "CREATE POLICY xh_ledger_all ON enterprise_papers AS PERMISSIVE FOR ALL TO xh_ledger"
        " USING (true) WITH CHECK (true)"
    )
    op.create_index(
        op.f("ix_enterprise_events_event_recorded_at"), "enterprise_events", ["event", "recorded_at"]
    )
    op.create_index(
        "ix_inspections_clean",
        "inspections",
        ["recorded_at"],
        postgresql_where=sa.text("case_numbers = '{}'::jsonb"),
    )


def _table() -> None:
    op.create_table(
        "enterprise_papers",
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("inspection_id", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=True),
        sa.Column("series", sa.Text(), server_default="", nullable=False),
        sa.Column("authority", sa.Text(), server_default="", nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("inner", sa.Boolean(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("fault_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("fault_en", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(inspection_id, seq) = 1", name=op.f("ck_enterprise_papers_source")),
        sa.PrimaryKeyConstraint("enterprise_id", "source", name=op.f("pk_enterprise_papers")),
        sa.UniqueConstraint("token", name=op.f("uq_enterprise_papers_token")),
    )
    op.create_index(
        op.f("ix_enterprise_papers_inspection_id"),
        "enterprise_papers",
        ["inspection_id"],
        postgresql_where=sa.text("inspection_id IS NOT NULL"),
    )
