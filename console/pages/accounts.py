"""What an administrator does about the sign-ins of somebody of the district (登录管理)."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from console.page import Page, PageDep, see_other
from console.parts import part
from console.posted import PressedDep, fields_of
from console.refusals import record, wrongs_of
from models.actors import Role
from models.audit import AuditAction
from models.delegation import GIVERS
from models.entries import Noun
from models.errors import NotFound, XiaohaoError
from models.labels import Label
from services.accounts import administration, departures
from services.accounts.departures import Leaving
from services.asking import asking
from services.delegations import reads as delegations
from services.delegations.views import DelegationQuery
from services.oversight import reads as oversight
from services.register.showing import EntryRow, RegisterQuery, called, list_entries

router = part()

_BYTES = 4_000
_SAID: dict[str, tuple[str, str]] = {
    "sessions": ("已结束全部登录", "Every session has ended"),
    "factor": ("已解除动态口令，原有登录都已结束", "The second factor is gone, and every session has ended"),
    "bound": ("已绑定", "Bound"),
    "left": ("账号已停用", "The account has ended"),
    "unbound": ("已解除绑定，原有登录都已结束", "Unbound, and every session has ended"),
}


@router.get("/admin/people/{user_id}")
async def person(user_id: str, page: PageDep) -> Response:
    """一个人的账号: what the register says of them, their delegations, sessions, second factor and bound identities, and what can
    be done about them."""
    return await _person(page, user_id)


async def _person(
    page: Page, user_id: str, refusal: XiaohaoError | None = None, password: str = ""
) -> Response:
    one = await administration.account(page.services, page.actor, user_id)
    entry = await oversight.show_person(page.services, page.actor, user_id)
    asked = DelegationQuery(whose="all", person=user_id)
    done = _SAID.get(page.query.get("done", "")) if not refusal else None
    return await page.show(
        "admin_person.html",
        refusal.status if refusal else 200,
        one=one,
        entry=entry,
        gives=entry.role in GIVERS,
        delegations=(await delegations.list_delegations(page.services, page.actor, asked)).items,
        providers=[(each.id, (each.name, each.name_en)) for each in page.services.settings.oidc],
        password=password,
        said=page.words.pair(done) if done else "",
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


async def _refused(page: Page, user_id: str, action: str, refusal: XiaohaoError) -> Response:
    await record(page, refusal, action, None, user_id=user_id[:64])
    if isinstance(refusal, NotFound) or refusal.status == 403:
        raise refusal
    return await _person(page, user_id, refusal)


@router.get("/admin/people/{user_id}/leave")
async def leave(user_id: str, page: PageDep) -> Response:
    """离岗: what would go to a successor, what would end, what has to be settled first."""
    return await _leaving(page, user_id, page.query.get("successor", "")[:64])


@router.post("/admin/people/{user_id}/leave", max_body_size=_BYTES)
async def left(user_id: str, page: PageDep) -> Response:
    """End the account; what was looked at moves."""
    form = await fields_of(page.request, fields=4)
    successor = str(form.get("successor") or "")[:64]
    body = Leaving(successor=successor or None)
    key = str(form.get("_key") or uuid.uuid4())[:64]
    ask = asking(page.services, page.actor, key, "accounts.deactivate", user_id, body)
    try:
        await departures.deactivate(ask, user_id, body, ip=page.ip)
    except XiaohaoError as refusal:
        await record(page, refusal, AuditAction.DEACTIVATE_ACCOUNT, None, user_id=user_id[:64])
        if refusal.status in (403, 404):
            raise
        return await _leaving(page, user_id, successor, refusal)
    return see_other(f"/admin/people/{user_id}?done=left")


async def _leaving(page: Page, user_id: str, successor: str, refusal: XiaohaoError | None = None) -> Response:
    shown = await departures.preview(page.services, page.actor, user_id, successor or None)
    found = [
        one
        for role in sorted(GIVERS)
        for one in (await list_entries(page.services, page.actor, Noun.PEOPLE, _in_office(role))).items
    ]
    named = called(found)
    names = {row.entry_id: page.words.called(name) for row, name in named}
    return await page.show(
        "admin_leave.html",
        refusal.status if refusal else 200,
        one=shown,
        leaver=names.get(user_id, shown.name),
        successor=names.get(successor, shown.successor.name) if shown.successor else None,
        own=user_id == page.actor.user_id,
        people=[(row.entry_id, _to_choose(row, name)) for row, name in named if row.entry_id != user_id],
        chosen=successor,
        key=str(uuid.uuid4()),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


def _to_choose(row: EntryRow, name: Label) -> str:
    """Somebody in a list: of several with one name first what tells them apart, for a narrow list cuts the end off."""
    return name.zh if name.zh in (row.name, row.entry_id) else f"{row.named} · {row.name}"


def _in_office(role: Role) -> RegisterQuery:
    return RegisterQuery(active=True, role=role, limit=200)


@router.post("/admin/people/{user_id}/sessions/end", max_body_size=_BYTES)
async def end_sessions(user_id: str, page: PressedDep) -> Response:
    """End every session of somebody's."""
    await administration.end_sessions(page.services, page.actor, user_id, ip=page.ip)
    return see_other(f"/admin/people/{user_id}?done=sessions")


@router.post("/admin/people/{user_id}/password", max_body_size=_BYTES)
async def reset_password(user_id: str, page: PressedDep) -> Response:
    """A one-time password: it stands on the answer and nowhere else."""
    given = await administration.reset_password(page.services, page.actor, user_id, ip=page.ip)
    return await _person(page, user_id, password=given.password)


@router.post("/admin/people/{user_id}/factor", max_body_size=_BYTES)
async def reset_factor(user_id: str, page: PressedDep) -> Response:
    """Take a lost second factor away."""
    await administration.reset_factor(page.services, page.actor, user_id, ip=page.ip)
    return see_other(f"/admin/people/{user_id}?done=factor")


@router.post("/admin/people/{user_id}/identities", max_body_size=_BYTES)
async def bind(user_id: str, page: PageDep) -> Response:
    """Bind an identity of a provider."""
    form = await fields_of(page.request, fields=4)
    provider, subject = (str(form.get(name) or "").strip()[:255] for name in ("provider", "subject"))
    try:
        await administration.bind(page.services, page.actor, user_id, provider, subject, ip=page.ip)
    except XiaohaoError as refusal:
        return await _refused(page, user_id, "bind_identity", refusal)
    return see_other(f"/admin/people/{user_id}?done=bound")


@router.post("/admin/people/{user_id}/identities/{provider}/end", max_body_size=_BYTES)
async def unbind(user_id: str, provider: str, page: PressedDep) -> Response:
    """Take an identity away."""
    await administration.unbind(page.services, page.actor, user_id, provider, ip=page.ip)
    return see_other(f"/admin/people/{user_id}?done=unbound")
