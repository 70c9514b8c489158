"""The clocks of measures: whose they are, and what it means that one has run out."""

from __future__ import annotations

from dataclasses import dataclass

from models.actors import Role
from models.lives import Life, Nature

R = Role


@dataclass(frozen=True, slots=True)
class MeasureLife(Life):
    """A clock of a measure or of a proposal; it ends with its step or its measure, never with a state of the case."""

    stays: bool = False
    """Whether it stays the owner's turn, though a step by rank is what meets it."""
    rises: bool = False
    """Whether it goes up a rank when nobody answers (逐级提交)."""
    outlives: bool = False
    """Whether it is still owed when its measure has been annulled."""


_UP = (R.DEPUTY_HEAD, R.HEAD)
L = MeasureLife
N = Nature
_OVER = ("期限届满的，应当立即解除", "once the term is over it must be released at once")

MEASURE_LIVES: dict[str, MeasureLife] = {
    "approval.decide": L(
        "审批措施",
        "decision",
        R.SECTION_HEAD,
        (),
        decision=True,
        rises=True,
        run_out=("届满未审批，提交上一级", "it comes before the next rank too"),
    ),
    "proposal.answer": L(
        "答复升级建议",
        "answer the proposal",
        R.INSPECTOR,
        (),
        answers=("propose_measure", "close_proposal"),
        decision=True,
        rises=True,
        run_out=("届满未答复，提交上一级", "it comes before the next rank too"),
    ),
    "resubmit": L("补正后重新提请", "submit it again", R.INSPECTOR, spec="proposal.answer"),
    "carry_out": L("办理送达、实施", "serve it or carry it out", R.INSPECTOR, spec="order.serve"),
    "prepare": L(
        "办理告知、审核等程序",
        "notice, hearing and review",
        R.INSPECTOR,
        (R.SECTION_HEAD, *_UP),
        spec="pause.review",
    ),
    "follow_up": L("跟进办理结果", "follow up the outcome", R.INSPECTOR, spec="pause.review"),
    "letter.answer": L("答复督办函", "answer the letter", R.ENTERPRISE, (R.INSPECTOR, R.SECTION_HEAD)),
    "interview.hold_after_decision": L("举行约谈", "hold the talk", R.INSPECTOR),
    "interview.report_after": L(
        "约谈后书面报告", "report after the talk", R.ENTERPRISE, (R.INSPECTOR, R.SECTION_HEAD)
    ),
    "listing.publish": L("公开挂牌督办", "publish the listing", R.INSPECTOR),
    "progress.report.listed": L(
        "挂牌督办进展报告", "progress of a listed hazard", R.ENTERPRISE, (R.INSPECTOR, R.SECTION_HEAD)
    ),
    "publish.other": L("公开曝光", "publish the exposure", R.INSPECTOR),
    "exposure.term": L("曝光期限", "term of the exposure", R.INSPECTOR, (), N.TERM),
    "urgent_measure.report": L(
        "紧急措施报告、确认",
        "confirm the urgent measure",
        R.HEAD,
        (R.SECTION_HEAD, R.DEPUTY_HEAD, R.INSPECTOR, R.GOVERNMENT),
        decision=True,
        begins=("{owner}须在{length}内确认或者撤销", "the {owner} confirms or revokes it within {length}"),
        run_out=(
            "未按时确认的为逾期，措施继续有效，并报告区政府",
            "unconfirmed it is overdue, stays in force and goes up to the government",
        ),
    ),
    "interim_stop.max": L(
        "暂时停产停业最长期限",
        "longest interim stop",
        R.INSPECTOR,
        (R.SECTION_HEAD, *_UP),
        begins=("最长{length}", "for at most {length}"),
    ),
    "seizure": L(
        "查封扣押期限内处理、解除",
        "dispose of or release within the term of the seal",
        R.INSPECTOR,
        (R.INSPECTOR, R.SECTION_HEAD, R.DEPUTY_HEAD, R.HEAD),
        run_out=_OVER,
    ),
    "seizure.extension": L(
        "查封扣押延长期限内处理、解除",
        "dispose of or release within the extended term",
        R.INSPECTOR,
        (R.INSPECTOR, R.SECTION_HEAD, R.DEPUTY_HEAD, R.HEAD),
        run_out=_OVER,
    ),
    "resume.site_review.within": L("恢复生产现场审查", "site review before resuming", R.INSPECTOR),
    "penalty.decide": L(
        "作出处罚决定", "decide the penalty", R.INSPECTOR, (R.SECTION_HEAD, *_UP), stays=True
    ),
    "defence.period": L("陈述申辩", "statement and defence", R.ENTERPRISE, (), N.WINDOW),
    "hearing.request": L("申请听证", "ask for a hearing", R.ENTERPRISE, (), N.WINDOW),
    "hearing.notice": L("听证前通知", "notice before the hearing", R.INSPECTOR, (), N.WAIT),
    "recusal.decide": L(
        "决定是否回避",
        "decide the recusal",
        R.DEPUTY_HEAD,
        (R.HEAD,),
        spec="approval.decide",
        decision=True,
    ),
    "review.legal": L("法制审核", "legal review", R.LEGAL_REVIEWER, decision=True),
    "service.after_decision": L("送达处罚决定", "serve the decision", R.INSPECTOR),
    "publish.penalty": L("公示处罚决定", "publish the decision", R.INSPECTOR),
    "publish.withdraw": L("撤回公示", "withdraw the publication", R.INSPECTOR, outlives=True),
    "fine.pay": L("缴纳罚款", "pay the fine", R.ENTERPRISE, (R.INSPECTOR, R.SECTION_HEAD)),
    "deferral.decide": L(
        "审批暂缓、分期缴纳",
        "decide the deferral",
        R.SECTION_HEAD,
        _UP,
        spec="approval.decide",
        decision=True,
    ),
    "fine.deferred": L(
        "暂缓、分期缴纳期限", "deferral of the payment", R.INSPECTOR, (), N.WAIT, spec="fine.pay"
    ),
    "publish.total": L("公示按日连续处罚总额", "publish the total", R.INSPECTOR, spec="publish.penalty"),
    "demand.before_court": L("催告履行", "demand before court", R.ENTERPRISE, (R.INSPECTOR,), N.WAIT),
    "court.apply_window": L("申请法院强制执行", "apply to the court", R.INSPECTOR, (R.SECTION_HEAD, R.HEAD)),
    "court.after_suit": L(
        "判决后申请法院强制执行", "apply to the court after the suit", R.INSPECTOR, (R.SECTION_HEAD, R.HEAD)
    ),
    "reconsider": L("申请行政复议", "ask for reconsideration", R.ENTERPRISE, (), N.WINDOW, aside=True),
    "litigate": L("提起行政诉讼", "bring a suit", R.ENTERPRISE, (), N.WINDOW, aside=True),
    "litigate.after_reconsideration": L(
        "复议后提起行政诉讼",
        "bring a suit after the reconsideration",
        R.ENTERPRISE,
        (),
        N.WINDOW,
        aside=True,
    ),
    "power_cut.notice": L("停止供电提前通知", "notice before the power cut", R.INSPECTOR, (), N.WAIT),
    "power_cut.lift": L("解除停止供应", "restore the supply", R.SECTION_HEAD, _UP, decision=True),
    "criminal.decide": L(
        "决定是否移送", "decide the referral", R.HEAD, (R.SECTION_HEAD, R.DEPUTY_HEAD), decision=True
    ),
    "criminal.send": L("移送公安机关", "send to the police", R.INSPECTOR, (R.SECTION_HEAD, R.HEAD)),
    "criminal.police": L("登记公安立案审查结果", "record what the police decide", R.INSPECTOR),
    "criminal.review": L("提请复议不予立案", "ask the police for review", R.INSPECTOR, (R.HEAD,)),
    "criminal.hand_over": L(
        "移交涉案物品和案件材料", "hand over items and case", R.INSPECTOR, (R.SECTION_HEAD, R.HEAD)
    ),
    "closure.decide": L(
        "政府决定关闭", "the government decides the closure", R.GOVERNMENT, (R.HEAD,), decision=True
    ),
}
"""Every clock of the procedures, by policy key."""
