"""The default policy against the rulebook, and the lock on statutory values."""

import re
from datetime import date, time
from pathlib import Path

import pytest
from pydantic import ValidationError

import policies
from models.actors import RANK_LABELS, RANK_ORDER, Rank
from models.clocks import ClockSpec
from models.errors import PolicyError
from models.policy import Policy, parse_policy
from models.policy.keys import CLOCK_KEYS
from models.policy.statutes import STATUTES, STATUTORY_FIGURES, STATUTORY_RANKS, Direction
from models.policy.values import Figure

TEXT = policies.default_policy_path().read_text(encoding="utf-8")
DEFAULT = policies.load_default()

# The rulebook's timer table (d), written out a second time: key, length, class, verification.
RULEBOOK = """
lead.verify 10wd D D
lead.sign 2wd D D
lead.transfer_other_dept 2wd D D
lead.reply_to_reporter 60d R M
reward.claim 60d R M
major.report_by_enterprise 24h D D
major.determine 5wd D D
general.deadline 15d X L
general.deadline.max 30d X L
interim_stop.max 6m R Q
plan.file 10wd X L
progress.report.listed 3m X L
extension.apply_before 10d R M
extension.answer 5d R M
extension.apply_before.listed 15wd X L
reinspect.within 10d R M
resume.site_review.within 10d R Q
resume.acceptance.coal 20d S F
public.coal_stop_or_resume 5wd S F
lookback.first 30d D P
lookback.second 90d D P
interview.hold_after_decision 7d X L
interview.notice_before 3wd D D
interview.report_after 15d X L
evidence.hold 7wd S F
defence.period 5wd D D
hearing.request 5wd S F
hearing.notice 7wd S F
penalty.decide 90d S F
service.after_decision 7wd S F
publish.penalty 7wd S F
publish.withdraw 3wd S F
publish.other 20wd S F
fine.pay 15d S F
seizure 30d S F
seizure.extension 30d S F
urgent_measure.report 24h S F
power_cut.notice 24h S F
demand.before_court 10wd S F
court.apply_window 3m S F
reconsider 60d S F
litigate 6m S F
litigate.after_reconsideration 15d S F
court.after_suit 2y S F
service.public_notice 30d S F
criminal.decide 3d S F
criminal.send 24h S F
criminal.police 3d S F
criminal.review 3d S F
criminal.hand_over 3d S F
badfaith.term 3y R Q
badfaith.early_removal 12m R Q
penalty.limitation 2y S F
penalty.limitation.life 5y S F
liaison.enter 7d X P
liaison.diagnose 1m X P
liaison.halfyear 6m X P
"""

# What the rectification machine needs beyond the rulebook.
OF_OURS = """
order.issue 2wd D D
order.serve 7wd D D
plan.review 5wd D D
assessment.file 15d D D
sign_off.decide 5wd D D
grade.decide 5wd D D
pause.review 30d D D
report.acknowledge 2wd D D
double_report.congress 10wd D D
rectify 15d X L
progress.report 3m X L
"""

# What the measures need: limits of their own.
OF_MEASURES = """
approval.decide 2wd D D
proposal.answer 3wd D D
letter.answer 10d D D
exposure.term 12m D D
listing.publish 20wd S F
review.legal 5wd D D
power_cut.lift 24h D D
removal.decide 20wd D D
closure.flag.answer 5wd D D
closure.decide 30d D D
"""

