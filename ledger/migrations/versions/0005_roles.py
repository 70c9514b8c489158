"""Who may touch which table: database roles, append-only triggers, privileges, and functions of the search role.

The rows a role sees of a table it may read come with the policies.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
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
WRITERS = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor")
LEDGER = ("xh_ledger",)

APPEND_ONLY = ("case_events", "audit_log", "enterprise_events")
OPEN_TO_ALL = ("policies", "calendar_notices", "meta")
REFERENCE = ("districts", "organisations", "territories", "teams", "users", "enterprises", "delegations")
OF_CASE = ("case_events", "case_texts", "case_clocks", "order_items", "contents", "evidence")
BY_COLUMN = ("cases", "case_tasks", "notices", "orders", "inspections")
OF_MEASURES = ("case_measures", "instruments")
OF_ENTITIES = ("enterprise_events", "enterprise_entities", "enterprise_inbox", "enterprise_tasks")

USERS_SHOWN = (
    "user_id, district_id, display_name, role, rank, org_id, territory_id, enterprise_id, assessor_org_id,"
    " certificate_no, certificate_expires, active"
)
USERS_AT_LOGIN = "password_hash, password_changed_at, failed_logins, locked_until"
CASES_FOR_REPORTER = "case_id, number, state, opened_at, closed_at, district_id"


def upgrade() -> None:
    """Roles first: everything else names them."""
    _roles()
    _append_only()
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC")
    _of_people()
    _of_the_service()
    _of_the_operator()
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


def _of_people() -> None:
    everyone = (*PEOPLE, "xh_ledger", "xh_auth")
    _grant("SELECT", OPEN_TO_ALL, (*everyone, "xh_reporter"))
    reference = tuple(table for table in REFERENCE if table != "users")
    _grant("SELECT", (*reference, *OF_CASE, *BY_COLUMN, *OF_MEASURES, *OF_ENTITIES, "notice_reads"), PEOPLE)
    _grant(f"SELECT ({USERS_SHOWN})", ("users",), PEOPLE)
    _grant("INSERT", ("contents", "evidence"), (*WRITERS, "xh_reporter"))
    _grant("DELETE", ("contents",), WRITERS)
    _grant("SELECT", ("contents", "evidence", "districts", "enterprises"), ("xh_reporter",))
    _grant("INSERT, SELECT", ("reporters",), ("xh_reporter", "xh_bureau"))
    _grant(f"SELECT ({CASES_FOR_REPORTER})", ("cases",), ("xh_reporter",))
    _grant("INSERT", ("notice_reads",), PEOPLE)
    _grant("INSERT", ("audit_log",), (*everyone, "xh_reporter"))
    _grant("SELECT", ("audit_log",), ("xh_auditor",))
    _grant("INSERT, UPDATE (revoked_at)", ("delegations",), ("xh_bureau",))
    _grant("SELECT, INSERT, UPDATE", ("idempotency_keys",), (*PEOPLE, "xh_auth", "xh_reporter"))


def _of_the_service() -> None:
    """The projector; and signing in."""
    _grant("SELECT", (*REFERENCE, "contents", "evidence"), LEDGER)
    appended = ("case_events", "case_texts", "inspections", "notices", "enterprise_events", "instruments")
    _grant("SELECT, INSERT", appended, LEDGER)
    _grant("UPDATE (known)", ("instruments",), LEDGER)
    _grant("SELECT, INSERT, UPDATE (consumed_seq)", ("enterprise_inbox",), LEDGER)
    kept = ("cases", "orders", "order_items", "counters", "enterprise_entities")
    _grant("SELECT, INSERT, UPDATE", kept, LEDGER)
    replaced = ("case_clocks", "case_tasks", "case_measures", "enterprise_tasks")
    _grant("SELECT, INSERT, UPDATE, DELETE", replaced, LEDGER)
    _grant("UPDATE (status)", ("enterprises",), LEDGER)
    _grant("INSERT", ("policies",), LEDGER)
    _grant("SELECT, INSERT, UPDATE", ("sessions", "api_tokens"), ("xh_auth",))
    _grant("SELECT", REFERENCE, ("xh_auth",))
    _grant(f"UPDATE ({USERS_AT_LOGIN})", ("users",), ("xh_auth",))


def _of_the_operator() -> None:
    """People, organisations, policy versions; no case."""
    _grant("SELECT", ("users",), ("xh_admin",))
    _grant("INSERT, UPDATE", (*REFERENCE, "policies", "calendar_notices", "meta"), ("xh_admin",))


def _search() -> None:
    """What a person's own eyes cannot do; each function gives no more than ids, or a yes.

    Under row-level security ILIKE cannot use the trigram index (it is not leakproof). ``search_cases`` can: inside
    the asker's district only, and the caller joins its ids with ``cases``, whose policies still decide. A person may
    lose sight of a case whose ledger refers to their words: ``in_ledger`` asks the ledger, not the part they see.
    """
    _grant("SELECT", ("case_texts",), ("xh_search",))
    _grant("SELECT (command_id)", ("case_events", "enterprise_events"), ("xh_search",))
    op.execute(
        "CREATE FUNCTION search_cases(pattern text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp ROWS 100 AS $$ BEGIN RETURN QUERY EXECUTE"
        " 'SELECT case_id FROM case_texts WHERE search_text ILIKE $1"
        " AND district_id = nullif(current_setting(''app.district_id'', true), '''')' USING pattern; END $$"
    )
    op.execute(
        "CREATE FUNCTION in_ledger(command text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp AS 'SELECT EXISTS (SELECT 1 FROM case_events WHERE command_id = command)"
        " OR EXISTS (SELECT 1 FROM enterprise_events WHERE command_id = command)'"
    )
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    for name, users in (("search_cases", ("xh_bureau", "xh_auditor")), ("in_ledger", WRITERS)):
        op.execute(f"REVOKE ALL ON FUNCTION {name}(text) FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name}(text) TO {', '.join(users)}")
        op.execute(f"ALTER FUNCTION {name}(text) OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")
