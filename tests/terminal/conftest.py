"""``xiaohao`` as a process of its own on a real database with a small district."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.registry import put_district
from ledger.sessions import Database
from tests.ledger.makers import ADMIN, district

ROOT = Path(__file__).parents[2]


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


@pytest.fixture
def xiaohao(database_url: str, tmp_path: Path) -> Command:
    """Run ``xiaohao`` with these arguments."""

    def run(*arguments: str, said: str = "") -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=ROOT,
            env=os.environ
            | {"DATABASE_URL": database_url, "XIAOHAO_HOME": str(tmp_path / "home"), "COLUMNS": "300"},
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run
