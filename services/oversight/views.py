"""The shapes of what administrators and auditors look through; pure, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import Found
from ledger.verify_cases import Finding
from models.actors import LINK, PUBLIC, RANK_LABELS, Rank, Role
from models.audit import Outcome
from models.authority import BY_COMMAND
from models.deliveries import CHANNEL_LABELS
from models.enterprise.grants import GRANT_OF
from models.instants import Day
from models.labels import Label
from models.measures.procedures import PROCEDURES
from models.orderlinks import STANDING_LABELS, USE_LABELS
from models.organisations import KIND_LABELS, OrganisationKind
from models.register import EFFECT_LABELS
from models.words import Readable, Shown
from services.labels import label, role_label
from services.messages import TITLES
from services.named import Id, Named
from services.paging import Paged

Pair = tuple[str, str]

OUTCOMES: dict[Outcome, Pair] = {
    Outcome.SUCCESS: ("成功", "success"),
    Outcome.REFUSED: ("拒绝", "refused"),
}
ACTIONS: dict[str, Pair] = {
    "login": ("登录", "sign in"),
    "logout": ("退出", "sign out"),
    "end_session": ("结束登录", "end a session"),
    "change_password": ("修改密码", "change a password"),
    "end_sessions": ("结束他人登录", "end somebody's sessions"),
    "reset_password": ("重置密码", "reset a password"),
    "enrol_factor": ("绑定动态口令", "set up a second factor"),
    "reset_factor": ("解除动态口令", "take a second factor away"),
    "bind_identity": ("绑定统一身份", "bind an identity"),
    "unbind_identity": ("解绑统一身份", "unbind an identity"),
    "make_program": ("建立服务账号", "make a program"),
    "renew_program": ("更换服务账号令牌", "renew a program's token"),
    "revoke_program": ("停用服务账号", "end a program"),
    "program": ("程序办理", "a program's write"),
    "revoke_token": ("吊销令牌", "revoke a token"),
    "read_evidence_original": ("查看证据原件", "read an original"),
    "release_evidence": ("公开证据", "release evidence"),
    "deactivate_account": ("停用账号", "end an account"),
    "delegate": ("办理委托", "delegate"),
    "end_delegation": ("结束委托", "end a delegation"),
    "import": ("导入历史台账", "import of an old ledger"),
    "rehearse": ("推演", "rehearse"),
    "repair": ("重建流程", "repair"),
    "inspect": ("登记检查", "record an inspection"),
    "bulk": ("批量办理", "bulk"),
    "export": ("导出文件", "export"),
    "change_address": ("修改通知方式", "change how one is told"),
    "resend_delivery": ("重发消息", "send a message again"),
    "register": ("登记变更", "change the register"),
    "publish_calendar": ("公布放假安排", "publish a year's holidays"),
    "receive_tip": ("收到群众举报", "receive a public report"),
    "register_tip": ("登记来电来访举报", "write a report down"),
    "sort_tip": ("举报分类", "sort a report"),
    "take_tip": ("受理举报", "take a report up"),
    "close_tip": ("不予受理举报", "decline a report"),
    "answer_tip": ("答复举报人", "answer whoever reported"),
    "propose_reward": ("提请举报奖励", "propose a reward"),
    "read_reporter": ("查看举报人信息", "see who reported"),
    "transfer_to_department": ("移送其他部门", "hand to another department"),
    "self_check": ("登记自查自改", "record an own check"),
    "double_report": ("办理双报告", "make a double report"),
    "store_policy": ("录入规则版本", "store a policy version"),
    "activate_policy": ("施行规则版本", "put a policy version in force"),
    "adopt_policy_for_cases": ("为在办案件适用新版规则", "adopt a policy version for open cases"),
    "make_link": ("生成扫码链接", "make an order's link"),
    "revoke_link": ("作废扫码链接", "end an order's link"),
    "use_link": ("使用扫码链接", "use an order's link"),
    "request": ("其他请求", "another request"),
    "engine_message": ("来历不明的引擎消息", "unsigned message to the engine"),
}
"""What the service itself records; a refused command goes by its own name."""

DETAILS: dict[str, Pair] = {
    "entry": ("条目", "entry"),
    "entries": ("条目", "entries"),
    "effect": ("结果", "effect"),
    "reason": ("原因", "reason"),
    "rule": ("规则", "rule"),
    "what": ("事项", "matter"),
    "channel": ("渠道", "channel"),
    "provider": ("统一身份", "identity provider"),
    "credential": ("登录方式", "signed in by"),
    "program": ("服务账号", "program"),
    "by": ("经由", "through"),
    "version": ("规则版本", "policy version"),
    "days": ("天数", "days"),
    "cases": ("案件数", "cases"),
    "rows": ("行数", "rows"),
    "waiting": ("待导入", "waiting"),
    "wrong": ("有问题", "with errors"),
    "sessions": ("登录数", "sessions"),
    "cancelled": ("已停止", "stopped"),
    "bulk": ("批量", "in bulk"),
    "route": ("地址", "address"),
}
"""What a line says besides: whatever else stands there is an id that leads nowhere for a reader."""

VALUES: Mapping[str, Pair] = {
    **{
        str(key): said
        for some in (USE_LABELS, STANDING_LABELS, EFFECT_LABELS, CHANNEL_LABELS)
        for key, said in some.items()
    },
    **{name: (grant.zh, grant.en) for name, grant in BY_COMMAND.items()},
    "unknown": ("没有这样的链接", "no such link"),
    "given": ("登记地址", "address given"),
    "code": ("发送验证码", "code sent"),
    "confirmed": ("确认地址", "address confirmed"),
    "manner": ("变更时机或语言", "pace or language changed"),
    "removed": ("撤下地址", "address removed"),
}
"""The keys among what is said there, in words; the rest stands as it is."""

OUTSIDE: dict[str, Pair] = {
    LINK: ("企业（扫码）", "the enterprise, by an order's link"),
    PUBLIC: ("群众", "a member of the public"),
}
"""Those who act without an account, by what their id begins with."""
FINDINGS: dict[str, Pair] = {
    "chain": ("记载的哈希前后不相扣", "the chain of entries is broken"),
    "head": ("台账比当前状况多或少", "the ledger and the case end at different entries"),
    "signature": ("记载没有有效签名", "an entry lacks a valid signature"),
    "fold": ("由台账推出的状况与当前不符", "the ledger tells another state than is shown"),
    "orphan": (
        "有案件而没有台账记载，或有记载而没有案件",
        "a case without a ledger, or entries without a case",
    ),
    "words": ("文字与摘要不符", "words do not match their digest"),
    "row": ("列表所示与案件不符", "the list shows something else"),
    "clock": ("期限与台账不符", "a deadline does not match the ledger"),
    "measure": ("措施与台账不符", "a measure does not match the ledger"),
    "task": ("待办与台账不符", "a task does not match the ledger"),
    "inbox": ("企业档案未收到这件事", "the enterprise's file was not told"),
    "file": ("文件缺失或被改动", "a file is missing or was changed"),
}
"""What :func:`ledger.verify_cases.verify` finds."""
_STEPS = {row.key: row for procedure in PROCEDURES.values() for row in procedure.rows}


class PeopleQuery(Paged):
    """Which people; ``q`` is part of a name."""

    q: Annotated[str | None, Field(min_length=1, max_length=100), Shown] = None
    role: Role | None = None
    active: bool | None = None


class AuditQuery(Paged):
    """Which lines of the audit log; the days are those of Shanghai, both included."""

    action: Annotated[str | None, Field(min_length=1, max_length=64), Readable] = None
    outcome: Outcome | None = None
    actor: Id | None = None
    case: Id | None = None
    since: Day | None = None
    until: Day | None = None


class CheckQuery(BaseModel):
    """How many of the cases written last to check."""

    model_config = ConfigDict(extra="forbid")

    cases: Annotated[int, Field(ge=1, le=200, description="核验多少件 / cases checked")] = 50


CertificateState = Literal["valid", "expiring", "expired"]
CERTIFICATE_LABELS: dict[CertificateState, Pair] = {
    "valid": ("有效", "valid"),
    "expiring": ("即将到期", "expires soon"),
    "expired": ("已过期", "expired"),
}


class PersonRow(BaseModel):
    """Somebody with an account, and what their authority rests on; ``certificate_state`` is how their certificate stands today
    (``expiring`` from the day on which the policy in force first reminds of a deadline), null for one without an end."""

    user_id: str
    name: str
    role: Role
    role_label: Label | None
    rank_label: Label | None
    org: str
    territory: str
    certificate_no: str | None
    certificate_expires: date | None
    certificate_state: CertificateState | None
    certificate_label: Label | None
    active: bool


class OrganisationRow(BaseModel):
    """An organisation, and how many people in office have their account there."""

    org_id: str
    name: str
    kind: str
    kind_label: Label
    parent: str | None
    active: bool
    people: int


class AuditLine(BaseModel):
    """A line of the audit log; ``no`` counts without gaps, ``hash`` chains it to the line before."""

    no: int
    at: datetime
    action: str
    action_label: Label
    outcome: Outcome
    outcome_label: Label
    actor: Named | None
    outside: Label | None
    """Who it was, where nobody with an account."""
    role_label: Label | None
    ip: str
    code: str | None
    code_label: Label | None
    case_id: str | None
    details: dict[str, Any]
    hash: str


class LedgerLine(BaseModel):
    """An entry of a case's ledger with all it says and its place in the chain (UTC instants); people by their ids alone."""

    case_id: str
    number: str
    enterprise_id: str
    order_id: str | None
    inspection_id: str | None
    seq: int
    event: str
    at: datetime
    role: str | None
    actor_id: str | None
    acting_for: str | None
    command_id: str | None
    data: dict[str, Any]
    prev_hash: str
    hash: str


