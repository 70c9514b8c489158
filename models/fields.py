"""What the fields people fill in are called, in Chinese and English: for every refusal that names one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic_core import PydanticCustomError

from models.words import readable

Pair = tuple[str, str]
_MOST_OF_A_TITLE = 40

MONEY = frozenset({"amount", "base"})
"""Fields that hold a sum in whole yuan."""
FIELD_NAMES: Mapping[str, Pair] = {
    "Idempotency-Key": ("幂等键", "idempotency key"),
    "X-Acting-For": ("受托代行对象", "person acted for"),
    "accident": ("事故编号", "accident"),
    "action": ("操作", "action"),
    "active": ("在岗", "in use"),
    "actor": ("操作人", "who"),
    "address": ("地址", "address"),
    "after": ("起始位置", "place to go on from"),
    "amount": ("金额", "amount"),
    "answer": ("答复", "answer"),
    "answer_by": ("请求回复日期", "answer asked for by"),
    "answered_on": ("回复日期", "day of the answer"),
    "approve": ("是否批准", "approval"),
    "article": ("罚则条款", "penalty article"),
    "assessor": ("评估机构", "assessor"),
    "assessor_org_id": ("评估机构", "assessor"),
    "assumptions": ("假设", "assumptions"),
    "assured": ("保证安全的依据", "proof that the cut is safe"),
    "attendees": ("参加人员", "attendees"),
    "audience": ("可见范围", "audience"),
    "base": ("计罚基数", "base of the fine"),
    "basis": ("依据", "legal basis"),
    "calendar": ("工作日历", "calendar"),
    "caption": ("图片说明", "what it shows"),
    "case": ("案件", "case"),
    "case_id": ("案件", "case"),
    "cases": ("案件数", "cases"),
    "cause": ("事由", "cause"),
    "certificate": ("执法证号", "certificate number"),
    "certificate_expires": ("执法证有效期至", "last day of the certificate"),
    "channel": ("公开渠道", "channel"),
    "check": ("只检查", "only look"),
    "checked_on": ("自查日期", "day of the check"),
    "clause": ("条款", "clause"),
    "closed_from": ("办结不早于", "closed from"),
    "closed_to": ("办结不晚于", "closed to"),
    "code": ("代码", "code"),
    "colour": ("风险颜色", "risk colour"),
    "command": ("操作", "command"),
    "completed_on": ("整改完成日期", "day of completion"),
    "conclusion": ("结论", "conclusion"),
    "conditions": ("停电条件", "conditions of a power cut"),
    "contingency": ("应急预案", "contingency plan"),
    "danger": ("现实危险的依据", "proof of the danger"),
    "days": ("天数", "days"),
    "days_off": ("放假日期", "days off"),
    "deadline": ("整改期限", "deadline"),
    "deadline_days": ("整改期限（日）", "deadline in days"),
    "deaths": ("死亡人数", "deaths"),
    "decided_on": ("决定日期", "day of the decision"),
    "decision_no": ("决定文号", "number of the decision"),
    "description": ("情况描述", "description"),
    "district_id": ("辖区", "district"),
    "due_before": ("时限早于", "due before"),
    "due_on": ("分期缴纳日期", "day of the instalment"),
    "emergency": ("是否紧急", "emergency"),
    "emergency_reason": ("紧急情形", "reason of the emergency"),
    "ended_at": ("检查结束时间", "end of the inspection"),
    "ended_on": ("结束日期", "day it ended"),
    "ends_on": ("截止日期", "last day"),
    "enterprise": ("企业", "enterprise"),
    "enterprise_id": ("企业", "enterprise"),
    "entry": ("登记内容", "entry"),
    "event": ("事项", "event"),
    "evidence": ("证据", "evidence"),
    "evidence_id": ("证据", "evidence"),
    "executed_at": ("停电时间", "time of the cut"),
    "facts": ("违法事实", "facts"),
    "file": ("文件", "file"),
    "findings": ("检查发现", "findings"),
    "fine": ("罚款金额（元）", "fine, yuan"),
    "finish_on": ("计划整改完成日期", "day it must be gone"),
    "firm": ("企业或场所名称", "enterprise"),
    "first": ("起始日期", "first day"),
    "fixed_on_spot": ("是否当场整改", "fixed on the spot"),
    "flag": ("存疑", "doubtful"),
    "flags": ("存疑标记", "flags"),
    "form": ("表单类型", "form"),
    "found_at": ("发现时间", "time of the finding"),
    "found_on": ("发现日期", "day it was found"),
    "founded": ("是否成立", "whether it holds"),
    "from_on": ("起算日期", "first day counted"),
    "funds": ("资金", "funds"),
    "goals": ("治理目标", "goals"),
    "grade": ("隐患等级", "grade"),
    "granted": ("是否同意", "granted"),
    "gravity": ("事故等级", "gravity of the accident"),
    "ground": ("法定事由", "ground"),
    "handler": ("承办人", "handler"),
    "handler_id": ("承办人", "handler"),
    "happened_at": ("事故发生时间", "time of the accident"),
    "harm_and_difficulty": ("危害程度和整改难易程度", "harm and difficulty"),
    "held_at": ("举行时间", "time it is held"),
    "held_on": ("报告日期", "day it was held"),
    "idle": ("无人办理天数", "days nobody acted"),
    "import_id": ("导入编号", "import"),
    "independence_declared": ("独立性声明", "declaration of independence"),
    "industry": ("行业", "industry"),
    "inspection": ("检查", "inspection"),
    "inspection_id": ("检查", "inspection"),
    "instalments": ("分期", "instalments"),
    "interim_measures": ("临时防范措施", "interim measures"),
    "inventory": ("清单和现场笔录", "list and on-site record"),
    "issued_on": ("指令书日期", "date of the order"),
    "item": ("对应的整改要求", "requirement it is about"),
    "items": ("项目", "items"),
    "job_id": ("导入编号", "import"),
    "key": ("键", "key"),
    "kind": ("种类", "kind"),
    "language": ("语言", "language"),
    "last": ("截止日期", "last day"),
    "leader": ("组长", "leader"),
    "legal_representative": ("法定代表人", "legal representative"),
    "life": ("是否终身", "whether for life"),
    "late": ("已过自定期限", "past the day set"),
    "letter_no": ("函件文号", "number of the letter"),
    "limit": ("每页条数", "entries a page"),
    "lines": ("检查清单", "checklist"),
    "list": ("列表", "list"),
    "location": ("部位", "location"),
    "made_on": ("提出日期", "day it was made"),
    "manager_name": ("复核人姓名", "name of the manager"),
    "materials": ("所需材料", "materials"),
    "matter": ("类别", "kind of matter"),
    "maybe_major": ("疑似重大隐患", "whether it may be major"),
    "measure_id": ("措施", "measure"),
    "measures": ("治理措施", "measures"),
    "members": ("组员", "members"),
    "method": ("送达方式", "way of service"),
    "mine": ("只看我的", "mine"),
    "name": ("名称", "name"),
    "new_deadline_days": ("新的整改期限（日）", "new deadline in days"),
    "new_facts": ("新的事实", "new facts"),
    "new_password": ("新密码", "new password"),
    "new_violation": ("新的违法行为", "new violation"),
    "no": ("序号", "number"),
    "note": ("说明", "note"),
    "notice_id": ("通知", "notice"),
    "object": ("对象", "object"),
    "officer": ("执法人员", "officer"),
    "officers": ("执法人员", "officers"),
    "on": ("日期", "day"),
    "on_screen": ("当事人已在屏幕上签名", "signed on the screen"),
    "open": ("是否在办", "open"),
    "opened_from": ("立案不早于", "opened from"),
    "opened_to": ("立案不晚于", "opened to"),
    "opinion": ("意见", "opinion"),
    "order": ("指令书", "order"),
    "order_id": ("指令书", "order"),
    "ordered_on": ("责令日期", "day of the order"),
    "organisation": ("机构", "organisation"),
    "origin": ("原台账出处", "where it stood"),
    "outcome": ("结果", "outcome"),
    "overdue": ("是否逾期", "overdue"),
    "owed": ("尚未答复", "no answer yet"),
    "own": ("是否本人", "own"),
    "pace": ("告知时机", "how soon"),
    "paid_on": ("缴款日期", "day of payment"),
    "parent": ("上级机构", "organisation above"),
    "participants": ("参加人员", "participants"),
    "passed": ("是否通过", "did it pass"),
    "password": ("密码", "password"),
    "percent": ("进度（%）", "percent done"),
    "period": ("期间", "period"),
    "person": ("人员", "person"),
    "person_name": ("经办人姓名", "name of who did it"),
    "persons": ("人员", "persons"),
    "phone": ("联系电话", "phone"),
    "photos": ("照片", "photographs"),
    "pictures": ("照片和材料", "photographs and papers"),
    "place": ("地点", "place"),
    "policy": ("政策参数", "policy"),
    "present_state": ("隐患现状及成因", "present state and cause"),
    "presiding": ("听证主持人", "presiding officer"),
    "principal": ("主要负责人", "principal"),
    "principal_attended": ("主要负责人是否到场", "whether the principal attended"),
    "proposal": ("升级建议", "proposal"),
    "published_at": ("公开时间", "time of publication"),
    "purpose": ("用途", "purpose"),
    "q": ("关键词", "words to search for"),
    "quarter": ("季度（1–4）", "quarter (1–4)"),
    "query": ("筛选条件", "conditions"),
    "rank": ("职级", "rank"),
    "reason": ("理由", "reason"),
    "reached_by": ("举报渠道", "how it came in"),
    "received_at": ("收到时间", "time of receipt"),
    "received_on": ("收到日期", "day of receipt"),
    "record": ("笔录", "record"),
    "recurred": ("是否复发", "recurred"),
    "refused_before": ("拒绝签字的见证人（两名以上）", "who saw that the party refused to sign"),
    "regulator": ("监管部门", "regulator"),
    "report": ("报告", "report"),
    "requirements": ("整改要求", "requirements"),
    "responsibility": ("责任", "responsibility"),
    "risk_colour": ("风险颜色", "risk colour"),
    "result": ("结果", "result"),
    "role": ("角色", "role"),
    "row": ("行", "row"),
    "scope": ("范围", "scope"),
    "served": ("是否送达", "served"),
    "served_at": ("送达时间", "time of service"),
    "service": ("送达", "service"),
    "signing": ("当事人签名情况", "how the party signed"),
    "short_name": ("简称", "short name"),
    "shows": ("整改前还是整改后", "before or after"),
    "signed": ("双方是否签字", "signed"),
    "since": ("起始时间", "since"),
    "sort": ("排序", "sort"),
    "source": ("线索来源", "source"),
    "sponsor_id": ("包保领导", "sponsoring leader"),
    "standard": ("判定标准", "standard"),
    "standard_id": ("判定标准", "standard"),
    "started_at": ("检查开始时间", "beginning of the inspection"),
    "starts_on": ("起始日期", "first day"),
    "state": ("状态", "state"),
    "stated": ("陈述的内容", "what was stated"),
    "step": ("步骤", "step"),
    "stop": ("是否停产", "stop"),
    "subject": ("拒不执行的对象", "what is refused"),
    "successor": ("接替人", "successor"),
    "summary": ("检查小结", "summary"),
    "supplier": ("供电单位", "supplier"),
    "supply": ("供应种类", "supply"),
    "survivor": ("保留的企业", "enterprise that stays"),
    "suspected_major": ("涉嫌重大隐患的判定条款", "clause of a suspected major hazard"),
    "taken_over": ("原台账记载", "what the old ledger says"),
    "target": ("处罚对象", "target"),
    "team": ("挂钩小组", "team"),
    "team_id": ("挂钩小组", "team"),
    "telephone": ("联系电话", "telephone"),
    "territory": ("属地", "territory"),
    "territory_id": ("属地", "territory"),
    "text": ("内容", "text"),
    "time_limit": ("时限", "time limit"),
    "title": ("标题", "title"),
    "to": ("受托人", "delegate"),
    "to_department": ("接收部门", "department"),
    "token_id": ("令牌", "token"),
    "took_part": ("我办理过", "took part"),
    "treatment": ("治理方案", "treatment"),
    "unread": ("是否未读", "unread"),
    "until": ("截止时间", "until"),
    "until_on": ("截止日期", "last day counted"),
    "urgent": ("是否紧急", "urgent"),
    "uscc": ("统一社会信用代码", "credit code"),
    "username": ("用户名", "user name"),
    "variant": ("版本", "variant"),
    "version": ("版本", "version"),
    "waived": ("是否放弃", "waived"),
    "way": ("救济途径", "way"),
    "what": ("更正的事项", "what is corrected"),
    "whose": ("范围", "whose"),
    "without": ("缺少", "lacking"),
    "witnesses": ("见证人", "witnesses"),
    "workdays": ("调休上班日期", "weekend days worked"),
    "year": ("年份", "year"),
}


_AROUND = frozenset({"form", "query"})
"""Where fields lie rather than a field: the own fields of a step, and what stands in an address after its question mark."""


def field_name(
    place: str | Sequence[str | int], told: Any = None, own: Mapping[str, Pair] = MappingProxyType({})
) -> Pair:
    """What the field at ``place`` is called, from the outermost part in: names, and places in a list from 0.

    Parts that are no field (``body``, the shape of a form) are left out; an unknown field goes by its own name. A member
    of a list is named by its number, and by its title when what was ``told`` says one that can be read. Fields a form
    itself has go by the form's ``own`` names.
    """
    parts = (
        [int(one) if one.isdecimal() else one for one in place.split(".")]
        if isinstance(place, str)
        else place
    )
    zh, en = "", ""
    for no, part in enumerate(parts, 1):
        told = _inside(told, part)
        if part in _AROUND and no < len(parts):
            continue
        if isinstance(part, int):
            title = _title(told)
            zh, en = f"{zh}第{part + 1}项{title}", f"{en} no. {part + 1}{title}"
        elif name := (None if zh else own.get(part)) or FIELD_NAMES.get(part):
            zh, en = f"{zh}“{name[0]}”", f"{en}, {name[1]}" if en else name[1]
    last = str(parts[-1]) if parts else ""
    return zh or f"“{last}”", en or last


def _inside(told: Any, part: str | int) -> Any:
    """The part of what was told, where there is one; the body as a whole is what was told."""
    if isinstance(told, Mapping):
        return told if part == "body" else told.get(part)
    if isinstance(told, list) and isinstance(part, int) and part < len(told):
        return told[part]
    return None


def _title(told: Any) -> str:
    title = told.get("title") if isinstance(told, Mapping) else None
    try:
        return f"（{readable(title[:_MOST_OF_A_TITLE])}）" if isinstance(title, str) else ""
    except PydanticCustomError:
        return ""
