"""The relay of messages (外发): spreads notices, gathers what is due, sends, and tries again.

All it knows lies in the ledger, so any number of it may run and any of it may die: what one had in hand another takes up
when the lease is over, under the same id. What somebody reads is made at that moment, from what they may know then.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from delivery import messages
from delivery.channels import Sender
from delivery.messages import Message, Voice
from ledger import deliveries
from ledger.deliveries import Taken
from ledger.readers.paging import Found
from ledger.readers.rules import calendar_around
from ledger.sessions import SYSTEM_SCOPE, Database
from models.actors import Role
from models.calendar import WorkingCalendar
from models.deliveries import (
    Answer,
    Channel,
    DeliveryRules,
    DeliveryState,
    Due,
    Line,
    Pace,
    Result,
    Trouble,
    due,
    gives_up,
    next_open,
    pause,
)
from runtime import contacts
from runtime.loops import Loop
from runtime.sealing import Unsealable
from runtime.settings import Settings

EVERY_SECONDS = 2.0
IDLE_SECONDS = 15.0
AT_ONCE = 16
"""Messages of one channel sent at the same time."""
MOST = 500
"""Notices looked at in one transaction."""
LEASES = 12
"""How many times a receiver's patience a message stays in hand: longer than any attempt."""

log = structlog.get_logger("delivery")


class Teller(Protocol):
    """What a person may read of some notices now: the unread ones as their console shows them; None for nobody."""

    async def __call__(
        self, user_id: str, notice_ids: Sequence[str], now: datetime
    ) -> Sequence[Line] | None: ...


class Deliverer(Loop):
    """One relay of messages."""

    name = "delivery"

    def __init__(
        self,
        database: Database,
        settings: Settings,
        rules: DeliveryRules,
        senders: Mapping[Channel, Sender],
        tell: Teller,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        luck: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(EVERY_SECONDS, IDLE_SECONDS)
        self._database = database
        self._settings = settings
        self._rules = rules
        self._senders = senders
        self._tell = tell
        self._clock = clock
        self._luck = luck
        self._lease = timedelta(seconds=settings.delivery_timeout_seconds * LEASES)

    async def once(self) -> int:
        """Whatever is to be done now; how much was. Raises what the ledger raises."""
        now = self._clock()
        calendar = await self._calendar(now)
        done = await self._spread(now, calendar)
        if not self._senders:
            return done
        opens = next_open(now, self._rules, calendar)
        while placed := await deliveries.gather(self._database, now, opens, MOST):
            done += placed
        return done + sum(await asyncio.gather(*(self._send_all(one, calendar) for one in self._senders)))

    # -- what is due ------------------------------------------------------------------------------------
    async def _calendar(self, now: datetime) -> WorkingCalendar:
        async with self._database.read(SYSTEM_SCOPE) as session:
            return await calendar_around(session, now)

    async def _spread(self, now: datetime, calendar: WorkingCalendar) -> int:
        def when(one: Found) -> Due | None:
            if one.audience_role == Role.TERRITORY and one.kind not in self._rules.territory:
                return None
            return due(one.kind, one.at, one.due_at, Pace(one.pace), self._rules, calendar)

        done = 0
        while seen := await deliveries.spread(self._database, now, when, MOST):
            done += seen
        return done

    # -- one channel ------------------------------------------------------------------------------------
    async def _send_all(self, channel: Channel, calendar: WorkingCalendar) -> int:
        """Every message of a channel whose turn it is; another channel's receivers hold none of them up."""
        done = 0
        while True:
            now = self._clock()
            taken = await deliveries.take(self._database, channel, now, now + self._lease, AT_ONCE)
            if not taken:
                return done
            await asyncio.gather(*(self._attempt(one, calendar) for one in taken))
            done += len(taken)

    async def _attempt(self, taken: Taken, calendar: WorkingCalendar) -> None:
        try:
            message = await self._message(taken)
            if message is None:
                await deliveries.settle(self._database, taken, state=DeliveryState.DROPPED, now=self._clock())
                return
            answer = await self._send(taken, message)
        except Unsealable:
            answer = Answer(Result.NEVER, Trouble.UNSEALED)
        except Exception as error:
            log.exception("delivery_broken", delivery_id=taken.delivery_id, error=type(error).__name__)
            answer = Answer(Result.UNSURE, Trouble.BROKEN, type(error).__name__)
        await self._settle(taken, answer, calendar)

    async def _message(self, taken: Taken) -> Message | None:
        """What to say; None when there is nothing left to say, or nowhere to say it."""
        if taken.address_id is None:
            return None
        voice, now = Voice(taken.language, self._settings.public_url), self._clock()
        if taken.kind == "code":
            asked_at = taken.made_at
            code = contacts.code_of(self._settings, taken.address_id, asked_at)
            minutes = self._rules.code_minutes
            fresh = now - asked_at < timedelta(minutes=minutes)
            return messages.of_code(taken.delivery_id, asked_at, code, minutes, voice) if fresh else None
        lines = await self._tell(taken.user_id, taken.notice_ids, now)
        if not lines:
            return None
        most = self._rules.most_lines
        return messages.of_notices(taken.delivery_id, taken.made_at, lines, voice, now, most)

    async def _send(self, taken: Taken, message: Message) -> Answer:
        contact = contacts.unseal(self._settings, taken.address_id or "", taken.sealed or b"")
        return await self._senders[Channel(taken.channel)].send(contact, message, self._clock())

    async def _settle(self, taken: Taken, answer: Answer, calendar: WorkingCalendar) -> None:
        now = self._clock()
        state, next_at = DeliveryState.WAITING, None
        if answer.result is Result.SENT:
            state = DeliveryState.SENT
        elif answer.result is Result.NEVER or gives_up(taken.began_at, now, self._rules):
            state = DeliveryState.FAILED
        else:
            again = now + pause(taken.attempts, self._rules, self._luck())
            next_at = again if taken.any_time else next_open(again, self._rules, calendar)
        await deliveries.settle(
            self._database,
            taken,
            state=state,
            now=now,
            next_at=next_at,
            unsure=answer.result is Result.UNSURE,
            trouble=answer.trouble,
            detail=answer.detail,
            ended=answer.result is Result.NEVER,
        )
        if state is DeliveryState.FAILED:
            log.warning(
                "delivery_failed",
                delivery_id=taken.delivery_id,
                channel=taken.channel,
                trouble=answer.trouble,
                attempts=taken.attempts,
            )
