"""One form from its first showing to what came of it: shown, filled in, refused and shown again, or done.

The key that makes an act happen once is made when the form is shown and stays while it is unsure whether it took effect;
a refusal for certain gives the next try a key of its own. A form that was shown before the service was upgraded is not
given: it is shown anew with what it said, to be looked over and sent.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from console.forms.files import take_files
from console.forms.sources import Sources
from console.forms.values import Data, asked, beginning, posted
from console.forms.widgets import Kind, Widget
from console.page import Page, see_other
from console.posted import is_older
from console.refusals import record, wrongs_of
from models.errors import EngineUnavailable, Malformed, Pending, TooManyRequests, XiaohaoError
from models.labels import Label
from models.malformed import malformed
from services.cases.views import CaseClock
from services.evidence import held
from services.evidence import writes as evidence
from services.papers.sheets import Drawn

KEY, ADD, REMOVE, DRAFT = "_key", "_add", "_remove", "_draft"
_UNSURE = (Pending, EngineUnavailable, TooManyRequests)
"""After these the same key is sent again."""
MAX_FORM_BYTES = evidence.MAX_FORM_BYTES
"""Of a form with all its files: what one upload may have over the API too."""
MOST_FIELDS, MOST_FILES = 2_000, 200


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
    paper: str | None = None
    """The paper (文书) it issues, if its draft can be shown before."""
    draw: Callable[[Any], Awaitable[Drawn]] | None = None
    """Draws that draft."""
    basis: str = ""
    hint: str = ""
    draft: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Fields the page itself says."""
    clocks: Sequence[CaseClock] = ()
    """The clocks it answers: until when it is to be done, and under which article."""
    around: Mapping[str, Any] = field(default_factory=dict)
    """What the template shows besides."""
    data: Data = field(default_factory=dict)
    """What the form said, once it was posted: its photographs are no part of the body."""


async def show(page: Page, act: Act, sources: Sources) -> HTMLResponse:
    """The form, untouched."""
    data = beginning(act.widgets, act.draft, sources.items)
    return await _form(page, act, sources, data, key=str(uuid.uuid4()))


async def answer(page: Page, act: Act, sources: Sources) -> Response:
    """What came of a posted form: on to the next page, or the form again with what was wrong."""
    async with page.request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        key = _key(form.get(KEY))
        said = list(form.multi_items())
        try:
            drawn = act.draw is not None and DRAFT in form
            if not drawn:
                await take_files(page, act, sources, said, key)
            data = posted(act.widgets, FormData(said))
            if is_older(form):
                return await _form(page, act, sources, data, key=key, status=409, older=_strange(act, said))
            if (changed := _rows(act.widgets, form, data)) is not None:
                return await _form(page, act, sources, data, key=key, focus=changed)
            act.data = data
            body = _body(act, data)
            if act.draw is not None and drawn:
                return shown(await act.draw(body))
            with _place(page):
                return see_other(await act.give(key, body))
        except XiaohaoError as refusal:
            return await _again(page, act, sources, posted(act.widgets, FormData(said)), key, refusal)


def shown(drawn: Drawn) -> Response:
    """A paper that was drawn for whoever asked."""
    headers = {"Content-Disposition": drawn.disposition}
    return Response(drawn.body, media_type=drawn.media_type, headers=headers)


def _strange(act: Act, said: Sequence[tuple[str, Any]]) -> list[str]:
    """What a form of an older version said in fields that this one has not."""
    known = {one.name for one in act.widgets}
    return [
        value
        for name, value in said
        if isinstance(value, str)
        and value.strip()
        and name[:1] != "_"
        and re.split(r"[.@]", name)[0] not in known
    ]


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
        raise malformed(wrong.errors(), told=told, own={one.name: one.label for one in act.widgets}) from None


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
    older: Sequence[str] | None = None,
) -> HTMLResponse:
    """The form; ``older`` is what one of an older version said beyond it, None of one that is not older."""
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
        older=older,
        held=lambda mark: held.kept_by(page.services, page.actor, mark),
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
