"""``xiaohao`` as a process of its own on a real database with a small district."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from ledger.registry import put_district
from ledger.sessions import Database
from tests.ledger.makers import ADMIN, district

ROOT = Path(__file__).parents[2]
_WIDE = {"COLUMNS": "300"}
_LATER = (
    "services.context",
    "services.gateway",
    "exchange.lists",
    "exchange.logs",
    "exchange.reports",
    "exchange.dump",
)
"""What commands load when they need it."""


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture(scope="module")
async def furnished(database: Database) -> Database:
    await district(database)
    async with database.write(replace(ADMIN, district_id="d2")) as session:
        await put_district(session, "d2", "邻区")
    return database


@pytest.fixture(scope="session")
def loaded() -> Iterator[ForkServerContext]:
    """A process that has loaded ``xiaohao`` and done nothing with it: every command is forked from it, for to load it takes
    seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cli", *_LATER, __name__])
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _WIDE.items():
            patch.setenv(name, value)
        forkserver.ensure_running()
    yield context
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # the standard library stops it at its own end alone


@pytest.fixture
def xiaohao(database_url: str, tmp_path: Path, loaded: ForkServerContext) -> Command:
    """Run ``xiaohao`` with these arguments."""
    files = [tmp_path / f"{name}.txt" for name in ("said", "out", "err")]
    own = {"DATABASE_URL": database_url, "XIAOHAO_HOME": str(tmp_path / "home")}

    def run(*arguments: str, said: str = "") -> Answer:
        files[0].write_text(said, "utf-8")
        process = loaded.Process(target=_main, args=(arguments, os.environ | own, files))
        process.start()
        process.join()
        assert process.exitcode is not None
        out, err = (path.read_text("utf-8") for path in files[1:])
        return Answer(process.exitcode, out, err)

    return run


def _main(arguments: tuple[str, ...], settings: Mapping[str, str], files: list[Path]) -> None:
    os.environ |= settings
    os.chdir(ROOT)
    for fd, path in enumerate(files):
        os.dup2(os.open(path, os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.argv = ["xiaohao", *arguments]
    from cli import main

    main()
