"""Steps that many procedures share: answering a proposal, resuming after a stop, remedies."""

from __future__ import annotations

from dataclasses import replace

from models.actors import Role
from models.commands.measures import Delivery, Form, Opinion, Reasoned, Remedy, SiteReview, Statement
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.steps import Step

R = Role
M = MeasureState

OFFICERS = (R.INSPECTOR, R.SECTION_HEAD)
LEADERS = (R.SECTION_HEAD, R.DEPUTY_HEAD, R.HEAD)
BUREAU = (R.INSPECTOR, *LEADERS)
FIRM = (R.ENTERPRISE,)

DESIGN = "设计规则（无法定条文）"
SERVICE = "《民事诉讼法》第八十七条至第九十五条"
RESUME = "《安全生产法》第六十五条、《安全生产事故隐患排查治理暂行规定》第十八条、第二十三条"
FINED_ONCE = "《行政处罚法》第二十九条"
ONCE = "《行政处罚法》第五条、第二十九条"
"""One violation, one penalty of a kind. §29 (F) says it of fines; for every other kind it follows from §5(2) (F), 与违法行为
的事实…社会危害程度相当, and from the force of the first decision, which only a remedy or §75 takes away. Different kinds
for one violation may stand side by side, and a daily fine (WSL§112) is of another kind than the fine it repeats."""
REMEDIES = "《行政复议法》第二十条、《行政诉讼法》第四十六条、《行政处罚法》第七十三条"


def answers(
    kind: MeasureKind,
    basis: str,
    verified: str,
    *,
    approve: str = "批准",
    starts: tuple[str, ...] = (),
    instrument: str | None = None,
    roles: tuple[Role, ...] = LEADERS,
    in_person: bool = False,
    guards: tuple[str, ...] = (),
    form: type[Form] = Opinion,
    waiting: str = "approval.decide",
) -> tuple[Step, ...]:
    """How a proposal may be answered: approved, refused, returned for more; resubmitted; withdrawn; discontinued."""
    rank = f"measure.{kind.value}"
    decision = Step(
        "approve",
        approve,
        "approve",
        roles,
        basis,
        verified,
        (M.PROPOSED,),
        M.APPROVED,
        form,
        rank,
        in_person,
        apart=("propose",),
        guards=guards,
        starts=starts,
        ends=(waiting,),
        instrument=instrument,
        told=(R.INSPECTOR,),
    )
    other = replace(decision, guards=(), starts=(), instrument=None, form=Reasoned)
    return (
        decision,
        replace(other, key="refuse", zh="不予批准", en="refuse", dest=M.REFUSED, outcome="refused"),
        replace(
            other,
            key="return_for_more",
            zh="退回补正",
            en="return for more",
            basis=DESIGN,
            verified="D",
            dest=M.RETURNED,
            starts=("resubmit",),
            repeats=True,
        ),
        Step(
            "resubmit",
            "补正后重新提请",
            "submit again",
            BUREAU if roles is LEADERS else (*BUREAU, R.COMMITTEE),
            DESIGN,
            "D",
            (M.RETURNED,),
            M.PROPOSED,
            Statement,
            guards=("proposer",),
            starts=(waiting,),
            ends=("resubmit",),
            repeats=True,
        ),
        Step(
            "withdraw",
            "撤回提请",
            "withdraw the proposal",
            (*BUREAU, R.COMMITTEE),
            DESIGN,
            "D",
            (M.PROPOSED, M.RETURNED),
            M.WITHDRAWN,
            Reasoned,
            guards=("proposer",),
            outcome="withdrawn",
        ),
        Step(
            "discontinue",
            "终止办理",
            "discontinue",
            LEADERS,
            DESIGN,
            "D",
            (M.APPROVED,),
            M.WITHDRAWN,
            Reasoned,
            rank=rank,
            guards=("not_decided",),
            outcome="discontinued",
            told=(R.INSPECTOR,),
        ),
    )


