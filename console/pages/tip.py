"""A tip of the public (我要举报) and its follow-up code; without an account, without a script."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from console.forms.files import is_file
from console.page import client_ip, frame, language_of, see_other
from console.parts import part
from console.posted import fields_of, made_now
from console.refusals import wrongs_of
from console.rendering import page as written
from console.words import Words
from models.errors import EngineUnavailable, NotFound, Refused, TooManyRequests, XiaohaoError
from models.malformed import malformed
from models.tips import MAX_PHOTO_BYTES, MOST_PHOTOS, Tip
from services.context import Services
from services.evidence.sending import coming
from services.tips import receiving

router = part()

_BYTES = MOST_PHOTOS * MAX_PHOTO_BYTES + 200_000
_FIELDS = tuple(Tip.model_fields)


@router.get("/tip")
async def tip_form(request: Request) -> Response:
    """The form, and where one looks a code up."""
    return await _form(request, dict.fromkeys(_FIELDS, ""))


@router.post("/tip", max_body_size=_BYTES)
async def give_tip(request: Request) -> Response:
    """Take the tip; its code is shown this once."""
    services: Services = request.app.state.services
    told = dict.fromkeys(_FIELDS, "")
    try:
        receiving.arrive(services, client_ip(request))
        async with request.form(max_files=MOST_PHOTOS, max_fields=20) as form:
            told = {name: str(form.get(name) or "") for name in _FIELDS}
            made_now(form)
            district = str(form.get("district_id") or "")
            code = await receiving.receive(services, district, _tip(told), _photos(form))
    except EngineUnavailable:
        raise
    except XiaohaoError as refusal:
        return await _form(request, told, refusal)
    return _page(request, "tip_code.html", 201, code=code)


def _tip(told: dict[str, str]) -> Tip:
    try:
        return Tip.model_validate(told)
    except ValidationError as wrong:
        raise malformed(wrong.errors()) from None


def _photos(form: FormData) -> list[receiving.Photo]:
    return [receiving.Photo(*coming(one), one.size or 0) for _, one in form.multi_items() if is_file(one)]


@router.post("/tip/look", max_body_size=2_000)
async def look_up(request: Request) -> Response:
    """On to what a code shows."""
    form = await fields_of(request, fields=5)
    code = "".join(one for one in str(form.get("code") or "") if one.isascii() and one.isalnum())
    return see_other(f"/tip/{code[:64]}" if code else "/tip#look")


@router.get("/tip/{code}")
async def show_tip(code: str, request: Request) -> Response:
    """Where the tip stands, and the answer."""
    services: Services = request.app.state.services
    try:
        found = await receiving.show(services, code, ip=client_ip(request))
    except (NotFound, TooManyRequests) as refusal:
        return await _form(request, dict.fromkeys(_FIELDS, ""), refusal, looking=True)
    return _page(request, "tip_state.html", found=found)


async def _form(
    request: Request, told: dict[str, str], refusal: XiaohaoError | None = None, *, looking: bool = False
) -> Response:
    services: Services = request.app.state.services
    summary = wrongs_of(Words(language_of(request)), refusal) if refusal else []
    return _page(
        request,
        "tip.html",
        refusal.status if refusal else 200,
        told=told,
        districts=await receiving.districts(services),
        most=MOST_PHOTOS,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
        refusal=refusal if isinstance(refusal, Refused | TooManyRequests) else None,
        looking=looking,
    )


def _page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    shell = {"shell": "outside.html", "root": "/tip"}
    return written(template, frame(request, language_of(request)) | shell | context, status)
