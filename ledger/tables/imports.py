"""Imports (导入): files of many rows that are worked off one after the other, and what became of each row."""

from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, text

from ledger.tables.base import document, ident, instant, metadata, words

HOLDS = "state IN ('waiting', 'taken')"
"""A row that is to become a case, or has become one, holds its case: no other row becomes it."""

imports = Table(
    "imports",
    metadata,
    ident("import_id", primary_key=True),
    ident("district_id"),
    words("file_name"),
    ident("sha256"),
    Column("rows", Integer, nullable=False),
    Column("state", Text, nullable=False),
    ident("created_by"),
    instant("created_at"),
    instant("started_at", nullable=True),
    instant("ended_at", nullable=True),
    ident("cancelled_by", nullable=True),
    CheckConstraint("state IN ('waiting', 'done', 'cancelled')", name="state"),
    Index(None, "district_id", "created_at", "import_id"),
    Index("ix_imports_unfinished", "import_id", postgresql_where=text("ended_at IS NULL")),
)
"""One file of an old ledger. It ends once none of its rows waits; cancelled, it ends between two rows."""

import_rows = Table(
    "import_rows",
    metadata,
    ident("import_id", primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    ident("district_id"),
    words("place"),
    Column("state", Text, nullable=False),
    ident("enterprise_id", nullable=True),
    ident("case_id", nullable=True),
    ident("command_id", nullable=True),
    Column("closed", Boolean, nullable=False),
    Column("flags", ARRAY(Text), nullable=False, server_default="{}"),
    document("given"),
    document("told", nullable=True),
    document("wrong", nullable=True),
    CheckConstraint("state IN ('waiting', 'taken', 'same', 'wrong', 'cancelled')", name="state"),
    Index("ix_import_rows_state", "import_id", "state", "no"),
    Index("uq_import_rows_holder", "case_id", unique=True, postgresql_where=text(HOLDS)),
)
"""A row as it was ``given``, and as the case is ``told`` it; ``place`` is where it stands in the file, ``wrong`` what is
wrong with it, cell by cell."""
