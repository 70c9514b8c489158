"""Rules of the procedures that need more than a step done; each names what is missing and the article that asks for it.

A guard looks at the case, the measure and the asker, never at the words of the step: so it also says which buttons
may be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.caseclocks import ClockStatus
from models.decisions.base import Context, require
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.snapshot import Case

Guard = Callable[[Case, Measure, Context], None]
GUARDS: dict[str, Guard] = {}
"""Name in a step's row → rule."""


def guard(rule: Guard) -> Guard:
    """Register a rule under its name."""
    GUARDS[rule.__name__] = rule
    return rule


def running(case: Case, measure: Measure, key: str, at: datetime) -> bool:
    """Whether the measure's clock ``key`` is running at ``at``."""
    clock = case.clocks.get(measure.clock(key))
    return clock is not None and clock.status is ClockStatus.RUNNING and at < clock.due_at


def begun(case: Case, measure: Measure, key: str) -> bool:
    """Whether the measure's clock ``key`` was ever started."""
    return measure.clock(key) in case.clocks


def last_day(case: Case, measure: Measure, key: str) -> str:
    """The last day of the measure's clock ``key``; empty when it was never started."""
    return str(case.clocks[measure.clock(key)].last_day) if begun(case, measure, key) else ""


# -- persons ---------------------------------------------------------------------------------------
@guard
def proposer(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        ctx.actor.persons & set(measure.proposed_by),
        "只有提请人可以撤回或补正",
        "only whoever proposed it may do this",
        rule="measure.proposer",
        remedy_zh="由提请人办理；审批人可退回或不予批准",
        remedy_en="let the proposer do it; whoever approves may return or refuse it",
    )


@guard
def presides(_: Case, measure: Measure, ctx: Context) -> None:
    presiding = measure.fact("serve_hearing_notice", "presiding")
    require(
        presiding in ctx.actor.persons,
        "听证由听证会通知书载明的主持人主持",
        "the presiding officer named in the notice holds the hearing",
        rule="hearing.presiding",
        article="《行政处罚法》第六十四条",
        remedy_zh="由指定的主持人录入",
        remedy_en="let the officer named in the notice record it",
    )


# -- correction ------------------------------------------------------------------------------------
@guard
def all_items_passed(case: Case, _: Measure, __: Context) -> None:
    unmet = [item.no for item in case.items if item.passed is not True]
    require(
        not unmet,
        f"第{'、'.join(map(str, unmet))}项整改要求未复查合格",
        f"items {unmet} have not passed re-inspection",
        rule="measure.items",
        article="《安全生产事故隐患排查治理暂行规定》第二十三条",
        remedy_zh="复查合格后再办理",
        remedy_en="re-inspect first",
        items=unmet,
    )


@guard
def review_passed(_: Case, measure: Measure, __: Context) -> None:
    require(
        measure.fact("review_resumption", "passed"),
        "现场审查未通过，不得同意恢复生产",
        "the site review did not pass",
        rule="resume.review_passed",
        article="《安全生产法》第六十五条",
        remedy_zh="不同意恢复生产，整改后重新申请",
        remedy_en="refuse the resumption; the enterprise applies again after correcting",
    )


@guard
def order_refused(case: Case, _: Measure, __: Context) -> None:
    require(
        facts.order_refused(case),
        "没有“拒不执行”的事实：须有已送达的责令整改指令且期限届满未改，或者两名执法人员登记的拒不执行记录",
        "no refusal to comply: it takes a served order whose deadline passed, or a refusal recorded by two officers",
        rule="refusal.shown",
        article="《安全生产法》第一百零二条",
        remedy_zh="先送达指令并待期限届满，或由两名执法人员登记拒不执行",
        remedy_en="serve the order and let its deadline pass, or have two officers record the refusal",
    )


