"""The second lock: append-only triggers, database roles, privileges, row-level security.

One policy per database role and table. Every setting is read through ``(SELECT …)`` so that PostgreSQL
evaluates it once a statement, not once a row (measured: a thousand times faster). An empty or missing setting
is NULL and matches nothing.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLES = (
    "xh_bureau",
    "xh_enterprise",
    "xh_territory",
    "xh_assessor",
    "xh_reporter",
    "xh_auditor",
    "xh_admin",
    "xh_ledger",
    "xh_auth",
    "xh_search",
)
PEOPLE = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor", "xh_auditor", "xh_admin")
OUTSIDE = ("xh_enterprise", "xh_territory", "xh_assessor")

APPEND_ONLY = ("case_events", "audit_log")
OPEN_TO_ALL = ("policies", "calendar_notices", "meta")
ACCOUNTS = ("sessions", "api_tokens", "idempotency_keys")
REFERENCE = ("districts", "organisations", "territories", "teams", "users", "enterprises", "delegations")
OF_CASE = ("case_events", "case_texts", "case_clocks", "order_items", "contents", "evidence")
BY_COLUMN = ("cases", "case_tasks", "notices", "orders", "inspections")
CASE_TABLES = (*OF_CASE, *BY_COLUMN, "notice_reads", "reporters", "counters")

USERS_SHOWN = (
    "user_id, district_id, display_name, role, rank, org_id, territory_id, enterprise_id, assessor_org_id,"
    " certificate_no, certificate_expires, active"
)
USERS_AT_LOGIN = "password_hash, password_changed_at, failed_logins, locked_until"
CASES_FOR_REPORTER = "case_id, number, state, opened_at, closed_at, district_id"


def setting(name: str) -> str:
    """The scope's value, NULL when it has none, evaluated once a statement."""
    return f"(SELECT nullif(current_setting('app.{name}', true), ''))"


DISTRICT = f"district_id = {setting('district_id')}"
ENTERPRISE = f"enterprise_id = {setting('enterprise_id')}"
TERRITORY = f"territory_id = {setting('territory_id')}"
ASSESSOR = f"assessor_org_id = {setting('assessor_org_id')}"
USER = setting("user_id")
MINE = {"xh_enterprise": ENTERPRISE, "xh_territory": TERRITORY, "xh_assessor": ASSESSOR}
OFFICIAL = "role IN ('inspector', 'section_head', 'deputy_head', 'head', 'legal_reviewer', 'committee', 'government')"


def of_visible_case(table: str, column: str = "case_id") -> str:
    """Row of a case the role may see: the policy of ``cases`` decides, in one place."""
    return f"EXISTS (SELECT 1 FROM cases c WHERE c.{column} = {table}.{column})"  # noqa: S608 - our own names


def upgrade() -> None:
    """Roles first, then triggers, privileges, policies, and the search function."""
    _roles()
    _append_only()
    _privileges()
    for table in (*REFERENCE, *CASE_TABLES, *ACCOUNTS, "audit_log"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _policies_of_service()
    _policies_of_officials()
    _policies_of_outsiders()
    _policies_of_accounts()
    _search()


def _roles() -> None:
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOINHERIT;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        # the login may become any of them and is none of them: outside a scope it sees no rows either
        op.execute(
            "DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000"
            f" THEN EXECUTE 'GRANT {role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE';"
            f" ELSE EXECUTE 'GRANT {role} TO CURRENT_USER'; END IF;"
            f" EXCEPTION WHEN insufficient_privilege THEN IF NOT pg_has_role('{role}', 'MEMBER')"
            " THEN RAISE; END IF; END $$"
        )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}")


def _append_only() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP"
        " USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")


def _grant(what: str, tables: tuple[str, ...], roles: tuple[str, ...]) -> None:
    op.execute(f"GRANT {what} ON {', '.join(tables)} TO {', '.join(roles)}")