FIGURES = {
    "fine.surcharge.percent": (3, "S"),
    "fine.surcharge.cap_percent": (100, "S"),
    "penalty.97.unit": (100000, "S"),
    "penalty.97.overdue.unit": (200000, "S"),
    "penalty.97.overdue.person": (50000, "S"),
    "penalty.98.unit": (500000, "S"),
    "penalty.98.person": (50000, "S"),
    "penalty.98.overdue.unit": (1000000, "S"),
    "penalty.98.overdue.person": (100000, "S"),
    "penalty.99.unit": (50000, "S"),
    "penalty.99.overdue.unit": (200000, "S"),
    "penalty.99.overdue.person": (20000, "S"),
    "penalty.101.unit": (100000, "S"),
    "penalty.101.overdue.unit": (200000, "S"),
    "penalty.101.overdue.person": (50000, "S"),
    "penalty.102.unit": (50000, "S"),
    "penalty.102.refused.person": (100000, "S"),
    "penalty.103.unit": (200000, "S"),
    "penalty.103.person": (20000, "S"),
    "penalty.103.agreement.unit": (50000, "S"),
    "penalty.103.agreement.person": (10000, "S"),
    "penalty.103.construction.unit": (100000, "S"),
    "penalty.103.construction.person": (20000, "S"),
    "penalty.104.unit": (50000, "S"),
    "penalty.104.person": (10000, "S"),
    "penalty.105.unit": (50000, "S"),
    "penalty.105.person": (10000, "S"),
    "penalty.106.person": (100000, "S"),
    "penalty.108.unit": (200000, "S"),
    "penalty.108.person": (20000, "S"),
    "penalty.109.unit": (100000, "S"),
    "penalty.109.overdue.unit": (200000, "S"),
    "penalty.92.unit": (100000, "S"),
    "penalty.92.false.unit": (200000, "S"),
    "penalty.92.false.person": (100000, "S"),
    "penalty.93.person": (200000, "S"),
    "penalty.94.person": (50000, "S"),
    "penalty.94.overdue.person": (100000, "S"),
    "penalty.96.person": (30000, "S"),
    "penalty.103.qualification.unit": (200000, "S"),
    "penalty.103.qualification.person": (100000, "S"),
    "penalty.114.general.unit": (1000000, "S"),
    "penalty.114.larger.unit": (2000000, "S"),
    "penalty.114.major.unit": (10000000, "S"),
    "penalty.114.extreme.unit": (20000000, "S"),
    "penalty.92.false.gains.unit.percent": (500, "S"),
    "penalty.92.false.gains.unit.least": (100000, "S"),
    "penalty.95.general.person.percent": (40, "S"),
    "penalty.95.larger.person.percent": (60, "S"),
    "penalty.95.major.person.percent": (80, "S"),
    "penalty.95.extreme.person.percent": (100, "S"),
    "penalty.96.accident.person.percent": (50, "S"),
    "penalty.103.gains.unit.percent": (500, "S"),
    "penalty.103.gains.unit.least": (100000, "S"),
    "penalty.103.qualification.gains.unit.percent": (500, "S"),
    "penalty.103.qualification.gains.unit.least": (100000, "S"),
    "penalty.110.person.percent": (100, "S"),
    "penalty.114.general.grave.unit.percent": (500, "S"),
    "penalty.114.general.grave.unit.least": (300000, "S"),
    "penalty.114.general.grave.unit.most": (1000000, "S"),
    "penalty.114.larger.grave.unit.percent": (500, "S"),
    "penalty.114.larger.grave.unit.least": (1000000, "S"),
    "penalty.114.larger.grave.unit.most": (2000000, "S"),
    "penalty.114.major.grave.unit.percent": (500, "S"),
    "penalty.114.major.grave.unit.least": (2000000, "S"),
    "penalty.114.major.grave.unit.most": (10000000, "S"),
    "penalty.114.extreme.grave.unit.percent": (500, "S"),
    "penalty.114.extreme.grave.unit.least": (10000000, "S"),
    "penalty.114.extreme.grave.unit.most": (20000000, "S"),
    "closure.ban.years": (5, "S"),
    "closure.counter.short.count": (3, "S"),
    "closure.counter.short.days": (180, "S"),
    "closure.counter.long.count": (4, "S"),
    "closure.counter.long.years": (1, "S"),
    "stats.quarter": (15, "R"),
    "stats.year": ("01-31", "R"),
    "inspect.cap_per_year": (2, "X"),
    "inspect.planned_per_year": (1, "X"),
    "hearing.large_fine.person": (20000, "R"),
    "hearing.large_fine.unit": (50000, "R"),
    "discussion.large_fine": (100000, "D"),
    "discussion.participants": (3, "D"),
    "power_cut.night.begins": (22, "D"),
    "power_cut.night.ends": (6, "D"),
    "facts.beginning": ("2000-01-01", "D"),
    "facts.horizon.days": (3650, "D"),
    "facts.skew.seconds": (120, "D"),
    "delegation.most.days": (366, "D"),
    "link.most.days": (366, "D"),
    "link.after.days": (30, "D"),
    "reward.percent": (15, "R"),
    "reward.min": (3000, "R"),
    "reward.max": (300000, "R"),
    "lookback.first.opens": (15, "D"),
    "lookback.second.opens": (30, "D"),
    "liaison.group_size": (2, "X"),
    "liaison.max_enterprises": (3, "X"),
    "caps.extension_max_count": (2, "D"),
    "caps.extension_max_days": (30, "D"),
    "caps.pause_max_count": (2, "D"),
    "caps.major_deadline_max_days": (180, "D"),
    "caps.reinspect_deadline_max_days": (30, "D"),
}

