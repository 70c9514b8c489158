"""``xiaohao import``: enterprises and people from a table; what is wrong comes back as a workbook with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.sessions import Database
from models.actors import Actor, Role
from models.register import EFFECT_LABELS, Effect
from runtime.settings import Settings
from terminal.once import once, out, with_database
from terminal.register import called
from terminal.users import administrator

if TYPE_CHECKING:
    from services.register.importing import Kind, Result

MOST_SHOWN = 20
import_app = typer.Typer(no_args_is_help=True, help="从表格导入 · registering from a table")
File = Annotated[Path, typer.Argument(help="xlsx、xls、ods、csv")]
District = Annotated[str | None, typer.Option(help="区；只有一个时可省 · district id")]
Check = Annotated[bool, typer.Option("--check", help="只检查，不写入 · only look")]
Errors = Annotated[
    Path | None, typer.Option(help="把有问题的行连同原因写成表格（xlsx）· write wrong rows with their reason")
]


@import_app.command("enterprises")
def enterprises(file: File, district: District = None, check: Check = False, errors: Errors = None) -> None:
    """导入企业；可反复导入，按统一社会信用代码认定是否同一家 · enterprises by their credit code."""
    _import("enterprises", file, district, check, errors)


@import_app.command("people")
def people(file: File, district: District = None, check: Check = False, errors: Errors = None) -> None:
    """导入人员账号（不含密码），按用户名认定是否同一人 · accounts by their user names, without passwords."""
    _import("people", file, district, check, errors)


def _import(name: str, file: Path, district: str | None, check: bool, errors: Path | None) -> None:
    async def work(settings: Settings) -> int:
        async def run(database: Database) -> int:
            from exchange.register import given
            from services.register.importing import Kind, import_rows

            scope, now, kind = await administrator(database, district), datetime.now(UTC), Kind(name)
            by = Actor(user_id="operator", role=Role.ADMIN, district_id=scope.district_id)
            rows = given(file, kind)
            bad, counted = [], Counter[Effect]()
            async for one in import_rows(database, by, kind, rows, now, only_look=check):
                if one.effect is None:
                    bad.append(one)
                else:
                    counted[one.effect] += 1
            _show(counted, bad, check)
            if errors is not None and bad:
                _write(errors, kind, bad, now)
                out.print(
                    f"有问题的 {len(bad)} 行写入 {errors}，改正后可直接再导入 · mend them there and import that file"
                )
            return 1 if bad else 0

        return await with_database(settings, run)

    once(work)


def _show(counted: Counter[Effect], bad: Sequence[Result], check: bool) -> None:
    said = " · ".join(f"{called(effect)} {counted[effect]}" for effect in EFFECT_LABELS if counted[effect])
    out.print(
        f"{counted.total() + len(bad)} 行 rows：{said or '—'}{'（未写入 not written）' if check else ''}",
        markup=False,
    )
    shown = [wrong for one in bad for wrong in one.wrong][:MOST_SHOWN]
    for wrong in shown:
        out.print(f"✗ {wrong.where} {wrong.zh} · {wrong.en}", markup=False)
    if len(bad) > MOST_SHOWN:
        out.print(f"…… 共 {len(bad)} 行有问题 · {len(bad)} rows are wrong; --errors 文件.xlsx")


def _write(path: Path, kind: Kind, bad: Sequence[Result], now: datetime) -> None:
    """The wrong rows as they were given, under our headings, with where each stood and what is wrong."""
    from tempfile import TemporaryDirectory

    from exchange.files import writing
    from exchange.register import KINDS
    from exchange.workbook import Xlsx

    fields = [(one.field, one.names[0]) for one in KINDS[kind]]
    with path.open("wb") as file, TemporaryDirectory() as aside, writing(Xlsx(file, now, aside)) as sheets:
        names = ["原位置 row", "问题 reason", *(name for _, name in fields)]
        sheets.begin("待改正", names, [14, 50, *(18 for _ in fields)])
        for one in bad:
            why = "；".join(wrong.zh for wrong in one.wrong)
            sheets.write([[one.given.where, why, *(one.given.values.get(field) for field, _ in fields)]])
        sheets.close()
