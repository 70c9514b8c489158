"""How the API answers a write: done, done before (200, Idempotency-Replayed), or sent and not confirmed yet (202)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api import problems
from api.deps import KeyHeader, checked_key, client_ip, services_of, signed_in
from api.refusals import name_for_audit
from models.actors import Actor
from models.errors import Pending
from services.asking import Asking, Done, asking
from services.context import Services

REPLAYED = "Idempotency-Replayed"
"""Header of an answer to a request that had taken effect before."""
_RETRY_AFTER = 1


@dataclass(frozen=True, slots=True)
class Writing:
    """A write as it came: whose, under which key, and the answer being made of it."""

    request: Request
    response: Response
    services: Services
    actor: Actor
    key: str

    @property
    def ip(self) -> str:
        """Where it came from."""
        return client_ip(self.request)

    def asking(
        self, route: str, subject: str = "", body: BaseModel | None = None, *, audited: str | None = None
    ) -> Asking:
        """The request as the services know it; a refusal goes into the audit log as ``audited``."""
        if audited is not None:
            name_for_audit(self.request, audited)
        return asking(self.services, self.actor, self.key, route, subject, body)

    async def answer(
        self,
        ask: Asking,
        work: Callable[[], Coroutine[Any, Any, Done[Any]]],
        location: str,
    ) -> Any:
        """The answer of ``work``, done once for all who ask it at once with one key; ``location`` is where its effect can be
        seen, named while that is not certain."""
        try:
            done = await self.services.under_way.once(ask, work)
        except Pending as unsure:
            return _pending(self.request, unsure, location)
        if done.before:
            self.response.headers[REPLAYED] = "true"
            self.response.status_code = 200
        return done.answer


async def writing(request: Request, response: Response, key: KeyHeader = None) -> Writing:
    """What every write is given. It depends on nothing else: each dependency costs as much as a small query."""
    signed = await signed_in(request)
    return Writing(request, response, await services_of(request), signed.actor, checked_key(key))


WritingDep = Annotated[Writing, Depends(writing)]


def _pending(request: Request, unsure: Pending, location: str) -> Response:
    """202: where to look, and when to ask again with the same key."""
    unsure.details.setdefault("retry_after", _RETRY_AFTER)
    response = problems.respond(request, unsure)
    response.headers["Location"] = location
    return response
