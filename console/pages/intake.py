"""The intake of the bureau: a call written down with its number and code; what was handed to other departments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import Act, answer, show
from console.forms.sources import Sources
from console.forms.widgets import Widget, widgets_of
from console.page import Page, PageDep, query_of
from console.parts import part
from models.clocks import SHANGHAI
from models.labels import Label
from models.tips import Call, check_reads_tips
from models.transfers import TRANSFER_LABELS, TransferAnswer, TransferLetter
from services.asking import Asking, asking
from services.cases.reads import show_view
from services.tips import reads as tips
from services.tips import registering
from services.tips.views import Registered
from services.transfers import reads, writes
from services.transfers.views import TransferQuery

router = part()

_CALLED = {
    "title": ("事由", "what it is about, in short"),
    "text": ("举报内容", "what was said"),
    "place": ("地点", "where it is"),
    "name": ("举报人姓名（加密保存，可不填）", "name of the reporter (sealed, may be left out)"),
    "telephone": ("举报人电话（加密保存，可不填）", "telephone of the reporter (sealed, may be left out)"),
}
"""What fields of a tip are called when an officer writes it down."""


@router.get("/tips/new")
async def call_form(page: PageDep) -> Response:
    """登记来电来访: the form."""
    act, _ = _calling(page)
    return await show(page, act, Sources())


@router.post("/tips/new")
async def write_down(page: PageDep) -> Response:
    """Keep the call, and show its number and the code for the caller, this once."""
    act, made = _calling(page)
    answered = await answer(page, act, Sources())
    if not made:
        return answered
    return await page.show("tip_registered.html", 201, made=made[0])


def _calling(page: Page) -> tuple[Act, list[Registered]]:
    check_reads_tips(page.actor)
    made: list[Registered] = []

    async def give(key: str, body: BaseModel) -> str:
        call = cast(Call, body)
        ask = asking(page.services, page.actor, key, "tips.register", "", call)
        work = registering.register
        done = await page.services.under_way.once(ask, lambda: work(ask, call, ip=page.ip))
        made.append(done.answer)
        return page.with_for(f"/tips/{done.answer.tip.tip_id}")

    now = page.services.clock().astimezone(SHANGHAI)
    act = Act(
        title=Label(zh="登记来电来访", en="Record a call or visit"),
        shape=Call,
        widgets=tuple(_called(one) for one in widgets_of(Call)),
        back=page.with_for("/tips"),
        action="register_tip",
        give=give,
        basis="《安全生产法》第七十三条",
        draft={"received_at": now.strftime("%Y-%m-%dT%H:%M"), "reached_by": "hotline"},
        around=_around(page.words.t("群众举报", "Tips of the public")),
    )
    return act, made


def _called(widget: Widget) -> Widget:
    return replace(widget, label=_CALLED.get(widget.name, widget.label), hint=None)


# -- transfers ------------------------------------------------------------------------------------------
@router.get("/transfers")
async def list_transfers(page: PageDep) -> Response:
    """移送和回复: the most urgent first."""
    query = query_of(TransferQuery, page.request)
    found = await reads.list_transfers(page.services, page.actor, query)
    states = [(state.value, pair) for state, pair in TRANSFER_LABELS.items()]
    return await page.listing("transfers.html", "transfers", found, query, states=states)


@router.get("/cases/{case_id}/alike")
async def case_alike(case_id: str, page: PageDep) -> Response:
    """疑似重复: what may be about the same thing as a case."""
    found = await tips.alike_of_case(page.services, page.actor, case_id)
    case = await show_view(page.services, page.actor, case_id)
    return await page.show("case_alike.html", case=case, alike=found)


@router.get("/transfers/{transfer_id}/answer")
async def answer_form(transfer_id: str, page: PageDep) -> Response:
    """The form of what the department answered."""
    return await show(page, await _answering(page, transfer_id), Sources())


@router.post("/transfers/{transfer_id}/answer")
async def record_answer(transfer_id: str, page: PageDep) -> Response:
    """Record it, and back to the list."""
    return await answer(page, await _answering(page, transfer_id), Sources())


async def _answering(page: Page, transfer_id: str) -> Act:
    sent = await reads.show_transfer(page.services, page.actor, transfer_id)

    def work(ask: Asking, body: Any) -> Awaitable[Any]:
        return writes.answered(ask, transfer_id, body, ip=page.ip)

    title = Label(zh="登记回复", en="Record the answer")
    return _act(page, title, TransferAnswer, "transfers.answer", transfer_id, sent.title, work)


@router.get("/cases/{case_id}/transfers/new")
async def letter_form(case_id: str, page: PageDep) -> Response:
    """The form of the letter by which a case went out."""
    return await show(page, await _sending(page, case_id), Sources())


@router.post("/cases/{case_id}/transfers/new")
async def record_letter(case_id: str, page: PageDep) -> Response:
    """Record it, and on to the list."""
    return await answer(page, await _sending(page, case_id), Sources())


async def _sending(page: Page, case_id: str) -> Act:
    check_reads_tips(page.actor)
    case = await show_view(page.services, page.actor, case_id)

    def work(ask: Asking, body: Any) -> Awaitable[Any]:
        return writes.record(ask, case_id, body, ip=page.ip)

    title = Label(zh="登记移送函", en="Record the letter")
    return _act(page, title, TransferLetter, "transfers.record", case_id, case.title or case.number, work)


def _act(
    page: Page,
    title: Label,
    shape: type[BaseModel],
    route: str,
    subject: str,
    named: str,
    work: Callable[[Asking, Any], Awaitable[Any]],
) -> Act:
    async def give(key: str, body: BaseModel) -> str:
        await work(asking(page.services, page.actor, key, route, subject, body), body)
        return page.with_for("/transfers?done=1")

    return Act(
        title=title,
        shape=shape,
        widgets=widgets_of(shape),
        back=page.with_for("/transfers"),
        action="transfer_to_department",
        give=give,
        basis="《安全生产法》第六十九条",
        around=_around(named),
    )


def _around(named: str) -> dict[str, Any]:
    return {"case": None, "firm": {"name": named}, "measure": None}
