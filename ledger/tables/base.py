"""Shared parts of the table definitions.

Identifiers are opaque strings minted by the service (UUIDs in practice), instants are UTC. Tables of case
facts carry no foreign keys to reference data on purpose: a fact that was acknowledged must never be refused
by the ledger afterwards. Reference tables among themselves do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for "no date" in columns that order a list: keyset paging needs NOT NULL columns."""


def ident(name: str, **options: Any) -> Column[str]:
    """An identifier; NOT NULL unless told otherwise."""
    options.setdefault("nullable", False)
    return Column(name, Text, **options)


def ref(name: str, target: str, *, nullable: bool = True, primary_key: bool = False) -> Column[str]:
    """An identifier that must exist in ``target`` (``table.column``)."""
    absent = nullable and not primary_key
    return Column(name, Text, ForeignKey(target), nullable=absent, primary_key=primary_key)


def words(name: str, *, nullable: bool = False) -> Column[str]:
    """Text; empty rather than missing unless ``nullable``."""
    return Column(name, Text, nullable=nullable, server_default=None if nullable else "")


def instant(name: str, *, nullable: bool = False, now: bool = False) -> Column[datetime]:
    """A UTC instant; ``now`` lets the database fill it in."""
    default = func.now() if now else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def document(name: str, *, nullable: bool = False) -> Column[Any]:
    """A JSON document."""
    return Column(name, JSONB, nullable=nullable)