def _privileges() -> None:
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC")
    everyone = (*PEOPLE, "xh_ledger", "xh_auth")
    _grant("SELECT", OPEN_TO_ALL, (*everyone, "xh_reporter"))
    reference = tuple(table for table in REFERENCE if table != "users")
    _grant("SELECT", (*reference, *OF_CASE, *BY_COLUMN, "notice_reads"), PEOPLE)
    _grant(f"SELECT ({USERS_SHOWN})", ("users",), PEOPLE)
    _grant("INSERT", ("contents", "evidence"), (*OUTSIDE, "xh_bureau", "xh_reporter"))
    _grant("SELECT", ("contents", "evidence", "districts", "enterprises"), ("xh_reporter",))
    _grant("INSERT, SELECT", ("reporters",), ("xh_reporter", "xh_bureau"))
    _grant(f"SELECT ({CASES_FOR_REPORTER})", ("cases",), ("xh_reporter",))
    _grant("INSERT", ("notice_reads",), PEOPLE)
    _grant("INSERT", ("audit_log",), (*everyone, "xh_reporter"))
    _grant("SELECT", ("audit_log",), ("xh_auditor",))
    _grant("INSERT, UPDATE (revoked_at)", ("delegations",), ("xh_bureau",))
    _grant("SELECT, INSERT, UPDATE", ("idempotency_keys",), (*PEOPLE, "xh_auth", "xh_reporter"))
    # the projector
    _grant("SELECT", (*REFERENCE, "contents", "evidence"), ("xh_ledger",))
    _grant("SELECT, INSERT", ("case_events", "case_texts", "inspections", "notices"), ("xh_ledger",))
    _grant("SELECT, INSERT, UPDATE", ("cases", "orders", "order_items", "counters"), ("xh_ledger",))
    _grant("SELECT, INSERT, UPDATE, DELETE", ("case_clocks", "case_tasks"), ("xh_ledger",))
    _grant("INSERT", ("policies",), ("xh_ledger",))
    # accounts
    _grant("SELECT, INSERT, UPDATE", ("sessions", "api_tokens"), ("xh_auth",))
    _grant("SELECT", REFERENCE, ("xh_auth",))
    _grant(
        "UPDATE (password_hash, password_changed_at, failed_logins, locked_until)", ("users",), ("xh_auth",)
    )
    # the operator: people, organisations, policy versions; no case
    _grant("SELECT", ("users",), ("xh_admin",))
    _grant("INSERT, UPDATE", (*REFERENCE, "policies", "calendar_notices", "meta"), ("xh_admin",))
    _grant("SELECT", ("case_texts",), ("xh_search",))


def _policy(table: str, role: str, using: str, *, command: str = "SELECT") -> None:
    """One policy, named after role and command; for INSERT the condition is the CHECK."""
    clause = {"INSERT": f"WITH CHECK ({using})", "SELECT": f"USING ({using})"}.get(
        command, f"USING ({using}) WITH CHECK ({using})"
    )
    name = f"{role}_{command.lower()}"
    op.execute(f"CREATE POLICY {name} ON {table} AS PERMISSIVE FOR {command} TO {role} {clause}")


def _policies_of_service() -> None:
    for table in (*CASE_TABLES, *REFERENCE):
        if table not in ("notice_reads", "reporters"):
            _policy(table, "xh_ledger", "true", command="ALL")
    for table in REFERENCE:
        _policy(table, "xh_auth", "true")
    _policy("users", "xh_auth", "true", command="UPDATE")
    _policy("case_texts", "xh_search", "true")
    for role in (*PEOPLE, "xh_ledger", "xh_auth", "xh_reporter"):
        _policy("audit_log", role, "true", command="INSERT")


def _policies_of_officials() -> None:
    for role in ("xh_bureau", "xh_auditor"):
        for table in (*OF_CASE, *BY_COLUMN, *REFERENCE):
            _policy(table, role, DISTRICT)
    _policy("audit_log", "xh_auditor", DISTRICT)
    for table in REFERENCE:
        _policy(table, "xh_admin", DISTRICT, command="ALL")
    mine = f"{DISTRICT} AND from_user_id = {USER}"
    _policy("delegations", "xh_bureau", mine, command="INSERT")
    _policy("delegations", "xh_bureau", mine, command="UPDATE")
    _policy("contents", "xh_bureau", f"{DISTRICT} AND actor_id = {USER}", command="INSERT")
    _policy("evidence", "xh_bureau", f"{DISTRICT} AND uploaded_by = {USER}", command="INSERT")
    handled = f"EXISTS (SELECT 1 FROM cases c WHERE c.case_id = reporters.case_id AND c.handler_id = {USER})"  # noqa: S608
    _policy("reporters", "xh_bureau", handled)
    _policy("reporters", "xh_bureau", DISTRICT, command="INSERT")


