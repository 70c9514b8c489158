"""What a fine punishes (罚则、一事不再罚): the most its article allows, and nothing a second time."""

from __future__ import annotations

import pytest

from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.penalised import articles_in
from policies import load_default
from tests.builders import DEPUTY, HEAD, LAWYER, LI, WANG, general
from tests.measure_forms import SMALL
from tests.measures import (
    decided,
    filed,
    imposed,
    measure,
    not_proposed,
    not_taken,
    overdue_major,
    propose,
    silent,
    take,
)


@pytest.mark.parametrize(
    ("article", "amount", "target", "cap"),
    [
        (None, 50_001, "unit", 50_000),
        (None, 9_000_000, "unit", 50_000),
        ("98", 500_001, "unit", 500_000),
        ("98.overdue", 1_000_001, "unit", 1_000_000),
        ("98", 50_001, "person", 50_000),
        ("102.refused", 100_001, "person", 100_000),
        ("108", 200_001, "unit", 200_000),
    ],
)
def test_the_penalised_article_bounds_the_amount(
    article: str | None, amount: int, target: str, cap: int
) -> None:
    story = overdue_major()
    refused = not_proposed(story, "fine", article=article, amount=amount, target=target)
    assert refused.rule == "penalty.cap"
    assert refused.details["cap"] == cap
    assert "《安全生产法》第" in str(refused.article)
    propose(story, "fine", article=article, amount=cap, target=target)


def test_an_article_that_fines_somebody_else_is_refused_with_those_that_apply() -> None:
    refused = not_proposed(overdue_major(), "fine", article=None, amount=SMALL, target="person")
    assert refused.rule == "penalty.article"
    figures = load_default().figures
    assert "102.refused" in refused.details["articles"]
    assert refused.details["articles"] == articles_in(figures, "person")
    assert set(articles_in(figures, "person")) < set(articles_in(figures)), "as the form offers them"
    assert not_proposed(overdue_major(), "fine", article="107", amount=SMALL).rule == "penalty.article"


def test_what_punishes_a_deadline_missed_takes_a_deadline_missed() -> None:
    assert not_proposed(general(), "fine", article="99.overdue").rule == "refusal.shown"


def test_notice_and_decision_stay_within_the_article() -> None:
    story = take(take(propose(general(), "fine"), "approve", HEAD), "conclude_investigation", WANG)
    assert not_taken(story, "serve_notice", WANG, amount=50_001).rule == "penalty.cap"
    story = take(silent(filed()), "submit_decision", WANG)
    assert not_taken(story, "decide", HEAD, amount=50_001).rule == "penalty.cap"


def test_the_same_violation_is_not_fined_twice() -> None:
    story = take(take(imposed(), "record_payment", WANG), "settle", WANG)
    refused = not_proposed(story, "fine")
    assert refused.rule == "penalty.once"
    assert refused.article == "《行政处罚法》第二十九条"
    assert refused.details["imposed"] == ["fine"]
    propose(story, "fine", measure_id="another", new_violation="擅自启用已查封的设备")


def test_another_may_be_fined_and_what_was_annulled_does_not_count() -> None:
    story = imposed()
    propose(story, "fine", measure_id="person", target="person", article="98")
    annulled = take(decided(silent(filed())), "annul", HEAD)
    propose(annulled, "fine", measure_id="again")
    assert measure(annulled).measure_id == "again"


@pytest.mark.parametrize("kind", ["suspension", "daily_fine", "bad_faith"])
def test_no_measure_of_a_kind_is_imposed_twice_for_the_same_violation(kind: str) -> None:
    story = imposed("fine") if kind != "suspension" else overdue_major()
    if kind == "bad_faith":
        take(take(propose(story, kind), "approve", HEAD), "serve_notice", WANG)
        take(take(silent(story), "submit_decision", WANG), "decide", HEAD)
    else:
        imposed(kind, story)
    first = measure(story)
    ended = (*story.case.measures[:-1], first.model_copy(update={"state": MeasureState.ENDED}))
    story.hazard.case = story.case.model_copy(update={"measures": ended})
    refused = not_proposed(story, kind)
    assert refused.rule == "penalty.once"
    assert "《行政处罚法》" in str(refused.article)
    assert refused.details["imposed"] == [first.measure_id]
    propose(story, kind, measure_id="another", new_violation="擅自启用已查封的设备")


