"""PostgreSQL refuses to run as root: which account runs it then, and where that account can reach its files.

Nothing outside our own directories is ever chmod-ed. A directory the account cannot enter is left alone and
the data go to ``<state_dir>/<hash of home>`` instead (``/var/lib/xiaohao/…``).
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from pydantic import BaseModel, ValidationError

from runtime.home import CannotStart
from runtime.processes import Account

DEDICATED = "xiaohao"
FALLBACK = "nobody"
_TOOLS = "/usr/sbin:/usr/bin:/sbin:/bin"


class Location(BaseModel, frozen=True):
    """Where one home keeps its database; written once beside home, so the answer never changes by itself."""

    home: str
    path: str
    account: str | None


def service_account(wanted: str | None = None) -> Account | None:
    """The account PostgreSQL runs under; ``None`` when we are not root and simply stay who we are.

    As root: ``wanted``, else ``xiaohao`` (created as a system account without shell when the system lets us),
    else ``nobody``. Raises :class:`CannotStart` when ``wanted`` does not exist or is root.
    """
    if os.geteuid() != 0:
        return None
    account = _lookup(wanted or DEDICATED)
    if account is None and wanted is None:
        account = _create(DEDICATED) or _lookup(FALLBACK)
    if account is None or account.uid == 0:
        raise CannotStart(
            f"PostgreSQL 不能以 root 运行，也没有可用的系统账号（{wanted or DEDICATED}）。",
            f"PostgreSQL does not run as root and there is no account to use ({wanted or DEDICATED}).",
            remedy_zh="用 XIAOHAO_PG_ACCOUNT 指定一个普通系统账号，或以普通用户运行。",
            remedy_en="Name an ordinary account in XIAOHAO_PG_ACCOUNT, or run as an ordinary user.",
        )
    return account


def _lookup(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def _create(name: str) -> Account | None:
    useradd = shutil.which("useradd", path=_TOOLS)
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run(  # noqa: S603 - constant program and arguments
        [useradd, *options, "--shell", "/usr/sbin/nologin", name], capture_output=True, check=False
    )
    return _lookup(name)


def can_enter(path: Path, account: Account | None) -> bool:
    """Whether ``account`` (``None``: we ourselves) may enter ``path``; asked of the system, ACLs included."""
    if account is None:
        return os.access(path, os.X_OK)
    test = shutil.which("test", path="/usr/bin:/bin") or "test"
    asked = subprocess.run(  # noqa: S603 - constant program, our own path
        [test, "-x", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return asked.returncode == 0


def database_location(directory: Path, state_dir: Path, wanted: str | None) -> tuple[Path, Account | None]:
    """The directory for the database of the home part ``directory``, and the account that owns it.

    It is ``directory`` itself where the account can enter it, else ``state_dir/<hash>``. The choice is
    noted in ``directory/location.json`` and kept. Raises :class:`CannotStart` when it cannot be used now.
    """
    note = directory / "location.json"
    directory = directory.resolve()
    try:
        noted = Location.model_validate_json(note.read_text("utf-8"))
    except (FileNotFoundError, ValidationError):
        return _choose(directory, note, state_dir, service_account(wanted))
    return _reuse(noted, directory)


def _choose(
    directory: Path, note: Path, state_dir: Path, account: Account | None
) -> tuple[Path, Account | None]:
    path = directory
    if not can_enter(directory, account):
        path = state_dir / hashlib.sha256(str(directory).encode()).hexdigest()[:12]
        _make_way(path, account)
    chosen = Location(home=str(directory), path=str(path), account=account.name if account else None)
    note.write_text(chosen.model_dump_json(), "utf-8")
    return path, account


def _make_way(path: Path, account: Account | None) -> None:
    """Create ``path``; data an erased home left there are set aside, never adopted by a new home."""
    if path.exists():
        number = next(n for n in range(1, 10_000) if not path.with_name(f"{path.name}.old-{n}").exists())
        path.rename(path.with_name(f"{path.name}.old-{number}"))
    try:
        path.mkdir(parents=True, mode=0o711)
    except OSError as error:
        raise _unusable(path, account, error.strerror or "") from error
    if not can_enter(path, account):
        raise _unusable(path, account, "permission denied")


def _reuse(noted: Location, directory: Path) -> tuple[Path, Account | None]:
    path = Path(noted.path)
    inside = noted.path == noted.home
    if noted.home != str(directory):
        if inside:
            path = directory
        elif (Path(noted.home) / "location.json").exists():
            raise CannotStart(
                f"{directory} 是 {noted.home} 的副本，两者会共用同一个数据库；请删除副本中的 postgres 目录。",
                f"{directory} is a copy of {noted.home}: both would use one database. "
                "Remove the copy's postgres directory.",
            )
    account = _owner(noted.account, path)
    if not path.is_dir() or not can_enter(path, account):
        raise _unusable(path, account, "permission denied or missing")
    return path, account


def _owner(name: str | None, path: Path) -> Account | None:
    if os.geteuid() == 0 and name is not None:
        return service_account(name)
    if os.geteuid() == 0:  # an ordinary user made it: its files keep their owner
        made = path.stat()
        return Account(f"uid {made.st_uid}", made.st_uid, made.st_gid) if made.st_uid else service_account()
    if name is not None:
        raise CannotStart(
            f"这个目录的数据库是 root 建的，由账号 {name} 运行；请以 root 启动，或另用一个 XIAOHAO_HOME。",
            f"The database of this home was made by root and runs as {name}; "
            "start it as root, or use another XIAOHAO_HOME.",
        )
    return None


def _unusable(path: Path, account: Account | None, why: str) -> CannotStart:
    name = account.name if account else "?"
    return CannotStart(
        f"数据库目录 {path} 无法供账号 {name} 使用（{why}）。",
        f"The database directory {path} cannot be used by account {name} ({why}).",
        remedy_zh="恢复该目录及其上级的权限，或用 XIAOHAO_STATE_DIR 另指位置。",
        remedy_en="Restore access to it and its parents, or point XIAOHAO_STATE_DIR elsewhere.",
    )
