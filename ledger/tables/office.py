"""What the service keeps about itself: audit log, policy versions, calendar notices, settings."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Date, Identity, Index, Integer, Table, Text, text

from ledger.tables.base import document, ident, instant, metadata, words

audit_log = Table(
    "audit_log",
    metadata,
    Column("audit_id", BigInteger, Identity(always=True), primary_key=True),
    instant("at", now=True),
    ident("district_id", nullable=True),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    ident("actor_id", nullable=True),
    Column("role", Text),
    words("ip"),
    Column("code", Text),
    ident("case_id", nullable=True),
    document("details"),
    Column("no", BigInteger, nullable=False, unique=True),
    ident("hash"),
    Index(None, "district_id", "at", "audit_id"),
    Index(None, "actor_id", "at"),
    Index(None, "case_id"),
)
"""Logins, refusals, reads of protected data, forged commands. Append-only like the ledger, and a chain like it: a trigger
gives each line its ``no`` and the hash over itself and the line before."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("no", BigInteger, primary_key=True, autoincrement=False),
    ident("hash"),
)
"""Where the audit log ends: one row, kept by that trigger alone."""

policies = Table(
    "policies",
    metadata,
    ident("version", primary_key=True),
    ident("digest", unique=True),
    Column("effective_from", Date, nullable=False),
    document("document"),
    instant("stored_at", now=True),
    ident("stored_by", nullable=True),
    Column("in_force_from", Date),
    ident("activated_by", nullable=True),
    instant("activated_at", nullable=True),
    Index(None, "in_force_from"),
)
"""Every policy version ever stored; its document never changes. From ``in_force_from`` on (Shanghai date) new cases are
opened under it; NULL while nobody has put it in force."""

policy_adoptions = Table(
    "policy_adoptions",
    metadata,
    ident("adoption_id", primary_key=True),
    ident("district_id"),
    ident("version"),
    words("reason"),
    ident("requested_by"),
    instant("requested_at"),
    instant("finished_at", nullable=True),
    Index(None, "version", "district_id", "requested_at"),
)
"""A newer policy version on its way to open cases somebody chose (适用新版规则); ``requested_by`` answers for each."""

policy_adoption_cases = Table(
    "policy_adoption_cases",
    metadata,
    ident("adoption_id", primary_key=True),
    ident("case_id", primary_key=True),
    ident("district_id"),
    Column("number", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("leased_until", nullable=True),
    instant("settled_at", nullable=True),
    words("zh"),
    words("en"),
    Index(
        "ix_policy_adoption_cases_waiting",
        "adoption_id",
        "number",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "uq_policy_adoption_cases_once", "case_id", unique=True, postgresql_where=text("state = 'waiting'")
    ),
)
"""What became of each of those cases; a case waits for one version at a time."""

calendar_notices = Table(
    "calendar_notices",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    words("source"),
    Column("days_off", ARRAY(Date), nullable=False),
    Column("workdays", ARRAY(Date), nullable=False),
    ident("entered_by", nullable=True),
    instant("entered_at", now=True),
)
"""The State Council's holiday notice (放假调休安排) of a year, entered by an administrator."""

calendar_batches = Table(
    "calendar_batches",
    metadata,
    ident("batch_id", primary_key=True),
    Column("year", Integer, nullable=False),
    Column("state", Text, nullable=False),
    ident("requested_by", nullable=True),
    instant("requested_at"),
    instant("started_at", nullable=True),
    instant("finished_at", nullable=True),
    instant("leased_until", nullable=True),
    words("last_case_id"),
    Column("total", Integer, nullable=False, server_default=text("0")),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("clocks", Integer, nullable=False, server_default=text("0")),
    Column("refused", Integer, nullable=False, server_default=text("0")),
)
"""A published calendar on its way to the open cases, in order of their ids; one at a time."""

calendar_refusals = Table(
    "calendar_refusals",
    metadata,
    ident("batch_id", primary_key=True),
    ident("case_id", primary_key=True),
    ident("district_id"),
    Column("number", Text, nullable=False),
    words("zh"),
    words("en"),
)
"""Open cases that did not take a calendar, and why."""

meta = Table(
    "meta",
    metadata,
    ident("key", primary_key=True),
    document("value"),
    instant("set_at", now=True),
)
"""Small facts about this installation, such as the demo marker."""
