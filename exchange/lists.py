"""Lists taken out as files: what the list shows its asker, page by page, into a file on disk, recorded in the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from exchange.columns import Column, said
from exchange.files import Made, Sheets
from exchange.making import Format, Wanted, make
from exchange.tables import CASES, ENTERPRISES, INSPECTIONS, MAJOR, MEASURES
from models.actors import Actor
from models.errors import LimitExceeded
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
from services.reports.major import list_major
from services.reports.views import MajorQuery, MajorRow

Query = TypeVar("Query", bound=Paged)
Row = TypeVar("Row")
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
MAJOR_HAZARDS: Exported[MajorQuery, MajorRow] = Exported(
    "major", "重大隐患清单（一单四制）", "major hazards", MajorQuery, list_major, MAJOR, {"sort": "number"}
)
LISTS: Mapping[str, Exported[Any, Any]] = {
    one.name: one for one in (HAZARDS, FIRMS, VISITS, STEPS_TAKEN, MAJOR_HAZARDS)
}
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
    wanted = Wanted(what.name, (what.zh, what.en), asked_of(query), form, lang, ip)

    async def fill(sheets: Sheets) -> int:
        headings = [one.heading(lang) for one in what.columns]
        sheets.begin(said(wanted.title, lang), headings, [one.width for one in what.columns])
        rows = 0
        async for page in pages(services, actor, what, query):
            rows += len(page)
            _within(rows, services.settings.export_rows)
            cells = [[column.cell(row, lang) for column in what.columns] for row in page]
            await asyncio.to_thread(sheets.write, cells)
        return rows

    return await make(services, actor, wanted, fill)


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
