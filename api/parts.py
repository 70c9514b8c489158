"""Parts of the API: tables of routes, a row a path and the service that answers it.

A row says only what its service does not: what the service asks for is what the route asks for (:mod:`api.wants`), what it
promises is the route's description, what it returns the answer. A route that does more is a function of its own, as FastAPI
has them. An application takes the routes as they are: included under a prefix, FastAPI would make each a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.files import described, sent
from api.problems import ON_BODIES, ON_WRITES, responses
from api.refusals import name_for_audit
from api.wants import Serve, Wants, wants
from api.writing import Writing, WritingDep
from models.errors import IdempotencyConflict, XiaohaoError
from services.asking import Asking
from services.limits import MAX_BODY_BYTES

PREFIX = "/api/v1"
NOTHING: Mapping[str, Any] = {}
Refusal = type[XiaohaoError]


class Part(APIRouter):
    """Routes of one name in the description, below one prefix.

    In a row ``refusals`` are those not every route of its kind may answer, ``audited`` is how a refusal is called in the
    audit log, ``given`` what the row itself says to the service, ``shape`` what is asked for where the service takes many,
    ``name`` another than the service's.
    """

    def reads(self, path: str, serve: Serve, *refusals: Refusal, **row: Any) -> None:
        """Shows what the service answers."""
        self._asked("GET", path, serve, refusals, **row)

    def sends(self, path: str, serve: Serve, *refusals: Refusal, kinds: Sequence[str], **row: Any) -> None:
        """Sends the file the service answers, of one of ``kinds`` (media types)."""
        self._asked("GET", path, serve, refusals, kinds=kinds, **row)

    def acts(self, path: str, serve: Serve, *refusals: Refusal, **row: Any) -> None:
        """Does it each time it is asked: no Idempotency-Key is needed where nothing is stored, or done but once."""
        self._asked("POST", path, serve, refusals, **row)

    def ends(self, path: str, serve: Serve, *refusals: Refusal, **row: Any) -> None:
        """Ends something, which is done but once; there is nothing to answer."""
        self._asked("DELETE", path, serve, refusals, **row)

    def writes(
        self,
        path: str,
        serve: Serve,
        asked_as: str,
        *refusals: Refusal,
        at: str = "",
        made: Callable[[Asking], str] | None = None,
        created: str = "",
        audited: str | None = None,
        given: Mapping[str, Any] = NOTHING,
        shape: Any = None,
        **row: Any,
    ) -> None:
        """Does it once under an Idempotency-Key; ``asked_as`` tells the requests of one key apart.

        ``at`` is where its effect can be seen, if not where it was asked: a path in the words of the row's own, with ``{made}``
        for the id of what will be ``made``. What is ``created`` has its path in the words of the ``{answer}`` too.
        """
        wanted = wants(serve, {"ask", *given}, shape)
        named, seen = wanted.named(self.prefix + path), PREFIX + at if at else self.prefix + path

        async def answer(write: Writing, **told: Any) -> Any:
            body = next((one for one in told.values() if isinstance(one, BaseModel)), None)
            ask = write.asking(asked_as, "/".join(str(told[one]) for one in named), body, audited=audited)
            words = {**told, "made": made(ask) if made else ""}
            every = {**given, **told, **wanted.of(write.request)}
            answered = await write.answer(ask, lambda: serve(ask=ask, **every), seen.format(**words))
            if created and not isinstance(answered, Response):
                write.response.headers["Location"] = PREFIX + created.format(**words, answer=answered)
            return answered

        row["responses"] = responses(*ON_WRITES, *refusals, IdempotencyConflict)
        row.setdefault("response_model", *get_args(wanted.answer))
        row.setdefault("status_code", 201 if created else 200)
        self._row("POST", path, answer, ("write", WritingDep), wanted, **row)

    def _asked(
        self,
        method: str,
        path: str,
        serve: Serve,
        refusals: tuple[Refusal, ...],
        *,
        kinds: Sequence[str] = (),
        audited: str | None = None,
        given: Mapping[str, Any] = NOTHING,
        shape: Any = None,
        **row: Any,
    ) -> None:
        wanted = wants(serve, given, shape, queried=method == "GET")

        async def answer(request: Request, **told: Any) -> Any:
            if audited is not None:
                name_for_audit(request, audited)
            answered = await serve(**given, **told, **wanted.of(request))
            return sent(answered) if kinds else answered

        row["responses"] = responses(*(ON_BODIES if wanted.body else ()), *refusals)
        if kinds:
            row |= {"response_class": Response, "response_model": None}
            row["responses"] = {200: described(*kinds), **row["responses"]}
        self._row(method, path, answer, ("request", Request), wanted, **row)

    def _row(
        self,
        method: str,
        path: str,
        answer: Callable[..., Any],
        given: tuple[str, Any],
        wanted: Wants,
        **row: Any,
    ) -> None:
        """Add ``answer`` as a route that is ``given`` something by FastAPI and asks for what is ``wanted``."""
        first = Parameter(given[0], Parameter.KEYWORD_ONLY, annotation=given[1])
        answer.__signature__ = Signature([first, *wanted.told])  # type: ignore[attr-defined]
        told = {"name": wanted.name, "description": wanted.promise, "response_model": wanted.answer}
        told["status_code"] = 204 if wanted.answer is None else 200
        self.add_api_route(path, answer, methods=[method], **{**told, **row})


def part(tag: str, below: str = "", *, prefix: str = PREFIX) -> Part:
    """Routes below ``prefix`` and ``below``, named ``tag`` in the description."""
    return Part(prefix=prefix + below, tags=[tag], max_body_size=MAX_BODY_BYTES)
