"""Cases, the ledger and the read model."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "case_events",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("acting_for", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_called", sa.Text(), nullable=True),
        sa.Column("principal_called", sa.Text(), nullable=True),
        sa.CheckConstraint("seq > 0", name=op.f("ck_case_events_seq")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_events")),
        sa.UniqueConstraint("command_id", name=op.f("uq_case_events_command_id")),
    )
    op.create_index(op.f("ix_case_events_district_id_at"), "case_events", ["district_id", "at"], unique=False)
    op.create_index(
        "ix_case_events_given",
        "case_events",
        ["actor_id", "at", "case_id", "seq"],
        unique=False,
        postgresql_where=sa.text("command_id IS NOT NULL"),
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=False),
        sa.Column("lead_no", sa.Text(), nullable=True),
        sa.Column("lead_key", sa.BigInteger(), nullable=True),
        sa.Column("order_no", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("disclosed", sa.Boolean(), nullable=False),
        sa.Column("told_seq", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspection_id", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("assessor_org_id", sa.Text(), nullable=True),
        sa.Column("handler_id", sa.Text(), nullable=True),
        sa.Column("officers", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("risk_colour", sa.Text(), nullable=True),
        sa.Column("risk_rank", sa.SmallInteger(), nullable=False),
        sa.Column("policy_version", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("recurrences", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rectify_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_clock", sa.Text(), nullable=True),
        sa.Column("due_sort", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_told", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("tasks_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("clocks_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("measures_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("counted", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("doc", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("lead_no", name=op.f("uq_cases_lead_no")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        op.f("ix_cases_assessor_org_id"),
        "cases",
        ["assessor_org_id"],
        unique=False,
        postgresql_where=sa.text("assessor_org_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_cases_district_id_due_sort_number_key_case_id"),
        "cases",
        ["district_id", "due_sort", "number_key", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cases_district_id_opened_at_number_key_case_id"),
        "cases",
        ["district_id", "opened_at", "number_key", "case_id"],
        unique=False,
        postgresql_include=["territory_id", "state"],
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["district_id", "territory_id"],
        unique=False,
        postgresql_include=[
            "case_id",
            "state",
            "industry",
            "risk_colour",
            "grade",
            "opened_at",
            "rectify_due_at",
            "acted_at",
        ],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_cases_closed",
        "cases",
        ["district_id", "closed_at"],
        unique=False,
        postgresql_include=["territory_id"],
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_cases_district_id_number_key_case_id"),
        "cases",
        ["district_id", "number_key", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cases_district_id_risk_rank_due_sort_number_key_case_id"),
        "cases",
        ["district_id", "risk_rank", "due_sort", "number_key", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cases_enterprise_id_due_sort_number_key_case_id"),
        "cases",
        ["enterprise_id", "due_sort", "number_key", "case_id"],
        unique=False,
    )
    op.create_index(
        "ix_cases_told",
        "cases",
        ["enterprise_id", "due_told", "number_key", "case_id"],
        unique=False,
        postgresql_where=sa.text("disclosed"),
    )
    op.create_index(op.f("ix_cases_handler_id"), "cases", ["handler_id"], unique=False)
    op.create_index(
        op.f("ix_cases_inspection_id"),
        "cases",
        ["inspection_id"],
        unique=False,
        postgresql_where=sa.text("inspection_id IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_flagged",
        "cases",
        ["district_id", "due_sort", "number_key", "case_id"],
        unique=False,
        postgresql_where=sa.text("flags <> '{}'"),
    )
    op.create_index(
        op.f("ix_cases_territory_id_due_sort_number_key_case_id"),
        "cases",
        ["territory_id", "due_sort", "number_key", "case_id"],
        unique=False,
    )
    op.create_table(
        "case_texts",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("requirement", sa.Text(), server_default="", nullable=False),
        sa.Column("enterprise_name", sa.Text(), server_default="", nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_texts")),
    )
    op.create_table(
        "case_told",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("requirement", sa.Text(), server_default="", nullable=False),
        sa.Column("requirements", postgresql.JSONB(), nullable=False),
        sa.Column("enterprise_name", sa.Text(), server_default="", nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_told")),
    )
    op.create_table(
        "case_clocks",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_case_clocks")),
    )
    op.create_index(
        "ix_case_clocks_provisional",
        "case_clocks",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("provisional"),
    )
    op.create_index(
        "ix_case_clocks_running",
        "case_clocks",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "case_tasks",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=True),
        sa.Column("assessor_org_id", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_sort", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("decision", sa.Boolean(), nullable=False),
        sa.Column("raised_to", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_case_tasks")),
    )
    op.create_index(
        "ix_case_tasks_decisions",
        "case_tasks",
        ["district_id", "role", "raised_to", "due_sort"],
        unique=False,
        postgresql_where=sa.text("decision"),
    )
    op.create_index(
        "ix_case_tasks_decisions_own",
        "case_tasks",
        ["enterprise_id", "role", "raised_to", "due_sort"],
        unique=False,
        postgresql_where=sa.text("decision AND enterprise_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_case_tasks_district_id_role_due_sort"),
        "case_tasks",
        ["district_id", "role", "due_sort"],
        unique=False,
    )
    op.create_index(
        op.f("ix_case_tasks_enterprise_id_role_due_sort"),
        "case_tasks",
        ["enterprise_id", "role", "due_sort"],
        unique=False,
    )
    op.create_index(
        op.f("ix_case_tasks_user_id_due_sort"), "case_tasks", ["user_id", "due_sort"], unique=False
    )
    op.create_table(
        "counters",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_counters_n")),
        sa.PrimaryKeyConstraint("authority", "kind", "year", name=op.f("pk_counters")),
    )
