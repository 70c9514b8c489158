"""The words of a refused command go: whoever wrote them may take them back until the ledger refers to them.

The API stores a command's words before it sends the command, so that nothing acknowledged is ever without its
words; when the command is refused, the row is an orphan. A person also sees words of their own before the case
they are about exists (a retried opening).
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WRITERS = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor")
USER = "(SELECT nullif(current_setting('app.user_id', true), ''))"
UNREFERENCED = "NOT EXISTS (SELECT 1 FROM case_events e WHERE e.command_id = contents.command_id)"


def upgrade() -> None:
    """Own words: readable, and removable while no entry of the ledger names their command."""
    op.execute(f"GRANT DELETE ON contents TO {', '.join(WRITERS)}")
    for role in WRITERS:
        op.execute(f"CREATE POLICY {role}_own ON contents FOR SELECT TO {role} USING (actor_id = {USER})")
        op.execute(
            f"CREATE POLICY {role}_delete ON contents FOR DELETE TO {role}"
            f" USING (actor_id = {USER} AND {UNREFERENCED})"
        )
