"""People at the doors of the workflows: signed as the API signs, asked again until the answer is definite, and logged.

As the API does, every attempt first looks into the ledger: for the command itself, and for where its subject stands.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

from temporalio.client import Client

from chaos.clients import PATIENCE_SECONDS, Answer
from chaos.enterprise_law import bearing_named
from chaos.log import ACKED, REFUSED, UNKNOWN, ClientLog
from chaos.service import Service
from demo import places
from demo.people import BY_NAME, PEOPLE
from ledger.claims import Words, claim
from ledger.readers.case import find_command
from ledger.readers.enterprise_files import entity_of, find_enterprise_command
from ledger.readers.operations import snapshot_of
from ledger.readers.rules import rules_in_force
from ledger.sessions import SYSTEM_SCOPE, Database, Scope
from models.caseclocks import Rules
from models.commands import COMMANDS
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.envelope import EnterpriseEnvelope
from models.envelope import CommandEnvelope, Envelope, Facts, seal, sign
from models.errors import EngineUnavailable, Pending, XiaohaoError
from runtime.keys import command_keys
from runtime.settings import Settings
from workflows.doors import Doors
from workflows.messages import Tuning
from workflows.plugin import plugin

_COMMANDS = uuid.UUID("3d0f4f3e-5d0b-5b0e-8a55-0c6c3e2d9f11")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 0.8
_IMPATIENCE = timedelta(seconds=1.5)
"""These people ask again sooner than the API would."""
_RUN_EVENTS = 60
"""Runs end early, so that continue-as-new falls among the kills."""
_UNSURE = (Pending, EngineUnavailable)
E = TypeVar("E", Envelope, EnterpriseEnvelope)
_LEADERS = ("section_head", "deputy_head", "head")

FACTS = Facts(
    certified=tuple(sorted(one.user_id for one in PEOPLE if one.certificate)),
    officials={BY_NAME[name].user_id: BY_NAME[name].role.value for name in _LEADERS},
    grounds=("counter",),
)
"""What the API would look up for the commands given here."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What the ledger says before an attempt: where the command stands in it, and its subject's last entry."""

    given: int | None
    seen: int


def command_id_of(actor_id: str, key: str) -> str:
    """The id of the command an actor gives under a key."""
    return str(uuid.uuid5(_COMMANDS, f"{actor_id}\n{key}"))


