"""Whatever anybody sends, the answer is one the description names, and never a fault of the service: every operation, every
role, bodies and parameters drawn from the description itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle, islice
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from api.auth import ACTING_FOR
from api.parts import PREFIX
from models.rehearsal import Rehearsal, RehearsalRequest
from tests.api.support import Office, major

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WHO = (
    *("wang", "chief", "deputy", "head", "mayor", "office", "lawyer", "firm", "town", "assessor"),
    *("u-auditor", "u-admin"),
)
"""One person a role."""
NOBODY = "nobody"
DRAWN, EACH = 2, 7
"""Requests drawn for an operation, and people who send each of them: together everybody sends one."""
ALIKE = ("/cases/{case_id}/measures/", "/cases/{case_id}/commands/", "/enterprises/{enterprise_id}/commands/")
EACH_ALIKE = 2
"""Operations that one function answers, each with a body of its own: everybody sends dozens to it, whichever they are."""
OWN = ("/account", "/sessions", "/tokens")
"""What begins with these may end the very sign-in it is asked with: it comes last."""
NOT_THEIRS = ("authorization", "user-agent", ACTING_FOR.lower())
"""Headers that are not drawn: everybody signs in as themselves and acts for nobody."""
Send = Callable[..., httpx2.Response]


class Kept:
    """Whoever asks for the rehearsal that another asked for is told the same: an engine for each would take longer than
    everything else here."""

    def __init__(self, rehearse: Callable[[RehearsalRequest], Awaitable[Rehearsal]]) -> None:
        self._rehearse = rehearse
        self._told: dict[Any, asyncio.Future[Rehearsal]] = {}

    async def __call__(self, asked: RehearsalRequest) -> Rehearsal:
        key = asked.days, asked.assumptions
        if key not in self._told:
            self._told[key] = asyncio.ensure_future(self._rehearse(asked))
        return await self._told[key]


async def known_ids(office: Office) -> dict[str, str]:
    """Ids that lead past "there is no such thing"."""
    case_id = await major(office)
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    return {"case_id": case_id, "measure_id": measure_id, "enterprise_id": "e-a"}


def operations(description: dict[str, Any]) -> Iterator[Any]:
    """Every operation of the description, those that may end a sign-in last."""
    schema = schemathesis.openapi.from_dict(description)
    found = [one.ok() for one in schema.get_all_operations()]
    return iter(sorted(found, key=lambda one: one.path.removeprefix(PREFIX).startswith(OWN)))


def asked(operation: Any, send: Send, known: dict[str, str], turn: Iterator[str]) -> Iterator[str]:
    """What is wrong with the answers to some requests drawn from the description, those whose turn it is having asked."""
    wrong: list[str] = []
    each = EACH_ALIKE if operation.path.removeprefix(PREFIX).startswith(ALIKE) else EACH
    documented = set(operation.definition.raw["responses"])

    @given(case=operation.as_strategy())
    @settings(
        max_examples=DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def some_ask(case: Any) -> None:
        case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        request = case.as_transport_kwargs(base_url="http://xiaohao.test")
        for who in islice(turn, each):
            answer = send(who, **request)
            if answer.status_code >= 500 or str(answer.status_code) not in documented:
                wrong.append(f"{operation.label} as {who}: {answer.status_code} {answer.text[:300]}")

    some_ask()
    yield from wrong


async def test_every_answer_is_one_the_description_names(office: Office) -> None:
    known = await known_ids(office)
    services = office.world.services
    services.rehearse = Kept(services.rehearse)
    clients = {who: await office.person(who) for who in WHO} | {NOBODY: office.world.client()}
    loop = asyncio.get_running_loop()

    def send(
        who: str, *, method: str, url: str, headers: Any = None, cookies: Any = None, **more: Any
    ) -> httpx2.Response:
        kept = {name: value for name, value in dict(headers or {}).items() if name.lower() not in NOT_THEIRS}
        asking = clients[who].request(method, url, headers=kept, **more)
        return asyncio.run_coroutine_threadsafe(asking, loop).result(timeout=60)

    description = office.world.app.openapi()
    count, wrong, turn = 0, [], cycle((*WHO, NOBODY))
    for operation in operations(description):
        count += 1
        wrong += await asyncio.to_thread(lambda one=operation: [*asked(one, send, known, turn)])
    assert count > 150
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong)
