"""An office at work: the real core behind an in-process gateway, real PostgreSQL below, and people who act over HTTP."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx2
from PIL import Image

from ledger import tables
from ledger.append import append
from ledger.append_enterprise import append_enterprise
from ledger.inspections import record_inspection
from ledger.readers.enterprise_files import closure_for, unread, waiting
from ledger.sessions import SYSTEM_SCOPE, Database
from models.batch import Outcome
from models.calendar import calendar_between
from models.case import HazardCase
from models.caseclocks import Rules
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.envelope import Envelope, Reply
from models.errors import NotFound, XiaohaoError
from models.inspection import InspectionEnvelope, InspectionReply
from models.visits import check_inspection, check_openings
from policies import load_default
from tests.api.conftest import World
from tests.ledger import looking


class CoreGateway:
    """The pure core in place of the workflow: applies, appends, answers. Remembers answers by command id."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock
        self.cases: dict[str, HazardCase] = {}
        self.firms: dict[str, EnterpriseEntity] = {}
        self.replies: dict[str, Reply] = {}
        self.answers: dict[str, EnterpriseReply] = {}
        self.sent: list[Envelope] = []
        self.asked: list[EnterpriseEnvelope] = []
        self.failing: list[XiaohaoError] = []
        """Errors to raise instead of the next answers, after the command took effect."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def open(self, envelope: Envelope) -> Reply:
        HazardCase.open(envelope, self.clock())
        return self._answer(await self._open(envelope))

    async def _open(self, envelope: Envelope) -> Reply:
        self.sent.append(envelope)
        async with self._locks[envelope.case_id]:
            if (known := self.replies.get(envelope.command_id)) is not None:
                return known
            case, outcome = HazardCase.open(envelope, self.clock())
            self.cases[envelope.case_id] = case
            return await self._keep(case, outcome, envelope)

    async def command(self, envelope: Envelope) -> Reply:
        self.sent.append(envelope)
        async with self._locks[envelope.case_id]:
            if (known := self.replies.get(envelope.command_id)) is not None:
                return self._answer(known)
            case = self.cases.get(envelope.case_id)
            if case is None:
                raise NotFound("没有这个案件", "no such case", rule="scope")
            outcome = case.apply(envelope, self.clock())
            return self._answer(await self._keep(case, outcome, envelope))

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        check_inspection(inspection, self.clock())
        check_openings(inspection, self.clock())
        await record_inspection(self.database, inspection)
        replies = [await self._open(opening) for opening in reversed(inspection.openings)][::-1]
        self._answer(None)
        return InspectionReply(inspection_id=inspection.inspection_id, cases=tuple(replies))

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        self.asked.append(envelope)
        async with self._locks[f"enterprise/{envelope.enterprise_id}"]:
            if (known := self.answers.get(envelope.command_id)) is not None:
                return known
            firm = self._firm(envelope.enterprise_id, envelope.district_id)
            outcome = firm.apply(envelope, self.clock())
            assert await append_enterprise(self.database, firm.batch(outcome)) == []
            reply = EnterpriseReply(
                enterprise_id=envelope.enterprise_id,
                command_id=envelope.command_id,
                seq=firm.entity.seq,
                status=firm.entity.status.value,
                events=tuple(entry.event for entry in outcome.entries),
                request=envelope.digest(),
            )
            self.answers[envelope.command_id] = reply
            self._answer(None)
            return reply

    def _firm(self, enterprise_id: str, district_id: str) -> EnterpriseEntity:
        if enterprise_id not in self.firms:
            rules = Rules(policy=load_default(), calendar=calendar_between(2020, 2030))
            self.firms[enterprise_id] = EnterpriseEntity.new(rules, enterprise_id, district_id)
        return self.firms[enterprise_id]

    async def relay(self) -> None:
        """Let enterprises read what cases left them, and cases learn that their enterprise was closed."""
        async with self.database.read(SYSTEM_SCOPE) as session:
            found = await waiting(session)
        for one in found:
            if one.kind == "enterprise":
                await self._read_inbox(one.id)
        async with self.database.read(SYSTEM_SCOPE) as session:
            ended = [(one.id, await closure_for(session, one.id)) for one in await waiting(session)]
        for case_id, closure in ended:
            if closure is not None and case_id in self.cases:
                outcome = self.cases[case_id].apply_closure(closure.decided_on, self.clock())
                if outcome.entries:
                    await append(self.database, self.cases[case_id].batch(outcome))

    async def _read_inbox(self, enterprise_id: str) -> None:
        async with self.database.read(SYSTEM_SCOPE) as session:
            bearings = await unread(session, enterprise_id)
        for bearing in bearings:
            firm = self._firm(enterprise_id, bearing.district_id)
            outcome = firm.consume(bearing, self.clock())
            assert await append_enterprise(self.database, firm.batch(outcome)) == []

    async def ready(self) -> bool:
        return True

    async def wake(self) -> None:
        """Apply whatever is due now, as the timers would."""
        for case in self.cases.values():
            while (at := case.case.wakes_at) is not None and at <= self.clock():
                outcome = case.apply_due(at)
                await append(self.database, case.batch(outcome))
        for firm in self.firms.values():
            while (at := firm.entity.wakes_at) is not None and at <= self.clock():
                told = firm.apply_due(at)
                assert await append_enterprise(self.database, firm.batch(told)) == []

    def _answer(self, reply: Any) -> Any:
        if self.failing:
            raise self.failing.pop(0)
        return reply

    async def _keep(self, case: HazardCase, outcome: Outcome, envelope: Envelope) -> Reply:
        await append(self.database, case.batch(outcome))
        reply = Reply(
            case_id=envelope.case_id,
            command_id=envelope.command_id,
            seq=case.case.seq,
            state=case.case.state.value,
            events=tuple(entry.event for entry in outcome.entries),
            request=envelope.digest(),
        )
        self.replies[envelope.command_id] = reply
        return reply


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
PLAN = {
    "goals": "消除粉尘爆炸风险",
    "responsibility": "安全总监负责",
    "measures": "更换除尘系统",
    "funds": "二十万元",
    "time_limit": "两个月",
    "contingency": "停机撤人预案",
}


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


def passed(*numbers: int) -> list[dict[str, Any]]:
    """Findings of a re-inspection: all passed."""
    return [{"no": no, "passed": True} for no in numbers]


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


def tip(**changed: Any) -> dict[str, Any]:
    return {
        "source": "tip",
        "enterprise_id": "e-a",
        "title": "夜间偷排并堵塞消防通道",
        "description": "群众来电",
        "location": "厂区北门",
        "requirements": ["核实消防通道是否畅通"],
        "risk_colour": "orange",
    } | changed


async def opened(office: Office, who: str = "wang", **changed: Any) -> dict[str, Any]:
    case: dict[str, Any] = ok(await office.post(who, "/cases", tip(**changed)), 201)
    return case


async def numbers(office: Office, who: str = "wang", **query: Any) -> list[str]:
    listed = ok(await office.get(who, "/cases", limit=200, **query))
    assert listed["next"] is None
    return [one["number"] for one in listed["items"]]


STATED = {
    "title": "消防通道堵塞",
    "description": "现场检查发现北门消防通道被杂物堵塞",
    "location": "厂区北门",
    "requirements": [{"text": "立即清理并保持畅通"}],
}
"""What officers state for the parties of a case that came from a tip."""

TWO = {"officers": ["wang", "zhao"]}
BODIES: dict[str, dict[str, Any]] = {
    "correct": {"what": "completion", "reason": "误报"},
    "government_verify": {"founded": True, "findings": "属实"},
    "sign_lead": {"opinion": "同意"},
    "verify": TWO | {"findings": "属实"},
    "mark_unfounded": TWO | {"findings": "不属实"},
    "transfer": {"to_department": "住建局", "reason": "职责"},
    "suspect_major": {"standard": {"standard_id": "s", "version": "1", "clause": "1"}, "reason": "疑似"},
    "determine_grade": {"grade": "general", "reason": "一般"},
    "propose_regrade": {"grade": "general", "reason": "调整"},
    "decide_regrade": {"approve": True, "reason": "同意"},
    "issue_order": TWO | {"deadline_days": 5, "stated": STATED},
    "serve_order": {"service": {"served_at": "2026-11-20T00:00:00Z"}},
    "report_to_congress": {"held_on": "2026-11-20", "evidence": ["x"]},
    "return_plan": {"reason": "不全"},
    "report_progress": {"text": "进展"},
    "request_extension": {"days": 3, "reason": "迟", "interim_measures": "停用"},
    "grant_extension": {"days": 3},
    "refuse_extension": {"reason": "不准"},
    "pause": {"ground": "appraisal", "reason": "鉴定"},
    "signal_completion": {"text": "完成"},
    "commission_assessment": {"assessor_org_id": "o-assess"},
    "file_assessment": {"conclusion": "effective", "text": "有效"},
    "reinspect": TWO | {"findings": passed(1)},
    "refuse_sign_off": {"items": [1], "new_deadline_days": 3, "reason": "未改"},
    "record_look_back": TWO | {"recurred": False, "text": "无"},
    "assign_handler": {"handler_id": "li"},
    "void": {"reason": "误立"},
    "close_with_enterprise": {"decision_no": "1", "decided_on": "2026-11-20"},
    "adopt_policy": {"version": "2026.12", "reason": "新规"},
    "propose_measure": {"kind": "supervision_letter", "cause": "逾期未改"},
    "close_proposal": {"proposal": "overdue.letter#2026-11-20", "reason": "已约谈"},
    "record_refusal": TWO | {"text": "拒绝整改"},
}

_SERVED = {"service": {"served_at": "2026-11-20T00:00:00Z"}}
_THEN = "2026-11-20T00:00:00Z"
FORMS: dict[str, dict[str, Any]] = {
    "opinion": {},
    "reasoned": {"reason": "理由"},
    "statement": {"text": "陈述"},
    "reply": {"received_on": "2026-11-20", "text": "通知书"},
    "defence": {"waived": True},
    "delivery": _SERVED,
    "record": TWO | {"text": "笔录"},
    "site_review": TWO | {"passed": True, "text": "符合"},
    "talk_notice": _SERVED | {"cause": "逾期", "held_at": _THEN, "place": "局", "attendees": "负责人"},
    "minutes": TWO | {"held_at": _THEN, "principal_attended": True, "signed": True, "text": "纪要"},
    "listing_decision": {"sponsor_id": "head", "finish_on": "2027-01-01"},
    "secrets_check": {"passed": True, "opinion": "无涉密"},
    "publication": {"channel": "网站", "published_at": _THEN},
    "seal_record": TWO | _SERVED | {"inventory": "清单", "text": "笔录"},
    "intended_penalty": _SERVED | {"facts": "事实", "basis": "依据"},
    "hearing_notice": _SERVED | {"held_at": _THEN, "place": "局", "presiding": "lawyer"},
    "hearing_record": {"held_at": _THEN, "record": "笔录", "report": "报告"},
    "legal_review": {"passed": True, "opinion": "合法"},
    "discussion": {"participants": ["chief", "deputy", "head"], "held_at": _THEN, "conclusion": "同意"},
    "penalty_decision": {"facts": "事实", "basis": "依据"},
    "daily_count": {"from_on": "2026-11-20", "until_on": "2026-11-21", "text": "核定"},
    "payment": {"amount": 1, "paid_on": "2026-11-20"},
    "remedy": {"way": "suit", "event": "filed", "on": "2026-11-20", "text": "起诉"},
    "cut_record": {"executed_at": _THEN},
    "supplier_notice": _SERVED | {"supplier": "供电局"},
    "appraisal_period": _SERVED | {"from_on": "2026-09-10", "until_on": "2026-09-20", "text": "检测"},
    "appraisal_end": {"ended_on": "2026-09-15", "text": "检测结论"},
    "closure_decision": {"decision_no": "1", "decided_on": "2026-11-20"},
    "recusal_request": {"person": "lawyer", "text": "与本案有利害关系"},
    "recusal_decision": {"granted": False, "reason": "无利害关系"},
    "deferral": {"until_on": "2027-01-01", "reason": "确有经济困难"},
    "surcharge": {},
    "ban": {"principal": "张三"},
}
"""Form of a step → a body of its shape."""
