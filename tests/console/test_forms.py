"""A form for every command and every step, made from its model: each field has a widget, and what is posted comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.datastructures import FormData

from console.forms.sources import Option, Sources
from console.forms.values import asked, beginning, posted
from console.forms.widgets import SOURCES, Kind, Widget, widgets_of
from console.rendering import render
from console.words import Words
from models.commands import COMMANDS
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.explain import NOT_OFFERED
from models.fields import FIELD_NAMES
from services.cases.writes import body_of
from services.measures.writes import STEPS
from tests.api.words import BODIES, FORMS

SHAPES: dict[str, type[BaseModel]] = {
    **{name: body_of(name, kind) for name, kind in COMMANDS.items() if name not in NOT_OFFERED},
    **{f"enterprise {name}": kind for name, kind in ENTERPRISE_COMMANDS.items()},
    **{f"{kind} {step}": row.form for step, rows in STEPS.items() for kind, row in rows.items()},
}


def every(widgets: tuple[Widget, ...]) -> list[Widget]:
    return [inner for one in widgets for inner in (one, *every(one.parts))]


@pytest.mark.parametrize("name", SHAPES)
def test_every_field_of_every_form_has_a_widget_with_a_name_in_both_languages(name: str) -> None:
    shape = SHAPES[name]
    widgets = widgets_of(shape)
    assert [one.name for one in widgets] == [one for one in shape.model_fields if one != "form"]
    for one in every(widgets):
        assert one.name in FIELD_NAMES, f"{one.name} of {name} has no Chinese name in models/fields.py"
        assert all(one.label)
        for value, (zh, en) in one.options:
            assert zh != value, f"{value} of {one.name} has no name in models/choices.py"
            assert en
    for lang in ("zh", "en"):
        html = rendered(widgets, {}, Words(lang))
        for one in widgets:
            assert f'id="f-{one.name}"' in html, f"{one.name} of {name} is not in its form"


def rendered(widgets: tuple[Widget, ...], draft: dict[str, Any], words: Words) -> str:
    """The widgets of a form over sources with something in each."""
    lists = {source: [Option("x", "甲"), Option("y", "乙")] for _, source in SOURCES.values()}
    sources = Sources(lists | {"standards": [Option("s|1|2", "条", group="标准")]}, items=(1,), uploads=True)
    data = beginning(widgets, draft, sources.items)
    context = {"w": words, "t": words.t, "say": words.say, "sources": sources, "errors": {}, "who": NOBODY}
    return render("all_fields.html", context | {"widgets": widgets, "data": data})


class Nobody:
    enterprise_id = None
    assessor_org_id = None


NOBODY = Nobody()


def flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """A body as a browser would post it."""
    if isinstance(value, dict):
        return [
            one for name, inner in value.items() for one in flat(inner, f"{path}.{name}" if path else name)
        ]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [one for no, inner in enumerate(value) for one in flat(inner, f"{path}.{no}")]
    if isinstance(value, list):
        return [(path, str(inner)) for inner in value]
    if isinstance(value, bool):
        return [(path, "true" if value else "false")] if value or not path.endswith("waived") else []
    return [(path, str(value).removesuffix(":00Z") if "T" in str(value) else str(value))]


_BY_FORM = {
    shape.model_fields["form"].default: shape for shape in SHAPES.values() if "form" in shape.model_fields
}
GIVEN = [
    *((name, SHAPES[name], body) for name, body in BODIES.items() if "standard" not in body),
    *((name, shape, FORMS[name]) for name, shape in _BY_FORM.items()),
]


@pytest.mark.parametrize(("name", "shape", "body"), GIVEN, ids=[one[0] for one in GIVEN])
def test_what_a_form_says_is_what_the_command_takes(
    name: str, shape: type[BaseModel], body: dict[str, Any]
) -> None:
    widgets = widgets_of(shape)
    data = posted(widgets, FormData(flat(body)))
    given = shape.model_validate(asked(widgets, data)).model_dump(mode="json", exclude_defaults=True)
    wanted = shape.model_validate(body).model_dump(mode="json", exclude_defaults=True)
    for moment in ("served_at", "held_at", "published_at", "executed_at"):
        given, wanted = _without(given, moment), _without(wanted, moment)
    assert given == wanted


def _without(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, name) for key, one in value.items() if key != name}
    return value


def test_moments_are_typed_by_the_clocks_of_shanghai() -> None:
    widgets = widgets_of(body_of("serve_order", COMMANDS["serve_order"]))
    data = posted(widgets, FormData([("service.served_at", "2026-11-20T09:30")]))
    assert asked(widgets, data)["service"]["served_at"] == "2026-11-20T09:30+08:00"


def test_what_was_left_empty_was_not_said_and_an_empty_row_is_no_row() -> None:
    widgets = widgets_of(body_of("issue_order", COMMANDS["issue_order"]))
    form = FormData(
        [
            ("officers", "wang"),
            ("deadline_days", " 15 "),
            ("stated.title", ""),
            ("stated.requirements.0.text", ""),
            ("stated.requirements.3.text", ""),
        ]
    )
    assert asked(widgets, posted(widgets, form)) == {"officers": ["wang"], "deadline_days": "15"}
    said = FormData([("stated.requirements.7.text", "清理\r\n积尘"), ("stated.requirements.2.text", "停用")])
    rows = posted(widgets, said)["stated"]["requirements"]
    assert [one["text"] for one in rows] == ["停用", "清理\n积尘"]


def test_money_may_be_typed_with_separators_and_a_standard_is_one_choice() -> None:
    fine = widgets_of(SHAPES["propose_measure"])
    data = posted(fine, FormData([("kind", "fine"), ("cause", "逾期"), ("amount", "20,000")]))
    assert asked(fine, data)["amount"] == "20000"
    suspected = widgets_of(SHAPES["suspect_major"])
    form = FormData([("standard.ref", "gs|2023|第四条"), ("standard.clause", ""), ("reason", "疑似")])
    assert asked(suspected, posted(suspected, form))["standard"] == {
        "standard_id": "gs",
        "version": "2023",
        "clause": "第四条",
    }


def test_a_reinspection_asks_for_every_item_that_is_still_open() -> None:
    widgets = widgets_of(SHAPES["reinspect"])
    each = next(one for one in widgets if one.kind is Kind.EACH_ITEM)
    begun = beginning(widgets, {}, (2, 3))
    assert [row["no"] for row in begun[each.name]] == ["2", "3"]
    assert (each.label[0], each.hint) == ("复查情况", None), "an inspection has findings of another kind"


def test_a_draft_is_shown_as_it_is_typed() -> None:
    widgets = widgets_of(SHAPES["close_with_enterprise"])
    shown = beginning(widgets, {"decided_on": date(2026, 11, 20), "decision_no": "1号"}, ())
    assert shown == {"decision_no": "1号", "decided_on": "2026-11-20"}


def test_the_ledger_is_told_in_words_and_not_in_keys() -> None:
    zh, en = Words("zh"), Words("en")
    assert zh.told({"role": "inspector"}) == [("角色", "执法人员")]
    assert en.told({"object": "sha256:" + "0" * 64}) == []
    assert zh.told({"passed": [1, 3], "failed": []}) == [("通过的要求", "第 1、3 项")]
    assert en.told({"failed": [2]}) == [("Requirements not passed", "no. 2")]
    assert zh.told({"findings": [{"note": "已落实"}, {"note": "未落实"}]})[0][1] == "已落实；未落实"


def test_beside_its_row_a_place_is_told_by_its_column_alone() -> None:
    zh, en = Words("zh"), Words("en")
    assert (zh.column("台账!C12"), en.column("台账!C12")) == ("C 列", "column C")
    assert zh.column("台账!12") == en.column("C12") == ""
