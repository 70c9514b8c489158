"""What signing in rests on besides a password: second factors, bound identities, programs."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Index, LargeBinary, Table, Text, text

from ledger.tables.base import ident, instant, metadata, ref, words

former_passwords = Table(
    "former_passwords",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("password_hash", Text, primary_key=True),
    instant("replaced_at"),
)
"""Hashes of passwords somebody had: none of the last ones is taken again."""

second_factors = Table(
    "second_factors",
    metadata,
    ref("user_id", "users.user_id", primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    instant("begun_at"),
    instant("confirmed_at", nullable=True),
    Column("last_step", BigInteger, nullable=False, server_default=text("0")),
)
"""The secret of an authenticator app (动态口令), sealed; ``last_step`` is the time step of the last code taken."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    ident("code_hash", primary_key=True),
    ref("user_id", "users.user_id", nullable=False),
    instant("used_at", nullable=True),
    Index(None, "user_id"),
)
"""Codes for whoever lost the app (恢复码), each good once; only hashes are kept."""

identities = Table(
    "identities",
    metadata,
    ident("provider", primary_key=True),
    ident("subject", primary_key=True),
    ref("user_id", "users.user_id", nullable=False),
    instant("bound_at"),
    ident("bound_by"),
    Index(None, "user_id"),
)
"""Who somebody is to a provider of single sign-on (统一身份认证): its own name for them, bound to one account."""

programs = Table(
    "programs",
    metadata,
    ident("program_id", primary_key=True),
    ident("district_id"),
    words("name"),
    ref("owner_id", "users.user_id", nullable=False),
    Column("may", ARRAY(Text), nullable=False),
    ident("created_by"),
    instant("created_at"),
    instant("revoked_at", nullable=True),
    Index(None, "district_id"),
    Index(None, "owner_id"),
)
"""A service account (服务账号): a program with a name, owned by a person, that may do the few things in ``may``."""
