"""The worker: composition root of everything that runs inside Temporal."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkflowRunner

from activities.cases import CaseActivities, Opener
from activities.enterprises import EnterpriseActivities
from activities.imports import ImportActivities
from activities.ledger import LedgerActivities
from delivery.channels import senders
from delivery.measuring import messages
from delivery.sending import Deliverer
from ledger.audit import record_alarm
from ledger.readers.rules import YEARS_AFTER, YEARS_BEFORE
from ledger.sessions import Database
from models.calendar import packaged_year
from models.envelope import Envelope, Reply, sign
from models.importing import ImportOrder
from policies import delivery_rules
from relay import DayRelay, ImportRelay, Relay, TallyRelay
from runtime.database import database_url
from runtime.keys import CommandKeys, command_keys
from runtime.loops import Loop
from runtime.metrics import measured, stuck_workflows, watching
from runtime.settings import Settings
from runtime.temporal import START_SECONDS, connect
from services.calendars.carrying import AT_ONCE as CARRIED_AT_ONCE
from services.calendars.carrying import Carrier
from services.context import build_services
from services.gateway import TemporalGateway
from services.notices.telling import lines_for
from services.papers.firm_making import FirmPaperMaker
from services.papers.making import PaperMaker
from services.papers.measuring import missing
from services.policies.carrying import AT_ONCE as ADOPTED_AT_ONCE
from services.policies.carrying import Adopter
from workflows.doors import Doors
from workflows.messages import Tuning
from workflows.plugin import BareRunner, plugin

CACHE_RULE = """A run evicted while its local activity is under way waits for its task to time out (seen with SDK 1.35 and
a cache of 1 or 2 runs): max_cached_workflows stays well above max_concurrent_workflow_tasks."""

AT_ONCE = 6
"""Workflow tasks taken at once. Their time runs from when they are taken, and one process works on one at a time: taken
by the dozen on a busy machine, the last are always late, done for nothing, and done again (docs/adr/0015)."""

log = structlog.get_logger("worker")


class Alarms:
    """Tells the log and the audit log of messages turned away at the door (called from workflow threads)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._pending: set[asyncio.Task[None]] = set()

    def __call__(self, workflow_id: str, code: str, details: dict[str, Any]) -> None:
        log.warning("message_turned_away", workflow_id=workflow_id, code=code, **details)
        self._loop.call_soon_threadsafe(self._write, workflow_id, code, details)

    def _write(self, workflow_id: str, code: str, details: dict[str, Any]) -> None:
        task = asyncio.create_task(record_alarm(self._database, workflow_id, code, details))
        self._pending.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._pending.discard(task)
        if not task.cancelled() and task.exception():
            log.error("alarm_not_recorded", error=repr(task.exception()))


def doors(client: Client, settings: Settings, tuning: Tuning | None = None) -> Doors:
    """The way into workflows for a process of this installation."""
    return Doors(
        client,
        settings.task_queue,
        timeout=timedelta(seconds=settings.rpc_timeout_seconds),
        task_timeout=timedelta(seconds=settings.task_timeout_seconds),
        tuning=tuning or Tuning(jitter_seconds=settings.timer_jitter_seconds),
    )


def runner(settings: Settings) -> WorkflowRunner | None:
    """How workflows are run here; None for the sandbox."""
    return None if settings.sandbox else BareRunner()


def verifying(keys: CommandKeys) -> list[bytes]:
    """Every key, the signing one first."""
    return [keys.signing_key, *(key for name, key in keys.keys.items() if name != keys.current)]


def case_opener(way_in: Doors, keys: CommandKeys) -> Opener:
    """Opens cases from inside Temporal, signed anew: what asks for it may have waited out a long outage."""

    async def open_case(opening: Envelope) -> Reply:
        fresh = opening.model_copy(update={"issued_at": datetime.now(UTC)})
        return await way_in.open(sign(fresh, keys.signing_key))

    return open_case


def import_beginner(way_in: Doors, keys: CommandKeys) -> Callable[[str], Awaitable[None]]:
    """Has an import worked off, by the service's signed word."""

    async def begin(import_id: str) -> None:
        order = ImportOrder(import_id=import_id, issued_at=datetime.now(UTC))
        await way_in.begin_import(sign(order, keys.signing_key))

    return begin


