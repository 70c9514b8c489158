"""The command ``xiaohao``: run the service or its parts, look after users and policies, look into cases, prove the ledger."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from ledger.sessions import SYSTEM_SCOPE, Database
from models.errors import NotFound, XiaohaoError
from runtime.database import database_url
from runtime.logs import configure_logging
from runtime.processes import taken_on
from runtime.settings import Settings, get_settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="销号 Xiaohao", pretty_exceptions_enable=False
)
user_app = typer.Typer(no_args_is_help=True, help="账号 · accounts")
policy_app = typer.Typer(no_args_is_help=True, help="规则 · policies")
case_app = typer.Typer(no_args_is_help=True, help="案件 · cases")
calendar_app = typer.Typer(no_args_is_help=True, help="放假调休安排 · working calendar")
for name, sub in (("user", user_app), ("policy", policy_app), ("case", case_app), ("calendar", calendar_app)):
    app.add_typer(sub, name=name)

out = Console(soft_wrap=True)
T = TypeVar("T")


def finish(code: int = 0) -> NoReturn:
    """End a one-shot command at once: the engine's threads may not outlive the interpreter."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def once(
    work: Callable[[Settings], Coroutine[Any, Any, int | None]], *, home: Path | None = None
) -> NoReturn:
    """Run a one-shot command; a refusal becomes one readable paragraph and exit code 1."""
    settings = get_settings() if home is None else Settings(home=home)
    configure_logging(settings)
    try:
        finish(asyncio.run(work(settings)) or 0)
    except XiaohaoError as error:
        remedy = "".join(f"\n→ {text}" for text in (error.remedy_zh, error.remedy_en) if text)
        sys.stderr.write(f"{error.zh}\n{error.en}{remedy}\n")
        finish(1)


