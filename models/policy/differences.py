"""How one policy version differs from another, in words: what was added, removed, changed, from what to what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role
from models.clocks import KLASS_LABELS, VERIFIED_LABELS, ClockSpec
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.policy.document import Policy
from models.policy.keys import DOCUMENT_LABELS
from models.policy.ladder import LadderRule
from models.policy.values import Figure, Numbering, Reminders, Standard

Said = tuple[str, str]
"""Chinese and English."""


class Section(StrEnum):
    """A part of the policy file."""

    CLOCKS = "clocks"
    FIGURES = "figures"
    RANKS = "ranks"
    LADDER = "ladder"
    REMINDERS = "reminders"
    NUMBERING = "numbering"
    STANDARDS = "standards"
    GENERAL = "general"


SECTION_LABELS: dict[Section, Said] = {
    Section.CLOCKS: ("期限", "clocks"),
    Section.FIGURES: ("数值和上限", "figures and caps"),
    Section.RANKS: ("审批权限", "who decides"),
    Section.LADDER: ("升级阶梯", "the escalation ladder"),
    Section.REMINDERS: ("提醒和催办", "reminders and digests"),
    Section.NUMBERING: ("文书编号", "document numbers"),
    Section.STANDARDS: ("判定标准", "standards"),
    Section.GENERAL: ("基本信息", "in general"),
}


class Change(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


CHANGE_LABELS: dict[Change, Said] = {
    Change.ADDED: ("新增", "added"),
    Change.REMOVED: ("删除", "removed"),
    Change.CHANGED: ("修改", "changed"),
}


class Difference(NamedTuple):
    """One thing that is not the same: an entry that came or went, or one aspect of an entry that changed."""

    section: Section
    change: Change
    key: str
    label: Said
    aspect: Said
    before: Said | None
    after: Said | None
    basis: str
    """The article, or what stands in for one, of the entry as it will be; as it was where it goes."""


def _plain(value: object) -> Said:
    text = "—" if value is None or value == "" else str(value)
    return text, text


def _days(days: Sequence[int] | None) -> Said:
    if days is None:
        return "按通常提醒", "the usual ones"
    told = "、".join(map(str, days))
    return (f"提前 {told} 日", f"{', '.join(map(str, days))} days before") if days else ("不提醒", "none")


def _rolling(spec: ClockSpec) -> Said:
    if not spec.meets_holidays:
        return "不涉及", "does not arise"
    return ("顺延", "rolls forward") if spec.rolls else ("不顺延", "does not roll")


def _rank(figure: Figure) -> Said:
    return RANK_LABELS[Rank(str(figure.value))]


_FACTS: dict[str, Said] = {
    "overdue_days": ("逾期满 {n} 日", "{n} day(s) overdue"),
    "failures": ("复查 {n} 次不合格", "{n} failed re-inspection(s)"),
    "not_corrected": ("期满未改或者复查不合格", "not corrected in time, or a failed re-inspection"),
    "refused": ("拒不执行", "refusal to comply"),
    "plan_missed": ("未按期报送治理方案", "the plan was not filed in time"),
    "progress_missed": ("未按期报告进展", "progress was not reported in time"),
    "recurrences": ("复发 {n} 次", "{n} recurrence(s)"),
    "fined_and_refused": ("已受处罚仍拒不执行", "refusal after a penalty"),
    "closure_ground": ("具备提请关闭情形", "a ground for closure"),
}
_GRADES: dict[str | None, Said] = {
    None: ("", ""),
    "general": ("一般隐患", "a general hazard, "),
    "major": ("重大隐患", "a major hazard, "),
}


def _rung(rule: LadderRule) -> Said:
    grade, fact = _GRADES[rule.grade], _FACTS[rule.when]
    kind, role = KIND_LABELS[MeasureKind(rule.propose)], ROLE_LABELS[Role(rule.role)]
    return (
        f"{grade[0]}{fact[0].format(n=rule.at_least)}，建议{kind[0]}，由{role[0]}答复",
        f"{grade[1]}{fact[1].format(n=rule.at_least)}: {kind[1]}, put to the {role[1]}",
    )


def _span(one: Standard) -> Said:
    return f"{one.effective_from or ''}—{one.effective_to or ''}", (
        f"{one.effective_from or ''}–{one.effective_to or ''}"
    )


def _clauses(one: Standard) -> Said:
    numbers = [clause.no for clause in one.clauses]
    return (
        f"{len(numbers)} 条（{'、'.join(numbers)}）" if numbers else "—",
        f"{len(numbers)} ({', '.join(numbers)})" if numbers else "—",
    )


Aspects = Sequence[tuple[Said, Callable[[Any], Said]]]
"""What of an entry is compared, the first standing for the whole."""

_NAME = (("名称", "name"), lambda one: (one.zh, one.en))
_SOURCE: Aspects = (
    (("依据", "basis"), lambda one: _plain(one.basis)),
    (("性质", "class"), lambda one: KLASS_LABELS[one.klass]),
    (("核对程度", "verified"), lambda one: VERIFIED_LABELS[one.verified]),
)
_CLOCK: Aspects = (
    (("时长", "length"), ClockSpec.length),
    (("末日遇节假日", "last day on a holiday"), _rolling),
    (("提醒", "reminders"), lambda one: _days(one.remind_days)),
    *_SOURCE,
    _NAME,
)
_FIGURE: Aspects = ((("数值", "value"), lambda one: _plain(one.value)), *_SOURCE, _NAME)
_RANK: Aspects = ((("决定人", "who decides"), _rank), *_SOURCE, _NAME)
_RUNG: Aspects = ((("规则", "rule"), _rung), *_SOURCE, _NAME)
_STANDARD: Aspects = (
    (("版本", "version"), lambda one: _plain(f"{one.instrument} {one.version}")),
    (("施行期间", "in force"), _span),
    (("条款", "clauses"), _clauses),
    (("名称", "name"), lambda one: _plain(one.title)),
    (("核对程度", "verified"), lambda one: VERIFIED_LABELS[one.verified]),
    (("说明", "note"), lambda one: _plain(one.note)),
)
_REMINDERS: Aspects = (
    (("到期前提醒", "reminders before the last day"), lambda one: _days(one.before_days)),
    (("发送时刻", "time of day"), lambda one: _plain(f"{one.at:%H:%M}")),
    (("首次通报", "first digest"), lambda one: _working(one.digest_first)),
    (("通报间隔", "between digests"), lambda one: _working(one.digest_every)),
    (("依据", "basis"), lambda one: _plain(one.basis)),
)
_NUMBERING: Aspects = (
    (("机关简称", "authority"), lambda one: _plain(one.authority)),
    (("编号格式", "format"), lambda one: _plain(one.template)),
    (("依据", "basis"), lambda one: _plain(one.basis)),
)


def _working(n: int) -> Said:
    return f"{n} 个工作日", f"{n} working day{'' if n == 1 else 's'}"


def _called(one: Any) -> Said:
    return one.zh, one.en


def _based(one: Any) -> str:
    return str(one.basis)


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Everything in which ``new`` is not ``old``, but for its version and date; in the order of the file."""
    return [
        *_entries(Section.CLOCKS, old.clocks, new.clocks, _CLOCK),
        *_entries(Section.FIGURES, old.figures, new.figures, _FIGURE),
        *_entries(Section.RANKS, old.approvals, new.approvals, _RANK),
        *_entries(Section.LADDER, _rungs(old), _rungs(new), _RUNG),
        *_whole(Section.REMINDERS, old.reminders, new.reminders, _REMINDERS),
        *_whole(Section.NUMBERING, old.numbering, new.numbering, _NUMBERING),
        *_codes(old.numbering, new.numbering),
        *_entries(
            Section.STANDARDS,
            {one.id: one for one in old.standards},
            {one.id: one for one in new.standards},
            _STANDARD,
            called=lambda one: _plain(one.title),
            based=lambda one: str(one.instrument),
        ),
        *_general(old, new),
    ]