@guard
def as_fined(case: Case, measure: Measure, _: Context) -> None:
    amounts = sorted(
        {facts.amount_of(one) for one in facts.standing_fines(case) if one.target == measure.target}
    )
    require(
        measure.amount in amounts,
        f"按日连续处罚按照原处罚数额计算（{'、'.join(map(str, amounts)) or '无'}元）",
        f"a daily fine has the amount of the fine before it ({', '.join(map(str, amounts)) or 'none'} yuan)",
        rule="daily_fine.amount",
        article="《安全生产法》第一百一十二条",
        remedy_zh="按原处罚数额填写",
        remedy_en="give that amount",
        amounts=amounts,
    )


@guard
def counting_over(case: Case, _: Measure, __: Context) -> None:
    require(
        facts.corrected(case) or case.final,
        "隐患尚未复查合格，按日计罚尚不停止",
        "the correction has not been accepted: the days still count",
        rule="daily_fine.correction",
        article="《安全生产法》第一百一十二条",
        remedy_zh="复查合格后再核定天数和总额",
        remedy_en="re-inspect first, then state the days",
    )


@guard
def fined_already(case: Case, _: Measure, __: Context) -> None:
    require(
        facts.fined(case),
        "按日连续处罚须先有已送达的罚款决定",
        "a daily fine takes a fine decided and served before",
        rule="daily_fine.fined",
        article="《安全生产法》第一百一十二条",
        remedy_zh="先办理罚款",
        remedy_en="fine first",
    )


# -- talks, publications -----------------------------------------------------------------------------
@guard
def talk_time_past(_: Case, measure: Measure, ctx: Context) -> None:
    held_at = measure.fact("serve_talk_notice", "held_at")
    require(
        held_at and ctx.at >= datetime.fromisoformat(held_at),
        "约谈时间未到",
        "the time of the talk has not come",
        rule="talk.time",
        remedy_zh="到约谈时间后再登记",
        remedy_en="record it after that time",
        held_at=held_at,
    )


@guard
def secrets_passed(_: Case, measure: Measure, __: Context) -> None:
    require(
        measure.fact("check_secrets", "passed"),
        "保密审查未通过，不得公开",
        "the secrets check did not pass",
        rule="exposure.secrets",
        article="《政府信息公开条例》第二十条、第二十六条",
        remedy_zh="删除涉密内容后重新审查",
        remedy_en="remove what is secret and have it checked again",
    )


# -- acting first ------------------------------------------------------------------------------------
@guard
def acted_first(case: Case, measure: Measure, _: Context) -> None:
    require(
        begun(case, measure, "urgent_measure.report"),
        "该措施不是先行采取的紧急措施，无须事后确认",
        "this measure did not act first; there is nothing to confirm",
        rule="urgent.acted_first",
        article="《行政强制法》第十九条",
    )


@guard
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


@guard
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


# -- power cut ---------------------------------------------------------------------------------------
@guard
def power_conditions(case: Case, measure: Measure, _: Context) -> None:
    conditions = {
        ("①存在重大事故隐患", "a major hazard, not yet removed"): case.major and not facts.corrected(case),
        ("②停产停业等决定已依法送达", "a stop decided and served"): facts.stop_in_force(case) is not None,
        ("③拒不执行该决定", "the stop refused, recorded by two officers"): facts.stop_refused(case),
        ("④有发生事故的现实危险的证据", "evidence of real danger"): measure.fact("propose", "danger"),
        ("⑤保证安全的前提的证据", "evidence that the cut is safe"): measure.fact("propose", "assured"),
    }
    missing = [names for names, met in conditions.items() if not met]
    require(
        not missing,
        f"停止供电缺少法定条件：{'、'.join(zh for zh, _ in missing)}",
        f"conditions of a power cut are missing: {', '.join(en for _, en in missing)}",
        rule="power_cut.conditions",
        article="《安全生产法》第七十条",
        remedy_zh="补齐上述条件及证据后再提请",
        remedy_en="meet these conditions, with evidence, first",
        missing=[zh[0] for zh, _ in missing],
    )
