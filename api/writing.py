"""How the API answers a write: done, done before (200, Idempotency-Replayed), or sent and not confirmed yet (202)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from api import problems
from models.errors import Pending
from services.asking import Asking, Done

REPLAYED = "Idempotency-Replayed"
"""Header of an answer to a request that had taken effect before."""
_RETRY_AFTER = 1


async def written(
    request: Request,
    response: Response,
    ask: Asking,
    work: Callable[[], Coroutine[Any, Any, Done[Any]]],
    location: str,
    *,
    created: bool = False,
) -> Any:
    """The answer of ``work``, done once for all who ask it at once with one key; ``location`` is where its effect can be
    seen, named in the answer when it made it."""
    try:
        done = await ask.services.under_way.once(ask, work)
    except Pending as unsure:
        return _pending(request, unsure, location)
    if created:
        response.headers["Location"] = location
    if done.before:
        response.headers[REPLAYED] = "true"
        response.status_code = 200
    return done.answer


def _pending(request: Request, unsure: Pending, location: str) -> Response:
    """202: where to look, and when to ask again with the same key."""
    unsure.details.setdefault("retry_after", _RETRY_AFTER)
    response = problems.respond(request, unsure)
    response.headers["Location"] = location
    return response
