"""Enterprises as entities: their own append-only ledger, the row it folds to, and the inbox their cases fill."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.tables.base import document, ident, instant, metadata, words

enterprise_events = Table(
    "enterprise_events",
    metadata,
    ident("enterprise_id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    ident("district_id"),
    Column("event", Text, nullable=False),
    instant("at"),
    ident("actor_id", nullable=True),
    ident("acting_for", nullable=True),
    Column("role", Text),
    ident("command_id", nullable=True),
    ident("source_case_id", nullable=True),
    Column("source_seq", Integer),
    document("data"),
    ident("prev_hash"),
    ident("hash"),
    instant("recorded_at", now=True),
    UniqueConstraint("command_id"),
    UniqueConstraint("source_case_id", "source_seq"),
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint("(source_case_id IS NULL) = (source_seq IS NULL)", name="source"),
    Index(None, "district_id", "at"),
    Index(None, "event", "recorded_at"),
)
"""The enterprise's ledger (企业台账). A trigger refuses UPDATE, DELETE and TRUNCATE to everyone; a bearing
(``source_case_id``, ``source_seq``) is consumed once in the whole ledger."""

enterprise_entities = Table(
    "enterprise_entities",
    metadata,
    ident("enterprise_id", primary_key=True),
    ident("district_id"),
    Column("status", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    ident("head_hash"),
    words("tasks_digest"),
    document("doc"),
    instant("closed_at", nullable=True),
    instant("updated_at", now=True),
    Index(None, "district_id"),
    Index("ix_enterprise_entities_closed", "enterprise_id", postgresql_where=text("closed_at IS NOT NULL")),
)
"""One row an enterprise whose cases have told it something. ``doc`` is the snapshot its ledger folds to, ``tasks_digest`` says
which rows of ``enterprise_tasks`` were written with the last entry."""

enterprise_inbox = Table(
    "enterprise_inbox",
    metadata,
    ident("case_id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    ident("enterprise_id"),
    ident("district_id"),
    Column("kind", Text, nullable=False),
    Column("major", Boolean, nullable=False),
    instant("at"),
    document("data"),
    Column("consumed_seq", Integer),
    Index(
        "ix_enterprise_inbox_unread",
        "enterprise_id",
        "at",
        "case_id",
        "seq",
        postgresql_where=text("consumed_seq IS NULL"),
    ),
    Index(None, "enterprise_id", "kind", "at"),
)
"""What the entry ``(case_id, seq)`` of a case means to its enterprise; ``consumed_seq`` is the enterprise's entry
that consumed it, set in the transaction of that entry."""

enterprise_tasks = Table(
    "enterprise_tasks",
    metadata,
    ident("enterprise_id", primary_key=True),
    ident("key", primary_key=True),
    ident("district_id"),
    Column("role", Text, nullable=False),
    Column("rank", Text),
    ident("user_id", nullable=True),
    instant("due_at", nullable=True),
    instant("due_sort"),
    Column("clock", Text),
    Column("decision", Boolean, nullable=False),
    words("raised_to"),
    Index(None, "district_id", "role", "due_sort"),
    Index(None, "user_id", "due_sort"),
)
"""Who must act on an enterprise, and by when (待办)."""
