"""``python -m chaos``: a service of its own, a run, a report; exit code 0 when everything held."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from chaos.run import Options, run
from chaos.service import PARTS, Service

LOG = "chaos.jsonl"
"""The client log, in the home of the run."""


def _options() -> tuple[Options, Path | None]:
    standard = Options()
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--commands", type=int, default=standard.commands, help="commands to drive")
    parser.add_argument("--seed", type=int, default=standard.seed, help="draws people, stories and kills")
    parser.add_argument("--cases", type=int, default=standard.cases, help="cases to open, about")
    parser.add_argument("--each", type=int, default=standard.each, help="kills of every part")
    parser.add_argument("--doubles", type=int, default=standard.doubles, help="kills of two parts at once")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what may be killed")
    parser.add_argument(
        "--home", type=Path, default=None, help="a home to use and keep (default: a temporary one)"
    )
    given = vars(parser.parse_args())
    home = given.pop("home")
    return Options(**(given | {"parts": tuple(given["parts"])})), home


async def _main() -> int:
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    options, home = _options()
    if home is not None and (home / LOG).exists():
        sys.stdout.write(f"{home} 已经用过，请另选目录 · {home} was used already, choose another\n")
        return 2
    service = await Service.start(home)
    try:
        report = await run(service, options, service.home / LOG)
        for line in report.lines():
            sys.stdout.write(line + "\n")
        if not report.clean:
            sys.stdout.write(service.output.read_text("utf-8"))
    finally:
        await service.stop()
    return 0 if report.clean else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
