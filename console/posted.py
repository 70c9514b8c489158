"""What a page posted, read once and in one way: a page from before an upgrade is told so, and nothing is done."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from console.page import Page, inside, page_of
from console.rendering import EDITION, MADE_BY
from models.errors import Conflict

OLDER = "console.edition"
"""The rule of the refusal."""
_NOT_TYPED = re.compile(
    r"_key|_seen|_version|next|act|to|list|query|notice|cases|under|password|new_password|again|code",
    re.ASCII,
)
"""Names of what nobody typed, and of what is not to be shown again."""


def is_older(form: FormData) -> bool:
    """Whether a form is from before an upgrade; one that does not say is too: every page of this edition does."""
    return form.get(MADE_BY) != EDITION


def made_now(form: FormData) -> None:
    """Raises Conflict, with what was typed, for a form from before an upgrade."""
    if is_older(form):
        raise Conflict(
            "这个页面是系统升级前打开的，这次提交没有办理",
            "This page is from before an upgrade; nothing was done",
            rule=OLDER,
            remedy_zh="重新打开页面，核对后再提交一次",
            remedy_en="open the page again, look it over and send it once more",
            typed=list(_typed(form)),
        )


def _typed(form: FormData) -> Iterator[str]:
    for name, value in form.multi_items():
        if isinstance(value, str) and value.strip() and not _NOT_TYPED.fullmatch(name):
            yield value


@asynccontextmanager
async def read(request: Request, *, files: int = 0, fields: int = 10, **more: Any) -> AsyncIterator[FormData]:
    """What was posted, of at most so many files and fields. Raises as :func:`made_now`."""
    async with request.form(max_files=files, max_fields=fields + 1, **more) as form:
        made_now(form)
        yield form


async def fields_of(request: Request, *, fields: int = 10) -> FormData:
    """What was posted by a form without files. Raises as :func:`made_now`."""
    async with read(request, fields=fields) as form:
        return form


async def said_in(request: Request, *names: str) -> tuple[dict[str, str], str]:
    """What these fields said, trimmed, and the key the form was shown with. Raises as :func:`made_now`."""
    form = await fields_of(request)
    key = str(form.get("_key") or uuid.uuid4())
    return {name: str(form.get(name) or "").strip() for name in names}, key


async def _pressed(request: Request, page: Annotated[Page, Depends(page_of)]) -> Page:
    await fields_of(request)
    return page


PressedDep = Annotated[Page, Depends(_pressed)]
"""The page a button was pressed on that says nothing besides."""


def page_before(request: Request) -> str:
    """The page a form was posted from, as the browser tells; the first page when it does not."""
    told = urlsplit(request.headers.get("referer", ""))
    return inside(f"{told.path}?{told.query}" if told.query else told.path)
