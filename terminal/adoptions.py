"""``xiaohao policy adopt``: a version in force adopted for chosen open cases; looked at first, followed until the worker is
done."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger.sessions import Database, Scope
from models.actors import Actor
from models.errors import Malformed, NotFound
from runtime.settings import Settings
from terminal.once import once, out, with_database
from terminal.policies import policy_app
from terminal.users import account_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from services.context import Services
    from services.policies.adoption_views import AdoptionPreview, AdoptionView, Choice, NotTaken

__all__ = ["policy_app"]

_LOOK_SECONDS = 1.0


@policy_app.command("adopt")
def adopt(
    version: str,
    by: Annotated[
        str, typer.Option(help="办理的科室负责人或局领导（用户名）· user name of the leader who does it")
    ],
    case: Annotated[
        list[str] | None, typer.Option(help="案件编号或 id，可多次 · number or id; several times")
    ] = None,
    under: Annotated[
        str | None, typer.Option(help="适用此版的全部在办案件 · all open cases that go by this version")
    ] = None,
    reason: Annotated[str, typer.Option(help="理由，记入每件案件 · the reason, said in each case")] = "",
    check: Annotated[bool, typer.Option("--check", help="只预览，不写入 · only look, write nothing")] = False,
    wait: Annotated[
        bool, typer.Option(help="等到工作进程逐件办完 · wait until the worker has done them")
    ] = True,
) -> None:
    """为选定的在办案件适用已施行的版本：先预览哪些期限变动，再由工作进程逐件办理 · adopt a version for open cases."""

    async def work(settings: Settings) -> int:
        async def run(database: Database) -> int:
            actor = await account_of(database, by, datetime.now(UTC))
            services, named = _services(settings, database), await _ids(database, actor, case or [])
            asked = _asked(cases=named, under=under, **({} if check else {"reason": reason}))
            await _look(services, actor, version, asked)
            if check:
                return 0
            begun = await _begin(services, actor, version, asked)
            return _end(await _follow(services, actor, begun) if wait else begun)

        return await with_database(settings, run)

    once(work)


def _services(settings: Settings, database: Database) -> Services:
    from services.context import build_services
    from services.gateway import Gateway

    return build_services(settings, database, cast(Gateway, None))  # the worker gives the commands


async def _ids(database: Database, actor: Actor, named: Iterable[str]) -> list[str]:
    """The ids of cases named by number or id, as ``actor`` sees them. Raises NotFound."""
    from ledger.readers.case import find_by_number, find_case

    scope, now, found = Scope.of(actor), datetime.now(UTC), []
    async with database.read(scope) as session:
        for one in named:
            case_id = await find_by_number(session, scope, one) or one
            if await find_case(session, scope, case_id, now=now) is None:
                raise NotFound(f"没有案件 {one}", f"no case {one}", rule="case.known")
            found.append(case_id)
    return found


def _asked(**given: Any) -> Choice:
    """The choice as the API takes it, with the reason where there is one. Raises Malformed."""
    from pydantic import ValidationError

    from models.malformed import malformed
    from services.policies.adoption_views import AdoptionAsked, Choice

    if bool(given["cases"]) is (given["under"] is not None):
        raise Malformed(
            "请用 --case 指明案件，或用 --under 指明其现用版本，二者选一",
            "name the cases by --case, or the version they go by with --under: one of the two",
            rule="policies.asked",
        )
    try:
        return (AdoptionAsked if "reason" in given else Choice).model_validate(given)
    except ValidationError as wrong:
        raise malformed(wrong.errors(), rule="policies.asked") from None


async def _look(services: Services, actor: Actor, version: str, choice: Choice) -> None:
    from services.policies.adopting import preview

    found = await preview(services, actor, version, choice)
    out.print(
        f"{found.cases} 件将适用 {version} · cases would take it：{found.unmoved} 件期限不变 · keep every clock，"
        f"{found.moved} 项期限变动 · clocks change，{found.refused_cases} 件不能适用 · would refuse",
        markup=False,
    )
    _shifts(found)
    _named(found.refused, found.refused_cases)


def _shifts(found: AdoptionPreview) -> None:
    if not found.first:
        return
    table = Table("案件 case", "企业 enterprise", "期限 clock", "原 from", "现 to")
    for one in found.first:
        days = (str(day or "—") for day in (one.before, one.after))
        table.add_row(one.number, one.enterprise, f"{one.clock_label.zh} {one.clock_label.en}", *days)
    out.print(table)
    if found.moved > len(found.first):
        out.print(f"…… 共 {found.moved} 项 · {found.moved} in all")


def _named(refused: Sequence[NotTaken], many: int) -> None:
    for one in refused:
        out.print(f"✗ {one.number} {one.reason.zh} · {one.reason.en}", markup=False)
    if many > len(refused):
        out.print(f"…… 共 {many} 件 · {many} in all")


async def _begin(services: Services, actor: Actor, version: str, asked: Choice) -> AdoptionView:
    from services.asking import asking
    from services.policies import adopting
    from services.policies.adoption_views import AdoptionAsked

    ask = asking(services, actor, str(uuid.uuid4()), "policy adopt", version, asked)
    return (await adopting.adopt(ask, version, cast(AdoptionAsked, asked), ip="")).answer


async def _follow(services: Services, actor: Actor, begun: AdoptionView) -> AdoptionView:
    """Show how far it has come until it is done. Interrupted, it goes on by itself."""
    from services.paging import Paged
    from services.policies.adopting import adoptions_of

    columns = (TextColumn("适用 adopting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bar:
        task, seen = bar.add_task("", total=begun.total), begun
        while seen.waiting:
            await asyncio.sleep(_LOOK_SECONDS)
            (seen,) = (
                await adoptions_of(services, actor, begun.version, Paged(), only=begun.adoption_id)
            ).items
            bar.update(task, completed=seen.total - seen.waiting)
    return seen


def _end(done: AdoptionView) -> int:
    from models.policyadoption import AdoptionState

    for state, many in done.by_state.items():
        label = done.state_labels[state]
        out.print(f"{many} 件 · cases：{label.zh} · {label.en}", markup=False)
    refused = done.by_state.get(AdoptionState.REFUSED, 0)
    _named(done.refusals, refused)
    return 1 if refused else 0
