"""Notice, defence, hearing, legal review and discussion: what stands before any decision that takes rights away."""

from __future__ import annotations

from models.actors import Role
from models.commands.measures import (
    Defence,
    Discussion,
    HearingNotice,
    HearingRecord,
    IntendedPenalty,
    LegalReview,
    Opinion,
    Reasoned,
    Record,
    Statement,
)
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures.recusal import recusal
from models.measures.procedures.shared import DESIGN, FIRM, LEADERS, OFFICERS
from models.measures.steps import Step

R = Role
M = MeasureState

_NOTICE = "《行政处罚法》第四十四条、第四十五条、第六十二条"
_HEARING = "《行政处罚法》第六十三条、第六十四条、第六十五条"
_REVIEW = "《行政处罚法》第五十八条"
_DISCUSSION = "《行政处罚法》第五十七条"

_HEARD = ("ask_hearing", "waive_hearing", "serve_hearing_notice", "hold_hearing", "record_no_show")
_WEIGHED = ("submit_review", "legal_review", "discuss")


def investigation() -> Step:
    """The investigation concluded by two officers (调查终结)."""
    return Step(
        "conclude_investigation",
        "调查终结",
        "conclude the investigation",
        OFFICERS,
        "《行政处罚法》第四十二条、第五十四条",
        "F",
        (M.APPROVED,),
        None,
        Record,
        certified=True,
        needs=("approve",),
        instrument="investigation",
    )


def notice(
    needs: tuple[str, ...],
    instrument: str,
    *,
    basis: str = _NOTICE,
    hearing: bool = True,
    submitted: bool = True,
    prepare: bool = False,
) -> Step:
    """Notice of intent (告知); the windows for defence and for asking a hearing open at its service.

    Given anew (重新告知), everything said and weighed about the earlier one is done again.
    """
    return Step(
        "serve_notice",
        "送达告知书",
        "serve the notice of intent",
        OFFICERS,
        basis,
        "F",
        (M.APPROVED,),
        None,
        IntendedPenalty,
        certified=True,
        needs=needs,
        guards=("before_decision", "no_hearing_pending"),
        starts=(
            "defence.period",
            *(("hearing.request",) if hearing else ()),
            *(("prepare",) if prepare else ()),
        ),
        drops=("hearing.request", "hearing.notice", "review.legal", "approval.decide"),
        clears=(
            "record_defence",
            *((*_HEARD, *_WEIGHED) if hearing else ()),
            *(("submit_decision",) if submitted else ()),
        ),
        repeats=True,
        instrument=instrument,
        open=True,
        told=(R.ENTERPRISE,),
    )


def defence() -> Step:
    """Statement and defence (陈述申辩): as often as the party likes until the decision; the window is what it waits for."""
    return Step(
        "record_defence",
        "陈述申辩",
        "state a defence",
        (*FIRM, R.INSPECTOR),
        "《行政处罚法》第七条、第四十五条、第六十二条",
        "F",
        (M.APPROVED,),
        None,
        Defence,
        needs=("serve_notice",),
        guards=("before_decision",),
        ends=("defence.period",),
        repeats=True,
        open=True,
        told=(R.INSPECTOR, R.SECTION_HEAD, R.LEGAL_REVIEWER, R.HEAD),
    )