RANKS = """
grade section_head D
regrade section_head D
extension section_head D
pause section_head D
void section_head D
transfer section_head D
accept_plan section_head D
assign section_head D
sign_lead deputy_head D
adopt_policy section_head D
sign_off_general section_head D
sign_off_major head R
close_with_enterprise district_head D
measure.supervision_letter section_head D
measure.warning_talk deputy_head D
measure.listing head D
measure.exposure deputy_head D
measure.interim_stop head D
measure.seal head S
measure.fine head D
measure.suspension head D
measure.daily_fine head D
measure.power_cut head S
measure.criminal_referral head S
measure.closure head D
measure.bad_faith head D
measure.resume head R
measure.release head D
measure.delist head D
measure.restore_power section_head D
measure.end deputy_head D
recusal head D
proposal.close section_head D
government.closure district_head D
accident.accept head D
closure.flag head D
badfaith.removal head D
"""
RANK_ROWS = [tuple(line.split()) for line in RANKS.split("\n") if line]

ROWS = [tuple(line.split()) for line in (RULEBOOK + OF_OURS + OF_MEASURES).split("\n") if line]
SPANS = {
    "h": ("hours", "calendar"),
    "d": ("days", "calendar"),
    "wd": ("days", "working"),
    "m": ("months", "calendar"),
    "y": ("years", "calendar"),
}


def row_of(key: str, text: str = TEXT) -> str:
    """The one line of the file that gives ``key``."""
    (row,) = re.findall(rf'^"?{re.escape(key)}"? = \{{.*\}}$', text, flags=re.MULTILINE)
    return str(row)


def with_field(key: str, field: str, value: str, text: str = TEXT) -> str:
    """The file with ``field`` of the row ``key`` written as ``value``."""
    row = row_of(key, text)
    changed, count = re.subn(rf'\b{field} = ("[^"]*"|\d+)', f"{field} = {value}", row)
    assert count == 1, row
    return text.replace(row, changed)


def without(key: str) -> str:
    return TEXT.replace(row_of(key) + "\n", "")


def refused(text: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    return caught.value


# -- content -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("key", "length", "klass", "verified"), ROWS)
def test_the_default_has_the_row(key: str, length: str, klass: str, verified: str) -> None:
    spec = DEFAULT.clock(key)
    n, span = re.fullmatch(r"(\d+)([a-z]+)", length).groups()  # type: ignore[union-attr]
    assert (spec.key, spec.n, (spec.unit, spec.day_kind)) == (key, int(n), SPANS[span])
    assert (spec.klass, spec.verified) == (klass, verified)


def test_the_default_has_no_other_clock() -> None:
    assert set(DEFAULT.clocks) == {row[0] for row in ROWS} == CLOCK_KEYS


@pytest.mark.parametrize("key", FIGURES)
def test_the_default_has_the_figure(key: str) -> None:
    figure = DEFAULT.figure(key)
    assert (figure.value, figure.klass) == FIGURES[key]


def test_the_default_has_no_other_figure() -> None:
    assert set(DEFAULT.figures) == set(FIGURES)


def test_every_row_is_labelled_and_sourced() -> None:
    rows: list[ClockSpec | Figure] = [*DEFAULT.clocks.values()]
    rows += [*DEFAULT.figures.values(), *DEFAULT.approvals.values()]
    for row in rows:
        assert re.search("[一-鿿]", row.zh), row
        assert re.fullmatch(r"[ -~]+", row.en), row
        assert re.search("[一-鿿]", row.basis), row
        assert (row.klass == "S") == (row.verified == "F"), row


def test_the_statutes_are_exactly_the_rows_of_class_s() -> None:
    assert set(STATUTES) == {key for key, _, klass, _ in ROWS if klass == "S"}
    assert set(STATUTORY_FIGURES) == {key for key, (_, klass) in FIGURES.items() if klass == "S"}
    assert set(STATUTORY_RANKS) == {key for key, _, klass in RANK_ROWS if klass == "S"}


ROLLING = {
    "reward.claim", "general.deadline", "general.deadline.max", "rectify", "progress.report.listed", "progress.report",
    "assessment.file", "interview.report_after", "letter.answer", "fine.pay", "court.apply_window", "reconsider", "litigate",
    "litigate.after_reconsideration", "court.after_suit",
}  # fmt: skip
"""What private persons must or may do, and the time limits of remedies and of the court."""


def test_only_deadlines_of_persons_and_of_remedies_roll_off_holidays() -> None:
    met = {key: spec.rolls for key, spec in DEFAULT.clocks.items() if spec.meets_holidays}
    assert {key for key, rolls in met.items() if rolls} == ROLLING


@pytest.mark.parametrize("key", [key for key, law in STATUTES.items() if law.rolls is not None])
def test_whether_a_statutory_clock_rolls_is_the_statutes(key: str) -> None:
    law, row = STATUTES[key], next(one for one in TEXT.splitlines() if one.startswith(f'"{key}" ='))
    changed = row.replace(" rolls = false,", "") if not law.rolls else row.replace("{ ", "{ rolls = false, ")
    with pytest.raises(PolicyError) as caught:
        parse_policy(TEXT.replace(row, changed))
    assert law.article in (caught.value.article or "")
    assert f"clocks.{key}.rolls" in caught.value.zh


def test_penalties_warn_at_day_30_and_60() -> None:
    assert DEFAULT.clock("penalty.decide").remind_days == (60, 30, 7, 3, 1, 0)
    assert DEFAULT.clock("rectify").remind_days is None


def test_caps_ranks_and_reminders() -> None:
    caps = DEFAULT.caps
    assert (caps.extension_max_count, caps.extension_max_days, caps.pause_max_count) == (2, 30, 2)
    assert (caps.deadline_default_days, caps.deadline_max_days) == (15, 30)
    assert (caps.major_deadline_max_days, caps.reinspect_deadline_max_days) == (180, 30)
    assert {key: (figure.value, figure.klass) for key, figure in DEFAULT.approvals.items()} == {
        key: (rank, klass) for key, rank, klass in RANK_ROWS
    }
    assert DEFAULT.ranks == {key: Rank(rank) for key, rank, _ in RANK_ROWS}
    assert DEFAULT.rank("sign_off_major") is Rank.HEAD
    reminders = DEFAULT.reminders
    assert (reminders.before_days, reminders.at) == ((7, 3, 1, 0), time(9))
    assert (reminders.digest_first, reminders.digest_every) == (1, 5)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("case", "（示）应急患〔2026〕7号"),
        ("order", "（示）应急责改〔2026〕7号"),
        ("inspection", "（示）应急检记〔2026〕7号"),
        ("reinspection", "（示）应急复查〔2026〕7号"),
        ("penalty_decision", "（示）应急罚决〔2026〕7号"),
        ("power_cut_decision", "（示）应急停电决〔2026〕7号"),
        ("service_receipt", "（示）应急送回〔2026〕7号"),
    ],
)
def test_numbers(kind: str, number: str) -> None:
    assert DEFAULT.numbering.format(kind, 2026, 7) == number


