"""People at the service's door: every request is repeated under its key until the answer is definite, and logged."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any

import httpx2

from chaos.log import ACKED, REFUSED, UNKNOWN, ClientLog
from chaos.service import PASSWORD
from demo.people import BY_NAME, user_id
from models.actors import Role

AGAIN = frozenset({202, 429, 502, 503, 504})
"""Answers that say neither yes nor no."""
PATIENCE_SECONDS = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 0.8
_REQUEST_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The definite answer, or what is known when patience ended."""

    status: str
    http: int | None
    body: dict[str, Any]
    attempts: int

    @property
    def acked(self) -> bool:
        return self.status == ACKED


class Clients:
    """Everybody who has an account, at one API."""

    def __init__(self, api: str, log: ClientLog, rng: random.Random) -> None:
        self._client = httpx2.AsyncClient(base_url=api, timeout=_REQUEST_SECONDS, trust_env=False)
        self._tokens: dict[str, str] = {}
        self._rng = rng
        self.log = log

    async def sign_in(self, *names: str) -> None:
        """Give each of these people a token before the trouble begins."""
        for name in names:
            asked = {"username": name, "password": PASSWORD, "name": "chaos", "days": 1}
            answer = await self._client.post("/api/v1/tokens", json=asked)
            answer.raise_for_status()
            self._tokens[name] = str(answer.json()["token"])

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def command(
        self, who: str, key: str, case: str, command: str, body: dict[str, Any], *, expected: bool = True
    ) -> Answer:
        """Give a command of a case; ``expected`` False: it must be refused."""
        path = f"/api/v1/cases/{case}/commands/{command}"
        return await self._logged(who, key, case, command, path, body, expected)

    async def open(self, who: str, key: str, command: str, path: str, body: dict[str, Any]) -> Answer:
        """Open a case (``open``) or record an inspection (``inspect``)."""
        return await self._logged(who, key, "", command, path, body, True)

    async def upload(self, who: str, key: str, case: str, photo: bytes) -> str | None:
        """Upload a photograph; its id, None when the service did not say."""
        path = f"/api/v1/cases/{case}/evidence"
        files = {"file": ("photo.jpg", photo, "image/jpeg")}
        answer = await self._until_definite(who, key, path, files=files, data={"purpose": "复查照片"})
        return str(answer.body["evidence_id"]) if answer.acked else None

    async def _logged(
        self, who: str, key: str, case: str, command: str, path: str, body: dict[str, Any], expected: bool
    ) -> Answer:
        told = {"key": key, "actor": user_id(who), "case": case, "command": command, "expected": expected}
        told["outside"] = BY_NAME[who].role is Role.ENTERPRISE
        sent_at = self.log.write("sent", **told)
        answer = await self._until_definite(who, key, path, json=body)
        events = answer.body.get("events") or [] if answer.acked else []
        self.log.write(
            "done",
            **told,
            sent_at=sent_at,
            status=answer.status,
            http=answer.http,
            code=answer.body.get("rule") or answer.body.get("code") or "" if not answer.acked else "",
            attempts=answer.attempts,
            first=events[0]["seq"] if events else None,
            last=answer.body.get("seq") if events else None,
            events=[event["event"] for event in events],
            cases=_cases(command, answer.body) if answer.acked else [],
        )
        return answer

    async def _until_definite(self, who: str, key: str, path: str, **content: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._tokens[who]}", "Idempotency-Key": key}
        until, pause, attempts = time.monotonic() + PATIENCE_SECONDS, _FIRST_PAUSE, 0
        while True:
            attempts += 1
            answer = await self._once(path, headers, **content)
            http = answer.status_code if answer is not None else None
            if answer is not None and http not in AGAIN:
                body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
                status = ACKED if answer.is_success else REFUSED if 400 <= (http or 0) < 500 else UNKNOWN
                return Answer(status, http, body, attempts)
            if time.monotonic() > until:
                return Answer(UNKNOWN, http, {}, attempts)
            wait = (
                float(answer.headers.get("Retry-After", pause))
                if answer is not None and http == 429
                else pause
            )
            await asyncio.sleep(wait * self._rng.uniform(0.7, 1.3))
            pause = min(pause * 1.6, _LONGEST_PAUSE)

    async def _once(self, path: str, headers: dict[str, str], **content: Any) -> httpx2.Response | None:
        try:
            return await self._client.post(path, headers=headers, **content)
        except httpx2.TransportError:
            return None


def _cases(command: str, body: dict[str, Any]) -> list[str]:
    """The cases an opening was told it opened, in the order of its findings."""
    if command == "open":
        return [str(body["case_id"])]
    return [str(case["case_id"]) for case in body["cases"]] if command == "inspect" else []
