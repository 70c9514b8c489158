"""The standard plan of ``xiaohao up``, as data: which parts run, in which order, what shows they are ready."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx2
from temporalio.client import Client

from runtime import temporal
from runtime.database import check_trigrams, ensure_database, owner_url
from runtime.home import CannotStart, Home, RunState
from runtime.keys import command_keys, derived_key
from runtime.postgres import (
    SERVICE,
    Cluster,
    answers,
    clear_leftovers,
    prepare_cluster,
    start_server,
    stop_server,
)
from runtime.processes import Child, start_child
from runtime.settings import Settings
from runtime.supervisor import Check, Once, Part, Step, say

COMMAND = (sys.executable, "-P", "-m", "cli")
"""Nothing is loaded from the folder somebody happens to stand in (``-P``)."""
_RECOVERY_SECONDS = 900.0
_PORT_VARIABLES = {
    "api": "XIAOHAO_PORT",
    "postgres": "XIAOHAO_PG_PORT",
    "temporal": "XIAOHAO_TEMPORAL_PORT",
    "temporal-http": "XIAOHAO_TEMPORAL_HTTP_PORT",
    "temporal-metrics": "XIAOHAO_TEMPORAL_METRICS_PORT",
    "ui": "XIAOHAO_UI_PORT",
}


@dataclass(frozen=True)
class Plan:
    """Stages go one after the other, the steps of a stage together; ``announce`` speaks at the end."""

    state: RunState
    stages: Sequence[Sequence[Step]]
    announce: Callable[[], None]


async def standard_plan(settings: Settings, home: Home) -> Plan:
    """PostgreSQL → migrations → Temporal → worker and API (→ demo data), less what is configured elsewhere.

    Keys are made here, so that worker and API find the same ones. Raises :class:`CannotStart`.
    """
    command_keys(settings)
    derived_key(settings, "check")
    ports = _ports(settings, home)
    env = child_environment(settings, ports["api"])
    state = RunState.of_this_process(
        ports=ports, api_url=f"http://{_reachable(settings.host)}:{ports['api']}"
    )
    database: Step
    if settings.database_url:
        database = Check(
            "database", "外部数据库", "DATABASE_URL", partial(check_trigrams, owner_url(settings))
        )
    else:
        cluster = prepare_cluster(
            home.postgres, settings.state_dir, settings.pg_account, ports.get("postgres")
        )
        database = postgres_part(cluster)
        state = state.model_copy(
            update={"database_url": cluster.url(user=SERVICE), "owner_url": cluster.url()}
        )
        _tell_place(home, cluster)
    engine: Step
    if temporal.is_external():
        engine = Check("temporal", "外部 Temporal", "Temporal", partial(check_temporal, settings))
    else:
        server = temporal.DevServer(
            home.temporal / "temporal.db",
            settings.namespace,
            ports["temporal"],
            ports["temporal-http"],
            ports["temporal-metrics"],
            ports.get("ui"),
        )
        engine = temporal_part(server)
        ui = f"http://{temporal.LOOPBACK}:{server.ui_port}" if server.ui_port else None
        state = state.model_copy(update={"temporal_address": server.address, "temporal_ui": ui})
    migrate = Once("migrate", "数据库升级", "migrations", (*COMMAND, "migrate"), env)
    stages: list[list[Step]] = [[database], [migrate], [engine]]
    stages.append([worker_part(settings, env), api_part(settings, str(state.api_url), env)])
    if settings.demo:
        stages.append([Once("demo", "演示数据", "demo district", (*COMMAND, "demo"), env, shown=True)])
    return Plan(state, stages, partial(_announce, state, home))


# -- the parts -----------------------------------------------------------------------------------------
def postgres_part(cluster: Cluster) -> Part:
    """The embedded database; after a crash it may take minutes to recover and is given them."""

    async def before() -> None:
        if await clear_leftovers(cluster):
            say("清理上次遗留的数据库进程", "ended the database of the last run")

    async def ready(_: Child) -> bool:
        return await answers(cluster)

    return Part(
        name="postgres",
        zh="数据库",
        en="PostgreSQL",
        start=partial(start_server, cluster),
        ready=ready,
        before=before,
        after=partial(ensure_database, cluster),
        stop=stop_server,
        ready_seconds=_RECOVERY_SECONDS,
    )


def temporal_part(server: temporal.DevServer) -> Part:
    """The Temporal dev server."""

    async def ready(_: Child) -> bool:
        return await temporal.serves(server.address, server.namespace)

    return Part("temporal", "流程引擎", "Temporal", server.start, ready, stop=temporal.stop_dev_server)


def worker_part(settings: Settings, env: dict[str, str]) -> Part:
    """The worker; ready when Temporal has seen this very process ask for work."""
    clients: list[Client] = []

    async def ready(child: Child) -> bool:
        if not clients:
            try:
                clients.append(await temporal.connect(settings))
            except CannotStart:  # Temporal itself is being restarted
                return False
        seen = await temporal.pollers(clients[0], settings.task_queue)
        return any(temporal.identity_has_pid(identity, child.pid) for identity in seen)

    return _python_part("worker", "后台执行", "worker", env, ready, settings)


def api_part(settings: Settings, url: str, env: dict[str, str]) -> Part:
    """The API; ready when ``/healthz`` says so."""

    async def ready(_: Child) -> bool:
        return await is_healthy(url)

    return _python_part("api", "接口服务", "API", env, ready, settings)


def _python_part(
    name: str,
    zh: str,
    en: str,
    env: dict[str, str],
    ready: Callable[[Child], Awaitable[bool]],
    settings: Settings,
) -> Part:
    """A part that is one of our own commands; loading it takes seconds, so a spare may wait loaded."""

    def start(log: Path) -> Child:
        return start_child((*COMMAND, name), log=log, env=env)

    def spare(log: Path) -> Child:
        return start_child((*COMMAND, name, "--spare"), log=log, env=env, spare=True)

    return Part(name, zh, en, start, ready, spare=spare if settings.spares else None)


async def is_healthy(url: str, path: str = "/healthz") -> bool:
    """Whether ``url`` answers its health check with 200."""
    try:
        async with httpx2.AsyncClient(timeout=3, trust_env=False) as client:
            return (await client.get(url + path)).status_code == 200
    except httpx2.HTTPError:
        return False


async def check_temporal(settings: Settings) -> None:
    """Raises :class:`CannotStart` unless the configured Temporal answers and knows the namespace."""
    client = await temporal.connect(settings)
    if not await temporal.has_namespace(client, client.namespace):
        raise CannotStart(
            f"Temporal 上没有命名空间 {client.namespace}。",
            f"Temporal has no namespace {client.namespace}.",
            remedy_zh="请运维先创建它：temporal operator namespace create。",
            remedy_en="Have it created: temporal operator namespace create.",
        )


# -- ports, environment, words ---------------------------------------------------------------------------
def child_environment(settings: Settings, api_port: int) -> dict[str, str]:
    """The environment of worker, API and commands: ours, plus the settings as they were really chosen."""
    chosen = {"XIAOHAO_HOME": str(settings.home), "XIAOHAO_PORT": str(api_port), "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **settings.as_environment(), **chosen}


def _ports(settings: Settings, home: Home) -> dict[str, int]:
    """Every port, fixed for this run. A free one is the last run's again where nobody took it meanwhile."""
    last = home.last_run()
    before = last.ports if last else {}
    wanted: dict[str, int | None] = {"api": settings.port}
    if not settings.database_url:
        wanted["postgres"] = settings.pg_port
    if not temporal.is_external():
        wanted |= {
            "temporal": settings.temporal_port,
            "temporal-http": settings.temporal_http_port,
            "temporal-metrics": settings.temporal_metrics_port,
            "ui": settings.ui_port if settings.ui else None,
        }
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        if port is not None:
            host = settings.host if name == "api" else temporal.LOOPBACK
            chosen[name] = _port(name, port, before.get(name), host, chosen.values())
    return chosen


