"""The relay (传达): tells enterprises and cases to look into the ledger when something waits for them there.

What it sends carries no fact, and looking twice does nothing twice; so any number of relays may run, and one that was
away simply finds what still waits. It goes round: a hundred that never answer hold up nobody behind them. All it
remembers is how far it has come and whom it told in vain, so as not to keep knocking; whoever has looked since is told of
the next thing at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from ledger.imports import waiting_imports
from ledger.passeddays import tell_passed
from ledger.readers.enterprise_files import Kind, Waiting, waiting
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tallies import sum_up
from models.errors import EngineUnavailable
from models.instants import day_of
from runtime.loops import Loop

EVERY_SECONDS = 1.0
IDLE_SECONDS = 5.0
IMPORTS_SECONDS = 2.0
DAYS_SECONDS = 60.0
TALLIES_SECONDS = 60.0
PATIENCE_SECONDS = 60.0
"""The longest pause before one that was told in vain is told again; each pause is twice the one before."""
AT_ONCE = 100
"""How many of each kind are asked for at once; the next look goes on behind the last of them, and round again."""
ANSWER_SECONDS = 2.0
"""How long one that does not answer may hold up the others: a workflow can be busy while Temporal is well."""

KINDS: tuple[Kind, ...] = ("enterprise", "case")


class Bell(Protocol):
    """The doors a relay knocks at."""

    def tell_enterprise(self, enterprise_id: str) -> Awaitable[None]: ...
    def tell_case(self, case_id: str) -> Awaitable[None]: ...


class Relay(Loop):
    """Polls the ledger about every second, more slowly while nothing waits; survives outages of either side."""

    name = "relay"

    def __init__(
        self,
        database: Database,
        doors: Bell,
        *,
        every: float = EVERY_SECONDS,
        idle: float = IDLE_SECONDS,
        limit: int = AT_ONCE,
        answer: float = ANSWER_SECONDS,
    ) -> None:
        super().__init__(every, idle)
        self._database = database
        self._doors = doors
        self._limit = limit
        self._answer = answer
        self._behind: dict[Kind, str] = {}
        """The last id of each kind at the last look; none where the next begins anew."""
        self._told: dict[Waiting, tuple[float, float]] = {}
        """Whom it told, until when it leaves them alone, and the pause after that."""

    async def once(self) -> int:
        """Tell those of the next ones for whom something waits and who were not told just now; how many were told.

        Raises what the ledger raises, and what Temporal raises when nobody could be told.
        """
        began, self._behind = self._behind, {}
        async with self._database.read(SYSTEM_SCOPE) as session:
            found = await waiting(session, self._limit, began)
        for kind in KINDS:
            self._turn(kind, began.get(kind, ""), [one for one in found if one.kind == kind])
        now = asyncio.get_running_loop().time()
        due = [one for one in found if self._told.get(one, (0.0, 0.0))[0] <= now]
        answers = await asyncio.gather(*(self._tell(one) for one in due), return_exceptions=True)
        failed = [answer for answer in answers if isinstance(answer, BaseException)]
        away = [one for one in failed if isinstance(one, EngineUnavailable)]
        if away and len(failed) == len(due):  # nobody in particular: Temporal is away, and was told nothing
            self._told.clear()
            raise away[0]
        for one in due:
            pause = min(self._told.get(one, (0.0, self._every))[1], PATIENCE_SECONDS)
            self._told[one] = (now + pause, pause * 2)
        return len(due)

    def _turn(self, kind: Kind, begin: str, found: list[Waiting]) -> None:
        """Where the next look begins; whoever was told in this part of the round and waits no more is forgotten."""
        ended = len(found) < self._limit
        if not ended:
            self._behind[kind] = found[-1].id
        still, last = set(found), found[-1].id if found else ""
        for one in [*self._told]:
            if one.kind == kind and one.id > begin and (ended or one.id <= last) and one not in still:
                del self._told[one]

    @property
    def going_round(self) -> bool:
        """Whether the last look left something to look at behind it."""
        return bool(self._behind)

    async def step(self) -> bool:
        """Whether somebody was told, or there is more to look at."""
        return bool(await self.once()) or self.going_round

    async def _tell(self, one: Waiting) -> None:
        tell = self._doors.tell_enterprise if one.kind == "enterprise" else self._doors.tell_case
        async with asyncio.timeout(self._answer):
            await tell(one.id)


class ImportRelay(Loop):
    """Has every import that has not ended worked off: whatever was killed between sending it and its last row, it goes on."""

    name = "imports"

    def __init__(
        self,
        database: Database,
        begin: Callable[[str], Awaitable[None]],
        *,
        every: float = IMPORTS_SECONDS,
        idle: float = IMPORTS_SECONDS,
    ) -> None:
        super().__init__(every, idle)
        self._database = database
        self._begin = begin

    async def once(self) -> int:
        """Begin those that have not ended; how many there are. Begun already, they are left alone."""
        async with self._database.read(SYSTEM_SCOPE) as session:
            found = await waiting_imports(session)
        for import_id in found:
            await self._begin(import_id)
        return len(found)


class TallyRelay(Loop):
    """Sums up the tallies of the overview, so that they stay few."""

    name = "tallies"

    def __init__(self, database: Database, *, every: float = TALLIES_SECONDS) -> None:
        super().__init__(every, every)
        self._database = database

    async def once(self) -> int:
        """Sum up; there is nothing to hurry for. Raises what the ledger raises."""
        async with self._database.write(SYSTEM_SCOPE) as session:
            await sum_up(session)
        return 0


class DayRelay(Loop):
    """Tells of days that passed outside every case: what no workflow waits for, the ledger itself is asked."""

    name = "days"

    def __init__(
        self,
        database: Database,
        *,
        idle: float = DAYS_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(EVERY_SECONDS, idle)
        self._database = database
        self._clock = clock

    async def once(self) -> int:
        """Tell of the next ones; how many there were. Raises what the ledger raises."""
        now = self._clock()
        async with self._database.write(SYSTEM_SCOPE) as session:
            return await tell_passed(session, day_of(now), now, AT_ONCE)
