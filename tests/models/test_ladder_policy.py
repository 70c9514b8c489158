"""The escalation ladder as policy data."""

import json

import pytest
from pydantic import ValidationError

import policies
from models.actors import Role
from models.errors import PolicyError
from models.measures.kinds import MeasureKind
from models.policy import Policy, parse_policy
from models.policy.keys import DOCUMENT_KINDS, RANK_KEYS
from models.policy.ladder import COUNTED, MEASURE_KINDS, PROPOSERS, STATUTORY_RUNGS, LadderRule

TEXT = policies.default_policy_path().read_text(encoding="utf-8")
DEFAULT = policies.load_default()

# The default ladder, written out a second time: key, fact, from, grade, measure, class, verification.
LADDER = """
overdue.letter overdue_days 1 - supervision_letter D D
overdue.talk overdue_days 5 - warning_talk D L
overdue.listing overdue_days 10 major listing D Q
failures.talk failures 2 - warning_talk D L
failures.listing failures 2 major listing D Q
not_corrected.fine not_corrected 1 - fine S F
refused.fine refused 1 - fine S F
refused.suspension fined_and_refused 1 - suspension S F
plan.letter plan_missed 1 major supervision_letter D D
progress.letter progress_missed 1 - supervision_letter D D
recurrence.fine recurrences 1 - fine D D
closure.request closure_ground 1 - closure S F
"""


def ladder_of(key: str) -> str:
    """The one table of the file that gives the rule ``key``."""
    (found,) = [part for part in TEXT.split("[[ladder]]\n") if part.startswith(f'key = "{key}"\n')]
    return found.split("\n\n")[0] + "\n"


def changed(key: str, old: str, new: str) -> str:
    """The file with ``old`` in the rule ``key`` written as ``new``."""
    rule = ladder_of(key)
    assert rule.count(old) == 1, rule
    return TEXT.replace(rule, rule.replace(old, new))


def more(**fields: object) -> str:
    """The file with one rule more: a lawful one, but for ``fields``."""
    row: dict[str, object] = {
        "key": "one.more",
        "when": "failures",
        "at_least": 3,
        "propose": "exposure",
        "role": "inspector",
        "class": "D",
        "verified": "D",
        "basis": "设计建议",
        "zh": "多次不合格，建议曝光",
        "en": "failed often: exposure",
    }
    rows = {name: value for name, value in (row | fields).items() if value is not None}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in rows.items()]
    return TEXT + "\n[[ladder]]\n" + "\n".join(lines) + "\n"


