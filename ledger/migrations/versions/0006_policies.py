"""The second lock: row-level security, forced on the tables' owner too; one policy per database role and table.

Every setting is read through ``(SELECT …)`` so that PostgreSQL evaluates it once a statement, not once a row
(measured: a thousand times faster). An empty or missing setting is NULL and matches nothing.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PEOPLE = ("xh_bureau", "xh_enterprise", "xh_territory", "xh_assessor", "xh_auditor", "xh_admin")
OFFICIALS = ("xh_bureau", "xh_auditor")
OUTSIDE = ("xh_enterprise", "xh_territory", "xh_assessor")
WRITERS = ("xh_bureau", *OUTSIDE)

LINKS = ("order_links", "link_sessions", "link_uses")
IMPORTS = ("imports", "import_rows")
SIGN_ON = (
    *("sessions", "api_tokens", "former_passwords", "second_factors"),
    *("recovery_codes", "identities", "programs"),
)
ACCOUNTS = (*SIGN_ON, "idempotency_keys")
OWN = ("notice_reads", "saved_filters", "addresses")
OUTWARD = ("addresses", "deliveries", "delivery_items")
CALENDAR = ("calendar_batches", "calendar_refusals")
ADOPTIONS = ("policy_adoptions", "policy_adoption_cases")
DIRECTORY = ("districts", "organisations", "territories", "teams")
REFERENCE = (*DIRECTORY, "users", "enterprises", "delegations")
OF_CASE = ("case_events", "case_texts", "case_told", "case_clocks", "order_items", "contents", "evidence")
BY_COLUMN = ("cases", "case_tasks", "notices", "orders", "inspections")
OF_MEASURES = ("case_measures", "instruments")
OF_ENTITIES = ("enterprise_events", "enterprise_entities", "enterprise_inbox", "enterprise_tasks")
PROJECTED = (*OF_CASE, *BY_COLUMN, "counters", *OF_MEASURES, *OF_ENTITIES)

PREPARATORY = ("lead.verify", "lead.sign", "order.issue", "order.serve")
"""Clocks of the authority before the enterprise is told."""
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
    "proposal_lapsed",
    "lead_signed",
    "refusal_withdrawn",
    "step_withdrawn",
    "measure_service_corrected",
    "refusal_recorded",
)
"""Entries of a case's ledger that are as quiet as the measure they speak of."""


def setting(name: str) -> str:
    """The scope's value, NULL when it has none, evaluated once a statement."""
    return f"(SELECT nullif(current_setting('app.{name}', true), ''))"


DISTRICT = f"district_id = {setting('district_id')}"
ENTERPRISE = f"enterprise_id = {setting('enterprise_id')}"
TERRITORY = f"territory_id = {setting('territory_id')}"
ORDER = f"order_id = {setting('order_id')}"
ASSESSOR = f"assessor_org_id = {setting('assessor_org_id')}"
USER = setting("user_id")
MINE = {"xh_enterprise": ENTERPRISE, "xh_territory": TERRITORY, "xh_assessor": ASSESSOR}
OWN_OR_OPEN = {
    "contents": "audience = 'parties'",
    "evidence": f"audience = 'parties' OR uploaded_by = {USER}",
}
OFFICIAL = "role IN ('inspector', 'section_head', 'deputy_head', 'head', 'legal_reviewer', 'committee', 'government')"
TO_ME = f"(user_id IS NULL OR user_id = {USER})"
QUIET = f"event IN ({', '.join(repr(name) for name in MEASURE_EVENTS)})"


TOLD = (
    "EXISTS (SELECT 1 FROM cases c WHERE c.case_id = case_events.case_id AND c.told_seq <= case_events.seq)"
)


def of_visible_case(table: str, column: str = "case_id") -> str:
    """Row of a case the role may see: the policy of ``cases`` decides, in one place."""
    return f"EXISTS (SELECT 1 FROM cases c WHERE c.{column} = {table}.{column})"  # noqa: S608 - our own names


def upgrade() -> None:
    """Locked first, then opened role by role."""
    locked = (
        *(*PROJECTED, *REFERENCE, *ACCOUNTS, *LINKS, *IMPORTS, *OWN, *OUTWARD[1:]),
        *(*CALENDAR, *ADOPTIONS, "reporters", "tips", "audit_log"),
    )
    for table in locked:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _service()
    _officials()
    _outsiders()
    _measures()
    _notices()
    _own_words()
    _accounts()
    _reporters()
    _links()
    _outward()
    _imports()
    _calendar()
    _adoptions()