class CheckedCase(BaseModel):
    """A case whose ledger or read model disagrees with itself, from entry ``seq`` on; without ``number`` there is no case."""

    case_id: str
    number: str
    title: str
    kind: str
    kind_label: Label
    seq: int | None
    detail: str


class Check(BaseModel):
    """A check of the ledgers of the cases written last: chain, words and read model."""

    at: datetime
    checked: int
    findings: list[CheckedCase]


def certificate_state(expires: date | None, today: date, soon: int) -> CertificateState | None:
    """How a certificate stands that counts through its last day; ``soon``: within so many days of it."""
    if expires is None:
        return None
    if expires < today:
        return "expired"
    return "expiring" if expires <= today + timedelta(days=soon) else "valid"


def person_row(row: Found, today: date, soon: int) -> PersonRow:
    """An account as it is looked through."""
    state = certificate_state(row.certificate_expires, today, soon) if row.certificate_no else None
    return PersonRow(
        user_id=row.user_id,
        name=row.display_name,
        role=row.role,
        role_label=role_label(row.role),
        rank_label=label(RANK_LABELS[Rank(row.rank)]) if row.rank else None,
        org=row.org_name or "",
        territory=row.territory_name or "",
        certificate_no=row.certificate_no,
        certificate_expires=row.certificate_expires,
        certificate_state=state,
        certificate_label=label(CERTIFICATE_LABELS[state]) if state else None,
        active=row.active,
    )


