"""The projector's SQL: one statement writes a whole batch from one JSON parameter.

Round trips are the price of the hot path, so entries, snapshot, tasks, clocks, measures, bearings and
notices go in together.
Column lists are derived from the tables, so that a new column cannot be forgotten in one place only.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql

from ledger.tables import (
    case_clocks,
    case_events,
    case_measures,
    case_tasks,
    cases,
    enterprise_inbox,
    notices,
)

FIXED = (
    "case_id",
    "district_id",
    "territory_id",
    "enterprise_id",
    "industry",
    "number",
    "number_key",
    "source",
    "inspection_id",
    "opened_at",
    "opened_by",
)
"""Columns of ``cases`` that are written at the opening and never again."""
MOVING = tuple(c.name for c in cases.c if c.name not in (*FIXED, "updated_at"))
"""Columns of ``cases`` that follow the snapshot."""

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def _record(table: Table, names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {table.c[name].type.compile(dialect=_DIALECT)}" for name in names)


def _names(table: Table, *without: str) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if column.name not in without)


def _insert(table: Table, part: str, *without: str) -> str:
    names = _names(table, *without)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(names)}"  # noqa: S608 - our own names
        f" FROM p, ca, jsonb_to_recordset(p.j -> '{part}') AS r({_record(table, names)})"
    )


def _replace(table: Table, part: str) -> tuple[str, str]:
    """Delete rows whose key (the second column of the primary key) is gone, upsert the rest."""
    names = _names(table)
    subject, key = (column.name for column in table.primary_key)
    changed = ", ".join(f"{n} = excluded.{n}" for n in names if n not in (subject, key))
    gone = (
        f"DELETE FROM {table.name} USING p, ca WHERE {subject} = p.j ->> '{subject}' AND {key} NOT IN"  # noqa: S608 - our own names
        f" (SELECT k ->> '{key}' FROM jsonb_array_elements(p.j -> '{part}') AS k)"
    )
    return gone, f"{_insert(table, part)} ON CONFLICT ({subject}, {key}) DO UPDATE SET {changed}"


def _case(opening: bool) -> str:
    source = "FROM p, jsonb_to_record(p.j -> 'case') AS r"
    if opening:
        names = (*FIXED, *MOVING)
        values = ", ".join(f"r.{name}" for name in names)
        columns = ", ".join(names)
        return f"INSERT INTO cases ({columns}) SELECT {values} {source}({_record(cases, names)}) RETURNING 1"
    values = ", ".join(f"{name} = r.{name}" for name in MOVING)
    return (
        f"UPDATE cases SET {values}, updated_at = now()"  # noqa: S608 - our own names
        f" {source}(case_id text, {_record(cases, MOVING)})"
        " WHERE cases.case_id = r.case_id AND cases.seq = CAST(p.j ->> 'after_seq' AS int)"
        " AND cases.head_hash = p.j ->> 'after_hash' RETURNING 1"
    )


@cache
def write(
    *, opening: bool, tasks: bool, clocks: bool, measures: bool, bearings: bool, notify: bool
) -> TextClause:
    """The statement for one batch; parameter ``payload`` is its JSON. Parts without change are left out.

    Everything hangs on the row of the case (``ca``): it is written only if it stands exactly where the batch
    begins, and gives 1 then, or 0 and nothing at all is written.
    """
    parts = [_insert(case_events, "events", "recorded_at")]
    parts += _replace(case_tasks, "tasks") if tasks else ()
    parts += _replace(case_clocks, "clocks") if clocks else ()
    parts += _replace(case_measures, "measures") if measures else ()
    parts += [_insert(enterprise_inbox, "bearings", "consumed_seq")] if bearings else []
    parts += (
        [f"{_insert(notices, 'notices', 'about_enterprise_id')} ON CONFLICT (notice_id) DO NOTHING"]
        if notify
        else []
    )
    named = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(parts))
    payload = "p AS MATERIALIZED (SELECT CAST(:payload AS jsonb) AS j)"
    return text(f"WITH {payload}, ca AS ({_case(opening)}), {named} SELECT count(*) FROM ca")  # noqa: S608


HEAD = text(
    "SELECT seq, head_hash, number, number_key, order_no, order_id, tasks_digest, clocks_digest,"
    " measures_digest, disclosed"
    " FROM cases WHERE case_id = :case_id FOR UPDATE"
)
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
STORED = text(
    "SELECT seq, prev_hash, hash FROM case_events WHERE case_id = :case_id AND seq BETWEEN :first AND :last"
)
WORDS = text(
    "SELECT (SELECT body FROM contents WHERE command_id = :command_id),"
    " (SELECT name FROM enterprises WHERE enterprise_id = :enterprise_id)"
)
