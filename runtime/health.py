"""Checks (自检): each asks one question about the installation and answers in words, with a remedy."""

import os
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.service import RPCError

from ledger import migrate
from runtime import temporal
from runtime.beside import check_delivery, check_papers
from runtime.database import check_trigrams, database_url, open_url
from runtime.findings import Finding, bad, good
from runtime.home import CannotStart, home_of
from runtime.parts import check_temporal, is_healthy
from runtime.postgres import binaries_directory
from runtime.progress import AT_MOST, stuck, unseen
from runtime.settings import Settings

MINIMUM_FREE_BYTES = 1024**3
MINIMUM_POSTGRES = 150_000
OWNS = (
    "SELECT rolsuper OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND pg_has_role(session_user, c.relowner, 'MEMBER'))"
    " FROM pg_roles WHERE rolname = session_user"
)
SHARED_KEYS = ("command_keys", "secret_key")


async def check_python(_: Settings) -> Finding:
    """Which Python runs."""
    version = platform.python_version()
    return good("python", f"Python {version}", sys.executable)


async def check_programs(settings: Settings) -> Finding:
    """The embedded programs are installed, or not needed."""
    try:
        where = [
            *([] if settings.database_url else [str(binaries_directory())]),
            *([] if temporal.is_external() else [temporal.temporal_program()]),
        ]
    except CannotStart as refused:
        return bad("programs", refused)
    return good("programs", "内置程序齐全" if where else "不需要内置程序", ", ".join(where) or "not needed")


async def check_home(settings: Settings) -> Finding:
    """The home directory can be written and the disk has room."""
    place = settings.home
    nearest = _nearest(place)
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(
            "home",
            False,
            f"数据目录 {place} 不可写",
            f"{place} cannot be written",
            "检查属主与权限，或另设 XIAOHAO_HOME",
            "check owner and mode, or set XIAOHAO_HOME",
        )
    free = shutil.disk_usage(nearest).free
    gigabytes = f"{free / 1024**3:.1f} GiB"
    if free < MINIMUM_FREE_BYTES:
        return Finding(
            "home", False, f"磁盘只剩 {gigabytes}", f"{gigabytes} left", "清理磁盘", "make room on the disk"
        )
    return good("home", f"数据目录 {place} 可写，剩余 {gigabytes}", "writable")


