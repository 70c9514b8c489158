"""Old ledgers (历史台账导入): sent by whoever vouches for one, followed while its cases open, its wrong rows named."""

from __future__ import annotations

import asyncio
import uuid

from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.page import Page, PageDep, query_of, see_other
from console.pages.exports import sent as sent_file
from console.parts import part
from console.posted import PressedDep, read
from console.refusals import record, wrongs_of
from exchange.hazards import HAZARDS, hazard_rows
from exchange.uploads import MOST_BYTES, digest_of, on_disk
from exchange.wrongrows import take_wrong_rows
from models.audit import AuditAction
from models.decisions.takeover import VOUCHERS
from models.errors import RequirementMissing, XiaohaoError
from models.takeover import FLAG_LABELS
from services.asking import asking
from services.imports import reads, writes
from services.imports.views import ROW_STATES, HazardsSent, ImportQuery, ImportRowQuery
from services.register.views import Table

router = part()

_FORM_ALLOWANCE = 20_000
_REFRESH_SECONDS = 5


@router.get("/imports")
async def list_imports(page: PageDep) -> Response:
    """The old ledgers taken over, and the form that sends one."""
    return await _page(page)


@router.post("/imports", max_body_size=MOST_BYTES + _FORM_ALLOWANCE)
async def send(page: PageDep) -> Response:
    """Look at a file, or take it over: then on to the page that follows it."""
    try:
        sent = await _sent(page)
    except XiaohaoError as refusal:
        await record(page, refusal, AuditAction.IMPORT, None)
        return await _page(page, refusal=refusal)
    if sent.import_id is not None:
        return see_other(page.with_for(f"/imports/{sent.import_id}"))
    return await _page(page, sent)


async def _sent(page: Page) -> HazardsSent:
    writes.vouchers_only(page.actor)
    async with read(page.request, files=1) as form:
        only_look, key = form.get("act") != "write", str(form.get("_key") or uuid.uuid4())
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise RequirementMissing("请选择文件", "choose a file", rule="import.file", field="file")
        async with on_disk(page.services, file.filename, file.size, file.file) as path:
            sha256 = await asyncio.to_thread(digest_of, path)
            table = Table(sha256=sha256, only_look=only_look)
            ask = asking(page.services, page.actor, key, "imports", "hazards", table)
            done = await writes.send_hazards(
                ask, hazard_rows(path), file=file.filename, sha256=sha256, ip=page.ip, only_look=only_look
            )
    return done.answer


async def _page(page: Page, sent: HazardsSent | None = None, refusal: XiaohaoError | None = None) -> Response:
    query = query_of(ImportQuery, page.request)
    found = await reads.list_imports(page.services, page.actor, query)
    return await page.show(
        "imports.html",
        refusal.status if refusal else 200,
        imports=found.items,
        following=found.next,
        first=query.after is None,
        sent=sent,
        may_send=page.actor.role in VOUCHERS,
        columns=[one.names[0] for one in HAZARDS],
        most=page.services.settings.import_mb,
        key=str(uuid.uuid4()),
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )


@router.get("/imports/{import_id}")
async def follow(import_id: str, page: PageDep) -> Response:
    """How far an import is; the page looks again by itself while rows wait."""
    query = query_of(ImportRowQuery, page.request)
    job = await reads.show_import(page.services, page.actor, import_id)
    rows = await reads.list_rows(page.services, page.actor, import_id, query)
    answer = await page.listing(
        "import.html",
        "rows",
        rows,
        query,
        job=job,
        states=list(ROW_STATES.items()),
        flags=[(flag.value, pair) for flag, pair in FLAG_LABELS.items()],
        may_cancel=page.actor.role in VOUCHERS,
        narrowed=query.state is not None or query.flag is not None,
    )
    if job.under_way and query.after is None:
        answer.headers["Refresh"] = str(_REFRESH_SECONDS)
    return answer


@router.post("/imports/{import_id}/cancel")
async def cancel(import_id: str, page: PressedDep) -> Response:
    """End it between two rows."""
    ask = asking(page.services, page.actor, str(uuid.uuid4()), "imports.cancel", import_id, None)
    await writes.cancel_import(ask, import_id, ip=page.ip)
    return see_other(page.with_for(f"/imports/{import_id}"))


@router.get("/imports/{import_id}/wrong.xlsx")
async def wrong(import_id: str, page: PageDep) -> Response:
    """The wrong rows as a workbook, with the reason in a column of its own."""
    return sent_file(await take_wrong_rows(page.services, page.actor, import_id, lang=page.lang, ip=page.ip))
