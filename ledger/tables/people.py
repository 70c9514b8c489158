"""Organisations, territories, people, their delegations, sessions and tokens."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
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

from ledger.tables.base import ident, instant, metadata, ref, words

districts = Table(
    "districts",
    metadata,
    ident("district_id", primary_key=True),
    words("name"),
    instant("created_at", now=True),
)
"""A district (区): the outermost tenant."""

organisations = Table(
    "organisations",
    metadata,
    ident("org_id", primary_key=True),
    ref("district_id", "districts.district_id", nullable=False),
    words("name"),
    words("short_name"),
    Column("kind", Text, nullable=False),
    ref("parent_id", "organisations.org_id"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("former_names", ARRAY(Text), nullable=False, server_default="{}"),
    instant("closed_at", nullable=True),
    words("closed_reason"),
    CheckConstraint(
        "kind IN ('bureau', 'section', 'government', 'committee', 'territory', 'assessor', 'department')",
        name="kind",
    ),
    Index(None, "district_id"),
)
"""An authority, a section of it, a sibling department, an assessment agency (第三方机构). ``former_names`` are what it was
called before (曾用名), oldest first; one that is closed stays."""

territories = Table(
    "territories",
    metadata,
    ident("territory_id", primary_key=True),
    ref("district_id", "districts.district_id", nullable=False),
    words("name"),
    ref("org_id", "organisations.org_id"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("former_names", ARRAY(Text), nullable=False, server_default="{}"),
    instant("closed_at", nullable=True),
    words("closed_reason"),
    Index(None, "district_id"),
)
"""A township, street or park (属地镇街、园区) and the office that sees it; names and closing as of an organisation."""

users = Table(
    "users",
    metadata,
    ident("user_id", primary_key=True),
    ident("district_id", nullable=True),
    Column("username", Text, nullable=False, unique=True),
    words("display_name"),
    Column("password_hash", Text),
    Column("role", Text, nullable=False),
    Column("rank", Text),
    ref("org_id", "organisations.org_id"),
    ref("territory_id", "territories.territory_id"),
    ident("enterprise_id", nullable=True),
    ref("assessor_org_id", "organisations.org_id"),
    Column("certificate_no", Text),
    Column("certificate_expires", Date),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("failed_logins", Integer, nullable=False, server_default=text("0")),
    instant("locked_until", nullable=True),
    instant("created_at", now=True),
    instant("password_changed_at", nullable=True),
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    instant("local_until", nullable=True),
    CheckConstraint("username = lower(username)", name="username_lower"),
    Index(None, "district_id", "role"),
    Index(None, "enterprise_id"),
)
"""A person with an account. ``certificate_no`` is the law-enforcement certificate (执法证号); ``must_change``: somebody else
set the password; ``local_until``: how long it opens the account where local accounts are switched off."""

delegations = Table(
    "delegations",
    metadata,
    ident("delegation_id", primary_key=True),
    ident("district_id"),
    ref("from_user_id", "users.user_id", nullable=False),
    ref("to_user_id", "users.user_id", nullable=False),
    instant("starts_at"),
    instant("ends_at"),
    words("reason"),
    ident("created_by"),
    instant("created_at", now=True),
    instant("revoked_at", nullable=True),
    CheckConstraint("ends_at > starts_at", name="dates"),
    CheckConstraint("from_user_id <> to_user_id", name="two_people"),
    Index(None, "to_user_id", "ends_at"),
)
"""A dated delegation (委托代理): ``to_user_id`` acts for ``from_user_id`` in [starts_at, ends_at)."""

sessions = Table(
    "sessions",
    metadata,
    ident("session_hash", primary_key=True),
    ref("user_id", "users.user_id", nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("last_seen_at"),
    words("ip"),
    words("user_agent"),
    instant("revoked_at", nullable=True),
    Column("provider", Text),
    instant("proven_at", nullable=True),
    Index(None, "user_id"),
)
"""A signed-in browser; only the hash of its secret is kept. ``provider`` vouches for whoever came by single sign-on,
``proven_at``: the code of the second factor was given."""

saved_filters = Table(
    "saved_filters",
    metadata,
    ident("filter_id", primary_key=True),
    ref("user_id", "users.user_id", nullable=False),
    Column("list", Text, nullable=False),
    words("name"),
    words("query"),
    instant("saved_at"),
    UniqueConstraint("user_id", "list", "name"),
)
"""Conditions of a list (常用筛选) that somebody keeps under a name of their own."""

api_tokens = Table(
    "api_tokens",
    metadata,
    ident("token_id", primary_key=True),
    ident("token_hash"),
    ref("user_id", "users.user_id", nullable=False),
    words("name"),
    instant("created_at"),
    instant("expires_at", nullable=True),
    instant("last_used_at", nullable=True),
    instant("revoked_at", nullable=True),
    ref("program_id", "programs.program_id"),
    UniqueConstraint("token_hash"),
    Index(None, "user_id"),
    Index(None, "program_id"),
)
"""A bearer token; only its hash is kept. That of a program (服务账号) carries its owner's id beside the program's."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    ident("actor_id", primary_key=True),
    ident("key", primary_key=True),
    ident("request_hash"),
    Column("answered", Boolean, nullable=False, server_default=text("false")),
    instant("created_at", now=True),
    Index(None, "created_at"),
)
"""Which request an Idempotency-Key belongs to, for good; ``answered`` once somebody was told that it took effect."""
