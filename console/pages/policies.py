"""Policy versions: loaded and checked, compared with the one in force, put in force, adopted for open cases."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.page import Page, PageDep, query_of, see_other
from console.parts import part
from console.posted import fields_of, read
from console.refusals import record, wrongs_of
from models.audit import AuditAction
from models.errors import NotAuthorised, RequirementMissing, XiaohaoError
from models.malformed import malformed
from models.policyversions import keeps_policies
from services.asking import asking
from services.paging import Paged
from services.policies import adopting, versions
from services.policies.adopting import FOLLOWERS, CandidateQuery
from services.policies.adoption_views import AdoptionAsked, AdoptionPreview, Choice
from services.policies.documents import Format, format_of
from services.policies.version_views import MOST_CHARACTERS, Checked, Document

router = part()

_LOAD_BYTES = 1_500_000
_BYTES = 60_000
_SHOWN = 50
"""Clocks and refusals named on the page; all of them are counted."""


@router.get("/policy/versions")
async def list_versions(page: PageDep) -> Response:
    """规则版本: every stored version and where it stands."""
    query = query_of(Paged, page.request)
    found = await versions.list_versions(page.services, page.actor, query)
    return await page.listing("policy_versions.html", "versions", found, query, keeps=_keeps(page))


@router.get("/policy/load")
async def ask_for_document(page: PageDep) -> Response:
    """录入规则文件."""
    keeps_policies(page.actor)
    return await _load(page, "", Format.TOML)


@router.post("/policy/load", max_body_size=_LOAD_BYTES)
async def load_document(page: PageDep) -> Response:
    """Look at a document, or store it."""
    keeps_policies(page.actor)
    async with read(page.request, files=1, fields=6, max_part_size=_LOAD_BYTES) as form:
        text, written, act = str(form.get("text") or ""), str(form.get("format") or ""), form.get("act")
        sent = form.get("file")
        if isinstance(sent, UploadFile) and sent.filename:
            text = (await sent.read()).decode("utf-8-sig", "replace")
            written = format_of(sent.filename) or written
    kind = Format(written) if written in {*Format} else Format.TOML
    text = text.replace("\r\n", "\n")
    try:
        if not text.strip() or len(text) > MOST_CHARACTERS:
            raise RequirementMissing(
                "请选择规则文件", "choose a document", rule="policies.file", field="file"
            )
        document, now, database = (
            Document(format=kind, text=text),
            page.services.clock(),
            page.services.database,
        )
        if act == "store":
            done = await versions.store(database, page.actor, document, now, ip=page.ip)
            return see_other(_path(done.version.version))
        return await _load(page, text, kind, await versions.check(database, page.actor, document, now))
    except XiaohaoError as refusal:
        await record(page, refusal, AuditAction.STORE_POLICY, None)
        return await _load(page, text, kind, refusal=refusal)


async def _load(
    page: Page, text: str, kind: Format, checked: Checked | None = None, refusal: XiaohaoError | None = None
) -> Response:
    return await page.show(
        "policy_load.html",
        refusal.status if refusal else 200,
        text=text,
        kind=kind,
        kinds=[*Format],
        checked=checked,
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


@router.get("/policy/versions/{version}")
async def show_version(version: str, page: PageDep) -> Response:
    """One version: where it stands, how it differs from the one in force, how far open cases have it."""
    return await _version(page, version)


@router.post("/policy/versions/{version}/activate", max_body_size=_BYTES)
async def activate(version: str, page: PageDep) -> Response:
    """Put it in force from a day."""
    keeps_policies(page.actor)
    form = await fields_of(page.request, fields=4)
    said = str(form.get("from_day") or "")
    try:
        day = _day(said)
        database, now = page.services.database, page.services.clock()
        await versions.activate(database, page.actor, version, day, now, ip=page.ip)
    except XiaohaoError as refusal:
        if refusal.status == 404:
            raise
        await record(page, refusal, AuditAction.ACTIVATE_POLICY, None)
        return await _version(page, version, said, refusal)
    return see_other(_path(version))


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise RequirementMissing(
            "施行日期应写作 2027-01-01", "write the day as 2027-01-01", rule="policies.day", field="from_day"
        ) from None


async def _version(page: Page, version: str, said: str = "", refusal: XiaohaoError | None = None) -> Response:
    services, actor = page.services, page.actor
    found = await versions.standing(services.database, actor, version, services.clock())
    query = query_of(Paged, page.request)
    follows = actor.role in FOLLOWERS
    adoptions = await adopting.adoptions_of(services, actor, version, query) if follows else None
    status = refusal.status if refusal else 200
    return await page.show(
        "policy_version.html",
        status,
        version=found,
        compared=await versions.compare(services, actor, version),
        adoptions=adoptions.items if adoptions else [],
        following=adoptions.next if adoptions else None,
        first=query.after is None,
        keeps=_keeps(page),
        may_adopt=found.state == "in_force" and await _adopts(page),
        from_day=said or max(found.effective_from, (await page.desk()).today).isoformat(),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


# -- adopting --------------------------------------------------------------------------------------
@router.get("/policy/versions/{version}/adopt")
async def choose_cases(version: str, page: PageDep) -> Response:
    """为在办案件适用: choose the cases."""
    return await _adopt(page, version)


@router.post("/policy/versions/{version}/adopt", max_body_size=_BYTES)
async def adopt_cases(version: str, page: PageDep) -> Response:
    """Look at what it would do, or have it done."""
    form = await fields_of(page.request, fields=600)
    said = {
        "cases": tuple(str(one) for one in form.getlist("cases")),
        "under": str(form.get("under") or "") or None,
    }
    reason, key = str(form.get("reason") or "").strip(), str(form.get("_key") or uuid.uuid4())[:128]
    services, actor = page.services, page.actor
    try:
        if form.get("act") == "adopt":
            asked = _asked(AdoptionAsked, said | {"reason": reason})
            ask = asking(services, actor, key, "policies.adopt", version, asked)
            await services.under_way.once(ask, lambda: adopting.adopt(ask, version, asked, ip=page.ip))
            return see_other(_path(version))
        found = await adopting.preview(services, actor, version, _asked(Choice, said))
        return await _adopt(page, version, said, reason, found)
    except XiaohaoError as refusal:
        if refusal.status in (403, 404):
            raise
        await record(page, refusal, AuditAction.ADOPT_POLICY, None)
        return await _adopt(page, version, said, reason, refusal=refusal)


def _asked(kind: type[Any], said: dict[str, Any]) -> Any:
    if not said["cases"] and not said["under"]:
        raise RequirementMissing("请选择案件", "choose the cases", rule="policies.choice", field="cases")
    try:
        return kind.model_validate(said)
    except ValidationError as wrong:
        raise malformed(wrong.errors()) from None


async def _adopt(
    page: Page,
    version: str,
    said: dict[str, Any] | None = None,
    reason: str = "",
    preview: AdoptionPreview | None = None,
    refusal: XiaohaoError | None = None,
) -> Response:
    query = query_of(CandidateQuery, page.request)
    found = await adopting.candidates(page.services, page.actor, version, query)
    return await page.show(
        "policy_adopt.html",
        refusal.status if refusal else 200,
        version=version,
        candidates=found.items,
        following=found.next,
        first=query.after is None,
        under=await adopting.versions_under(page.services, page.actor, version),
        said=said or {"cases": (), "under": None},
        reason=reason,
        key=str(uuid.uuid4()),
        preview=preview,
        shifts=preview.first[:_SHOWN] if preview else [],
        refused=preview.refused[:_SHOWN] if preview else [],
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


def _path(version: str) -> str:
    return f"/policy/versions/{quote(version, safe='')}"


def _keeps(page: Page) -> bool:
    try:
        keeps_policies(page.actor)
    except NotAuthorised:
        return False
    return True


async def _adopts(page: Page) -> bool:
    return await adopting.may_adopt(page.services, page.actor)
