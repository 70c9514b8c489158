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
    "xh_link",
    "xh_auditor",
    "xh_admin",
    "xh_ledger",
    "xh_auth",
    "xh_search",
)
PEOPLE = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor", "xh_auditor", "xh_admin")
WRITERS = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor")
LEDGER = ("xh_ledger",)
SERVICE = "xh_service"
"""What the login of the running service is a member of: it may become any role of a person and owns nothing."""

APPEND_ONLY = ("case_events", "audit_log", "enterprise_events")
OPEN_TO_ALL = ("policies", "calendar_notices", "meta")
REFERENCE = ("districts", "organisations", "territories", "teams", "users", "enterprises", "delegations")
OF_CASE = ("case_events", "case_texts", "case_told", "case_clocks", "order_items", "contents", "evidence")
BY_COLUMN = ("cases", "case_tasks", "notices", "orders", "inspections")
OF_MEASURES = ("case_measures", "instruments")
OF_ENTITIES = ("enterprise_events", "enterprise_entities", "enterprise_inbox", "enterprise_tasks")

USERS_SHOWN = (
    "user_id, district_id, display_name, role, rank, org_id, territory_id, enterprise_id, assessor_org_id,"
    " certificate_no, certificate_expires, active"
)
USERS_AT_LOGIN = "password_hash, password_changed_at, must_change, local_until, failed_logins, locked_until"
SIGN_ON = ("sessions", "api_tokens", "second_factors", "recovery_codes", "identities", "programs")
LINKS_SHOWN = "link_id, district_id, order_id, enterprise_id, created_by, created_at, expires_at, revoked_at, revoked_by"
READ_BY_LINK = (
    *(
        "districts",
        "organisations",
        "territories",
        "teams",
        "enterprises",
        "cases",
        "case_events",
        "case_told",
    ),
    *("case_clocks", "order_items", "contents", "evidence", "orders", "case_measures", "instruments"),
)
CASES_FOR_REPORTER = "case_id, number, state, opened_at, closed_at, district_id"


def upgrade() -> None:
    """Roles first: everything else names them."""
    _roles()
    _append_only()
    _audit_chain()
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT SELECT ON alembic_version TO {SERVICE}")
    _of_people()
    _of_links()
    _of_the_service()
    _of_the_operator()
    _search()


def _roles() -> None:
    for role in (SERVICE, *ROLES):
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOINHERIT;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    for role in ROLES:
        _may_become("CURRENT_USER", role)
        if role != "xh_search":  # owns the functions that look past a person's eyes
            _may_become(SERVICE, role)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join((SERVICE, *ROLES))}")


def _may_become(who: str, role: str) -> None:
    """Whoever may become a role is not it yet: outside a scope a login sees no rows either."""
    named = "current_user" if who == "CURRENT_USER" else f"'{who}'"
    op.execute(
        "DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000"
        f" THEN EXECUTE 'GRANT {role} TO {who} WITH INHERIT FALSE, SET TRUE';"
        f" ELSE EXECUTE 'GRANT {role} TO {who}'; END IF;"
        f" EXCEPTION WHEN insufficient_privilege THEN IF NOT pg_has_role({named}, '{role}', 'MEMBER')"
        " THEN RAISE; END IF; END $$"
    )


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


def _audit_chain() -> None:
    """Each line of the audit log is hashed with the one before; the row of ``audit_head`` makes writers queue."""
    op.execute(
        "CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = public, pg_temp SET timezone = 'UTC' AS $$ DECLARE head audit_head; BEGIN"
        " PERFORM pg_advisory_xact_lock(hashtextextended('audit', 0));"
        " SELECT * INTO head FROM audit_head;"
        " NEW.no := coalesce(head.no, 0) + 1;"
        " NEW.hash := encode(sha256(convert_to(coalesce(head.hash, repeat('0', 64))"
        " || (to_jsonb(NEW) - 'audit_id' - 'no' - 'hash')::text, 'UTF8')), 'hex');"
        " DELETE FROM audit_head; INSERT INTO audit_head VALUES (NEW.no, NEW.hash); RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER chained BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION chain_audit()"
    )
    op.execute("ALTER TABLE audit_log ENABLE ALWAYS TRIGGER chained")


