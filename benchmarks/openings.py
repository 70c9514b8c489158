"""Many open cases with a running workflow each, made in minutes: written as the projector writes them, begun from the ledger as
``xiaohao case repair`` begins one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any

from rich.progress import track
from sqlalchemy import select

from benchmarks.service import Service
from demo import reference
from demo.findings import FINDINGS
from demo.lives import Life
from demo.many import Run
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import cases
from models.caseclocks import Rules
from models.snapshot import Case
from runtime.keys import command_keys
from runtime.temporal import connect
from worker import doors
from workflows.messages import Carried
from workflows.plugin import plugin

STARTS = 32
"""Workflows started at once."""


async def opened(running: Service, database: Database, rules: Rules, at: datetime, count: int) -> float:
    """``count`` leads received at ``at``, and their workflows; how many a second were begun."""
    key = command_keys(running.settings).signing_key
    told = [Life(at, rules, "transfer", one).recorded() for one in FINDINGS.values()]
    run = Run(database, rules.policy, told, "opened", key)

    async def kept(_: int) -> None:
        """Nothing is kept of a ledger that goes with the run."""

    async with reference.alone(database):
        await run.tell(0, count, kept)
    way = doors(await connect(running.settings, [plugin()]), running.settings)
    async with database.read(SYSTEM_SCOPE) as session:
        rows = (await session.execute(select(cases.c.case_id, cases.c.doc))).all()
    began = time.perf_counter()
    starts = (
        way.begin_anew(one.case_id, Carried(case=Case.model_validate(one.doc), rules=rules), key)
        for one in rows
    )
    await spread(starts, count, "流程 · workflows")
    return count / (time.perf_counter() - began)


async def spread(calls: Iterable[Awaitable[Any]], count: int, what: str) -> None:
    """All of ``calls``, some at once, with a bar."""
    left = iter(track(calls, what, total=count))

    async def drive() -> None:
        for call in left:
            await call

    await asyncio.gather(*(drive() for _ in range(STARTS)))