def _policy(table: str, role: str, using: str, *, command: str = "SELECT", name: str = "") -> None:
    """One policy, named after role and command; for INSERT the condition is the CHECK."""
    clause = {
        "INSERT": f"WITH CHECK ({using})",
        "SELECT": f"USING ({using})",
        "DELETE": f"USING ({using})",
    }.get(command, f"USING ({using}) WITH CHECK ({using})")
    called = name or f"{role}_{command.lower()}"
    op.execute(f"CREATE POLICY {called} ON {table} AS PERMISSIVE FOR {command} TO {role} {clause}")


def _service() -> None:
    for table in (*PROJECTED, *REFERENCE):
        _policy(table, "xh_ledger", "true", command="ALL")
    for table in REFERENCE:
        _policy(table, "xh_auth", "true")
    _policy("users", "xh_auth", "true", command="UPDATE")
    for table in ("enterprises", "case_events", "enterprise_events"):
        _policy(table, "xh_search", "true")
    for role in (*PEOPLE, "xh_ledger", "xh_auth", "xh_reporter"):
        _policy("audit_log", role, "true", command="INSERT")
    _policy("audit_log", "xh_ledger", "true")


def _officials() -> None:
    for role in OFFICIALS:
        for table in (*OF_CASE, *BY_COLUMN, *OF_MEASURES, *OF_ENTITIES, *REFERENCE):
            _policy(table, role, DISTRICT)
    # lines of no district (an unknown account, a message turned away) are for every auditor who has a scope
    _policy(
        "audit_log",
        "xh_auditor",
        f"{DISTRICT} OR (district_id IS NULL AND {setting('district_id')} IS NOT NULL)",
    )
    for table in REFERENCE:
        _policy(table, "xh_admin", DISTRICT, command="ALL")
    mine = f"{DISTRICT} AND from_user_id = {USER}"
    _policy("delegations", "xh_bureau", mine, command="INSERT")
    _policy("delegations", "xh_bureau", mine, command="UPDATE")
    _policy("contents", "xh_bureau", f"{DISTRICT} AND actor_id = {USER}", command="INSERT")
    _policy("evidence", "xh_bureau", f"{DISTRICT} AND uploaded_by = {USER}", command="INSERT")
    _policy("evidence", "xh_bureau", DISTRICT, command="UPDATE")
    handled = f"EXISTS (SELECT 1 FROM cases c WHERE c.case_id = reporters.case_id AND c.handler_id = {USER})"  # noqa: S608
    intake = f"t.handler_id = {USER} AND t.state IN ('waiting', 'transferred')"
    unopened = f"EXISTS (SELECT 1 FROM tips t WHERE t.tip_id = reporters.case_id AND {intake})"  # noqa: S608
    _policy("reporters", "xh_bureau", f"{handled} OR {unopened}")
    _policy("reporters", "xh_bureau", DISTRICT, command="INSERT")


def _outsiders() -> None:
    _policy("cases", "xh_enterprise", f"{ENTERPRISE} AND disclosed")
    _policy("cases", "xh_territory", TERRITORY)
    _policy("cases", "xh_assessor", f"{ASSESSOR} AND disclosed")
    # whoever reported a hazard wrote its first words: outside they are read by the territory alone
    _policy("case_texts", "xh_territory", of_visible_case("case_texts"))
    for role in OUTSIDE:
        for table in ("case_told", "order_items"):
            _policy(table, role, of_visible_case(table))
        for table in ("contents", "evidence"):
            _policy(table, role, f"{of_visible_case(table)} AND ({OWN_OR_OPEN[table]})")
        # asked of each task, never of all the cases of its enterprise at once: few of many tasks are read
        seen = "(SELECT true FROM cases c WHERE c.case_id = case_tasks.case_id)"
        _policy("case_tasks", role, f"{MINE[role]} AND {seen}")
        _policy("contents", role, f"actor_id = {USER}", command="INSERT")
        own = f"uploaded_by = {USER} AND {of_visible_case('evidence')}"
        _policy("evidence", role, own, command="INSERT")
        for table in DIRECTORY:
            _policy(table, role, DISTRICT)
        _policy("users", role, f"{MINE[role]} OR ({DISTRICT} AND {OFFICIAL})")
    _policy("orders", "xh_enterprise", f"{ENTERPRISE} AND served_at IS NOT NULL")
    _policy("orders", "xh_assessor", of_visible_case("orders", "order_id"))
    _policy("inspections", "xh_enterprise", ENTERPRISE)
    for table in ("orders", "inspections"):
        _policy(table, "xh_territory", TERRITORY)
    _policy("enterprises", "xh_enterprise", ENTERPRISE)
    _policy("enterprises", "xh_territory", TERRITORY)
    _policy("enterprises", "xh_assessor", of_visible_case("enterprises", "enterprise_id"))


