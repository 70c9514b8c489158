"""Cases in every state and with everything that can be pending, each told from its opening by honest commands."""

from __future__ import annotations

from collections.abc import Callable

from tests.builders import (
    ASSESSOR,
    ASSESSOR_ORG,
    CHIEF,
    FIRM,
    HEAD,
    MAYOR,
    PLAN,
    REPORT,
    STANDARD,
    WANG,
    ZHAO,
    Story,
    at,
    double_reported,
    findings,
    general,
    lead,
    major,
    order,
    planned,
    served,
)

TWO = ["wang", "zhao"]
DONE = {"text": "整改完成", "evidence": ["photo"]}
PAUSE = {"ground": "appraisal", "reason": "委托鉴定"}
EXTENSION = {"days": 10, "reason": "设备到货延迟", "interim_measures": "停用该区域"}


def recorded() -> Story:
    return Story(at("2026-09-01 10:00"))


def verified() -> Story:
    """A tip verified by two officers that no leader has signed yet."""
    return lead().give("verify", ZHAO, officers=TWO, findings="属实")


def ordered_unserved() -> Story:
    return recorded().give("issue_order", WANG, order=order())


def suspected(story: Story) -> Story:
    return story.give("suspect_major", WANG, standard=STANDARD, reason="疑似重大")


def extension_asked() -> Story:
    return general(days=30).give("request_extension", FIRM, **EXTENSION)


def paused() -> Story:
    return general().give("pause", CHIEF, **PAUSE)


def regrade_proposed() -> Story:
    return general().give("propose_regrade", WANG, grade="major", standard=STANDARD, reason="复核")


def major_planning() -> Story:
    return double_reported(major()).give("file_plan", FIRM, **PLAN)


def major_rectifying() -> Story:
    return planned(double_reported(major()))


def unacknowledged() -> Story:
    """A plan accepted, and a double report the department has not acknowledged."""
    story = major().give("report_major_hazard", FIRM, **REPORT)
    story.give("report_to_congress", FIRM, held_on=story.now.date().isoformat(), evidence=["minutes"])
    return planned(story)


def overdue(story: Story) -> Story:
    return story.until(story.case.rectify_due_at)


def failed(story: Story, days: int = 10) -> Story:
    verdicts = [False] * len(story.case.items)
    return story.give(
        "reinspect",
        ZHAO,
        officers=TWO,
        findings=findings(*verdicts),
        new_deadline_days=days,
        opinion="未整改",
    )


def passed(story: Story) -> Story:
    return story.give(
        "reinspect",
        ZHAO,
        officers=TWO,
        findings=findings(*[True] * len(story.case.items)),
        evidence=["photo"],
    )


def submitted(story: Story | None = None) -> Story:
    return (story or general()).pass_time(days=3).give("signal_completion", FIRM, **DONE)


def assessing() -> Story:
    return submitted(major_rectifying()).give(
        "commission_assessment", FIRM, assessor_org_id=ASSESSOR_ORG, independence_declared=True
    )


def assessed(conclusion: str = "effective") -> Story:
    return assessing().give("file_assessment", ASSESSOR, conclusion=conclusion, text="评估意见")


def signed_off(story: Story | None = None) -> Story:
    return (story or passed(submitted())).give("sign_off", HEAD)


def looked_back(story: Story) -> Story:
    return story.pass_time(days=20).give(
        "record_look_back", ZHAO, officers=TWO, recurred=False, text="未复发"
    )


def recurred(story: Story | None = None) -> Story:
    return (
        (story or signed_off())
        .pass_time(days=20)
        .give("record_look_back", ZHAO, officers=TWO, recurred=True, items=[1], text="再次发现积尘")
    )