def _port(name: str, wanted: int, before: int | None, host: str, taken: Iterable[int]) -> int:
    if wanted:
        if temporal.port_is_free(wanted, host):
            return wanted
        variable = _PORT_VARIABLES[name]
        raise CannotStart(
            f"端口 {wanted}（{name}）已被别的程序占用。可用 {variable} 换一个，0 表示任选空闲端口。",
            f"Port {wanted} ({name}) is taken. Choose another with {variable}; 0 means any free one.",
        )
    if before and before not in taken and temporal.port_is_free(before, host):
        return before
    while (port := temporal.free_port()) in taken:
        continue
    return port


def _reachable(host: str) -> str:
    """The address to reach a server that listens on ``host``, from this machine."""
    reachable = {"0.0.0.0": temporal.LOOPBACK, "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound
    return f"[{reachable}]" if ":" in reachable and not reachable.startswith("[") else reachable


def _tell_place(home: Home, cluster: Cluster) -> None:
    if home.root not in cluster.data.parents and cluster.account:
        say(
            f"以 root 运行而账号 {cluster.account.name} 进不了 {home.root}，数据库放在 {cluster.data.parent}",
            f"the database lives in {cluster.data.parent}",
        )


def _announce(state: RunState, home: Home) -> None:
    say("服务已就绪", "the service is ready")
    say(f"  管理台 {state.api_url}，接口 {state.api_url}/api/v1", "console for people, API for programs")
    if state.temporal_ui:
        say(f"  流程引擎界面 {state.temporal_ui}", "Temporal UI")
    say(f"  数据目录 {home.root}，日志 {home.logs}", "data, logs")
    say("  停止：Ctrl-C", "Ctrl-C stops it")