def test_of_two_penalties_under_way_the_second_is_refused_whatever_its_object_says() -> None:
    story = propose(overdue_major(), "fine")
    assert not_proposed(story, "fine", object="又一处").rule == "measure.once"
    propose(story, "suspension", scope="part")
    assert not_proposed(story, "suspension", scope="whole").rule == "measure.once"
    assert not_proposed(story, "suspension", target="person").rule == "measure.target"


def test_every_penalty_names_what_bars_a_second_one() -> None:
    for procedure in PROCEDURES.values():
        barred = procedure.penalty or procedure.kind in (MeasureKind.CLOSURE, MeasureKind.BAD_FAITH)
        assert bool(procedure.once) is barred is ("not_imposed_before" in procedure.guards)


@pytest.mark.parametrize(
    ("article", "target", "base", "most"),
    [
        ("103.gains", "unit", 300_000, 1_500_000),
        ("103.qualification.gains", "unit", 100_000, 500_000),
        ("110", "person", 123_457, 123_457),
        ("95.general", "person", 200_001, 80_000),
        ("96.accident", "person", 80_000, 40_000),
        ("114.general.grave", "unit", 1_000_000, 5_000_000),
        ("114.extreme.grave", "unit", 20_000_000, 100_000_000),
    ],
)
def test_a_fine_by_multiples_is_held_against_its_base(
    article: str, target: str, base: int, most: int
) -> None:
    story = overdue_major()
    given = {"article": article, "target": target}
    assert not_proposed(story, "fine", amount=most, **given).rule == "penalty.base"
    if most < 100_000_000:
        refused = not_proposed(story, "fine", amount=most + 1, base=base, **given)
        assert (refused.rule, refused.details["cap"]) == ("penalty.cap", most)
    propose(story, "fine", amount=most, base=base, **given)


@pytest.mark.parametrize(
    ("article", "base"),
    [
        ("103.gains", 99_999),
        ("114.general.grave", 299_999),
        ("114.general.grave", 1_000_001),
        ("114.major.grave", 10_000_001),
    ],
)
def test_a_base_lies_within_what_the_article_multiplies(article: str, base: int) -> None:
    refused = not_proposed(overdue_major(), "fine", article=article, amount=SMALL, base=base)
    assert refused.rule == "penalty.base"
    assert "《安全生产法》第一百" in str(refused.article)


def test_the_base_found_in_the_end_bounds_notice_and_decision() -> None:
    given = {"article": "103.gains", "amount": 1_000_000, "base": 300_000}
    story = take(
        take(propose(overdue_major(), "fine", **given), "approve", HEAD), "conclude_investigation", WANG
    )
    assert not_taken(story, "serve_notice", WANG, base=150_000).details["cap"] == 750_000
    silent(take(story, "serve_notice", WANG, base=200_000))
    take(
        take(take(take(story, "submit_review", LI), "legal_review", LAWYER), "discuss", DEPUTY),
        "submit_decision",
        WANG,
    )
    assert not_taken(story, "decide", HEAD, base=150_000).details["cap"] == 750_000
    take(story, "decide", HEAD)


def test_what_is_no_multiple_has_no_base() -> None:
    assert not_proposed(overdue_major(), "fine", base=300_000).rule == "penalty.base"
    assert not_proposed(overdue_major(), "suspension", base=300_000).rule == "penalty.amount"
    assert not_proposed(imposed(), "daily_fine", base=300_000).rule == "penalty.amount"
    suspension = take(
        take(propose(overdue_major(), "suspension"), "approve", HEAD), "conclude_investigation", LI
    )
    assert not_taken(suspension, "serve_notice", WANG, base=300_000).rule == "penalty.base"
