"""Whole cases as the rows the projector left of them: read, and written again under other names.

For ledgers that nobody lived through, as a demo of many cases: what a row says is the projector's, only the names in it are
another's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, TextClause, text

from ledger.sessions import ReadSession, WriteSession
from ledger.tables import (
    case_clocks,
    case_events,
    case_measures,
    case_tasks,
    case_texts,
    case_told,
    cases,
    contents,
    enterprise_inbox,
    inspections,
    instruments,
    notices,
    order_items,
    orders,
)
from ledger.tallies import ADD

Rows = dict[str, list[dict[str, Any]]]
"""Table → its rows."""

_OF_CASE = (
    *(case_texts, cases, case_told, case_events, case_tasks, case_clocks, case_measures),
    *(enterprise_inbox, notices, order_items, instruments),
)
_OF_ORDER = "order_id IN (SELECT order_id FROM order_items WHERE case_id = :case_id)"
_OF_VISIT = "inspection_id IN (SELECT inspection_id FROM cases WHERE case_id = :case_id)"
_SAID = f"case_id = :case_id OR command_id IN (SELECT command_id FROM inspections WHERE {_OF_VISIT})"  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class Whole:
    """The rows of one case, without the moments they were written at: the projector's, and the words by who said them."""

    rows: Rows = field(default_factory=dict)
    said: Rows = field(default_factory=dict)


async def whole(session: ReadSession, case_id: str) -> Whole:
    """Every row of a case that stands alone under its order and its visit."""
    found = Whole()
    for table, statement in _SELECTS.items():
        if rows := [*await session.scalars(statement, {"case_id": case_id})]:
            found.rows[table] = rows
    for row in await session.scalars(_WORDS, {"case_id": case_id}):
        found.said.setdefault(row["actor_id"], []).append(row)
    return found


async def write_whole(session: WriteSession, rows: Mapping[str, str]) -> None:
    """Write what the projector left of other cases: table → rows as JSON."""
    for table, statement in _INSERTS.items():
        if table in rows:
            await session.execute(statement, {"rows": rows[table]})
    if cases.name in rows:
        await session.execute(ADD, {"rows": rows[cases.name]})


async def keep_whole(session: WriteSession, said: str) -> None:
    """Keep rows of words (JSON), by the hands of whoever said them."""
    await session.execute(_KEEP, {"rows": said})


def _names(table: Table) -> Sequence[str]:
    """Its columns but the moment a row is written at, which the database says."""
    moment = ("recorded_at", "updated_at", "created_at")
    return [one.name for one in table.c if one.name not in moment or one.server_default is None]


def _select(table: Table, where: str = "case_id = :case_id") -> TextClause:
    names, order = (", ".join(some) for some in (_names(table), [one.name for one in table.primary_key]))
    return text(
        f"SELECT to_jsonb(r) FROM (SELECT {names} FROM {table.name} WHERE {where} ORDER BY {order}) AS r"  # noqa: S608 - our own names
    )


def _insert(table: Table) -> TextClause:
    names = ", ".join(_names(table))
    return text(
        f"INSERT INTO {table.name} ({names}) SELECT {names}"  # noqa: S608 - our own names
        f" FROM jsonb_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS jsonb))"
    )


_SELECTS = {
    inspections.name: _select(inspections, _OF_VISIT),
    orders.name: _select(orders, _OF_ORDER),
    **{one.name: _select(one) for one in _OF_CASE},
}
_INSERTS = {one.name: _insert(one) for one in (inspections, orders, *_OF_CASE)}
_WORDS, _KEEP = _select(contents, _SAID), _insert(contents)
