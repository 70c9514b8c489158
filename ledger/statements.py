"""The projector's SQL: one statement writes a whole batch from one JSON parameter.

Round trips are the price of the hot path, so entries, snapshot, tasks, clocks, measures, tallies, bearings and
notices go in together.
Column lists are derived from the tables, so that a new column cannot be forgotten in one place only.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Integer, Table, TextualSelect, column, text
from sqlalchemy.dialects import postgresql

from ledger.tables import (
    case_clocks,
    case_events,
    case_measures,
    case_tallies,
    case_tasks,
    cases,
    contents,
    enterprise_entities,
    enterprise_events,
    enterprise_inbox,
    enterprise_tasks,
    notices,
)

FIXED = (
    "case_id",
    "district_id",
    "territory_id",
    "enterprise_id",
    "industry",
    "source",
    "flags",
    "inspection_id",
    "opened_at",
    "opened_by",
)
"""Columns of ``cases`` that are written at the opening and never again; all others follow the snapshot."""

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


_CALLED = {
    column: f"(SELECT u.display_name FROM users u WHERE u.user_id = r.{person})"  # noqa: S608 - our own names
    for column, person in (("actor_called", "actor_id"), ("principal_called", "acting_for"))
}
"""Columns of an entry that keep the names of the day it is written."""


def _record(table: Table, names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {table.c[name].type.compile(dialect=_DIALECT)}" for name in names)


def _names(table: Table, *without: str) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if column.name not in without)


def _insert(table: Table, part: str, *without: str) -> str:
    names = _names(table, *without)
    values = ", ".join(_CALLED.get(name, name) for name in names)
    given = tuple(name for name in names if name not in _CALLED)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values}"  # noqa: S608 - our own names
        f" FROM p, ca, jsonb_to_recordset(p.j -> '{part}') AS r({_record(table, given)})"
    )


def _replace(table: Table, part: str) -> tuple[str, str]:
    """Delete rows whose key (the second column of the primary key) is gone, write those that are new or have changed."""
    names = _names(table)
    subject, key = (column.name for column in table.primary_key)
    kept = [name for name in names if name not in (subject, key)]
    changed = ", ".join(f"{name} = excluded.{name}" for name in kept)
    before, after = (", ".join(f"{whose}.{name}" for name in kept) for whose in (table.name, "excluded"))
    gone = (
        f"DELETE FROM {table.name} USING p, ca WHERE {subject} = p.j ->> '{subject}' AND {key} NOT IN"  # noqa: S608 - our own names
        f" (SELECT k ->> '{key}' FROM jsonb_array_elements(p.j -> '{part}') AS k)"
    )
    fresh = f"{_insert(table, part)} ON CONFLICT ({subject}, {key}) DO UPDATE SET {changed}"
    return gone, f"{fresh} WHERE ({before}) IS DISTINCT FROM ({after})"


def _subject(table: Table, part: str, fixed: tuple[str, ...], *, opening: bool) -> str:
    """The row everything hangs on: written only where the ledger stands exactly where the batch begins."""
    names = (*fixed, *_names(table, *fixed, "updated_at"))
    source = f"FROM p, jsonb_to_record(p.j -> '{part}') AS r({_record(table, names)})"
    if opening:
        values = ", ".join(f"r.{name}" for name in names)
        return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} {source} RETURNING 1"
    key = fixed[0]
    changed = ", ".join(f"{name} = r.{name}" for name in names if name not in fixed)
    return (
        f"UPDATE {table.name} SET {changed}, updated_at = now() {source}"  # noqa: S608 - our own names
        f" WHERE {table.name}.{key} = r.{key} AND {table.name}.seq = CAST(p.j ->> 'after_seq' AS int)"
        f" AND {table.name}.head_hash = p.j ->> 'after_hash' RETURNING 1"
    )


def _together(subject: str, parts: list[str], **answers: str) -> TextualSelect:
    """One statement: the parameter ``payload``, the row everything hangs on, what is written with it; and what it
    answers, by name."""
    named = "".join(f", w{n} AS ({part})" for n, part in enumerate(parts))
    payload = "p AS MATERIALIZED (SELECT CAST(:payload AS jsonb) AS j)"
    statement = text(f"WITH {payload}, ca AS ({subject}){named} SELECT {', '.join(answers.values())}")
    return statement.columns(*(column(name, Integer) for name in answers))


_DEADLINE = (
    "UPDATE order_items SET deadline_at = CAST(r.due_at AS timestamptz)"
    " FROM p, ca, jsonb_to_recordset(p.j -> 'clocks') AS r(key text, due_at text)"
    " WHERE order_items.case_id = p.j ->> 'case_id' AND order_items.order_id = p.j -> 'case' ->> 'order_id'"
    " AND r.key = 'rectify' AND order_items.deadline_at IS DISTINCT FROM CAST(r.due_at AS timestamptz)"
)
"""The deadline an order shows is the case's, whatever moved it."""

