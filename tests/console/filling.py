"""A body as the fields of its form, and a page without its markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import httpx2

from console.forms.widgets import Kind, Widget
from models.clocks import SHANGHAI

Sent = list[tuple[str, str]]


def fields_of(widgets: Iterable[Widget], told: Mapping[str, Any], prefix: str = "") -> Sent:
    """The body ``told`` as the fields a page sends; files of evidence under the name of their input."""
    found: Sent = []
    for one in widgets:
        if told.get(one.name) is not None:
            found += _field(one, told[one.name], f"{prefix}{one.name}")
    return found


def _field(one: Widget, value: Any, name: str) -> Sent:
    kind = one.kind
    if kind is Kind.PART:
        return fields_of(one.parts, value, f"{name}.")
    if kind in (Kind.ROWS, Kind.EACH_ITEM):
        return [field for no, row in enumerate(value) for field in fields_of(one.parts, row, f"{name}.{no}.")]
    if kind is Kind.STANDARD:
        whole = f"{value['standard_id']}|{value['version']}|"
        return [(f"{name}.ref", whole), (f"{name}.clause", value["clause"])]
    if kind is Kind.EVIDENCE:
        return [(f"{name}@file", "")] if value else []
    if kind is Kind.MANY:
        return [(name, str(one)) for one in value]
    if kind is Kind.INSTANT:
        return [(name, f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%dT%H:%M:%S}")]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")] if value or kind is not Kind.FLAG else []
    return [(name, str(value))]


def words(page: httpx2.Response) -> str:
    """What a page says, without its markup."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))[:600]


def body_fields(command: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a person says of a command: an order is its officers and its days, a policy its version."""
    if command == "issue_order":
        return {**fields, **fields["order"]}
    if command == "adopt_policy":
        return {**fields, "version": fields["policy"]["version"]}
    return fields
