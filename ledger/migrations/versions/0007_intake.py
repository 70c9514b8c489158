"""The intake: registration numbers of tips, what is handed to other departments; and enterprises' own checks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_DISTRICT = "district_id = (SELECT nullif(current_setting('app.district_id', true), ''))"
_ENTERPRISE = "enterprise_id = (SELECT nullif(current_setting('app.enterprise_id', true), ''))"
_TERRITORY = "territory_id = (SELECT nullif(current_setting('app.territory_id', true), ''))"
_USER = "(SELECT nullif(current_setting('app.user_id', true), ''))"


def upgrade() -> None:
    _numbers()
    _transfers()
    _own_checks()
    _own_reports()
    _seen()
    _told()


def _numbers() -> None:
    """Whichever way a tip comes in, the database numbers it: a district's tips of a year queue, and none is left out."""
    op.execute(
        "CREATE FUNCTION number_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = public, pg_temp AS $$ BEGIN"
        " PERFORM pg_advisory_xact_lock(hashtextextended('tips ' || NEW.district_id, 0));"
        " NEW.year := extract(year FROM NEW.received_at AT TIME ZONE 'Asia/Shanghai');"
        " NEW.no := 1 + coalesce((SELECT max(no) FROM tips"
        " WHERE district_id = NEW.district_id AND year = NEW.year), 0);"
        " RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER numbered BEFORE INSERT ON tips FOR EACH ROW EXECUTE FUNCTION number_tip()")
    op.execute("GRANT SELECT (district_id, year, no) ON tips TO xh_search")
    op.execute("CREATE POLICY xh_search_select ON tips AS PERMISSIVE FOR SELECT TO xh_search USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    op.execute("REVOKE ALL ON FUNCTION number_tip() FROM PUBLIC")
    op.execute("ALTER FUNCTION number_tip() OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("to_department", sa.Text(), server_default="", nullable=False),
        sa.Column("letter_no", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("about IN ('tip', 'case')", name=op.f("ck_transfers_about")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfers")),
    )
    op.create_index(
        op.f("ix_transfers_district_id_answer_by_transfer_id"),
        "transfers",
        ["district_id", "answer_by", "transfer_id"],
        unique=False,
    )
    op.create_index(op.f("ix_transfers_case_id"), "transfers", ["case_id"], unique=False)
    op.execute("ALTER TABLE transfers ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE transfers FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON transfers TO xh_bureau, xh_auditor")
    op.execute("GRANT INSERT ON transfers TO xh_bureau")
    op.execute("GRANT UPDATE (answer, answered_on, recorded_at, recorded_by) ON transfers TO xh_bureau")
    for role, command, clause in (
        ("xh_bureau", "SELECT", f"USING ({_DISTRICT})"),
        ("xh_auditor", "SELECT", f"USING ({_DISTRICT})"),
        ("xh_bureau", "INSERT", f"WITH CHECK ({_DISTRICT} AND sent_by = {_USER})"),
        ("xh_bureau", "UPDATE", f"USING ({_DISTRICT}) WITH CHECK ({_DISTRICT})"),
    ):
        op.execute(
            f"CREATE POLICY {role}_{command.lower()} ON transfers AS PERMISSIVE FOR {command} TO {role} {clause}"
        )


def _own_checks() -> None:
    op.create_table(
        "self_checks",
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_self_checks")),
    )
    op.create_index(
        op.f("ix_self_checks_enterprise_id_checked_on_check_id"),
        "self_checks",
        ["enterprise_id", "checked_on", "check_id"],
        unique=False,
    )
    op.create_table(
        "self_findings",
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("maybe_major", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("rectified_text", sa.Text(), server_default="", nullable=False),
        sa.Column("rectified_name", sa.Text(), server_default="", nullable=False),
        sa.Column("rectified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_text", sa.Text(), server_default="", nullable=False),
        sa.Column("manager_name", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'rectified', 'checked', 'reported')", name=op.f("ck_self_findings_state")
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_self_findings")),
    )
    for columns in (("enterprise_id", "state", "due_on"), ("district_id", "found_on")):
        named = (*columns, "finding_id")
        op.create_index(
            op.f(f"ix_self_findings_{'_'.join(named)}"), "self_findings", list(named), unique=False
        )


def _own_reports() -> None:
    op.create_table(
        "double_reports",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("congress_note", sa.Text(), server_default="", nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_double_reports")),
        sa.UniqueConstraint(
            "enterprise_id", "year", "quarter", name=op.f("uq_double_reports_enterprise_id_year_quarter")
        ),
    )
    op.create_index(
        op.f("ix_double_reports_district_id_year_quarter_report_id"),
        "double_reports",
        ["district_id", "year", "quarter", "report_id"],
        unique=False,
    )


_CHANGED = {
    "self_checks": "",
    "self_findings": "state, rectified_text, rectified_name, rectified_at, checked_text, manager_name, checked_at,"
    " returns, reported_at",
    "double_reports": "figures, made_at, made_by, principal, confirmed_at, confirmed_by, held_on, congress_note,"
    " told_at",
}
"""Table → what an enterprise changes of its own rows."""


def _seen() -> None:
    """An enterprise keeps its own rows; its territory and the officials read them. The pictures of what it found itself are
    evidence, which it adds and reads before there is a case and after."""
    readers = {
        "xh_enterprise": _ENTERPRISE,
        "xh_territory": _TERRITORY,
        "xh_bureau": _DISTRICT,
        "xh_auditor": _DISTRICT,
    }
    for table, columns in _CHANGED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO {', '.join(readers)}")
        op.execute(f"GRANT INSERT ON {table} TO xh_enterprise")
        for role, mine in readers.items():
            if table == "double_reports" and role != "xh_enterprise":
                mine = f"{mine} AND confirmed_at IS NOT NULL"
            op.execute(f"CREATE POLICY {role}_select ON {table} FOR SELECT TO {role} USING ({mine})")
        op.execute(
            f"CREATE POLICY xh_enterprise_insert ON {table} FOR INSERT TO xh_enterprise WITH CHECK ({_ENTERPRISE})"
        )
        if columns:
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO xh_enterprise")
            op.execute(
                f"CREATE POLICY xh_enterprise_update ON {table} FOR UPDATE TO xh_enterprise"
                f" USING ({_ENTERPRISE}) WITH CHECK ({_ENTERPRISE})"
            )
    found = "EXISTS (SELECT 1 FROM self_findings f WHERE f.finding_id = evidence.case_id)"
    own = f"uploaded_by = {_USER} AND {found}"
    op.execute(f"CREATE POLICY own_finding ON evidence FOR INSERT TO xh_enterprise WITH CHECK ({own})")
    seen = f"uploaded_role = 'enterprise' AND audience = 'parties' AND {found}"
    op.execute(f"CREATE POLICY own_finding_read ON evidence FOR SELECT TO xh_enterprise USING ({seen})")


_UNTOLD = {
    "self_findings": ("due_on", "state = 'open' AND overdue_told_at IS NULL"),
    "transfers": ("answer_by", "answered_on IS NULL AND overdue_told_at IS NULL"),
}
"""Table → the day that may pass, and the rows nobody was told of."""


def _told() -> None:
    """The worker tells of days that have passed, and remembers that it did."""
    for column in ("about_finding_id", "about_transfer_id"):
        op.add_column("notices", sa.Column(column, sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_notices_subject"), "notices")
    about = "case_id, about_enterprise_id, about_import_id, about_finding_id, about_transfer_id"
    op.create_check_constraint(op.f("ck_notices_subject"), "notices", f"num_nonnulls({about}) = 1")
    for table, (day, untold) in _UNTOLD.items():
        op.create_index(f"ix_{table}_untold", table, [day], unique=False, postgresql_where=sa.text(untold))
        op.execute(f"GRANT SELECT, UPDATE (overdue_told_at) ON {table} TO xh_ledger")
        op.execute(
            f"CREATE POLICY xh_ledger_all ON {table} AS PERMISSIVE FOR ALL TO xh_ledger"
            " USING (true) WITH CHECK (true)"
        )
