"""Cases: the append-only ledger and the read model that the projector keeps beside it."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql

from ledger.tables.base import document, ident, instant, metadata, words

case_events = Table(
    "case_events",
    metadata,
    ident("case_id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    ident("district_id"),
    Column("event", Text, nullable=False),
    instant("at"),
    ident("actor_id", nullable=True),
    ident("acting_for", nullable=True),
    Column("role", Text),
    ident("command_id", nullable=True),
    document("data"),
    ident("prev_hash"),
    ident("hash"),
    instant("recorded_at", now=True),
    Column("actor_called", Text),
    Column("principal_called", Text),
    UniqueConstraint("command_id"),
    CheckConstraint("seq > 0", name="seq"),
    Index(None, "district_id", "at"),
    Index(None, "recorded_at"),
    Index(
        "ix_case_events_given",
        "actor_id",
        "at",
        "case_id",
        "seq",
        postgresql_where=text("command_id IS NOT NULL"),
    ),
)
"""The ledger (台账): what happened, for ever. A trigger refuses UPDATE, DELETE and TRUNCATE to everyone.
``actor_called`` and ``principal_called`` are the names of that day."""

cases = Table(
    "cases",
    metadata,
    ident("case_id", primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    words("industry"),
    Column("number", Text, nullable=False, unique=True),
    Column("number_key", BigInteger, nullable=False),
    Column("lead_no", Text, unique=True),
    Column("lead_key", BigInteger),
    Column("order_no", Text),
    Column("source", Text, nullable=False),
    Column("disclosed", Boolean, nullable=False),
    Column("told_seq", Integer),
    instant("told_at", nullable=True),
    ident("inspection_id", nullable=True),
    ident("order_id", nullable=True),
    ident("team_id", nullable=True),
    ident("assessor_org_id", nullable=True),
    ident("handler_id", nullable=True),
    Column("officers", ARRAY(Text), nullable=False, server_default="{}"),
    Column("state", Text, nullable=False),
    Column("grade", Text),
    Column("flags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("risk_colour", Text),
    Column("risk_rank", SmallInteger, nullable=False),
    words("policy_version"),
    instant("opened_at"),
    ident("opened_by", nullable=True),
    instant("closed_at", nullable=True),
    instant("acted_at", nullable=True),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("recurrences", Integer, nullable=False, server_default=text("0")),
    instant("rectify_due_at", nullable=True),
    instant("next_due_at", nullable=True),
    Column("next_clock", Text),
    instant("due_sort"),
    instant("due_told"),
    Column("seq", Integer, nullable=False),
    ident("head_hash"),
    words("tasks_digest"),
    words("clocks_digest"),
    words("measures_digest"),
    Column("counted", ARRAY(Text), nullable=False, server_default="{}"),
    document("doc"),
    instant("updated_at", now=True),
    Index(None, "district_id", "due_sort", "number_key", "case_id"),
    Index(
        None,
        "district_id",
        "opened_at",
        "number_key",
        "case_id",
        postgresql_include=["territory_id", "state"],
    ),
    Index(None, "district_id", "number_key", "case_id"),
    Index(None, "district_id", "risk_rank", "due_sort", "number_key", "case_id"),
    Index(None, "enterprise_id", "due_sort", "number_key", "case_id"),
    Index(
        "ix_cases_told",
        "enterprise_id",
        "due_told",
        "number_key",
        "case_id",
        postgresql_where=text("disclosed"),
    ),
    Index(None, "territory_id", "due_sort", "number_key", "case_id"),
    Index(None, "assessor_org_id", postgresql_where=text("assessor_org_id IS NOT NULL")),
    Index(None, "handler_id"),
    Index(
        "ix_cases_open",
        "district_id",
        "territory_id",
        postgresql_include=[
            "case_id",
            "state",
            "industry",
            "risk_colour",
            "grade",
            "opened_at",
            "rectify_due_at",
            "acted_at",
        ],
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_cases_closed",
        "district_id",
        "closed_at",
        postgresql_include=["territory_id"],
        postgresql_where=text("closed_at IS NOT NULL"),
    ),
    Index(None, "inspection_id", postgresql_where=text("inspection_id IS NOT NULL")),
    Index(
        "ix_cases_flagged",
        "district_id",
        "due_sort",
        "number_key",
        "case_id",
        postgresql_where=text("flags <> '{}'"),
    ),
    postgresql_with={"fillfactor": "80"},
)
"""One row a case: what it is after the last entry. ``doc`` is the snapshot the ledger folds to.

