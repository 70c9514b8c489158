"""Tips of the public for officers: those that wait, one with its pictures, taking up, closing, answering; the reporter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import Act, answer, show
from console.forms.sources import Sources, of_opening
from console.forms.widgets import called, widgets_of
from console.page import Page, PageDep, query_of
from console.pages.saved import saved_of
from console.parts import part
from console.posted import PressedDep
from models.labels import Label
from models.saved import Listed
from models.tips import MATTER_LABELS, TIP_LABELS, Answer, RewardProposal, Sorting, TipMatter, TipState
from models.transfers import TransferLetter
from services.asking import Done, asking
from services.cases.views import CaseOpening
from services.enterprises.reads import enterprises_called, list_enterprises, show_enterprise
from services.enterprises.views import EnterpriseQuery, EnterpriseView
from services.tips import reads, writes
from services.tips.views import TipDetail, TipQuery

router = part()

_MOST_FIRMS = 20


@router.get("/tips")
async def list_tips(page: PageDep) -> Response:
    """Tips of the district; those that wait unless another state is asked for."""
    query = query_of(TipQuery, page.request)
    if "state" not in page.query:
        query = query.model_copy(update={"state": TipState.WAITING})
    found = await reads.list_tips(page.services, page.actor, query)
    return await page.listing(
        "tips.html",
        "tips",
        found,
        query,
        **await saved_of(page, Listed.TIPS),
        state=query.state,
        states=[(state.value, pair) for state, pair in TIP_LABELS.items()],
        matters=[(matter.value, pair) for matter, pair in MATTER_LABELS.items()],
    )


@router.get("/tips/{tip_id}")
async def show_tip(tip_id: str, page: PageDep) -> Response:
    """One tip, and while it waits the enterprises it may be about: those called like what it says, or those looked for."""
    tip = await reads.show_tip(page.services, page.actor, tip_id)
    asked = page.query.get("q", "").strip()[:100]
    waits = tip.state is TipState.WAITING
    return await page.show(
        "tip_detail.html",
        tip=tip,
        firms=await _firms(page, asked, "" if tip.enterprise else tip.firm) if waits else [],
        asked=asked,
        done="done" in page.query,
        alike=await reads.alike(page.services, page.actor, tip_id),
        ours=tip.matter not in (TipMatter.OTHER_DEPARTMENT, TipMatter.NO_BUSINESS),
    )


async def _firms(page: Page, asked: str, said: str) -> list[EnterpriseView]:
    if not asked:
        return await enterprises_called(page.services, page.actor, said)
    query = EnterpriseQuery(q=asked, limit=_MOST_FIRMS)
    return (await list_enterprises(page.services, page.actor, query)).items


@router.get("/tips/{tip_id}/take")
async def take_form(tip_id: str, page: PageDep) -> Response:
    """The form of the case a tip becomes, at the enterprise the address names."""
    act, sources = await _taking(page, tip_id)
    return await show(page, act, sources)


@router.post("/tips/{tip_id}/take")
async def take_up(tip_id: str, page: PageDep) -> Response:
    """Open the case, and on to it."""
    act, sources = await _taking(page, tip_id)
    return await answer(page, act, sources)


async def _taking(page: Page, tip_id: str) -> tuple[Act, Sources]:
    tip = await reads.show_tip(page.services, page.actor, tip_id)
    firm = await show_enterprise(page.services, page.actor, page.query.get("enterprise", ""))

    async def give(key: str, body: BaseModel) -> str:
        opening = cast(CaseOpening, body)
        ask = asking(page.services, page.actor, key, "tips.take", tip_id, opening)
        done = await page.services.under_way.once(
            ask, lambda: writes.take_up(ask, tip_id, opening, ip=page.ip)
        )
        return page.with_for(f"/cases/{done.answer.case_id}?done={ask.command_id}")

    hidden = ("enterprise_id", "source")
    widgets = tuple(one for one in widgets_of(CaseOpening) if one.name not in hidden)
    act = Act(
        title=Label(zh="受理举报", en="Take up the tip"),
        shape=CaseOpening,
        widgets=widgets,
        back=page.with_for(f"/tips/{tip_id}"),
        action="open",
        give=give,
        basis="《安全生产法》第七十三条",
        draft={"title": tip.title, "description": tip.text, "location": tip.place},
        fixed={"enterprise_id": firm.enterprise_id, "source": "tip"},
        around={"case": None, "firm": firm, "measure": None},
    )
    return act, await of_opening(page, widgets)


Decide = Callable[..., Awaitable[Done[TipDetail]]]


@dataclass(frozen=True, slots=True)
class Decision:
    """Something an officer does with a tip: its words, the shape of its form, and how it is given."""

    title: Label
    shape: type[BaseModel]
    decide: Decide
    audited: str
    basis: str = ""


_DECISIONS: dict[str, Decision] = {
    "close": Decision(Label(zh="不予受理", en="Decline the tip"), Answer, writes.close, "close_tip"),
    "answer": Decision(Label(zh="答复举报人", en="Answer the reporter"), Answer, writes.answer, "answer_tip"),
    "sort": Decision(Label(zh="分类分办", en="Classify and assign"), Sorting, writes.sort, "sort_tip"),
    "transfer": Decision(
        Label(zh="移送其他部门", en="Transfer it"),
        TransferLetter,
        writes.transfer,
        "transfer_to_department",
        "《安全生产法》第六十九条",
    ),
    "reward": Decision(
        Label(zh="提出奖励建议", en="Propose a reward"),
        RewardProposal,
        writes.propose_reward,
        "propose_reward",
        "《安全生产领域举报奖励办法》（安监总财〔2018〕19号）",
    ),
}


@router.get("/tips/{tip_id}/close")
@router.get("/tips/{tip_id}/answer")
@router.get("/tips/{tip_id}/sort")
@router.get("/tips/{tip_id}/transfer")
@router.get("/tips/{tip_id}/reward")
async def decision_form(tip_id: str, page: PageDep) -> Response:
    """The form of what an officer does with a tip."""
    act = await _deciding(page, tip_id)
    return await show(page, act, await of_opening(page, act.widgets))


@router.post("/tips/{tip_id}/close")
@router.post("/tips/{tip_id}/answer")
@router.post("/tips/{tip_id}/sort")
@router.post("/tips/{tip_id}/transfer")
@router.post("/tips/{tip_id}/reward")
async def decide_tip(tip_id: str, page: PageDep) -> Response:
    """Do it, and back to the tip."""
    act = await _deciding(page, tip_id)
    return await answer(page, act, await of_opening(page, act.widgets))


async def _deciding(page: Page, tip_id: str) -> Act:
    name = page.request.scope["path"].rpartition("/")[2]
    decision = _DECISIONS[name]
    tip = await reads.show_tip(page.services, page.actor, tip_id)

    async def give(key: str, body: BaseModel) -> str:
        ask = asking(page.services, page.actor, key, f"tips.{name}", tip_id, body)
        await decision.decide(ask, tip_id, body, ip=page.ip)
        return page.with_for(f"/tips/{tip_id}?done=1")

    handler = tip.handler.id if tip.handler else page.actor.user_id
    return Act(
        title=decision.title,
        shape=decision.shape,
        widgets=called(widgets_of(decision.shape), decision.audited),
        back=page.with_for(f"/tips/{tip_id}"),
        action=decision.audited,
        give=give,
        basis=decision.basis,
        draft={"matter": tip.matter or "", "handler_id": handler} if name == "sort" else {},
        around={"case": None, "firm": {"name": tip.title}, "measure": None},
    )


@router.get("/cases/{case_id}/reporter")
@router.get("/tips/{case_id}/reporter")
async def ask_reporter(page: PageDep) -> Response:
    """Before a look at who reported: it says that the look is recorded."""
    return await page.show("reporter.html", back=_reported(page), reporter=None)


@router.post("/cases/{case_id}/reporter")
@router.post("/tips/{case_id}/reporter")
async def show_reporter(case_id: str, page: PressedDep) -> Response:
    """Who reported, for the named handler of the case, or of the tip that is none yet; the look is recorded first."""
    found = await reads.show_reporter(page.services, page.actor, case_id, ip=page.ip)
    return await page.show("reporter.html", back=_reported(page), reporter=found)


def _reported(page: Page) -> str:
    return str(page.request.scope["path"]).removesuffix("/reporter")