class Doorstep:
    """Everybody, before the doors of one service. ``bearing`` is called when a bearing entry was acknowledged."""

    def __init__(
        self,
        ways_in: Doors,
        key: bytes,
        database: Database,
        rules: Rules,
        log: ClientLog,
        rng: random.Random,
        bearing: Callable[[], None],
    ) -> None:
        self.log = log
        self.policy = rules.policy
        self._calendar = rules.calendar
        self._doors = ways_in
        self._key = key
        self._database = database
        self._rng = rng
        self._bearing = bearing

    @classmethod
    async def of(
        cls, service: Service, log: ClientLog, rng: random.Random, bearing: Callable[[], None]
    ) -> Self:
        """Before the doors of a running service."""
        settings = Settings(home=service.home, command_keys=None)
        address = str(service.state.temporal_address)
        client = await Client.connect(address, namespace=settings.namespace, plugins=[plugin()])
        ways_in = Doors(
            client,
            settings.task_queue,
            timeout=_IMPATIENCE,
            task_timeout=timedelta(seconds=settings.task_timeout_seconds),
            tuning=Tuning(jitter_seconds=settings.timer_jitter_seconds, run_events=_RUN_EVENTS),
        )
        database = Database(service.database_url, pool_size=8)
        async with database.read(SYSTEM_SCOPE) as session:
            rules = await rules_in_force(session, datetime.now(UTC))
        return cls(ways_in, command_keys(settings).signing_key, database, rules, log, rng, bearing)

    async def close(self) -> None:
        """Go home."""
        await self._database.dispose()

    # -- asking ----------------------------------------------------------------------------------
    async def open(self, who: str, key: str, case: str, fields: dict[str, Any], **told: Any) -> Answer:
        """Open a case: the opening carries the rules in force."""
        rules = {
            "policy": self.policy.model_dump(mode="json", exclude_defaults=True),
            "calendar": self._calendar.model_dump(mode="json"),
        }
        return await self._case(who, key, case, "open", fields | rules, self._doors.open, told)

    async def command(
        self, who: str, key: str, case: str, command: str, fields: dict[str, Any], **told: Any
    ) -> Answer:
        """Give a command to a case; ``told`` goes into the log as it is."""
        return await self._case(who, key, case, command, fields, self._doors.command, told)

    async def _case(
        self,
        who: str,
        key: str,
        case: str,
        command: str,
        fields: dict[str, Any],
        door: Callable[[Envelope], Awaitable[Any]],
        told: dict[str, Any],
    ) -> Answer:
        payload, texts = seal(COMMANDS[command].model_validate(fields))
        actor = BY_NAME[who].actor
        envelope = Envelope(
            command_id=command_id_of(actor.user_id, key),
            case_id=case,
            command=command,
            payload=payload,
            actor=actor,
            facts=FACTS,
            issued_at=datetime.now(UTC),
        )
        named = {"key": key, "actor": actor.user_id, "case": case, "command": command, "expected": True}
        return await self._logged(
            ("sent", "done"),
            named | told,
            lambda: self._case_stand(envelope.command_id, case),
            lambda stand: self._kept(envelope, texts, lambda: door(sign(_now(envelope, stand), self._key))),
        )

    async def enterprise(self, who: str, key: str, firm: str, command: str, fields: dict[str, Any]) -> Answer:
        """Give a command to an enterprise."""
        payload, texts = seal(ENTERPRISE_COMMANDS[command].model_validate(fields))
        actor = BY_NAME[who].actor
        envelope = EnterpriseEnvelope(
            command_id=command_id_of(actor.user_id, key),
            enterprise_id=firm,
            district_id=places.DISTRICT_ID,
            command=command,
            payload=payload,
            actor=actor,
            facts=FACTS,
            issued_at=datetime.now(UTC),
        )
        named = {"key": key, "actor": actor.user_id, "firm": firm, "command": command, "fields": fields}
        return await self._logged(
            ("asked", "answered"),
            named | {"command_id": envelope.command_id},
            lambda: self._firm_stand(envelope.command_id, firm),
            lambda stand: self._kept(
                envelope,
                texts,
                lambda: self._doors.command_enterprise(sign(_now(envelope, stand), self._key)),
            ),
        )

    async def _kept(
        self, envelope: CommandEnvelope, texts: dict[str, Any], send: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Send a command whose words are kept before, as the API keeps them."""
        actor, case = envelope.actor, envelope.subject if isinstance(envelope, Envelope) else None
        words = Words(envelope.command_id, case, places.DISTRICT_ID, texts)
        async with self._database.write(Scope.of(actor)) as session:
            await claim(session, actor, envelope.command_id, envelope.digest(), words)
        return await send()

    async def _logged(
        self,
        kinds: tuple[str, str],
        named: dict[str, Any],
        look: Callable[[], Awaitable[Stand]],
        ask: Callable[[Stand], Awaitable[Any]],
    ) -> Answer:
        sent_at = self.log.write(kinds[0], wall=time.time(), **named)
        answer = await self._until_definite(look, ask)
        events = list(answer.body.get("events", ()))
        self.log.write(
            kinds[1],
            **named,
            sent_at=sent_at,
            wall=time.time(),
            status=answer.status,
            http=None,
            code=answer.body.get("rule") or answer.body.get("code") or "" if not answer.acked else "",
            attempts=answer.attempts,
            first=answer.body.get("first"),
            last=answer.body.get("last"),
            events=events,
            cases=[],
        )
        if answer.acked and bearing_named(named) is not None:
            self._bearing()
        return answer

    async def _until_definite(
        self, look: Callable[[], Awaitable[Stand]], ask: Callable[[Stand], Awaitable[Any]]
    ) -> Answer:
        until, pause, attempts = time.monotonic() + PATIENCE_SECONDS, _FIRST_PAUSE, 0
        while True:
            attempts += 1
            stand = await look()
            if stand.given is not None:
                return Answer(ACKED, None, {"first": stand.given}, attempts)
            try:
                reply = await ask(stand)
            except _UNSURE as unsure:
                if time.monotonic() > until:
                    return Answer(UNKNOWN, None, unsure.as_dict(), attempts)
            except XiaohaoError as refused:
                stand = await look()  # an attempt nobody answered may have taken effect since
                if stand.given is not None:
                    return Answer(ACKED, None, {"first": stand.given}, attempts)
                return Answer(REFUSED, None, refused.as_dict(), attempts)
            else:
                first = reply.seq - len(reply.events) + 1
                told = {"first": first, "last": reply.seq, "events": reply.events}
                return Answer(ACKED, None, told, attempts)
            await asyncio.sleep(pause * self._rng.uniform(0.7, 1.3))
            pause = min(pause * 1.6, _LONGEST_PAUSE)

    # -- looking ---------------------------------------------------------------------------------
    async def _case_stand(self, command_id: str, case: str) -> Stand:
        async with self._database.read(SYSTEM_SCOPE) as session:
            entry = await find_command(session, SYSTEM_SCOPE, command_id)
            row = await snapshot_of(session, SYSTEM_SCOPE, case)
        return Stand(entry.seq if entry is not None else None, row.seq if row is not None else 0)

    async def _firm_stand(self, command_id: str, firm: str) -> Stand:
        async with self._database.read(SYSTEM_SCOPE) as session:
            entry = await find_enterprise_command(session, SYSTEM_SCOPE, command_id)
            doc = await entity_of(session, firm)
        return Stand(entry.seq if entry is not None else None, doc["seq"] if doc else 0)

    async def flagged(self, firm: str) -> bool:
        """Whether the enterprise's file shows an open flag: what the head sees before answering."""
        async with self._database.read(SYSTEM_SCOPE) as session:
            doc = await entity_of(session, firm)
        return bool(doc and doc["flag"] and doc["flag"]["status"] == "open")


def _now(envelope: E, stand: Stand) -> E:
    """``envelope`` prepared now: a signature lives for minutes, a retry may come later."""
    return envelope.model_copy(update={"issued_at": datetime.now(UTC), "seen": stand.seen})


def moment() -> str:
    """This instant, as a fact that just happened is dated."""
    return datetime.now(UTC).isoformat()
