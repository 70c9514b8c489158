"""What the hazard and its correction must show: refused, accepted, dangerous (拒不执行、复查合格、现实危险)."""

from __future__ import annotations

from models.decisions.base import Context, require
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.snapshot import Case


def all_items_passed(case: Case, _: Measure, __: Context) -> None:
    unmet = [item.no for item in case.items if item.passed is not True]
    require(
        not unmet,
        f"第{'、'.join(map(str, unmet))}项整改要求未复查合格",
        f"items {unmet} have not passed re-inspection",
        rule="measure.items",
        remedy_zh="复查合格后再办理",
        remedy_en="re-inspect first",
        items=unmet,
    )


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


def refused_on_record(case: Case, measure: Measure, _: Context) -> None:
    require(
        facts.recorded_refusal(case, measure.measure_id),
        "没有登记拒不执行该决定的事实，不得催告、申请强制执行",
        "no refusal of this decision is on record: nothing to demand or to enforce",
        rule="refusal.shown",
        article="《行政强制法》第五十三条、第五十四条",
        remedy_zh="由两名执法人员登记拒不执行",
        remedy_en="have two officers record the refusal",
    )


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
        f"停止供应缺少法定条件：{'、'.join(zh for zh, _ in missing)}",
        f"conditions of a power cut are missing: {', '.join(en for _, en in missing)}",
        rule="power_cut.conditions",
        article="《安全生产法》第七十条",
        remedy_zh="补齐上述条件及证据后再提请",
        remedy_en="meet these conditions, with evidence, first",
        missing=[zh[0] for zh, _ in missing],
    )
