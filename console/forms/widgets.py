"""From the model of a command to the widgets of its form: one a field, by the field's type and name."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from models.choices import choice_label
from models.commands import StandardRef, TextMark
from models.fields import FIELD_NAMES, MONEY
from models.hints import CALLED, FIELD_HINTS, FLAG_NAMES, LEFT_OPEN, YES_NO_NAMES

Pair = tuple[str, str]


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"
    """A box to tick; left alone it says no."""
    YES_NO = "yes_no"
    """Yes or no; one of them has to be said."""
    CHOICE = "choice"
    ONE = "one"
    """One of what the case or the district knows: a person, an organisation, a proposal."""
    MANY = "many"
    LINES = "lines"
    """Several texts, one a line."""
    EVIDENCE = "evidence"
    PHOTOS = "photos"
    """Pictures for a case that this form opens, or that are all there is to the form."""
    ITEM = "item"
    """The number of a requirement, given with its row."""
    STANDARD = "standard"
    PART = "part"
    ROWS = "rows"
    EACH_ITEM = "each_item"
    """A row for every requirement of the case."""


@dataclass(frozen=True, slots=True)
class Widget:
    """How one field is asked for; ``source`` names where its options come from when they are not its own."""

    name: str
    kind: Kind
    label: Pair
    hint: Pair | None = None
    left_open: Pair | None = None
    """What holds where nothing is chosen, if the empty choice says so."""
    required: bool = False
    source: str = ""
    options: tuple[tuple[str, Pair], ...] = ()
    parts: tuple[Widget, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    default: Any = None


SOURCES: Mapping[str, tuple[Kind, str]] = {
    "accident": (Kind.ONE, "accidents"),
    "article": (Kind.ONE, "articles"),
    "assessor_org_id": (Kind.ONE, "assessors"),
    "case_id": (Kind.ONE, "cases"),
    "ground": (Kind.ONE, "grounds"),
    "handler_id": (Kind.ONE, "handlers"),
    "industry": (Kind.ONE, "industries"),
    "item": (Kind.ONE, "items"),
    "items": (Kind.MANY, "items"),
    "measure_id": (Kind.ONE, "measures"),
    "no": (Kind.ITEM, "items"),
    "officers": (Kind.MANY, "officers"),
    "participants": (Kind.MANY, "people"),
    "person": (Kind.ONE, "people"),
    "presiding": (Kind.ONE, "people"),
    "proposal": (Kind.ONE, "proposals"),
    "sponsor_id": (Kind.ONE, "people"),
    "step": (Kind.ONE, "steps"),
    "subject": (Kind.ONE, "subjects"),
    "witnesses": (Kind.MANY, "people"),
}
"""Fields whose values the case, the district or the policy knows: how one is chosen, and from what."""
_ONE_LINE = frozenset(
    {"channel", "decision_no", "location", "place", "principal", "supplier", "title", "to_department"}
)
_LONG_FROM = 1000
_NEVER_ASKED = frozenset({"form"})
"""What the address says already."""
PHOTOS = Widget("photos", Kind.PHOTOS, FIELD_NAMES["photos"], source="photos")
"""No command has it: what is chosen here is added to the case beside the command."""
FILES = replace(PHOTOS, source="papers")
"""The same for papers and videos too."""
PICTURES = (PHOTOS.source, FILES.source)
_BOUNDS = {"min_length": "minlength", "max_length": "maxlength", "ge": "min", "le": "max"}


@lru_cache(maxsize=256)
def widgets_of(shape: type[BaseModel]) -> tuple[Widget, ...]:
    """The widgets of a form, in the order of its fields."""
    found = (_widget(name, info) for name, info in shape.model_fields.items() if name not in _NEVER_ASKED)
    return called(tuple(found), _name_of(shape))


def called(widgets: Sequence[Widget], name: str) -> tuple[Widget, ...]:
    """``widgets``, the one that has a name of its own in the act ``name`` called by it."""
    if name not in CALLED:
        return tuple(widgets)
    own, label, hint = CALLED[name]
    return tuple(replace(one, label=label, hint=hint) if one.name == own else one for one in widgets)


def _name_of(shape: type[BaseModel]) -> str:
    """What a command, or a form of a step, calls itself."""
    form = shape.model_fields.get("form")
    return str(form.default) if form else getattr(shape, "name", "")


def beside(widgets: Sequence[Widget], path: str, added: Widget) -> tuple[Widget, ...]:
    """``widgets`` with one ``added`` after the field at ``path``."""
    name, _, rest = path.partition(".")
    found: list[Widget] = []
    for one in widgets:
        here = one.name == name
        found.append(replace(one, parts=beside(one.parts, rest, added)) if here and rest else one)
        found += [added] if here and not rest else []
    return tuple(found)


def _widget(name: str, info: FieldInfo) -> Widget:
    base, marks = _bare(info.annotation, list(info.metadata))
    limits = {_BOUNDS[key]: value for mark in marks for key, value in _limits(mark)}
    shared: dict[str, Any] = {
        "name": name,
        "label": FIELD_NAMES.get(name, (name, name)),
        "hint": FIELD_HINTS.get(name),
        "left_open": LEFT_OPEN.get(name),
        "required": info.is_required(),
        "limits": limits,
        "default": None if info.default in (PydanticUndefined, None) else info.default,
    }
    if base is bool:
        return _flag(shared)
    if (options := _closed(name, base)) is not None:
        return Widget(**shared, kind=Kind.CHOICE, options=options)
    if get_origin(base) is tuple:
        return _several(name, base, shared)
    if isinstance(base, type) and issubclass(base, BaseModel):
        kind = Kind.STANDARD if base is StandardRef else Kind.PART
        return Widget(**shared, kind=kind, source="standards", parts=widgets_of(base))
    if name in SOURCES:
        kind, source = SOURCES[name]
        return Widget(**shared, kind=kind, source=source)
    return Widget(**shared, kind=_plain(name, base, marks, limits))


def _flag(shared: dict[str, Any]) -> Widget:
    name = shared["name"]
    if shared["required"]:
        yes, no = YES_NO_NAMES.get(name, (("是", "yes"), ("否", "no")))
        return Widget(**shared, kind=Kind.YES_NO, options=(("true", yes), ("false", no)))
    return Widget(**shared | {"label": FLAG_NAMES.get(name, shared["label"])}, kind=Kind.FLAG)


def _closed(name: str, base: Any) -> tuple[tuple[str, Pair], ...] | None:
    """The values of a closed list with their names."""
    if get_origin(base) is Literal:
        values = [str(one) for one in get_args(base)]
    elif isinstance(base, type) and issubclass(base, StrEnum):
        values = [one.value for one in base]
    else:
        return None
    return tuple((one, choice_label(name, one)) for one in values)


def _several(name: str, base: Any, shared: dict[str, Any]) -> Widget:
    inner, _ = _bare(get_args(base)[0], [])
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        parts = widgets_of(inner)
        each = any(part.kind is Kind.ITEM for part in parts)
        if each:
            return Widget(**shared | {"hint": None}, kind=Kind.EACH_ITEM, source="items", parts=parts)
        return Widget(**shared, kind=Kind.ROWS, parts=parts)
    if name == "evidence":
        return Widget(**shared, kind=Kind.EVIDENCE, source="evidence")
    if name not in SOURCES:
        return Widget(**shared, kind=Kind.LINES)
    kind, source = SOURCES[name]
    return Widget(**shared, kind=kind, source=source)


def _plain(name: str, base: Any, marks: Sequence[Any], limits: Mapping[str, int]) -> Kind:
    if base is int:
        return Kind.MONEY if name in MONEY else Kind.NUMBER
    if base in (datetime, AwareDatetime):
        return Kind.INSTANT
    if base is date:
        return Kind.DAY
    if base is not str:
        raise TypeError(f"no widget for {name}: {base!r}")
    words = any(isinstance(mark, TextMark) for mark in marks)
    long = words and limits.get("maxlength", 0) >= _LONG_FROM and name not in _ONE_LINE
    return Kind.LONG if long else Kind.TEXT


def _bare(annotation: Any, marks: list[Any]) -> tuple[Any, list[Any]]:
    """A type without what surrounds it (Annotated, Optional), and the marks found on the way."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _bare(inner, [*marks, *more])
    if get_origin(annotation) in (Union, types.UnionType):
        known = [one for one in get_args(annotation) if one is not type(None)]
        if len(known) == 1:
            return _bare(known[0], marks)
    return annotation, marks


def _limits(mark: Any) -> list[tuple[str, int]]:
    """What a mark, or the marks within one, bounds."""
    inner = mark.metadata if isinstance(mark, FieldInfo) else (mark,)
    return [
        (key, value) for one in inner for key in _BOUNDS if isinstance(value := getattr(one, key, None), int)
    ]
