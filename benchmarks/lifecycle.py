"""The product's arm: a general hazard from tip to sign-off over HTTP, as separate people."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from demo.enterprises import Enterprise
from demo.people import user_ids

COMMANDS = 10
"""Updates of one life: the opening and nine commands."""

OFFICERS = list(user_ids("inspector", "inspector2"))
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


class People:
    """One HTTP connection pool and a token for each account."""

    def __init__(self, address: str, password: str, *, connections: int = 100) -> None:
        self.client = httpx2.AsyncClient(
            base_url=f"{address}/api/v1",
            timeout=60,
            trust_env=False,
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
        )
        self._password = password
        self._tokens: dict[str, str] = {}
        self.acks: list[float] | None = None
        self.retries: Counter[str] = Counter()
        """What was not answered at once, by status or error, and asked again."""

    async def sign_in(self, *names: str) -> None:
        """A bearer token for each of ``names``."""
        for name in names:
            body = {"username": name, "password": self._password, "name": "bench"}
            answer = await self.client.post("/tokens", json=body)
            answer.raise_for_status()
            self._tokens[name] = answer.json()["token"]

    def headers(self, name: str, key: str) -> dict[str, str]:
        """What a write as ``name`` bears."""
        return {"Authorization": f"Bearer {self._tokens[name]}", "Idempotency-Key": key}

    async def get(self, name: str, path: str) -> httpx2.Response:
        """One read as ``name``."""
        return await self.client.get(path, headers={"Authorization": f"Bearer {self._tokens[name]}"})

    async def post(self, name: str, path: str, body: Any = None, **more: Any) -> Any:
        """One write as ``name``; the same key again until there is an answer."""
        headers = self.headers(name, str(uuid.uuid4()))
        while True:
            try:
                answer = await self.client.post(path, json=body, headers=headers, **more)
            except httpx2.TransportError as error:
                self.retries[type(error).__name__] += 1
                await asyncio.sleep(0.05)
                continue
            if answer.status_code in (202, 429, 503):
                self.retries[str(answer.status_code)] += 1
                await asyncio.sleep(0.05)
                continue
            if answer.is_error:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
            if self.acks is not None:
                self.acks.append(asyncio.get_running_loop().time())
            return answer.json()


def tip(enterprise: Enterprise) -> dict[str, Any]:
    """A lead about an enterprise."""
    return {
        "source": "tip",
        "enterprise_id": enterprise.enterprise_id,
        "title": "除尘风管积尘超过规定厚度",
        "description": "三车间北侧风管积尘",
        "location": "三车间",
        "requirements": ["清理积尘并建立清扫记录"],
    }


async def served(people: People, enterprise: Enterprise) -> str:
    """A life up to the served order; the case's id."""
    case = str((await people.post("inspector", "/cases", tip(enterprise)))["case_id"])
    await verified(people, case)
    await give(people, case, "deputy_head", "sign_lead", opinion="同意")
    await ordered(people, case)
    at = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    await give(people, case, "inspector", "serve_order", service={"served_at": at, "method": "in_person"})
    return case


async def verified(people: People, case: str) -> None:
    """A lead found true."""
    await give(people, case, "inspector", "verify", officers=OFFICERS, findings="现场核查属实")


async def ordered(people: People, case: str) -> None:
    """The order to a lead found true."""
    stated = {"title": "除尘风管积尘超过规定厚度", "requirements": [{"text": "清理积尘并建立清扫记录"}]}
    await give(people, case, "inspector", "issue_order", officers=OFFICERS, deadline_days=15, stated=stated)


async def give(people: People, case: str, name: str, command: str, **body: Any) -> None:
    """One command to a case."""
    await people.post(name, f"/cases/{case}/commands/{command}", body)


async def one(people: People, enterprise: Enterprise) -> str:
    """One life; the case's id."""
    firm = enterprise.account
    case = await served(people, enterprise)
    passed = [{"no": 1, "passed": True, "note": "已整改"}]
    await give(people, case, firm, "report_progress", text="已停机", percent=30)
    await give(people, case, firm, "report_progress", text="已清理", percent=80)
    upload = {"files": {"file": ("record.pdf", PDF, "application/pdf")}, "data": {"purpose": "completion"}}
    evidence = (await people.post(firm, f"/cases/{case}/evidence", **upload))["evidence_id"]
    await give(people, case, firm, "signal_completion", text="整改完成", evidence=[evidence])
    await give(people, case, "inspector", "reinspect", officers=OFFICERS, findings=passed)
    await give(people, case, "section_head", "sign_off", opinion="同意销号")
    return case
