"""Papers: what was written, frozen by its hash, and what whoever holds one may ask."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DISTRICT = "district_id = (SELECT nullif(current_setting('app.district_id', true), ''))"
_ENTERPRISE = "enterprise_id = (SELECT nullif(current_setting('app.enterprise_id', true), ''))"
_TERRITORY = "territory_id = (SELECT nullif(current_setting('app.territory_id', true), ''))"
_VISIBLE = "EXISTS (SELECT 1 FROM cases c WHERE c.case_id = papers.case_id)"
_CHECKED = "token, kind, number, authority, dated, sha256, withdrawn_seq"


def upgrade() -> None:
    _table()
    op.execute("ALTER TABLE papers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE papers FORCE ROW LEVEL SECURITY")
    op.execute(
        "GRANT SELECT ON papers TO xh_bureau, xh_auditor, xh_enterprise, xh_territory, xh_assessor, xh_link"
    )
    op.execute("GRANT SELECT, INSERT ON papers TO xh_ledger")
    op.execute(
        "GRANT UPDATE (known, withdrawn_seq, sha256, size, object_key, authority, dated, fault_zh, fault_en, made_at)"
        " ON papers TO xh_ledger"
    )
    op.execute(f"GRANT SELECT ({_CHECKED}) ON papers TO xh_auth")
    known = f'known AND NOT "inner" AND {_VISIBLE}'
    for role, using in (
        ("xh_bureau", _DISTRICT),
        ("xh_auditor", _DISTRICT),
        ("xh_territory", _TERRITORY),
        ("xh_enterprise", f"{_ENTERPRISE} AND {known}"),
        ("xh_link", known),
        ("xh_auth", "true"),
    ):
        op.execute(
            f"CREATE POLICY {role}_select ON papers AS PERMISSIVE FOR SELECT TO {role} USING ({using})"
        )
    op.execute(
        "CREATE POLICY xh_ledger_all ON papers AS PERMISSIVE FOR ALL TO xh_ledger USING (true) WITH CHECK (true)"
    )
    op.create_index(op.f("ix_case_events_recorded_at"), "case_events", ["recorded_at"], unique=False)


def _table() -> None:
    op.create_table(
        "papers",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=True),
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
        sa.Column("withdrawn_seq", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", "kind", name=op.f("pk_papers")),
        sa.UniqueConstraint("token", name=op.f("uq_papers_token")),
    )
    op.create_index(
        op.f("ix_papers_district_id_dated_case_id_seq"),
        "papers",
        ["district_id", "dated", "case_id", "seq"],
        unique=False,
    )
    op.create_index("ix_papers_entered", "papers", ["entered_at"], unique=False)
    op.create_index(
        "ix_papers_faulty", "papers", ["made_at"], unique=False, postgresql_where=sa.text("sha256 IS NULL")
    )
