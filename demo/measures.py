"""The steps people take in measures (措施): proposals, approvals, service, the penalty procedure, resumption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from demo.people import user_ids
from demo.script import FIRM, Step, Tale
from demo.steps import HEAD, USUAL, ids_of, last, today
from models.clocks import SHANGHAI
from models.measures.kinds import MeasureKind

K = MeasureKind
DEPUTY, LAWYER = "deputy_head", "legal_reviewer"
SERVED: Mapping[str, Any] = {"service": {"served_at": last}}
"""Served in person, right after the step before."""
_TALK_AFTER, _TALK_AT = 4, time(14, 30)
_LISTED_FOR = timedelta(days=60)
_SUSPENSION_BASIS = "《安全生产法》第一百零二条"


def _day(tale: Tale) -> date:
    return tale.last_at.astimezone(SHANGHAI).date()


def propose(kind: MeasureKind, cause: Any, who: str = "inspector", **more: Any) -> Step:
    """Propose a measure."""
    return Step("propose_measure", who, {"kind": kind.value, "cause": cause, **more}, measure=kind)


def take(kind: MeasureKind, step: str, who: str, body: Mapping[str, Any] | None = None) -> Step:
    """A step of that measure's procedure."""
    return Step(step, who, body or {}, measure=kind)


def approve(kind: MeasureKind, who: str = HEAD, opinion: str = "同意，依法办理。") -> Step:
    return take(kind, "approve", who, {"opinion": opinion})


# -- persuasion and publicity ------------------------------------------------------------------------
def letter() -> tuple[Step, ...]:
    """A supervision letter served; the enterprise must answer it."""
    return (
        propose(K.SUPERVISION_LETTER, "火花探测装置已订货，安装进度落后于计划，督促按期完成。"),
        approve(K.SUPERVISION_LETTER, "section_head", "同意发函督办。"),
        take(K.SUPERVISION_LETTER, "serve", "inspector", SERVED),
    )


def talk(cause: str, who: str = "inspector") -> Step:
    return propose(K.WARNING_TALK, cause, who)


def _talk_at(tale: Tale) -> str:
    """The fourth working day after, in the afternoon: three working days' notice."""
    day = tale.calendar.add_working_days(_day(tale), _TALK_AFTER)
    return datetime.combine(day, _TALK_AT, SHANGHAI).isoformat()


def talk_notified(who: str = "inspector3") -> tuple[Step, ...]:
    notice = {
        "cause": lambda t: f"{t.firm.name}存在的“{t.finding.title}”逾期未整改。",
        "held_at": _talk_at,
        "place": "示范区应急管理局二楼会议室",
        "attendees": "企业主要负责人、分管负责人、安全总监",
        "materials": "整改情况书面说明，逾期原因，下一步计划",
        **SERVED,
    }
    return (
        approve(K.WARNING_TALK, DEPUTY, "同意约谈，由分管领导主谈。"),
        take(K.WARNING_TALK, "serve_talk_notice", who, notice),
    )


def listed() -> tuple[Step, ...]:
    """A hazard listed (挂牌督办): proposed by the committee's office, approved, served, made public."""
    decision = {
        "sponsor_id": user_ids(DEPUTY)[0],
        "finish_on": lambda t: (_day(t) + _LISTED_FOR).isoformat(),
        "opinion": "同意挂牌督办，由分管副局长包保。",
    }
    published = {"channel": "示范区政府网站“重大隐患挂牌督办”专栏", "published_at": last}
    return (
        propose(K.LISTING, "涉氨重大隐患，作业人员密集，治理工程量大，提请挂牌督办。", "committee"),
        take(K.LISTING, "approve", HEAD, decision),
        take(K.LISTING, "serve", "inspector3", SERVED),
        take(K.LISTING, "publish", "committee", published),
        take(K.LISTING, "report_listed_progress", FIRM, {"text": "液氨管线改造方案已经审定，设备订货完成。"}),
    )


def exposure() -> tuple[Step, ...]:
    """An exposure approved; the secrets check (保密审查) comes before publication."""
    cause = "吊运铁水包的吊具长期无检测记录，逾期拒不整改，拟在区级媒体曝光。"
    return (
        propose(K.EXPOSURE, cause, "inspector3"),
        approve(K.EXPOSURE, DEPUTY, "同意曝光，先行保密审查。"),
    )


# -- what stops the danger at once -------------------------------------------------------------------
def stop(what: str, cause: str, scope: str, officers: Sequence[str] = USUAL) -> Step:
    """An interim stop on the spot (现场处理), served at once; the head confirms it within 24 hours."""
    return propose(
        K.INTERIM_STOP, cause, officers[0], officers=ids_of(officers), scope=scope, object=what, **SERVED
    )


