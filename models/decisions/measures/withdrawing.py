"""Taking back a step of a measure (撤回措施步骤): the last one, by whoever could have taken it, while it has stayed inside.

What has reached the party is not taken back: it is corrected where only its entry is wrong (更正), else changed or
annulled by a decision of its own. The refusal says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NoReturn

from models.authority import step_authority
from models.caseclocks import ClockRun, Rules
from models.commands import Correct
from models.decisions.base import Context
from models.decisions.measures.beginnings import bears
from models.decisions.restoring import NOTICE
from models.errors import RequirementMissing
from models.events import Event, StepWithdrawn
from models.measures.procedures import PROCEDURES, step_of
from models.measures.snapshot import Done, Measure, Replaced
from models.measures.steps import Step
from models.snapshot import Case

BEARING_BACK: Mapping[str, str] = {"penalty_decided": "penalty_annulled"}
"""What a step meant to the enterprise's file → what taking it back means."""

RECORDS = frozenset(
    {
        "answer",
        "ask_deferral",
        "ask_hearing",
        "ask_recusal",
        "end_tests",
        "file_report",
        "record_absence",
        "record_defence",
        "record_enforcement",
        "record_no_show",
        "record_payment",
        "record_remedy",
        "waive_hearing",
        "withdraw_hearing",
    }
)
"""Steps the party knows of that record what somebody else did: their entry can be wrong, and is then taken back."""

OUTSIDE: Mapping[str, tuple[str, str]] = {
    "publish": ("撤回公示", "withdraw the publication"),
    "record_remedy": ("再次登记正确的复议、诉讼结果", "record the remedy again as it was"),
    "decide_closure": ("由政府撤销关闭决定", "have the government annul the closure"),
    "request_government": ("请政府退回报请", "ask the government to return the request"),
    "apply_to_court": ("向法院撤回申请", "withdraw the application before the court"),
    "send": ("向接收机关更正、撤回移送", "correct or withdraw the referral with who received it"),
    "ask_review": ("向受理机关撤回申请", "withdraw the request with who received it"),
    "ask_prosecutor": ("向检察机关撤回建议", "withdraw it with the procuratorate"),
}
"""Step that has gone outside → the lawful way to put it right."""
_SERVED = (
    "送达时间、方式有误的，更正送达；内容有误的，由作出机关变更、撤销",
    "correct its service, or have it changed or annulled",
)
_OPEN = ("由作出机关变更、撤销，并告知当事人", "have it changed or annulled, and tell the party")
_FOLLOWED = (
    "先撤回其后的步骤；其后步骤已经对外的，按变更、撤销程序办理",
    "take back what followed first, or change or annul what has gone outside",
)


def concerns(measure: Measure, ctx: Context) -> bool:
    """Whether the last step of ``measure`` is the asker's to take back, or to be told what to do instead."""
    if measure.last is None:
        return False
    return not list(step_authority(measure, step_of(measure.kind, measure.last.step), ctx.actor, ctx.rules))


def _inside(measure: Measure, step: Step) -> bool:
    """Whether a step has stayed inside, or only records what others did, and the enterprise's file can follow."""
    borne = step.bearing if bears(step.key, measure) else None
    apart = "served_at" in measure.done[step.key].facts or (step.key in OUTSIDE and step.key not in RECORDS)
    return not apart and (not step.open or step.key in RECORDS) and (borne is None or borne in BEARING_BACK)


def step_withdrawn(case: Case, command: Correct, ctx: Context) -> list[Event]:
    """The last step of a measure as if it had not been taken; the refusal of any other names what to do instead."""
    measure = case.measure(command.measure_id or "")
    taken = measure.done.get(command.step or "") if measure else None
    if measure is None or taken is None or command.step == "propose":
        _nothing_such(measure)
    step = step_of(measure.kind, command.step or "")
    for refusal in step_authority(measure, step, ctx.actor, ctx.rules):
        raise refusal
    if measure.last is None or measure.last.step != step.key or not _inside(measure, step):
        _refused(measure, step, taken)
    bearing = BEARING_BACK.get(step.bearing or "") if bears(step.key, measure) else None
    return [
        StepWithdrawn(
            measure_id=measure.measure_id,
            kind=measure.kind,
            corrects=taken.seq,
            by=ctx.by,
            step=step.key,
            bearing=bearing,
            instrument=NOTICE if step.open else None,
            open=step.open,
            facts={"kind": measure.kind.value} if bearing else {},
            clocks=tuple(_back(case, measure.last, ctx.rules, ctx.at)),
        )
    ]


def _back(case: Case, last: Replaced, rules: Rules, at: datetime) -> Iterator[ClockRun]:
    """The clocks the step moved as they were before it, those it began dropped."""
    prefix = f"m{last.measure.no}/"
    begun = [c for c in case.active_clocks() if c.key.startswith(prefix) and c.key not in last.clocks]
    yield from (clock.ended(at, dropped=True) for clock in begun if clock.key in last.begun)
    for clock in last.clocks.values():
        yield rules.rearm(clock, at) if clock.active and not clock.standing else clock


def _nothing_such(measure: Measure | None) -> NoReturn:
    raise RequirementMissing(
        "该措施没有这一步骤的记录",
        "the measure has no such step on record",
        rule="correct.stands",
        article=PROCEDURES[measure.kind].basis if measure else None,
        remedy_zh="核对措施和步骤；提请有误的，撤回提请",
        remedy_en="check the measure and the step; a proposal is withdrawn by its own step",
    )


def _refused(measure: Measure, step: Step, taken: Done) -> NoReturn:
    latest = max(measure.done.values(), key=lambda one: one.seq)
    zh, en = _FOLLOWED if latest.seq > taken.seq else _outside(step, taken.facts)
    raise RequirementMissing(
        f"“{step.zh}”不能撤回：其后已有办理，或者已经告知当事人",
        f"not taken back any more, something followed or the party knows: {step.en}",
        rule="correct.answered",
        article=step.basis,
        remedy_zh=zh,
        remedy_en=en,
    )


def _outside(step: Step, facts: Mapping[str, Any]) -> tuple[str, str]:
    return OUTSIDE.get(step.key) or (_SERVED if "served_at" in facts else _OPEN)
