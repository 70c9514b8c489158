"""The default policy against the rulebook."""

import re
from datetime import date, time

import pytest

import policies
from models.actors import Rank
from models.clocks import ClockSpec
from models.errors import PolicyError
from models.policy import parse_policy
from models.policy.keys import CLOCK_KEYS
from models.policy.statutes import STATUTES, STATUTORY_FIGURES, STATUTORY_RANKS
from models.policy.values import Figure
from tests.models.policyfiles import TEXT

DEFAULT = policies.load_default()

# The rulebook's timer table (d), written out a second time: key, length, class, verification.
RULEBOOK = """
lead.verify 10wd D D
lead.sign 2wd D D
lead.transfer_other_dept 2wd D D
lead.reply_to_reporter 60d N M
reward.claim 60d N M
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
    "reward.percent": (15, "N"),
    "reward.min": (3000, "N"),
    "reward.max": (300000, "N"),
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


KINDS = {"R": r"令第\d+号", "N": r"〔\d{4}〕\d+号", "S": r"^《"}
"""Class → what the source it names looks like: a ministry's order, a document by its number, a law or a regulation."""


def test_every_source_is_of_the_kind_its_class_says() -> None:
    rows: list[ClockSpec | Figure] = [*DEFAULT.clocks.values()]
    rows += [*DEFAULT.figures.values(), *DEFAULT.approvals.values()]
    for row in rows:
        assert row.klass not in KINDS or re.search(KINDS[row.klass], row.basis), row
        assert "待核" not in row.basis or row.verified in "DF", f"said twice: {row}"


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