def urgent_seal(officers: Sequence[str]) -> tuple[Step, ...]:
    """Sealed first, confirmed by the head afterwards."""
    return (
        propose(
            K.SEAL,
            "休息室正对出铝口，现场仍有人员停留，随时可能被高温金属喷溅，当场查封。",
            officers[0],
            officers=ids_of(officers),
            object="熔炼区休息室",
            inventory="休息室一间，门窗贴封条三处；铁皮柜四只、长椅六条留置室内。现场笔录经企业负责人签字。",
            urgent=True,
            **SERVED,
        ),
        take(K.SEAL, "confirm", HEAD, {"opinion": "情况紧急，措施适当，予以确认。"}),
    )


def confirmed() -> Step:
    return take(K.INTERIM_STOP, "confirm", HEAD, {"opinion": "现实危险明显，同意暂时停产停业。"})


def refusal(subject: Any, text: str, officers: Sequence[str] = USUAL) -> Step:
    """Two officers record that the enterprise does not comply with what was served on it (拒不执行)."""
    body = {"subject": subject, "officers": ids_of(officers), "text": text}
    return Step("record_refusal", officers[0], body, ("现场照片",))


def power_cut(officers: Sequence[str] = USUAL) -> tuple[Step, ...]:
    """A served stop refused, and a power cut approved by the head and notified; the cut itself is 24 hours away."""
    conditions = {
        "danger": {
            "text": "炉壳局部烧红，测温超过600℃，炉前仍有六人作业。",
            "evidence": lambda t: t.photos[:1],
        },
        "assured": {
            "text": "供电公司书面确认冷却水泵、消防和照明由保安电源供电，停炉不致二次事故。",
            "evidence": lambda t: t.photos[1:],
        },
    }
    body = {
        "kind": K.POWER_CUT.value,
        "cause": "重大事故隐患未消除，停产决定送达后继续生产，有发生事故的现实危险。",
        "officers": ids_of(officers),
        "object": "矿热炉车间10千伏专线",
        "conditions": conditions,
    }
    return (
        refusal(
            lambda t: t.measures[K.INTERIM_STOP],
            "送达停产决定次班复核，2号矿热炉仍在送电生产，班长称接到通知继续出炉。",
            officers,
        ),
        Step("propose_measure", officers[0], body, ("炉壳测温照片", "供电公司确认函"), K.POWER_CUT),
        approve(K.POWER_CUT, HEAD, "五项条件具备，同意停止供电，提前二十四小时通知。"),
        take(K.POWER_CUT, "notify_supplier", officers[0], {"supplier": "区供电公司", **SERVED}),
        take(K.POWER_CUT, "notify", officers[0], SERVED),
    )


# -- penalties ---------------------------------------------------------------------------------------
def _facts(tale: Tale) -> str:
    return f"现场检查查明：{tale.finding.description}有现场检查记录、照片、询问笔录为证。"


def notified(kind: MeasureKind, basis: str, amount: int | None, officers: Sequence[str]) -> tuple[Step, ...]:
    """A penalty from its filing to the notice of intent; the time for a defence begins to run."""
    sum_of = {"amount": amount} if amount else {}
    first = officers[0]
    law = {"article": "99"} if "第九十九条" in basis and kind is K.FINE else {}
    return (
        propose(
            kind,
            lambda t: f"“{t.finding.title}”涉嫌违反安全生产法律，提请立案。",
            first,
            officers=ids_of(officers),
            **sum_of,
            **law,
        ),
        approve(kind, opinion="同意立案调查。"),
        take(
            kind,
            "conclude_investigation",
            first,
            {"officers": ids_of(officers), "text": lambda t: f"调查终结。{_facts(t)}建议依法处罚。"},
        ),
        take(kind, "serve_notice", first, {"facts": _facts, "basis": basis, **sum_of, **SERVED}),
    )


def under_review(basis: str, amount: int, officers: Sequence[str]) -> tuple[Step, ...]:
    """A large fine, defence and hearing waived, before the legal reviewer."""
    return (
        *notified(K.FINE, basis, amount, officers),
        take(K.FINE, "record_defence", FIRM, {"waived": True}),
        take(K.FINE, "waive_hearing", FIRM, {"opinion": "不申请听证。"}),
        take(K.FINE, "submit_review", officers[0]),
    )


def decided(kind: MeasureKind, basis: str, amount: int | None, officers: Sequence[str]) -> tuple[Step, ...]:
    """… on to the decision, the enterprise having waived its defence; not served yet."""
    sum_of = {"amount": amount} if amount else {}
    return (
        *notified(kind, basis, amount, officers),
        take(kind, "record_defence", FIRM, {"waived": True}),
        *(_weighed(kind, officers, "一致同意责令停产停业整顿。") if kind is K.SUSPENSION else ()),
        take(kind, "submit_decision", officers[0], {"opinion": "事实清楚，证据充分，程序合法，呈请决定。"}),
        take(kind, "decide", HEAD, {"facts": _facts, "basis": basis, **sum_of}),
    )


