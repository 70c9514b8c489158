"""The API process: composition root of everything that answers HTTP."""

from __future__ import annotations

import uvicorn

from api.app import create_app
from ledger.sessions import Database
from models.errors import EngineUnavailable
from runtime.database import database_url
from runtime.keys import command_keys
from runtime.settings import Settings
from runtime.temporal import START_SECONDS, connect
from services.context import build_services
from services.gateway import TemporalGateway
from worker import doors
from workflows.plugin import plugin

GRACEFUL_SECONDS = 8
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies and clients keep an idle connection (60, 5): who sends on one that we close reads an error."""


async def serve(settings: Settings) -> None:
    """Serve the API until SIGTERM or Ctrl-C; requests under way are finished first."""
    database = Database(database_url(settings), pool_size=settings.db_pool_size)
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
    app = create_app(build_services(settings, database, gateway, probes))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        http="httptools",
    )
    try:
        await uvicorn.Server(config).serve()
    finally:
        await database.dispose()