def refused(text: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    return caught.value


# -- content -----------------------------------------------------------------------------------------
def test_the_default_ladder() -> None:
    rows = [
        (r.key, r.when, str(r.at_least), r.grade or "-", r.propose, r.klass, r.verified)
        for r in DEFAULT.ladder
    ]
    assert rows == [tuple(line.split()) for line in LADDER.split("\n") if line]


def test_every_rule_asks_a_person_and_says_why_in_both_languages() -> None:
    for rule in DEFAULT.ladder:
        assert rule.role is Role.INSPECTOR
        assert rule.zh.isascii() is False
        assert rule.en.isascii()
        assert rule.basis.isascii() is False


def test_the_kinds_are_those_of_the_measures_and_each_has_a_rank() -> None:
    assert {kind.value for kind in MeasureKind} == MEASURE_KINDS
    assert {f"measure.{kind}" for kind in MEASURE_KINDS} <= RANK_KEYS


def test_every_kind_of_document_has_a_code_of_its_own() -> None:
    codes = DEFAULT.numbering.codes
    assert set(codes) == DOCUMENT_KINDS
    assert len(set(codes.values())) == len(codes)


def test_a_rule_can_only_propose() -> None:
    assert set(LadderRule.model_fields) == {
        *("key", "when", "at_least", "grade", "propose", "role", "basis", "klass", "verified", "zh", "en"),
    }
    assert not PROPOSERS & {Role.SYSTEM, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT, Role.ENTERPRISE}


@pytest.mark.parametrize(
    ("when", "count", "grade", "meets"),
    [
        ("overdue_days", 9, "major", False),
        ("overdue_days", 10, "major", True),
        ("overdue_days", 11, "major", True),
        ("overdue_days", 10, "general", False),
        ("overdue_days", 10, None, False),
        ("failures", 10, "major", False),
    ],
)
def test_when_a_rule_is_met(when: str, count: int, grade: str | None, meets: bool) -> None:
    (rule,) = [rule for rule in DEFAULT.ladder if rule.key == "overdue.listing"]
    assert rule.meets(when, count, grade) is meets


# -- clear refusals ----------------------------------------------------------------------------------
BROKEN = [
    (more(automatic=True), "ladder.one.more.automatic：未知字段", "ladder.one.more.automatic: unknown field"),
    (more(klass="D"), "ladder.one.more.klass：未知字段", "ladder.one.more.klass: unknown field"),
    (more(propose="fines"), "ladder.one.more.propose：取值应为", "ladder.one.more.propose: it must be 's"),
    (more(when="overdue"), "ladder.one.more.when：取值应为", "ladder.one.more.when: it must be 'overdue_days'"),
    (more(grade="minor"), "ladder.one.more.grade：取值应为", "ladder.one.more.grade: it must be 'general'"),
    (more(role="system"), "ladder.one.more.role：提请人应为 committee, inspector", "the proposer must be one of"),
    (more(role="head"), "ladder.one.more.role：提请人应为", "ladder.one.more.role: the proposer must be"),
    (more(role="boss"), "ladder.one.more.role：提请人应为", "ladder.one.more.role: the proposer must be"),
    (more(role=["inspector"]), "ladder.one.more.role：提请人应为", "ladder.one.more.role: the proposer must be"),
    (more(role="committee"), "ladder.one.more：安委办只能提请挂牌督办", "a committee proposes a listing only"),
    (more(at_least=0), "ladder.one.more.at_least：不得小于 1", "ladder.one.more.at_least: it must be at least 1"),
    (more(at_least="3"), "ladder.one.more.at_least：应为整数", "it must be a whole number"),
    (more(when="plan_missed"), "plan_missed 只有是与否", "plan_missed is so or not so"),
    (more(basis=""), "ladder.one.more.basis：不得为空", "ladder.one.more.basis: it must not be empty"),
    (more(zh=None), "ladder.one.more.zh：缺少此项", "ladder.one.more.zh: it is missing"),
    (more(key=None), "ladder[13].key：缺少此项", "ladder[13].key: it is missing"),
    (more(key=7), "ladder[13].key：应为文字", "ladder[13].key: it must be text"),
    (more(key="a/b"), "ladder.a/b.key：格式应为", "ladder.a/b.key: it must match"),
    (more(key="a" * 61), "不得超过 60 个字符", "it must not exceed 60 characters"),
    (more(key="plan.file"), "ladder.plan.file：规则编号与期限同名", "the key is a clock's name"),
    (more(key="overdue.talk"), "ladder.overdue.talk：规则编号重复", "ladder.overdue.talk: the key is used twice"),
    (more(at_least=2, propose="warning_talk"), "failures.talk, one.more：规则内容重复", "the same rule is given twice"),
    ("ladder = 3\n" + TEXT.split("[[ladder]]")[0], "ladder：应为数组", "ladder: it must be an array"),
    ("ladder = [3]\n" + TEXT.split("[[ladder]]")[0], "ladder[1]：应为表", "ladder[1]: it must be a table"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh", "en"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_broken_rule_gets_a_clear_sentence_in_both_languages(text: str, zh: str, en: str) -> None:
    error = refused(text)
    assert zh in error.zh
    assert en in error.en


def test_all_problems_come_at_once() -> None:
    text = changed("overdue.talk", '"warning_talk"', '"talk"').replace(
        'when = "failures"', 'when = "failure"'
    )
    error = refused(text.replace("n = 90, unit", "n = 91, unit"))
    where = [problem["where"] for problem in error.details["problems"]]
    assert sorted(where) == [
        "clocks.penalty.decide",
        "ladder.failures.listing.when",
        "ladder.failures.talk.when",
        "ladder.overdue.talk.propose",
    ]


def test_a_lawful_rule_more_is_read() -> None:
    assert parse_policy(more()).ladder[-1].propose == "exposure"
    listing = parse_policy(more(role="committee", propose="listing")).ladder[-1]
    assert (listing.role, listing.propose) == (Role.COMMITTEE, "listing")


# -- what the law itself says must follow ------------------------------------------------------------
RUNGS = [(rule.key, STATUTORY_RUNGS[rule.when, rule.propose]) for rule in DEFAULT.ladder if rule.klass == "S"]


def test_the_statutory_rungs_are_the_rules_of_class_s() -> None:
    assert {(rule.when, rule.propose) for rule in DEFAULT.ladder if rule.klass == "S"} == set(STATUTORY_RUNGS)
    assert not {when for when, _ in STATUTORY_RUNGS} & COUNTED


@pytest.mark.parametrize(("key", "article"), RUNGS)
def test_a_statutory_rung_cannot_be_left_out_narrowed_or_mislabelled(key: str, article: str) -> None:
    for text in (
        TEXT.replace("[[ladder]]\n" + ladder_of(key), ""),
        changed(key, "propose", 'grade = "major"\npropose'),
        changed(key, 'class = "S"', 'class = "D"'),
        changed(key, article, "内部规定"),
    ):
        error = refused(text)
        assert error.article == article
        assert len(error.details["problems"]) == 1


def test_a_file_without_a_ladder_is_told_which_rungs_the_law_asks_for() -> None:
    start, end = TEXT.index("[[ladder]]"), TEXT.index("[[standards]]")
    error = refused(TEXT[:start] + TEXT[end:])
    assert error.article == "《安全生产法》第一百零二条、《安全生产法》第一百一十三条"
    assert len(error.details["problems"]) == len(STATUTORY_RUNGS)


# -- travelling --------------------------------------------------------------------------------------
def test_the_ladder_travels_packed_and_counts_in_the_digest() -> None:
    again = Policy.model_validate(DEFAULT.model_dump(mode="json", exclude_defaults=True))
    assert again.ladder == DEFAULT.ladder
    assert DEFAULT.model_copy(update={"ladder": ()}).digest() != DEFAULT.digest()
    assert DEFAULT.model_copy(update={"ladder": DEFAULT.ladder[:-1]}).digest() != DEFAULT.digest()


def test_a_rule_is_frozen() -> None:
    with pytest.raises(ValidationError):
        DEFAULT.ladder[0].role = Role.SYSTEM  # type: ignore[misc]
