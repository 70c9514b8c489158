"""Many people at once: every case is worked on by one who follows its story and, sometimes, by another beside them."""

from __future__ import annotations

import asyncio
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from chaos import script
from chaos.clients import Answer, Clients
from chaos.log import ClientLog
from chaos.script import CHIEF, FINAL, INSPECTOR, Known, Step
from demo.enterprises import ENTERPRISES, Enterprise
from demo.photos import photo

FIRMS = ENTERPRISES[:6]
_THINKING = (0.02, 0.12)
_IMPATIENT = 0.08
"""How often somebody sends a command twice at once, under one key."""
_BESIDES = 0.4
"""How many cases have a second person beside the first."""


@dataclass(slots=True)
class Budget:
    """How many commands the run has left."""

    left: int

    def take(self) -> bool:
        """One of them; False when there is none."""
        self.left -= 1
        return self.left >= 0


class Town:
    """Opens cases and drives them until the budget is spent."""

    def __init__(self, clients: Clients, log: ClientLog, seed: int, commands: int, cases: int) -> None:
        self._clients = clients
        self._log = log
        self._seed = seed
        self._run = f"chaos-{uuid.uuid4()}"  # a second run on the same service asks for something else
        self._commands = commands
        self._budget = Budget(commands)
        self._openings = max(2, cases * 2 // 3)
        self._finished = 0
        self.cases: list[Known] = []

    async def sign_in(self) -> None:
        """Everybody gets a token."""
        await self._clients.sign_in(*script.OFFICIALS, *(firm.account for firm in FIRMS))

    async def live(self) -> None:
        """All stories; two thirds of the cases are opened before the first blow, the others under it."""
        async with asyncio.TaskGroup() as together:
            for no in range(self._openings):
                together.create_task(self._begin(no))

    async def _begin(self, no: int) -> None:
        """Half of the openings are inspections of two findings, so cases = openings * 1.5."""
        rng = random.Random(f"{self._seed}/opening/{no}")  # noqa: S311
        late = no >= self._openings * 2 // 3
        while late and self._log.acks < self._commands * rng.uniform(0.2, 0.7):
            if self._budget.left <= 0:
                break
            await asyncio.sleep(0.02)
        firm = FIRMS[no % len(FIRMS)]
        opened = await (self._inspection(no, firm) if no % 2 == 0 else self._lead(no, firm))
        self.cases += opened
        async with asyncio.TaskGroup() as together:
            for known in opened:
                together.create_task(self._story(known))

    async def _inspection(self, no: int, firm: Enterprise) -> list[Known]:
        body = script.visit(firm.enterprise_id, firm.address, 2)
        answer = await self._clients.open(
            INSPECTOR, f"{self._run}-visit-{no}", "inspect", "/api/v1/inspections", body
        )
        if not answer.acked:
            return []
        items = {finding["title"]: len(finding["requirements"]) for finding in body["findings"]}
        return [
            Known(one["case_id"], firm.account, one["state"], items[one["title"]], ordered=True)
            for one in answer.body["cases"]
        ]

    async def _lead(self, no: int, firm: Enterprise) -> list[Known]:
        tip = no % 4 == 1
        body = script.lead(firm.enterprise_id, "tip" if tip else "self_report")
        who = INSPECTOR if tip else firm.account
        answer = await self._clients.open(who, f"{self._run}-lead-{no}", "open", "/api/v1/cases", body)
        if not answer.acked:
            return []
        return [
            Known(
                answer.body["case_id"],
                firm.account,
                answer.body["state"],
                len(body["requirements"]),
                handler=-1,
                signed=not tip,
            )
        ]

    # -- one case --------------------------------------------------------------------------------
    async def _story(self, known: Known) -> None:
        rng = random.Random(f"{self._seed}/{len(self.cases)}/{known.firm}/{known.items}")  # noqa: S311
        besides = asyncio.create_task(self._besides(known, rng.random() < _BESIDES))
        no = 0
        while known.state not in FINAL and self._budget.take():
            no += 1
            step = script.choose(known, rng)
            key = f"chaos-{known.case}-{no}"
            answer = await self._take(known, key, step, twice=rng.random() < _IMPATIENT)
            if answer is not None and answer.acked:
                known.learn(step.command, answer.body)
            await asyncio.sleep(rng.uniform(*_THINKING))
        await besides

    async def _besides(self, known: Known, there: bool) -> None:
        """Somebody else, who only hands the case round: it meets the story's commands at the case's door."""
        no = 0
        while there and known.state not in FINAL and self._budget.left > 0 and self._budget.take():
            no += 1
            await self._take(known, f"chaos-{known.case}-besides-{no}", script.assign(known))
            await asyncio.sleep(0.3)

    async def _take(self, known: Known, key: str, step: Step, twice: bool = False) -> Answer | None:
        body = dict(step.body)
        if step.photo:
            evidence = await self._photo(known, key, step)
            if evidence is None:
                return None
            body["evidence"] = [evidence]

        async def give() -> Answer:
            return await self._clients.command(
                step.who, key, known.case, step.command, body, expected=step.expected
            )

        if not twice:
            return await give()
        first, second = await asyncio.gather(give(), give())
        return first if first.acked else second

    async def _photo(self, known: Known, key: str, step: Step) -> str | None:
        picture = photo(known.case[:8], datetime.now(UTC).replace(microsecond=0))
        return await self._clients.upload(step.who, f"{key}-photo", known.case, picture)

    # -- afterwards ------------------------------------------------------------------------------
    async def knock(self) -> list[str]:
        """One more harmless command to every open case; the ids of those that stay silent."""
        silent = []
        for known in self.cases:
            if known.state in FINAL:
                continue
            answer = await self._harmless(known)
            if not answer.acked:
                silent.append(f"{known.case}: {answer.status} {answer.http} {answer.body.get('detail', '')}")
        return silent

    async def _harmless(self, known: Known) -> Answer:
        """The handler is whoever it is; of two others one is new."""
        answer = Answer("unknown", None, {}, 0)
        for no in range(2):
            step = script.assign(known)
            key = f"chaos-{known.case}-knock-{no}"
            answer = await self._clients.command(CHIEF, key, known.case, step.command, step.body)
            if answer.body.get("rule") != "assign.same":
                break
        return answer
