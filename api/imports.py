"""Imports over HTTP (导入): tables of enterprises and people, answered at once; old ledgers of hazards, to be followed."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Form, Query, UploadFile
from fastapi.responses import StreamingResponse

from api import links
from api.deps import ActorDep, ServicesDep
from api.exports import FILE, TakingDep
from api.exports import sent as sent_file
from api.parts import part
from api.problems import ON_UPLOADS, ON_WRITES, responses
from api.refusals import name_for_audit
from api.writing import REPLAYED, WritingDep
from exchange.hazards import hazard_rows
from exchange.register import first
from exchange.uploads import MOST_BYTES, digest_of, on_disk
from exchange.wrongrows import take_wrong_rows
from models.audit import AuditAction
from models.errors import BadRequest, Conflict, IdempotencyConflict, LimitExceeded, NotAuthorised, TooLarge
from services.imports import reads, writes
from services.imports.views import (
    HazardsSent,
    ImportQuery,
    ImportRowQuery,
    ImportRowView,
    ImportView,
)
from services.imports.writes import vouchers_only
from services.paging import Listing
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
    responses=responses(*ON_UPLOADS, BadRequest, NotAuthorised, TooLarge, IdempotencyConflict),
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
        write.response.headers["Location"] = links.old_ledger(done.answer.import_id)
    return done.answer


@router.get("/imports", responses=responses(NotAuthorised))
async def list_imports(
    query: Annotated[ImportQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[ImportView]:
    """Old ledgers taken over in my district, latest first."""
    return await reads.list_imports(services, actor, query)


@router.get("/imports/{import_id}", responses=responses())
async def show_import(import_id: str, actor: ActorDep, services: ServicesDep) -> ImportView:
    """How far an import is: rows by what became of them, rows a second, the time left."""
    return await reads.show_import(services, actor, import_id)


@router.get("/imports/{import_id}/rows", responses=responses())
async def list_import_rows(
    import_id: str, query: Annotated[ImportRowQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[ImportRowView]:
    """The rows of an import as they stand in the file: the case each has become, or what is wrong at which cell."""
    return await reads.list_rows(services, actor, import_id, query)


@router.get("/imports/{import_id}/wrong.xlsx", response_class=StreamingResponse, responses=FILE)
async def export_wrong_rows(import_id: str, take: TakingDep) -> StreamingResponse:
    """The wrong rows as a workbook, with the reason in a column of its own; mended, it can be imported."""
    return sent_file(await take_wrong_rows(take.services, take.actor, import_id, **take.told))


@router.post(
    "/imports/{import_id}/cancel",
    response_model=ImportView,
    responses=responses(*ON_WRITES, NotAuthorised, Conflict, IdempotencyConflict),
)
async def cancel_import(import_id: str, write: WritingDep) -> Any:
    """End an import between two rows; what is a case stays one."""
    ask = write.asking("imports.cancel", import_id, audited=AuditAction.IMPORT)
    location = links.old_ledger(import_id)
    return await write.answer(ask, lambda: writes.cancel_import(ask, import_id, ip=write.ip), location)


@router.post(
    "/imports/{kind}",
    max_body_size=MOST_BYTES + _FORM_ALLOWANCE,
    response_model=Imported,
    responses=responses(*ON_UPLOADS, BadRequest, NotAuthorised, TooLarge, LimitExceeded, IdempotencyConflict),
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
        ask, lambda: import_table(ask, kind, rows, ip=write.ip, only_look=check), links.enterprises()
    )
