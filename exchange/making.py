"""How every file is made: one at a time for each person, on disk, with a sheet that says what it is, and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal

from exchange.about import about
from exchange.columns import said
from exchange.delimited import Csv
from exchange.files import Made, Sheets, nameless, size_of, writing
from exchange.workbook import Xlsx
from models.actors import Actor
from models.audit import AuditAction
from models.instants import day_of
from services import audit
from services.context import Services
from services.messages import Language

Format = Literal["xlsx", "csv"]
"""The forms of a table; a log or a dump has its own."""
FORMATS: Mapping[str, Callable[[BinaryIO, datetime, str], Sheets]] = {"xlsx": Xlsx, "csv": Csv}
Pair = tuple[str, str]
MEDIA_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "xes": "application/xml",
    "ocel.json": "application/json",
    "zip": "application/zip",
}
"""Suffix → what a file is sent as."""
_ABOUT = (("项目", "item"), ("内容", "what"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file somebody asked for: of what, called what, under which filters, in which form and language, from where; and of
    which case, if of one alone."""

    what: str
    title: Pair
    asked: Mapping[str, Any]
    form: str
    lang: Language
    ip: str
    case_id: str | None = None


async def make(
    services: Services,
    actor: Actor,
    wanted: Wanted,
    fill: Callable[[Sheets], Awaitable[int]],
    notes: Mapping[Pair, Pair] | None = None,
) -> Made:
    """The file of tables that ``fill`` writes; it answers how many rows it wrote. ``notes`` are said on the sheet 说明 too.

    Raises TooManyRequests while another file is being made for the same person.
    """
    lang, at = wanted.lang, services.clock()
    kind = FORMATS[wanted.form]

    async def write(file: BinaryIO, aside: str) -> int:
        with writing(kind(file, at, aside)) as sheets:
            rows = await fill(sheets)
            lines = await about(services, actor, wanted.title, wanted.asked, rows, at, lang)
            lines += [[said(name, lang), said(note, lang)] for name, note in (notes or {}).items()]
            sheets.begin(said(("说明", "about"), lang), [said(one, lang) for one in _ABOUT], [18, 60])
            sheets.write(lines)
            await asyncio.to_thread(sheets.close)
        return rows

    return await make_file(services, actor, wanted, write)


async def make_file(
    services: Services, actor: Actor, wanted: Wanted, write: Callable[[BinaryIO, str], Awaitable[int]]
) -> Made:
    """The file ``write`` writes, given a directory for what it puts aside; it answers how many rows it wrote."""
    at = services.clock()
    with services.limits.exports.slot(actor.user_id), nameless() as (file, aside):
        rows = await write(file, aside)
        details = {"what": wanted.what, "form": wanted.form, "rows": rows, "asked": dict(wanted.asked)}
        await audit.succeeded(
            services, AuditAction.EXPORT, actor, wanted.ip, case_id=wanted.case_id, details=details
        )
        stamp = f"{day_of(at):%Y%m%d}"
        return Made(
            file=file,
            name=f"{said(wanted.title, wanted.lang)}-{stamp}.{wanted.form}",
            plain=f"{wanted.what}-{stamp}.{wanted.form}",
            media_type=MEDIA_TYPES[wanted.form],
            size=await asyncio.to_thread(size_of, file),
            rows=rows,
        )
