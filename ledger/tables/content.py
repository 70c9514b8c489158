"""Words, files, notices and the reporter's vault: what hangs on a case without being its lifecycle."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ledger.tables.base import document, ident, instant, metadata, words

contents = Table(
    "contents",
    metadata,
    ident("command_id", primary_key=True),
    ident("case_id", nullable=True),
    ident("district_id"),
    ident("actor_id"),
    Column("audience", Text, nullable=False, server_default="parties"),
    document("body"),
    ident("digest"),
    instant("created_at", now=True),
    CheckConstraint("audience IN ('parties', 'bureau')", name="audience"),
    Index(None, "case_id"),
)
"""The free texts of a command; workflow payloads carry only their hashes."""

evidence = Table(
    "evidence",
    metadata,
    ident("evidence_id", primary_key=True),
    ident("case_id"),
    ident("district_id"),
    Column("audience", Text, nullable=False, server_default="parties"),
    ident("sha256"),
    Column("size", BigInteger, nullable=False),
    ident("media_type"),
    words("original_name"),
    ident("object_key"),
    ident("preview_key", nullable=True),
    ident("preview_media_type", nullable=True),
    instant("exif_taken_at", nullable=True),
    Column("gps_latitude", Float),
    Column("gps_longitude", Float),
    document("claimed", nullable=True),
    Column("look", Text),
    Column("flags", ARRAY(Text), nullable=False, server_default="{}"),
    words("purpose"),
    Column("item", Integer),
    Column("shows", Text, nullable=False, server_default="before"),
    ident("uploaded_by"),
    Column("uploaded_role", Text, nullable=False),
    instant("uploaded_at", now=True),
    instant("released_at", nullable=True),
    ident("released_by", nullable=True),
    words("released_as"),
    CheckConstraint("audience IN ('parties', 'bureau')", name="audience"),
    CheckConstraint("shows IN ('before', 'after')", name="shows"),
    UniqueConstraint(
        "case_id", "sha256", "purpose", "uploaded_by", "item", postgresql_nulls_not_distinct=True
    ),
    Index(None, "case_id", "uploaded_at"),
    Index(None, "sha256"),
)
"""A file about a case: the original is immutable, ``preview_key`` is the re-encoded copy that is served. What the bureau
releases piece by piece is shown outside as ``released_as``, from ``released_at`` on, as the act of ``released_by``.
``item`` is the number of the requirement it is about, if of one alone; ``shows`` whether it is from before the correction
or after. ``look`` is its perceptual hash, ``flags`` are what is odd about it. ``claimed`` is
when and where the device that took it says it did: browsers take that out of the file itself."""

notices = Table(
    "notices",
    metadata,
    ident("notice_id", primary_key=True),
    ident("case_id", nullable=True),
    ident("about_enterprise_id", nullable=True),
    ident("about_import_id", nullable=True),
    ident("about_finding_id", nullable=True),
    ident("about_transfer_id", nullable=True),
    document("figures", nullable=True),
    Column("seq", Integer, nullable=False),
    ident("district_id"),
    Column("kind", Text, nullable=False),
    Column("audience_role", Text, nullable=False),
    Column("rank", Text),
    ident("user_id", nullable=True),
    ident("enterprise_id", nullable=True),
    ident("territory_id", nullable=True),
    Column("clock", Text),
    instant("due_at", nullable=True),
    instant("at"),
    instant("spread_at", nullable=True),
    CheckConstraint(
        "num_nonnulls(case_id, about_enterprise_id, about_import_id, about_finding_id, about_transfer_id) = 1",
        name="subject",
    ),
    Index(None, "district_id", "audience_role", "at", "notice_id"),
    Index(None, "enterprise_id", "at"),
    Index(None, "case_id"),
    Index("ix_notices_unspread", "at", postgresql_where=text("spread_at IS NULL")),
)
"""An in-app notice (站内通知), about a case, an enterprise, an import, a finding of an enterprise's own or a transfer; of the
last three it tells ``figures``. ``seq`` is the entry of that one's ledger it tells of, ``enterprise_id`` whom it tells;
``spread_at`` when it was looked at for whoever wants to be told outside the house."""

notice_reads = Table(
    "notice_reads",
    metadata,
    ident("notice_id", primary_key=True),
    ident("user_id", primary_key=True),
    instant("read_at", now=True),
)
"""Who has read a notice, and when first."""

tips = Table(
    "tips",
    metadata,
    ident("tip_id", primary_key=True),
    ident("district_id"),
    ident("enterprise_id", nullable=True),
    words("title"),
    words("text"),
    words("firm"),
    words("place"),
    Column("photos", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("named", Boolean, nullable=False),
    instant("received_at"),
    Column("year", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("reached_by", Text, nullable=False, server_default="web"),
    ident("registered_by", nullable=True),
    Column("matter", Text),
    ident("handler_id", nullable=True),
    Column("state", Text, nullable=False),
    instant("decided_at", nullable=True),
    ident("decided_by", nullable=True),
    words("answer"),
    instant("answered_at", nullable=True),
    ident("answered_by", nullable=True),
    Column("reward", BigInteger),
    Column("reward_fine", BigInteger),
    words("reward_reason"),
    instant("reward_at", nullable=True),
    ident("reward_by", nullable=True),
    CheckConstraint("state IN ('waiting', 'taken', 'closed', 'transferred')", name="state"),
    UniqueConstraint("district_id", "year", "no"),
    Index(None, "district_id", "state", "received_at", "tip_id"),
)
"""What somebody of the public said (举报); who that was lies in ``reporters``, and ``named`` says that they told. Its id is
that of the case it becomes; ``enterprise_id`` is set when what they called the enterprise is one's name. ``year`` and ``no``
are its registration (统一登记编号), given by the database whichever way it came in; ``reward`` is what was proposed."""

transfers = Table(
    "transfers",
    metadata,
    ident("transfer_id", primary_key=True),
    ident("district_id"),
    ident("case_id"),
    Column("about", Text, nullable=False),
    words("title"),
    words("to_department"),
    words("letter_no"),
    words("reason"),
    instant("sent_at"),
    ident("sent_by"),
    Column("answer_by", Date, nullable=False),
    words("answer"),
    Column("answered_on", Date),
    instant("recorded_at", nullable=True),
    ident("recorded_by", nullable=True),
    instant("overdue_told_at", nullable=True),
    CheckConstraint("about IN ('tip', 'case')", name="about"),
    Index(None, "district_id", "answer_by", "transfer_id"),
    Index(None, "case_id"),
    Index(
        "ix_transfers_untold",
        "answer_by",
        postgresql_where=text("answered_on IS NULL AND overdue_told_at IS NULL"),
    ),
)
"""What was handed to another department (移送其他部门), by when it was asked to answer, and its answer. ``case_id`` is the id of
the case or of the tip, which share one space of ids; ``overdue_told_at`` when its sender was told that no answer came."""

reporters = Table(
    "reporters",
    metadata,
    ident("handle", primary_key=True),
    ident("case_id", unique=True),
    ident("district_id"),
    ident("follow_up_hash", unique=True),
    Column("identity", LargeBinary),
    instant("created_at", now=True),
)
"""The vault (举报人信息): visible only to the case's named handler. ``identity`` is sealed before it gets
here; the handle is random and derives from nothing."""
