"""What an enterprise keeps of its own checks (自查自改自报): none of it is a case, and none is in a case's ledger."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.tables.base import document, ident, instant, metadata, words

self_checks = Table(
    "self_checks",
    metadata,
    ident("check_id", primary_key=True),
    ident("district_id"),
    ident("territory_id"),
    ident("enterprise_id"),
    Column("checked_on", Date, nullable=False),
    words("person_name"),
    document("lines"),
    words("note"),
    instant("recorded_at"),
    ident("recorded_by"),
    Index(None, "enterprise_id", "checked_on", "check_id"),
)
"""A check by the enterprise's own checklist; ``lines`` are its lines as they were worded then, with their results."""

self_findings = Table(
    "self_findings",
    metadata,
    ident("finding_id", primary_key=True),
    ident("district_id"),
    ident("territory_id"),
    ident("enterprise_id"),
    words("title"),
    words("description"),
    words("location"),
    Column("found_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("maybe_major", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    instant("recorded_at"),
    ident("recorded_by"),
    words("rectified_text"),
    words("rectified_name"),
    instant("rectified_at", nullable=True),
    words("checked_text"),
    words("manager_name"),
    instant("checked_at", nullable=True),
    Column("returns", Integer, nullable=False, server_default="0"),
    instant("reported_at", nullable=True),
    instant("overdue_told_at", nullable=True),
    CheckConstraint("state IN ('open', 'rectified', 'checked', 'reported')", name="state"),
    Index(None, "enterprise_id", "state", "due_on", "finding_id"),
    Index(None, "district_id", "found_on", "finding_id"),
    Index(
        "ix_self_findings_untold",
        "due_on",
        postgresql_where=text("state = 'open' AND overdue_told_at IS NULL"),
    ),
)
"""Something an enterprise found itself. Its id is that of the case it becomes when it is reported, so that its pictures are
the case's from then on; ``overdue_told_at`` is when the enterprise was told that its own day has passed."""

double_reports = Table(
    "double_reports",
    metadata,
    ident("report_id", primary_key=True),
    ident("district_id"),
    ident("territory_id"),
    ident("enterprise_id"),
    Column("year", Integer, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    document("figures"),
    instant("made_at"),
    ident("made_by"),
    words("principal"),
    instant("confirmed_at", nullable=True),
    ident("confirmed_by", nullable=True),
    Column("held_on", Date),
    words("congress_note"),
    instant("told_at", nullable=True),
    UniqueConstraint("enterprise_id", "year", "quarter"),
    Index(None, "district_id", "year", "quarter", "report_id"),
)
"""A quarter's double report (双报告): to the department once the principal confirmed it, to the staff congress on
``held_on``."""
