"""Telling the stories: every step goes over HTTP to the running service, as the person who takes it.

Keys derive from the story, so that telling it again repeats what was done and goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import httpx2

from demo.cases import chapters
from demo.people import user_ids
from demo.photos import photo
from demo.script import Accident, Chapter, Lead, Story, Tale, Visit, resolved
from models.calendar import WorkingCalendar
from models.errors import EngineUnavailable
from models.lifecycle import FINAL

AT_ONCE = 8
"""Requests in flight; the service has people to serve besides."""
PATIENCE = timedelta(seconds=60)
"""How long a service that is busy or being restarted may get nothing done at all."""

_AGAIN = frozenset({202, 429, 502, 503, 504})
_FINISHED = frozenset(state.value for state in FINAL)
_PHOTO_AT_VISIT = time(10, 15)
_TOKEN_NAME = "demo district"  # noqa: S105 - what the token is for
_TOKEN_DAYS = 1


class StepRefused(Exception):
    """The service refused a step; the story stays where it is."""

    def __init__(self, what: str, answer: httpx2.Response) -> None:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        detail = problem.get("detail") or answer.text[:200]
        super().__init__(f"{what}: {answer.status_code} {problem.get('code', '')} {detail}")


class Town:
    """The people of the demo at the service's door: each signs in once, when first needed."""

    def __init__(self, client: httpx2.AsyncClient, password: str) -> None:
        self._client = client
        self._password = password
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tokens: dict[str, asyncio.Task[str]] = {}
        self._moved_at = 0.0
        """When the service last got something done (loop time)."""

    async def ask(self, who: str, path: str, key: str, **content: Any) -> dict[str, Any]:
        """POST as ``who`` under an Idempotency-Key. Raises :class:`StepRefused`, EngineUnavailable."""
        token = await self._token(who)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Accept-Language": "zh"}
        return await self._post(path, headers, f"{who} {path}", **content)

    async def sign_out(self) -> None:
        """Revoke the tokens that were used."""
        for task in [*self._tokens.values()]:
            if not task.done() or task.cancelled() or task.exception():
                continue
            headers = {"Authorization": f"Bearer {task.result()}"}
            listed = (await self._client.get("/api/v1/tokens", headers=headers)).json()
            ours = (one["token_id"] for one in listed["items"] if one["name"] == _TOKEN_NAME)
            for token_id in ours:
                await self._client.delete(f"/api/v1/tokens/{token_id}", headers=headers)

    async def _token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = asyncio.create_task(self._sign_in(who))
        return await self._tokens[who]

    async def _sign_in(self, who: str) -> str:
        asked = {"username": who, "password": self._password, "name": _TOKEN_NAME, "days": _TOKEN_DAYS}
        answer = await self._post("/api/v1/tokens", {"Accept-Language": "zh"}, f"{who} token", json=asked)
        return str(answer["token"])

    async def _post(self, path: str, headers: Mapping[str, str], what: str, **content: Any) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        since = loop.time()
        pause = 0.2
        while True:
            answer = await self._once(path, headers, **content)
            if answer is not None and answer.is_success and answer.status_code != 202:
                self._moved_at = loop.time()
                body: dict[str, Any] = answer.json()
                return body
            if answer is not None and answer.status_code not in _AGAIN:
                raise StepRefused(what, answer)
            if loop.time() - max(since, self._moved_at) > PATIENCE.total_seconds():
                raise EngineUnavailable(
                    f"服务 {PATIENCE.seconds} 秒没有办成任何事，正在等：{what}",
                    f"the service got nothing done for {PATIENCE.seconds} s, least of all: {what}",
                    remedy_zh="确认服务正在运行后再次执行 xiaohao demo，会从中断处继续。",
                    remedy_en="See that the service runs and call `xiaohao demo` again; it goes on from there.",
                )
            wait = float(answer.headers.get("Retry-After", pause)) if answer is not None else pause
            await asyncio.sleep(wait)
            pause = min(pause * 1.6, 3.0)

    async def _once(self, path: str, headers: Mapping[str, str], **content: Any) -> httpx2.Response | None:
        """The answer; None when the service could not be reached."""
        async with self._turn:
            try:
                return await self._client.post(path, headers=dict(headers), **content)
            except httpx2.TransportError:
                return None


