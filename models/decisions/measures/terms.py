"""The term of a seal or seizure (查封、扣押期限): extended once, without the time of tests; its end is a duty to release."""

from __future__ import annotations

from datetime import date

from models.caseclocks import ClockRun
from models.commands.measures import AppraisalEnd, AppraisalPeriod
from models.decisions.base import Context, require
from models.decisions.measures.parts import Facts, served
from models.decisions.measures.running import last_day, running
from models.instants import day_of
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

TERMS = ("seizure.extension", "seizure")
"""The clocks of the term, the later one first."""


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


def within_term(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        any(running(case, measure, key, ctx.at) for key in TERMS),
        "查封、扣押期限已经届满，应当立即解除",
        "the term is over: release it at once",
        rule="seal.term",
        article="《行政强制法》第二十七条、第二十八条",
        remedy_zh="办理解除查封、扣押",
        remedy_en="release it",
    )


def _testing(measure: Measure, ctx: Context) -> bool:
    until = measure.fact("begin_tests", "until_on")
    return (
        until is not None and "end_tests" not in measure.done and day_of(ctx.at) <= date.fromisoformat(until)
    )


def no_tests_running(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        not _testing(measure, ctx),
        "已告知的检测、鉴定期间尚未结束",
        "the period of tests already told has not ended",
        rule="seal.tests",
        article="《行政强制法》第二十五条",
        remedy_zh="先登记检测、鉴定结束",
        remedy_en="record the end of the tests first",
    )


def tests_running(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        _testing(measure, ctx),
        "没有正在进行的检测、鉴定",
        "no tests are running",
        rule="seal.tests",
        article="《行政强制法》第二十五条",
        remedy_zh="期间届满的，查封、扣押期限已继续计算",
        remedy_en="once their period is over, the term runs on by itself",
    )


def appraisal_period(case: Case, measure: Measure, _: Step, form: AppraisalPeriod, ctx: Context) -> Facts:
    """Told in writing before it begins, within the term; the day it begins is not counted."""
    told = served(form.service, ctx)
    last = next(
        case.clocks[measure.clock(key)].last_day for key in TERMS if running(case, measure, key, ctx.at)
    )
    require(
        day_of(form.service.served_at) <= form.from_on <= min(form.until_on, last),
        f"检测、鉴定期间须在书面告知之后、查封扣押期限届满（{last}）之前开始，止日不得早于起日",
        f"tests begin after they were told, before the term ends ({last}), and end no earlier than they begin",
        rule="seal.tests.period",
        article="《行政强制法》第二十五条",
        remedy_zh="请核对起止日期",
        remedy_en="check both days",
    )
    days = (form.until_on - form.from_on).days
    return {**told, "from_on": form.from_on.isoformat(), "until_on": form.until_on.isoformat(), "days": days}


def appraisal_end(_: Case, measure: Measure, __: Step, form: AppraisalEnd, ___: Context) -> Facts:
    begun, until = (str(measure.fact("begin_tests", key)) for key in ("from_on", "until_on"))
    require(
        begun <= form.ended_on.isoformat() <= until,
        f"检测、鉴定结束日期须在已告知的期间内（{begun}至{until}）",
        f"the tests end within the period told ({begun} to {until})",
        rule="seal.tests.period",
        article="《行政强制法》第二十五条",
        remedy_zh="请核对日期",
        remedy_en="check the day",
    )
    return {"ended_on": form.ended_on.isoformat()}


def without_tests(case: Case, measure: Measure, step: str, ctx: Context) -> tuple[ClockRun, ...]:
    """The clock of the term that ``step``, just taken on ``measure``, moves: days of tests are no days of the term.

    The period told moves its end at once; tests that end sooner take the rest back.
    """
    facts = measure.done[step].facts
    key = next(key for key in TERMS if running(case, measure, key, ctx.at))
    clock = case.clocks[measure.clock(key)]
    if step == "begin_tests":
        added = (*clock.added, int(facts["days"]))
    else:
        begun = date.fromisoformat(str(measure.fact("begin_tests", "from_on")))
        added = (*clock.added[:-1], (date.fromisoformat(facts["ended_on"]) - begun).days)
    return (ctx.rules.recount(clock, ctx.at, added=added),)