def _policies_of_outsiders() -> None:
    _policy("cases", "xh_enterprise", f"{ENTERPRISE} AND disclosed")
    _policy("cases", "xh_territory", TERRITORY)
    _policy("cases", "xh_assessor", ASSESSOR)
    for role in OUTSIDE:
        for table in OF_CASE:
            parties = " AND audience = 'parties'" if table in ("contents", "evidence") else ""
            _policy(table, role, of_visible_case(table) + parties)
        _policy("case_tasks", role, f"{MINE[role]} AND {of_visible_case('case_tasks')}")
        _policy("contents", role, f"actor_id = {USER}", command="INSERT")
        own = f"uploaded_by = {USER} AND {of_visible_case('evidence')}"
        _policy("evidence", role, own, command="INSERT")
        for table in ("districts", "organisations", "territories", "teams"):
            _policy(table, role, DISTRICT)
        _policy("users", role, f"{MINE[role]} OR ({DISTRICT} AND {OFFICIAL})")
    for table in ("orders", "inspections"):
        key = {"orders": "order_id", "inspections": "inspection_id"}[table]
        _policy(table, "xh_enterprise", ENTERPRISE)
        _policy(table, "xh_territory", TERRITORY)
        _policy(table, "xh_assessor", of_visible_case(table, key))
    _policy("enterprises", "xh_enterprise", ENTERPRISE)
    _policy("enterprises", "xh_territory", TERRITORY)
    _policy("enterprises", "xh_assessor", of_visible_case("enterprises", "enterprise_id"))
    addressed = {
        "xh_enterprise": f"{ENTERPRISE} AND audience_role = 'enterprise'",
        "xh_territory": f"{TERRITORY} AND audience_role = 'territory'",
        "xh_assessor": "audience_role = 'assessor'",
    }
    for role, condition in addressed.items():
        to_me = f"(user_id IS NULL OR user_id = {USER})"
        _policy("notices", role, f"{condition} AND {to_me} AND {of_visible_case('notices')}")


def _policies_of_accounts() -> None:
    for role in PEOPLE:
        _policy("notice_reads", role, f"user_id = {USER}", command="ALL")
    for role in (*PEOPLE, "xh_reporter"):
        _policy("idempotency_keys", role, f"actor_id = {USER}", command="ALL")
    for table in ACCOUNTS:
        _policy(table, "xh_auth", "true", command="ALL")
    # a reporter has no account: app.user_id is the hash of the follow-up code
    _policy("reporters", "xh_reporter", f"follow_up_hash = {USER}", command="ALL")
    _policy("cases", "xh_reporter", "EXISTS (SELECT 1 FROM reporters r WHERE r.case_id = cases.case_id)")
    _policy("contents", "xh_reporter", f"actor_id = {USER}", command="ALL")
    _policy("evidence", "xh_reporter", f"uploaded_by = {USER} AND audience = 'bureau'", command="ALL")
    _policy("districts", "xh_reporter", "true")
    _policy("enterprises", "xh_reporter", DISTRICT)


def _search() -> None:
    """Under row-level security ILIKE cannot use the trigram index (it is not leakproof). This function
    can: it gives ids only, inside the asker's district only, and the caller joins them with ``cases``, whose
    policies still decide."""
    op.execute(
        "CREATE FUNCTION search_cases(pattern text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp ROWS 100 AS $$ BEGIN RETURN QUERY EXECUTE"
        " 'SELECT case_id FROM case_texts WHERE search_text ILIKE $1"
        " AND district_id = nullif(current_setting(''app.district_id'', true), '''')' USING pattern; END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION search_cases(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION search_cases(text) TO xh_bureau, xh_auditor")
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    op.execute("ALTER FUNCTION search_cases(text) OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")
