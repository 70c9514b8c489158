"""Importing a table (导入): an administrator sends it, looks at what would come of it, and has it written."""

from __future__ import annotations

import asyncio
import uuid

from starlette.datastructures import UploadFile
from starlette.responses import Response

from console.page import Page, PageDep
from console.parts import part
from console.posted import read
from console.refusals import record, wrongs_of
from exchange.register import KINDS, first
from exchange.uploads import MOST_BYTES, digest_of, on_disk
from models.audit import AuditAction
from models.errors import RequirementMissing, XiaohaoError
from services.asking import asking
from services.register.importing import KIND_LABELS, Kind
from services.register.views import Imported, Table
from services.register.writes import administrator_only, import_table

router = part()

_FORM_ALLOWANCE = 20_000
_MOST_SHOWN = 200


@router.get("/admin/import")
async def ask_for_table(page: PageDep) -> Response:
    """What may be imported, and how its columns are called."""
    administrator_only(page.actor)
    return await _page(page)


@router.post("/admin/import", max_body_size=MOST_BYTES + _FORM_ALLOWANCE)
async def import_file(page: PageDep) -> Response:
    """Look at a table, or write it; either way every wrong row is named."""
    try:
        return await _page(page, await _imported(page))
    except XiaohaoError as refusal:
        await record(page, refusal, AuditAction.REGISTER, None)
        return await _page(page, refusal=refusal)


async def _imported(page: Page) -> Imported:
    administrator_only(page.actor)
    async with read(page.request, files=1) as form:
        kind = Kind(str(form.get("kind"))) if form.get("kind") in set(Kind) else Kind.ENTERPRISES
        only_look, key = form.get("act") != "write", str(form.get("_key") or uuid.uuid4())
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise RequirementMissing("请选择文件", "choose a file", rule="import.file", field="file")
        async with on_disk(page.services, file.filename, file.size, file.file) as path:
            table = Table(sha256=await asyncio.to_thread(digest_of, path), only_look=only_look)
            rows = await asyncio.to_thread(first, path, kind, page.services.settings.import_rows)
    ask = asking(page.services, page.actor, key, "imports", kind, table)
    done = await page.services.under_way.once(
        ask, lambda: import_table(ask, kind, rows, ip=page.ip, only_look=only_look)
    )
    return done.answer


async def _page(page: Page, report: Imported | None = None, refusal: XiaohaoError | None = None) -> Response:
    return await page.show(
        "admin_import.html",
        refusal.status if refusal else 200,
        kinds=list(KIND_LABELS.items()),
        columns=[(KIND_LABELS[kind], [one.names[0] for one in headings]) for kind, headings in KINDS.items()],
        key=str(uuid.uuid4()),
        most=page.services.settings.import_rows,
        report=report,
        wrong=report.wrong[:_MOST_SHOWN] if report else [],
        refusal=refusal,
        summary=wrongs_of(page.words, refusal) if refusal else [],
    )