def build_worker(
    client: Client, database: Database, settings: Settings, *, activities: Sequence[Any] = (), **options: Any
) -> Worker:
    """A worker on the installation's task queue; ``options`` go to :class:`Worker` as they are."""
    ledger, enterprises = LedgerActivities(database), EnterpriseActivities(database)
    keys = command_keys(settings)
    open_case = case_opener(doors(client, settings), keys)
    cases = CaseActivities(open_case)
    old = ImportActivities(database, open_case, lambda envelope: sign(envelope, keys.signing_key))
    settled: dict[str, Any] = {  # the cache must hold more runs than are worked on at once: see CACHE_RULE
        "max_concurrent_workflow_tasks": AT_ONCE,
        "max_concurrent_local_activities": 32,
        "max_cached_workflows": settings.cached_runs,
        "workflow_task_poller_behavior": PollerBehaviorAutoscaling(initial=4, maximum=AT_ONCE),
        "sticky_queue_schedule_to_start_timeout": timedelta(seconds=settings.sticky_timeout_seconds),
        "graceful_shutdown_timeout": timedelta(seconds=5),
        "build_id": f"xiaohao-{version('xiaohao')}",  # else the SDK reads the code of every module: a second
    }
    return Worker(
        client,
        task_queue=settings.task_queue,
        activities=[*ledger.all, *enterprises.all, cases.open_case, old.work_off, *activities],
        **{**settled, **options},
    )


def deliverer(database: Database, settings: Settings) -> Deliverer:
    """The relay of messages to people, by the channels that are on."""
    rules = delivery_rules(settings.delivery_rules)
    return Deliverer(database, settings, rules, senders(settings), partial(lines_for, database))


def carrier(database: Database, way_in: Doors, settings: Settings) -> Carrier:
    """What carries a published calendar to the open cases."""
    key = command_keys(settings).signing_key
    return Carrier(database, TemporalGateway(way_in, key, limit=CARRIED_AT_ONCE))


def adopter(database: Database, way_in: Doors, settings: Settings) -> Adopter:
    """What carries a newer policy version to the open cases somebody chose."""
    key = command_keys(settings).signing_key
    return Adopter(build_services(settings, database, TemporalGateway(way_in, key, limit=ADOPTED_AT_ONCE)))


def paper_makers(database: Database, way_in: Doors, settings: Settings) -> tuple[PaperMaker, FirmPaperMaker]:
    """What writes down the papers that acts have issued: those of cases, those of enterprises' files."""
    key = command_keys(settings).signing_key
    services = build_services(settings, database, TemporalGateway(way_in, key, limit=1))
    return PaperMaker(services), FirmPaperMaker(services)


@asynccontextmanager
async def relaying(loop: Loop) -> AsyncIterator[None]:
    """``loop`` runs while the block does."""
    task = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def load() -> None:
    """Load what the first case would otherwise wait for, while everybody would wait with it."""
    this_year = datetime.now(UTC).year
    for year in range(this_year - YEARS_BEFORE, this_year + YEARS_AFTER + 1):
        packaged_year(year)
    gc.collect()
    gc.freeze()  # what is loaded stays: looking through all of it for garbage takes a tenth of a second each time
    gc.enable()


async def work(settings: Settings) -> None:
    """Run the worker until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    database = Database(database_url(settings), pool_size=settings.db_pool_size, projector=True)
    runtime = measured(settings.metrics_address)
    client = await connect(
        settings,
        [plugin(verifying(command_keys(settings)), Alarms(database), runner(settings))],
        within=START_SECONDS,
        **({"runtime": runtime} if runtime else {}),
    )
    watched = (stuck_workflows(client, settings.task_queue), messages(database), missing(database))
    of_cases, of_enterprises = paper_makers(database, doors(client, settings), settings)
    try:
        async with (
            build_worker(client, database, settings),
            watching(runtime, *watched),
            relaying(Relay(database, doors(client, settings))),
            relaying(deliverer(database, settings)),
            relaying(ImportRelay(database, import_beginner(doors(client, settings), command_keys(settings)))),
            relaying(DayRelay(database)),
            relaying(TallyRelay(database)),
            relaying(carrier(database, doors(client, settings), settings)),
            relaying(adopter(database, doors(client, settings), settings)),
            relaying(of_cases),
            relaying(of_enterprises),
        ):
            log.info("worker_ready", task_queue=settings.task_queue)
            await stop.wait()
    finally:
        await database.dispose()
