"""Every case has a card (索引卡) by which its words are found: small, with the keys of every order of the list, and an index of
the pieces of its words, which are kept outside the row. So the cases of a common word are sorted without being read.

Triggers keep the cards equal to ``cases`` and ``case_texts``. Under row-level security no index is used to look for words; the
view ``cards`` uses it, and shows the cards of the asker's district only, a territory its own. ``enterprises_called`` finds
enterprises by any name in the same way.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_cards"
down_revision = "0011"
branch_labels = None
depends_on = None

_USERS = "xh_bureau, xh_auditor, xh_territory"
_DISTRICT, _TERRITORY = (
    f"(SELECT nullif(current_setting('app.{name}', true), ''))" for name in ("district_id", "territory_id")
)
_OWNERS = ("district_id", "territory_id", "enterprise_id")
_PLACE = ("number_key", "opened_at", "due_sort", "risk_rank")
_KEYS = (*_OWNERS, *_PLACE)
"""What a card has of its case."""


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION pieces_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
        " RETURN string_to_array(words, NULL) || (SELECT array_agg(one || following) FROM"
        " unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:]) AS beside(one, following)"
        " WHERE following IS NOT NULL)"
    )
    _cards()
    _kept()
    _seen()
    _called()


def _cards() -> None:
    op.create_table(
        "case_cards",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("district_id", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=True),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("number_key", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_sort", sa.DateTime(timezone=True), nullable=False),
        sa.Column("risk_rank", sa.SmallInteger(), nullable=False),
        sa.Column("pieces", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_cards")),
    )
    op.execute("ALTER TABLE case_cards SET (toast_tuple_target = 128, fillfactor = 80)")
    op.execute("ALTER TABLE case_cards ALTER COLUMN pieces SET STATISTICS 0")  # hundreds a case
    op.create_index(op.f("ix_case_cards_enterprise_id"), "case_cards", ["enterprise_id"])
    op.create_index("ix_case_cards_pieces", "case_cards", ["pieces"], postgresql_using="gin")
    op.execute("ALTER TABLE case_cards ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE case_cards FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE ON case_cards TO xh_ledger")
    op.execute("GRANT SELECT ON case_cards TO xh_search")
    op.execute(
        "CREATE POLICY xh_ledger_all ON case_cards AS PERMISSIVE FOR ALL TO xh_ledger USING (true) WITH CHECK (true)"
    )
    op.execute(
        "CREATE POLICY xh_search_select ON case_cards AS PERMISSIVE FOR SELECT TO xh_search USING (true)"
    )


def _kept() -> None:
    """A case makes its card, moves it in the lists and, should it ever be, among its owners; its words are put on it when they
    come. A move writes no column that an index has, not even with the value it had: so no index is written."""
    every = ", ".join(_KEYS)
    bodies = {
        "make_card": f"INSERT INTO case_cards (case_id, {every}, pieces) SELECT NEW.case_id, {_of('NEW', _KEYS)}, coalesce("  # noqa: S608 - our own names
        "(SELECT pieces_of(search_text) FROM case_texts WHERE case_id = NEW.case_id), '{}')",
        "move_card": f"UPDATE case_cards SET {_like_new(_PLACE)} WHERE case_id = NEW.case_id",  # noqa: S608 - our own names
        "hand_card": f"UPDATE case_cards SET {_like_new(_OWNERS)} WHERE case_id = NEW.case_id",  # noqa: S608 - our own names
        "word_card": "UPDATE case_cards SET pieces = coalesce(pieces_of(NEW.search_text), '{}')"
        " WHERE case_id = NEW.case_id",
    }
    for name, body in bodies.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp"
            f" AS $$ BEGIN {body}; RETURN NULL; END $$"
        )
    for trigger, when, function in (
        ("card_made", "INSERT ON cases FOR EACH ROW", "make_card"),
        ("card_moved", f"UPDATE ON cases FOR EACH ROW WHEN ({_other(_PLACE)})", "move_card"),
        ("card_handed", f"UPDATE ON cases FOR EACH ROW WHEN ({_other(_OWNERS)})", "hand_card"),
        ("card_worded", "INSERT OR UPDATE OF search_text ON case_texts FOR EACH ROW", "word_card"),
    ):
        op.execute(f"CREATE TRIGGER {trigger} AFTER {when} EXECUTE FUNCTION {function}()")


def _of(row: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)


def _like_new(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} = NEW.{name}" for name in names)


def _other(names: tuple[str, ...]) -> str:
    return f"({_of('OLD', names)}) IS DISTINCT FROM ({_of('NEW', names)})"


def _seen() -> None:
    op.execute(
        f"CREATE VIEW cards AS SELECT case_id, {', '.join(_KEYS)}, pieces FROM case_cards"  # noqa: S608 - our own names
        f" WHERE district_id = {_DISTRICT} AND ((SELECT current_user) <> 'xh_territory' OR territory_id = {_TERRITORY})"
    )
    op.execute(f"GRANT SELECT ON cards TO {_USERS}")
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    op.execute("ALTER VIEW cards OWNER TO xh_search")


def _called() -> None:
    op.execute(
        "CREATE FUNCTION enterprises_called(pattern text) RETURNS SETOF text"
        " LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 10 AS $$ BEGIN"
        " RETURN QUERY EXECUTE 'SELECT enterprise_id FROM enterprises WHERE search_text LIKE $1 AND district_id = $2'"
        " || CASE current_setting('role') WHEN 'xh_territory' THEN ' AND territory_id = $3' ELSE '' END"
        " USING pattern, nullif(current_setting('app.district_id', true), ''),"
        " nullif(current_setting('app.territory_id', true), ''); END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION enterprises_called(text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION enterprises_called(text) TO {_USERS}")
    op.execute("ALTER FUNCTION enterprises_called(text) OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")
