"""``xiaohao case``: looking into cases."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.settings import Settings
from terminal.once import once, one_of, out, with_database

case_app = typer.Typer(no_args_is_help=True, help="案件 · cases")


@case_app.command("list")
def case_list(
    state: Annotated[str | None, typer.Option(help="状态 · state")] = None,
    search: Annotated[str | None, typer.Option("-q", help="查找 · search")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """列出案件，先到期的在前 · list cases, next deadline first."""
    from operations.cases import list_table

    async def work(settings: Settings) -> None:
        out.print(await with_database(settings, lambda db: list_table(db, state, search, limit)))

    once(work)


@case_app.command("show")
def case_show(case: str) -> None:
    """显示一件案件（编号或 id）· show one case by number or id."""
    from operations.cases import show_text

    async def work(settings: Settings) -> None:
        out.print(await with_database(settings, lambda db: show_text(db, case)), markup=False)

    once(work)


@case_app.command("events")
def case_events(case: str) -> None:
    """显示一件案件的台账 · show the ledger of one case."""
    from operations.cases import events_table

    async def work(settings: Settings) -> None:
        out.print(await with_database(settings, lambda db: events_table(db, case)))

    once(work)


@case_app.command("explain")
def case_explain(
    case: str,
    role: Annotated[str, typer.Option("--as", help="以何角色 · as which role")] = "section_head",
) -> None:
    """说明案件为何如此、谁该办、期限和可办事项 · explain one case."""
    from models.actors import Role
    from operations.cases import explain_text

    asked = Role(one_of(Role, role))

    async def work(settings: Settings) -> None:
        out.print(await with_database(settings, lambda db: explain_text(db, case, asked)), markup=False)

    once(work)
