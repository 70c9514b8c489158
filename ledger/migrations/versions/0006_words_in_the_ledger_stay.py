"""Whether the ledger refers to a command is asked of the ledger, not of the part of it the writer still sees.

A person may lose sight of a case (an assessor whose commission ended, a case transferred); under row-level
security its entries are then absent for them, and words that stand in the ledger looked like orphans.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WRITERS = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor")
USER = "(SELECT nullif(current_setting('app.user_id', true), ''))"


def upgrade() -> None:
    """A function of the search role, which sees command ids and nothing else of the ledger."""
    op.execute("GRANT SELECT (command_id) ON case_events TO xh_search")
    op.execute("CREATE POLICY xh_search_select ON case_events FOR SELECT TO xh_search USING (true)")
    op.execute(
        "CREATE FUNCTION in_ledger(command text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp"
        " AS 'SELECT EXISTS (SELECT 1 FROM case_events WHERE command_id = command)'"
    )
    op.execute("REVOKE ALL ON FUNCTION in_ledger(text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION in_ledger(text) TO {', '.join(WRITERS)}")
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    op.execute("ALTER FUNCTION in_ledger(text) OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")
    for role in WRITERS:
        op.execute(
            f"ALTER POLICY {role}_delete ON contents"
            f" USING (actor_id = {USER} AND NOT in_ledger(contents.command_id))"
        )
