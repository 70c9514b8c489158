"""The API process: composition root of everything that answers HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn

import console.app as pages
from api.app import DOORS, Api, build_app
from api.guard import PAYING, PUBLIC
from ledger.sessions import Database
from models.errors import EngineUnavailable
from policies import load_default
from runtime.database import database_url
from runtime.keys import command_keys
from runtime.settings import Settings
from runtime.temporal import START_SECONDS, connect
from services.context import build_services
from services.evidence.clearing import clearing
from services.gateway import TemporalGateway
from worker import doors
from worker import load as load_calendar
from workflows.plugin import plugin

GRACEFUL_SECONDS = 8
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies and clients keep an idle connection (60, 5): who sends on one that we close reads an error."""


def both_doors(*, https: bool) -> Api:
    """The API for programs and the console for people: two doors of one house."""
    return build_app(
        https=https,
        pages=pages.ROUTERS,
        public=(*PUBLIC, *pages.PUBLIC),
        doors={**DOORS, "": pages.render},
        paying={what: (*paths, *pages.PAYING) for what, paths in PAYING.items()},
    )


def load(settings: Settings) -> Api:
    """Both doors, with all loaded that the first requests would otherwise wait for, while everybody would wait with them."""
    app = both_doors(https=settings.cookie_secure)
    pages.load()
    load_default()
    load_calendar()
    return app


async def serve(settings: Settings, app: Api) -> None:
    """Serve what was loaded until SIGTERM or Ctrl-C; requests under way are finished first."""
    database = Database(
        database_url(settings), pool_size=settings.db_pool_size, patience=settings.db_timeout_seconds
    )
    client = await connect(settings, [plugin()], within=START_SECONDS)
    gateway = TemporalGateway(
        doors(client, settings),
        command_keys(settings).signing_key,
        limit=settings.in_flight_limit,
        retry_after=settings.retry_after_seconds,
    )

    async def temporal_answers() -> None:
        if not await gateway.ready():
            raise EngineUnavailable("流程引擎不可用", "Temporal does not answer")

    probes = {"postgresql": database.ready, "temporal": temporal_answers}
    services = build_services(settings, database, gateway, probes)
    app.state.services = services
    tidying = asyncio.create_task(clearing(database, services.vault.store, settings.unattached_days))
    try:
        await uvicorn.Server(server_config(settings, app)).serve()
    finally:
        tidying.cancel()
        await database.dispose()


def server_config(settings: Settings, app: Callable[..., Any]) -> uvicorn.Config:
    """How uvicorn serves ``app``."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        http="httptools",
    )
