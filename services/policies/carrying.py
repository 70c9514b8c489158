"""Carries a version to the open cases somebody chose, a few at a time, as part of the worker.

Each case is given the command in the name of whoever chose it, by the way their own command would take: with the right
they have at that moment, under an id that follows from the adoption and the case, so that it takes effect once whoever is
killed. What could not be heard for certain is asked again under the same id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ledger import adoptions
from ledger.credentials import actor_of
from ledger.readers.paging import Found
from ledger.sessions import SYSTEM_SCOPE, WriteSession
from models.errors import Conflict, EngineUnavailable, NotFound, Pending, TooManyRequests, XiaohaoError
from models.policyadoption import AdoptionState
from runtime.loops import Loop
from services.asking import asking
from services.cases.writes import PolicyBody, give_command
from services.context import Services

AT_ONCE = 5
EVERY_SECONDS = 0.1
IDLE_SECONDS = 5.0
LEASE = timedelta(minutes=2)
"""How long a case stays in the hands of a worker: longer than any command."""
AGAIN = timedelta(seconds=20)
"""When a case that could not be heard is asked again."""
MOST_ATTEMPTS = 10
_UNHEARD = (EngineUnavailable, Pending, TooManyRequests)

Answer = tuple[AdoptionState, str, str]


class Adopter(Loop):
    """Takes a few cases after another while any wait."""

    name = "adoption"

    def __init__(
        self,
        services: Services,
        *,
        at_once: int = AT_ONCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(EVERY_SECONDS, IDLE_SECONDS)
        self._services = services
        self._database = services.database
        self._at_once = at_once
        self._clock = clock

    async def once(self) -> int:
        """The next few cases; how many there were. Raises what the ledger raises, and EngineUnavailable when nobody was
        heard because Temporal is away: then no attempt is counted."""
        now = self._clock()
        async with self._database.write(SYSTEM_SCOPE) as session:
            found = await adoptions.take(session, now, now + LEASE, self._at_once)
            if not found:
                await adoptions.finish(session, now)
                return 0
        answers = await asyncio.gather(*map(self._tell, found))
        unheard = [one for one in answers if isinstance(one, XiaohaoError)]
        away = len(unheard) == len(found) and not await self._services.gateway.ready()
        async with self._database.write(SYSTEM_SCOPE) as session:
            for item, answer in zip(found, answers, strict=True):
                await self._note(session, item, answer, away=away)
        if away:
            raise unheard[0]
        return len(found)

    async def _note(
        self, session: WriteSession, item: Found, answer: Answer | XiaohaoError, *, away: bool
    ) -> None:
        now = self._clock()
        if not isinstance(answer, XiaohaoError):
            await adoptions.settle(session, item, answer[0], now, *answer[1:])
        elif away or item.attempts < MOST_ATTEMPTS:
            await adoptions.let_go(session, item, now + AGAIN, counts=not away)
        else:
            await adoptions.settle(session, item, AdoptionState.REFUSED, now, answer.zh, answer.en)

    async def _tell(self, item: Found) -> Answer | XiaohaoError:
        """What the case answered; the error where it was not heard for certain."""
        now = self._clock()
        async with self._database.read(SYSTEM_SCOPE) as session:
            row = await adoptions.asker_row(session, item.requested_by)
        if row is None:
            return (
                AdoptionState.REFUSED,
                "提出的人员已不在岗，请在岗人员重新办理",
                "whoever asked for it has left office: somebody in office must ask again",
            )
        body = PolicyBody(version=item.version, reason=item.reason)
        key = f"{item.adoption_id}/{item.case_id}"
        ask = asking(self._services, actor_of(row, now), key, "adopt_policy", item.case_id, body)
        try:
            await give_command(ask, item.case_id, "adopt_policy", body)
        except _UNHEARD as unsure:
            return unsure
        except Conflict as known:
            same = known.rule == "policy.same"
            return (AdoptionState.KNOWN if same else AdoptionState.REFUSED, known.zh, known.en)
        except XiaohaoError as refusal:
            return await self._refused(item, refusal)
        return AdoptionState.ADOPTED, "", ""

    async def _refused(self, item: Found, refusal: XiaohaoError) -> Answer:
        async with self._database.read(SYSTEM_SCOPE) as session:
            over = await adoptions.has_ended(session, item.case_id)
        gone = over or isinstance(refusal, NotFound)
        return (AdoptionState.ENDED if gone else AdoptionState.REFUSED, refusal.zh, refusal.en)
