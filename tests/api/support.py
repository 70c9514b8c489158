"""An office at work: the real core behind an in-process gateway, real PostgreSQL below, and people who act over HTTP."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx2
from PIL import Image

from ledger import tables
from tests.api.conftest import World
from tests.api.core import CoreGateway
from tests.api.words import PLAN, passed, tip
from tests.ledger import looking

STAFF: tuple[dict[str, Any], ...] = (
    *(
        {"user_id": name, "role": "inspector", "certificate_no": f"示{name}"}
        | {"certificate_expires": date(2027, 12, 31), "org_id": "o-bureau"}
        for name in ("wang", "li", "zhao", "sun")
    ),
    {"user_id": "chief", "role": "section_head", "rank": "section_head", "org_id": "o-bureau"}
    | {"certificate_no": "示chief"},
    {"user_id": "deputy", "role": "deputy_head", "rank": "deputy_head", "org_id": "o-bureau"},
    {"user_id": "head", "role": "head", "rank": "head", "org_id": "o-bureau"},
    {"user_id": "mayor", "role": "government", "rank": "district_head"},
    {"user_id": "office", "role": "committee"},
    {"user_id": "lawyer", "role": "legal_reviewer", "org_id": "o-bureau"},
    {"user_id": "firm", "role": "enterprise", "enterprise_id": "e-a"},
    {"user_id": "rival", "role": "enterprise", "enterprise_id": "e-b"},
    {"user_id": "town", "role": "territory", "territory_id": "t-east"},
    {"user_id": "far-town", "role": "territory", "territory_id": "t-west"},
    {"user_id": "third", "role": "enterprise", "enterprise_id": "e-c"},
    {"user_id": "assessor", "role": "assessor", "assessor_org_id": "o-assess"},
)

Answer = httpx2.Response


def key() -> str:
    """A fresh Idempotency-Key."""
    return str(uuid.uuid4())


@dataclass
class Office:
    """The district at work; people by user id."""

    world: World
    gateway: CoreGateway
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def person(self, who: str) -> httpx2.AsyncClient:
        if who not in self.clients:
            self.clients[who] = await self.world.as_(who)
        return self.clients[who]

    async def get(self, who: str, path: str, **query: Any) -> Answer:
        return await (await self.person(who)).get(f"/api/v1{path}", params=query)

    async def post(
        self, who: str, path: str, body: Any = None, *, idem: str | None = None, **headers: str
    ) -> Answer:
        client = await self.person(who)
        sent = {"Idempotency-Key": idem or key(), **headers}
        return await client.post(f"/api/v1{path}", json=body, headers=sent)

    async def give(self, who: str, case_id: str, command: str, /, **body: Any) -> Answer:
        """A command; the answer as it comes."""
        return await self.post(who, f"/cases/{case_id}/commands/{command}", body)

    async def done(self, who: str, case_id: str, command: str, /, **body: Any) -> dict[str, Any]:
        """A command that must take effect."""
        answer = await self.give(who, case_id, command, **body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def step(
        self, who: str, case_id: str, measure_id: str, step: str, /, *, idem: str | None = None, **form: Any
    ) -> Answer:
        """A step of a measure; the answer as it comes."""
        return await self.post(who, f"/cases/{case_id}/measures/{measure_id}/{step}", form, idem=idem)

    async def stepped(
        self, who: str, case_id: str, measure_id: str, step: str, /, **form: Any
    ) -> dict[str, Any]:
        """A step that must take effect."""
        result: dict[str, Any] = ok(await self.step(who, case_id, measure_id, step, **form))
        return result

    async def proposed(self, case_id: str, kind: str, who: str = "wang", **body: Any) -> str:
        """A measure that must be proposed; its id."""
        answer = await self.done(who, case_id, "propose_measure", kind=kind, **{"cause": "事由", **body})
        return str(answer["events"][0]["facts"]["measure_id"])

    async def sealed(self, case_id: str) -> str:
        """A seal that acts first, its approval to follow; its id."""
        return await self.proposed(
            case_id,
            "seal",
            urgent=True,
            inventory="打磨台一台",
            officers=["wang", "li"],
            scope="equipment",
            object="打磨车间三号台",
            service=self.delivered(),
        )

    def delivered(self, **changed: Any) -> dict[str, Any]:
        """Service a moment ago."""
        return {"served_at": self.now.isoformat()} | changed

    async def delegated(self, giver: str, to: str) -> None:
        """``to`` may act for ``giver`` for an hour from now on."""
        term = {"starts_at": self.now, "ends_at": self.now + timedelta(hours=1), "reason": "出差"}
        people = {"from_user_id": giver, "to_user_id": to, "created_by": giver}
        row = {"delegation_id": key(), "district_id": "d-1"} | people | term
        await self.world.add(tables.delegations, row)

    async def photo(self, who: str, case_id: str, purpose: str = "整改后照片") -> str:
        """Upload a photograph of its own colour."""
        stream = io.BytesIO()
        colour = tuple(uuid.uuid4().bytes[:3])
        Image.new("RGB", (32, 24), colour).save(stream, "JPEG")
        answer = await (await self.person(who)).post(
            f"/api/v1/cases/{case_id}/evidence",
            files={"file": ("after.jpg", stream.getvalue(), "image/jpeg")},
            data={"purpose": purpose},
            headers={"Idempotency-Key": key()},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["evidence_id"])

    async def pass_time(self, **time: float) -> None:
        """Let time pass; the cases wake when something is due, and everybody signs in anew."""
        self.world.clock.pass_(**time)
        self.clients.clear()
        await self.gateway.wake()

    @property
    def now(self) -> datetime:
        return self.world.clock()

    def visit(self, *findings: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """An inspection by wang and li that ended a while ago, its order handed over at the end."""
        began = self.now - timedelta(hours=2)
        return {
            "enterprise_id": "e-a",
            "kind": "double_random",
            "officers": ["wang", "li"],
            "started_at": began.isoformat(),
            "ended_at": (began + timedelta(hours=1)).isoformat(),
            "place": "打磨车间",
            "findings": [dict(one) for one in findings],
            "service": {"served_at": (began + timedelta(hours=1)).isoformat()} if findings else None,
        } | changed

    async def inspected(self, *findings: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """An inspection that must be recorded."""
        answer = await self.post("wang", "/inspections", self.visit(*findings, **changed))
        assert answer.status_code == 201, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def case(self, *requirements: str, **changed: Any) -> str:
        """One case of an inspection of its own, ordered and served; its id."""
        found = await self.inspected(finding(*requirements, **changed))
        return str(found["cases"][0]["case_id"])

    async def submitted(self, **changed: Any) -> str:
        """A general case whose completion was signalled."""
        case_id = await self.case(**changed)
        photo = await self.photo("firm", case_id)
        await self.done("firm", case_id, "signal_completion", text="已清理", evidence=[photo])
        return case_id

    async def signing_off(self, **changed: Any) -> str:
        """A general case that passed its re-inspection by wang and li."""
        case_id = await self.submitted(**changed)
        await self.done("wang", case_id, "reinspect", officers=["wang", "li"], findings=passed(1))
        return case_id


def finding(*requirements: str, **changed: Any) -> dict[str, Any]:
    """One finding with a deadline."""
    return {
        "title": "除尘风管积尘超过规定厚度",
        "description": "三号打磨台上方风管",
        "location": "打磨车间",
        "requirements": list(requirements or ("清理除尘风管积尘",)),
        "deadline_days": 15,
    } | changed


def ok(answer: Answer, status: int = 200) -> Any:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: Answer, status: int, code: str, rule: str | None = None) -> dict[str, Any]:
    """The problem of a refusal, which must have this status, code and rule."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert rule is None or problem["rule"] == rule, answer.text
    return problem


