"""What happens after an answer (答复之后), told from the tables: the documents, the next clocks, where things stand then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from models.actors import RANK_LABELS, ROLE_LABELS
from models.caseclocks import Rules
from models.commands.measures import Delivery, Form, HearingNotice, IntendedPenalty, SealRecord, TalkNotice
from models.explain import Label
from models.lifecycle import CaseState, next_moves
from models.lives import BEGINS
from models.measures.clocks import MEASURE_LIVES
from models.measures.conditions import hearing_due
from models.measures.kinds import KIND_LABELS, OVER, MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure
from models.measures.steps import Procedure, Step
from services.labels import instrument_label, measure_state_label, state_label

Pair = tuple[str, str]

_SERVED: tuple[type[Form], ...] = (Delivery, TalkNotice, IntendedPenalty, HearingNotice, SealRecord)
"""Forms that record service: the clocks begin there."""
_MOST_NEXT = 3
_ASIDE = frozenset(
    {"withdraw", "discontinue", "annul", "record_remedy", "refuse", "return_for_more", "revoke"}
)
"""Steps that are not where a procedure is meant to go."""

_APPROVAL = "approval.decide"

_BEARINGS: Mapping[str, Pair] = {
    "penalty_decided": (
        "计入企业处罚次数（180日、1年）",
        "it counts towards the enterprise's penalties (180 days, a year)",
    ),
    "penalty_annulled": (
        "不再计入企业处罚次数；撤销的是关闭决定的，企业恢复监管",
        "it no longer counts towards the enterprise's penalties; an annulled closure closes it no more",
    ),
    "stop_in_force": ("企业经营状态变为停产停用", "the enterprise stands as stopped"),
    "stop_ended": ("解除企业停产停用状态", "the enterprise's stop is lifted"),
    "listed_bad_faith": ("记入企业失信记录，期限3年", "it enters the enterprise's file for three years"),
    "bad_faith_annulled": ("撤销企业失信记录", "the enterprise's entry on the bad-faith list is annulled"),
    "closed": (
        "企业全部在办案件随之终结",
        "every open case of the enterprise ends with it",
    ),
}
"""Bearing → what it means to the enterprise's file."""

_COMMANDS: Mapping[str, tuple[tuple[str, ...], Pair]] = {
    "sign_lead": ((), ("签批后可以下达整改指令", "once signed, the order may be issued")),
    "determine_grade": (
        ("graded", "graded_under_order"),
        (
            "定为重大隐患的，企业须报送治理方案并双报告",
            "if major: treatment plan and double report are due",
        ),
    ),
    "decide_regrade": (
        (),
        ("等级按决定调整，期限和销号权限随之变化", "grade, limits and sign-off rank follow"),
    ),
    "accept_plan": (("plan_accepted",), ("按治理方案整改", "the correction goes on by the plan")),
    "return_plan": (("plan_returned",), ("企业须重新报送治理方案", "the enterprise files the plan again")),
    "grant_extension": ((), ("整改期限按批准天数顺延", "the deadline moves by the days granted")),
    "refuse_extension": ((), ("整改期限不变", "the deadline stays")),
    "resume": ((), ("整改期限恢复计时，按中止时间顺延", "the deadline runs again, the paused time added")),
    "sign_off": (("signed_off",), ("销号，进入回头看", "struck off the ledger; look-backs follow")),
    "refuse_sign_off": (
        ("sign_off_refused",),
        (
            "退回整改，重新设定期限，不合格次数加一",
            "back to correction with a new deadline; a failure counts",
        ),
    ),
    "close_proposal": ((), ("同一事实不再建议", "it is not proposed again for the same fact")),
    "answer_closure_flag": (
        (),
        (
            "答复“提请关闭”的，在指定案件中办理提请关闭；不提请的，记明理由，再有处罚达到条件时重新提示",
            "if requested: the request goes on in the case named; if declined: the reason is kept, and a further"
            " decision that fills a window raises it anew",
        ),
    ),
    "decide_removal": (
        (),
        (
            "同意的，即日移出名单；不同意的，继续列入至期满",
            "granted: removed at once; refused: it stays on the list",
        ),
    ),
    "accept_after_accident": (
        (),
        ("验收合格，解除事故停产", "accepted: the stop after the accident is lifted"),
    ),
}
"""Command → the events that may move the case, and what follows."""


