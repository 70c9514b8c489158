"""A read beside the statements it rests on: what the service's function takes, and what its statements take by themselves.

The statements are those the function sent, with the parameters it gave, run one after the other by the driver on a connection of
its own: prepared once, in a transaction of the same role and scope, so that PostgreSQL has the same plans. What comes of them is
left as it comes.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import asyncpg  # type: ignore[import-untyped]
from pydantic import BaseModel
from sqlalchemy import event

from ledger.sessions import Database, Scope, entrance
from models.actors import Actor
from services.approvals.reads import list_approvals
from services.approvals.views import ApprovalQuery
from services.cases.reads import list_cases
from services.cases.views import CaseQuery
from services.context import Services
from services.enterprises.reads import list_enterprises
from services.enterprises.views import EnterpriseQuery
from services.inspections.reads import list_inspections
from services.inspections.views import InspectionQuery
from services.measures.reads import list_measures
from services.measures.views import MeasureQuery
from services.notices.reads import list_notices
from services.notices.views import NoticeQuery
from services.overview.reads import show_overview
from services.overview.views import OverviewQuery
from services.tasks.reads import list_done, list_tasks
from services.tasks.views import DoneQuery, TaskQuery

Read = Callable[[], Awaitable[Any]]
Sent = list[tuple[str, tuple[Any, ...]]]
"""Statements with their parameters."""

AROUND = ("BEGIN", "COMMIT", "ROLLBACK")
"""What begins and ends transactions."""
BORN = {"timezone": "UTC", "jit": "off"}
"""Settings of the service's own connections."""
READS: dict[str, tuple[Callable[..., Awaitable[Any]], type[BaseModel]]] = {
    "/": (list_tasks, TaskQuery),
    "/approvals": (list_approvals, ApprovalQuery),
    "/cases": (list_cases, CaseQuery),
    "/done": (list_done, DoneQuery),
    "/enterprises": (list_enterprises, EnterpriseQuery),
    "/inspections": (list_inspections, InspectionQuery),
    "/measures": (list_measures, MeasureQuery),
    "/notices": (list_notices, NoticeQuery),
    "/overview": (show_overview, OverviewQuery),
}
"""Page → the read it shows, as a door calls it."""


def read_of(services: Services, actor: Actor, path: str) -> Read:
    """The read behind a page for ``actor``, whose query stands in the page's address."""
    address = urlsplit(path)
    read, query = READS[address.path]
    asked = query.model_validate(dict(parse_qsl(address.query)))
    return lambda: read(services, actor, asked)


async def sent_by(database: Database, read: Read) -> Sent:
    """The statements of one read; transactions are not among them."""
    sent: Sent = []
    with noted(database, lambda words, values: sent.append((words, tuple(values or ())))):
        await read()
        await asyncio.sleep(0)  # the driver tells of its own a moment later
    return [one for one in sent if not one[0].startswith(AROUND)]


@contextmanager
def noted(database: Database, note: Callable[[str, Any], None]) -> Iterator[None]:
    """``note`` hears every statement that goes to the database, by SQLAlchemy or by the driver itself."""

    def asked(_connection: Any, _cursor: Any, words: str, values: Any, *_: Any) -> None:
        note(words, values)

    def lent(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(told)

    def back(connection: Any, *_: Any) -> None:
        connection.driver_connection.remove_query_logger(told)

    def told(record: Any) -> None:
        if "pg_catalog." not in record.query:  # of types a connection asks once in its life
            note(record.query, record.args)

    engine = database.engine.sync_engine
    heard = {"before_cursor_execute": asked, "checkout": lent, "checkin": back}
    for name, listener in heard.items():
        event.listen(engine, name, listener)
    try:
        yield
    finally:
        for name, listener in heard.items():
            event.remove(engine, name, listener)


async def bare(driver: asyncpg.Connection, actor: Actor, sent: Sent) -> Read:
    """The same statements without anything around them, made ready."""
    ready = [(await driver.prepare(words), values) for words, values in sent]
    begin = entrance(Scope.of(actor), read_only=True)

    async def run() -> None:
        await driver.execute(begin)
        for statement, values in ready:
            await statement.fetch(*values)
        await driver.execute("COMMIT")

    return run


async def in_turn(arms: Mapping[str, Read], rounds: int) -> dict[str, float]:
    """Medians in milliseconds, one after the other in each round; the first warms up and is not counted."""
    took: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds + 1):
        for name, arm in arms.items():
            began = time.perf_counter()
            await arm()
            took[name].append(1000 * (time.perf_counter() - began))
    medians = {name: statistics.median(times[1:]) for name, times in took.items()}
    ratio = {"read_to_bare": round(medians["read_ms"] / medians["bare_ms"], 2)}
    return {name: round(value, 1) for name, value in medians.items()} | ratio