def _measures() -> None:
    """An enterprise sees its measures once it may know of them, an assessor none; what a case's ledger and clocks say
    of one is as quiet as the measure itself. An entity's ledger, row, inbox and tasks are the officials'."""
    for table in OF_MEASURES:
        _policy(table, "xh_enterprise", f"{ENTERPRISE} AND known AND {of_visible_case(table)}")
        _policy(table, "xh_territory", TERRITORY)
    seen = TOLD
    told = f"NOT {QUIET} OR role = 'enterprise' OR data @> '{{\"open\": true}}'"
    _policy("case_events", "xh_enterprise", f"{seen} AND ({told})")
    _policy("case_events", "xh_assessor", f"{seen} AND NOT {QUIET}")
    _policy("case_events", "xh_territory", of_visible_case("case_events"))
    of_known = (
        "EXISTS (SELECT 1 FROM case_measures m WHERE m.case_id = case_clocks.case_id"
        " AND m.no::text = substring(case_clocks.key FROM '^m([0-9]+)/'))"
    )
    loud = f"strpos(key, '/') = 0 AND key NOT IN ({', '.join(repr(key) for key in PREPARATORY)})"
    shown = f"{of_visible_case('case_clocks')} AND ({loud} OR {of_known})"
    _policy("case_clocks", "xh_enterprise", shown)
    _policy("case_clocks", "xh_assessor", shown)
    _policy("case_clocks", "xh_territory", of_visible_case("case_clocks"))


def _notices() -> None:
    """A notice about an enterprise hangs on no case."""
    about = f"(case_id IS NULL OR {of_visible_case('notices')}) AND {TO_ME}"
    _policy("notices", "xh_enterprise", f"{ENTERPRISE} AND audience_role = 'enterprise' AND {about}")
    _policy("notices", "xh_territory", f"{TERRITORY} AND audience_role = 'territory' AND {about}")
    _policy(
        "notices", "xh_assessor", f"audience_role = 'assessor' AND {TO_ME} AND {of_visible_case('notices')}"
    )


def _own_words() -> None:
    """Whoever wrote them also reads words of their own before the case they are about exists (a retried opening); and
    ``take_back`` sees of them those that no ledger refers to."""
    for role in WRITERS:
        _policy("contents", role, f"actor_id = {USER}", name=f"{role}_own")
    unheard = f"actor_id = {USER} AND NOT in_ledger(contents.command_id)"
    for command in ("SELECT", "DELETE"):
        _policy("contents", "xh_search", unheard, command=command)


def _accounts() -> None:
    for role in PEOPLE:
        for table in OWN:
            _policy(table, role, f"user_id = {USER}", command="ALL")
    for role in (*PEOPLE, "xh_reporter"):
        _policy("idempotency_keys", role, f"actor_id = {USER}", command="ALL")
    for table in ACCOUNTS:
        _policy(table, "xh_auth", "true", command="ALL")


def _reporters() -> None:
    """A reporter has no account: app.user_id is the hash of the follow-up code."""
    _policy("reporters", "xh_reporter", f"follow_up_hash = {USER}", command="ALL")
    _policy("cases", "xh_reporter", "EXISTS (SELECT 1 FROM reporters r WHERE r.case_id = cases.case_id)")
    _policy("contents", "xh_reporter", f"actor_id = {USER}", command="ALL")
    _policy("evidence", "xh_reporter", f"uploaded_by = {USER} AND audience = 'bureau'", command="ALL")
    own = "EXISTS (SELECT 1 FROM reporters r WHERE r.case_id = tips.tip_id)"
    _policy("tips", "xh_reporter", f"{DISTRICT} AND {own}", command="INSERT")
    _policy("tips", "xh_reporter", own)
    for role in OFFICIALS:
        _policy("tips", role, DISTRICT)
    _policy("tips", "xh_bureau", DISTRICT, command="UPDATE")
    _policy("tips", "xh_bureau", f"{DISTRICT} AND registered_by = {USER}", command="INSERT")
    _policy("districts", "xh_reporter", "true")
    _policy("enterprises", "xh_reporter", DISTRICT)


