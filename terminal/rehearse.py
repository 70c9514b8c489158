"""``xiaohao rehearse``: what the coming days would bring to a case, in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from models.clocks import SHANGHAI
from models.labels import Label
from models.rehearsal import Happening, HappeningKind, Rehearsal
from runtime.screen import visible
from runtime.settings import Settings
from terminal.once import once, with_database

if TYPE_CHECKING:
    from ledger.sessions import Database

_WEEKDAYS = "一二三四五六日"
_SILENT = {HappeningKind.REMINDED, HappeningKind.DIGEST}


def rehearse(
    case: str,
    days: Annotated[int, typer.Option(min=1, max=366, help="预演多少日 · how many days")] = 90,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            help="假定 NAME=VALUE，可多次；如 rectify=complete@due、enterprise=never · assumed answers"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """预演一件案件：按假定，逐日列出会发什么、何时到期、由谁办；不改动任何数据 · rehearse a case, changing nothing."""

    async def work(settings: Settings) -> None:
        told = await with_database(settings, lambda database: rehearsed(database, case, days, assume or ()))
        typer.echo(visible(told.model_dump_json(indent=2) if as_json else "\n".join(lines(told))))

    once(work)


async def rehearsed(database: Database, case: str, days: int, assume: Sequence[str]) -> Rehearsal:
    """The rehearsal of the case with this number or id."""
    from rehearsal.run import rehearse as run
    from rehearsal.source import carried_of

    logging.getLogger("temporalio").setLevel(logging.WARNING)
    carried, number = await carried_of(database, case)
    return await run(carried, days=days, assumptions=assume, number=number)


def lines(told: Rehearsal) -> Iterator[str]:
    """A rehearsal as people read it."""
    yield f"预演 rehearsal  {told.number or told.case_id}  {told.first_day} → {told.last_day}"
    for one in told.assumptions:
        yield f"假定 assumed: {_both(one.text)}"
    if not told.assumptions:
        yield "假定 assumed: 无人办理 / nobody acts"
    for day in told.days:
        yield f"\n{_day(day.date)}  {_both(day.state_label)}"
        yield from (f"  {_line(happening)}" for happening in day.happenings)
    if not told.days:
        yield "\n期间没有任何事项 / nothing would happen"
    yield f"\n结束时 at the end: {_both(told.end.state_label)}"
    for task in told.end.tasks:
        late = "，已逾期 overdue" if task.overdue else ""
        due = task.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if task.due_at else "—"
        yield f"  待办 open: {_both(task.label)} → {_both(task.to)}（{due} 前{late}）"


def _line(one: Happening) -> str:
    at = one.at.astimezone(SHANGHAI).strftime("%H:%M")
    by = f"（假定 {_both(one.by)}）" if one.by else ""
    to = " → " + "、".join(_both(label) for label in one.to) if one.to else ""
    joined = "（并入同时发出的通知 / told with the notice of the same moment）"
    basis = f"  [{one.basis}]" if one.basis else ""
    return f"{at} {_both(one.text)}{by}{to or (joined if one.kind in _SILENT else '')}{basis}"


def _day(day: date) -> str:
    return f"{day} 星期{_WEEKDAYS[day.weekday()]}"


def _both(label: Label) -> str:
    return f"{label.zh} / {label.en}"