async def furnish(world: World) -> Office:
    """The people and names of the office, and the core behind the API."""
    hashed = {"password_hash": "-", "district_id": "d-1"}
    await world.add(
        tables.organisations,
        {"org_id": "o-assess", "district_id": "d-1", "kind": "assessor", "name": "安评机构"},
    )
    await world.add(
        tables.enterprises,
        {"enterprise_id": "e-c", "district_id": "d-1", "territory_id": "t-west", "uscc": "e-c"}
        | {"name": "西区氨制冷有限公司", "industry": "ammonia_refrigeration"},
    )
    async with world.superuser.begin() as connection:
        for enterprise, name in (("e-a", "东区家具厂"), ("e-b", "东区铸造厂")):
            named = {"name": name, "search_text": name, "industry": "dust_explosion"}
            await looking.change(connection, tables.enterprises, named, enterprise_id=enterprise)
    staff = [
        hashed | {"username": f"{one['user_id']}-office", "display_name": f"{one['user_id']}同志"} | one
        for one in STAFF
    ]
    await world.add(tables.users, *staff)
    gateway = CoreGateway(world.database, world.clock)
    world.services.gateway = gateway
    return Office(world, gateway)


async def ledger(office: Office, case_id: str, who: str = "wang") -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = ok(await office.get(who, f"/cases/{case_id}/events"))["items"]
    return events


async def major(office: Office) -> str:
    """A case graded major by the section head, under a served order."""
    policy = ok(await office.get("wang", "/policies/current"))
    standard = {"standard_id": policy["standards"][0]["id"], "version": "2023", "clause": "第四条"}
    case_id = await office.case(suspected_major=standard)
    graded = await office.done("chief", case_id, "determine_grade", grade="major", reason="符合判定标准")
    assert (graded["case"]["state"], graded["case"]["grade"]) == ("ORDERED", "major")
    return case_id


async def assigned(office: Office) -> str:
    """A major case with an assessor at work on it."""
    case_id = await major(office)
    await office.done("firm", case_id, "file_plan", **PLAN)
    await office.done("chief", case_id, "accept_plan")
    report = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}
    await office.done("firm", case_id, "report_major_hazard", **report)
    await office.done("wang", case_id, "acknowledge_report")
    photo = await office.photo("firm", case_id)
    await office.done("firm", case_id, "report_to_congress", held_on="2026-11-20", evidence=[photo])
    await office.done("firm", case_id, "signal_completion", text="完成", evidence=[photo])
    chosen = {"assessor_org_id": "o-assess", "independence_declared": True}
    await office.done("firm", case_id, "commission_assessment", **chosen)
    return case_id


async def opened(office: Office, who: str = "wang", **changed: Any) -> dict[str, Any]:
    case: dict[str, Any] = ok(await office.post(who, "/cases", tip(**changed)), 201)
    return case


async def numbers(office: Office, who: str = "wang", **query: Any) -> list[str]:
    listed = ok(await office.get(who, "/cases", limit=200, **query))
    assert listed["next"] is None
    return [one["number"] for one in listed["items"]]
