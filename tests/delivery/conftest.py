"""A district whose people gave addresses, real receivers on this machine, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from standardwebhooks import Webhook

from delivery.channels import senders
from delivery.sending import Deliverer
from ledger.append import append
from ledger.sessions import Database
from ledger.tables import addresses, users
from models.batch import Notice
from policies import delivery_rules
from runtime import contacts
from runtime.contacts import Contact
from runtime.settings import Settings
from services.notices.telling import lines_for
from tests.ledger.looking import add, past_locks
from tests.ledger.makers import district, first, fresh

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Nine o'clock of a Tuesday in Shanghai."""
SECRET = "whsec_" + "QUJD" * 11
RULES = delivery_rules()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Clock:
    """The time of the test."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


class Mailbox:
    """What a mail server took; ``refuses`` maps a recipient to its answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self.data: str | None = None
        """What it answers to the next message's data instead of taking it."""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:
        if to in self.refuses:
            return self.refuses[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.data is not None:
            said, self.data = self.data, None
            return said
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@asynccontextmanager
async def mail_server(box: Mailbox, port: int) -> AsyncIterator[None]:
    """A real SMTP server."""
    server = Controller(box, hostname="127.0.0.1", port=port)
    await asyncio.to_thread(server.start)
    try:
        yield
    finally:
        await asyncio.to_thread(server.stop)


@dataclass
class Receiver:
    """A real receiver of webhooks that verifies what it takes; a path has a list of what to do at each request."""

    port: int = 0
    plans: dict[str, list[str]] = field(default_factory=dict)
    taken: list[tuple[str, str, Any]] = field(default_factory=list)
    """Path, webhook-id and event of every request whose signature was good, in order."""
    late: float = 1.5

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError):  # they left; the test is over
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        lines = [line.partition(": ") for line in head.split("\r\n")[1:] if line]
        headers = {name.lower(): value for name, _, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        plan = self.plans.get(path) or ["200"]
        what = plan.pop(0) if len(plan) > 1 else plan[0]
        if what != "500":  # it failed before it looked
            signed = (headers["webhook-id"], datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC))
            assert headers["webhook-signature"] == Webhook(SECRET).sign(*signed, body.decode())
            event = json.loads(body)
            self.taken.append((path, headers["webhook-id"], event))
        if what in ("hang", "late"):
            await asyncio.sleep(self.late)
        if what != "hang":
            status = what if what.isdigit() else "200"
            more = "Location: http://127.0.0.1:1/\r\n" if status.startswith("3") else ""
            writer.write(
                f"HTTP/1.1 {status} x\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
        writer.close()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    """The receiver listens."""
    server = await asyncio.start_server(receiver, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


@dataclass
class Post:
    """The outbox under test: its ledger, its settings, its time."""

    database: Database
    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def relay(self, **changed: Any) -> Deliverer:
        """A relay as the worker composes it."""
        settings = self.settings.model_copy(update=changed)
        return Deliverer(
            self.database,
            settings,
            RULES,
            senders(settings),
            partial(lines_for, self.database),
            clock=self.clock,
            luck=lambda: 0.5,
        )

    async def person(self, channel: str, to: str, *, pace: str = "urgent", **fields: Any) -> str:
        """Somebody with a confirmed address."""
        return (await self.people(channel, [to], pace=pace, **fields))[0]

    async def people(
        self, channel: str, homes: Sequence[str], *, pace: str = "urgent", **fields: Any
    ) -> list[str]:
        """People with a confirmed address each."""
        made, given = [], []
        for to in homes:
            user_id, address_id = fresh(), fresh()
            who = {"user_id": user_id, "username": user_id, "display_name": "王", "role": "inspector"}
            made.append(who | {"district_id": "d1", "org_id": "o-bureau"} | fields)
            row = {
                "user_id": user_id,
                "channel": channel,
                "district_id": "d1",
                "address_id": address_id,
                "sealed": contacts.seal(self.settings, address_id, Contact(to, SECRET)),
                "pace": pace,
                "language": "zh",
                "added_at": MORNING,
                "asked_at": MORNING,
                "confirmed_at": MORNING - timedelta(days=1),
            }
            given.append(row)
        async with past_locks(self.database) as connection:
            await add(connection, users, *made)
            await add(connection, addresses, *given)
        return [one["user_id"] for one in made]

    async def remind(self, people: Sequence[str], kind: str = "reminded", hours: int = 6, **case: Any) -> str:
        """A case that reminds these people now, written as the projector writes it."""
        now, case_id = self.clock(), str(uuid.uuid4())
        notices = tuple(
            Notice(
                notice_id=str(uuid.uuid4()),
                seq=1,
                kind=kind,
                audience_role="inspector",
                user_id=one,
                clock="rectify",
                due_at=now + timedelta(hours=hours),
                at=now,
            )
            for one in people
        )
        await append(self.database, first(case_id, notices=notices, **case))
        return case_id


@pytest.fixture(scope="module")
async def ledger(database: Database) -> Database:
    """The ledger of a small district."""
    await district(database)
    return database


@pytest.fixture
def post(ledger: Database, tmp_path: Path) -> Post:
    """An outbox whose mail server is away and whose webhooks may stay on this machine."""
    settings = Settings(
        home=tmp_path,
        secret_key="k" * 40,
        smtp_host="127.0.0.1",
        smtp_port=free_port(),
        smtp_tls="none",
        mail_from="xh@example.gov.cn",
        webhooks=True,
        webhooks_private=True,
        public_url="https://xh.example.gov.cn",
        delivery_timeout_seconds=0.7,
    )
    return Post(ledger, settings)
