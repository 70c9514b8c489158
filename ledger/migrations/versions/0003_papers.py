"""Inspections, orders, words, files, notices, the vault."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspections",
        sa.Column("inspection_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("officers", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=True),
        sa.Column("case_numbers", postgresql.JSONB(), nullable=True),
        sa.Column("enterprise_name", sa.Text(), server_default="", nullable=False),
        sa.Column("called", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("inspection_id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("command_id", name=op.f("uq_inspections_command_id")),
        sa.UniqueConstraint("number", name=op.f("uq_inspections_number")),
    )
    op.create_index(
        op.f("ix_inspections_district_id_started_at_number_key"),
        "inspections",
        ["district_id", "started_at", "number_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inspections_enterprise_id_started_at_number_key"),
        "inspections",
        ["enterprise_id", "started_at", "number_key"],
        unique=False,
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("inspection_id", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("officers", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_method", sa.Text(), nullable=True),
        sa.Column("served_by", sa.Text(), nullable=True),
        sa.Column("enterprise_name", sa.Text(), server_default="", nullable=False),
        sa.Column("called", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index(
        op.f("ix_orders_district_id_issued_at_number_key"),
        "orders",
        ["district_id", "issued_at", "number_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_orders_enterprise_id_issued_at_number_key"),
        "orders",
        ["enterprise_id", "issued_at", "number_key"],
        unique=False,
    )
    op.create_index(op.f("ix_orders_inspection_id"), "orders", ["inspection_id"], unique=False)
    op.create_table(
        "order_items",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_days", sa.Integer(), nullable=True),
        sa.Column("requirement", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("order_id", "case_id", name=op.f("pk_order_items")),
    )
    op.create_index(op.f("ix_order_items_case_id"), "order_items", ["case_id"], unique=False)
    op.create_table(
        "contents",
        sa.Column("command_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), server_default="parties", nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("audience IN ('parties', 'bureau')", name=op.f("ck_contents_audience")),
        sa.PrimaryKeyConstraint("command_id", name=op.f("pk_contents")),
    )
    op.create_index(op.f("ix_contents_case_id"), "contents", ["case_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), server_default="parties", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("original_name", sa.Text(), server_default="", nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("preview_key", sa.Text(), nullable=True),
        sa.Column("preview_media_type", sa.Text(), nullable=True),
        sa.Column("exif_taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gps_latitude", sa.Float(), nullable=True),
        sa.Column("gps_longitude", sa.Float(), nullable=True),
        sa.Column("claimed", postgresql.JSONB(), nullable=True),
        sa.Column("look", sa.Text(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("shows", sa.Text(), server_default="before", nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_role", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_as", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("audience IN ('parties', 'bureau')", name=op.f("ck_evidence_audience")),
        sa.CheckConstraint("shows IN ('before', 'after')", name=op.f("ck_evidence_shows")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence")),
        sa.UniqueConstraint(
            "case_id",
            "sha256",
            "purpose",
            "uploaded_by",
            "item",
            name=op.f("uq_evidence_case_id_sha256_purpose_uploaded_by_item"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_evidence_case_id_uploaded_at"), "evidence", ["case_id", "uploaded_at"], unique=False
    )
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("about_enterprise_id", sa.Text(), nullable=True),
        sa.Column("about_import_id", sa.Text(), nullable=True),
        sa.Column("figures", postgresql.JSONB(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience_role", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=True),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spread_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(case_id, about_enterprise_id, about_import_id) = 1", name=op.f("ck_notices_subject")
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_case_id"), "notices", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_notices_district_id_audience_role_at_notice_id"),
        "notices",
        ["district_id", "audience_role", "at", "notice_id"],
        unique=False,
    )
    op.create_index(op.f("ix_notices_enterprise_id_at"), "notices", ["enterprise_id", "at"], unique=False)
    op.create_index(
        "ix_notices_unspread",
        "notices",
        ["at"],
        unique=False,
        postgresql_where=sa.text("spread_at IS NULL"),
    )
    op.create_table(
        "notice_reads",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", "user_id", name=op.f("pk_notice_reads")),
    )
    op.create_table(
        "reporters",
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("follow_up_hash", sa.Text(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_reporters")),
        sa.UniqueConstraint("case_id", name=op.f("uq_reporters_case_id")),
        sa.UniqueConstraint("follow_up_hash", name=op.f("uq_reporters_follow_up_hash")),
    )
    op.create_table(
        "tips",
        sa.Column("tip_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("firm", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("reached_by", sa.Text(), server_default="web", nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("handler_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("reward", sa.BigInteger(), nullable=True),
        sa.Column("reward_fine", sa.BigInteger(), nullable=True),
        sa.Column("reward_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("reward_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reward_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'closed', 'transferred')", name=op.f("ck_tips_state")
        ),
        sa.PrimaryKeyConstraint("tip_id", name=op.f("pk_tips")),
        sa.UniqueConstraint("district_id", "year", "no", name=op.f("uq_tips_district_id_year_no")),
    )
    op.create_index(
        op.f("ix_tips_district_id_state_received_at_tip_id"),
        "tips",
        ["district_id", "state", "received_at", "tip_id"],
        unique=False,
    )
    op.create_table(
        "order_links",
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_order_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_order_links_token_hash")),
    )
    op.create_index(
        op.f("ix_order_links_order_id_created_at"), "order_links", ["order_id", "created_at"], unique=False
    )
    op.create_table(
        "link_sessions",
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["order_links.link_id"], name=op.f("fk_link_sessions_link_id")),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_link_sessions")),
    )
    op.create_index(op.f("ix_link_sessions_link_id"), "link_sessions", ["link_id"], unique=False)
    op.create_table(
        "link_uses",
        sa.Column("no", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["order_links.link_id"], name=op.f("fk_link_uses_link_id")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_link_uses")),
    )
    op.create_index(op.f("ix_link_uses_order_id_no"), "link_uses", ["order_id", "no"], unique=False)
    _imports()


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'cancelled')", name=op.f("ck_imports_state")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_index(
        op.f("ix_imports_district_id_created_at_import_id"),
        "imports",
        ["district_id", "created_at", "import_id"],
        unique=False,
    )
    unfinished = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_imports_unfinished", "imports", ["import_id"], unique=False, postgresql_where=unfinished
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("given", postgresql.JSONB(), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=True),
        sa.Column("wrong", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'same', 'wrong', 'cancelled')", name=op.f("ck_import_rows_state")
        ),
        sa.PrimaryKeyConstraint("import_id", "no", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_state", "import_rows", ["import_id", "state", "no"], unique=False)
    holds = sa.text("state IN ('waiting', 'taken')")
    op.create_index("uq_import_rows_holder", "import_rows", ["case_id"], unique=True, postgresql_where=holds)
