"""Serving an order (送达): how, when and with which proof, for every case on it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel
from starlette.responses import Response

from console.forms.giving import MAX_FORM_BYTES, Act, answer, show
from console.forms.sources import Sources, of_case
from console.forms.widgets import FILES, widgets_of
from console.page import Page, PageDep
from console.pages.commands import refused
from console.parts import part
from models.commands import Service
from models.errors import RequirementMissing
from models.evidence import Audience
from models.explain import CommandView
from models.grants import OFFICERS
from models.lifecycle import FINAL
from services.asking import asking
from services.cases import reads as cases
from services.evidence import held
from services.evidence import reads as evidence
from services.evidence.views import Evidence
from services.evidence.writes import Said, attach
from services.labels import command_label
from services.missing import missing
from services.orders import reads, writes
from services.orders.views import OrderDetail, OrderItem

router = part()

SERVE = "serve_order"


PROOF = replace(
    FILES,
    label=("送达凭证", "proof of service"),
    hint=(
        "送达回证、邮寄回执、公告或者留置影像；归入指令书上的每个案件",
        "the signed receipt, the return receipt, the notice, or pictures; it joins every case of the order",
    ),
)


def _open(order: OrderDetail) -> list[OrderItem]:
    """The cases of the order that are not over."""
    return [one for one in order.items if one.state not in FINAL]


def _first(order: OrderDetail) -> OrderItem | None:
    """The first case of the order that is still open: it says for all of them whether the order can be served."""
    return next(iter(_open(order)), None)


async def _view(page: Page, item: OrderItem) -> CommandView:
    told = await cases.explain_case(page.services, page.actor, item.case_id)
    return next(one for one in told.commands if one.command == SERVE)


async def may_serve(page: Page, order: OrderDetail) -> bool:
    """Whether the asker may record the service of an order now."""
    item = _first(order)
    if order.served_at is not None or item is None or page.actor.role not in OFFICERS:
        return False
    return (await _view(page, item)).allowed


async def proof_of(page: Page, order: OrderDetail) -> list[Evidence]:
    """The proof of its service that the asker may see: what was named when it was recorded."""
    if order.served_at is None or not order.items:
        return []
    named = await reads.served_with(page.services, page.actor, order)
    if not named:
        return []
    files = (await evidence.list_of_case(page.services, page.actor, order.items[0].case_id)).items
    return [one for one in files if one.evidence_id in named]


@router.get("/orders/{order_id}/serve")
async def serve_form(order_id: str, page: PageDep) -> Response:
    """The form of the service; what is not possible now is told with its reasons instead."""
    act, sources, item = await _serving(page, order_id)
    view = await _view(page, item)
    if not view.allowed:
        return await refused(page, act.title, view, act.back)
    return await show(page, act, sources)


@router.post("/orders/{order_id}/serve", max_body_size=MAX_FORM_BYTES)
async def give_service(order_id: str, page: PageDep) -> Response:
    """Record it for every case on the order, and back to the order."""
    act, sources, _ = await _serving(page, order_id)
    return await answer(page, act, sources)


async def _serving(page: Page, order_id: str) -> tuple[Act, Sources, OrderItem]:
    order = await reads.show_order(page.services, page.actor, order_id)
    item = _first(order)
    if item is None:
        raise missing("order")
    case = await cases.show_case(page.services, page.actor, item.case_id)
    widgets = (*(one for one in widgets_of(Service) if one.name != "evidence"), PROOF)

    async def give(key: str, body: BaseModel) -> str:
        proof = await _attached(page, order, act.data[PROOF.name], key)
        service = cast(Service, body).model_copy(update={"evidence": proof})
        ask = asking(page.services, page.actor, key, "orders.service", order_id, service)
        done = await page.services.under_way.once(ask, lambda: writes.serve_order(ask, order_id, service))
        if done.answer.refused:
            raise _left(done.answer)
        return page.with_for(f"/orders/{order_id}?done=1")

    act = Act(
        title=command_label(SERVE),
        shape=Service,
        widgets=widgets,
        back=page.with_for(f"/orders/{order_id}"),
        action=SERVE,
        give=give,
        basis="《民事诉讼法》第八十七条至第九十五条",
        around={"case": None, "firm": {"name": f"{order.number} {order.enterprise_name}"}, "measure": None},
    )
    return act, await of_case(page, case, widgets), item


async def _attached(page: Page, order: OrderDetail, said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The proof as evidence of every open case on the order."""
    services, actor = page.services, page.actor
    audience: Audience = "parties" if said["open"] else "bureau"
    purpose = Said(page.words.pair(PROOF.label), audience=audience)
    found = []
    for item in _open(order):
        for mark in said["kept"]:
            kept = held.kept_by(services, actor, mark)
            own_key = f"{key}/{item.case_id[:8]}/{kept.sha256[:16]}"
            stored = await attach(services, actor, item.case_id, kept, purpose, own_key)
            found.append(stored.evidence.evidence_id)
    return tuple(found)


def _left(done: writes.Served) -> RequirementMissing:
    """Served for some of the cases and refused for others: which, and why."""
    zh = "；".join(f"{row.number}：{refusal.zh}" for row, refusal in done.refused)
    en = "; ".join(f"{row.number}: {refusal.en}" for row, refusal in done.refused)
    return RequirementMissing(
        f"其余案件已登记送达，下列案件没有：{zh}",
        f"recorded for the other cases, not for these: {en}",
        rule="orders.serve.some",
    )