def after_step(measure: Measure, step: Step, rules: Rules) -> Label:
    """What follows once ``step`` of ``measure`` is taken."""
    procedure = PROCEDURES[measure.kind]
    keys = [key for key in step.starts if key != "hearing.request" or hearing_due(measure, rules)]
    parts = [
        *_papers(step.instrument),
        *_clocks(keys, rules, served=step.form in _SERVED, decider=_decider(procedure, rules, step.key)),
        *_bearing(step.bearing),
        *_standing(step.dest),
        *_next(procedure, measure, step),
    ]
    return _told((step.zh, step.en), parts or [_stays(measure.state)])


def after_proposing(kind: MeasureKind, rules: Rules) -> Label:
    """What follows once a measure of this ``kind`` is proposed."""
    procedure = PROCEDURES[kind]
    zh, en = KIND_LABELS[kind]
    at_once = procedure.first is MeasureState.IN_FORCE
    keys = procedure.starts_at_once if at_once else procedure.starts
    paper = procedure.instrument_at_once if at_once else None
    clocks = _clocks(keys, rules, served=at_once, decider=_decider(procedure, rules, None))
    what = (f"现场采取{zh}", f"take the {en}") if at_once else (f"提请：{zh}", f"propose the {en}")
    return _told(what, [*_papers(paper), *clocks, *_standing(procedure.first)])


def after_command(command: str, state: str | None) -> Label:
    """What follows a command to a case in ``state``, or to an enterprise (None)."""
    events, (zh, en) = _COMMANDS[command]
    moves = next_moves(CaseState(state)) if state else {}
    reached = [state_label(moves[event].value) for event in events if event in moves]
    if not reached:
        return Label(zh=zh, en=en)
    return Label(
        zh=f"{zh}；案件转为“{'”或“'.join(one.zh for one in reached)}”",
        en=f"{en}; the case is then “{'” or “'.join(one.en for one in reached)}”",
    )


def _papers(instrument: str | None) -> Iterator[Pair]:
    if instrument:
        name = instrument_label(instrument)
        yield f"制发{name.zh}并编号", f"issues: {name.en}, numbered"


def _bearing(bearing: str | None) -> Iterator[Pair]:
    if bearing in _BEARINGS:
        yield _BEARINGS[str(bearing)]


def _decider(procedure: Procedure, rules: Rules, after: str | None) -> Pair | None:
    """Who decides next: the rank of the step that waits for the decision."""
    waiting = [row for row in procedure.rows if row.rank and _APPROVAL in row.ends]
    row = next((one for one in waiting if after is None or after in one.needs), None) or next(
        iter(waiting), None
    )
    return RANK_LABELS[rules.policy.rank(row.rank)] if row and row.rank else None


def _clocks(keys: Iterable[str], rules: Rules, *, served: bool, decider: Pair | None) -> Iterator[Pair]:
    for key in keys:
        life = MEASURE_LIVES[key]
        zh, en = rules.policy.clock(life.spec or key).length()
        owner_zh, owner_en = decider if decider and key == _APPROVAL else ROLE_LABELS[life.owner]
        since_zh, since_en = ("自送达起", " from service") if served else ("", "")
        text_zh, text_en = life.begins or BEGINS[life.nature]
        yield (
            text_zh.format(owner=owner_zh, since=since_zh, length=zh, what=life.zh),
            text_en.format(owner=owner_en, since=since_en, length=en, what=life.en),
        )


def _standing(dest: MeasureState | None) -> Iterator[Pair]:
    if dest is None:
        return
    name = measure_state_label(dest)
    if dest in OVER:
        yield f"措施终结（{name.zh}）", f"the measure ends ({name.en})"
    else:
        yield f"措施转为“{name.zh}”", f"the measure is then “{name.en}”"


def _stays(state: MeasureState) -> Pair:
    name = measure_state_label(state)
    return f"措施仍为“{name.zh}”", f"the measure stays “{name.en}”"


def _next(procedure: Procedure, measure: Measure, step: Step) -> Iterator[Pair]:
    """The steps that ``step`` makes possible."""
    state = step.dest or measure.state
    done = (measure.done.keys() - set(step.clears)) | {step.key}
    rows = [
        row
        for row in procedure.rows
        if state in row.sources
        and row.key not in done
        and row.key not in _ASIDE
        and set(row.needs) <= done
        and (step.key in row.needs or measure.state not in row.sources)
    ][:_MOST_NEXT]
    if rows:
        yield f"下一步：{'、'.join(row.zh for row in rows)}", f"next: {', '.join(row.en for row in rows)}"


def _told(what: Pair, parts: Iterable[Pair]) -> Label:
    found = list(parts)
    return Label(
        zh=f"{what[0]}：{'；'.join(zh for zh, _ in found)}",
        en=f"{what[1]}: {'; '.join(en for _, en in found)}",
    )
