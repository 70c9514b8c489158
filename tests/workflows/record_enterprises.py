"""Record histories of enterprises: ``python -m tests.workflows.record_enterprises`` adds what no history covers yet."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import Worker

from models.actors import Actor
from models.enterprise.batch import Bearing, EnterpriseBatch, EnterpriseEntry
from models.enterprise.rules import Looked, LookIn, PackedRules
from models.enterprise.snapshot import Enterprise
from models.envelope import sign
from tests.builders import CHIEF, DISTRICT, FIRM, HEAD, KEY, rules
from tests.models.enterprises import bearing, envelope, penalty
from tests.walks import Edge
from tests.workflows.corpus import covered, enterprise_edges
from tests.workflows.engine import started
from tests.workflows.record import QUEUE, _keep_runs
from workflows.doors import Doors
from workflows.messages import Tuning, enterprise_workflow_id

SECONDS = timedelta(seconds=2)
SOON, PATIENCE = 0.05, 400


class Scribe:
    """Stands in for the ledgers while recording: the inboxes and the last snapshot of each enterprise."""

    def __init__(self) -> None:
        self.inbox: dict[str, list[Bearing]] = {}
        self.docs: dict[str, dict[str, Any]] = {}
        self.newer: str | None = None
        self.taken: set[Edge] = set()

    @activity.defn
    async def unread_bearings(self, asked: LookIn) -> Looked:
        """What waits for the enterprise, and rules newer than those it has."""
        policy = rules().policy.model_copy(update={"version": self.newer} if self.newer else {})
        packed = PackedRules.of(rules().model_copy(update={"policy": policy}))
        waiting = tuple(self.inbox.get(asked.enterprise_id, ()))
        return Looked(bearings=waiting, rules=packed if packed.digest != asked.rules else None)

    @activity.defn
    async def append_enterprise(self, batch: EnterpriseBatch) -> list[EnterpriseEntry]:
        """Remember where the enterprise stands and what it has read."""
        firm = batch.enterprise_id
        read = {(entry.source_case_id, entry.source_seq) for entry in batch.entries}
        self.inbox[firm] = [one for one in self.inbox.get(firm, ()) if (one.case_id, one.seq) not in read]
        self.docs[firm] = batch.doc
        self.taken |= {("enterprise", entry.event) for entry in batch.entries}
        return []


class Walk:
    """One enterprise on a real server."""

    def __init__(self, env: Any, scribe: Scribe, name: str, run_events: int) -> None:
        self._env, self._scribe, self._firm = env, scribe, name
        self._skipped = timedelta()
        self._doors = Doors(
            env.client,
            QUEUE,
            timeout=timedelta(seconds=20),
            task_timeout=timedelta(seconds=10),
            tuning=Tuning(run_events=run_events),
        )
        self.handle = env.client.get_workflow_handle(enterprise_workflow_id(name))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    @property
    def entity(self) -> Enterprise:
        return Enterprise.model_validate(self._scribe.docs[self._firm])

    async def read(self, *found: Bearing) -> None:
        """Leave bearings in the inbox, and wait until they are read."""
        mine = [one.model_copy(update={"enterprise_id": self._firm}) for one in found]
        self._scribe.inbox.setdefault(self._firm, []).extend(mine)
        await self._doors.tell_enterprise(self._firm)
        for _ in range(PATIENCE):
            if not self._scribe.inbox[self._firm]:
                return
            await asyncio.sleep(SOON)
        raise AssertionError(f"{self._firm} never read its inbox")

    async def give(self, command: str, actor: Actor, **fields: Any) -> None:
        """A command."""
        who = {"district_id": DISTRICT, "enterprise_id": self._firm if actor.enterprise_id else None}
        sent = envelope(command, actor.model_copy(update=who), now=self.now, enterprise=self._firm, **fields)
        await self._doors.command_enterprise(sign(sent, KEY))

    async def until(self, ended: Callable[[Enterprise], bool]) -> None:
        """Let time pass, clock by clock."""
        while not ended(self.entity):
            wakes_at = self.entity.wakes_at
            assert wakes_at is not None
            await self.skip(max(wakes_at - self.now, timedelta()) + SECONDS)

    async def skip(self, duration: timedelta) -> None:
        """Let so much time pass."""
        await self._env.fast_forward(self.handle, duration)
        self._skipped += duration


def _day(walk: Walk, ago: int) -> str:
    return (walk.now - timedelta(days=ago)).date().isoformat()


async def _flagged(walk: Walk) -> None:
    """Three penalties make a flag; nobody answers in time; then the head does, and a decision is annulled."""
    await walk.read(bearing("graded", walk.now, case="c-major", major=True))
    await walk.read(*(penalty(_day(walk, ago), at=walk.now) for ago in (30, 20, 10)))
    await walk.until(lambda firm: firm.flag is not None and firm.flag.escalated)
    await walk.until(lambda firm: firm.last_event == "digested")
    await walk.give("answer_closure_flag", HEAD, answer="declined", reason="已整改")
    await walk.read(penalty(_day(walk, 5), at=walk.now, case="c-late", seq=7, measure_id="m-late"))
    await walk.read(bearing("penalty_annulled", walk.now, case="c-late", seq=8, measure_id="m-late"))
    await walk.read(
        bearing("recurred", walk.now, case="c-back"), bearing("unheard_of", walk.now, case="c-odd")
    )
    await walk.read(bearing("case_ended", walk.now, case="c-major", seq=12))


async def _stopped(walk: Walk) -> None:
    """A stop begins and ends, an accident is recorded and accepted; newer rules come meanwhile."""
    stop = {"facts": {"kind": "suspension"}, "measure_id": "m-1"}
    await walk.read(bearing("stop_in_force", walk.now, **stop))
    await walk.give("record_accident", CHIEF, happened_at=walk.now - timedelta(hours=1), text="粉尘爆燃")
    walk._scribe.newer = "2027.1"
    await walk.read(bearing("stop_ended", walk.now, seq=10, measure_id="m-1"))
    walk._scribe.newer = None
    await walk.give("accept_after_accident", HEAD, accident=1, officers=["li", "wang"], text="验收合格")


async def _listed(walk: Walk) -> None:
    """On the bad-faith list: refused once, not decided in time, the term runs out."""
    await _on_the_list(walk)
    await walk.give("decide_removal", HEAD, granted=False, reason="仍有未履行义务")
    await walk.give("request_removal", FIRM, text="再申请")
    await walk.until(lambda firm: firm.last_event == "clocks_missed")
    await walk.until(lambda firm: firm.listing is None)


async def _removed(walk: Walk) -> None:
    """Removed from the list before its term; then the government closes the enterprise; that and a listing are annulled."""
    await _on_the_list(walk)
    await walk.give("decide_removal", HEAD, granted=True)
    decided = {"facts": {"decided_on": _day(walk, 0)}}
    await walk.read(bearing("closed", walk.now, seq=11, measure_id="m-closure", **decided))
    await walk.read(bearing("penalty_annulled", walk.now, seq=12, measure_id="m-closure"))
    await walk.read(bearing("listed_bad_faith", walk.now, seq=13, measure_id="m-listing", **decided))
    await walk.read(bearing("bad_faith_annulled", walk.now, seq=14, measure_id="m-listing"))


async def _on_the_list(walk: Walk) -> None:
    await walk.read(bearing("listed_bad_faith", walk.now, facts={"decided_on": _day(walk, 0)}))
    await walk.skip(timedelta(days=370))
    await walk.give("request_removal", FIRM, text="已整改，申请移出")


async def _dropped(walk: Walk) -> None:
    """A decision the flag counted is annulled before anybody answered."""
    await walk.read(bearing("graded", walk.now, case="c-major", major=True))
    await walk.read(*(penalty(_day(walk, n), at=walk.now, measure_id=f"m-{n}") for n in (3, 2, 1)))
    await walk.read(
        bearing("penalty_annulled", walk.now, case=f"c-{_day(walk, 1)}", seq=10, measure_id="m-1")
    )


STORIES: tuple[Callable[[Walk], Awaitable[None]], ...] = (_flagged, _stopped, _listed, _removed, _dropped)


async def main() -> None:
    """Tell every story, and one of them again in short runs, if the corpus lacks anything."""
    missing = enterprise_edges() - await covered()
    async with started([KEY]) as env:
        scribe = Scribe()
        activities = [scribe.unread_bearings, scribe.append_enterprise]
        async with Worker(env.client, task_queue=QUEUE, activities=activities):
            told = [*((story, 400) for story in STORIES), (_flagged, 60)] if missing else []
            for story, run_events in told:
                walk = Walk(env, scribe, f"{story.__name__}-{run_events}", run_events)
                await story(walk)
                await asyncio.sleep(1)
                await _keep_runs(env, walk.handle, "enterprise")
    missing -= scribe.taken
    sys.stderr.write(f"not covered: {sorted(missing)}\n" if missing else "every event is covered\n")


if __name__ == "__main__":
    asyncio.run(main())