class Teller:
    """Tells stories to a town that began at ``since`` (UTC)."""

    def __init__(self, town: Town, since: datetime, calendar: WorkingCalendar) -> None:
        self._town = town
        self._since = since
        self._calendar = calendar

    async def tell(self, story: Story) -> list[str]:
        """Tell one story; the refusals that stopped parts of it, none in a fresh district."""
        try:
            if isinstance(story, Accident):
                await self._record(story)
                return []
            cases = await self._open(story)
        except StepRefused as refused:
            return [str(refused)]
        told = (self._follow(story, chapter, cases[chapter.finding.title]) for chapter in chapters(story))
        return [refusal for refusal in await asyncio.gather(*told) if refusal]

    async def _record(self, story: Accident) -> None:
        path = f"/api/v1/enterprises/{story.firm.enterprise_id}/commands/record_accident"
        await self._town.ask(story.who, path, _key(story), json=story.told(self._since))

    async def _open(self, story: Visit | Lead) -> dict[str, Any]:
        """The cases of the story by their titles."""
        if isinstance(story, Visit):
            told = story.told(self._since, self._calendar, user_ids(*story.officers))
            recorder = story.officers[0]
            visit = await self._town.ask(recorder, "/api/v1/inspections", _key(story), json=told)
            return {case["title"]: case for case in visit["cases"]}
        case = await self._town.ask(story.reporter, "/api/v1/cases", _key(story), json=story.told)
        return {case["title"]: case}

    async def _follow(self, story: Visit | Lead, chapter: Chapter, case: Mapping[str, Any]) -> str | None:
        """Take the steps of one case; the refusal that stopped it, if one did."""
        if case["state"] in _FINISHED:
            return None
        opened_at = datetime.fromisoformat(case["opened_at"])
        tale = Tale(self._since, opened_at, chapter.finding, story.firm, self._calendar)
        try:
            if isinstance(story, Visit):
                at = story.day(self._since, self._calendar, _PHOTO_AT_VISIT)
                await self._photograph(story, case, story.officers[0], tale, "", ("检查现场照片",), at)
            for no in range(len(chapter.steps)):
                tale = await self._take(story, chapter, no, case, tale)
        except StepRefused as refused:
            return str(refused)
        return None

    async def _take(
        self, story: Visit | Lead, chapter: Chapter, no: int, case: Mapping[str, Any], tale: Tale
    ) -> Tale:
        step = chapter.steps[no]
        who = step.by(story.firm)
        at = self._since - timedelta(minutes=5 + _spread(f"{tale.finding.key}.{no}", 50))
        photos = await self._photograph(story, case, who, tale, str(no), step.photos, at)
        body = resolved(step.body, replace(tale, photos=tuple(photos)))
        if photos:
            body["evidence"] = photos
        path = step.path(case["case_id"], tale)
        answer = await self._town.ask(who, path, _key(story, tale.finding.key, str(no)), json=body)
        said = answer["events"][0]
        new = {step.proposes: said["facts"]["measure_id"]} if step.proposes else {}
        return replace(tale, last_at=datetime.fromisoformat(said["at"]), measures={**tale.measures, **new})

    async def _photograph(
        self,
        story: Story,
        case: Mapping[str, Any],
        who: str,
        tale: Tale,
        step: str,
        purposes: Sequence[str],
        at: datetime,
    ) -> list[str]:
        """Upload a photograph for each purpose; the evidence ids."""
        path = f"/api/v1/cases/{case['case_id']}/evidence"
        found = []
        for no, purpose in enumerate(purposes):
            key = _key(story, tale.finding.key, step, "photo", str(no))
            file = (f"IMG_{_spread(key, 9000) + 1000}.jpg", photo(key, at), "image/jpeg")
            form = {"purpose": purpose, "note": tale.finding.location}
            kept = await self._town.ask(who, path, key, files={"file": file}, data=form)
            found.append(str(kept["evidence_id"]))
        return found


def _key(story: Story, *parts: str) -> str:
    """The Idempotency-Key of a step."""
    return ":".join(("demo-district", story.key, *parts))


def _spread(seed: str, limit: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % limit