def _weighed(kind: MeasureKind, officers: Sequence[str], conclusion: str) -> tuple[Step, ...]:
    """What a weighty penalty takes besides: a hearing or its waiver, legal review, the leaders' discussion."""
    discussion = {
        "participants": ids_of(("section_head", DEPUTY, HEAD, LAWYER)),
        "held_at": last,
        "conclusion": conclusion,
    }
    review = {"passed": True, "opinion": "主体、事实、证据、依据、程序、裁量均适当，同意。"}
    return (
        take(kind, "waive_hearing", FIRM, {"opinion": "放弃听证，抓紧整改。"}),
        take(kind, "submit_review", officers[0]),
        take(kind, "legal_review", LAWYER, review),
        take(kind, "discuss", DEPUTY, discussion),
    )


def served(kind: MeasureKind, basis: str, amount: int | None, officers: Sequence[str]) -> tuple[Step, ...]:
    """… and served: in force."""
    return (
        *decided(kind, basis, amount, officers),
        take(kind, "serve_decision", officers[0], SERVED),
    )


def settled(amount: int, basis: str, officers: Sequence[str]) -> tuple[Step, ...]:
    """A fine served, made public, paid and closed."""
    published = {"channel": "信用中国（示范）、示范区应急管理局网站", "published_at": last}
    return (
        *served(K.FINE, basis, amount, officers),
        take(K.FINE, "publish", officers[0], published),
        take(K.FINE, "record_payment", officers[0], {"amount": amount, "paid_on": today}),
        take(K.FINE, "settle", officers[0], {"opinion": "罚款已全额缴入国库，结案。"}),
    )


def daily_fine(amount: int, officers: Sequence[str]) -> Step:
    """Fined and still not corrected: a daily fine of the same amount, before the head."""
    cause = "罚款决定送达后仍未改正，提请自责令改正次日起按日连续处罚。"
    return propose(K.DAILY_FINE, cause, officers[0], officers=ids_of(officers), amount=amount)


def suspended(officers: Sequence[str]) -> tuple[Step, ...]:
    """Suspended for rectification (责令停产停业整顿); the enterprise has corrected and applies to resume."""
    applied = {"text": "冷却水报警联锁已修复并通过第三方检测，管理制度已修订，申请恢复生产。"}
    return (
        *served(K.SUSPENSION, _SUSPENSION_BASIS, None, officers),
        take(K.SUSPENSION, "apply_resumption", FIRM, applied),
    )


def suspension_refused(officers: Sequence[str]) -> tuple[Step, ...]:
    """Suspended for rectification, and found producing after the decision was served."""
    return (
        *served(K.SUSPENSION, _SUSPENSION_BASIS, None, officers),
        refusal(
            lambda t: t.measures[K.SUSPENSION],
            "停产停业整顿决定送达后复核，车间仍在组织生产，负责人称订单未完不能停。",
            officers,
        ),
    )


# -- what others decide ------------------------------------------------------------------------------
def referred(officers: Sequence[str]) -> tuple[Step, ...]:
    """A criminal referral (移送涉嫌犯罪案件) approved by the head and handed to the police."""
    cause = "为避免停炉，人为关闭煤气报警装置并修改监测数据，涉嫌危险作业罪。"
    return (
        propose(
            K.CRIMINAL_REFERRAL, cause, officers[0], officers=ids_of(officers), ground="monitors_disabled"
        ),
        approve(K.CRIMINAL_REFERRAL, HEAD, "同意移送公安机关。"),
        take(K.CRIMINAL_REFERRAL, "send", officers[0], SERVED),
    )


def closure_asked(officers: Sequence[str]) -> tuple[Step, ...]:
    """A closure before the government (提请关闭): the suspension refused, all rights heard, the request sent."""
    kind, basis = K.CLOSURE, "《安全生产法》第一百一十三条"
    return (
        propose(
            kind,
            "拒不执行停产停业整顿决定，提请政府依法关闭。",
            officers[0],
            officers=ids_of(officers),
            ground="refuses_suspension",
        ),
        approve(kind, opinion="同意启动提请关闭程序。"),
        take(kind, "serve_notice", officers[0], {"facts": _facts, "basis": basis, **SERVED}),
        take(kind, "record_defence", FIRM, {"waived": True}),
        *_weighed(kind, officers, "一致同意报请区政府决定关闭。"),
        take(kind, "request_government", HEAD, {"opinion": "同意报请区政府决定关闭。"}),
    )


def bad_faith() -> tuple[Step, ...]:
    """Fined, and on the way to the list of serious bad faith: notice served, the defence window open."""
    notice = {
        "facts": _facts,
        "basis": "《安全生产严重失信主体名单管理办法》（应急管理部令第11号）",
        **SERVED,
    }
    fined = "《安全生产法》第六十五条、第一百零二条"
    return (
        *served(K.FINE, fined, 40_000, ("inspector2", "inspector3")),
        propose(
            K.BAD_FAITH,
            "未经正规设计擅自将中试装置转为生产，情节严重，提请列入严重失信主体名单。",
            "inspector2",
            ground="other_grave",
            industry="hazardous_chemicals",
        ),
        approve(K.BAD_FAITH, HEAD, "同意启动列入程序。"),
        take(K.BAD_FAITH, "serve_notice", "inspector2", notice),
    )
