"""The command ``xiaohao``: run the service or its parts, look after users and policies, look into cases, prove the ledger."""

from __future__ import annotations

import gc

if __name__ == "__main__":
    gc.disable()  # until all is loaded: nothing of it is garbage

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer
import uvloop
from rich.progress import Progress

from ledger.sessions import SYSTEM_SCOPE, Database
from runtime.database import database_url, owner_url
from runtime.logs import configure_logging
from runtime.processes import taken_on
from runtime.settings import Settings, get_settings
from terminal.adoptions import policy_app
from terminal.calendars import calendar_app
from terminal.casefile import case_file, case_key
from terminal.cases import case_app
from terminal.export import export
from terminal.hazards import import_app
from terminal.once import finish, once, out, with_database
from terminal.register import init
from terminal.rehearse import rehearse
from terminal.signon import program_app
from terminal.users import user_app

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="销号 Xiaohao", pretty_exceptions_enable=False
)
SUBS = {
    "user": user_app,
    "policy": policy_app,
    "case": case_app,
    "calendar": calendar_app,
    "import": import_app,
    "program": program_app,
}
for name, sub in SUBS.items():
    app.add_typer(sub, name=name)
app.command()(rehearse)
app.command()(init)
app.command()(export)
case_app.command("file")(case_file)
case_app.command("key")(case_key)


# -- the service and its parts ---------------------------------------------------------------------
@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="首次启动时建立演示区 · make the demo district")
    ] = False,
) -> None:
    """在本机启动整套服务 · run the whole service on this machine."""
    from runtime.up import up as run_up

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
    gc.disable()  # until the rest is loaded too (worker.load)
    from serve import load, serve

    configure_logging(get_settings())
    app = load(get_settings())
    if spare and not taken_on():
        finish()
    uvloop.run(serve(get_settings(), app))
    finish()


@app.command()
def worker(spare: Spare = False) -> None:
    """只启动工作进程 · run the worker."""
    gc.disable()  # as above
    from worker import load, work

    configure_logging(get_settings())
    load()
    if spare and not taken_on():
        finish()
    uvloop.run(work(get_settings()))
    finish()


@app.command()
def migrate() -> None:
    """升级数据库 · bring the database to the newest schema, and store the packaged policy."""
    from ledger.migrate import upgrade
    from ledger.registry import store_packaged
    from ledger.urls import user_of
    from policies import load_default

    async def work(settings: Settings) -> None:
        await upgrade(owner_url(settings), service=user_of(database_url(settings)))

        async def store(database: Database) -> None:
            async with database.write(SYSTEM_SCOPE) as session:
                await store_packaged(session, load_default())

        await with_database(settings, store)

    once(work)


@app.command()
def doctor() -> None:
    """自检，用文字说明问题 · tell in words what is wrong."""
    from runtime.doctor import diagnose

    once(diagnose)


@app.command()
def demo(
    cases: Annotated[
        int | None,
        typer.Option(
            min=1, max=1_000_000, help="不讲故事，直接生成这么多件案件 · a ledger of so many cases instead"
        ),
    ] = None,
) -> None:
    """建立演示区（只能在演示库上）· make the demo district; refused on a database that is not a demo."""
    from demo.district import make, make_many

    once(make if cases is None else partial(make_many, cases=cases))


# -- proof -----------------------------------------------------------------------------------------
@app.command()
def verify(
    ledger_only: Annotated[
        bool, typer.Option("--ledger-only", help="不询问流程 · do not ask the workflows")
    ] = False,
    waiting: Annotated[
        int | None,
        typer.Option(
            help="企业未读超过几分钟也算不一致 · also name enterprises that left something unread for so many minutes"
        ),
    ] = None,
) -> None:
    """核对台账：哈希链，台账折叠 = 读模型 = 流程状态 · prove the ledger."""
    from operations.verify import told
    from runtime.keys import command_keys
    from runtime.temporal import connect
    from storage.objects import ObjectStore
    from worker import verifying
    from workflows.plugin import plugin

    async def work(settings: Settings) -> int:
        client = None if ledger_only else await connect(settings, [plugin()])
        unread = timedelta(minutes=waiting) if waiting is not None else None

        async def run(database: Database) -> int:
            bad = False
            keys = verifying(command_keys(settings))
            store = ObjectStore.at(settings.object_store_url, settings.home)
            async for wrong, line in told(database, client, keys, waiting=unread, digest_of=store.digest):
                bad |= wrong
                out.print(line, markup=False)
            return 1 if bad else 0

        return await with_database(settings, run)

    once(work)


@app.command()
def clear() -> None:
    """清除上传后一直没有归入案件的文件（服务每天自动做一次）· clear away uploads that no case took (done daily besides)."""
    from services.evidence.clearing import clear_unattached
    from storage.objects import ObjectStore

    async def work(settings: Settings) -> None:
        async def run(database: Database) -> None:
            store = ObjectStore.at(settings.object_store_url, settings.home)
            before = datetime.now(UTC) - timedelta(days=settings.unattached_days)
            done = await clear_unattached(database, store, before)
            out.print(f"{done.files} 个文件 · files，{done.size} 字节 · bytes", markup=False)

        await with_database(settings, run)

    once(work)


@app.command()
def replay() -> None:
    """用磁盘上的代码重放全部在办案件的历史 · replay every open case against the code on disk."""
    from operations.replay import ADVICE_EN, ADVICE_ZH, open_runs
    from operations.replay import replay as check
    from runtime.temporal import connect
    from worker import runner
    from workflows.plugin import plugin

    async def work(settings: Settings) -> int:
        client = await connect(settings, [plugin()])
        seen = bad = 0
        with Progress(console=out, transient=True) as bar:
            shown = bar.add_task("重放 · replay", total=await open_runs(client))
            async for one in check(client, runner(settings)):
                seen += 1
                bar.advance(shown)
                if one.error:
                    bad += 1
                    out.print(f"✗ {one.workflow_id} ({one.events} events): {one.error}", markup=False)
        if bad:
            out.print(f"{ADVICE_ZH}\n{ADVICE_EN}", markup=False)
        verdict = "全部可重放 · all replay" if not bad else f"{bad} 件不能重放 · {bad} do not replay"
        out.print(f"{seen} 条历史 · {seen} histories: {verdict}")
        return 1 if bad else 0

    once(work)


@case_app.command("repair")
def case_repair(
    case: str,
    reason: Annotated[str, typer.Option(help="原因，记入审计日志 · why, for the audit log")],
) -> None:
    """按台账重建停滞案件的流程（编号、id 或 doctor 所列流程）· begin a stuck case's workflow anew from its ledger."""
    from operations.repair import repair
    from runtime.keys import command_keys
    from runtime.temporal import connect
    from worker import doors, verifying
    from workflows.plugin import plugin

    async def work(settings: Settings) -> None:
        client = await connect(settings, [plugin()])
        way_in, keys = doors(client, settings), verifying(command_keys(settings))

        async def run(database: Database) -> str:
            return await repair(database, client, way_in, keys, case, reason=reason)

        begun = await with_database(settings, run)
        out.print(f"✓ 已按台账恢复 · begun anew from the ledger: {begun}", markup=False)

    once(work)


def main() -> None:
    """Entry point."""
    gc.freeze()  # what is loaded stays
    gc.enable()
    app()


__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
