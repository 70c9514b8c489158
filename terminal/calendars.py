"""``xiaohao calendar``: the State Council's yearly holiday notice, looked at before it is published."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from ledger.sessions import Database
from models.malformed import malformed
from models.yearnotice import Notice
from runtime.settings import Settings
from terminal.once import once, out, with_database

if TYPE_CHECKING:
    from services.calendars.views import NoticePreview

MOST_SHOWN = 20
calendar_app = typer.Typer(no_args_is_help=True, help="放假调休安排 · working calendar")
File = Annotated[Path, typer.Argument(help="JSON：year、source、days_off、workdays")]


def read_notice(path: Path) -> Notice:
    """The notice in a file. Raises Malformed."""
    try:
        return Notice.model_validate_json(path.read_text("utf-8-sig"))
    except ValidationError as wrong:
        raise malformed(wrong.errors(), "calendar.notice") from None


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
