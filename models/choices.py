"""What the values of closed lists are called, in Chinese and English, for every form and every paper that shows one."""

from __future__ import annotations

from collections.abc import Mapping

from models.actors import ROLE_LABELS
from models.commands.base import COLOUR_LABELS, GRADE_LABELS, SERVICE_METHOD_LABELS, SOURCE_LABELS
from models.inspection import INSPECTION_KIND_LABELS
from models.measures.kinds import KIND_LABELS
from models.measures.procedures import PROCEDURES
from models.searching import folded
from models.takeover import FLAG_LABELS
from models.tips import MATTER_LABELS, WAY_LABELS

Pair = tuple[str, str]

CHOICE_LABELS: Mapping[str, Mapping[str, Pair]] = {
    "answer": {"requested": ("提请关闭", "closure is requested"), "declined": ("不提请关闭", "it is not")},
    "audience": {"parties": ("当事人可见", "the parties"), "bureau": ("内部材料", "the bureau alone")},
    "conclusion": {
        "effective": ("治理有效", "effective"),
        "not_effective": ("未达到治理目标", "not effective"),
    },
    "event": {
        "filed": ("已提起", "filed"),
        "stayed": ("停止执行", "stayed"),
        "upheld": ("维持", "upheld"),
        "annulled": ("撤销", "annulled"),
        "changed": ("变更", "changed"),
        "unlawful": ("确认违法", "declared unlawful"),
        "void": ("确认无效", "declared void"),
        "withdrawn": ("撤回", "withdrawn"),
    },
    "flag": {**{str(key): pair for key, pair in FLAG_LABELS.items()}, "any": ("任一", "any")},
    "grade": {str(key): pair for key, pair in GRADE_LABELS.items()},
    "gravity": {
        "general": ("一般事故", "general"),
        "larger": ("较大事故", "larger"),
        "grave": ("重大事故", "grave"),
        "extremely_grave": ("特别重大事故", "extremely grave"),
    },
    "ground": {
        "appraisal": ("检测、鉴定期间", "tests or an appraisal"),
        "other_authority": ("等待其他机关处理", "another authority"),
        "force_majeure": ("不可抗力", "force majeure"),
    },
    "industry": {
        "hazardous_chemicals": ("危险化学品", "hazardous chemicals"),
        "dust_explosion": ("粉尘涉爆", "explosive dust"),
        "metal_smelting": ("金属冶炼", "metal smelting"),
        "confined_space": ("有限空间", "confined spaces"),
        "ammonia_refrigeration": ("涉氨制冷", "ammonia refrigeration"),
    },
    "kind": {str(key): pair for key, pair in (*KIND_LABELS.items(), *INSPECTION_KIND_LABELS.items())},
    "matter": {str(key): pair for key, pair in MATTER_LABELS.items()},
    "method": {str(key): pair for key, pair in SERVICE_METHOD_LABELS.items()},
    "reached_by": {str(key): pair for key, pair in WAY_LABELS.items()},
    "role": {str(key): pair for key, pair in ROLE_LABELS.items()},
    "risk_colour": {str(key): pair for key, pair in COLOUR_LABELS.items()},
    "scope": {
        "whole": ("全部停产停业", "the whole enterprise"),
        "part": ("部分停产停业（生产线、车间）", "a part of it"),
        "equipment": ("停止使用设施、设备", "equipment"),
    },
    "shows": {"before": ("整改前", "before"), "after": ("整改后", "after")},
    "source": {str(key): pair for key, pair in SOURCE_LABELS.items()},
    "supply": {"power": ("供电", "power"), "explosives": ("民用爆炸物品", "civil explosives")},
    "target": {
        "unit": ("生产经营单位", "the enterprise"),
        "person": ("主要负责人等个人", "the person responsible"),
    },
    "way": {"reconsideration": ("行政复议", "reconsideration"), "suit": ("行政诉讼", "suit")},
    "what": {
        "service": ("指令书的送达", "the service of the order"),
        "completion": ("整改完成报告", "the signal of completion"),
        "extension": ("延期申请", "the request for an extension"),
        "plan": ("治理方案", "the treatment plan"),
        "regrade": ("等级调整提请", "the proposed regrading"),
        "refusal": ("拒不执行的记录", "the record of a refusal"),
        "reinspection": ("复查结论", "the result of a re-inspection"),
        "deadline": ("责令的整改天数", "the days of the deadline"),
        "grant": ("批准延期的天数", "the days of the extension granted"),
        "measure_step": ("措施的最后一步", "the last step of a measure"),
        "measure_service": ("措施文书的送达", "the service of a measure's document"),
    },
}
"""Field → value → its name; a field is called alike wherever it stands, so are its values."""
_OF_MEASURES: Mapping[str, Mapping[str, Pair]] = {
    "ground": {key: pair for one in PROCEDURES.values() for key, pair in one.grounds.items()}
    | {"unlicensed": ("未经许可从事生产经营", "produced without a licence")},
    "industry": {key: pair for one in PROCEDURES.values() for key, pair in one.industries.items()},
}
"""What only measures of a kind say; of a ground two kinds have (``unlicensed``), what is true of both."""


_KEYS = {
    (field, folded(name)): key
    for field, listed in CHOICE_LABELS.items()
    for key, names in reversed([*listed.items()])
    for name in names
}
"""Field and name of a value → its key; of two that are called alike the first."""


def choice_label(field: str, value: str) -> Pair:
    """What ``value`` of ``field`` is called; a value no list knows goes by itself."""
    known = CHOICE_LABELS.get(field, {}).get(choice_key(field, value))
    return known or _OF_MEASURES.get(field, {}).get(value, (value, value))


def choice_key(field: str, said: str) -> str:
    """The key of a value of ``field`` as somebody says it: by its key or a name of it, however it is spaced and whether small
    or capital; itself where no list knows it."""
    return said if said in CHOICE_LABELS.get(field, {}) else _KEYS.get((field, folded(said)), said)
