"""What the proofs on skipped time have in common: a fine brought to its decision, a stop, a hazard corrected; refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.clocks import SHANGHAI
from operations.verify import verify, verify_enterprises, verify_registers
from runtime.progress import stuck
from tests.api.support import Answer, ok
from tests.api.words import PLAN, passed, tip
from tests.e2e.skipped import Matter, Town
from workflows.messages import case_workflow_id

TWO = {"officers": ["wang", "li"]}
OTHERS = {"officers": ["zhao", "sun"]}
PENALTY = {"facts": "未采取措施消除事故隐患", "basis": "《安全生产法》第一百零二条"}


def refused_by(answer: Answer, rule: str, article: str | None = None, status: int = 409) -> dict[str, Any]:
    """The problem of a refusal, which must have this rule, and this article where one is named."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["rule"]) == (status, rule), answer.text
    assert article is None or problem["article"] == article, answer.text
    return problem


def moment(town: Town) -> str:
    """Now, by a device a few seconds ahead, which is taken as now: no case's own clock is further than that."""
    return (town.now + timedelta(seconds=20)).isoformat()


def today(matter: Matter) -> str:
    """The Shanghai date."""
    return matter.town.now.astimezone(SHANGHAI).date().isoformat()


async def serve(matter: Matter, kind: str, step: str, /, **form: Any) -> dict[str, Any]:
    """The service of a document by wang in the moment it was made."""
    return await matter.take("wang", kind, step, service={"served_at": moment(matter.town)}, **form)


async def publish(matter: Matter, kind: str, step: str = "publish") -> None:
    await matter.take("wang", kind, step, channel="信用中国", published_at=moment(matter.town))


async def standing(town: Town, enterprise: str, who: str = "wang") -> dict[str, Any]:
    """How the enterprise stands once every knock has been heard."""
    await town.relayed()
    found: dict[str, Any] = ok(await town.get(who, f"/enterprises/{enterprise}/standing"))
    return found


async def sound(town: Town) -> None:
    """What an operator asks of it: nothing is stuck, and every ledger agrees with itself and its workflow."""
    await town.relayed()
    assert await stuck(town.env.client, town.queue) == []
    database, client = town.world.database, town.env.client
    for check in (verify(database, client), verify_enterprises(database, client), verify_registers(database)):
        wrong = {one: found async for one, found in check if found}
        assert not wrong


# -- penalties ---------------------------------------------------------------------------------------
async def notified(matter: Matter, kind: str, firm: str, /, **body: Any) -> None:
    """Filed by wang and li, investigated, notified; the party waives its defence."""
    await matter.proposed("wang", kind, **TWO, **body)
    await matter.take("head", kind, "approve")
    await matter.take("li", kind, "conclude_investigation", **TWO, text="事实清楚")
    amount = {"amount": body["amount"]} if "amount" in body else {}
    await serve(matter, kind, "serve_notice", **PENALTY, **amount)
    await matter.take(firm, kind, "record_defence", waived=True)


async def decided(matter: Matter, kind: str, /, **amount: Any) -> None:
    await matter.take("wang", kind, "submit_decision")
    await matter.take("head", kind, "decide", **PENALTY, **amount)


async def fined(matter: Matter, firm: str, amount: int, /, **body: Any) -> None:
    """A fine too small for a hearing: decided, served and published today."""
    await notified(matter, "fine", firm, amount=amount, **body)
    await decided(matter, "fine", amount=amount)
    await serve(matter, "fine", "serve_decision")
    await publish(matter, "fine")


async def paid(matter: Matter, amount: int, /) -> None:
    """The fine is paid today, and with it at an end."""
    await matter.take("wang", "fine", "record_payment", amount=amount, paid_on=today(matter))
    await matter.take("wang", "fine", "settle")


async def remedied(matter: Matter, kind: str, event: str, on: str, /, **form: Any) -> dict[str, Any]:
    """A reconsideration, as wang records it."""
    told = {"way": "reconsideration", "event": event, "on": on, "text": "行政复议"}
    return await matter.take("wang", kind, "record_remedy", **told | form)


# -- the hazard --------------------------------------------------------------------------------------
async def suspicion(town: Town) -> dict[str, str]:
    """The clause by which a hazard may be major."""
    policy = ok(await town.get("wang", "/policies/current"))
    return {"standard_id": policy["standards"][0]["id"], "version": "2023", "clause": "第四条"}


async def major(town: Town) -> Matter:
    """A hazard of e-a graded major by the section head, its order served."""
    matter = Matter(town, await town.opened(suspected_major=await suspicion(town)))
    await matter.done("chief", "determine_grade", grade="major", reason="符合判定标准")
    return matter


async def kept_tip(town: Town) -> Matter:
    """A tip about e-a, told to wang."""
    case_id = str(ok(await town.post("wang", "/cases", tip()), 201)["case_id"])
    town.running.append(case_workflow_id(case_id))
    return Matter(town, case_id)


async def completed(matter: Matter, firm: str = "firm") -> None:
    photo = await matter.town.photo(firm, matter.case_id)
    await matter.done(firm, "signal_completion", text="已整改", evidence=[photo])


async def corrected(matter: Matter, firm: str = "firm") -> None:
    """A general hazard is gone: completed, and every item passed by wang and li."""
    await completed(matter, firm)
    await matter.done("wang", "reinspect", **TWO, findings=passed(1))


async def major_corrected(matter: Matter) -> None:
    """A major hazard of e-a is gone: plan, reports, assessment, and every item passed by officers who did not order."""
    town = matter.town
    report = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}
    await matter.done("firm", "file_plan", **PLAN)
    await matter.done("chief", "accept_plan")
    await matter.done("firm", "report_major_hazard", **report)
    await matter.done("wang", "acknowledge_report")
    photo = await town.photo("firm", matter.case_id)
    await matter.done("firm", "report_to_congress", held_on=today(matter), evidence=[photo])
    await completed(matter)
    commissioned = {"assessor_org_id": "o-assess", "independence_declared": True}
    await matter.done("firm", "commission_assessment", **commissioned)
    await matter.done("assessor", "file_assessment", conclusion="effective", text="达到治理要求")
    await matter.done("zhao", "reinspect", **OTHERS, findings=passed(1))
