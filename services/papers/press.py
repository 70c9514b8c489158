"""The press (排版): papers are set in a process of its own, so that commands never wait for typesetting.

It is started by the first piece of work, sets one at a time, gives way to everything else on the machine as far as it is
told to, and is started again when it has died.
"""

from __future__ import annotations

import asyncio
import atexit
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Timer
from typing import IO, cast

from documents.errors import PaperError
from documents.work import Answer, Work
from runtime.settings import Settings

BEHIND, SOON = 19, 5
"""How far it gives way (nice): to everything, or a little, where somebody waits for what it sets."""
SECONDS = 120.0
"""How long one piece of work may take."""


class Press:
    """One process that sets papers, and the queue before it."""

    def __init__(self, fonts: tuple[Path, ...] = (), *, nice: int = SOON, seconds: float = SECONDS) -> None:
        self._command = (sys.executable, "-P", "-m", "documents", str(nice), *map(str, fonts))
        self._seconds = seconds
        self._queue = ThreadPoolExecutor(1, "press")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process and self._process.poll() is None else None

    async def pdf(self, work: Work) -> bytes:
        """The work as PDF. Raises :class:`PaperError`, also when it takes too long or the process dies of it twice."""
        return await asyncio.get_running_loop().run_in_executor(self._queue, self._set, work)

    def close(self) -> None:
        """End the process; the next piece of work starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _set(self, work: Work) -> bytes:
        line = work.model_dump_json().encode() + b"\n"
        for _ in range(2):
            try:
                answer, pdf = self._asked(line)
            except (OSError, EOFError):
                self.close()
                continue
            if refusal := answer.refusal():
                raise refusal
            return pdf
        raise PaperError(type(work).__name__, "文书排版中断", "the press died while it set the paper")

    def _asked(self, line: bytes) -> tuple[Answer, bytes]:
        """What the process answers. Raises OSError, EOFError when it has died; it is ended when it takes too long."""
        process = self._running()
        late = Timer(self._seconds, process.kill)
        late.start()
        try:
            ways = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            ways[0].write(line)
            ways[0].flush()
            told = ways[1].readline()
            answer = Answer.model_validate_json(told) if told.endswith(b"\n") else None
            pdf = ways[1].read(answer.size) if answer else b""
        finally:
            late.cancel()
        if answer is None or len(pdf) < answer.size:
            raise EOFError
        return answer, pdf

    def _running(self) -> subprocess.Popen[bytes]:
        if self.pid is None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return cast("subprocess.Popen[bytes]", self._process)


@lru_cache(maxsize=8)
def _press(fonts: str, nice: int) -> Press:
    press = Press(tuple(Path(one.strip()) for one in fonts.split(",") if one.strip()), nice=nice)
    atexit.register(press.close)
    return press


def press(settings: Settings, *, nice: int = SOON) -> Press:
    """The press of this process, with the site's own fonts first; one for each ``nice``."""
    return _press(settings.paper_fonts, nice)