def _nearest(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


async def check_keys(settings: Settings) -> Finding:
    """Several machines on one database share their keys."""
    missing = [f"XIAOHAO_{name.upper()}" for name in SHARED_KEYS if getattr(settings, name) is None]
    if missing and (settings.database_url or temporal.is_external()):
        names = "、".join(missing)
        return Finding(
            "keys",
            False,
            f"使用外部数据库或 Temporal，但没有设置 {names}：各机器会各自生成密钥，互不承认",
            "keys would be made on each machine separately",
            f"在每台机器上设置相同的 {names}",
            f"set the same {', '.join(missing)} on every machine",
        )
    return good("keys", "密钥来自环境变量" if not missing else "密钥保存在数据目录", "keys")


async def check_lock(settings: Settings) -> Finding:
    """Who runs on this home."""
    home = home_of(settings)
    running = home.running()
    if running is None:
        return good("lock", "本目录没有正在运行的服务", f"nothing runs on {home.root}")
    dead = [name for name, one in running.parts.items() if not one.alive]
    if dead:
        return Finding(
            "lock",
            False,
            f"服务在运行（进程 {running.supervisor.pid}），但 {'、'.join(dead)} 已停，正在重启",
            f"running; down now: {', '.join(dead)}",
            f"看日志 {home.logs}",
            f"read the logs in {home.logs}",
        )
    return good("lock", f"服务在运行（进程 {running.supervisor.pid}）", ", ".join(running.parts))


async def check_database(settings: Settings) -> Finding:
    """PostgreSQL answers, is recent enough and can search Chinese."""
    try:
        url = database_url(settings)
        connection = await open_url(url)
        try:
            number = int(await connection.fetchval("SHOW server_version_num"))
            version = await connection.fetchval("SHOW server_version")
        finally:
            await connection.close()
        if number < MINIMUM_POSTGRES:
            raise CannotStart(
                f"PostgreSQL {version} 太旧，需要 15 以上。", f"PostgreSQL {version} is too old; 15 or later."
            )
        await check_trigrams(url)
    except CannotStart as refused:
        return bad("database", refused)
    return good("database", f"数据库正常（PostgreSQL {version}），汉字检索正常", "answers, trigrams work")


async def check_ownership(settings: Settings) -> Finding:
    """The service's login owns nothing: who breaks into the service cannot take the locks off."""
    try:
        connection = await open_url(database_url(settings))
        try:
            owns = await connection.fetchval(OWNS)
        finally:
            await connection.close()
    except CannotStart as refused:
        return bad("ownership", refused)
    if owns:
        return Finding(
            "ownership",
            False,
            "服务登录数据库的账号是超级用户或拥有数据表，能解除台账的保护",
            "the service's login is a superuser or owns the tables, and could take the ledger's locks off",
            "按 docs/operations/deploying.md 为服务另建账号，属主账号只用于 xiaohao migrate（DATABASE_OWNER_URL）",
            "give the service a login of its own and keep the owner's for `xiaohao migrate` (DATABASE_OWNER_URL):"
            " docs/operations/deploying.md",
        )
    return good("ownership", "服务的数据库账号不拥有任何数据表", "the service's login owns nothing")


async def check_migrations(settings: Settings) -> Finding:
    """The database stands on the newest migration."""
    wanted = migrate.current_head()
    try:
        url = database_url(settings)
        await (await open_url(url)).close()
        there = await migrate.current(url)
    except CannotStart as refused:
        return bad("migrations", refused)
    if there != wanted:
        return Finding(
            "migrations",
            False,
            f"数据库结构是 {there or '空的'}，程序需要 {wanted}",
            f"the schema is {there or 'empty'}, the code wants {wanted}",
            "运行 xiaohao migrate",
            "run `xiaohao migrate`",
        )
    return good("migrations", f"数据库结构是最新的（{there}）", "schema is current")


async def check_engine(settings: Settings) -> Finding:
    """Temporal answers and knows the namespace."""
    try:
        await check_temporal(settings)
    except CannotStart as refused:
        return bad("temporal", refused)
    config = temporal.connect_config(settings)
    return good("temporal", f"流程引擎正常（命名空间 {config['namespace']}）", config["target_host"])


async def check_worker(settings: Settings) -> Finding:
    """A worker asks the task queue for work."""
    try:
        seen = await temporal.pollers(await temporal.connect(settings), settings.task_queue)
    except CannotStart as refused:
        return bad("worker", refused)
    if not seen:
        return Finding(
            "worker",
            False,
            f"没有后台执行进程在领取任务队列 {settings.task_queue}",
            f"no worker polls {settings.task_queue}",
            "运行 xiaohao worker，或看 worker.log",
            "run `xiaohao worker`, or read worker.log",
        )
    return good("worker", f"{len(seen)} 个后台执行进程在领取任务", ", ".join(seen))


async def check_progress(settings: Settings) -> Finding:
    """No task of a workflow is done again and again, or stays open."""
    try:
        client = await temporal.connect(settings)
        found = await stuck(client, settings.task_queue)
        beyond = await unseen(client, settings.task_queue)
    except CannotStart as refused:
        return bad("progress", refused)
    except RPCError as error:
        return Finding(
            "progress",
            False,
            f"查不到案件流程是否在推进：{error.message}",
            f"Temporal does not say whether cases get on: {error.message}",
            "再运行一次；仍然如此的，看 temporal.log",
            "ask again; if that does not help, read temporal.log",
        )
    if not found and beyond:
        return good(
            "progress",
            f"最新的 {AT_MOST} 个案件流程都在推进；更早的 {beyond} 个没有看",
            f"none of the newest {AT_MOST} workflows is stuck; {beyond} older ones were not looked at",
        )
    if not found:
        return good("progress", "案件流程都在推进", "no workflow is stuck")
    worst = found[0]
    seconds = int(worst.open_for.total_seconds())
    return Finding(
        "progress",
        False,
        f"{len(found)} 个流程停滞不前，例如 {worst.workflow_id}：同一步已做 {worst.attempt} 次，{seconds} 秒没有完成",
        f"{len(found)} workflows are stuck, such as {worst.workflow_id}: attempt {worst.attempt}, open for {seconds} s",
        "看 worker.log：机器太忙就让出处理器或在别的机器上再开 xiaohao worker；有错误就运行 xiaohao replay，"
        "修复程序后仍停滞的，用 xiaohao case repair 按台账恢复",
        "read worker.log: on a busy machine free the processor or run another `xiaohao worker`; for an error see"
        " `xiaohao replay`; what stays stuck on mended code, `xiaohao case repair` begins anew from the ledger",
    )


async def check_api(settings: Settings) -> Finding:
    """The API answers its health check."""
    running = home_of(settings).running()
    url = running.api_url if running and running.api_url else f"http://{settings.host}:{settings.port}"
    if not await is_healthy(url):
        return Finding(
            "api",
            False,
            f"接口服务没有应答（{url}）",
            "the API does not answer",
            "运行 xiaohao api，或看 api.log",
            "run `xiaohao api`, or read api.log",
        )
    return good("api", f"接口服务正常（{url}）", "healthy")


CHECKS: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (
    check_python,
    check_programs,
    check_home,
    check_keys,
    check_lock,
    check_database,
    check_migrations,
    check_ownership,
    check_engine,
    check_worker,
    check_progress,
    check_delivery,
    check_papers,
    check_api,
)
READINESS = (check_database, check_migrations, check_engine)


async def readiness(settings: Settings) -> list[Finding]:
    """What must be true before this process can serve: database, schema, Temporal. For ``/readyz``."""
    return [await check(settings) for check in READINESS]