def hearing() -> tuple[Step, ...]:
    """The hearing (听证): asked within the window, notice before, somebody apart presides, record and report.

    What the party says on paper an officer records; it may take its request back, and who stays away gives it up.
    """
    return (
        Step(
            "ask_hearing",
            "申请听证",
            "ask for a hearing",
            (*FIRM, *OFFICERS),
            _HEARING,
            "F",
            (M.APPROVED,),
            None,
            Statement,
            needs=("serve_notice",),
            guards=("before_decision", "hearing_right", "hearing_window"),
            ends=("hearing.request",),
            open=True,
            told=(R.INSPECTOR, R.SECTION_HEAD, R.LEGAL_REVIEWER),
        ),
        Step(
            "waive_hearing",
            "放弃听证",
            "waive the hearing",
            FIRM,
            _HEARING,
            "F",
            (M.APPROVED,),
            None,
            Opinion,
            needs=("serve_notice",),
            guards=("before_decision", "hearing_right", "hearing_window"),
            ends=("hearing.request",),
            open=True,
            told=(R.INSPECTOR,),
        ),
        Step(
            "serve_hearing_notice",
            "送达听证会通知书",
            "serve the notice of the hearing",
            OFFICERS,
            _HEARING,
            "F",
            (M.APPROVED,),
            None,
            HearingNotice,
            certified=True,
            needs=("ask_hearing",),
            guards=("before_decision", "not_heard"),
            starts=("hearing.notice",),
            repeats=True,
            instrument="hearing_notice",
            open=True,
            told=(R.ENTERPRISE, R.LEGAL_REVIEWER),
        ),
        Step(
            "hold_hearing",
            "举行听证",
            "hold the hearing",
            (R.LEGAL_REVIEWER, R.INSPECTOR, *LEADERS),
            _HEARING,
            "F",
            (M.APPROVED,),
            None,
            HearingRecord,
            apart=("propose", "conclude_investigation"),
            needs=("serve_hearing_notice",),
            guards=("before_decision", "presides", "no_recusal_pending"),
            ends=("hearing.notice",),
            instrument="hearing_report",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD),
        ),
        Step(
            "withdraw_hearing",
            "撤回听证申请",
            "withdraw the request for a hearing",
            (*FIRM, *OFFICERS),
            _HEARING,
            "F",
            (M.APPROVED,),
            None,
            Statement,
            needs=("ask_hearing",),
            guards=("before_decision", "not_heard"),
            drops=("hearing.notice",),
            clears=("ask_hearing", "serve_hearing_notice"),
            open=True,
            told=(R.INSPECTOR, R.SECTION_HEAD, R.LEGAL_REVIEWER),
        ),
        Step(
            "record_no_show",
            "登记当事人缺席，终止听证",
            "record that nobody came and end the hearing",
            (R.LEGAL_REVIEWER, R.INSPECTOR, *LEADERS),
            _HEARING,
            "F",
            (M.APPROVED,),
            None,
            Statement,
            apart=("propose", "conclude_investigation"),
            needs=("serve_hearing_notice",),
            guards=("before_decision", "presides", "not_heard", "hearing_time_past"),
            ends=("hearing.notice",),
            clears=("ask_hearing", "serve_hearing_notice"),
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD),
        ),
        *recusal(),
    )


def review(needs: tuple[str, ...]) -> tuple[Step, ...]:
    """Legal review (法制审核): submitted by an officer; whoever reviews did not work on it."""
    return (
        Step(
            "submit_review",
            "报送法制审核",
            "submit for legal review",
            OFFICERS,
            _REVIEW,
            "F",
            (M.APPROVED,),
            None,
            Opinion,
            needs=needs,
            guards=("before_decision", "rights_heard"),
            starts=("review.legal",),
            repeats=True,
            told=(R.LEGAL_REVIEWER,),
        ),
        _legal_review(),
    )


def submission(
    kind: MeasureKind, needs: tuple[str, ...], *, basis: str = _DISCUSSION, prepare: bool = False
) -> tuple[Step, ...]:
    """The case put before the leader who decides (案件处理呈批), complete; or returned by that leader for more."""
    waits = ("prepare",) if prepare else ()
    return (
        Step(
            "submit_decision",
            "案件处理呈批",
            "submit for decision",
            OFFICERS,
            basis,
            "F" if basis is _DISCUSSION else "Q",
            (M.APPROVED,),
            None,
            Opinion,
            needs=needs,
            guards=("before_decision", "rights_heard", "reviewed_when_due", "discussed_when_due"),
            starts=("approval.decide",),
            ends=waits,
        ),
        Step(
            "return_decision",
            "退回补充调查、审核",
            "return the submission",
            LEADERS,
            DESIGN,
            "D",
            (M.APPROVED,),
            None,
            Reasoned,
            rank=f"measure.{kind.value}",
            needs=("submit_decision",),
            guards=("before_decision",),
            starts=waits,
            ends=("approval.decide",),
            clears=("submit_decision",),
            repeats=True,
            told=(R.INSPECTOR,),
        ),
    )


def _legal_review() -> Step:
    return Step(
        "legal_review",
        "法制审核",
        "review legally",
        (R.LEGAL_REVIEWER,),
        _REVIEW,
        "F",
        (M.APPROVED,),
        None,
        LegalReview,
        apart=("propose", "conclude_investigation", "approve"),
        needs=("submit_review",),
        guards=("before_decision", "rights_heard"),
        ends=("review.legal",),
        clears=("submit_review",),
        repeats=True,
        instrument="legal_review",
        told=(R.INSPECTOR, R.SECTION_HEAD),
    )


def discussion(needs: tuple[str, ...], starts: tuple[str, ...] = (), ends: tuple[str, ...] = ()) -> Step:
    """Collective discussion of the leaders (集体讨论)."""
    return Step(
        "discuss",
        "集体讨论",
        "discuss collectively",
        (R.DEPUTY_HEAD, R.HEAD),
        _DISCUSSION,
        "F",
        (M.APPROVED,),
        None,
        Discussion,
        needs=needs,
        guards=("before_decision", "rights_heard", "reviewed_when_due"),
        starts=starts,
        ends=ends,
        repeats=True,
        instrument="discussion",
        told=(R.INSPECTOR,),
    )