def organisation_row(row: Found) -> OrganisationRow:
    """An organisation as it is looked through."""
    return OrganisationRow(
        org_id=row.org_id,
        name=row.name,
        kind=row.kind,
        kind_label=label(KIND_LABELS[OrganisationKind(row.kind)]),
        parent=row.parent_name,
        active=row.active,
        people=row.people,
    )


def audit_line(row: Found) -> AuditLine:
    """A line as it is read."""
    return AuditLine(
        no=row.no,
        at=row.at,
        action=row.action,
        action_label=action_label(row.action),
        outcome=row.outcome,
        outcome_label=label(OUTCOMES[Outcome(row.outcome)]),
        actor=Named(id=row.actor_id, name=row.actor_name or "") if row.actor_id else None,
        outside=next(
            (label(pair) for begun, pair in OUTSIDE.items() if (row.actor_id or "").startswith(begun)), None
        ),
        role_label=role_label(row.role),
        ip=row.ip,
        code=row.code,
        code_label=label(TITLES[row.code]) if row.code in TITLES else None,
        case_id=row.case_id,
        details=row.details,
        hash=row.hash,
    )


def checked_case(case_id: str, wrong: Finding, row: Found | None) -> CheckedCase:
    """What is wrong with a case; ``row`` names it, if it is there."""
    return CheckedCase(
        case_id=case_id,
        number=row.number if row else "",
        title=row.title if row else "",
        kind=wrong.kind,
        kind_label=label(FINDINGS[wrong.kind]),
        seq=wrong.seq,
        detail=wrong.detail,
    )


def action_label(action: str) -> Label:
    """What an action is called: a command, a step of a measure, or what the service itself records."""
    if action in ACTIONS:
        return label(ACTIONS[action])
    grant = BY_COMMAND.get(action) or GRANT_OF.get(action) or _STEPS.get(action)
    return Label(zh=grant.zh, en=grant.en) if grant else Label(zh=action, en=action)
