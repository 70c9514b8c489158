"""Lists taken out as files: what the list shows its asker, page by page, into a file on disk, recorded in the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Generic, Literal, TypeVar

from exchange.about import about
from exchange.columns import Column, said
from exchange.delimited import Csv
from exchange.files import Made, Sheets, nameless, size_of, writing
from exchange.tables import CASES, ENTERPRISES, INSPECTIONS, MEASURES
from exchange.workbook import Xlsx
from models.actors import Actor
from models.audit import AuditAction
from models.errors import LimitExceeded
from models.instants import day_of
from services import audit
from services.cases.reads import list_cases
from services.cases.views import CaseQuery, CaseView
from services.context import Services
from services.enterprises.reads import list_enterprises
from services.enterprises.views import EnterpriseQuery, EnterpriseView
from services.inspections.reads import list_inspections
from services.inspections.views import InspectionQuery, InspectionView
from services.measures.reads import list_measures
from services.measures.views import MeasureQuery, MeasureRow
from services.messages import Language
from services.paging import Listing, Paged

Query = TypeVar("Query", bound=Paged)
Row = TypeVar("Row")
Format = Literal["xlsx", "csv"]

FORMATS: Mapping[Format, Callable[[BinaryIO, datetime, str], Sheets]] = {"xlsx": Xlsx, "csv": Csv}
_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Exported(Generic[Query, Row]):
    """A list that can be taken out: its read, its columns, and the order in which no row comes twice or is missed while
    others work."""

    name: str
    zh: str
    en: str
    query: type[Query]
    read: Callable[[Services, Actor, Query], Awaitable[Listing[Row]]]
    columns: Sequence[Column[Row]]
    order: Mapping[str, Any]


HAZARDS: Exported[CaseQuery, CaseView] = Exported(
    "cases", "隐患台账", "hazard ledger", CaseQuery, list_cases, CASES, {"sort": "number"}
)
FIRMS: Exported[EnterpriseQuery, EnterpriseView] = Exported(
    "enterprises", "企业名册", "enterprises", EnterpriseQuery, list_enterprises, ENTERPRISES, {}
)
VISITS: Exported[InspectionQuery, InspectionView] = Exported(
    "inspections", "检查记录", "inspections", InspectionQuery, list_inspections, INSPECTIONS, {}
)
STEPS_TAKEN: Exported[MeasureQuery, MeasureRow] = Exported(
    "measures", "执法措施", "measures", MeasureQuery, list_measures, MEASURES, {}
)
LISTS: Mapping[str, Exported[Any, Any]] = {one.name: one for one in (HAZARDS, FIRMS, VISITS, STEPS_TAKEN)}
"""Every list that can be taken out, by its name at every door."""


async def take_out(
    services: Services,
    actor: Actor,
    what: Exported[Query, Row],
    query: Query,
    *,
    form: Format,
    lang: Language,
    ip: str,
) -> Made:
    """``what`` as a file: the rows the list shows ``actor`` under the filters of ``query``, whatever page or order it
    asks for. One at a time for each person.

    Raises LimitExceeded beyond ``Settings.export_rows`` and TooManyRequests while another one is being made.
    """
    with services.limits.exports.slot(actor.user_id), nameless() as (file, aside):
        at = services.clock()
        with writing(FORMATS[form](file, at, aside)) as sheets:
            rows = await _fill(services, actor, what, query, sheets, lang)
            asked = asked_of(query)
            lines = await about(services, actor, (what.zh, what.en), asked, rows, at, lang)
            sheets.begin(said(("说明", "about"), lang), [said(one, lang) for one in _ABOUT], [18, 60])
            sheets.write(lines)
            await asyncio.to_thread(sheets.close)
        details = {"what": what.name, "form": form, "rows": rows, "asked": asked}
        await audit.succeeded(services, AuditAction.EXPORT, actor, ip, details=details)
        stamp = f"{day_of(at):%Y%m%d}"
        return Made(
            file=file,
            name=f"{said((what.zh, what.en), lang)}-{stamp}.{form}",
            plain=f"{what.name}-{stamp}.{form}",
            media_type=sheets.media_type,
            size=await asyncio.to_thread(size_of, file),
            rows=rows,
        )


async def _fill(
    services: Services,
    actor: Actor,
    what: Exported[Query, Row],
    query: Query,
    sheets: Sheets,
    lang: Language,
) -> int:
    """Write the list; how many rows it has."""
    headings = [one.heading(lang) for one in what.columns]
    sheets.begin(said((what.zh, what.en), lang), headings, [one.width for one in what.columns])
    rows = 0
    async for page in pages(services, actor, what, query):
        rows += len(page)
        _within(rows, services.settings.export_rows)
        await asyncio.to_thread(
            sheets.write, [[column.cell(row, lang) for column in what.columns] for row in page]
        )
    return rows


_ABOUT = (("项目", "item"), ("内容", "what"))


async def pages(
    services: Services, actor: Actor, what: Exported[Query, Row], query: Query
) -> AsyncIterator[Sequence[Row]]:
    """The whole list, page by page, each in a transaction of its own."""
    after: str | None = None
    while True:
        found = await what.read(
            services, actor, query.model_copy(update={**what.order, "limit": _A_PAGE, "after": after})
        )
        yield found.items
        after = found.next
        if after is None:
            return


def asked_of(query: Paged) -> dict[str, Any]:
    """The filters of a query as they are written down."""
    return query.model_dump(mode="json", exclude={"limit", "after", "sort"}, exclude_defaults=True)


def _within(rows: int, most: int) -> None:
    if rows > most:
        raise LimitExceeded(
            f"超过一次可导出的 {most} 行",
            f"This is more than the {most} rows that can be exported at once",
            rule="exports.rows",
            remedy_zh="请用筛选条件（属地、时间、状态）分几次导出",
            remedy_en="Export in parts: filter by territory, period or state",
            limit=most,
        )