def _grant(what: str, tables: tuple[str, ...], roles: tuple[str, ...]) -> None:
    op.execute(f"GRANT {what} ON {', '.join(tables)} TO {', '.join(roles)}")


def _of_people() -> None:
    everyone = (*PEOPLE, "xh_ledger", "xh_auth")
    _grant("SELECT", OPEN_TO_ALL, (*everyone, "xh_reporter"))
    reference = tuple(table for table in REFERENCE if table != "users")
    _grant("SELECT", (*reference, *OF_CASE, *BY_COLUMN, *OF_MEASURES, *OF_ENTITIES, "notice_reads"), PEOPLE)
    _grant(f"SELECT ({USERS_SHOWN})", ("users",), PEOPLE)
    _grant("INSERT", ("contents", "evidence"), (*WRITERS, "xh_reporter"))
    _grant("UPDATE (audience, released_at, released_by, released_as)", ("evidence",), ("xh_bureau",))
    _grant("SELECT", ("contents", "evidence", "districts", "enterprises"), ("xh_reporter",))
    _grant("INSERT, SELECT", ("reporters",), ("xh_reporter", "xh_bureau"))
    _grant(f"SELECT ({CASES_FOR_REPORTER})", ("cases",), ("xh_reporter",))
    _grant("INSERT, SELECT", ("tips",), ("xh_reporter",))
    _grant("SELECT", ("tips",), ("xh_bureau", "xh_auditor"))
    _grant("INSERT", ("tips",), ("xh_bureau",))
    _grant(
        "UPDATE (state, decided_at, decided_by, answer, answered_at, answered_by, matter, handler_id,"
        " reward, reward_fine, reward_reason, reward_at, reward_by)",
        ("tips",),
        ("xh_bureau",),
    )
    _grant("INSERT", ("notice_reads",), PEOPLE)
    _grant("SELECT, INSERT", ("imports", "import_rows"), ("xh_bureau",))
    _grant("UPDATE (state, rows, cancelled_by)", ("imports",), ("xh_bureau",))
    _grant("SELECT", ("imports", "import_rows"), ("xh_auditor",))
    _grant("SELECT, INSERT", ("policy_adoptions", "policy_adoption_cases"), ("xh_bureau",))
    _grant("SELECT", ("policy_adoptions", "policy_adoption_cases"), ("xh_auditor",))
    _grant("SELECT, INSERT, UPDATE (name, query, saved_at), DELETE", ("saved_filters",), PEOPLE)
    _grant("SELECT, INSERT, UPDATE", ("addresses",), PEOPLE)
    _grant("INSERT", ("deliveries",), PEOPLE)
    _grant("INSERT", ("audit_log",), (*everyone, "xh_reporter"))
    _grant("SELECT", ("audit_log",), ("xh_auditor",))
    _grant("INSERT, UPDATE (revoked_at)", ("delegations",), ("xh_bureau",))
    _grant("SELECT, INSERT, UPDATE", ("idempotency_keys",), (*PEOPLE, "xh_auth", "xh_reporter"))


def _of_links() -> None:
    """Officers make links and end them; whoever comes by one reads what hangs on the cases of its order, nothing else."""
    _grant(f"SELECT ({LINKS_SHOWN})", ("order_links",), ("xh_bureau", "xh_auditor"))
    _grant("INSERT, UPDATE (revoked_at, revoked_by)", ("order_links",), ("xh_bureau",))
    _grant("SELECT", ("link_uses",), ("xh_bureau", "xh_auditor"))
    _grant("SELECT", ("order_links",), ("xh_auth",))
    _grant("SELECT, INSERT", ("link_sessions", "link_uses"), ("xh_auth",))
    _grant("UPDATE (expires_at)", ("link_sessions",), ("xh_auth",))
    _grant("SELECT", (*OPEN_TO_ALL, *READ_BY_LINK), ("xh_link",))
    _grant(f"SELECT ({USERS_SHOWN})", ("users",), ("xh_link",))
    _grant("INSERT", ("contents", "evidence"), ("xh_link",))
    _grant("SELECT, INSERT, UPDATE", ("idempotency_keys",), ("xh_link",))