async def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run ``work`` with a pool that is closed afterwards."""
    database = Database(database_url(settings), pool_size=4)
    try:
        return await work(database)
    finally:
        await database.dispose()


# -- the service and its parts ---------------------------------------------------------------------
@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="首次启动时建立演示区 · make the demo district")
    ] = False,
) -> None:
    """在本机启动整套服务 · run the whole service on this machine."""
    from runtime.supervisor import up as run_up

    settings = get_settings()
    if demo:
        settings = settings.model_copy(update={"demo": True})
        settings.model_fields_set.add("demo")
    configure_logging(settings)
    finish(asyncio.run(run_up(settings)))


Spare = Annotated[bool, typer.Option("--spare", hidden=True)]
"""Load everything, then wait until ``xiaohao up`` takes this process on."""


@app.command()
def api(spare: Spare = False) -> None:
    """只启动 HTTP 接口 · run the API."""
    from serve import serve

    configure_logging(get_settings())
    if spare and not taken_on():
        finish()
    uvloop.run(serve(get_settings()))
    finish()


@app.command()
def worker(spare: Spare = False) -> None:
    """只启动工作进程 · run the worker."""
    from worker import work

    configure_logging(get_settings())
    if spare and not taken_on():
        finish()
    uvloop.run(work(get_settings()))
    finish()


@app.command()
def migrate() -> None:
    """升级数据库 · bring the database to the newest schema, and store the packaged policy."""
    from ledger.migrate import upgrade
    from ledger.registry import store_policy
    from policies import load_default

    async def work(settings: Settings) -> None:
        await upgrade(database_url(settings))

        async def store(database: Database) -> None:
            async with database.write(SYSTEM_SCOPE) as session:
                await store_policy(session, load_default())

        await with_database(settings, store)

    once(work)


@app.command()
def doctor() -> None:
    """自检，用文字说明问题 · tell in words what is wrong."""
    from runtime.doctor import diagnose

    once(diagnose)


@app.command()
def demo() -> None:
    """建立演示区（只能在演示库上）· make the demo district; refused on a database that is not a demo."""
    from demo.district import make

    once(make)


# -- proof -----------------------------------------------------------------------------------------
@app.command()
def verify(
    ledger_only: Annotated[
        bool, typer.Option("--ledger-only", help="不询问流程 · do not ask the workflows")
    ] = False,
) -> None:
    """核对台账：哈希链，台账折叠 = 读模型 = 流程状态 · prove the ledger."""
    from operations.verify import verify as check
    from runtime.temporal import connect
    from workflows.plugin import plugin

    async def work(settings: Settings) -> int:
        client = None if ledger_only else await connect(settings, [plugin()])

        async def run(database: Database) -> int:
            seen = bad = 0
            async for case_id, wrong in check(database, client):
                seen += 1
                if wrong is not None:
                    bad += 1
                    out.print(f"✗ {case_id} [{wrong.kind}] seq {wrong.seq}: {wrong.detail}", markup=False)
            verdict = "台账一致 · clean" if not bad else f"{bad} 件不一致 · {bad} disagree"
            out.print(f"{seen} 件案件 · {seen} cases: {verdict}")
            return 1 if bad else 0

        return await with_database(settings, run)

    once(work)


@app.command()
def replay() -> None:
    """用磁盘上的代码重放全部在办案件的历史 · replay every open case against the code on disk."""
    from operations.replay import ADVICE_EN, ADVICE_ZH
    from operations.replay import replay as check
    from runtime.temporal import connect
    from workflows.plugin import plugin

    async def work(settings: Settings) -> int:
        client = await connect(settings, [plugin()])
        seen = bad = 0
        async for one in check(client):
            seen += 1
            if one.error:
                bad += 1
                out.print(f"✗ {one.workflow_id} ({one.events} events): {one.error}", markup=False)
        if bad:
            out.print(f"{ADVICE_ZH}\n{ADVICE_EN}", markup=False)
        verdict = "全部可重放 · all replay" if not bad else f"{bad} 件不能重放 · {bad} do not replay"
        out.print(f"{seen} 条历史 · {seen} histories: {verdict}")
        return 1 if bad else 0

    once(work)


# -- policies and calendar -------------------------------------------------------------------------
@policy_app.command("check")
def policy_check(path: Path) -> None:
    """检查规则文件；放宽法定期限会被拒绝并指明条文 · check a policy file."""
    from policies import load_file

    async def work(_: Settings) -> None:
        policy = load_file(path)
        out.print(f"✓ {policy.version} {policy.district} {policy.effective_from} sha256:{policy.digest()}")

    once(work)


@policy_app.command("show")
def policy_show(path: Annotated[Path | None, typer.Argument()] = None) -> None:
    """列出全部期限及其依据和核实程度 · list every clock with its basis and verification."""
    from policies import load_default, load_file

    async def work(_: Settings) -> None:
        policy = load_file(path) if path else load_default()
        table = Table(
            "key", "期限", "length", "类 class", "核实 verified", "依据 basis", title=policy.version
        )
        for spec in policy.clocks.values():
            table.add_row(spec.key, spec.zh, spec.length(spec.n)[0], spec.klass, spec.verified, spec.basis)
        out.print(table)

    once(work)


@calendar_app.command("publish")
def calendar_publish(path: Path) -> None:
    """录入某年放假通知（JSON: year, days_off, workdays, source）并重新推算在办案件期限 · enter a year's notice."""
    from models.calendar import CalendarYear
    from operations.calendars import publish, rederive
    from runtime.keys import command_keys
    from runtime.temporal import connect
    from worker import doors
    from workflows.plugin import plugin

    year = CalendarYear.model_validate({**json.loads(path.read_text("utf-8")), "confirmed": True})

    async def work(settings: Settings) -> int:
        client = await connect(settings, [plugin()])

        async def run(database: Database) -> int:
            await publish(database, year)
            bad = 0
            key = command_keys(settings).signing_key
            async for case_id, error in rederive(database, doors(client, settings), key):
                bad += error is not None
                out.print(f"{'✗' if error else '✓'} {case_id} {error or ''}", markup=False)
            return 1 if bad else 0

        return await with_database(settings, run)

    once(work)


