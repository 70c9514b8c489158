"""A policy file: how it travels, the lock on statutory values, and what is said of a broken one."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import policies
from models.actors import RANK_LABELS, RANK_ORDER, Rank
from models.clocks import ClockSpec
from models.errors import PolicyError
from models.policy import Policy, build_policy, parse_policy
from models.policy.statutes import STATUTES, STATUTORY_FIGURES, STATUTORY_RANKS, Direction
from tests.models.policyfiles import TEXT, refused, row_of, with_field, without

DEFAULT = policies.load_default()


# -- travelling --------------------------------------------------------------------------------------
def test_it_travels_packed_and_equal() -> None:
    packed = DEFAULT.model_dump_json(exclude_defaults=True)
    assert len(packed.encode()) < 16 * 1024
    assert f'"version":"{DEFAULT.version}"' in packed
    for again in (
        Policy.model_validate_json(packed),
        Policy.model_validate(DEFAULT.model_dump(mode="json", exclude_defaults=True)),
        Policy.model_validate_json(DEFAULT.model_dump_json()),
        Policy.model_validate(DEFAULT.model_dump()),
    ):
        assert again == DEFAULT
        assert again.digest() == DEFAULT.digest()


@pytest.mark.parametrize("packed", [7, "not base64", "AAAA", ""])
def test_a_damaged_parcel_is_refused(packed: object) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate({"version": "1", "packed": packed})


def test_the_digest_follows_content_not_layout() -> None:
    assert parse_policy(TEXT.replace("n = 10, unit", "n   =   10,unit")).digest() == DEFAULT.digest()
    assert build_policy(with_field("plan.file", "n", "9")).digest() != DEFAULT.digest()


def test_the_plain_form_has_a_schema() -> None:
    schema = Policy.model_json_schema(mode="serialization")
    assert {"clocks", "figures", "approvals", "reminders", "numbering"} <= set(schema["properties"])


# -- the statutory lock ------------------------------------------------------------------------------
LOOSER = {Direction.MAX: (1,), Direction.MIN: (-1,), Direction.EXACT: (1, -1)}
LOCKED = [(key, law.n, law.article, law.direction, "n") for key, law in STATUTES.items()]
LOCKED += [(key, law.value, law.article, law.direction, "value") for key, law in STATUTORY_FIGURES.items()]
LOOSENED = [
    (key, field, lawful + step, art) for key, lawful, art, way, field in LOCKED for step in LOOSER[way]
]
STRICTER = [
    (key, field, lawful + (1 if way is Direction.MIN else -1))
    for key, lawful, _, way, field in LOCKED
    if way is not Direction.EXACT and (lawful > 1 or way is Direction.MIN)
]
ARTICLES = [(key, article) for key, _, article, _, _ in LOCKED]


@pytest.mark.parametrize(("key", "field", "value", "article"), [row for row in LOOSENED if row[2] > 0])
def test_a_loosened_statute_is_an_error_that_names_the_article(
    key: str, field: str, value: int, article: str
) -> None:
    error = refused(with_field(key, field, str(value)))
    assert error.article == article
    assert article in error.zh
    assert article in error.en
    assert key in error.zh
    assert str(value) in error.zh


@pytest.mark.parametrize(("key", "field", "value"), STRICTER)
def test_a_stricter_value_is_accepted_where_the_law_leaves_room(key: str, field: str, value: int) -> None:
    policy = build_policy(with_field(key, field, str(value)))
    assert (policy.clock(key).n if field == "n" else policy.figure(key).value) == value


@pytest.mark.parametrize(("key", "article"), ARTICLES)
def test_a_statute_cannot_be_dropped(key: str, article: str) -> None:
    error = refused(without(key))
    assert error.article == article
    assert [problem["where"].partition(".")[2] for problem in error.details["problems"]] == [key]


@pytest.mark.parametrize(("key", "article"), ARTICLES)
def test_a_statute_keeps_its_class(key: str, article: str) -> None:
    assert refused(with_field(key, "class", '"D"')).article == article


@pytest.mark.parametrize(("key", "article"), ARTICLES)
def test_a_statute_keeps_its_citation(key: str, article: str) -> None:
    assert refused(with_field(key, "basis", '"内部规定"')).article == article


@pytest.mark.parametrize("key", [key for key, law in STATUTES.items() if law.unit == "days"])
def test_a_statute_keeps_its_kind_of_days(key: str) -> None:
    other = "calendar" if STATUTES[key].day_kind == "working" else "working"
    error = refused(with_field(key, "day_kind", f'"{other}"'))
    assert error.article == STATUTES[key].article


@pytest.mark.parametrize("key", STATUTES)
def test_a_statute_keeps_its_unit(key: str) -> None:
    other = '"years"' if STATUTES[key].unit != "years" else '"months"'
    tables = with_field(key, "day_kind", '"calendar"', with_field(key, "unit", other))
    assert refused(tables).article == STATUTES[key].article


def test_a_right_of_the_enterprise_can_be_changed_neither_way() -> None:
    for n in ("4", "6"):
        assert refused(with_field("hearing.request", "n", n)).article == "《行政处罚法》第六十四条"


LOWER = [
    (key, rank, law.article)
    for key, law in STATUTORY_RANKS.items()
    for rank in RANK_ORDER[: RANK_ORDER.index(law.rank)]
]


@pytest.mark.parametrize(("key", "rank", "article"), LOWER)
def test_a_statutory_rank_cannot_be_lowered(key: str, rank: Rank, article: str) -> None:
    error = refused(with_field(key, "value", f'"{rank}"'))
    assert error.article == article
    assert error.details["problems"][0]["where"] == f"ranks.{key}"
    zh, en = RANK_LABELS[STATUTORY_RANKS[key].rank]
    assert f"{article}要求由{zh}批准" in error.zh
    assert RANK_LABELS[rank][0] in error.zh
    assert f"{article} asks for the {en}, nobody lower (the file says {RANK_LABELS[rank][1]})" in error.en


@pytest.mark.parametrize("key", STATUTORY_RANKS)
def test_a_statutory_rank_is_kept_and_sourced(key: str) -> None:
    article = STATUTORY_RANKS[key].article
    for tables in (without(key), with_field(key, "class", '"D"'), with_field(key, "basis", '"内部规定"')):
        error = refused(tables)
        assert error.article == article
        assert [problem["where"] for problem in error.details["problems"]] == [f"ranks.{key}"]


def test_a_rank_of_ours_may_be_raised_and_lowered() -> None:
    for rank in ("section_head", "head"):
        assert build_policy(with_field("measure.end", "value", f'"{rank}"')).rank("measure.end") == rank


# -- clear refusals ----------------------------------------------------------------------------------
def test_all_problems_come_at_once() -> None:
    tables = with_field("hearing.notice", "n", "6", with_field("publish.penalty", "n", "8"))
    tables = with_field("plan.file", "unit", '"weeks"', tables)
    error = refused(with_field("grade", "value", '"boss"', tables))
    assert {problem["where"] for problem in error.details["problems"]} == {
        "clocks.hearing.notice",
        "clocks.publish.penalty",
        "clocks.plan.file.unit",
        "ranks.grade.value",
    }
    assert error.article == "《行政处罚法》第六十四条、《安全生产法》第七十八条"
    assert error.zh.startswith("政策文件有 4 处问题")
    assert error.en.startswith("the policy file has 4 problems")


def renamed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


BROKEN = [
    (renamed('version = "2026.12"', "version = "), "不是有效的 TOML", "not valid TOML"),
    (renamed('district = "示范区"', ""), "district：缺少此项", "district: it is missing"),
    (renamed('district = "示范区"', "district = 3"), "district：应为文字", "district: it must be text"),
    (renamed("effective_from = 2026-11-01", 'effective_from = "x"'), "effective_from：应为日期", "must be a date"),
    (renamed('version = "2026.12"', 'verson = "2026.11"'), "是否为 version", "did you mean version?"),
    (renamed('"plan.file" =', '"plan.fil" ='), "clocks.plan.fil：未知的键", "did you mean plan.file?"),
    (with_field("plan.file", "n", '"ten"'), "clocks.plan.file.n：应为整数", "it must be a whole number"),
    (with_field("plan.file", "n", "0"), "clocks.plan.file.n：不得小于 1", "it must be at least 1"),
    (with_field("plan.file", "class", '"Z"'), "clocks.plan.file.class：取值应为", "clocks.plan.file.class: it must be"),
    (with_field("plan.file", "unit", '"hours"'), "clocks.plan.file：取值无效", "only days can be working days"),
    (with_field("plan.file", "basis", '""'), "clocks.plan.file.basis：不得为空", "it must not be empty"),
    (renamed('zh = "报送治理方案"', 'zhh = "报送"'), "clocks.plan.file.zhh：未知字段", "clocks.plan.file.zh: it is missing"),
    (TEXT.replace(row_of("plan.file"), '"plan.file" = 10'), "clocks.plan.file：应为表", "it must be a table"),
    (without("plan.file"), "clocks.plan.file：缺少此项", "clocks.plan.file: it is missing"),
    (with_field("rectify", "same_as", '"nothing"'), "clocks.rectify：same_as", "must name a clock"),
    (with_field("rectify", "same_as", '"grade.decide"'), "clocks.rectify：same_as", "must name a clock"),
    (renamed('"rectify" = { same_as', '"rectify" = { n = 3, same_as'), "不得再写 n", "n cannot be given"),
    (with_field("pause_max_count", "value", "0"), "caps.pause_max_count.value", "at least 1"),
    (with_field("discussion.participants", "value", "1"), "figures.discussion.participants.value", "at least 2"),
    (with_field("discussion.large_fine", "value", '"十万"'), "figures.discussion.large_fine.value", "a whole number"),
    (with_field("government.closure", "value", '"head"'), "须由区政府领导决定", "for the district government"),
    (with_field("measure.fine", "value", '"district_head"'), "应急管理局内部审批", "decided within the bureau"),
    (with_field("measure.power_cut", "value", '"district_head"'), "应急管理局内部审批", "measure.power_cut.value: it"),
    (renamed('demand = "催告"\n', ""), "numbering.codes.demand：缺少此项", "numbering.codes.demand: it is missing"),
    (renamed('demand = "催告"', 'demnd = "催告"'), "numbering.codes.demnd：未知的键", "did you mean demand?"),
    (renamed('demand = "催告"', 'demand = "罚决"'), "numbering.codes：取值无效", "needs a code of its own"),
    (with_field("grade", "value", '"boss"'), "ranks.grade.value：职级应为", "the rank must be one of"),
    (with_field("general.deadline", "n", "31"), "默认整改期限超过上限", "the default deadline exceeds"),
    (with_field("general.deadline.max", "unit", '"months"'), "须与默认整改期限同一计算方式", "must count like"),
    (renamed("〔{year}〕", "〔〕"), "numbering.template：取值无效", "the template must hold {year} once"),
    (renamed('case = "患"', 'case = "责改"'), "numbering.codes：取值无效", "a code of its own"),
    (renamed('id = "coal.21"', 'id = "coal.4"'), "standards.coal.4：标准编号重复", "the id is used twice"),
    (renamed('sources = [\n', "sources = [ 1,\n"), "sources：应为文字数组", "an array of text"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "zh", "en"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_broken_file_gets_a_clear_sentence_in_both_languages(
    file: str | Mapping[str, Any], zh: str, en: str
) -> None:
    error = refused(file)
    assert zh in error.zh
    assert en in error.en
    assert error.article is None


def test_files_are_read_and_unreadable_ones_named(tmp_path: Path) -> None:
    good = tmp_path / "district.toml"
    good.write_text(TEXT, encoding="utf-8")
    assert policies.load_file(good) == DEFAULT
    with pytest.raises(PolicyError, match=r"nowhere\.toml"):
        policies.load_file(tmp_path / "nowhere.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(PolicyError, match=r"latin\.toml"):
        policies.load_file(latin)


def test_every_name_is_words_in_both_languages() -> None:
    named = [*DEFAULT.clocks.values(), *DEFAULT.figures.values()]
    assert not [one.en for one in named if re.search(r"\w\.[a-z]", one.en) or one.en in ("", one.zh)]


def test_a_clock_is_frozen() -> None:
    with pytest.raises(ValidationError):
        DEFAULT.clock("rectify").n = 99  # type: ignore[misc]
    assert isinstance(DEFAULT.clock("rectify"), ClockSpec)