def _of_the_service() -> None:
    """The projector; and signing in."""
    _grant("SELECT", (*REFERENCE, "contents", "evidence", "audit_log", "audit_head"), LEDGER)
    appended = ("case_events", "case_texts", "inspections", "notices", "enterprise_events", "instruments")
    _grant("SELECT, INSERT", appended, LEDGER)
    _grant("UPDATE (known)", ("instruments",), LEDGER)
    _grant("SELECT, UPDATE", ("imports", "import_rows"), LEDGER)
    _grant("UPDATE (search_text)", ("case_texts",), LEDGER)
    _grant("SELECT, INSERT, UPDATE (consumed_seq)", ("enterprise_inbox",), LEDGER)
    kept = ("cases", "case_told", "orders", "order_items", "counters", "enterprise_entities")
    _grant("SELECT, INSERT, UPDATE", kept, LEDGER)
    replaced = ("case_clocks", "case_tasks", "case_measures", "enterprise_tasks")
    _grant("SELECT, INSERT, UPDATE, DELETE", replaced, LEDGER)
    _grant("UPDATE (status)", ("enterprises",), LEDGER)
    _grant("UPDATE (spread_at)", ("notices",), LEDGER)
    _grant("SELECT, UPDATE (trouble, trouble_at, confirmed_at)", ("addresses",), LEDGER)
    _grant("SELECT, INSERT, UPDATE", ("deliveries", "delivery_items"), LEDGER)
    _grant("INSERT", ("policies",), LEDGER)
    _grant("SELECT, UPDATE", ("calendar_batches",), LEDGER)
    _grant("SELECT, INSERT", ("calendar_refusals",), LEDGER)
    _grant("SELECT, UPDATE", ("policy_adoptions", "policy_adoption_cases"), LEDGER)
    _grant("SELECT, INSERT, UPDATE", SIGN_ON, ("xh_auth",))
    _grant("SELECT, INSERT", ("former_passwords",), ("xh_auth",))
    _grant("DELETE", ("former_passwords", "second_factors", "recovery_codes", "identities"), ("xh_auth",))
    _grant("SELECT", REFERENCE, ("xh_auth",))
    _grant(f"UPDATE ({USERS_AT_LOGIN})", ("users",), ("xh_auth",))


def _of_the_operator() -> None:
    """People, organisations, policy versions; no case."""
    _grant("SELECT", ("users",), ("xh_admin",))
    _grant("INSERT, UPDATE", (*REFERENCE, "calendar_notices", "meta"), ("xh_admin",))
    _grant("INSERT, UPDATE (in_force_from, activated_by, activated_at)", ("policies",), ("xh_admin",))
    _grant("SELECT, UPDATE (state, attempts, began_at, next_at, settled_at)", ("deliveries",), ("xh_admin",))
    _grant("SELECT, INSERT, UPDATE (state, finished_at)", ("calendar_batches",), ("xh_admin",))
    _grant("SELECT", ("calendar_refusals",), ("xh_admin",))


def _search() -> None:
    """What a person's own eyes cannot do; each function gives no more than ids, or a yes.

    A person may lose sight of a case whose ledger refers to their words: ``in_ledger`` asks the ledger, not the part they
    see. Nobody may delete words; ``take_back`` removes the asker's own that no ledger refers to: those of refused commands.
    """
    _grant("SELECT", ("enterprises",), ("xh_search",))
    _grant("SELECT (command_id)", ("case_events", "enterprise_events"), ("xh_search",))
    op.execute(
        "CREATE FUNCTION in_ledger(command text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = public, pg_temp AS 'SELECT EXISTS (SELECT 1 FROM case_events WHERE command_id = command)"
        " OR EXISTS (SELECT 1 FROM enterprise_events WHERE command_id = command)'"
    )
    _grant("SELECT (command_id, actor_id), DELETE", ("contents",), ("xh_search",))
    op.execute(
        "CREATE FUNCTION take_back(commands text[]) RETURNS void LANGUAGE sql SECURITY DEFINER"
        " SET search_path = public, pg_temp AS 'DELETE FROM contents WHERE command_id = ANY (commands)'"
    )
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    _grant("SELECT, INSERT, DELETE", ("audit_head",), ("xh_search",))
    op.execute("ALTER FUNCTION chain_audit() OWNER TO xh_search")
    for function, users in (
        ("in_ledger(text)", (*WRITERS, "xh_link")),
        ("take_back(text[])", (*WRITERS, "xh_link")),
    ):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {', '.join(users)}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")
