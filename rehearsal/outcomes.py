"""What an assumed person may answer: task → outcome → the commands given; the first outcome of a row is the usual one."""

from __future__ import annotations

from typing import Any

from models.clocks import SHANGHAI
from models.commands import Grade
from models.lifecycle import CaseState
from rehearsal.measures import MEASURE_ANSWERS
from rehearsal.people import (
    ASSESSOR_ORG,
    OFFICERS,
    PROOF,
    WORDS,
    Act,
    Maker,
    Scene,
    assessor,
    firm,
    leader,
    officer,
)

_STATED = {"title": "预演：认定的事实", "requirements": [{"text": "预演：整改要求"}]}
"""What officers are assumed to state for the parties of a lead."""


def _by(who: Any, command: str, **fields: Any) -> Maker:
    """One command, always with the same content."""
    return lambda scene: (Act(who(scene), command, fields),)


def _issue(scene: Scene) -> tuple[Act, ...]:
    order = {
        "order_id": f"assumed-order-{scene.case.orders + 1}",
        "officers": OFFICERS,
        "deadline_days": scene.days("rectify"),
    }
    stated = {} if scene.case.stated else {"stated": _STATED}
    return (Act(officer(scene), "issue_order", {"order": order, **stated}),)


def _serve(scene: Scene) -> tuple[Act, ...]:
    service = {"served_at": scene.at.isoformat(), "method": "in_person"}
    return (Act(officer(scene), "serve_order", {"service": service}),)


def _congress(scene: Scene) -> tuple[Act, ...]:
    held_on = scene.at.astimezone(SHANGHAI).date().isoformat()
    return (Act(firm(scene), "report_to_congress", {"held_on": held_on, "evidence": PROOF}),)


def _grant(scene: Scene) -> tuple[Act, ...]:
    days = scene.case.extension.days if scene.case.extension else 1
    return (Act(leader(scene), "grant_extension", {"days": days}),)


def _commission(scene: Scene) -> tuple[Act, ...]:
    chosen = {"assessor_org_id": ASSESSOR_ORG, "independence_declared": True}
    return (Act(firm(scene), "commission_assessment", chosen),)


def _assessed(conclusion: str) -> Maker:
    """The report; commissioned on the same day when nobody has been commissioned yet."""

    def make(scene: Scene) -> tuple[Act, ...]:
        first = () if scene.case.state is CaseState.ASSESSING else _commission(scene)
        report = {"conclusion": conclusion, "text": WORDS, "evidence": PROOF}
        return (*first, Act(assessor(scene), "file_assessment", report))

    return make


def _reinspected(passed: bool) -> Maker:
    def make(scene: Scene) -> tuple[Act, ...]:
        found: dict[str, Any] = {
            "officers": OFFICERS,
            "findings": [{"no": no, "passed": passed} for no in scene.items],
            "evidence": PROOF,
        }
        again = {} if passed else {"new_deadline_days": scene.days("rectify")}
        return (Act(officer(scene), "reinspect", found | again),)

    return make


def _refuse_sign_off(scene: Scene) -> tuple[Act, ...]:
    refusal = {"items": scene.items, "new_deadline_days": scene.days("rectify"), "reason": WORDS}
    return (Act(leader(scene), "refuse_sign_off", refusal),)


def _look_back(recurred: bool) -> Maker:
    def make(scene: Scene) -> tuple[Act, ...]:
        found: dict[str, Any] = {"officers": OFFICERS, "recurred": recurred, "text": WORDS, "evidence": PROOF}
        return (
            Act(officer(scene), "record_look_back", found | ({"items": scene.items} if recurred else {})),
        )

    return make


_VISIT = {"officers": OFFICERS, "findings": WORDS}
_REPORT = dict.fromkeys(("present_state", "harm_and_difficulty", "treatment"), WORDS)
_PLAN = dict.fromkeys(
    ("goals", "responsibility", "measures", "funds", "time_limit", "contingency"), "预演：已落实"
)
_ASK = {"days": 10, "reason": WORDS, "interim_measures": WORDS}
_LOOK_BACK: dict[str, Maker] = {"passed": _look_back(False), "recurred": _look_back(True)}

ANSWERS: dict[str, dict[str, Maker]] = {
    "lead.verify": {
        "verified": _by(officer, "verify", **_VISIT),
        "unfounded": _by(officer, "mark_unfounded", **_VISIT),
    },
    "lead.sign": {"sign": _by(leader, "sign_lead", opinion=WORDS)},
    "order.issue": {"issue": _issue},
    "order.serve": {"serve": _serve},
    "major.determine": {
        "major": _by(leader, "determine_grade", grade=Grade.MAJOR.value, reason=WORDS),
        "general": _by(leader, "determine_grade", grade=Grade.GENERAL.value, reason=WORDS),
    },
    "regrade.decide": {
        "approve": _by(leader, "decide_regrade", approve=True, reason=WORDS),
        "refuse": _by(leader, "decide_regrade", approve=False, reason=WORDS),
    },
    "rectify": {
        "complete": _by(firm, "signal_completion", text=WORDS, evidence=PROOF),
        "progress": _by(firm, "report_progress", text=WORDS, percent=30),
        "extend": _by(firm, "request_extension", **_ASK),
    },
    "plan.file": {"file": _by(firm, "file_plan", **_PLAN)},
    "plan.review": {
        "accept": _by(leader, "accept_plan"),
        "return": _by(leader, "return_plan", reason=WORDS),
    },
    "major.report_by_enterprise": {"report": _by(firm, "report_major_hazard", **_REPORT)},
    "report.acknowledge": {"acknowledge": _by(officer, "acknowledge_report")},
    "double_report.congress": {"report": _congress},
    "extension.answer": {"grant": _grant, "refuse": _by(leader, "refuse_extension", reason=WORDS)},
    "pause.review": {"resume": _by(leader, "resume")},
    "assessment.file": {
        "effective": _assessed("effective"),
        "not_effective": _assessed("not_effective"),
        "commission": _commission,
    },
    "reinspect.within": {"pass": _reinspected(True), "fail": _reinspected(False)},
    "sign_off.decide": {"approve": _by(leader, "sign_off"), "refuse": _refuse_sign_off},
    "lookback.first": _LOOK_BACK,
    "lookback.second": _LOOK_BACK,
    **MEASURE_ANSWERS,
}
"""Every task somebody can be assumed to do: a row for each clock of the rectification, and those of the measures."""
