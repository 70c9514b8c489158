"""What helps to fill a field in: what belongs into it, what it decides; beside the names in :mod:`models.fields`."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

FIELD_HINTS: Mapping[str, Pair] = {
    "amount": ("整数", "a whole number"),
    "attendees": ("被约谈人及参加人员", "who is to come"),
    "caption": ("如：三号除尘器风管积尘，可不填", "may be left empty"),
    "case_id": ("提请关闭所在的案件编号", "the case in which closure is requested"),
    "base": (
        "罚则按倍数或者比例计罚时填写，如违法所得、上一年年收入；否则不填",
        "only where the rule reckons the fine from it, as from illegal gains or last year's income; else leave it empty",
    ),
    "cause": ("为什么采取这项措施：事实和依据", "why: the facts and what they rest on"),
    "clause": ("如需细到款、项，可补充填写，如 第四条第（二）项", "more precisely where needed"),
    "contingency": ("治理期间发生险情怎么办", "what happens if it becomes dangerous meanwhile"),
    "days": ("自然日", "calendar days"),
    "deadline_days": ("自送达次日起算的自然日", "calendar days from the day after service"),
    "evidence": (
        "勾选已有材料，或在此上传照片、PDF、视频",
        "choose what is there, or upload photographs, PDF, video",
    ),
    "findings": ("写明看到的事实", "the facts as seen"),
    "funds": ("整改资金及来源", "how much and from where"),
    "goals": ("治到什么程度算完成", "what counts as done"),
    "interim_measures": ("延长期间如何保证安全", "how safety is kept meanwhile"),
    "item": ("只针对其中一项时选择", "when it is about one alone"),
    "inventory": ("逐项列明名称、数量、状况", "each thing, how many, in what state"),
    "life": ("在本行业终身不得担任主要负责人", "never again in this industry"),
    "location": ("如：打磨车间 3 号除尘器", "for example: polishing shop, dust collector 3"),
    "made_on": ("书面提出的，填书面载明的日期", "for what came on paper, the day on the paper"),
    "measures": ("工程、技术、管理措施", "technical and organisational"),
    "new_deadline_days": ("有未通过的事项时必填；自然日", "needed when something failed; calendar days"),
    "new_violation": (
        "对同一对象再次处罚时填写：与前次不同的违法行为",
        "where the same party is penalised again: what it did besides",
    ),
    "officers": ("勾选两名以上持有效执法证的人员", "two or more who hold a valid certificate"),
    "percent": ("0–100", "0–100"),
    "reason": ("写明事实和理由，双方都可能看到", "facts and reasons; either side may read them"),
    "received_on": ("期限从收到之日起算", "the days run from here"),
    "responsibility": ("谁负责、谁落实", "who answers, who does it"),
    "served_at": ("期限从送达起算，请核对", "clocks start here: check it"),
    "time_limit": ("各阶段完成时间", "by when which part"),
    "title": ("一句话说明隐患", "the hazard in one sentence"),
    "to_department": ("接收部门全称", "its full name"),
    "urgent": (
        "先行采取、事后补办批准，法律有规定的才可以",
        "act first, be confirmed afterwards; only where the law says so",
    ),
    "version": ("已入库的规则版本号", "a stored version"),
    "witnesses": ("留置送达须有见证人", "needed where it is left before witnesses"),
}
"""Field → a hint."""
LEFT_OPEN: Mapping[str, Pair] = {
    "article": ("第一百零二条“未消除事故隐患”（默认）", "article 102, a hazard not removed (default)"),
    "shows": ("按上传人和办理阶段确定（默认）", "as follows from who sends it when (default)"),
}
"""Field → what holds where nothing is chosen."""
_VERIFIED = ("核查情况", "what was found of it")
CALLED: Mapping[str, tuple[str, Pair, Pair | None]] = {
    "signal_completion": (
        "text",
        ("整改情况", "what was done"),
        (
            "逐项写明做了什么、何时完成；照片请在与整改前相同的位置拍摄",
            "item by item, what was done and when; photograph the same spot as before",
        ),
    ),
    "report_progress": (
        "text",
        ("进展情况", "how far it is"),
        ("已做了什么、还差什么、预计何时完成", "what is done, what is left, by when"),
    ),
    "file_assessment": (
        "text",
        ("评估意见", "the assessment"),
        ("看了什么、结论依据什么", "what was looked at, what the conclusion rests on"),
    ),
    "record_look_back": (
        "text",
        ("回头看情况", "what was seen"),
        ("现场是否保持整改后的状态", "whether it stayed as it was mended"),
    ),
    "defence": (
        "text",
        ("陈述申辩意见", "the defence"),
        ("事实、理由和证据；不因申辩加重处罚", "facts, reasons, proof; a defence makes no penalty heavier"),
    ),
    "remedy": (
        "text",
        ("请求和理由", "what is asked, and why"),
        ("请求什么、依据的事实", "what is asked and the facts it rests on"),
    ),
    "close_tip": (
        "text",
        ("不予受理的理由", "why it is declined"),
        (
            "举报人凭查询码看到，请写明理由和可以向哪里反映",
            "the reporter reads it by their code: why, and where else to turn",
        ),
    ),
    "answer_tip": (
        "text",
        ("答复内容", "the answer"),
        (
            "举报人凭查询码看到：核查情况和处理结果",
            "the reporter reads it by their code: what was found and done",
        ),
    ),
    "record": (
        "text",
        ("笔录内容", "the record"),
        ("参加人、问答和意见，如实记录", "who took part, what was asked and said"),
    ),
    "reinspect": ("findings", ("复查情况", "what the re-inspection found"), None),
    "verify": ("findings", _VERIFIED, FIELD_HINTS["findings"]),
    "mark_unfounded": ("findings", _VERIFIED, FIELD_HINTS["findings"]),
    "government_verify": ("findings", _VERIFIED, FIELD_HINTS["findings"]),
}
"""Name of a command or a form → the field that has a name of its own there, that name, and what belongs into it."""

FLAG_NAMES: Mapping[str, Pair] = {
    "fixed_on_spot": ("当场整改完毕", "put right on the spot"),
    "emergency": ("紧急情形，未提前通知", "an emergency: no notice before"),
    "independence_declared": (
        "评估机构已声明与本单位无利害关系",
        "the assessor has declared its independence",
    ),
    "life": ("终身禁止", "for life"),
    "maybe_major": (
        "疑似重大事故隐患（必须上报应急管理部门）",
        "it may be a major hazard (it has to be reported)",
    ),
    "stop": ("停产，验收后恢复", "production stops until acceptance"),
    "urgent": ("紧急采取", "urgent"),
    "waived": ("放弃陈述申辩", "waived"),
}
"""Field that may be ticked → what the tick says."""

YES_NO_NAMES: Mapping[str, tuple[Pair, Pair]] = {
    "approve": (("批准", "approve"), ("不批准", "refuse")),
    "founded": (("属实", "it holds"), ("不属实", "it does not")),
    "granted": (("同意", "granted"), ("不同意", "refused")),
    "passed": (("通过", "passed"), ("不通过", "not passed")),
    "principal_attended": (("已到场", "attended"), ("未到场", "did not")),
    "recurred": (("已复发", "it came back"), ("未复发", "it did not")),
    "signed": (("已签字", "signed"), ("未签字", "not signed")),
}
"""Field that must be answered with yes or no → what yes and no say; any other says yes and no."""
