"""``xiaohao import hazards``: an old ledger taken over, followed row by row; what is wrong comes back with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.sessions import Database, Scope
from models.actors import Actor
from models.takeover import FLAG_LABELS
from runtime.settings import Settings
from terminal.imports import MOST_SHOWN, Check, Errors, File, import_app
from terminal.once import once, out, with_database
from terminal.users import account_of

if TYPE_CHECKING:
    from services.imports.rows import Report

_LOOK_SECONDS = 1.0
By = Annotated[
    str,
    typer.Option(help="为台账负责的科室负责人或局领导（用户名）· user name of the leader who vouches for it"),
]
Wait = Annotated[bool, typer.Option(help="等到全部导入 · wait until all of it is taken over")]


@import_app.command("hazards")
def hazards(file: File, by: By, check: Check = False, errors: Errors = None, wait: Wait = True) -> None:
    """导入历史隐患台账：逐行立案或指明问题；可反复导入，同一行只立一案 · take over an old ledger of hazards."""

    async def work(settings: Settings) -> int:
        return await with_database(
            settings, lambda database: _import(database, file, by, check, errors, wait)
        )

    once(work)


async def _import(
    database: Database, file: Path, by: str, check: bool, errors: Path | None, wait: bool
) -> int:
    from exchange.hazards import hazard_rows
    from exchange.uploads import digest_of
    from services.imports.writes import import_hazards

    now = datetime.now(UTC)
    actor = await account_of(database, by, now)
    report = await import_hazards(
        database,
        actor,
        hazard_rows(file),
        now,
        file=file.name,
        sha256=digest_of(file),
        only_look=check,
        tell=_read,
    )
    _show(report, check)
    if report.import_id is None:
        return 1 if report.wrong else 0
    if wait:
        await _follow(database, actor, report.import_id)
    return await _end(database, actor, report.import_id, errors)


def _read(rows: int) -> None:
    if out.is_terminal:
        out.print(f"已读 read {rows}", end="\r", markup=False)


def _show(report: Report, check: bool) -> None:
    if report.before:
        out.print("同一文件正在导入，接着显示进度 · this file is being taken over already")
        return
    said = (
        f"{report.rows} 行 rows：待导入 to take over {report.waiting}（已办结 closed {report.closed}）"
        f" · 已有 the same {report.same} · 有问题 wrong {report.wrong}{'（未写入 not written）' if check else ''}"
    )
    out.print(said, markup=False)
    for flag, rows in report.flags.most_common():
        zh, en = FLAG_LABELS[flag]
        out.print(f"⚑ {rows} {zh} · {en}", markup=False)
    for one in report.named[:MOST_SHOWN]:
        for cell in one.row["wrong"]:
            out.print(f"✗ {cell['where']} {cell['zh']} · {cell['en']}", markup=False)
    if report.wrong > MOST_SHOWN:
        out.print(f"…… 共 {report.wrong} 行有问题 · {report.wrong} rows are wrong; --errors 文件.xlsx")


async def _counted(database: Database, actor: Actor, import_id: str) -> tuple[Mapping[str, int], bool]:
    """How many rows stand where, and whether it has ended."""
    from ledger.readers.imports import counted, find_import

    scope = Scope.of(actor)
    async with database.read(scope) as session:
        job = await find_import(session, scope, import_id)
        return (await counted(session, scope, import_id))[import_id], job is None or job.ended_at is not None


async def _follow(database: Database, actor: Actor, import_id: str) -> None:
    """Show how far it is until it has ended: rows, rows a second, the time left. Interrupted, it goes on without us."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("导入"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("", total=None, rate="")
        while True:
            rows, ended = await _counted(database, actor, import_id)
            taken = rows.get("taken", 0)
            speed = bar.tasks[0].speed
            rate = f"{speed:.1f} 行 rows/s" if speed else ""
            bar.update(task, total=taken + rows.get("waiting", 0), completed=taken, rate=rate)
            if ended:
                return
            await asyncio.sleep(_LOOK_SECONDS)


async def _end(database: Database, actor: Actor, import_id: str, errors: Path | None) -> int:
    rows, ended = await _counted(database, actor, import_id)
    wrong = rows.get("wrong", 0)
    state = "" if ended else "，导入继续在后台进行 · it goes on by itself"
    out.print(
        f"已导入 taken over {rows.get('taken', 0)} · 已有 the same {rows.get('same', 0)} · 有问题 wrong {wrong}{state}",
        markup=False,
    )
    if errors is not None and wrong:
        await _write(database, actor, import_id, errors)
        out.print(
            f"有问题的 {wrong} 行写入 {errors}，改正后可直接再导入 · mend them there and import that file"
        )
    return 1 if wrong else 0


async def _write(database: Database, actor: Actor, import_id: str, errors: Path) -> None:
    from tempfile import TemporaryDirectory

    from exchange.files import writing
    from exchange.workbook import Xlsx
    from exchange.wrongrows import headings, line
    from services.imports.reads import wrong_of

    with (
        errors.open("wb") as file,
        TemporaryDirectory() as aside,
        writing(Xlsx(file, datetime.now(UTC), aside)) as sheets,
    ):
        headings(sheets)
        async for row in wrong_of(database, actor, import_id):
            sheets.write([line(row.place, row.wrong, row.given)])
        sheets.close()


__all__ = ["import_app"]
