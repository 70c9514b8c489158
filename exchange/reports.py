"""Reports as workbooks: the numbers of the page, a line a line, with what is known of the form on the sheet 说明."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from exchange.columns import Cell, said
from exchange.files import Made, Sheets
from exchange.making import Format, Pair, Wanted, make
from models.actors import Actor
from models.labels import Label
from services.context import Services
from services.messages import Language
from services.overview.views import Number, Rate
from services.reports.forms import FormName
from services.reports.reads import show_rates, show_report
from services.reports.views import By, PeriodQuery, PeriodView, ReportQuery

_LINES: dict[By, Pair] = {"territory": ("属地", "territory"), "industry": ("行业", "industry")}
_UNVERIFIED: Pair = (
    "栏目由本系统拟定，尚未与上级印发的表样核对",
    "The columns are this service's own; they were not checked against a printed form",
)
_RATES: Pair = ("整改率（属地×行业）", "rectification rates")
_FIRST, _OTHER = 18, 12


async def take_report(
    services: Services,
    actor: Actor,
    name: FormName,
    query: ReportQuery,
    *,
    form: Format,
    lang: Language,
    ip: str,
) -> Made:
    """A report as a file, as ``GET /reports/{form}`` shows it. Raises NotAuthorised."""
    seen = await show_report(services, actor, name, query)
    title = (f"{seen.label.zh} {seen.period.label.zh}", f"{seen.label.en} {seen.period.label.en}")
    wanted = Wanted(f"report-{name}-{seen.period.name}", title, _asked(seen.period), form, lang, ip)
    headings = [_LINES[query.by], *(_heading(one.label, "rate" in one.key) for one in seen.columns)]
    lines = [[_said(one.label, lang), *map(_cell, one.cells)] for one in (*seen.lines, seen.foot)]
    notes = {("栏目", "columns"): _UNVERIFIED}
    notes |= {("依据", "basis"): (f"{seen.basis}（核实程度 {seen.verified}）",) * 2} if seen.basis else {}
    return await make(services, actor, wanted, _filling("report", headings, lines, lang), notes)


async def take_rates(
    services: Services, actor: Actor, query: PeriodQuery, *, form: Format, lang: Language, ip: str
) -> Made:
    """The rectification rates (整改率) as a file, as ``GET /reports/rates`` shows them. Raises NotAuthorised."""
    seen = await show_rates(services, actor, query)
    title = (f"{_RATES[0]} {seen.period.label.zh}", f"{_RATES[1]} {seen.period.label.en}")
    wanted = Wanted(f"rates-{seen.period.name}", title, _asked(seen.period), form, lang, ip)
    headings: list[Pair] = [
        _LINES["territory"],
        _LINES["industry"],
        ("已整改销号", "put right"),
        ("排查出隐患", "hazards found"),
        ("整改率（%）", "rate (%)"),
    ]
    lines: list[list[Cell]] = [
        [_said(line.label, lang), _said(one.label, lang), one.done.n, one.found.n, one.percent]
        for line in (*seen.lines, seen.foot)
        for one in (*line.cells, line.total)
        if one.found.n
    ]
    return await make(services, actor, wanted, _filling("rates", headings, lines, lang))


def _filling(
    name: str, headings: Sequence[Pair], lines: Sequence[Sequence[Cell]], lang: Language
) -> Callable[[Sheets], Awaitable[int]]:
    async def fill(sheets: Sheets) -> int:
        written = [one[0] if lang == "zh" else one[1] for one in headings]
        widths = [_FIRST, *[_OTHER] * (len(headings) - 1)]
        sheets.begin(said(("报表", name), lang), written, widths)
        sheets.write(lines)
        return len(lines)

    return fill


def _asked(period: PeriodView) -> dict[str, str]:
    return {"opened_from": str(period.first), "opened_to": str(period.last)}


def _heading(label: Label, percent: bool) -> Pair:
    return (f"{label.zh}（%）", f"{label.en} (%)") if percent else (label.zh, label.en)


def _said(label: Label, lang: Language) -> str:
    return said((label.zh, label.en), lang)


def _cell(one: Number | Rate) -> Cell:
    return one.percent if isinstance(one, Rate) else one.n
