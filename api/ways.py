"""Which route a path takes, without trying hundreds: only those that could end as it does."""

from __future__ import annotations

from functools import cached_property

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

Key = tuple[int, str]
"""How many parts a path has, and its last."""
_ANY = "{}"
"""The last part of a route that takes any."""


class Ways:
    """The routes of a router by :data:`Key`, tried in their order; what fits none is the router's own to answer."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for route in self._could_be(scope["path"]):
                match, child = route.matches(scope)
                if match is Match.FULL:
                    scope.update(child, router=self._router)
                    await route.handle(scope, receive, send)
                    return
        await self._router.app(scope, receive, send)

    def _could_be(self, path: str) -> list[BaseRoute]:
        parts, last = _key(path)
        return self._known.get((parts, last)) or self._known.get((parts, _ANY), [])

    @cached_property
    def _known(self) -> dict[Key, list[BaseRoute]]:
        """Key → the routes, in order, that end so or in anything; of paths of any length none, for they may be any."""
        plain = [one for one in self._router.routes if isinstance(one, APIRoute) and ":path}" not in one.path]
        keys = {id(one): _key(one.path) for one in plain}
        return {
            key: [one for one in plain if keys[id(one)] in (key, (key[0], _ANY))]
            for key in dict.fromkeys(keys.values())
        }


def _key(path: str) -> Key:
    parts = path.split("/")
    return len(parts), _ANY if "{" in parts[-1] else parts[-1]
