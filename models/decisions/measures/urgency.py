"""Measures that act first and are confirmed afterwards (先行采取、补办批准)."""

from __future__ import annotations

from models.commands import Grade
from models.decisions.base import Context, require
from models.decisions.measures.running import begun
from models.lifecycle import CaseState
from models.measures.snapshot import Measure
from models.snapshot import Case


def _undetermined(case: Case) -> bool:
    """Whether it is being decided if the hazard is a major one."""
    raised = case.regrade is not None and case.regrade.grade is Grade.MAJOR
    return case.state is CaseState.DETERMINING or bool(case.suspected_by) or raised


def major_or_determining(case: Case, _: Measure, __: Context) -> None:
    require(
        case.major or _undetermined(case),
        "暂时停产停业、停止使用只适用于重大事故隐患（含正在判定的）",
        "an interim stop is for a major hazard, or one whose grade is being determined",
        rule="interim_stop.major",
        article="《安全生产法》第六十五条",
        remedy_zh="责令立即排除或者限期整改；疑似重大的，先提请判定",
        remedy_en="order the correction; if it may be major, submit it for grading first",
    )


def acted_first(case: Case, measure: Measure, _: Context) -> None:
    require(
        begun(case, measure, "urgent_measure.report"),
        "该措施不是先行采取的紧急措施，无须事后确认",
        "this measure did not act first; there is nothing to confirm",
        rule="urgent.acted_first",
        article="《行政强制法》第十九条",
    )


def revocable(case: Case, measure: Measure, _: Context) -> None:
    """While unconfirmed; and when the hazard turns out not to be major, on which the stop stood."""
    require(
        "confirm" not in measure.done or not (case.major or _undetermined(case)),
        "紧急措施已经确认，应按解除或复工复产程序办理",
        "it has been confirmed: release it, or approve the resumption",
        rule="urgent.confirmed",
        article="《安全生产法》第六十五条",
        remedy_zh="办理解除或复工复产审批",
        remedy_en="release it or approve the resumption",
    )
