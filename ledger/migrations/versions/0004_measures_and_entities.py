"""Measures with their instruments; enterprises as entities with a ledger, an inbox and tasks of their own;
messages; policy versions on their way to open cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables; their locks come with all others."""
    _measures()
    _entities()
    _inbox()
    _adoptions()


def _index(table: str, *columns: str, name: str = "", where: str = "") -> None:
    op.create_index(
        name or op.f(f"ix_{table}_{'_'.join(columns)}"),
        table,
        list(columns),
        unique=False,
        postgresql_where=sa.text(where) if where else None,
    )


def _measures() -> None:
    op.create_table(
        "case_measures",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doc", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "measure_id", name=op.f("pk_case_measures")),
    )
    newest = ("proposed_at", "case_id", "measure_id")
    for first in ("district_id", "enterprise_id", "territory_id"):
        _index("case_measures", first, *newest)
    _index("case_measures", "district_id", *newest, name="ix_case_measures_open", where="open")
    op.create_table(
        "instruments",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=True),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_instruments")),
        sa.UniqueConstraint("number", name=op.f("uq_instruments_number")),
    )
    for first in ("district_id", "enterprise_id"):
        _index("instruments", first, "issued_at", "case_id", "seq")


def _entities() -> None:
    op.create_table(
        "enterprise_events",
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("acting_for", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("source_case_id", sa.Text(), nullable=True),
        sa.Column("source_seq", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_enterprise_events_seq")),
        sa.CheckConstraint(
            "(source_case_id IS NULL) = (source_seq IS NULL)", name=op.f("ck_enterprise_events_source")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", "seq", name=op.f("pk_enterprise_events")),
        sa.UniqueConstraint("command_id", name=op.f("uq_enterprise_events_command_id")),
        sa.UniqueConstraint(
            "source_case_id", "source_seq", name=op.f("uq_enterprise_events_source_case_id_source_seq")
        ),
    )
    _index("enterprise_events", "district_id", "at")
    op.create_table(
        "enterprise_entities",
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("tasks_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("doc", postgresql.JSONB(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_enterprise_entities")),
    )
    _index("enterprise_entities", "district_id")
    closed = "closed_at IS NOT NULL"
    _index("enterprise_entities", "enterprise_id", name="ix_enterprise_entities_closed", where=closed)


def _inbox() -> None:
    op.create_table(
        "enterprise_inbox",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("consumed_seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_enterprise_inbox")),
    )
    unread = ("enterprise_id", "at", "case_id", "seq")
    _index("enterprise_inbox", *unread, name="ix_enterprise_inbox_unread", where="consumed_seq IS NULL")
    _index("enterprise_inbox", "enterprise_id", "kind", "at")
    op.create_table(
        "enterprise_tasks",
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_sort", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("decision", sa.Boolean(), nullable=False),
        sa.Column("raised_to", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "key", name=op.f("pk_enterprise_tasks")),
    )
    _index("enterprise_tasks", "district_id", "role", "due_sort")
    _index("enterprise_tasks", "user_id", "due_sort")
    _deliveries()


def _deliveries() -> None:
    """Notices that leave the house."""
    channels = "channel IN ('email', 'sms', 'robot', 'webhook')"
    op.create_table(
        "addresses",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=True),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Text(), server_default="", nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("codes", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(channels, name=op.f("ck_addresses_channel")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_addresses_user_id")),
        sa.PrimaryKeyConstraint("user_id", "channel", name=op.f("pk_addresses")),
        sa.UniqueConstraint("address_id", name=op.f("uq_addresses_address_id")),
    )
    op.create_table(
        "delivery_items",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("any_time", sa.Boolean(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "user_id", "channel", name=op.f("pk_delivery_items")),
    )
    op.create_index(
        op.f("ix_delivery_items_due_at"),
        "delivery_items",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("delivery_id IS NULL"),
    )
    op.create_index(op.f("ix_delivery_items_delivery_id"), "delivery_items", ["delivery_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("any_time", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unsure", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(channels, name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint("kind IN ('notices', 'code')", name=op.f("ck_deliveries_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'dropped')", name=op.f("ck_deliveries_state")
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "uq_deliveries_waiting",
        "deliveries",
        ["user_id", "channel"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting' AND kind = 'notices'"),
    )
    op.create_index(
        op.f("ix_deliveries_channel_next_at"),
        "deliveries",
        ["channel", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        op.f("ix_deliveries_district_id_state_made_at_delivery_id"),
        "deliveries",
        ["district_id", "state", "made_at", "delivery_id"],
        unique=False,
    )


def _adoptions() -> None:
    """A policy version on its way to open cases."""
    op.create_table(
        "policy_adoptions",
        sa.Column("adoption_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("adoption_id", name=op.f("pk_policy_adoptions")),
    )
    op.create_index(
        op.f("ix_policy_adoptions_version_district_id_requested_at"),
        "policy_adoptions",
        ["version", "district_id", "requested_at"],
        unique=False,
    )
    op.create_table(
        "policy_adoption_cases",
        sa.Column("adoption_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("zh", sa.Text(), server_default="", nullable=False),
        sa.Column("en", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("adoption_id", "case_id", name=op.f("pk_policy_adoption_cases")),
    )
    op.create_index(
        "ix_policy_adoption_cases_waiting",
        "policy_adoption_cases",
        ["adoption_id", "number"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_policy_adoption_cases_once",
        "policy_adoption_cases",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
