"""``python -m benchmarks.digests [PEOPLE]``: a morning's digest for so many people, through a real mail server.

In the night every one of them was reminded of three cases. At nine the relay spreads the reminders, gathers them, and sends each
of them one message. Told: messages, seconds and messages a second, and the memory the relay took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.service import Service, service
from delivery.channels import senders
from delivery.sending import Deliverer
from demo import many
from demo.places import BUREAU, DISTRICT_ID
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import addresses, cases, deliveries, notices, users
from ledger.urls import as_user
from models.clocks import SHANGHAI
from policies import delivery_rules
from runtime import contacts
from runtime.contacts import Contact
from runtime.database import database_url, owner_url
from runtime.keys import command_keys
from runtime.postgres import SUPERUSER
from runtime.settings import Settings
from runtime.temporal import free_port
from services.notices.telling import lines_for

PEOPLE = 5_000
EACH = 3
NINE = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI).astimezone(UTC)
"""Of a working day."""
AT_ONCE = 1_000


async def main(people: int) -> None:
    """One morning; one JSON document."""
    async with service() as running, _mail_server() as port:
        settings = running.settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_tls": "none",
                "mail_from": "xh@example.gov.cn",
                "public_url": "https://xh.example.gov.cn",
            }
        )
        database = Database(database_url(settings), pool_size=10, projector=True)
        await _reminded(running, settings, database, people)
        relay = Deliverer(
            database,
            settings,
            delivery_rules(),
            senders(settings),
            partial(lines_for, database),
            clock=lambda: NINE,
        )
        began = time.perf_counter()
        while await relay.once():
            pass
        took = time.perf_counter() - began
        told = {"people": people, "seconds": round(took, 1), **await _sent(database)}
        told["per_second"] = round(people / took, 1)
        told["relay_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        await database.dispose()
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


@asynccontextmanager
async def _mail_server() -> AsyncIterator[int]:
    """A mail server that takes everything and keeps nothing."""
    port = free_port()
    sink = ("-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}")
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "aiosmtpd", *sink)
    try:
        yield port
    finally:
        server.terminate()
        await server.wait()


async def _reminded(running: Service, settings: Settings, database: Database, people: int) -> None:
    """The people with their addresses, and what the night's projector left for them."""
    await many.fill(database, EACH, datetime.now(UTC), command_keys(running.settings).signing_key)
    async with database.read(SYSTEM_SCOPE) as session:
        ids = list(await session.scalars(select(cases.c.case_id).order_by(cases.c.case_id).limit(EACH)))
    engine = create_async_engine(as_user(owner_url(running.settings), SUPERUSER))
    named = [f"bench-person-{no}" for no in range(people)]
    for some in (named[n : n + AT_ONCE] for n in range(0, people, AT_ONCE)):
        await _write(engine, users, map(_person, some))
        await _write(engine, addresses, (_address(settings, one) for one in some))
        await _write(engine, notices, (_notice(one, case) for one in some for case in ids))
    await engine.dispose()


async def _write(engine: AsyncEngine, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(table), list(rows))


def _person(name: str) -> dict[str, Any]:
    return {
        "user_id": name,
        "username": name,
        "display_name": "王",
        "role": "inspector",
        "district_id": DISTRICT_ID,
        "org_id": BUREAU,
    }


def _address(settings: Settings, name: str) -> dict[str, Any]:
    address, night = str(uuid.uuid4()), NINE - timedelta(hours=12)
    return {
        "user_id": name,
        "channel": "email",
        "district_id": DISTRICT_ID,
        "address_id": address,
        "sealed": contacts.seal(settings, address, Contact(f"{name}@example.gov.cn", "")),
        "pace": "urgent",
        "language": "zh",
        "added_at": night,
        "asked_at": night,
        "confirmed_at": night,
    }


def _notice(name: str, case: str) -> dict[str, Any]:
    return {
        "notice_id": str(uuid.uuid4()),
        "case_id": case,
        "district_id": DISTRICT_ID,
        "seq": 1,
        "kind": "reminded",
        "audience_role": "inspector",
        "user_id": name,
        "clock": "rectify",
        "due_at": NINE + timedelta(days=2),
        "at": NINE - timedelta(hours=8),
    }


async def _sent(database: Database) -> dict[str, Any]:
    sent = deliveries.c
    wanted = select(func.count(), func.count(sent.user_id.distinct()), func.sum(sent.notices)).where(
        sent.state == "sent"
    )
    async with database.read(SYSTEM_SCOPE) as session:
        messages, told, inside = (await session.execute(wanted)).one()
    return {"messages": messages, "people_told": told, "notices_in_them": int(inside or 0)}


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.digests", description=__doc__)
    asked.add_argument("people", type=int, nargs="?", default=PEOPLE)
    asyncio.run(main(asked.parse_args().people))
    sys.stdout.flush()
    os._exit(0)
