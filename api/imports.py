"""Imports over HTTP (导入): tables of enterprises and people, answered at once; old ledgers of hazards, to be followed."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Form, UploadFile

from api.parts import PREFIX, part
from api.problems import ON_UPLOADS, responses
from api.refusals import name_for_audit
from api.writing import REPLAYED, WritingDep
from exchange.hazards import hazard_rows
from exchange.making import MEDIA_TYPES
from exchange.register import first
from exchange.uploads import MOST_BYTES, digest_of, on_disk
from exchange.wrongrows import take_wrong_rows
from models.audit import AuditAction
from models.errors import Conflict, IdempotencyConflict, LimitExceeded, TooLarge
from services.imports import reads, writes
from services.imports.views import HazardsSent
from services.imports.writes import vouchers_only
from services.register.importing import Kind
from services.register.views import Imported, Table
from services.register.writes import administrator_only, import_table

router = part("register")

_FORM_ALLOWANCE = 20_000


@router.post(
    "/imports/hazards",
    status_code=201,
    max_body_size=MOST_BYTES + _FORM_ALLOWANCE,
    response_model=HazardsSent,
    responses=responses(*ON_UPLOADS, TooLarge, IdempotencyConflict),
)
async def import_hazards(file: UploadFile, write: WritingDep, check: Annotated[bool, Form()] = False) -> Any:
    """Take over an old ledger of hazards (历史隐患台账: xlsx, xls, ods, csv), by a section head or a leader of the bureau.

    Every row becomes a case or is named at its cell; which, is answered at once, and the cases then open one after the
    other (``GET /imports/{import_id}``). With ``check`` nothing is kept. A row that is a case already adds nothing.
    """
    name_for_audit(write.request, AuditAction.IMPORT)
    name = file.filename or ""
    vouchers_only(write.actor)
    async with on_disk(write.services, name, file.size, file.file) as path:
        sha256 = await asyncio.to_thread(digest_of, path)
        ask = write.asking(
            "imports", "hazards", Table(sha256=sha256, only_look=check), audited=AuditAction.IMPORT
        )
        done = await writes.send_hazards(
            ask, hazard_rows(path), file=name, sha256=sha256, ip=write.ip, only_look=check
        )
    if done.before:
        write.response.status_code = 200
        write.response.headers[REPLAYED] = "true"
    if done.answer.import_id:
        write.response.headers["Location"] = f"{PREFIX}/imports/{done.answer.import_id}"
    return done.answer


router.reads("/imports", reads.list_imports)
router.reads("/imports/{import_id}", reads.show_import)
router.reads("/imports/{import_id}/rows", reads.list_rows, name="list_import_rows")
router.sends(
    "/imports/{import_id}/wrong.xlsx",
    take_wrong_rows,
    kinds=[MEDIA_TYPES["xlsx"]],
    audited=AuditAction.EXPORT,
    name="export_wrong_rows",
)
router.writes(
    "/imports/{import_id}/cancel",
    writes.cancel_import,
    "imports.cancel",
    Conflict,
    at="/imports/{import_id}",
    audited=AuditAction.IMPORT,
)


@router.post(
    "/imports/{kind}",
    max_body_size=MOST_BYTES + _FORM_ALLOWANCE,
    response_model=Imported,
    responses=responses(*ON_UPLOADS, TooLarge, LimitExceeded, IdempotencyConflict),
)
async def import_file(
    kind: Kind, file: UploadFile, write: WritingDep, check: Annotated[bool, Form()] = False
) -> Any:
    """Register the enterprises or people of a table (xlsx, xls, ods, csv): every row is written or named at its cell.

    With ``check`` nothing is written. A second time changes nothing. A file of more rows than ``XIAOHAO_IMPORT_ROWS`` is
    refused whole: ``xiaohao import`` takes any.
    """
    name_for_audit(write.request, AuditAction.REGISTER)
    administrator_only(write.actor)
    most = write.services.settings.import_rows
    async with on_disk(write.services, file.filename or "", file.size, file.file) as path:
        table = Table(sha256=await asyncio.to_thread(digest_of, path), only_look=check)
        rows = await asyncio.to_thread(first, path, kind, most)
    ask = write.asking("imports", kind, table, audited=AuditAction.REGISTER)
    return await write.answer(
        ask, lambda: import_table(ask, kind, rows, ip=write.ip, only_look=check), f"{PREFIX}/enterprises"
    )