``disclosed`` once true stays true: whoever stands outside sees a case only after its enterprise was told of it
officially, and of its ledger what follows from entry ``told_seq`` (at ``told_at``) on.
``acted_at`` is when somebody last did something; clocks are nobody.
``due_sort`` is ``next_due_at`` or :data:`ledger.tables.base.FAR`, ``due_told`` the next deadline its enterprise may know
of; ``risk_rank`` 0 is the most urgent; ``number_key`` is year × 10⁷ + number; a lead's first number
is kept in ``lead_no`` when it gets the one its parties read. ``counted`` is under what the
overview counts it (:mod:`ledger.tallies`).
"""

case_texts = Table(
    "case_texts",
    metadata,
    ident("case_id", primary_key=True),
    ident("district_id"),
    words("title"),
    words("description"),
    words("location"),
    words("requirement"),
    words("enterprise_name"),
    words("search_text"),
)
"""The words of a case, written once at its opening."""

case_cards = Table(
    "case_cards",
    metadata,
    ident("case_id", primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    Column("number_key", BigInteger, nullable=False),
    instant("opened_at"),
    instant("due_sort"),
    Column("risk_rank", SmallInteger, nullable=False),
    Column("pieces", postgresql.ARRAY(Text), nullable=False),
    Index(None, "enterprise_id"),
    Index("ix_case_cards_pieces", "pieces", postgresql_using="gin"),
    postgresql_with={"fillfactor": "80", "toast_tuple_target": "128"},
)
"""The card (索引卡) a case is found by: every character and every two neighbours of its words (``pieces_of``), which are kept
outside the row, and the keys of every order of the list. So ten thousand hits are sorted from a few hundred pages, and a deadline
that moves touches no index. Triggers keep it equal to ``cases`` and ``case_texts``; it is read by :data:`cards` alone."""

cards = Table("cards", MetaData(), *(Column(one.name, one.type) for one in case_cards.c))
"""The cards of the asker's district, of a territory's its own: a view, for under row-level security no index finds words."""

case_told = Table(
    "case_told",
    metadata,
    ident("case_id", primary_key=True),
    ident("district_id"),
    words("title"),
    words("description"),
    words("location"),
    words("requirement"),
    document("requirements"),
    words("enterprise_name"),
    words("search_text"),
)
"""The facts of a case as its parties read them (认定的事实): an inspection's and a self-report's own words; of a lead
nothing, until an order states them."""

case_clocks = Table(
    "case_clocks",
    metadata,
    ident("case_id", primary_key=True),
    ident("key", primary_key=True),
    ident("district_id"),
    instant("starts_at", nullable=True),
    instant("due_at", nullable=True),
    Column("last_day", Date),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
    Column("status", Text, nullable=False),
    instant("next_at", nullable=True),
    instant("paused_at", nullable=True),
    words("basis"),
    Index("ix_case_clocks_running", "due_at", postgresql_where=text("status = 'running'")),
    Index("ix_case_clocks_provisional", "case_id", postgresql_where=text("provisional")),
)
"""Every clock of a case (期限), running or not."""

case_tasks = Table(
    "case_tasks",
    metadata,
    ident("case_id", primary_key=True),
    ident("key", primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    Column("role", Text, nullable=False),
    Column("rank", Text),
    ident("user_id", nullable=True),
    ident("enterprise_id", nullable=True),
    ident("assessor_org_id", nullable=True),
    instant("due_at", nullable=True),
    instant("due_sort"),
    Column("clock", Text),
    Column("decision", Boolean, nullable=False),
    words("raised_to"),
    Index(None, "district_id", "role", "due_sort"),
    Index(
        "ix_case_tasks_decisions",
        "district_id",
        "role",
        "raised_to",
        "due_sort",
        postgresql_where=text("decision"),
    ),
    Index(None, "enterprise_id", "role", "due_sort"),
    Index(
        "ix_case_tasks_decisions_own",
        "enterprise_id",
        "role",
        "raised_to",
        "due_sort",
        postgresql_where=text("decision AND enterprise_id IS NOT NULL"),
    ),
    Index(None, "user_id", "due_sort"),
)
"""Who must act on a case, and by when (待办). ``decision``: it waits for somebody's decision; ``raised_to``: the next rank (or
role) the same matter has been raised to, empty for the last it is before."""

counters = Table(
    "counters",
    metadata,
    ident("authority", primary_key=True),
    ident("kind", primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
    CheckConstraint("n > 0", name="n"),
)
"""The last number given, per authority, kind of document and year in Shanghai."""
