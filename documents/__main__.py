"""``python -m documents NICE [FONTS…]``: the press. Sets one piece of work after another, from stdin to stdout.

It ends with whoever started it, and after a while without work; being asked to stop is for that process, not for this.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from documents.casefile import case_file
from documents.errors import PaperError
from documents.paper import Paper
from documents.typesetting import Typesetter
from documents.work import WORK, Answer, Work

IDLE_SECONDS = 300.0
"""So long it stays without work; what it holds (about 100 MB) is given back then."""


def lines(source: BinaryIO, idle: float) -> Iterator[bytes]:
    """The lines of ``source`` until its end, or until none came for ``idle`` seconds. One is written after the last is read."""
    while select.select([source], [], [], idle)[0] and (line := source.readline()):
        yield line


def done(setter: Typesetter, work: Work) -> tuple[Answer, bytes]:
    """The answer to a piece of work, and the PDF where there is one."""
    try:
        pdf = setter.pdf(work) if isinstance(work, Paper) else case_file(setter, work.cover, work.leaves)
    except PaperError as error:
        return Answer(kind=error.kind, zh=error.zh, en=error.en), b""
    return Answer(size=len(pdf)), pdf


def main(nice: int, fonts: list[Path], idle: float = IDLE_SECONDS) -> None:
    """Set what comes until nothing comes."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    setter = Typesetter(fonts)
    os.nice(nice)  # only now: it is there soon, however busy the others are
    for line in lines(sys.stdin.buffer, idle):
        answer, pdf = done(setter, WORK.validate_json(line))
        sys.stdout.buffer.write(answer.model_dump_json().encode() + b"\n" + pdf)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
