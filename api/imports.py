"""Tables of enterprises and people over HTTP (导入)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile

from api import links
from api.problems import ON_UPLOADS, responses
from api.writing import WritingDep
from exchange.register import sent
from models.audit import AuditAction
from models.errors import BadRequest, IdempotencyConflict, LimitExceeded, NotAuthorised
from services.register.importing import Kind
from services.register.views import Imported, table_of
from services.register.writes import MAX_FILE_BYTES, import_table

router = APIRouter(tags=["register"])

_FORM_ALLOWANCE = 20_000


@router.post(
    "/imports/{kind}",
    max_body_size=MAX_FILE_BYTES + _FORM_ALLOWANCE,
    response_model=Imported,
    responses=responses(*ON_UPLOADS, BadRequest, NotAuthorised, LimitExceeded, IdempotencyConflict),
)
async def import_file(
    kind: Kind, file: UploadFile, write: WritingDep, check: Annotated[bool, Form()] = False
) -> Any:
    """Register the enterprises or people of a table (xlsx, xls, ods, csv): every row is written or named at its cell.

    With ``check`` nothing is written. A second time changes nothing.
    """
    content = await file.read()
    table = table_of(content, only_look=check)
    ask = write.asking("imports", kind, table, audited=AuditAction.REGISTER)
    rows = await asyncio.to_thread(sent, file.filename or "", content, kind)
    return await write.answer(
        ask, lambda: import_table(ask, kind, rows, ip=write.ip, only_look=check), links.enterprises()
    )
