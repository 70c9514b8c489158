"""Links to orders (指令书二维码): who made them, the visits they opened, and what was done with each."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text, UniqueConstraint

from ledger.tables.base import ident, instant, metadata, ref, words

order_links = Table(
    "order_links",
    metadata,
    ident("link_id", primary_key=True),
    ident("token_hash"),
    ident("district_id"),
    ident("order_id"),
    ident("enterprise_id"),
    ident("created_by"),
    instant("created_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
    ident("revoked_by", nullable=True),
    UniqueConstraint("token_hash"),
    Index(None, "order_id", "created_at"),
)
"""A link to the cases of one order; only the hash of its token is kept."""

link_sessions = Table(
    "link_sessions",
    metadata,
    ident("session_hash", primary_key=True),
    ref("link_id", "order_links.link_id", nullable=False),
    instant("created_at"),
    instant("expires_at"),
    Index(None, "link_id"),
)
"""A browser that came by a link; only the hash of its secret is kept."""

link_uses = Table(
    "link_uses",
    metadata,
    Column("no", BigInteger, Identity(always=True), primary_key=True),
    ref("link_id", "order_links.link_id", nullable=False),
    ident("district_id"),
    ident("order_id"),
    instant("at"),
    Column("what", Text, nullable=False),
    ident("case_id", nullable=True),
    words("address"),
    Index(None, "order_id", "no"),
)
"""What was done by a link; ``address`` is a keyed hash: the same one is the same address."""
