"""The steps people take in the stories, in the words they would use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from demo import places
from demo.people import user_ids
from demo.script import FIRM, Step, Tale
from models.clocks import SHANGHAI

CHIEF, HEAD = "section_head", "head"
USUAL = ("inspector2", "inspector")
"""Two officers; the first gives the command."""
FRESH = ("inspector3", "inspector")
"""Two officers of whom one did not sign the order."""


def today(tale: Tale) -> str:
    """The Shanghai date on which the demo was made."""
    return tale.since.astimezone(SHANGHAI).date().isoformat()


def last(tale: Tale) -> str:
    """When the story's last step was taken."""
    return tale.last_at.isoformat()


def ids_of(names: Sequence[str]) -> list[str]:
    """The ids of those accounts."""
    return list(user_ids(*names))


# -- leads and grading -----------------------------------------------------------------------------
def verify(officers: Sequence[str] = USUAL) -> Step:
    body = {
        "officers": ids_of(officers),
        "findings": lambda t: f"现场核查属实：{t.finding.description}",
    }
    return Step("verify", officers[0], body, ("核查现场照片",))


def sign_lead() -> Step:
    return Step("sign_lead", "deputy_head", {"opinion": "核查属实，同意依法下达整改指令。"})


def unfounded(officers: Sequence[str] = USUAL) -> Step:
    words = "两次到场核查，安全出口均处于开启状态，未发现举报反映的问题。"
    return Step(
        "mark_unfounded", officers[0], {"officers": ids_of(officers), "findings": words}, ("核查现场照片",)
    )


def transfer(department: str, reason: str) -> Step:
    return Step("transfer", CHIEF, {"to_department": department, "reason": reason})


def suspect(who: str = "inspector2") -> Step:
    return Step(
        "suspect_major",
        who,
        {
            "standard": lambda t: t.finding.standard.model_dump(),
            "reason": "现场情况与判定标准所列情形一致，提请判定。",
        },
    )


def determine(grade: str = "major") -> Step:
    return Step(
        "determine_grade",
        CHIEF,
        {
            "grade": grade,
            "standard": lambda t: t.finding.standard.model_dump() if grade == "major" else None,
            "reason": "经集体会商，对照判定标准，符合重大事故隐患情形。"
            if grade == "major"
            else "经会商，不符合重大事故隐患情形，按一般隐患处理。",
        },
    )


def propose_major(who: str = "inspector2") -> Step:
    return Step(
        "propose_regrade",
        who,
        {
            "grade": "major",
            "standard": lambda t: t.finding.standard.model_dump(),
            "reason": "补充调查后认为符合重大事故隐患判定标准，提请调整等级。",
        },
    )


def approve_regrade() -> Step:
    return Step("decide_regrade", CHIEF, {"approve": True, "reason": "同意调整为重大事故隐患。"})


def order(days: int, officers: Sequence[str] = USUAL) -> Step:
    return Step(
        "issue_order",
        officers[0],
        {"officers": ids_of(officers), "deadline_days": days, "stated": _stated},
    )


def _stated(tale: Tale) -> dict[str, Any]:
    """What the officers state for the parties: what they found, never who told them."""
    found = tale.finding
    return {
        "title": found.title,
        "description": f"经现场检查：{found.description}",
        "location": found.location,
        "requirements": [{"text": text} for text in found.requirements],
    }


def serve(who: str = "inspector2") -> Step:
    return Step("serve_order", who, {"service": {"served_at": last, "method": "in_person"}})


def assign(username: str) -> Step:
    return Step(
        "assign_handler", CHIEF, {"handler_id": user_ids(username)[0], "reason": "按挂钩分工调整承办人。"}
    )


# -- correction ------------------------------------------------------------------------------------
def progress(percent: int, text: str) -> Step:
    return Step("report_progress", FIRM, {"percent": percent, "text": text}, ("整改过程照片",))


def double_report() -> tuple[Step, ...]:
    return (
        Step(
            "report_major_hazard",
            FIRM,
            {
                "present_state": lambda t: t.finding.description,
                "harm_and_difficulty": "可能造成人员伤亡，整改需停用相关设备并委托设计，难度较大。",
                "treatment": lambda t: f"拟采取的治理措施：{t.wanted}。",
            },
        ),
        Step("acknowledge_report", "inspector"),
        Step("report_to_congress", FIRM, {"held_on": today}, ("职工大会签到照片",)),
    )


