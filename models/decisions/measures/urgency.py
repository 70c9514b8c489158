"""Measures that act first and are confirmed afterwards, and the term of a seal (先行采取、查封期限)."""

from __future__ import annotations

from models.decisions.base import Context, require
from models.decisions.measures.running import begun, last_day, running
from models.measures.snapshot import Measure
from models.snapshot import Case


def acted_first(case: Case, measure: Measure, _: Context) -> None:
    require(
        begun(case, measure, "urgent_measure.report"),
        "该措施不是先行采取的紧急措施，无须事后确认",
        "this measure did not act first; there is nothing to confirm",
        rule="urgent.acted_first",
        article="《行政强制法》第十九条",
    )


def not_confirmed(_: Case, measure: Measure, __: Context) -> None:
    require(
        "confirm" not in measure.done,
        "紧急措施已经确认，应按解除或复工复产程序办理",
        "it has been confirmed: release it, or approve the resumption",
        rule="urgent.confirmed",
        article="《安全生产法》第六十五条",
        remedy_zh="办理解除或复工复产审批",
        remedy_en="release it or approve the resumption",
    )


def term_running(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        running(case, measure, "seizure", ctx.at),
        "查封、扣押期限只能在届满前延长一次",
        "the term can be extended once, before it ends",
        rule="seal.extend",
        article="《行政强制法》第二十五条",
        remedy_zh="期限届满的，应当解除",
        remedy_en="release it when the term is over",
        last_day=last_day(case, measure, "seizure"),
    )