def test_standards_by_date() -> None:
    day = date(2026, 6, 30)
    assert DEFAULT.standard("coal.4").in_force(day)
    assert not DEFAULT.standard("coal.21").in_force(day)
    assert not DEFAULT.standard("coal.4").in_force(date(2026, 7, 1))
    assert DEFAULT.standard("coal.21").in_force(date(2026, 7, 1))
    assert not DEFAULT.standard("gongmao.2023").in_force(date(2023, 5, 14))
    assert DEFAULT.standard("gongmao.2023").clauses[0].no == "第三条"


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    for ask in (lambda: DEFAULT.clock("hearing.notic"), lambda: DEFAULT.rank("hearing.notic")):
        with pytest.raises(PolicyError) as caught:
            ask()
        assert "hearing.notic" in caught.value.zh
    with pytest.raises(PolicyError, match=r"did you mean hearing\.notice\?"):
        DEFAULT.clock("hearing.notic")


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
    assert parse_policy(with_field("plan.file", "n", "9")).digest() != DEFAULT.digest()


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
    policy = parse_policy(with_field(key, field, str(value)))
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
    text = with_field(key, "day_kind", '"calendar"', with_field(key, "unit", other))
    assert refused(text).article == STATUTES[key].article


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
    for text in (without(key), with_field(key, "class", '"D"'), with_field(key, "basis", '"内部规定"')):
        error = refused(text)
        assert error.article == article
        assert [problem["where"] for problem in error.details["problems"]] == [f"ranks.{key}"]


def test_a_rank_of_ours_may_be_raised_and_lowered() -> None:
    for rank in ("section_head", "head"):
        assert parse_policy(with_field("measure.end", "value", f'"{rank}"')).rank("measure.end") == rank


# -- clear refusals ----------------------------------------------------------------------------------
def test_all_problems_come_at_once() -> None:
    text = with_field("hearing.notice", "n", "6", with_field("publish.penalty", "n", "8"))
    text = with_field("plan.file", "unit", '"weeks"', text)
    error = refused(with_field("grade", "value", '"boss"', text))
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


@pytest.mark.parametrize(("text", "zh", "en"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_broken_file_gets_a_clear_sentence_in_both_languages(text: str, zh: str, en: str) -> None:
    error = refused(text)
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
