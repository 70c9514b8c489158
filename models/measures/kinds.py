"""Kinds of measures (措施) and where one stands."""

from __future__ import annotations

from enum import StrEnum


class MeasureKind(StrEnum):
    """The thirteen measures an authority may take against a hazard (domain §3.3)."""

    SUPERVISION_LETTER = "supervision_letter"
    WARNING_TALK = "warning_talk"
    LISTING = "listing"
    EXPOSURE = "exposure"
    INTERIM_STOP = "interim_stop"
    SEAL = "seal"
    FINE = "fine"
    SUSPENSION = "suspension"
    DAILY_FINE = "daily_fine"
    POWER_CUT = "power_cut"
    CRIMINAL_REFERRAL = "criminal_referral"
    CLOSURE = "closure"
    BAD_FAITH = "bad_faith"


class MeasureState(StrEnum):
    """Where a measure stands; the steps of its procedure say the rest."""

    PROPOSED = "PROPOSED"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    IN_FORCE = "IN_FORCE"
    ENDED = "ENDED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"
    REVOKED = "REVOKED"


K = MeasureKind
M = MeasureState

OVER: frozenset[MeasureState] = frozenset({M.ENDED, M.REFUSED, M.WITHDRAWN, M.LAPSED, M.REVOKED})
"""States without a way out."""

KIND_LABELS: dict[MeasureKind, tuple[str, str]] = {
    K.SUPERVISION_LETTER: ("督办", "supervision letter"),
    K.WARNING_TALK: ("约谈", "warning talk"),
    K.LISTING: ("挂牌督办", "listed supervision"),
    K.EXPOSURE: ("通报曝光", "public exposure"),
    K.INTERIM_STOP: ("暂时停产停业、停止使用", "interim stop"),
    K.SEAL: ("查封、扣押", "seal or seizure"),
    K.FINE: ("罚款", "fine"),
    K.SUSPENSION: ("责令停产停业整顿", "suspension for rectification"),
    K.DAILY_FINE: ("按日连续处罚", "daily consecutive fine"),
    K.POWER_CUT: ("停止供电、停止供应民用爆炸物品", "cut of power or explosives"),
    K.CRIMINAL_REFERRAL: ("移送涉嫌犯罪案件", "criminal referral"),
    K.CLOSURE: ("提请关闭", "request for closure"),
    K.BAD_FAITH: ("列入严重失信主体名单", "listing for serious bad faith"),
}

STATE_LABELS: dict[MeasureState, tuple[str, str]] = {
    M.PROPOSED: ("待审批", "awaiting approval"),
    M.RETURNED: ("退回补正", "returned for more"),
    M.APPROVED: ("已批准，办理中", "approved, under way"),
    M.IN_FORCE: ("执行中", "in force"),
    M.ENDED: ("已办结", "ended"),
    M.REFUSED: ("不予批准", "refused"),
    M.WITHDRAWN: ("已撤回", "withdrawn"),
    M.LAPSED: ("期满失效", "lapsed"),
    M.REVOKED: ("已撤销", "revoked"),
}
