"""The sheet 说明 (about): what a file holds, as of when, for whom, under which filters, and how many rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exchange.columns import Cell, cell, said
from models.actors import ROLE_LABELS, Actor
from models.choices import choice_label
from models.fields import FIELD_NAMES
from models.lifecycle import STATE_LABELS
from models.measures.kinds import STATE_LABELS as MEASURE_STATES
from services.accounts.reads import me
from services.context import Services
from services.enterprises.reads import list_territories
from services.messages import Language

_SPECIAL = {
    "none": ("未填写", "not stated"),
    "not_major": ("一般隐患（未判定为重大）", "general (not determined to be major)"),
}
_CHOICES = {"colour": "risk_colour"}
"""Filters by the field their values are choices of, where it has another name."""
_STATES = {str(key): pair for table in (STATE_LABELS, MEASURE_STATES) for key, pair in table.items()}


async def about(
    services: Services,
    actor: Actor,
    title: tuple[str, str],
    asked: Mapping[str, Any],
    rows: int,
    at: datetime,
    lang: Language,
) -> list[list[Cell]]:
    """The lines of the sheet."""
    person = await me(services, actor)
    role = said(ROLE_LABELS[actor.role], lang)
    places = {}
    if "territory" in asked:
        places = {one.id: one.name for one in await list_territories(services, actor)}
    lines: list[tuple[tuple[str, str], Cell]] = [
        (("名称", "title"), said(title, lang)),
        (("导出时间", "exported at"), cell(at, lang)),
        (("导出人", "exported by"), f"{person.display_name}（{role}）" if lang == "zh" else
            f"{person.display_name} ({role})"),
        (("行数", "rows"), rows),
        (("范围", "scope"), said(_SCOPE, lang)),
        (("时间", "times"), said(_TIMES, lang)),
    ]  # fmt: skip
    filters = [
        (said(_FILTER, lang) + named(name, lang), told(name, value, lang, places))
        for name, value in asked.items()
    ]
    if not filters:
        filters = [(said(_FILTER, lang), said(("无", "none"), lang))]
    return [[said(pair, lang), value] for pair, value in lines] + [[name, value] for name, value in filters]


_SCOPE = ("导出人当时有权查看的全部记录", "all that whoever exported it may see")
_TIMES = (
    "均为北京时间；期限为可办理的最后一日",
    "times of Shanghai; a deadline is the last day on which one may still act",
)
_FILTER = ("筛选条件：", "filter: ")


def named(name: str, lang: Language) -> str:
    """What a filter is called."""
    return said(FIELD_NAMES.get(name, (name, name)), lang)


def told(name: str, value: Any, lang: Language, places: Mapping[str, str]) -> str:
    """What a filter asks for, in words as far as there are any."""
    if isinstance(value, list):
        return said(("、", ", "), lang).join(told(name, one, lang, places) for one in value)
    if isinstance(value, bool):
        return str(cell(value, lang))
    text = str(value)
    if text in _SPECIAL:
        return said(_SPECIAL[text], lang)
    if name == "territory":
        return places.get(text, text)
    if name == "state":
        return said(_STATES.get(text, (text, text)), lang)
    return said(choice_label(_CHOICES.get(name, name), text), lang)
