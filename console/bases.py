"""What a rule rests on, as a reader is told: a statute by its name; what no statute says, in their language."""

from __future__ import annotations

from collections.abc import Mapping

from services.messages import Language

_OURS: Mapping[str, str] = {"设计建议": "系统默认", "设计规则": "系统规则"}
"""The words of a policy for what its author set → what a page calls it."""
_ENGLISH: Mapping[str, str] = {
    "设计建议": "set by this service",
    "设计建议（无法定期限）": "set by this service: no statute sets a time",
    "设计建议（无法定次数）": "set by this service: no statute sets a number",
    "设计建议（无法定日期）": "set by this service: no statute sets a date",
    "设计建议（以本地权责清单为准）": "set by this service: the local list of powers prevails",
    "设计建议（《安全生产法》第七十三条未定期限）": "set by this service: 《安全生产法》第七十三条 sets no time",
    "设计规则（无法定条文）": "a rule of this service: no statute says it",
    "设计规则（无法定条文；停产须另有法定依据）": "a rule of this service; stopping production needs a statute besides",
    "设计建议（隐患复发，裁量时作为从重情节提出）": "set by this service: a recurrence weighs in the discretion",
    "设计建议（设备时钟误差）": "set by this service: clocks of devices differ",
    "设计建议（督办逾期整改，天数为设计建议）": "set by this service: supervised and overdue",
    "设计建议（督办未报进展）": "set by this service: supervised, no progress reported",
    "设计建议（督办未报治理方案）": "set by this service: supervised, no plan filed",
    "政策要求“回头看”（天数为设计建议）": "policies ask for looking back; the days are this service's",
    "公开执法系统惯例（30日内）": "usual practice: within 30 days",
    "宁波挂牌督办通知书（每季度）": "practice of Ningbo: each quarter",
    "宁波挂牌督办通知书（期限载于通知）": "practice of Ningbo: the notice states the time",
    "宁波挂牌督办文书": "practice of Ningbo",
    "漳州做法（一周内）": "practice of Zhangzhou: within a week",
}
"""What is no citation, in English; a citation stays in its own language."""


def basis_words(basis: str, lang: Language) -> str:
    """What a page says of a basis."""
    if lang == "en":
        return _ENGLISH.get(basis, basis)
    for ours, said in _OURS.items():
        basis = basis.replace(ours, said)
    return basis