# -- accounts --------------------------------------------------------------------------------------
@user_app.command("add")
def user_add(
    username: str,
    display_name: Annotated[str, typer.Option("--name", help="姓名 · name")],
    role: Annotated[str, typer.Option(help="角色 · role")],
    district: Annotated[str, typer.Option(help="区 · district id")],
    rank: Annotated[str | None, typer.Option(help="职级 · rank")] = None,
    organisation: Annotated[str | None, typer.Option(help="单位 · organisation id")] = None,
    territory: Annotated[str | None, typer.Option(help="属地 · territory id")] = None,
    enterprise: Annotated[str | None, typer.Option(help="企业 · enterprise id")] = None,
    certificate: Annotated[str | None, typer.Option(help="执法证号 · certificate number")] = None,
    certificate_expires: Annotated[datetime | None, typer.Option(help="执法证有效期至 · until")] = None,
) -> None:
    """新建账号；密码从终端或标准输入读取 · create an account."""
    import uuid

    from api.passwords import hash_password
    from ledger.people import add_user
    from models.actors import Rank, Role

    values = {
        "user_id": str(uuid.uuid4()),
        "username": username,
        "display_name": display_name,
        "role": _one_of(Role, role),
        "rank": _one_of(Rank, rank) if rank else None,
        "district_id": district,
        "org_id": organisation,
        "territory_id": territory,
        "enterprise_id": enterprise,
        "certificate_no": certificate,
        "certificate_expires": certificate_expires.date() if certificate_expires else None,
        "password_hash": hash_password(_read_password()),
    }

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            async with database.write(_admin(district)) as session:
                await add_user(session, **values)

        await with_database(settings, run)
        out.print(f"✓ {username}")

    once(work)


@user_app.command("list")
def user_list(district: Annotated[str, typer.Option(help="区 · district id")]) -> None:
    """列出账号 · list accounts."""
    from ledger.people import list_users

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            async with database.read(_admin(district)) as session:
                found = await list_users(session, _admin(district))
            table = Table("用户名 username", "姓名 name", "角色 role", "职级 rank", "在用 active")
            for row in found:
                table.add_row(
                    row.username, row.display_name, row.role, row.rank or "", "✓" if row.active else "✗"
                )
            out.print(table)

        await with_database(settings, run)

    once(work)


@user_app.command("password")
def user_password(username: str, district: Annotated[str, typer.Option(help="区 · district id")]) -> None:
    """重设密码，并使其全部会话和令牌失效 · set a password; ends its sessions and tokens."""
    from api.credentials import set_password
    from api.passwords import hash_password
    from ledger.people import find_user

    hashed = hash_password(_read_password())

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            async with database.read(_admin(district)) as session:
                found = await find_user(session, _admin(district), username)
            if found is None:
                raise NotFound(f"没有账号 {username}", f"no account {username}", rule="users.known")
            await set_password(database, found.user_id, hashed, datetime.now(UTC))

        await with_database(settings, run)
        out.print(f"✓ {username}")

    once(work)


def _admin(district: str) -> Any:
    from ledger.scope import Scope
    from models.actors import Role

    return Scope(role=Role.ADMIN, district_id=district, user_id="operator")


def _one_of(kind: Any, value: str) -> str:
    try:
        return str(kind(value).value)
    except ValueError:
        raise typer.BadParameter(f"{value}: {', '.join(one.value for one in kind)}") from None


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("密码 password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


# -- cases -----------------------------------------------------------------------------------------
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

    asked = Role(_one_of(Role, role))

    async def work(settings: Settings) -> None:
        out.print(await with_database(settings, lambda db: explain_text(db, case, asked)), markup=False)

    once(work)


def main() -> None:
    """Entry point."""
    app()


__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
