"""The one directory everything lives in (``XIAOHAO_HOME``), its lock, and the note of what runs there."""

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from models.errors import EngineUnavailable
from runtime.processes import ProcessId, start_mark
from runtime.settings import Settings


class CannotStart(EngineUnavailable):
    """A part of the service cannot be started or reached; the sentence says which and what to do."""

    code = "cannot_start"


class RunState(BaseModel, frozen=True):
    """``run.json``: what the running supervisor started, so that other processes on this machine find it."""

    supervisor: ProcessId
    database_url: str | None = None
    owner_url: str | None = None
    """The same database as its owner signs in, for migrations."""
    temporal_address: str | None = None
    temporal_ui: str | None = None
    api_url: str | None = None
    ports: dict[str, int] = {}
    parts: dict[str, ProcessId] = {}

    @classmethod
    def of_this_process(cls, **values: Any) -> "RunState":
        """A note of this very process."""
        pid = os.getpid()
        return cls(supervisor=ProcessId(pid=pid, started=start_mark(pid) or ""), **values)


class Home:
    """Paths below the home directory.

    Only the owner may read it; root lets the database account pass through to its own data.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.logs = root / "logs"
        self.keys = root / "keys"
        self.objects = root / "objects"
        self.temporal = root / "temporal"
        self.postgres = root / "postgres"
        self.lock_file = root / "lock"
        self.run_file = root / "run.json"

    def prepare(self) -> None:
        """Create what is missing; what exists keeps its mode.

        Raises :class:`CannotStart` when the directory cannot be written.
        """
        through = 0o711 if os.geteuid() == 0 else 0o700
        modes = {self.root: through, self.postgres: through}
        try:
            self._create(modes)
            if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise CannotStart(
                f"数据目录 {self.root} 无法写入（{error.strerror}）。"
                "请检查属主与权限，或用 XIAOHAO_HOME 另指目录。",
                f"The data directory {self.root} cannot be written ({error.strerror}). "
                "Check its owner and mode, or point XIAOHAO_HOME elsewhere.",
            ) from error

    def _create(self, modes: Mapping[Path, int]) -> None:
        for path in (self.root, self.postgres, self.logs, self.keys, self.objects, self.temporal):
            if not path.is_dir():
                path.mkdir(parents=True)
                path.chmod(modes.get(path, 0o700))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home alone. The kernel drops the lock when we die, so a crash never leaves it behind.

        Raises :class:`CannotStart` with one sentence when another supervisor holds it.
        """
        with self.lock_file.open("a+") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                held.seek(0)
                owner = held.read().strip() or "?"
                raise CannotStart(
                    f"本目录 {self.root} 已有一套服务在运行（进程 {owner}），不再重复启动。",
                    f"A service is already running on {self.root} (process {owner}); not started twice.",
                    remedy_zh="先停止它，或用 XIAOHAO_HOME 另指目录。",
                    remedy_en="Stop it first, or point XIAOHAO_HOME elsewhere.",
                ) from error
            held.truncate(0)
            held.write(str(os.getpid()))
            held.flush()
            yield

    def write_run(self, state: RunState) -> None:
        """Replace ``run.json`` in one step; readable by the owner only."""
        fresh = self.run_file.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(state.model_dump(mode="json"), out, indent=1)
        fresh.replace(self.run_file)

    def last_run(self) -> RunState | None:
        """What the last supervisor wrote, running or not."""
        try:
            return RunState.model_validate_json(self.run_file.read_text("utf-8"))
        except (FileNotFoundError, PermissionError, ValidationError):
            return None

    def running(self) -> RunState | None:
        """What runs here now; ``None`` when no supervisor of this home lives."""
        state = self.last_run()
        return state if state and state.supervisor.alive else None


def home_of(settings: Settings) -> Home:
    """The home these settings name."""
    return Home(settings.home)
