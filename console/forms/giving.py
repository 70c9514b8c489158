"""One form from its first showing to what came of it: shown, filled in, refused and shown again, or done.

The key that makes an act happen once is made when the form is shown and stays while it is unsure whether it took effect;
a refusal for certain gives the next try a key of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, Response

from console.forms.sources import Sources
from console.forms.values import Data, asked, beginning, posted
from console.forms.widgets import Kind, Widget
from console.page import Page, see_other
from console.refusals import record, wrongs_of
from models.errors import EngineUnavailable, Malformed, Pending, TooManyRequests, XiaohaoError
from models.labels import Label
from models.malformed import malformed
from services.evidence import writes as evidence

KEY, ADD, REMOVE, FILE = "_key", "_add", "_remove", "@file"
_UNSURE = (Pending, EngineUnavailable, TooManyRequests)
"""After these the same key is sent again."""
MAX_FORM_BYTES = evidence.MAX_FILE_BYTES + 1_000_000
"""Of a form with all its files: what one upload may have over the API too."""
MOST_FIELDS = 2_000


@dataclass
class Act:
    """What a form is for: its words, the shape it fills in, and how it is given (answers where to go on to)."""

    title: Label
    shape: type[BaseModel]
    widgets: Sequence[Widget]
    back: str
    action: str
    """Its name in the audit log."""
    give: Callable[[str, Any], Awaitable[str]]
    case_id: str | None = None
    basis: str = ""
    hint: str = ""
    draft: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Fields the page itself says."""
    around: Mapping[str, Any] = field(default_factory=dict)
    """What the template shows besides."""


async def show(page: Page, act: Act, sources: Sources) -> HTMLResponse:
    """The form, untouched."""
    data = beginning(act.widgets, act.draft, sources.items)
    return await _form(page, act, sources, data, key=str(uuid.uuid4()))


async def answer(page: Page, act: Act, sources: Sources) -> Response:
    """What came of a posted form: on to the next page, or the form again with what was wrong."""
    async with page.request.form(max_files=20, max_fields=MOST_FIELDS) as form:
        data = posted(act.widgets, form)
        key = _key(form.get(KEY))
        try:
            await _upload(page, act, sources, form, data, key)
            if (changed := _rows(act.widgets, form, data)) is not None:
                return await _form(page, act, sources, data, key=key, focus=changed)
            body = _body(act, data)
            with _place(page):
                return see_other(await act.give(key, body))
        except XiaohaoError as refusal:
            return await _again(page, act, sources, data, key, refusal)


def _key(given: object) -> str:
    """The key the form was shown with; a form that brings none of ours gets one now."""
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        return str(uuid.uuid4())


def _place(page: Page) -> Any:
    """A place among the writes; a form without files holds one from the guard."""
    uploaded = page.request.headers.get("content-type", "").lower().startswith("multipart/")
    return page.services.limits.writes.slot(page.actor.user_id) if uploaded else nullcontext()


def _body(act: Act, data: Data) -> BaseModel:
    """The body of the command. Raises Malformed with every wrong field."""
    told = asked(act.widgets, data) | dict(act.fixed)
    try:
        return act.shape.model_validate(told)
    except ValidationError as wrong:
        raise malformed(wrong.errors(), told=told) from None


async def _again(
    page: Page, act: Act, sources: Sources, data: Data, key: str, refusal: XiaohaoError
) -> HTMLResponse:
    """The filled form with its refusal."""
    await record(page, refusal, act.action, act.case_id)
    if isinstance(refusal, Malformed):
        for each in _each_item(act.widgets):  # a row is there for every requirement, said or not
            data[each.name] = data[each.name] or beginning((each,), {}, sources.items)[each.name]
    unsure = isinstance(refusal, _UNSURE)
    return await _form(
        page,
        act,
        sources,
        data,
        key=key if unsure else str(uuid.uuid4()),
        refusal=refusal,
        status=refusal.status,
    )


