"""``xiaohao demo --cases N``: a demo ledger of any size in minutes, as the projector writes it.

A few lives of cases are lived through on the pure core. The first telling of each is written by the projector; the rows it
left are then told again under other names (:mod:`demo.copies`): commands signed anew, numbers taken from the counters, every
chain computed from its first entry, so that ``xiaohao verify --ledger-only`` finds nothing to say. No workflow holds these
cases: they are for lists, reports and measurements. ``xiaohao repair`` begins the workflow of one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby, zip_longest
from operator import attrgetter

from demo import reference
from demo.copies import Copy, Original, Place, together
from demo.enterprises import ENTERPRISES, FIELDS, Enterprise
from demo.lives import Recorded, Retold, lives, names_of, told_again
from ledger.append import append_many
from ledger.claims import Words, keep_all
from ledger.inspections import record_inspection
from ledger.numbers import next_numbers
from ledger.readers.rules import calendar_around, policy_in_force
from ledger.sessions import SYSTEM_SCOPE, Database, Scope, WriteSession
from ledger.whole import keep_whole, whole, write_whole
from models.actors import BUREAU_ROLES, Actor
from models.caseclocks import Rules
from models.policy import Policy

AT_ONCE = 200
"""Cases of one transaction."""
_LOOKS_BACK = timedelta(days=800)
_STRIDE = 7919
"""From one telling to the next another life."""
_OFTEN = 3
"""A life that is over is told so many times as often: most cases of a ledger of years are closed."""
_FIRMS = [[one for one in ENTERPRISES if one.industry == industry] for industry in FIELDS]


async def fill(
    database: Database, cases: int, now: datetime, key: bytes, tell: Callable[[int], None] = lambda _: None
) -> None:
    """The demo district with ``cases`` such cases (``tell`` hears how many are there); those of an earlier run stay, and count.

    Raises Refused on a database that is no demo."""
    async with reference.alone(database):
        mark = await reference.claim(database, now)
        await reference.furnish(database, datetime.fromisoformat(mark["since"]))
        there = int(mark.get("many", 0))
        if there >= cases:
            return

        async def kept(many: int) -> None:
            await reference.put_mark(database, {**mark, "many": many})
            tell(many)

        run = await Run.begun(database, now, key)
        await run.tell(there, cases, kept)


class Run:
    """One making of many cases."""

    def __init__(
        self, database: Database, policy: Policy, told: Sequence[Recorded], name: str, key: bytes
    ) -> None:
        self._database, self._policy, self._key = database, policy, key
        self._name, self._lives = name, told
        self._people: dict[str, Actor] = {}
        self.originals: list[tuple[Retold, Original]] = []
        self._turns: list[int] = []

    @classmethod
    async def begun(cls, database: Database, now: datetime, key: bytes) -> Run:
        """Every life is lived through, none is told yet."""
        async with database.read(SYSTEM_SCOPE) as session:
            policy = await policy_in_force(session, now)
            rules = Rules(policy=policy, calendar=await calendar_around(session, now - _LOOKS_BACK, now))
        told = await asyncio.to_thread(lambda: [*lives(lambda _: rules, now)])
        name = now.isoformat()
        random.Random(name).shuffle(told)  # noqa: S311 - spreads cases, guards nothing
        return cls(database, policy, told, name, key)

    async def tell(self, there: int, cases: int, kept: Callable[[int], Awaitable[None]]) -> None:
        """All cases beyond those ``there``, up to so many; ``kept`` hears after each transaction how many are there."""
        await kept(await self.first_tellings(there, cases))
        todo = range(there + len(self.originals), cases)
        chunks = [todo[n : n + AT_ONCE] for n in range(0, len(todo), AT_ONCE)]
        ready = [asyncio.create_task(asyncio.to_thread(self.copies, chunk)) for chunk in chunks[:1]]
        for chunk, following in zip_longest(chunks, chunks[1:]):
            copies = await ready.pop()
            if following:  # is made while this one is written
                ready.append(asyncio.create_task(asyncio.to_thread(self.copies, following)))
            await self.write(copies)
            await kept(chunk.stop)

    async def first_tellings(self, there: int, cases: int) -> int:
        """The projector writes one case of every life, as far as ``cases`` want so many; how many are there then."""
        upto = min(there + len(self._lives), cases)
        told = [
            told_again(self._lives[n - there], *self._drawn(n, n - there), self._key)
            for n in range(there, upto)
        ]
        await self._say([words for one in told for words in one.words])
        for one in told:
            if one.visit is not None:
                await record_inspection(self._database, one.visit, self._policy.numbering)
        await append_many(self._database, [one.batch for one in told])
        async with self._database.read(SYSTEM_SCOPE) as session:
            for one in told:
                left, given = await whole(session, one.batch.case_id), [*one.names.values()]
                often = _OFTEN if one.batch.doc["closed_at"] else 1
                self._turns += [len(self.originals)] * often
                self.originals.append((one, Original(one.batch, one.envelopes, left, given, self._key)))
        return upto

    async def _say(self, words: Sequence[tuple[Actor, Words]]) -> None:
        """What officials said, each with their own hands; the ledger does not wait for the words of the others."""
        self._people = {person.user_id: person for person, _ in words if person.role in BUREAU_ROLES}
        for person in self._people.values():
            async with self._database.write(Scope.of(person)) as session:
                await keep_all(session, person, [one for who, one in words if who == person])

    def copies(self, chunk: range) -> list[Copy]:
        """Each of ``chunk`` is a life told again."""
        return [self._copy(n) for n in chunk]

    def _copy(self, n: int) -> Copy:
        no = self._turns[n * _STRIDE % len(self._turns)]
        first, original = self.originals[no]
        names = names_of(self._lives[no], *self._drawn(n, no))
        return original.copy(str(n), {first.names[old]: new for old, new in names.items()})

    def _drawn(self, n: int, life: int) -> tuple[str, Enterprise]:
        """The name of case ``n``, and where it is: every life belongs to an industry."""
        drawn = random.Random(n)  # noqa: S311 - spreads cases, guards nothing
        return f"{self._name}/{n}", drawn.choice(_FIRMS[life % len(_FIRMS)])

    async def write(self, copies: Sequence[Copy]) -> None:
        """Words by the hands of whoever said them, then all the projector left, in one transaction."""
        for person in dict.fromkeys(person for one in copies for person in one.said):
            async with self._database.write(Scope.of(self._people[person])) as session:
                await keep_whole(session, together(one.said[person] for one in copies if person in one.said))
        async with self._database.write(SYSTEM_SCOPE) as session:
            shown = await self._numbered(session, [place for one in copies for place in one.places])
            tables = dict.fromkeys(table for one in copies for table in one.rows)
            rows = {
                table: together((one.rows[table] for one in copies if table in one.rows), shown)
                for table in tables
            }
            await write_whole(session, rows)

    async def _numbered(self, session: WriteSession, places: Sequence[Place]) -> dict[str, str]:
        """What stands at each place: the next number of its series."""
        numbering, shown = self._policy.numbering, dict[str, str]()
        of = groupby(sorted(places, key=attrgetter("kind", "year")), attrgetter("kind", "year"))
        for (kind, year), some in of:
            bearing = [*some]
            taken = await next_numbers(session, numbering, kind, year, len(bearing))
            for place, number in zip(bearing, taken, strict=True):
                shown |= place.shown(number.text, str(number.key))
        return shown
