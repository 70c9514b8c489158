"""What a form says: from the drafts it begins with, through what was posted, to the body a command is asked with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from starlette.datastructures import FormData

from console.forms.widgets import Kind, Widget
from models.clocks import SHANGHAI

_CHOSEN = frozenset({Kind.FLAG, Kind.CHOICE, Kind.ITEM})
"""What says something even when nobody touched it."""
_LINE_ENDS = re.compile(r"\r\n?")
_SHANGHAI = "+08:00"


Data = dict[str, Any]
"""What the widgets of a form show, by field; parts and rows inside."""


def beginning(widgets: Sequence[Widget], draft: Mapping[str, Any], items: Sequence[int]) -> Data:
    """What an untouched form shows; ``items`` are the requirements to be judged."""
    return {one.name: _begin(one, draft.get(one.name), items) for one in widgets}


def _begin(widget: Widget, given: Any, items: Sequence[int]) -> Any:
    kind = widget.kind
    if kind is Kind.EACH_ITEM:
        return [beginning(widget.parts, {"no": no}, items) for no in items]
    if kind is Kind.ROWS:
        drafts: Sequence[Mapping[str, Any]] = given or ({},)
        return [beginning(widget.parts, one, items) for one in drafts]
    if kind is Kind.PART:
        return beginning(widget.parts, given or {}, items)
    if kind is Kind.STANDARD:
        return {"ref": "", "clause": ""}
    if kind in (Kind.MANY, Kind.EVIDENCE):
        return [str(one) for one in given or ()]
    if kind is Kind.PHOTOS:
        return {"kept": [], "open": False}
    if kind is Kind.LINES:
        return "\n".join(given or ())
    return _shown(widget.default if given is None else given, kind)


def _shown(value: Any, kind: Kind) -> Any:
    if kind is Kind.FLAG:
        return bool(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def posted(widgets: Sequence[Widget], form: FormData, prefix: str = "") -> Data:
    """What was posted, as the widgets show it again; rows in which nothing was said are left out."""
    return {one.name: _posted(one, form, f"{prefix}{one.name}") for one in widgets}


def _posted(widget: Widget, form: FormData, name: str) -> Any:
    kind = widget.kind
    if kind in (Kind.ROWS, Kind.EACH_ITEM):
        rows = [posted(widget.parts, form, f"{name}.{no}.") for no in _numbers(form, name)]
        return rows if kind is Kind.EACH_ITEM else [row for row in rows if said(widget.parts, row)]
    if kind is Kind.PART:
        return posted(widget.parts, form, f"{name}.")
    if kind is Kind.STANDARD:
        return {"ref": _text(form, f"{name}.ref"), "clause": _text(form, f"{name}.clause")}
    if kind in (Kind.MANY, Kind.EVIDENCE):
        return _every(form, name)
    if kind is Kind.PHOTOS:
        return {"kept": _every(form, name), "open": form.get(f"{name}@open") is not None}
    if kind is Kind.FLAG:
        return form.get(name) is not None
    return _text(form, name)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return _LINE_ENDS.sub("\n", value).strip() if isinstance(value, str) else ""


def _every(form: FormData, name: str) -> list[str]:
    return list(dict.fromkeys(str(one) for one in form.getlist(name) if isinstance(one, str) and one))


def _numbers(form: FormData, name: str) -> list[int]:
    """The numbers of the rows that were posted."""
    ahead = f"{name}."
    told = {key[len(ahead) :].partition(".")[0] for key in form.keys() if key.startswith(ahead)}  # noqa: SIM118
    return sorted(int(one) for one in told if one.isdecimal() and len(one) < 4)


def said(widgets: Sequence[Widget], data: Mapping[str, Any]) -> bool:
    """Whether anything was said in a part of a form; what is chosen before anybody touches it says nothing."""
    return any(_said(one, data[one.name]) for one in widgets if one.kind not in _CHOSEN)


def _said(widget: Widget, value: Any) -> bool:
    if widget.kind is Kind.PART:
        return said(widget.parts, value)
    if widget.kind is Kind.STANDARD:
        return any(value.values())
    if widget.kind is Kind.PHOTOS:
        return bool(value["kept"])
    if widget.kind in (Kind.ROWS, Kind.EACH_ITEM):
        return any(said(widget.parts, row) for row in value)
    return bool(value)


def asked(widgets: Sequence[Widget], data: Mapping[str, Any]) -> Data:
    """The body: what was said, in the shapes the model takes; what was left empty was not said."""
    body: Data = {}
    for one in widgets:
        value = _asked(one, data[one.name])
        if value is not None:
            body[one.name] = value
    return body


def _asked(widget: Widget, value: Any) -> Any:
    kind = widget.kind
    if kind is Kind.FLAG:
        return value
    if kind is Kind.PHOTOS:
        return None
    if kind in (Kind.ROWS, Kind.EACH_ITEM):
        return [asked(widget.parts, row) for row in value] or None
    if kind is Kind.PART:
        return asked(widget.parts, value) if widget.required or said(widget.parts, value) else None
    if kind is Kind.STANDARD:
        return _standard(value) if any(value.values()) else None
    if kind in (Kind.MANY, Kind.EVIDENCE):
        return value or None
    if value == "":
        return None
    if kind is Kind.LINES:
        return [line.strip() for line in value.splitlines() if line.strip()] or None
    if kind is Kind.MONEY:
        return value.replace(",", "").replace("，", "")
    if kind is Kind.INSTANT and "T" in value and len(value) < 20:
        return f"{value}{_SHANGHAI}"
    return value


def _standard(value: Mapping[str, str]) -> Data:
    """A clause of a standard: as chosen from the list, or more precisely as written beside it."""
    standard_id, version, clause = (*value["ref"].split("|"), "", "", "")[:3]
    told = {"standard_id": standard_id, "version": version, "clause": value["clause"] or clause}
    return {name: one for name, one in told.items() if one}
