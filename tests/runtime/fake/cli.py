"""A stand-in for the command line: a worker, an API and migrations that do as little as the real ones must."""

import asyncio
import http.server
import os
import sys

from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.database import open_url, owner_url
from runtime.processes import taken_on
from runtime.settings import get_settings
from runtime.temporal import connect


@workflow.defn
class Idle:
    @workflow.run
    async def run(self) -> None:
        return


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


async def migrate() -> None:
    behaviour = os.environ.get("XIAOHAO_FAKE_MIGRATION")
    if behaviour == "broken":
        sys.exit("the migration is broken")
    if behaviour == "slow":
        await asyncio.sleep(60)
    connection = await open_url(owner_url(get_settings()))
    await connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
    await connection.execute("INSERT INTO starts DEFAULT VALUES")
    await connection.close()


async def worker() -> None:
    settings = get_settings()
    client = await connect(settings)
    await Worker(
        client, task_queue=settings.task_queue, workflows=[Idle], workflow_runner=UnsandboxedWorkflowRunner()
    ).run()


async def api() -> None:
    http.server.ThreadingHTTPServer(("127.0.0.1", get_settings().port), Health).serve_forever()


async def up() -> int:
    from runtime.up import up

    return await up(get_settings())


if __name__ == "__main__":
    if "--spare" in sys.argv and not taken_on():
        sys.exit()
    sys.exit(asyncio.run(globals()[sys.argv[1]]()))