SITUATIONS: dict[str, Callable[[], Story]] = {
    "reported": lead,
    "reported, deaths": lambda: lead(deaths=True),
    "verified, unsigned": verified,
    "suspected, unsigned": lambda: suspected(verified()),
    "recorded": recorded,
    "order unserved": ordered_unserved,
    "suspected": lambda: suspected(recorded()),
    "suspected, order unserved": lambda: suspected(ordered_unserved()),
    "suspected under order": lambda: suspected(general()),
    "ordered": general,
    "extension asked": extension_asked,
    "paused": paused,
    "regrade proposed": regrade_proposed,
    "rectifying": lambda: general().give("report_progress", FIRM, text="已清理一半", percent=50),
    "major, ordered": major,
    "major, reported": lambda: major().give("report_major_hazard", FIRM, **REPORT),
    "major, plan filed": major_planning,
    "major, plan returned": lambda: major_planning().give("return_plan", CHIEF, reason="措施不具体"),
    "major, rectifying": major_rectifying,
    "submitted": submitted,
    "fixed on the spot": lambda: Story(at("2026-09-01 10:00"), fixed_on_spot=True),
    "major, submitted": lambda: submitted(major_rectifying()),
    "assessing": assessing,
    "major, submitted, unacknowledged": lambda: submitted(unacknowledged()),
    "assessing, unacknowledged": lambda: submitted(unacknowledged()).give(
        "commission_assessment", FIRM, assessor_org_id=ASSESSOR_ORG, independence_declared=True
    ),
    "assessed": assessed,
    "assessed as not effective": lambda: assessed("not_effective"),
    "overdue": lambda: overdue(general()),
    "held, extension asked": lambda: overdue(
        general(days=30).pass_time(days=19).give("request_extension", FIRM, **EXTENSION)
    ),
    "overdue, regrade proposed": lambda: overdue(regrade_proposed()),
    "major, overdue": lambda: overdue(major()),
    "major, overdue, reported": lambda: overdue(major().give("report_major_hazard", FIRM, **REPORT)),
    "major, overdue, plan filed": lambda: overdue(double_reported(major())).give("file_plan", FIRM, **PLAN),
    "failed, plan filed": lambda: failed(overdue(double_reported(major())).give("file_plan", FIRM, **PLAN)),
    "failed, extension asked": lambda: failed(submitted(), 30).give("request_extension", FIRM, **EXTENSION),
    "rectifying, paused": lambda: failed(submitted()).give(
        "pause", CHIEF, ground="other_authority", reason="等待供电部门"
    ),
    "planning, unreported": lambda: major().give("file_plan", FIRM, **PLAN),
    "planning, reported": lambda: (
        major().give("report_major_hazard", FIRM, **REPORT).give("file_plan", FIRM, **PLAN)
    ),
    "planning, paused": lambda: major_planning().give("pause", CHIEF, ground="force_majeure", reason="台风"),
    "planning, extension asked": lambda: (
        double_reported(major(days=30))
        .give("request_extension", FIRM, **EXTENSION)
        .give("file_plan", FIRM, **PLAN)
    ),
    "planning, regrade proposed": lambda: major_planning().give(
        "propose_regrade", WANG, grade="general", reason="不符合判定标准"
    ),
    "rectifying, regrade proposed": lambda: major_rectifying().give(
        "propose_regrade", WANG, grade="general", reason="不符合判定标准"
    ),
    "failed, reported": lambda: failed(overdue(major().give("report_major_hazard", FIRM, **REPORT))),
    "failed, major": lambda: failed(overdue(major())),
    "signing off": lambda: passed(submitted()),
    "major, signing off": lambda: passed(assessed()),
    "signed off": signed_off,
    "looked back once": lambda: looked_back(signed_off()),
    "recurred": recurred,
    "recurred, ordered": lambda: recurred().give("issue_order", WANG, order=order(order_id="r-2")),
    "archived": lambda: looked_back(looked_back(signed_off())),
    "unfounded": lambda: lead().give("mark_unfounded", ZHAO, officers=TWO, findings="未发现"),
    "transferred": lambda: lead().give("transfer", CHIEF, to_department="消防救援大队", reason="职责"),
    "voided": lambda: general().give("void", CHIEF, reason="重复立案"),
    "closed with the enterprise": lambda: general().give(
        "close_with_enterprise", MAYOR, decision_no="示政关〔2026〕1号", decided_on="2026-09-01"
    ),
}
"""Name → the story that leads there."""

__all__ = ["DONE", "EXTENSION", "PAUSE", "SITUATIONS", "TWO", "served"]
