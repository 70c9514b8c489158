"""Refusals: each says what, by which rule, in both languages; each changes nothing; none is another kind of error."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.errors import (
    Refused,
    XiaohaoError,
    error_classes,
    error_from,
)
from models.lifecycle import CaseState
from tests.builders import CHIEF, EVERYONE, FIRM, LI, WANG, ZHAO, asked, refusal
from tests.situations import SITUATIONS
from tests.walks import OFFERS, VARIANTS

MODELS = Path(__file__).resolve().parents[2] / "models"
RAISING = sorted([*(MODELS / "decisions").glob("*.py"), MODELS / "authority.py", MODELS / "case.py"])
MAKERS = {"require"} | {kind.__name__ for kind in error_classes().values()}


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


# -- in the source -----------------------------------------------------------------------------------
def made() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the rules that makes a refusal."""
    for path in RAISING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                yield f"{path.name}:{node.lineno}", node


MADE = dict(made())


def words(node: ast.expr) -> str:
    """The literal text in ``node``: a string, an f-string, or both arms of a choice."""
    return "".join(str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant))


@pytest.mark.parametrize("where", [where for where, call in MADE.items() if len(call.args) >= 2])
def test_a_refusal_is_written_in_both_languages_with_its_rule(where: str) -> None:
    call = MADE[where]
    zh, en = call.args[-2:]
    more = {keyword.arg: keyword.value for keyword in call.keywords}
    named = isinstance(zh, ast.Name) or isinstance(en, ast.Name)
    assert named or chinese(words(zh)), f"{where}: the first text is Chinese"
    assert named or words(en).isascii(), f"{where}: the second text is English"
    assert "rule" in more or None in more, f"{where}: name the rule that refuses"
    assert ("remedy_zh" in more) == ("remedy_en" in more), f"{where}: a remedy is given in both languages"


def test_refusals_are_found_in_the_source_at_all() -> None:
    assert len(MADE) > 50


# -- in every situation ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SITUATIONS)
def test_whatever_is_refused_is_explained_and_changes_nothing(name: str) -> None:
    story = SITUATIONS[name]()
    before, picture, entries = story.case, story.case.model_dump_json(), len(story.entries)
    for command, offer in (*OFFERS.items(), *VARIANTS.items()):
        _, fields = offer(story.case, story.now)
        for actor in (*EVERYONE, LI, ZHAO):
            sent = asked(story.case.case_id, command, actor, now=story.now, **fields)
            try:
                story.hazard.decide(sent, story.now)
            except XiaohaoError as error:
                check(error)
    assert story.case is before
    assert story.case.model_dump_json() == picture
    assert len(story.entries) == entries


def check(error: XiaohaoError) -> None:
    """The refusal is whole, and the same again after its way through Temporal."""
    said = error.as_dict()
    assert chinese(error.zh), said
    assert error.en, said
    assert error.rule, said
    assert error.status in (403, 404, 409), said
    assert bool(error.remedy_zh) == bool(error.remedy_en), said
    again = error_from(said)
    assert type(again) is type(error)
    assert again.as_dict() == said


def test_a_refusal_in_the_wrong_state_names_what_is_possible() -> None:
    error = refusal(SITUATIONS["submitted"](), "signal_completion", FIRM, text="完成", evidence=["photo"])
    assert error.details["state"] == CaseState.SUBMITTED.value
    assert "reinspect" in error.details["allowed"]
    assert "signal_completion" not in error.details["allowed"]


@pytest.mark.parametrize(
    ("name", "command", "actor", "fields", "code", "status"),
    [
        ("ordered", "sign_off", CHIEF, {}, "transition_not_allowed", 409),
        ("ordered", "sign_off", FIRM, {}, "not_authorised", 403),
        ("major, signing off", "sign_off", CHIEF, {}, "not_authorised", 403),
        ("paused", "pause", CHIEF, {"ground": "appraisal", "reason": "再次"}, "requirement_missing", 409),
        ("recorded", "assign_handler", CHIEF, {"handler_id": "wang"}, "conflict", 409),
        ("ordered", "decide_regrade", CHIEF, {"approve": True, "reason": "x"}, "requirement_missing", 409),
    ],
)
def test_codes_and_statuses_are_stable(
    name: str, command: str, actor: Any, fields: dict[str, Any], code: str, status: int
) -> None:
    error = refusal(SITUATIONS[name](), command, actor, **fields)
    assert (error.code, error.status) == (code, status)


# -- the tree ----------------------------------------------------------------------------------------
def test_the_error_tree_has_one_class_for_a_code() -> None:
    def walk(kind: type[XiaohaoError]) -> Iterator[type[XiaohaoError]]:
        yield kind
        for sub in kind.__subclasses__():
            yield from walk(sub)

    kinds = list(walk(XiaohaoError))
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))
    assert set(error_classes()) == set(codes)
    assert all(kind.__doc__ for kind in kinds)
    assert all(kind.status == 409 for kind in walk(Refused))


def test_an_unknown_code_comes_back_as_the_base_class() -> None:
    error = error_from({"code": "from_the_future", "zh": "新", "en": "new", "rule": "r"})
    assert (type(error), error.rule, error.details) == (XiaohaoError, "r", {})


def test_an_error_prints_both_languages() -> None:
    assert str(
        refusal(
            SITUATIONS["recorded"](), "serve_order", WANG, service={"served_at": "2026-09-01T10:00:00+08:00"}
        )
    ) == ("尚未下达责令限期整改指令书 / no order has been issued yet")