def plan() -> Step:
    return Step(
        "file_plan",
        FIRM,
        {
            "goals": lambda t: f"彻底消除“{t.finding.title}”，达到判定标准要求。",
            "responsibility": lambda t: (
                f"总负责人 {t.firm.legal_representative}；安全部牵头，设备部、车间配合。"
            ),
            "measures": lambda t: t.wanted,
            "funds": "专项资金38万元，已列入安全生产费用支出计划。",
            "time_limit": "分设计、施工、调试三个阶段，均在责令期限内完成。",
            "contingency": "治理期间停用相关设备，专人监护；修订现场处置方案并组织演练。",
        },
    )


def accept_plan() -> Step:
    return Step(
        "accept_plan", CHIEF, {"opinion": "方案六项内容齐全，责任、措施、资金、时限、预案落实，同意实施。"}
    )


def return_plan() -> Step:
    return Step(
        "return_plan", CHIEF, {"reason": "措施未写明由何单位设计、如何验收，时限未分解，请补充后重报。"}
    )


def ask_extension(days: int) -> Step:
    return Step(
        "request_extension",
        FIRM,
        {
            "days": days,
            "reason": "所需设备为定制件，供货周期较长，厂家出具了交货说明。",
            "interim_measures": "相关部位停用并上锁挂牌，每班巡查记录。",
        },
    )


def grant_extension(days: int) -> Step:
    return Step("grant_extension", CHIEF, {"days": days, "opinion": "理由成立，临时措施到位，同意延期。"})


def refuse_extension() -> Step:
    return Step("refuse_extension", CHIEF, {"reason": "器材市面可随时购得，理由不成立，应按期完成。"})


def pause(reason: str) -> Step:
    return Step("pause", CHIEF, {"ground": "appraisal", "reason": reason})


def resume() -> Step:
    return Step("resume", CHIEF, {"reason": "检测报告已出具，恢复计时。"})


# -- completion, assessment, re-inspection ---------------------------------------------------------
def complete() -> Step:
    return Step(
        "signal_completion",
        FIRM,
        {"text": lambda t: f"已整改完成：{t.wanted}。整改后照片附后，请予复查。"},
        ("整改后照片", "整改后照片（近景）"),
    )


def commission(org_id: str = places.ASSESSOR_ONE) -> Step:
    return Step("commission_assessment", FIRM, {"assessor_org_id": org_id, "independence_declared": True})


def assess() -> Step:
    return Step(
        "file_assessment",
        "assessor",
        {
            "conclusion": "effective",
            "text": lambda t: f"经现场勘查和资料核验，“{t.finding.title}”治理措施有效，隐患已消除。",
        },
        ("评估现场照片",),
    )


def _verdicts(failing: Sequence[int]) -> Any:
    return lambda t: [
        {
            "no": no,
            "passed": no not in failing,
            "note": f"未落实：{t.finding.requirements[no - 1]}" if no in failing else "已落实",
        }
        for no in t.items
    ]


def passed(officers: Sequence[str] = USUAL) -> Step:
    body = {
        "officers": ids_of(officers),
        "findings": _verdicts(()),
        "opinion": "现场复查，整改要求逐项落实，复查合格。",
    }
    return Step("reinspect", officers[0], body, ("复查照片",))


def failed(items: Sequence[int], days: int, officers: Sequence[str] = USUAL) -> Step:
    body = {
        "officers": ids_of(officers),
        "findings": _verdicts(items),
        "new_deadline_days": days,
        "opinion": "现场复查，部分要求未落实，责令继续整改。",
    }
    return Step("reinspect", officers[0], body, ("复查照片",))


# -- sign-off, look-back, other ends ---------------------------------------------------------------
def sign_off(who: str = CHIEF) -> Step:
    return Step("sign_off", who, {"opinion": "复查合格，证据齐全，同意销号。"})


def refuse_sign_off(items: Sequence[int], days: int) -> Step:
    reason = "复查照片不能反映整改要求已落实，退回重新整改。"
    return Step("refuse_sign_off", CHIEF, {"items": list(items), "new_deadline_days": days, "reason": reason})


def recurred(items: Sequence[int], officers: Sequence[str] = USUAL) -> Step:
    body = {
        "officers": ids_of(officers),
        "recurred": True,
        "items": list(items),
        "text": lambda t: f"回头看发现同一隐患再次出现：{t.finding.title}。",
    }
    return Step("record_look_back", officers[0], body, ("回头看照片",))


def void(reason: str) -> Step:
    return Step("void", CHIEF, {"reason": reason})


def close_enterprise() -> Step:
    return Step(
        "close_with_enterprise",
        "government",
        {"decision_no": lambda t: f"示政关〔{today(t)[:4]}〕3号", "decided_on": today},
    )
