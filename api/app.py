"""The application factory: routers, the door, problem documents, the OpenAPI description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from api import (
    accounts,
    addresses,
    administration,
    approvals,
    calendars,
    cases,
    commands,
    delegations,
    deliveries,
    description,
    documents,
    enterprises,
    evidence,
    exports,
    health,
    imports,
    inspections,
    measures,
    notices,
    orders,
    oversight,
    overview,
    people,
    policies,
    problems,
    programs,
    register,
    reports,
    saved,
    selfchecks,
    steps,
    tasks,
    tips,
    transfers,
)
from api.deps import LanguageDep
from api.frame import Frame
from api.guard import PAYING, PUBLIC, Guard, Paths
from api.parts import part
from api.refusals import on_refusal
from api.ways import Ways
from models.errors import NotFound
from models.signon import Owed
from services.context import Services

Api = FastAPI
"""What this module builds, for those who compose it."""

ROUTERS: tuple[APIRouter, ...] = tuple(
    one.router
    for one in (
        accounts,
        administration,
        programs,
        cases,
        commands,
        measures,
        documents,
        steps,
        approvals,
        evidence,
        inspections,
        orders,
        tasks,
        enterprises,
        policies,
        calendars,
        notices,
        addresses,
        deliveries,
        tips,
        transfers,
        overview,
        delegations,
        saved,
        selfchecks,
        oversight,
        people,
        exports,
        imports,
        register,
        reports,
    )
)
"""Everything below ``/api/v1``; a new part of the API adds its router here."""
NO_OTHER_DOORS: Mapping[str, problems.Renderer] = {}
DOORS: Mapping[str, problems.Renderer] = dict.fromkeys(
    ("/api", "/problems", "/healthz", "/readyz"), problems.in_json
)
"""Everything below these answers programs, whatever other doors there are."""
ROOT_ROUTERS: tuple[APIRouter, ...] = (health.router,)
"""What answers outside the versioned prefix."""

_catalogue = part("problems", prefix="")


@_catalogue.get("/problems/{code}", responses=problems.responses(NotFound, everywhere=False))
async def describe_problem(code: str, lang: LanguageDep) -> dict[str, Any]:
    """What a problem type means."""
    for entry in problems.catalogue(lang):
        if entry["code"] == code:
            return entry
    raise NotFound("没有这个问题代码", "There is no such problem code", rule="api.problem_code")


def create_app(
    services: Services,
    *,
    routers: Sequence[APIRouter] = ROUTERS,
    pages: Sequence[APIRouter] = (),
    public: Sequence[tuple[str, str]] = PUBLIC,
    doors: Mapping[str, problems.Renderer] = NO_OTHER_DOORS,
) -> FastAPI:
    """The API over ``services``; the rest as in :func:`build_app`."""
    https = services.settings.cookie_secure
    app = build_app(https=https, routers=routers, pages=pages, public=public, doors=doors)
    app.state.services = services
    return app


def build_app(
    *,
    https: bool,
    routers: Sequence[APIRouter] = ROUTERS,
    pages: Sequence[APIRouter] = (),
    public: Sequence[tuple[str, str]] = PUBLIC,
    doors: Mapping[str, problems.Renderer] = NO_OTHER_DOORS,
    paying: Mapping[Owed, Paths] = PAYING,
) -> FastAPI:
    """The API without the services its state must be given before it serves.

    Every path not in ``public`` needs a signed-in actor, known or unknown. ``doors`` are path prefixes below which
    another door answers refusals in its own manner (the first that fits; ``""`` is every path); ``pages`` are that
    door's routes, which the description leaves out, and ``paying`` what works while a sign-in owes something.
    """
    render = problems.by_door(doors)
    app = FastAPI(
        title="销号 Xiaohao",
        version="1",
        summary="A hazard does not leave the ledger until it is really gone",
        openapi_url=None,  # served below
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat whatever Host the request named
    )
    for router in (*routers, *ROOT_ROUTERS, _catalogue, *pages):
        app.routes.extend(router.routes)  # as they are; see api.parts
    problems.install(app, on_refusal, render)
    app.add_middleware(Guard, public=public, on_refusal=on_refusal, render=render, paying=paying)
    app.add_middleware(Frame, https=https, render=render)
    description.install(app, public)
    app.router.middleware_stack = Ways(app.router)
    return app
