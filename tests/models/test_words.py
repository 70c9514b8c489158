"""Words people enter can be read: nothing hidden, nothing blank, whichever field and whichever body."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from models.commands import COMMANDS, Service
from models.commands.measures import Form
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.fields import FIELD_NAMES, field_name
from models.malformed import malformed
from models.words import readable, seen
from services.accounts.views import TokenRequest
from services.approvals.writes import BulkAnswers
from services.cases.views import CaseOpening, CaseQuery
from services.cases.writes import body_of
from services.enterprises.views import EnterpriseQuery
from services.inspections.views import InspectionQuery
from services.inspections.visits import Visit
from services.rehearsals.reads import RehearsalBody

BODIES: tuple[type[BaseModel], ...] = (
    *(body_of(name, kind) for name, kind in COMMANDS.items()),
    *Form.__subclasses__(),
    *ENTERPRISE_COMMANDS.values(),
    Service,
    Visit,
    CaseOpening,
    CaseQuery,
    EnterpriseQuery,
    InspectionQuery,
    RehearsalBody,
    BulkAnswers,
    TokenRequest,
)
HIDDEN = ("\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u0000", "\u001b", "\u3164", "\u2060")
SECRET = {"password", "after"}
"""A password is nobody's to read; a bookmark is checked by its signature."""
OURS = {"policy", "calendar", "form"}
"""What is no text of a person: the service's own data, and a form that is held against its own shape."""


def fields(
    shape: type[BaseModel], path: str = "", seen_already: tuple[Any, ...] = ()
) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in shape.model_fields.items():
        yield f"{path}{name}", field
        for part in parts(field.annotation):
            if part not in seen_already:
                yield from fields(part, f"{path}{name}.", (*seen_already, part))


def parts(annotation: Any) -> set[type[BaseModel]]:
    found = {one for inner in get_args(annotation) for one in parts(inner)}
    shape = (
        isinstance(annotation, type)
        and issubclass(annotation, BaseModel)
        and not issubclass(annotation, Form)
    )
    return found | ({annotation} if shape else set())


FIELDS = [(shape.__name__, path, field) for shape in BODIES for path, field in fields(shape)]
TEXTS = [one for one in FIELDS if not {one[1].rpartition(".")[2]} & (SECRET | OURS)]


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: f"{one[0]}.{one[1]}")
def test_no_field_of_any_body_takes_what_cannot_be_seen(one: tuple[str, str, FieldInfo]) -> None:
    _, _, field = one
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    for hidden in HIDDEN:
        text = f"除尘{hidden}风管"
        for value in (text, [text], {text: "甲"}, {"甲": text}):
            with pytest.raises(ValidationError):
                adapter.validate_python(value)


@given(st.text(alphabet=st.characters(categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1))
def test_nothing_hidden_passes(text: str) -> None:
    if set(text) <= set("\t\n\r"):
        assert seen(text) == ""
    else:
        with pytest.raises(ValueError, match="cannot be seen"):
            seen(f"清理{text}")


@given(st.text(alphabet=" \t\n\r\u3000\u00a0\u2003\ufe0f\u0301"))
def test_blank_is_empty_where_a_text_may_be_and_refused_where_it_may_not(text: str) -> None:
    assert seen(text) == ""
    with pytest.raises(ValueError, match="blank"):
        readable(text)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1))
def test_what_can_be_read_stays_as_it_was_written(text: str) -> None:
    kept = seen(text) if all(unicodedata.category(one) != "Lo" for one in text) else None
    assert kept in (None, text, "")


def test_a_wrong_field_is_named_in_both_languages_and_never_quoted() -> None:
    wrong = {
        "kind": "special",
        "findings": [{"title": "甲乙", "requirements": ["清理"]}, {"title": " ", "x": 1}],
    }
    with pytest.raises(ValidationError) as refused:
        Visit.model_validate(wrong)
    error = malformed(refused.value.errors())
    told = {one["field"]: one for one in error.details["fields"]}
    assert told["findings.1.title"]["name_zh"] == "“检查发现”第2项“标题”"
    assert told["findings.1.title"]["name_en"] == "findings no. 2, title"
    assert told["findings.1.title"]["zh"] == "至少 2 个字符"
    assert "“执法人员”必填" in error.zh
    assert "pydantic" not in str(error.as_dict())
    assert "special" not in str(error.as_dict())


def test_every_field_of_every_body_has_a_name_in_both_languages() -> None:
    assert {path.rpartition(".")[2] for _, path, _ in FIELDS} <= set(FIELD_NAMES)
    assert all(zh and en for zh, en in FIELD_NAMES.values())


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (("query", "period"), ("“期间”", "period")),
        (("body", "query"), ("“筛选条件”", "conditions")),
        (("body", "form", "days"), ("“天数”", "days")),
    ],
)
def test_a_field_goes_by_its_own_name_wherever_it_lies(place: tuple[str, ...], name: tuple[str, str]) -> None:
    assert field_name(place) == name