def _links() -> None:
    """A visitor sees of their enterprise the cases of one order, told of officially, and what hangs on them; the policy of
    ``cases`` decides for all of it. Who made a link and what was done by it is for the district's officials."""
    for table in LINKS:
        _policy(table, "xh_auth", "true", command="ALL")
    for table in ("order_links", "link_uses"):
        for role in OFFICIALS:
            _policy(table, role, DISTRICT)
    _policy("order_links", "xh_bureau", f"{DISTRICT} AND created_by = {USER}", command="INSERT")
    _policy("order_links", "xh_bureau", DISTRICT, command="UPDATE")
    _policy("cases", "xh_link", f"{ENTERPRISE} AND {ORDER} AND disclosed")
    _policy("orders", "xh_link", f"{ENTERPRISE} AND {ORDER} AND served_at IS NOT NULL")
    _policy("enterprises", "xh_link", ENTERPRISE)
    for table in DIRECTORY:
        _policy(table, "xh_link", DISTRICT)
    _policy("users", "xh_link", f"{DISTRICT} AND {OFFICIAL}")
    for table in ("case_told", "order_items"):
        _policy(table, "xh_link", of_visible_case(table))
    for table in OF_MEASURES:
        _policy(table, "xh_link", f"known AND {of_visible_case(table)}")
    for table in ("contents", "evidence"):
        _policy(table, "xh_link", f"{of_visible_case(table)} AND ({OWN_OR_OPEN[table]})")
    _policy("contents", "xh_link", f"actor_id = {USER} AND {of_visible_case('contents')}", command="INSERT")
    _policy(
        "evidence", "xh_link", f"uploaded_by = {USER} AND {of_visible_case('evidence')}", command="INSERT"
    )
    told = f"NOT {QUIET} OR role = 'enterprise' OR data @> '{{\"open\": true}}'"
    _policy("case_events", "xh_link", f"{TOLD} AND ({told})")
    no = "substring(case_clocks.key FROM '^m([0-9]+)/')"
    of_known = (
        f"EXISTS (SELECT 1 FROM case_measures m WHERE m.case_id = case_clocks.case_id AND m.no::text = {no})"  # noqa: S608
    )
    loud = f"strpos(key, '/') = 0 AND key NOT IN ({', '.join(repr(key) for key in PREPARATORY)})"
    _policy("case_clocks", "xh_link", f"{of_visible_case('case_clocks')} AND ({loud} OR {of_known})")
    _policy("idempotency_keys", "xh_link", f"actor_id = {USER}", command="ALL")


def _outward() -> None:
    """Messages are the relay's; whoever adds an address has its code sent; administrators see what waits or failed, of
    nobody's address and of no notice."""
    for table in OUTWARD:
        _policy(table, "xh_ledger", "true", command="ALL")
    for role in PEOPLE:
        _policy("deliveries", role, f"user_id = {USER} AND kind = 'code'", command="INSERT")
    _policy("deliveries", "xh_admin", DISTRICT)
    _policy("deliveries", "xh_admin", DISTRICT, command="UPDATE")


def _imports() -> None:
    """Who leads a section sends a file; every official of the district may follow it, the projector works it off."""
    for table in IMPORTS:
        _policy(table, "xh_ledger", "true", command="ALL")
        for role in OFFICIALS:
            _policy(table, role, DISTRICT)
    _policy("imports", "xh_bureau", f"{DISTRICT} AND created_by = {USER}", command="INSERT")
    _policy("imports", "xh_bureau", DISTRICT, command="UPDATE")
    mine = f"EXISTS (SELECT 1 FROM imports i WHERE i.import_id = import_rows.import_id AND i.created_by = {USER})"  # noqa: S608
    _policy("import_rows", "xh_bureau", f"{DISTRICT} AND {mine}", command="INSERT")


def _calendar() -> None:
    """A calendar is the whole country's, and so is the batch; which cases did not take it is their own district's."""
    for table in CALENDAR:
        _policy(table, "xh_ledger", "true", command="ALL")
    _policy("calendar_batches", "xh_admin", "true", command="ALL")
    _policy("calendar_refusals", "xh_admin", DISTRICT)


def _adoptions() -> None:
    """Who leads chooses the cases; every official of the district may follow, the worker carries it out."""
    for table in ADOPTIONS:
        _policy(table, "xh_ledger", "true", command="ALL")
        for role in OFFICIALS:
            _policy(table, role, DISTRICT)
    _policy("policy_adoptions", "xh_bureau", f"{DISTRICT} AND requested_by = {USER}", command="INSERT")
    _policy("policy_adoption_cases", "xh_bureau", DISTRICT, command="INSERT")
