"""``python -m chaos``: a service of its own, a run, a report; exit code 0 when everything held.

``python -m chaos enterprise``: the same for what passes between cases and their enterprises.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from chaos import enterprise_run
from chaos.run import Options, run
from chaos.service import PARTS, Service

LOG = "chaos.jsonl"
"""The client log, in the home of the run."""


ENTERPRISE = "enterprise"
"""The word that asks for the run of enterprises."""


class Report(Protocol):
    """What a run comes to."""

    @property
    def clean(self) -> bool: ...
    def lines(self) -> list[str]: ...


Run = Callable[[Service, Path], Awaitable[Report]]


def _cases(words: Sequence[str]) -> tuple[Run, Path | None]:
    standard = Options()
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--commands", type=int, default=standard.commands, help="commands to drive")
    parser.add_argument("--cases", type=int, default=standard.cases, help="cases to open, about")
    parser.add_argument("--each", type=int, default=standard.each, help="kills of every part")
    parser.add_argument("--doubles", type=int, default=standard.doubles, help="kills of two parts at once")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what may be killed")
    given, home = _given(parser, standard.seed, words)
    options = Options(**(given | {"parts": tuple(given["parts"])}))
    return lambda service, log: run(service, options, log), home


def _enterprises(words: Sequence[str]) -> tuple[Run, Path | None]:
    standard = enterprise_run.Options()
    parser = argparse.ArgumentParser(prog=f"python -m chaos {ENTERPRISE}", description=__doc__)
    parser.add_argument(
        "--kills", type=int, default=standard.kills, help="kills of worker and Temporal, in all"
    )
    given, home = _given(parser, standard.seed, words)
    options = enterprise_run.Options(**given)
    return lambda service, log: enterprise_run.run(service, options, log), home


def _given(
    parser: argparse.ArgumentParser, seed: int, words: Sequence[str]
) -> tuple[dict[str, Any], Path | None]:
    parser.add_argument("--seed", type=int, default=seed, help="draws people, stories and kills")
    parser.add_argument(
        "--home", type=Path, default=None, help="a home to use and keep (default: a temporary one)"
    )
    given = vars(parser.parse_args(words))
    return given, given.pop("home")


async def _main() -> int:
    for noisy in ("httpx2", "temporalio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    words = sys.argv[1:]
    of_enterprises = words[:1] == [ENTERPRISE]
    drive, home = _enterprises(words[1:]) if of_enterprises else _cases(words)
    if home is not None and (home / LOG).exists():
        sys.stdout.write(f"{home} 已经用过，请另选目录 · {home} was used already, choose another\n")
        return 2
    service = await Service.start(home)
    try:
        report = await drive(service, service.home / LOG)
        for line in report.lines():
            sys.stdout.write(line + "\n")
        if not report.clean:
            sys.stdout.write(service.output.read_text("utf-8"))
    finally:
        await service.stop()
    return 0 if report.clean else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
