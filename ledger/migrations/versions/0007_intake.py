"""The intake: registration numbers of tips, and what is handed to other departments with its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_DISTRICT = "district_id = (SELECT nullif(current_setting('app.district_id', true), ''))"
_USER = "(SELECT nullif(current_setting('app.user_id', true), ''))"


def upgrade() -> None:
    _numbers()
    _transfers()


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
