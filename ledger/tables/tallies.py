"""Tallies: how many cases and measures there are of each sort, kept by the projector so that nobody has to count them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from ledger.tables.base import ident, instant, metadata, words

case_tallies = Table(
    "case_tallies",
    metadata,
    ident("district_id"),
    ident("territory_id", nullable=True),
    Column("what", Text, nullable=False),
    instant("at"),
    words("one"),
    words("other"),
    Column("n", Integer, nullable=False),
    Index(None, "district_id", "what", "at"),
    Index(None, "territory_id", "what", "at"),
)
"""So many more or fewer of ``what`` (:mod:`ledger.tallies`): a number is the sum of its rows. Nothing is ever changed in
place, so that no two batches meet here; now and then rows of one sort are replaced by their sum."""
