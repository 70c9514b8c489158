"""The rows of an old ledger that are wrong, as a workbook: as they were given, with where each stood and the reason.

Mended there, the same file can be imported: its headings are those an import asks for.
"""

from __future__ import annotations

import asyncio

from exchange.files import Made, Sheets
from exchange.hazards import HAZARDS
from exchange.making import Wanted, make
from models.actors import Actor
from services.context import Services
from services.imports.reads import wrong_of
from services.messages import Language

_FIRST = ("原位置 row", "问题原因 reason")
_WIDTHS = (14, 50)
_AT_ONCE = 200
TITLE = ("历史台账待改正行", "rows to be mended")


async def take_wrong_rows(
    services: Services, actor: Actor, import_id: str, *, lang: Language, ip: str
) -> Made:
    """The wrong rows as a workbook, with the reason in a column of its own; mended, it can be imported. Raises
    NotFound."""
    wanted = Wanted("import-errors", TITLE, {"import": import_id}, "xlsx", lang, ip)
    return await make(services, actor, wanted, lambda sheets: _fill(services, actor, import_id, sheets))


async def _fill(services: Services, actor: Actor, import_id: str, sheets: Sheets) -> int:
    headings(sheets)
    rows, part = 0, list[list[str | None]]()
    async for row in wrong_of(services.database, actor, import_id):
        part.append(line(row.place, row.wrong, row.given))
        if len(part) == _AT_ONCE:
            await asyncio.to_thread(sheets.write, part)
            rows, part = rows + len(part), []
    sheets.write(part)
    return rows + len(part)


def headings(sheets: Sheets) -> None:
    """The sheet the rows stand on."""
    names = [one.names[0] for one in HAZARDS]
    sheets.begin("待改正", [*_FIRST, *names], [*_WIDTHS, *(18 for _ in names)])


def line(place: str, wrong: list[dict[str, str]] | None, given: dict[str, str]) -> list[str | None]:
    """One row with its reason."""
    why = "；".join(f"{cell['where']} {cell['zh']}" for cell in wrong or ())
    return [place, why, *(given.get(one.field) for one in HAZARDS)]
