"""Papers (文书) as they were written: frozen bytes by their hash, and the token that tells whoever holds one what it is."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, Table, Text, text

from ledger.tables.base import ident, instant, metadata, words

papers = Table(
    "papers",
    metadata,
    ident("case_id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    ident("measure_id", nullable=True),
    Column("step", Text),
    words("number"),
    Column("number_key", BigInteger),
    words("authority"),
    Column("dated", Date, nullable=False),
    Column("inner", Boolean, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("sha256", Text),
    Column("size", BigInteger),
    ident("object_key", nullable=True),
    words("fault_zh"),
    words("fault_en"),
    Column("withdrawn_seq", Integer),
    instant("entered_at"),
    instant("made_at", now=True),
    Index(None, "district_id", "dated", "case_id", "seq"),
    Index("ix_papers_entered", "entered_at"),
    Index("ix_papers_faulty", "made_at", postgresql_where=text("sha256 IS NULL")),
)
"""The paper of kind ``kind`` that entry ``(case_id, seq)`` issued. ``number_key`` stands where the number was taken for it and
for nothing else; ``sha256`` is missing while it cannot be written, and ``fault_zh`` says why. ``known``: the enterprise may
see it; ``withdrawn_seq``: the entry that corrected or took back what it says. ``entered_at`` is when its entry was written."""

enterprise_papers = Table(
    "enterprise_papers",
    metadata,
    ident("enterprise_id", primary_key=True),
    Column("source", Text, primary_key=True),
    ident("kind"),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("inspection_id", nullable=True),
    Column("seq", Integer),
    words("number"),
    Column("number_key", BigInteger),
    words("series"),
    words("authority"),
    Column("dated", Date, nullable=False),
    Column("inner", Boolean, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("sha256", Text),
    Column("size", BigInteger),
    ident("object_key", nullable=True),
    words("fault_zh"),
    words("fault_en"),
    instant("made_at", now=True),
    CheckConstraint("num_nonnulls(inspection_id, seq) = 1", name="source"),
    Index(None, "inspection_id", postgresql_where=text("inspection_id IS NOT NULL")),
    Index("ix_enterprise_papers_faulty", "made_at", postgresql_where=text("sha256 IS NULL")),
)
"""The paper of an enterprise's file that its entry ``seq`` issued, or its visit ``inspection_id`` that found nothing:
``source`` says which, as ``entry/7`` or ``visit/<id>``. ``series`` is the kind of number that was taken for it, where one was;
the rest is as in ``papers``."""

unread_cases = Table(
    "unread_cases",
    metadata,
    ident("case_id", primary_key=True),
    ident("district_id"),
    words("fault_zh"),
    words("fault_en"),
    instant("tried_at", now=True),
)
"""Cases whose records cannot be read for their papers, and why; a row goes when they can."""