def _each_item(widgets: Sequence[Widget]) -> list[Widget]:
    return [one for one in widgets if one.kind is Kind.EACH_ITEM]


async def _form(
    page: Page,
    act: Act,
    sources: Sources,
    data: Data,
    *,
    key: str,
    refusal: XiaohaoError | None = None,
    status: int = 200,
    focus: str = "",
) -> HTMLResponse:
    summary = wrongs_of(page.words, refusal) if refusal else []
    return await page.show(
        "form.html",
        status,
        act=act,
        sources=sources,
        data=data,
        key=key,
        refusal=refusal,
        unsure=isinstance(refusal, _UNSURE),
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
        focus=focus,
        action=page.again(done=None),
        **act.around,
    )


# -- rows ----------------------------------------------------------------------------------------------
def _rows(widgets: Sequence[Widget], form: FormData, data: Data) -> str | None:
    """Add or take away a row where a button asked for it; the id of the field to go on with. None when none did."""
    add, remove = form.get(ADD), form.get(REMOVE)
    if isinstance(add, str) and (found := _at(widgets, data, add.split("."))):
        widget, rows = found
        rows.append(beginning(widget.parts, {}, ()))
        return f"{add}.{len(rows) - 1}"
    if isinstance(remove, str) and (found := _at(widgets, data, remove.split(".")[:-1])):
        rows, no = found[1], remove.rpartition(".")[2]
        if no.isdecimal() and int(no) < len(rows):
            del rows[int(no)]
        return remove.rpartition(".")[0]
    return None


def _at(widgets: Sequence[Widget], data: Data, path: Sequence[str]) -> tuple[Widget, list[Data]] | None:
    """The widget of rows at ``path``, and its rows."""
    widget = next((one for one in widgets if path and one.name == path[0]), None)
    if widget is None:
        return None
    if widget.kind is Kind.PART:
        return _at(widget.parts, data[widget.name], path[1:])
    return (widget, data[widget.name]) if widget.kind is Kind.ROWS and len(path) == 1 else None


# -- files ---------------------------------------------------------------------------------------------
async def _upload(page: Page, act: Act, sources: Sources, form: FormData, data: Data, key: str) -> None:
    """Keep the files that came along as evidence of the case, each named in its field."""
    if act.case_id is None:
        return
    files = [(name, one) for name, one in form.multi_items() if name.endswith(FILE) and is_file(one)]
    for no, (name, file) in enumerate(files):
        place = name.removesuffix(FILE)
        said = form.get(f"{place}@purpose")
        stored = await page.keep(
            act.case_id,
            evidence.Upload(
                chunks=chunks(file),  # type: ignore[arg-type]
                file_name=evidence.sent_name(file.filename, file.headers.get("content-disposition", "")),  # type: ignore[union-attr]
                media_type=file.content_type or "",  # type: ignore[union-attr]
                purpose=(str(said).strip() if said else page.words.say(act.title))[:100],
                note="",
                audience="parties" if form.get(f"{place}@open") else None,
            ),
            f"{key}/{no}",
        )
        _name(data, place.split("."), stored.evidence.evidence_id)
        if all(one.evidence_id != stored.evidence.evidence_id for one in sources.evidence):
            sources.evidence.append(stored.evidence)


def is_file(one: object) -> bool:
    """Whether a field of a form brought a file."""
    return isinstance(one, UploadFile) and bool(one.filename)


async def chunks(file: UploadFile) -> AsyncIterator[bytes]:
    """A file as it comes."""
    while chunk := await file.read(evidence.CHUNK):
        yield chunk


def _name(data: Any, path: Sequence[str], evidence_id: str) -> None:
    """Name a piece of evidence in the field at ``path``."""
    for part in path[:-1]:
        data = data[int(part)] if part.isdecimal() else data[part]
    if evidence_id not in data[path[-1]]:
        data[path[-1]].append(evidence_id)
