"""A ledger of many cases told again many times over, row by row in the database: for reads at a size no maker reaches in minutes.

Every copy has ids and numbers of its own and times a little later. It has no chain and what its entries say is left out: such a
ledger is for lists and counts alone.
"""

from __future__ import annotations

from collections.abc import Callable

import asyncpg  # type: ignore[import-untyped]

from ledger import tables

TABLES = (
    *(
        tables.cases,
        tables.case_texts,
        tables.case_cards,
        tables.case_told,
        tables.case_events,
        tables.case_tasks,
    ),
    *(tables.case_clocks, tables.case_measures, tables.instruments, tables.orders, tables.order_items),
    *(tables.inspections, tables.notices, tables.contents, tables.enterprise_inbox),
)
OWN = frozenset(
    {
        *(
            "case_id",
            "order_id",
            "inspection_id",
            "measure_id",
            "command_id",
            "notice_id",
            "number",
            "lead_no",
        ),
        "order_no",
    }
)
"""Columns that name a thing of one case: each copy has its own."""
KEYS = frozenset({"number_key", "lead_key"})
_KEY_STRIDE = 10_000_000
_SHIFT = "interval '37 seconds'"
_LEFT_OUT = {
    ("case_events", "data"): "'{}'::jsonb",
    ("case_events", "prev_hash"): "''",
    ("case_events", "hash"): "''",
    ("contents", "body"): "'{}'::jsonb",
}


async def multiply(owner: asyncpg.Connection, times: int, tell: Callable[[str], None]) -> None:
    """Make every case there is ``times`` as many (the superuser's connection; ``tell`` hears each table)."""
    await owner.execute("SET session_replication_role = replica")  # no trigger, no foreign key
    await owner.execute("SET maintenance_work_mem = '1GB'")
    await owner.execute("SET max_parallel_maintenance_workers = 2")
    for table in TABLES:
        tell(table.name)
        indexes = await owner.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 AND indexdef NOT LIKE '% UNIQUE %'",
            table.name,
        )
        for index in indexes:
            await owner.execute(f'DROP INDEX "{index["indexname"]}"')
        names = ", ".join(f'"{column.name}"' for column in table.c)
        said = ", ".join(_told_again(table.name, column.name, str(column.type)) for column in table.c)
        await owner.execute(
            f"INSERT INTO {table.name} ({names}) SELECT {said} FROM {table.name}, generate_series(1, $1) k",
            times - 1,
        )
        for index in indexes:
            await owner.execute(index["indexdef"])
    await owner.execute("UPDATE case_tallies SET n = n * $1::int", times)
    tell("VACUUM ANALYZE")
    await owner.execute("VACUUM ANALYZE")


def _told_again(table: str, column: str, kind: str) -> str:
    """What stands in a column of copy ``k``."""
    if (table, column) in _LEFT_OUT:
        return _LEFT_OUT[table, column]
    if column in OWN:
        return f"{column} || '-' || k"
    if column in KEYS:
        return f"{column} + k * {_KEY_STRIDE}"
    return f"{column} + k * {_SHIFT}" if kind == "DATETIME" or "TIMESTAMP" in kind else f'"{column}"'
