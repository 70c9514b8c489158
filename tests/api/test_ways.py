"""A path takes the route it would take if all were tried in their order, and few are."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match, Route

from api.ways import Ways
from serve import both_doors


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return both_doors(https=False)


def asked(path: str, method: str) -> dict[str, Any]:
    return {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}


def first(routes: list[Any], scope: dict[str, Any]) -> Any:
    return next((one for one in routes if one.matches(scope)[0] is Match.FULL), None)


def test_every_path_takes_the_route_it_took(app: FastAPI) -> None:
    ways, most = Ways(app.router), 0
    for route in app.routes:
        assert isinstance(route, APIRoute), "a route of another kind is tried after all of these"
        for word in ("c-1", "new", "commands"):
            path = route.path
            for name in route.param_convertors:
                path = path.replace(f"{{{name}}}", word)
            for method in sorted(route.methods):
                scope = asked(path, method)
                tried = ways._could_be(path)
                most = max(most, len(tried))
                assert first(tried, scope) is first(list(app.routes), scope) is not None, (method, path)
    assert most < len(app.routes) / 10


@pytest.mark.parametrize(
    "path", ["/", "", "/api/v1/cases/c-1/commands/none", "/a/b/c/d/e/f/g/h/i/j", "/x/{}"]
)
def test_what_fits_none_is_left_to_the_router(app: FastAPI, path: str) -> None:
    wanted = first([one for one in app.routes if isinstance(one, Route)], asked(path, "POST"))
    assert first(Ways(app.router)._could_be(path), asked(path, "POST")) is wanted
