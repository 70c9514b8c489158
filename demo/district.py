"""``xiaohao demo``: make the demo district, or finish one that was interrupted; only on a demo database."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from demo import reference
from demo.cases import STORIES, chapters
from demo.enterprises import ENTERPRISES
from demo.many import fill
from demo.people import NAMED
from demo.telling import Teller, Town
from ledger.sessions import Database
from models.actors import ROLE_LABELS
from models.calendar import calendar_between
from models.clocks import SHANGHAI
from models.errors import XiaohaoError
from runtime.database import database_url
from runtime.home import home_of
from runtime.keys import command_keys
from runtime.screen import Screen
from runtime.settings import Settings

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_REQUEST_SECONDS = 30.0
_WIDTH = 118


async def make(settings: Settings, console: Console | None = None) -> int:
    """Make the demo district over the running API, and print its accounts. The exit code: 0, or 1 when refused.

    Made again, it only prints; interrupted, it goes on where it stopped.
    """
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    out = console or Screen(width=_WIDTH, highlight=False)
    try:
        database = Database(database_url(settings), pool_size=4)
        try:
            async with reference.alone(database):
                await _make(settings, database, out)
        finally:
            await database.dispose()
    except XiaohaoError as error:
        remedy = "".join(f"\n→ {words}" for words in (error.remedy_zh, error.remedy_en) if words)
        out.print(f"{error.zh}\n{error.en}{remedy}", markup=False)
        return 1
    return 0


async def make_many(settings: Settings, *, cases: int) -> int:
    """Make a demo ledger of ``cases`` cases that no workflow holds, for lists and measurements; as :func:`make` otherwise."""
    out = Screen(width=_WIDTH, highlight=False)
    database = Database(database_url(settings), pool_size=2)
    began = time.monotonic()
    try:
        with Progress(TextColumn("案件 cases"), BarColumn(), MofNCompleteColumn(), console=out) as bar:
            task = bar.add_task("", total=cases)
            key = command_keys(settings).signing_key
            await fill(database, cases, datetime.now(UTC), key, lambda n: bar.update(task, completed=n))
        await reference.give_password(database, demo_password(settings))
    finally:
        await database.dispose()
    out.print(f"{cases} 件 · cases ({time.monotonic() - began:.0f} s)")
    return 0


async def _make(settings: Settings, database: Database, out: Console) -> None:
    mark = await reference.claim(database, datetime.now(UTC))
    since = datetime.fromisoformat(mark["since"])
    if not mark["complete"]:
        await reference.furnish(database, since)
    password = demo_password(settings)
    await reference.give_password(database, password)
    address = api_address(settings)
    if not mark["complete"]:
        await _tell(address, password, since, out)
        await reference.complete(database, mark)
    present(out, address, password)


async def _tell(address: str, password: str, since: datetime, out: Console) -> None:
    began = time.monotonic()
    cases = sum(len(chapters(story)) for story in STORIES)
    out.print(f"正在建立演示区：{cases} 件案件 · making the demo district: {cases} cases …")
    year = since.astimezone(SHANGHAI).year
    async with httpx2.AsyncClient(base_url=address, timeout=_REQUEST_SECONDS, trust_env=False) as client:
        town = Town(client, password)
        teller = Teller(town, since, calendar_between(year - 1, year))
        telling = [asyncio.create_task(teller.tell(story)) for story in STORIES]
        try:
            refusals = await asyncio.gather(*telling)
        finally:
            for one in telling:  # those that go on when one has given up
                one.cancel()
            await asyncio.gather(*telling, return_exceptions=True)
            await town.sign_out()
    for refusal in (one for part in refusals for one in part):
        out.print(f"未讲完 · cut short: {refusal}", markup=False)
    out.print(f"演示区已建立 · the demo district is made ({time.monotonic() - began:.1f} s)")


def api_address(settings: Settings) -> str:
    """Where the API answers: the service running on this home, else the configured address."""
    running = home_of(settings).running()
    return (running.api_url if running else None) or f"http://{settings.host}:{settings.port}"


def demo_password(settings: Settings) -> str:
    """The password of every demo account: made once, kept below home for its owner alone."""
    kept: Path = settings.home / "demo-password"
    try:
        return kept.read_text("utf-8").strip()
    except FileNotFoundError:
        fresh = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
        kept.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(fresh + "\n")
        return fresh


def present(out: Console, address: str, password: str) -> None:
    """Print the accounts, the password, the address, and what to try first."""
    table = Table(
        "账号 user",
        "姓名 name",
        "角色 role",
        "可以试 try",
        title="演示账号 · demo accounts",
        title_style="bold",
    )
    for person in NAMED:
        zh, en = ROLE_LABELS[person.role]
        table.add_row(person.username, person.name, f"{zh} {en}", f"{person.zh} · {person.en}")
    out.print(table)
    out.print(
        f"其余企业账号 enterprise3 … enterprise{len(ENTERPRISES)}，属地账号 territory2 … territory5，密码相同"
        " · the other enterprises and territories, same password",
        markup=False,
    )
    out.print(f"密码 password  {password}", style="bold", markup=False)
    out.print(f"管理台 console {address}（接口 API {address}/api/v1）", markup=False)
    for zh, en in FIRST_STEPS:
        out.print(f"· {zh}\n  {en}", markup=False)


FIRST_STEPS: tuple[tuple[str, str], ...] = (
    (
        "在浏览器打开管理台，以 inspector 登录，看“我的工作”：逾期的排在最前。接口：GET /api/v1/tasks。",
        "Open the console and sign in as inspector: “My work” has what is overdue first. API: GET /api/v1/tasks.",
    ),
    (
        "以 deputy_head 或 head 看“审批”：等您决定的事，每种答复之后会怎样。接口：GET /api/v1/approvals。",
        "As deputy_head or head read “Approvals”: what waits for you, and what follows each answer.",
    ),
    (
        "以 enterprise2 看 GET /api/v1/measures：告知书已送达的罚款，可以陈述申辩、申请听证。",
        "As enterprise2 read GET /api/v1/measures: a fine whose notice was served; state a defence, ask for a hearing.",
    ),
    (
        "以 enterprise2 看 GET /api/v1/cases：只有自己的案件；换 enterprise 打开其中一件，得到 404。",
        "As enterprise2 read GET /api/v1/cases: its own only; open one of them as enterprise and get a 404.",
    ),
    (
        "对 SIGNING_OFF 的重大隐患，以 section_head 销号会被拒并说明条文，以 head 销号成功。",
        "Sign off a major hazard in SIGNING_OFF as section_head: refused with the article; as head it succeeds.",
    ),
)
