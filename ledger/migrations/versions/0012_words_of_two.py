"""Words of one and two characters are found by an index as well, and a territory finds its own cases by it.

Under row-level security no index is used to look for words; ``search_cases`` uses them, inside the asker's district only, for a
territory inside its own; the caller joins its ids with ``cases``, whose policies still decide. A word with three letters in a row
is found by its trigrams, any other by its ``pieces``: itself, or its neighbours two by two.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_USERS = "xh_bureau, xh_auditor, xh_territory"


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION pieces_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
        " RETURN string_to_array(words, NULL) || (SELECT array_agg(one || following) FROM"
        " unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:]) AS beside(one, following)"
        " WHERE following IS NOT NULL)"
    )
    op.execute("CREATE INDEX ix_case_texts_pieces ON case_texts USING gin (pieces_of(search_text))")
    op.execute("ALTER INDEX ix_case_texts_pieces ALTER COLUMN 1 SET STATISTICS 0")  # hundreds a case
    op.execute("DROP FUNCTION search_cases(text, bigint)")
    op.execute(
        "CREATE FUNCTION search_cases(pattern text, pieces text[]) RETURNS SETOF text"
        " LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' ROWS 1000"
        " AS $$ DECLARE"
        " own text := CASE current_setting('role') WHEN 'xh_territory' THEN ' AND c.territory_id = $4' ELSE '' END;"
        " has text := CASE pieces WHEN '{}' THEN '' ELSE ' AND pieces_of(t.search_text) @> $2' END;"
        " BEGIN RETURN QUERY EXECUTE 'SELECT t.case_id FROM case_texts t'"
        " || CASE own WHEN '' THEN '' ELSE ' JOIN cases c ON c.case_id = t.case_id' || own END"
        " || ' WHERE t.search_text LIKE $1 AND t.district_id = $3' || has"
        " || ' UNION ALL SELECT c.case_id FROM enterprises e JOIN cases c ON c.enterprise_id = e.enterprise_id'"
        " || ' WHERE e.search_text LIKE $1 AND e.district_id = $3' || own || replace(own, 'c.', 'e.')"
        " USING pattern, pieces, nullif(current_setting('app.district_id', true), ''),"
        " nullif(current_setting('app.territory_id', true), ''); END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION search_cases(text, text[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION search_cases(text, text[]) TO {_USERS}")
    op.execute("GRANT CREATE ON SCHEMA public TO xh_search")
    op.execute("ALTER FUNCTION search_cases(text, text[]) OWNER TO xh_search")
    op.execute("REVOKE CREATE ON SCHEMA public FROM xh_search")
