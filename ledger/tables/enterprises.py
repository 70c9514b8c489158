"""Enterprises, the liaison groups that watch over them, inspections and orders."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.tables.base import document, ident, instant, metadata, ref, words

teams = Table(
    "teams",
    metadata,
    ident("team_id", primary_key=True),
    ref("district_id", "districts.district_id", nullable=False),
    words("name"),
    ref("leader_id", "users.user_id", nullable=False),
    ref("member_one_id", "users.user_id", nullable=False),
    ref("member_two_id", "users.user_id", nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    instant("closed_at", nullable=True),
    words("closed_reason"),
    CheckConstraint("member_one_id <> member_two_id", name="two_members"),
    Index(None, "district_id"),
)
"""A liaison group (挂钩小组): two members and a leader for at most three enterprises."""

enterprises = Table(
    "enterprises",
    metadata,
    ident("enterprise_id", primary_key=True),
    ref("district_id", "districts.district_id", nullable=False),
    ref("territory_id", "territories.territory_id", nullable=False),
    Column("uscc", Text, nullable=False, unique=True),
    words("name"),
    words("industry"),
    words("address"),
    words("legal_representative"),
    words("contact_phone"),
    Column("latitude", Float),
    Column("longitude", Float),
    ref("regulator_org_id", "organisations.org_id"),
    ref("team_id", "teams.team_id"),
    Column("status", Text, nullable=False, server_default="running"),
    Column("key_enterprise", Boolean, nullable=False, server_default=text("false")),
    Column("former_names", ARRAY(Text), nullable=False, server_default="{}"),
    words("search_text"),
    ref("merged_into", "enterprises.enterprise_id"),
    instant("merged_at", nullable=True),
    words("merged_reason"),
    instant("created_at", now=True),
    CheckConstraint("status IN ('running', 'part_stopped', 'stopped', 'power_cut', 'closed')", name="status"),
    CheckConstraint(
        "merged_into <> enterprise_id AND (merged_into IS NULL) = (merged_at IS NULL)", name="merged"
    ),
    CheckConstraint(
        "(latitude IS NULL) = (longitude IS NULL) AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
        name="place",
    ),
    Index(None, "district_id", "name", "enterprise_id"),
    Index(None, "territory_id"),
    Index(None, "team_id"),
)
"""An enterprise by its unified social credit code (统一社会信用代码); ``former_names`` are what it was called before
(曾用名), oldest first. ``search_text`` is folded (:mod:`models.searching`). An entry that turned out to be another's double
stays, and names the one it was ``merged_into`` (并入)."""

inspections = Table(
    "inspections",
    metadata,
    ident("inspection_id", primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    Column("number", Text, nullable=False, unique=True),
    Column("number_key", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("officers", ARRAY(Text), nullable=False, server_default="{}"),
    instant("started_at"),
    instant("ended_at", nullable=True),
    words("place"),
    words("summary"),
    ident("recorded_by"),
    instant("recorded_at"),
    ident("command_id", nullable=True),
    ident("digest"),
    document("data", nullable=True),
    document("case_numbers", nullable=True),
    words("enterprise_name"),
    document("called", nullable=True),
    document("signing", nullable=True),
    Index(None, "district_id", "started_at", "number_key"),
    Index(None, "enterprise_id", "started_at", "number_key"),
    Index("ix_inspections_signed", "recorded_at", postgresql_where=text("signing IS NOT NULL")),
    Index("ix_inspections_clean", "recorded_at", postgresql_where=text("case_numbers = '{}'::jsonb")),
    UniqueConstraint("command_id"),
)
"""One visit (检查) with its officers; 双随机, 四不两直, 专项, 服务督导 …; ``case_numbers`` are taken for its cases, by id:
text and key, in the order of the findings; ``enterprise_name`` and ``called`` (user id → name) are the names of that day;
``signing`` is how the party signed, as far as it was told: ``on_screen``, or ``refused_before`` whom."""

orders = Table(
    "orders",
    metadata,
    ident("order_id", primary_key=True),
    ident("district_id"),
    ident("territory_id", nullable=True),
    ident("enterprise_id"),
    ident("inspection_id", nullable=True),
    Column("number", Text, nullable=False, unique=True),
    Column("number_key", BigInteger, nullable=False),
    instant("issued_at"),
    ident("issued_by"),
    Column("officers", ARRAY(Text), nullable=False, server_default="{}"),
    instant("served_at", nullable=True),
    Column("served_method", Text),
    ident("served_by", nullable=True),
    words("enterprise_name"),
    document("called", nullable=True),
    Index(None, "district_id", "issued_at", "number_key"),
    Index(None, "enterprise_id", "issued_at", "number_key"),
    Index(None, "inspection_id"),
)
"""An order to correct within a time limit (责令限期整改指令书); ``enterprise_name`` and ``called`` as of a visit."""

order_items = Table(
    "order_items",
    metadata,
    ident("order_id", primary_key=True),
    ident("case_id", primary_key=True),
    ident("district_id"),
    Column("no", Integer, nullable=False),
    instant("deadline_at", nullable=True),
    Column("deadline_days", Integer),
    words("requirement"),
    Index(None, "case_id"),
)
"""One hazard on an order, with a deadline of its own."""
