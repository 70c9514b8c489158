"""Measures (措施) of cases and the instruments (文书) their steps issue."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from ledger.tables.base import document, ident, instant, metadata

case_measures = Table(
    "case_measures",
    metadata,
    ident("case_id", primary_key=True),
    ident("measure_id", primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    Column("no", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("known", Boolean, nullable=False),
    instant("proposed_at"),
    instant("in_force_at", nullable=True),
    instant("ended_at", nullable=True),
    document("doc"),
    Index(None, "district_id", "proposed_at", "case_id", "measure_id"),
    Index(
        "ix_case_measures_open",
        "district_id",
        "proposed_at",
        "case_id",
        "measure_id",
        postgresql_where=text("open"),
    ),
    Index(None, "enterprise_id", "proposed_at", "case_id", "measure_id"),
    Index(None, "territory_id", "proposed_at", "case_id", "measure_id"),
)
"""One row a measure: what the case's snapshot says of it. ``known``: its enterprise may know of it."""

instruments = Table(
    "instruments",
    metadata,
    ident("case_id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    ident("measure_id", nullable=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("number_key", BigInteger, nullable=False),
    instant("issued_at"),
    Column("step", Text),
    Column("known", Boolean, nullable=False),
    document("data"),
    Index(None, "district_id", "issued_at", "case_id", "seq"),
    Index(None, "enterprise_id", "issued_at", "case_id", "seq"),
)
"""A document that the ledger entry ``(case_id, seq)`` issued: its number, and the data it is rendered from.

``kind`` is a key of the policy's numbering codes; ``known``: the enterprise may see it.
"""
