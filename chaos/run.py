"""One run from beginning to end: furnish, drive, kill, wait, check."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from pathlib import Path

from chaos.check import check, read, sent_commands
from chaos.clients import Clients
from chaos.crowd import Town
from chaos.law import FINAL
from chaos.log import ClientLog
from chaos.nemesis import Nemesis, plan
from chaos.report import Report, summary, surprises
from chaos.service import PARTS, Service


@dataclass(frozen=True, slots=True)
class Options:
    """How much of it; the same seed draws the same people, stories and kills."""

    commands: int = 200
    seed: int = 1
    cases: int = 20
    each: int = 2
    """Kills of every part."""
    doubles: int = 2
    """Kills of two parts at once, besides."""
    parts: tuple[str, ...] = PARTS


async def run(service: Service, options: Options, log_path: Path) -> Report:
    """Drive ``service`` through the run and judge it."""
    began = time.monotonic()
    rng = random.Random(options.seed)  # noqa: S311 - a script, not a secret
    await service.furnish()
    log = ClientLog(log_path)
    clients = Clients(service.api, log, rng)
    town = Town(clients, log, options.seed, options.commands, options.cases)
    moments = plan(rng, options.commands, options.each, options.doubles, options.parts)
    try:
        await town.sign_in()
        await _live(town, Nemesis(service, log, rng, moments))
        code, first = await service.run("verify")
        silent = await town.knock()
        again, second = await service.run("verify")
    finally:
        await clients.close()
        log.close()
    sent = sent_commands(log_path)
    report = summary(log_path, sent)
    report.verify = second.splitlines()[-1] if second else ""
    ledger = await read(service.database_url)
    ended = frozenset(case for case, row in ledger.cases.items() if row["state"] in FINAL)
    report.problems += check(sent, ledger) + surprises(sent, ended)
    report.problems += [f"silent case {one}" for one in silent]
    report.problems += [f"xiaohao verify: {said}" for bad, said in ((code, first), (again, second)) if bad]
    report.seconds = time.monotonic() - began
    return report


async def _live(town: Town, nemesis: Nemesis) -> None:
    """The stories and the nemesis to their end; when one fails, both end."""

    async def stories() -> None:
        await town.live()
        nemesis.finish()

    async with asyncio.TaskGroup() as together:
        together.create_task(nemesis.run())
        together.create_task(stories())
