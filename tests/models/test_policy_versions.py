"""Policy versions: read in three formats, compared in words, put in force only forward."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml

from models.errors import PolicyError, RequirementMissing, XiaohaoError
from models.policy import Policy
from models.policy.differences import differences
from models.policyversions import Version, check_activation, check_in_force
from policies import Format, default_policy_path, format_of, load_default, read_document

TEXT = default_policy_path().read_text(encoding="utf-8")


def plain(value: Any) -> Any:
    """Dates and times as the words JSON and YAML write."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | bool) else str(value)


def test_a_document_is_the_same_policy_in_toml_yaml_and_json() -> None:
    raw = plain(tomllib.loads(TEXT))
    as_yaml = yaml.safe_dump(raw, allow_unicode=True).replace("'17:30:00'", "17:30:00")
    for written, text in (
        (Format.TOML, TEXT),
        (Format.JSON, json.dumps(raw, ensure_ascii=False)),
        (Format.YAML, as_yaml),
    ):
        assert read_document(text, written) == load_default(), written
    assert [format_of(name) for name in ("a.TOML", "b.yml", "c.yaml", "d.json", "e.txt")] == [
        *(Format.TOML, Format.YAML, Format.YAML, Format.JSON, None)
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (Format.TOML, "version ="),
        (Format.YAML, "a: [1"),
        (Format.YAML, "a: &x [1]\nb: [*x, *x]"),
        (Format.YAML, "- 1"),
        (Format.JSON, "{"),
        (Format.JSON, "[" * 100_000),
        (Format.JSON, '{"version": "1", "clocks": 3}'),
    ],
)
def test_what_is_no_document_is_refused_in_words(written: Format, text: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_document(text, written)
    assert refused.value.rule == "policy.valid"


def test_a_loosened_statute_is_named_at_its_place_in_every_format() -> None:
    raw = plain(tomllib.loads(TEXT))
    raw["clocks"]["seizure"]["n"] = 60
    with pytest.raises(PolicyError) as refused:
        read_document(yaml.safe_dump(raw, allow_unicode=True), Format.YAML)
    (problem,) = refused.value.details["problems"]
    assert (problem["where"], problem["article"]) == ("clocks.seizure", "《行政强制法》第二十五条")


def changed(**update: Any) -> Policy:
    return load_default().model_copy(update=update)


def test_differences_are_told_in_words_with_their_article() -> None:
    old = load_default()
    assert differences(old, changed(version="2027.1", effective_from=date(2027, 1, 1))) == []
    longest = old.clocks["general.deadline.max"]
    clocks = {key: spec for key, spec in old.clocks.items() if key != "plan.file"} | {
        "general.deadline.max": longest.model_copy(update={"n": 15, "basis": "本区规定第三条"})
    }
    numbering = old.numbering.model_copy(update={"codes": old.numbering.codes | {"order": "责令"}})
    ranks = old.approvals | {"pause": old.approvals["pause"].model_copy(update={"value": "head"})}
    new = changed(clocks=clocks, ladder=old.ladder[1:], numbering=numbering, approvals=ranks)
    told = {
        (one.section, one.key, one.aspect[0]): (
            one.change,
            one.before and one.before[0],
            one.after and one.after[0],
        )
        for one in differences(old, new)
    }
    assert told == {
        ("clocks", "general.deadline.max", "时长"): ("changed", "30日", "15日"),
        ("clocks", "general.deadline.max", "依据"): ("changed", longest.basis, "本区规定第三条"),
        ("clocks", "plan.file", "时长"): ("removed", "10个工作日", None),
        ("ranks", "pause", "决定人"): ("changed", "科室负责人", "主要负责人"),
        ("ladder", old.ladder[0].key, "规则"): ("removed", "逾期满 1 日，建议督办，由执法人员答复", None),
        ("numbering", "codes.order", "代字"): ("changed", "责改", "责令"),
    }
    (first, *_) = differences(old, new)
    assert (first.label, first.before, first.after, first.basis) == (
        *(
            ("一般隐患最长整改期限", "longest deadline, general hazard"),
            ("30日", "30 days"),
            ("15日", "15 days"),
        ),
        "本区规定第三条",
    )
    back = [one for one in differences(new, old) if one.key == "plan.file"]
    assert [(one.change, one.before, one.after and one.after[1]) for one in back] == [
        ("added", None, "10 working days")
    ]


TODAY, SOON, LATER = date(2026, 12, 1), date(2026, 12, 15), date(2027, 1, 1)
OLD = Version("1", date(2026, 11, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("one", "day", "others", "rule"),
    [
        (Version("2", TODAY, None), TODAY, [OLD], None),
        (Version("2", TODAY, None), LATER, [OLD], None),
        (Version("2", TODAY, LATER), SOON, [OLD], None),
        (Version("3", SOON, None), LATER, [OLD, Version("2", TODAY, LATER)], None),
        (Version("2", TODAY, None), date(2026, 11, 30), [OLD], "policies.forward"),
        (Version("2", LATER, None), SOON, [OLD], "policies.forward"),
        (Version("2", date(2026, 10, 1), None), SOON, [OLD], "policies.forward"),
        (Version("3", SOON, None), SOON, [OLD, Version("2", TODAY, LATER)], "policies.forward"),
        (OLD, SOON, [OLD], "policies.begun"),
    ],
)
def test_a_version_begins_only_forward(
    one: Version, day: date, others: list[Version], rule: str | None
) -> None:
    if rule is None:
        check_activation(one, day, TODAY, others)
        return
    with pytest.raises(XiaohaoError) as refused:
        check_activation(one, day, TODAY, others)
    assert refused.value.rule == rule


def test_no_case_takes_a_version_a_day_early() -> None:
    last_second, midnight = (
        datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 16, tzinfo=UTC),
    )
    check_in_force("2", LATER, midnight)
    for begins, now in ((LATER, last_second), (None, midnight)):
        with pytest.raises(RequirementMissing):
            check_in_force("2", begins, now)
