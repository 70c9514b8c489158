"""The second lock of measures and enterprise entities, as 0004 sets it for cases.

An enterprise sees its own measures and instruments once it may know of them, and of its cases' ledger what it may
know of a measure; an assessor sees no measure at all. An entity's ledger, row, inbox and tasks are the officials'.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PEOPLE = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor", "xh_auditor", "xh_admin")
OF_MEASURES = ("case_measures", "instruments")
OF_ENTITIES = ("enterprise_events", "enterprise_entities", "enterprise_inbox", "enterprise_tasks")
MEASURE_EVENTS = (
    "measure_proposed",
    "measure_step",
    "measure_lapsed",
    "windows_closed",
    "approval_escalated",
    "lift_due",
    "proposal_raised",
    "proposal_escalated",
    "proposal_closed",
    "refusal_recorded",
)
BEARINGS = {
    "graded": "graded",
    "graded_under_order": "graded",
    "regraded": "graded",
    "recurred": "recurred",
    "voided": "case_ended",
    "transferred": "case_ended",
    "found_unfounded": "case_ended",
    "look_back_completed": "case_ended",
    "enterprise_closed": "case_ended",
}
"""What the entries written before this migration meant to their enterprises."""


def setting(name: str) -> str:
    """The scope's value, NULL when it has none, evaluated once a statement."""
    return f"(SELECT nullif(current_setting('app.{name}', true), ''))"


DISTRICT = f"district_id = {setting('district_id')}"
ENTERPRISE = f"enterprise_id = {setting('enterprise_id')}"
TERRITORY = f"territory_id = {setting('territory_id')}"
USER = setting("user_id")
QUIET = f"event IN ({', '.join(repr(name) for name in MEASURE_EVENTS)})"


def of_visible_case(table: str) -> str:
    """Row of a case the role may see: the policy of ``cases`` decides, in one place."""
    return f"EXISTS (SELECT 1 FROM cases c WHERE c.case_id = {table}.case_id)"  # noqa: S608 - our own names


def upgrade() -> None:
    """Trigger, privileges, policies; then the inbox of what happened before it was there."""
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON enterprise_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE enterprise_events ENABLE ALWAYS TRIGGER append_only")
    _privileges()
    for table in (*OF_MEASURES, *OF_ENTITIES):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _policies()
    _quiet_events()
    _notices()
    _commands()
    _earlier()


def _privileges() -> None:
    op.execute(f"REVOKE ALL ON {', '.join((*OF_MEASURES, *OF_ENTITIES))} FROM PUBLIC")
    op.execute(f"GRANT SELECT ON {', '.join((*OF_MEASURES, *OF_ENTITIES))} TO {', '.join(PEOPLE)}")
    op.execute("GRANT SELECT, INSERT ON enterprise_events, instruments TO xh_ledger")
    op.execute("GRANT UPDATE (known) ON instruments TO xh_ledger")
    op.execute("GRANT SELECT, INSERT, UPDATE ON enterprise_entities TO xh_ledger")
    op.execute("GRANT SELECT, INSERT, UPDATE (consumed_seq) ON enterprise_inbox TO xh_ledger")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON case_measures, enterprise_tasks TO xh_ledger")
    op.execute("GRANT UPDATE (status) ON enterprises TO xh_ledger")


def _policy(table: str, role: str, using: str) -> None:
    op.execute(f"CREATE POLICY {role}_select ON {table} AS PERMISSIVE FOR SELECT TO {role} USING ({using})")


def _policies() -> None:
    for table in (*OF_MEASURES, *OF_ENTITIES):
        op.execute(
            f"CREATE POLICY xh_ledger_all ON {table} AS PERMISSIVE FOR ALL TO xh_ledger"
            " USING (true) WITH CHECK (true)"
        )
        for role in ("xh_bureau", "xh_auditor"):
            _policy(table, role, DISTRICT)
    for table in OF_MEASURES:
        _policy(table, "xh_enterprise", f"{ENTERPRISE} AND known AND {of_visible_case(table)}")
        _policy(table, "xh_territory", TERRITORY)


def _quiet_events() -> None:
    """What a case's ledger and clocks say of a measure is as quiet as the measure itself."""
    seen = of_visible_case("case_events")
    told = f"NOT {QUIET} OR role = 'enterprise' OR data @> '{{\"open\": true}}'"
    op.execute(f"ALTER POLICY xh_enterprise_select ON case_events USING ({seen} AND ({told}))")
    op.execute(f"ALTER POLICY xh_assessor_select ON case_events USING ({seen} AND NOT {QUIET})")
    of_known = (
        "EXISTS (SELECT 1 FROM case_measures m WHERE m.case_id = case_clocks.case_id"
        " AND m.no::text = substring(case_clocks.key FROM '^m([0-9]+)/'))"
    )
    shown = f"{of_visible_case('case_clocks')} AND (strpos(key, '/') = 0 OR {of_known})"
    for role in ("xh_enterprise", "xh_assessor"):
        op.execute(f"ALTER POLICY {role}_select ON case_clocks USING ({shown})")


def _notices() -> None:
    """A notice about an enterprise hangs on no case."""
    about = f"(case_id IS NULL OR {of_visible_case('notices')}) AND (user_id IS NULL OR user_id = {USER})"
    for role, mine in (("enterprise", ENTERPRISE), ("territory", TERRITORY)):
        condition = f"{mine} AND audience_role = '{role}' AND {about}"
        op.execute(f"ALTER POLICY xh_{role}_select ON notices USING ({condition})")


def _commands() -> None:
    """The words of a command to an enterprise stay like those of a command to a case."""
    op.execute("GRANT SELECT (command_id) ON enterprise_events TO xh_search")
    op.execute("CREATE POLICY xh_search_select ON enterprise_events FOR SELECT TO xh_search USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    op.execute("SET LOCAL ROLE xh_search")
    op.execute(
        "CREATE OR REPLACE FUNCTION in_ledger(command text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp AS 'SELECT EXISTS (SELECT 1 FROM case_events WHERE command_id = command)"
        " OR EXISTS (SELECT 1 FROM enterprise_events WHERE command_id = command)'"
    )
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")


def _earlier() -> None:
    kinds = ", ".join(f"('{event}', '{kind}')" for event, kind in BEARINGS.items())
    op.execute("SET LOCAL ROLE xh_ledger")
    op.execute(
        "INSERT INTO enterprise_inbox (case_id, seq, enterprise_id, district_id, kind, major, at, data)"  # noqa: S608
        " SELECT e.case_id, e.seq, c.enterprise_id, c.district_id,"
        " CASE WHEN e.event = 'enterprise_closed' AND e.command_id IS NOT NULL THEN 'closed' ELSE b.kind END,"
        " coalesce(c.grade = 'major', false),"
        " e.at, e.data - 'clocks' FROM case_events e JOIN cases c ON c.case_id = e.case_id"
        f" JOIN (VALUES {kinds}) AS b (event, kind) ON b.event = e.event"
    )
    op.execute("RESET ROLE")
