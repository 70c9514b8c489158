"""What a sign-in still owes (a code, a password, a second factor), and setting up the second factor (动态口令)."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from console.page import Page, PageDep, frame, inside, see_other
from console.parts import part
from console.posted import PressedDep, fields_of
from console.qr import drawing
from console.refusals import record, wrongs_of
from console.rendering import page as written
from models.errors import RequirementMissing, XiaohaoError
from models.malformed import malformed
from models.signon import Owed
from services.accounts import factors, writes
from services.accounts.views import CodeGiven, PasswordChange

router = part()

SIGN_ON_BYTES = 8_000
OWED_PAGE = "/account/owed"
FACTOR_PAGE = "/account/factor"


@router.get("/account/owed")
async def owed_page(page: PageDep) -> Response:
    """先办这一件: what must be done before anything else."""
    ahead = inside(page.query.get("next"))
    if page.signed.owes is None:
        return see_other(ahead)
    if page.signed.owes is Owed.FACTOR:
        return see_other(FACTOR_PAGE)
    return _asked(page, ahead)


@router.post("/account/owed", max_body_size=SIGN_ON_BYTES)
async def pay(page: PageDep) -> Response:
    """Give the code, or choose the password, that is owed."""
    form = await fields_of(page.request)
    told = {name: str(value) for name, value in form.items()}
    ahead = inside(told.get("next"))
    try:
        if page.signed.owes is Owed.CODE:
            given = CodeGiven.model_validate({"code": told.get("code", "")})
            await writes.give_code(page.services, page.signed, given.code, ip=page.ip)
        else:
            await change_password(page, told)
    except XiaohaoError as refusal:
        await record(page, refusal, "change_password" if page.signed.owes is Owed.PASSWORD else "login", None)
        return _asked(page, ahead, refusal)
    except ValidationError as wrong:
        return _asked(page, ahead, malformed(wrong.errors()))
    return see_other(ahead)


async def change_password(page: Page, told: dict[str, str]) -> None:
    """Replace the asker's password, which is typed twice. Raises what the service raises, and ValidationError."""
    if told.get("new_password") != told.get("again"):
        raise RequirementMissing(
            "两次输入的新密码不一致",
            "The new password was typed in two ways",
            rule="accounts.password",
            field="again",
        )
    change = PasswordChange.model_validate(
        {name: told.get(name, "") for name in ("password", "new_password")}
    )
    await writes.change_password(page.services, page.signed, change, ip=page.ip)


def _asked(page: Page, ahead: str, refusal: XiaohaoError | None = None) -> Response:
    return _plain(page, "owed.html", refusal, next=ahead, owes=page.signed.owes, least=least(page))


def least(page: Page) -> int:
    """Characters a password has at least here."""
    return page.services.rules.sign_on.password_length


@router.get("/account/factor")
async def factor_page(page: PageDep) -> Response:
    """动态口令: how it stands; while it is being set up, the QR code an app reads."""
    return await _factor(page)


@router.post("/account/factor", max_body_size=SIGN_ON_BYTES)
async def set_up_factor(page: PageDep) -> Response:
    """Begin to set it up; with a code, confirm it: the recovery codes stand on the answer and nowhere else."""
    form = await fields_of(page.request, fields=4)
    code = str(form.get("code") or "")
    try:
        if "code" not in form:
            await factors.begin(page.services, page.signed)
            return see_other(FACTOR_PAGE)
        given = CodeGiven.model_validate({"code": code})
        done = await factors.confirm(page.services, page.signed, given.code, ip=page.ip)
    except ValidationError as wrong:
        return await _factor(page, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        await record(page, refusal, "enrol_factor", None)
        return await _factor(page, refusal)
    return _plain(page, "factor_codes.html", None, codes=done.recovery_codes)


async def _factor(page: Page, refusal: XiaohaoError | None = None) -> Response:
    begun = await factors.pending(page.services, page.signed)
    return _plain(
        page,
        "factor.html",
        refusal,
        standing=await factors.standing(page.services, page.signed),
        begun=begun,
        qr=drawing(begun.uri, page.words.t("动态口令二维码", "QR code of the second factor"))
        if begun
        else "",
        must=page.signed.owes is Owed.FACTOR,
    )


def _plain(page: Page, template: str, refusal: XiaohaoError | None, **more: Any) -> Response:
    """A page without the menu: there is nothing else to do yet."""
    summary = wrongs_of(page.words, refusal) if refusal else []
    context = frame(page.request, page.lang) | {"refusal": refusal, "summary": summary}
    context |= {"errors": {one.field: one.text for one in summary if one.field}, **more}
    return written(template, context, refusal.status if refusal else 200)


@router.post("/account/sessions/end-others", max_body_size=SIGN_ON_BYTES)
async def end_others(page: PressedDep) -> Response:
    """End every session of mine but this one."""
    await writes.end_others(page.services, page.signed, ip=page.ip)
    return see_other("/account")
