"""The peer: DBOS, whose workflows live in PostgreSQL alone. Behind FastAPI each command is a workflow of one step, which writes
the same row as the thin services; there is no second engine, and nobody who waits between two commands.

Runs where it is installed (``xiaohao[peers]``). ``python -m benchmarks.peer DATABASE PORT`` is its one process.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Any

import uvicorn
from dbos import DBOS, DBOSConfig, SetWorkflowID  # type: ignore[import-not-found,unused-ignore]
from fastapi import FastAPI
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.thin import STEPS, Step


def application(database: str) -> FastAPI:
    """The two routes of the thin services."""
    engine = create_async_engine(database, pool_size=10)
    app = FastAPI()

    @DBOS.step()
    async def write(row: dict[str, Any]) -> int:
        async with engine.begin() as connection:
            at = datetime.now(UTC)
            await connection.execute(insert(STEPS).values({**row, "at": at}).on_conflict_do_nothing())
        return int(row["number"])

    @DBOS.workflow()
    async def command(asked: Step) -> int:
        return await write(asked.model_dump(exclude={"ordinary"}))

    @app.post("/lives/{_}")
    @app.post("/steps")
    async def step(body: Step) -> dict[str, Any]:
        with SetWorkflowID(f"{body.life}-{body.number}"):
            return {"number": await command(body)}

    return app


def main(database: str, port: str) -> None:
    """Serve until told to stop."""
    system = make_url(database).set(drivername="postgresql")
    config: DBOSConfig = {
        "name": "bench-peer",
        "system_database_url": system.render_as_string(hide_password=False),
        "console_log_level": "ERROR",
    }
    app = application(database)
    DBOS(config=config)
    DBOS.launch()
    uvicorn.run(app, port=int(port), log_level="warning", loop="uvloop")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    finally:
        os._exit(0)