def _rungs(policy: Policy) -> dict[str, LadderRule]:
    return {rule.key: rule for rule in policy.ladder}


def _entries(
    section: Section,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    aspects: Aspects,
    *,
    called: Callable[[Any], Said] = _called,
    based: Callable[[Any], str] = _based,
) -> Iterator[Difference]:
    for key in dict.fromkeys((*old, *new)):
        was, will = old.get(key), new.get(key)
        if was is not None and will is not None:
            yield from _changed(section, key, called(will), was, will, aspects, based(will))
        else:
            one = will if was is None else was
            aspect, tell = aspects[0]
            yield Difference(
                section,
                Change.ADDED if was is None else Change.REMOVED,
                key,
                called(one),
                aspect,
                tell(was) if was is not None else None,
                tell(will) if will is not None else None,
                based(one),
            )


def _changed(
    section: Section, key: str, label: Said, was: Any, will: Any, aspects: Aspects, basis: str
) -> Iterator[Difference]:
    for aspect, tell in aspects:
        if (before := tell(was)) != (after := tell(will)):
            yield Difference(section, Change.CHANGED, key, label, aspect, before, after, basis)


def _whole(
    section: Section, was: Reminders | Numbering, will: Reminders | Numbering, aspects: Aspects
) -> Iterator[Difference]:
    yield from _changed(section, section, SECTION_LABELS[section], was, will, aspects, will.basis)


def _codes(was: Numbering, will: Numbering) -> Iterator[Difference]:
    for kind, label in DOCUMENT_LABELS.items():
        before, after = _plain(was.codes.get(kind)), _plain(will.codes.get(kind))
        if before != after:
            key, aspect = f"codes.{kind}", ("代字", "code")
            yield Difference(Section.NUMBERING, Change.CHANGED, key, label, aspect, before, after, will.basis)


def _general(old: Policy, new: Policy) -> Iterator[Difference]:
    if old.district != new.district:
        label = ("适用地区", "district")
        told = (_plain(old.district), _plain(new.district))
        yield Difference(Section.GENERAL, Change.CHANGED, "district", label, label, *told, "")
    label = ("法律法规来源", "sources")
    for source in dict.fromkeys((*old.sources, *new.sources)):
        was, will = source in old.sources, source in new.sources
        if was is not will:
            change = Change.ADDED if will else Change.REMOVED
            before, after = (_plain(source) if there else None for there in (was, will))
            yield Difference(Section.GENERAL, change, "sources", label, label, before, after, source)
