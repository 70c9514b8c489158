"""Notices that leave the house: where people want to be told, what is to be told them, and each message."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from ledger.tables.base import ident, instant, metadata, words

addresses = Table(
    "addresses",
    metadata,
    Column("user_id", Text, ForeignKey("users.user_id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    ident("district_id", nullable=True),
    ident("address_id", unique=True),
    Column("sealed", LargeBinary, nullable=False),
    words("shown"),
    Column("pace", Text, nullable=False),
    Column("language", Text, nullable=False),
    instant("added_at"),
    instant("asked_at"),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("codes", Integer, nullable=False, server_default=text("1")),
    instant("confirmed_at", nullable=True),
    Column("trouble", Text),
    instant("trouble_at", nullable=True),
    CheckConstraint("channel IN ('email', 'sms', 'robot', 'webhook')", name="channel"),
)
"""Where somebody is told by one channel (通知地址). ``sealed`` is the address and the secret of its receiver, ``shown`` what
of it is shown again; one that was taken away has neither. The code that confirms it derives from ``address_id`` and
``asked_at``, and is the ``codes``-th since one was confirmed. ``trouble`` is why the last message did not arrive, until
one does."""

delivery_items = Table(
    "delivery_items",
    metadata,
    ident("notice_id", primary_key=True),
    ident("user_id", primary_key=True),
    Column("channel", Text, primary_key=True),
    instant("due_at"),
    Column("any_time", Boolean, nullable=False),
    ident("delivery_id", nullable=True),
    Index(None, "due_at", postgresql_where=text("delivery_id IS NULL")),
    Index(None, "delivery_id"),
)
"""A notice to be told somebody by one channel, once for ever; ``delivery_id`` is the message it went into."""

deliveries = Table(
    "deliveries",
    metadata,
    ident("delivery_id", primary_key=True),
    ident("district_id", nullable=True),
    ident("user_id"),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("notices", Integer, nullable=False),
    Column("any_time", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    instant("made_at"),
    instant("began_at"),
    instant("next_at"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("unsure", Boolean, nullable=False, server_default=text("false")),
    instant("leased_until", nullable=True),
    Column("trouble", Text),
    words("detail"),
    instant("settled_at", nullable=True),
    CheckConstraint("channel IN ('email', 'sms', 'robot', 'webhook')", name="channel"),
    CheckConstraint("kind IN ('notices', 'code')", name="kind"),
    CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state"),
    Index(
        "uq_deliveries_waiting",
        "user_id",
        "channel",
        unique=True,
        postgresql_where=text("state = 'waiting' AND kind = 'notices'"),
    ),
    Index(None, "channel", "next_at", postgresql_where=text("state = 'waiting'")),
    Index(None, "district_id", "state", "made_at", "delivery_id"),
)
"""A message to somebody by one channel (外发消息): what waits for them when it goes, or the code that confirms an address. Its
id is what receivers know a repeated one by. ``unsure`` once an attempt may have arrived: from then on it takes in nothing
new. ``leased_until`` is until when a relay has it in hand, ``began_at`` since when it is tried."""
