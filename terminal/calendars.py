"""``xiaohao calendar``: the State Council's yearly holiday notice, looked at before it is published."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger.sessions import Database
from models.actors import Actor, Role
from models.errors import Malformed
from models.malformed import malformed
from models.yearnotice import Notice
from runtime.settings import Settings
from terminal.once import once, out, with_database
from terminal.users import administrator

if TYPE_CHECKING:
    from services.calendars.views import NoticePreview

MOST_SHOWN = 20
calendar_app = typer.Typer(no_args_is_help=True, help="放假调休安排 · working calendar")
Correct = Annotated[bool, typer.Option("--correct", help="更正已确定的年份 · correct a confirmed year")]
District = Annotated[str | None, typer.Option(help="操作记在哪个区；只有一个时可省 · district id")]
File = Annotated[Path, typer.Argument(help="JSON：year、source、days_off、workdays")]


def read_notice(path: Path) -> Notice:
    """The notice in a file. Raises Malformed."""
    try:
        return Notice.model_validate_json(path.read_text("utf-8-sig"))
    except ValidationError as wrong:
        raise malformed(wrong.errors(), "calendar.notice") from None
    except UnicodeDecodeError:
        raise Malformed(
            f"{path} 不是 UTF-8 编码",
            f"{path} is not UTF-8",
            rule="calendar.notice",
            remedy_zh="另存为 UTF-8",
        ) from None


@calendar_app.command("preview")
def preview(file: File) -> None:
    """预览某年放假通知会变动哪些在办案件的期限，不写入 · which deadlines a year's notice would move; stores nothing."""

    async def work(settings: Settings) -> None:
        from services.calendars.previews import look

        notice = read_notice(file)

        async def run(database: Database) -> NoticePreview:
            return await look(database, notice, None, datetime.now(UTC), MOST_SHOWN)

        show(await with_database(settings, run))

    once(work)


def show(found: NoticePreview) -> None:
    """A preview in words, and a table of what moves first."""
    year = found.notice.year
    if found.known:
        out.print(f"{year} 年的安排已经录入，内容相同，不会有变动 · known already: nothing changes")
    if found.corrects:
        out.print(f"{year} 年已有确定的安排，这是更正 · this corrects what is confirmed: --correct")
    for day in found.forgotten:
        out.print(f"! {day} 是法定节假日，通知中没有 · a statutory holiday the notice does not name")
    out.print(
        f"{found.cases} 件在办案件的期限变动 · open cases affected：{found.moved} 项改期 · deadlines move，"
        f"{found.settled} 项由暂定转为确定 · settled as they are"
    )
    if not found.first:
        return
    table = Table("案件 case", "企业 enterprise", "期限 clock", "原 from", "现 to")
    for one in found.first:
        table.add_row(one.number, one.enterprise, one.clock_label.zh, str(one.before), str(one.after))
    out.print(table)
    if found.moved > len(found.first):
        out.print(f"…… 共 {found.moved} 项 · {found.moved} in all")


@calendar_app.command("publish")
def publish(file: File, correct: Correct = False, district: District = None) -> None:
    """公布某年放假通知，工作进程随即逐件重新推算在办案件的期限，在此显示进度 · publish a year's notice and watch the
    worker derive the deadlines of open cases anew."""

    async def work(settings: Settings) -> int:
        from services.calendars import publishing

        notice = read_notice(file)

        async def run(database: Database) -> int:
            by, now = await _operator(database, district), datetime.now(UTC)
            done = await publishing.publish(database, by, notice, now, correct=correct)
            out.print(f"{done.effect_label.zh} · {done.effect_label.en}", markup=False)
            return await follow(database, by, notice.year)

        return await with_database(settings, run)

    once(work)


@calendar_app.command("again")
def again(year: int, district: District = None) -> None:
    """把已公布的安排再传给没有办成的案件 · carry a published notice once more to the cases that did not take it."""

    async def work(settings: Settings) -> int:
        from services.calendars import publishing

        async def run(database: Database) -> int:
            by = await _operator(database, district)
            await publishing.again(database, by, year, datetime.now(UTC))
            return await follow(database, by, year)

        return await with_database(settings, run)

    once(work)


async def _operator(database: Database, district: str | None) -> Actor:
    scope = await administrator(database, district)
    return Actor(user_id="operator", role=Role.ADMIN, district_id=scope.district_id)


async def follow(database: Database, by: Actor, year: int, every: float = 1.0) -> int:
    """Show how far the batch of ``year`` has come until it is done; 1 when a case refused. Ctrl-C leaves it to the worker."""
    from services.calendars.publishing import progress, under_way

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("重新推算 deriving", total=None)
        while under_way(batch := await progress(database, by, year)):
            assert batch is not None  # noqa: S101 - what is under way is there
            bar.update(
                task, total=batch.total or None, completed=batch.done, description=batch.state_label.zh
            )
            await asyncio.sleep(every)
    if batch is None:
        return 0
    out.print(
        f"{batch.state_label.zh}：{batch.done} 件 · cases，{batch.clocks} 项期限重新推算 · clocks derived anew，"
        f"{batch.refused} 件未办成 · refused",
        markup=False,
    )
    for one in batch.refusals:
        out.print(f"✗ {one.number} {one.reason.zh} · {one.reason.en}", markup=False)
    return 1 if batch.refused else 0
