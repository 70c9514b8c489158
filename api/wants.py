"""What a service asks of its callers, as its signature says; and so what the route that stands for it asks of a request."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from pydantic import BaseModel

from api.deps import client_ip, language_of, signed_of

Serve = Callable[..., Coroutine[Any, Any, Any]]
"""A service: an asynchronous function with types for all it asks for and all it answers."""
GIVEN: Mapping[str, Callable[[Request], Any]] = {
    "services": lambda request: request.app.state.services,
    "signed": signed_of,
    "actor": lambda request: signed_of(request).actor,
    "lang": language_of,
    "ip": client_ip,
}
"""What every request brings, by the names services have for it."""
_RAISES = re.compile(r"\s*\bRaises\s+[A-Z].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wants:
    """A service as its route needs it."""

    name: str
    promise: str
    """What its docstring says but for what it raises, which the description tells in its own way."""
    brought: tuple[str, ...]
    """What it is given of :data:`GIVEN`."""
    told: tuple[Parameter, ...]
    """What whoever asks must say: in the path, in the query, as the body."""
    body: bool
    answer: Any

    def of(self, request: Request) -> dict[str, Any]:
        """What the request brings."""
        return {name: GIVEN[name](request) for name in self.brought}

    def named(self, path: str) -> list[str]:
        """What of it the path names, in order."""
        return [one.name for one in self.told if f"{{{one.name}}}" in path]


def wants(serve: Serve, known: Collection[str], shape: Any, *, queried: bool = False) -> Wants:
    """What ``serve`` wants besides what is ``known``. A shape it asks for is ``shape`` where one is named, and comes in the
    query where it is ``queried``, else as the body."""
    signature = inspect.signature(serve, eval_str=True)
    asked = [one for one in signature.parameters.values() if one.name not in known]
    told = [one for one in asked if one.name not in GIVEN]
    return Wants(
        name=serve.__name__,
        promise=_RAISES.sub("", inspect.getdoc(serve) or ""),
        brought=tuple(one.name for one in asked if one.name in GIVEN),
        told=tuple(_told(one, shape, queried) for one in told),
        body=not queried and any(_is_shape(one.annotation) for one in told),
        answer=signature.return_annotation,
    )


def _told(asked: Parameter, shape: Any, queried: bool) -> Parameter:
    kind = asked.annotation
    if _is_shape(kind):
        kind = shape or kind
        kind = Annotated[kind, Query()] if queried else kind
    return Parameter(asked.name, Parameter.KEYWORD_ONLY, default=asked.default, annotation=kind)


def _is_shape(kind: Any) -> bool:
    return isinstance(kind, TypeVar) or (isinstance(kind, type) and issubclass(kind, BaseModel))
