"""What a fine punishes: the article and the most it allows (罚则上限); and nothing is imposed twice (一事不再罚)."""

from __future__ import annotations

from models.decisions.base import Context, require
from models.errors import LimitExceeded
from models.measures import conditions as facts
from models.measures.kinds import KIND_LABELS
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.snapshot import Case

HAZARD = "102"
"""The article of a hazard that was not removed (《安全生产法》第一百零二条)."""
AFTER_THE_DEADLINE = (".overdue", ".refused")
"""Endings of articles that punish what was not corrected in time, or refused."""


def article_of(measure: Measure) -> str:
    """The penalised article of a fine, as the policy lists it."""
    return str(measure.fact("propose", "article") or HAZARD)


def within_article(measure: Measure, amount: int, ctx: Context) -> None:
    """``amount`` is not more than the article allows against whom the fine is for."""
    article, target = article_of(measure), measure.target
    cap = ctx.rules.policy.figures.get(f"penalty.{article}.{target}")
    known = sorted(
        key.removeprefix("penalty.").removesuffix(f".{target}")
        for key in ctx.rules.policy.figures
        if key.startswith("penalty.") and key.endswith(f".{target}")
    )
    who_zh, who_en = ("单位", "the unit") if target == "unit" else ("个人", "the person")
    require(
        cap is not None,
        f"罚则{article}没有对{who_zh}的罚款",
        f"no fine of {who_en} under {article}",
        rule="penalty.article",
        article="《安全生产法》第九十七条至第一百零九条",
        remedy_zh=f"选择适用的罚则：{'、'.join(known)}",
        remedy_en=f"name the article that applies: {', '.join(known)}",
        articles=known,
    )
    if cap is not None and amount > int(cap.value):
        raise LimitExceeded(
            f"{cap.zh}为{cap.value}元，提交的是{amount}元",
            f"{cap.en}: {cap.value}, {amount} were given",
            rule="penalty.cap",
            article=cap.basis,
            remedy_zh=f"减至{cap.value}元以内，或者选择适用的罚则",
            remedy_en=f"give at most {cap.value}, or name the article that applies",
            cap=int(cap.value),
        )


def article_applies(case: Case, measure: Measure, ctx: Context) -> None:
    """The amount lies within the article, and what it punishes is on record."""
    within_article(measure, measure.amount or 0, ctx)
    require(
        not article_of(measure).endswith(AFTER_THE_DEADLINE) or facts.order_refused(case),
        "该罚则以逾期未改正或者拒不执行为前提：须有已送达的责令改正指令且期限届满未改，或者登记的拒不执行",
        "this article takes an order served and its deadline missed, or a refusal recorded",
        rule="refusal.shown",
        article=str(ctx.rules.policy.figure(f"penalty.{article_of(measure)}.{measure.target}").basis),
        remedy_zh="按未逾期的罚则提请，或待期限届满",
        remedy_en="propose it under the article before the deadline, or let the deadline pass",
    )


def not_imposed_before(case: Case, measure: Measure, _: Context) -> None:
    """No second one of its kind for the same violation, but for a new violation or one that came back."""
    before = [
        one
        for one in facts.imposed(case, measure.kind, measure.violation)
        if one.target == measure.target and one.measure_id != measure.measure_id
    ]
    numbers = "、".join(str(one.no) for one in before)
    zh, en = KIND_LABELS[measure.kind]
    require(
        not before or measure.fact("propose", "new_violation"),
        f"对同一违法行为已决定{zh}（第{numbers}号），不得再次决定{zh}",
        f"a {en} has been decided for the same violation (no. {numbers}): not a second time",
        rule="penalty.once",
        article=PROCEDURES[measure.kind].once,
        remedy_zh="有新的违法行为的，写明该行为；受到罚款处罚后拒不改正的，按《安全生产法》第一百一十二条按日连续处罚",
        remedy_en="state the new violation if there is one; who was fined and does not correct is fined by the day",
        imposed=[one.measure_id for one in before],
    )
