"""Running a one-shot command: settings, logs, a database that is closed, a refusal in words, an exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

from ledger.sessions import Database
from models.errors import XiaohaoError
from runtime.database import database_url
from runtime.logs import configure_logging
from runtime.screen import Screen, visible
from runtime.settings import Settings, get_settings

out = Screen(soft_wrap=True)
T = TypeVar("T")


def finish(code: int = 0) -> NoReturn:
    """End a one-shot command at once: the engine's threads may not outlive the interpreter."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def once(
    work: Callable[[Settings], Coroutine[Any, Any, int | None]], *, home: Path | None = None
) -> NoReturn:
    """Run a one-shot command; a refusal, and a file that cannot be read or written, become one readable paragraph and
    exit code 1."""
    settings = get_settings() if home is None else Settings(home=home)
    configure_logging(settings)
    try:
        finish(asyncio.run(work(settings)) or 0)
    except XiaohaoError as error:
        remedy = "".join(f"\n→ {text}" for text in (error.remedy_zh, error.remedy_en) if text)
        sys.stderr.write(visible(f"{error.zh}\n{error.en}{remedy}\n"))
        finish(1)
    except OSError as error:
        if error.filename is None:  # no file anybody named
            raise
        sys.stderr.write(
            visible(f"无法读写 {error.filename} · cannot be read or written: {error.strerror}\n")
        )
        finish(1)


async def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run ``work`` with a pool that is closed afterwards."""
    database = Database(database_url(settings), pool_size=4)
    try:
        return await work(database)
    finally:
        await database.dispose()


def one_of(kind: Any, value: str) -> str:
    """``value`` if it is one of an enumeration; a usage error listing them otherwise."""
    try:
        return str(kind(value).value)
    except ValueError:
        raise typer.BadParameter(f"{value}: {', '.join(one.value for one in kind)}") from None
