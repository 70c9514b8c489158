"""What the audit log and the check of the ledgers say, in words: actions, outcomes, details, findings."""

from __future__ import annotations

from collections.abc import Mapping

from models.actors import LINK, PUBLIC
from models.audit import Outcome
from models.authority import BY_COMMAND
from models.deliveries import CHANNEL_LABELS
from models.enterprise.grants import GRANT_OF
from models.labels import Label
from models.measures.procedures import PROCEDURES
from models.orderlinks import STANDING_LABELS, USE_LABELS
from models.register import EFFECT_LABELS
from services.labels import label

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
    "change_address": ("修改通知方式", "change notification settings"),
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

_OF_DETAIL: Mapping[str, Mapping[str, Pair]] = {
    "credential": {
        "session": ("密码", "password"),
        "code": ("动态口令", "second factor"),
        "token": ("令牌", "token"),
    },
    "what": {
        "cases": ("隐患台账", "hazard ledger"),
        "enterprises": ("企业名册", "enterprises"),
        "inspections": ("检查记录", "inspections"),
        "measures": ("执法措施", "measures"),
        "major": ("重大隐患清单", "major hazards"),
        "case-bundle": ("案卷数据包", "case bundle"),
        "import-errors": ("历史台账待改正行", "rows to be mended"),
        "log": ("事件日志", "event log"),
        "report": ("报表", "report"),
        "rates": ("整改率", "rates"),
        "dump": ("开放数据", "open dump"),
    },
}
"""What a key means in one detail alone; of a file, the first part of its name."""


def values_of(detail: str, value: object) -> Mapping[str, Pair]:
    """The keys a detail of a line may say, in words."""
    own = _OF_DETAIL.get(detail, {})
    kind = own.get(str(value).partition("-")[0])
    return {**VALUES, **({str(value): kind} if kind else {}), **own}


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
    "orphan": ("有台账记载而没有案件", "entries without a case"),
    "bare": ("有案件而没有台账记载", "a case without entries in the ledger"),
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


def action_label(action: str) -> Label:
    """What an action is called: a command, a step of a measure, or what the service itself records."""
    if action in ACTIONS:
        return label(ACTIONS[action])
    grant = BY_COMMAND.get(action) or GRANT_OF.get(action) or _STEPS.get(action)
    return Label(zh=grant.zh, en=grant.en) if grant else Label(zh=action, en=action)
