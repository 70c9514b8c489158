"""Whoever reaches Temporal itself still cannot act: the command line of Temporal against the running service."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chaos import script
from chaos.check import read
from chaos.clients import Clients
from chaos.crowd import FIRMS
from chaos.log import ClientLog
from chaos.script import CHIEF, INSPECTOR
from chaos.service import Service
from demo.places import DISTRICT_ID
from ledger.sessions import Database, Scope
from ledger.tables import audit_log
from models.actors import Role
from runtime.processes import eventually
from runtime.settings import Settings
from runtime.temporal import temporal_program
from tests.ledger import looking

pytestmark = pytest.mark.timeout(180)
NAMESPACE = Settings().namespace


async def temporal(running: Service, *arguments: str) -> tuple[int, str]:
    """Run Temporal's own command line against the service; exit code and standard output."""
    address = running.state.temporal_address or ""
    process = await asyncio.create_subprocess_exec(
        *(temporal_program(), *arguments, "--address", address, "--namespace", NAMESPACE),
        env={"HOME": str(running.home), "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def update(running: Service, case: str, envelope: Any) -> int:
    sent = ("workflow", "update", "execute", "--name", "command", "--workflow-id", f"case/{case}")
    code, _ = await temporal(running, *sent, "--input", json.dumps(envelope))
    return code


async def signal(running: Service, case: str, name: str, body: Any) -> int:
    sent = ("workflow", "signal", "--name", name, "--workflow-id", f"case/{case}")
    code, _ = await temporal(running, *sent, "--input", json.dumps(body))
    return code


async def signed_envelopes(running: Service, case: str) -> list[dict[str, Any]]:
    """The signed commands in a case's history: what somebody with access to Temporal can read, and steal."""
    shown = await temporal(running, "workflow", "show", "--workflow-id", f"case/{case}", "--output", "json")
    events = json.loads(shown[1])["events"]
    accepted = [one.get("workflowExecutionUpdateAcceptedEventAttributes") for one in events]
    payloads = [one["acceptedRequest"]["input"]["args"]["payloads"][0] for one in accepted if one]
    return [json.loads(base64.b64decode(payload["data"])) for payload in payloads]


async def alarms(database: Database, case: str) -> Sequence[dict[str, Any]]:
    """What the auditor reads of messages turned away at a case's door, or at none for ""."""
    async with database.read(Scope(role=Role.AUDITOR, district_id=DISTRICT_ID, user_id="auditor")) as session:
        rows = await looking.rows(session, audit_log, action="engine_message", case_id=case or None)
    return [{"code": row.code, **row.details} for row in rows]


async def test_the_command_line_of_temporal_changes_nothing_and_is_logged(
    running: Service, tmp_path: Path
) -> None:
    log = ClientLog(tmp_path / "log.jsonl")
    clients = Clients(running.api, log, random.Random(1))
    database = Database(running.database_url, pool_size=1)
    try:
        await clients.sign_in(INSPECTOR, CHIEF)
        visit = script.visit(FIRMS[0].enterprise_id, FIRMS[0].address, 2)
        opened = await clients.open(INSPECTOR, "forgery-visit", "inspect", "/api/v1/inspections", visit)
        assert opened.acked, opened
        one, other = (str(case["case_id"]) for case in opened.body["cases"])
        void = await clients.command(CHIEF, "forgery-void", one, "void", {"reason": "重复立案。"})
        assert void.acked
        stolen = (await signed_envelopes(running, one))[-1]
        assert (stolen["command"], bool(stolen["signature"])) == ("void", True)
        before = await read(running.database_url)

        unsigned = {**stolen, "case_id": other, "command_id": str(uuid.uuid4()), "signature": ""}
        retargeted = {**stolen, "case_id": other, "command_id": str(uuid.uuid4())}
        for forged in (stolen, retargeted, unsigned):
            assert await update(running, other, forged) != 0
        assert await signal(running, other, "command", stolen) == 0, "a signal is always taken"
        assert await signal(running, other, "look", {}) == 0

        async def told() -> bool:
            return len(await alarms(database, other)) >= 4

        assert await eventually(told, within=10)
        found = await alarms(database, other)
        assert {alarm["code"] for alarm in found} == {"signature_invalid"}
        assert sorted(alarm["reason"] for alarm in found) == ["signal", "signature", "signature", "subject"]

        stranger = str(uuid.uuid4())
        start = ("workflow", "start", "--type", "HazardCase", "--task-queue", Settings().task_queue)
        made = await temporal(
            running, *start, "--workflow-id", f"case/{stranger}", "--input", json.dumps({"case_id": stranger})
        )
        assert made[0] == 0
        assert await update(running, stranger, {**unsigned, "case_id": stranger}) != 0

        forged_entry = {
            **{"case_id": other, "seq": 99, "event": "signed_off", "actor_id": "head", "role": "head"},
            **{"command_id": str(uuid.uuid4()), "at": "2026-12-01T00:00:00Z"},
        }
        batch = {
            "case_id": other,
            "entries": [forged_entry],
            "doc": {"case_id": other, "state": "SIGNED_OFF"},
        }
        bid = ("activity", "execute", "--type", "append_entries", "--task-queue", Settings().task_queue)
        once = ("--start-to-close-timeout", "5s", "--retry-maximum-attempts", "1")
        code, _ = await temporal(
            running, *bid, *once, "--activity-id", str(uuid.uuid4()), "--input", json.dumps(batch)
        )
        assert code != 0

        async def audited() -> bool:
            return any(alarm.get("activity") == "append_entries" for alarm in await alarms(database, ""))

        assert await eventually(audited, within=10)

        after = await read(running.database_url)
        assert after.entries == before.entries
        assert after.cases == before.cases
        handler = script.user_ids(script.HANDLERS[2])[0]
        next_good = {"handler_id": handler, "reason": "轮换承办人。"}
        assert (await clients.command(CHIEF, "forgery-good", other, "assign_handler", next_good)).acked
        code, said = await running.run("verify")
        assert code == 0, said
    finally:
        await clients.close()
        await database.dispose()
        log.close()
