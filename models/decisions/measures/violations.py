"""What a fine punishes: the article and the most it allows (罚则上限); and nothing is imposed twice (一事不再罚)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from models.decisions.base import Context, require
from models.errors import LimitExceeded, RequirementMissing
from models.measures import conditions as facts
from models.measures.kinds import KIND_LABELS
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.penalised import articles_in
from models.policy.values import Figure
from models.snapshot import Case

HAZARD = "102"
"""The article of a hazard that was not removed (《安全生产法》第一百零二条)."""
AFTER_THE_DEADLINE = (".overdue", ".refused")
"""Endings of articles that punish what was not corrected in time, or refused."""


def article_of(measure: Measure) -> str:
    """The penalty article of a fine, as the policy lists it."""
    return str(measure.fact("propose", "article") or HAZARD)


def base_of(measure: Measure) -> int | None:
    """What the fine is a multiple of (计罚基数), as stated last; None where it is none."""
    stated = (measure.fact(step, "base") for step in ("decide", "serve_notice", "propose"))
    return next((int(one) for one in stated if one is not None), None)


def within_article(measure: Measure, amount: int, base: int | None, ctx: Context) -> Figure:
    """The figure of the article that fines whom the measure is for, which ``amount`` does not exceed: a sum, or a
    multiple of ``base``."""
    figures = ctx.rules.policy.figures
    row = f"penalty.{article_of(measure)}.{measure.target}"
    share = figures.get(f"{row}.percent")
    found = figures.get(row) or share or _no_such_fine(measure, figures)
    require(
        (base is None) is (share is None),
        "该罚则按基数的倍数（比例）计罚，须写明基数" if share else "该罚则不按基数计罚",
        "the article fines a multiple of a base: state it" if share else "the article has no base",
        rule="penalty.base",
        article=found.basis,
        remedy_zh="填写计罚基数（违法所得、上一年年收入、前款罚款数额）" if share else "去掉计罚基数",
        remedy_en="give the unlawful income, last year's income or the first paragraph's fine"
        if share
        else "leave the base out",
    )
    if base is None:
        _at_most(found, int(found.value), amount)
    else:
        _base_within(row, base, figures)
        _at_most(found, base * int(found.value) // 100, amount, f"%（基数{base}元）", f"% of {base}")
    return found


def _no_such_fine(measure: Measure, figures: Mapping[str, Figure]) -> NoReturn:
    """The refusal of an article that does not fine whom the measure is for, with those that do."""
    known = articles_in(figures, measure.target)
    who_zh, who_en = ("单位", "the unit") if measure.target == "unit" else ("个人", "the person")
    article = article_of(measure)
    raise RequirementMissing(
        f"罚则{article}没有对{who_zh}的罚款",
        f"no fine of {who_en} under {article}",
        rule="penalty.article",
        article="《安全生产法》第九十二条至第一百一十四条",
        remedy_zh=f"选择适用的罚则：{'、'.join(known)}",
        remedy_en=f"name the article that applies: {', '.join(known)}",
        articles=known,
    )


def _base_within(row: str, base: int, figures: Mapping[str, Figure]) -> None:
    least, most = figures.get(f"{row}.least"), figures.get(f"{row}.most")
    short = least if least and base < int(least.value) else None
    beyond = most if most and base > int(most.value) else None
    if bound := short or beyond:
        raise LimitExceeded(
            f"{bound.zh}为{bound.value}，提交的基数是{base}元",
            f"{bound.en}: {bound.value}, {base} were given",
            rule="penalty.base",
            article=bound.basis,
            remedy_zh="核对计罚基数，或者选择适用的罚则",
            remedy_en="check the base, or name the article that applies",
            bound=int(bound.value),
        )


def _at_most(figure: Figure, most: int, amount: int, of_zh: str = "", of_en: str = "") -> None:
    if amount <= most:
        return
    raise LimitExceeded(
        f"{figure.zh}为{figure.value}{of_zh}，即{most}元，提交的是{amount}元",
        f"{figure.en}: {figure.value}{of_en}, {most} yuan, {amount} were given",
        rule="penalty.cap",
        article=figure.basis,
        remedy_zh=f"减至{most}元以内，或者选择适用的罚则",
        remedy_en=f"give at most {most}, or name the article that applies",
        cap=most,
    )


def article_applies(case: Case, measure: Measure, ctx: Context) -> None:
    """The amount lies within the article, and what it punishes is on record."""
    found = within_article(measure, measure.amount or 0, base_of(measure), ctx)
    require(
        not article_of(measure).endswith(AFTER_THE_DEADLINE) or facts.order_refused(case),
        "该罚则以逾期未改正或者拒不执行为前提：须有已送达的责令改正指令且期限届满未改，或者登记的拒不执行",
        "this article takes an order served and its deadline missed, or a refusal recorded",
        rule="refusal.shown",
        article=found.basis,
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