_NOTICES = f"{_insert(notices, 'notices')} ON CONFLICT (notice_id) DO NOTHING"


@cache
def write(
    *,
    opening: bool,
    tasks: bool,
    clocks: bool,
    measures: bool,
    tallies: bool,
    bearings: bool,
    notify: bool,
) -> TextualSelect:
    """The statement for one batch; parameter ``payload`` is its JSON. Parts without change are left out.

    Everything hangs on the row of the case (``ca``): it is written only if it stands exactly where the batch
    begins, and gives 1 then, or 0 and nothing at all is written.
    """
    parts = [_insert(case_events, "events", "recorded_at")]
    parts += _replace(case_tasks, "tasks") if tasks else ()
    parts += [*_replace(case_clocks, "clocks"), _DEADLINE] if clocks else ()
    parts += _replace(case_measures, "measures") if measures else ()
    parts += [_insert(case_tallies, "tallies")] if tallies else []
    parts += [_insert(enterprise_inbox, "bearings", "consumed_seq")] if bearings else []
    parts += [_NOTICES] if notify else []
    return _together(_subject(cases, "case", FIXED, opening=opening), parts, written="count(*) FROM ca")


@cache
def write_entity(*, opening: bool) -> TextualSelect:
    """The statement for one batch of an enterprise, as :func:`write` for a case.

    Gives how many rows of the entity were written, and how many bearings were marked as consumed.
    """
    parts = [
        "UPDATE enterprise_inbox SET consumed_seq = r.seq FROM p, ca, jsonb_to_recordset(p.j -> 'sources')"
        " AS r(source_case_id text, source_seq int, seq int)"
        " WHERE enterprise_inbox.case_id = r.source_case_id AND enterprise_inbox.seq = r.source_seq"
        " AND enterprise_inbox.enterprise_id = p.j ->> 'enterprise_id' RETURNING 1",
        "UPDATE enterprises SET status = p.j -> 'entity' ->> 'status' FROM p, ca"
        " WHERE enterprises.enterprise_id = p.j ->> 'enterprise_id'"
        " AND enterprises.status <> p.j -> 'entity' ->> 'status'",
        _insert(enterprise_events, "events", "recorded_at"),
        *_replace(enterprise_tasks, "tasks"),
        _NOTICES,
    ]
    entity = _subject(enterprise_entities, "entity", ("enterprise_id", "district_id"), opening=opening)
    answers = {"written": "(SELECT count(*) FROM ca)", "read": "(SELECT count(*) FROM w0)"}
    return _together(entity, parts, **answers)


_HEAD = (
    *("seq", "head_hash", "number", "number_key", "lead_no", "lead_key", "order_no", "order_id"),
    *("tasks_digest", "clocks_digest", "measures_digest", "disclosed", "acted_at", "counted"),
)
_HEADS = (
    f"SELECT {', '.join(_HEAD[:-2])}, to_json(acted_at) #>> '{{}}', counted"  # noqa: S608 - our own names
    " FROM cases WHERE case_id = :case_id"
)
HEAD, STANDS = (text(_HEADS + how).columns(*(column(name) for name in _HEAD)) for how in (" FOR UPDATE", ""))
"""Where the ledger of a case stands: locked, and as it was a moment ago."""
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")
STORED = text(
    "SELECT seq, prev_hash, hash FROM case_events WHERE case_id = :case_id AND seq BETWEEN :first AND :last"
)
WORDS = text(
    "SELECT (SELECT body FROM contents WHERE command_id = :command_id),"
    " (SELECT name FROM enterprises WHERE enterprise_id = :enterprise_id)"
).columns(column("body", contents.c.body.type), column("name"))
ENTITY_HEAD = text(
    "SELECT seq, head_hash FROM enterprise_entities WHERE enterprise_id = :enterprise_id FOR UPDATE"
).columns(column("seq"), column("head_hash"))
ENTITY_STORED = text(
    "SELECT seq, prev_hash, hash FROM enterprise_events"
    " WHERE enterprise_id = :enterprise_id AND seq BETWEEN :first AND :last"
)