def delivery(
    key: str,
    zh: str,
    en: str,
    basis: str,
    verified: str,
    *,
    needs: tuple[str, ...],
    dest: MeasureState | None = None,
    starts: tuple[str, ...] = (),
    ends: tuple[str, ...] = (),
    instrument: str | None = None,
    bearing: str | None = None,
) -> Step:
    """Service of a document on the enterprise; its clocks start at service."""
    return Step(
        key,
        zh,
        en,
        OFFICERS,
        basis,
        verified,
        (M.APPROVED,),
        dest,
        Delivery,
        certified=True,
        needs=needs,
        starts=starts,
        ends=ends,
        instrument=instrument,
        serves=() if instrument else needs,
        bearing=bearing,
        open=True,
        told=(R.ENTERPRISE, R.TERRITORY),
    )


def resumption(*guards: str) -> tuple[Step, ...]:
    """Resuming work (复工复产): application, site review within its clock, approval by rank under ``guards``."""
    return (
        Step(
            "apply_resumption",
            "申请恢复生产",
            "apply to resume",
            FIRM,
            RESUME,
            "Q",
            (M.IN_FORCE,),
            None,
            Statement,
            starts=("resume.site_review.within",),
            instrument="resume_application",
            open=True,
            told=(R.INSPECTOR, R.SECTION_HEAD),
        ),
        Step(
            "review_resumption",
            "恢复生产现场审查",
            "review the site",
            OFFICERS,
            RESUME,
            "Q",
            (M.IN_FORCE,),
            None,
            SiteReview,
            certified=True,
            needs=("apply_resumption",),
            ends=("resume.site_review.within",),
            starts=("approval.decide",),
            instrument="resume_review",
            open=True,
            told=(R.ENTERPRISE,),
        ),
        Step(
            "approve_resumption",
            "同意恢复生产",
            "approve the resumption",
            LEADERS,
            RESUME,
            "Q",
            (M.IN_FORCE,),
            M.ENDED,
            Opinion,
            rank="measure.resume",
            apart=("review_resumption",),
            needs=("apply_resumption", "review_resumption"),
            guards=guards,
            ends=("approval.decide",),
            instrument="resume_decision",
            bearing="stop_ended",
            outcome="resumed",
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
        Step(
            "refuse_resumption",
            "不同意恢复生产",
            "refuse the resumption",
            LEADERS,
            RESUME,
            "Q",
            (M.IN_FORCE,),
            None,
            Reasoned,
            rank="measure.resume",
            apart=("review_resumption",),
            needs=("apply_resumption", "review_resumption"),
            ends=("approval.decide",),
            clears=("apply_resumption", "review_resumption"),
            repeats=True,
            open=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
    )


def remedies(kind: MeasureKind, bearing: str, needs: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """Reconsideration and suits, recorded beside: they stop no safety measure.

    An outcome that takes the act away counts from its recording, whatever was done before it, also when the measure
    has been carried out: every other step is refused, and ending it is left. A penalty may be annulled from its
    decision on; its publication is then withdrawn within the days of the outcome, before or after the annulment.
    """
    penalty = bearing == "penalty_annulled"
    recorded = Step(
        "record_remedy",
        "登记复议、诉讼",
        "record a remedy",
        (*OFFICERS, R.LEGAL_REVIEWER),
        REMEDIES,
        "F",
        (M.IN_FORCE, M.ENDED),
        None,
        Remedy,
        needs=needs,
        starts=(
            *(("publish.withdraw",) if penalty else ()),
            "litigate",
            "litigate.after_reconsideration",
            "court.apply_window",
            "court.after_suit",
            "follow_up",
        ),
        repeats=True,
        bearing=bearing,
        open=True,
        even_struck=True,
        told=(R.SECTION_HEAD, R.LEGAL_REVIEWER),
    )
    return (
        recorded,
        Step(
            "annul",
            "撤销",
            "annul",
            LEADERS,
            "《行政处罚法》第七十五条" if penalty else DESIGN,
            "F" if penalty else "D",
            (M.APPROVED, M.IN_FORCE, M.ENDED) if penalty else (M.IN_FORCE,),
            M.REVOKED,
            Reasoned,
            rank=f"measure.{kind.value}",
            needs=("decide",) if penalty else (),
            starts=("publish.withdraw",) if penalty else (),
            ends=("follow_up",),
            bearing=bearing,
            outcome="annulled",
            open=True,
            even_struck=True,
            told=(R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
        ),
    )
