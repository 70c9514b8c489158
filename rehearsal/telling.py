"""From what a rehearsal would append to what it tells: happenings, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role
from models.authority import BY_COMMAND
from models.batch import Batch, LedgerEntry, Notice, Task
from models.caseclocks import LIVES, Rules
from models.clocks import SHANGHAI
from models.doc import Case
from models.errors import XiaohaoError
from models.explain import EVENT_LABELS, Label, clock_view
from models.lifecycle import STATE_LABELS, CaseState
from models.rehearsal import Happening, HappeningKind, OpenTask, RehearsalEnd, RehearsedDay
from models.tasks import tasks_of
from rehearsal.assumptions import base_key
from rehearsal.people import Act

K = HappeningKind
Pair = tuple[str, str]

KINDS: dict[str, HappeningKind] = {
    "deadline_passed": K.FELL_DUE,
    "clocks_missed": K.FELL_DUE,
    "reminded": K.REMINDED,
    "digested": K.DIGEST,
}
"""Event that time brings → what sort of happening it is; everything else is somebody's answer."""

SENDINGS = (K.REMINDED, K.DIGEST)
"""Happenings that are messages themselves."""

RECTIFY = "rectify"


@dataclass(slots=True)
class Record:
    """Everything seen while the copy ran."""

    batches: list[Batch] = field(default_factory=list)
    acts: dict[str, Act] = field(default_factory=dict)
    refusals: list[tuple[datetime, Act, XiaohaoError]] = field(default_factory=list)


def days_of(record: Record, start: Case, rules: Rules) -> tuple[RehearsedDay, ...]:
    """The days on which something would happen."""
    told = [(one.at, state, one) for one, state in _all(record, start, rules)]
    told.sort(key=lambda one: one[0])
    days = []
    for day, group in groupby(told, key=lambda one: one[0].astimezone(SHANGHAI).date()):
        found = list(group)
        state = found[-1][1]
        days.append(
            RehearsedDay(
                date=day,
                state=state,
                state_label=_state(state),
                happenings=tuple(one for _, _, one in found),
            )
        )
    return tuple(days)


def end_of(case: Case, rules: Rules) -> RehearsalEnd:
    """Where the case stands at last."""
    return RehearsalEnd(
        state=case.state.value,
        state_label=_state(case.state.value),
        over=case.final,
        tasks=tuple(_open_task(task, case) for task in tasks_of(case, rules)),
        clocks=tuple(clock_view(case, clock, rules) for clock in case.active_clocks()),
    )


def _all(record: Record, start: Case, rules: Rules) -> Iterator[tuple[Happening, str]]:
    """Every happening with the state of the case after it; refusals stand where they were met."""
    state = start.state.value
    waiting = sorted(record.refusals, key=lambda refusal: refusal[0])
    for batch in record.batches:
        while waiting and waiting[0][0] <= batch.entries[0].at:
            yield _refusal(*waiting.pop(0)), state
        before, state = state, str(batch.doc["state"])
        for happening in _batch(batch, before, state, record.acts, rules):
            yield happening, state
    for refusal in waiting:
        yield _refusal(*refusal), state


def _batch(
    batch: Batch, before: str, after: str, acts: Mapping[str, Act], rules: Rules
) -> Iterator[Happening]:
    """What one projection means to people: what happened, where the case stands now, who is told."""
    by_event = {entry.event: [n for n in batch.notices if n.kind == entry.event] for entry in batch.entries}
    holders = {task.key: task for task in batch.tasks}
    act: Act | None = None
    for entry in batch.entries:
        act = acts.get(entry.command_id, act) if entry.command_id else act
        yield from _entry(entry, by_event[entry.event], holders, act, rules)
    if after != before:
        zh, en = STATE_LABELS[CaseState(after)]
        text = Label(zh=f"案件转为：{zh}", en=f"the case is now: {en}")
        yield Happening(at=batch.entries[-1].at, kind=K.STATE, text=text, event=batch.entries[-1].event)
    for entry in batch.entries:
        notices = by_event.pop(entry.event, [])
        if notices and KINDS.get(entry.event) not in SENDINGS:
            yield _notice(entry, notices)


def _entry(
    entry: LedgerEntry,
    notices: Sequence[Notice],
    holders: Mapping[str, Task],
    act: Act | None,
    rules: Rules,
) -> Iterator[Happening]:
    kind = KINDS.get(entry.event, K.ANSWER)
    keys = keys_of(entry)
    if kind in SENDINGS:
        text = _about(EVENT_LABELS[entry.event], keys)
        to = _labels(notices)
        yield Happening(at=entry.at, kind=kind, text=text, to=to, event=entry.event, **_clocks(keys, rules))
    elif kind is K.FELL_DUE:
        for key in keys:
            text = _about(EVENT_LABELS[entry.event], (key,))
            to = (_duty(*_holder(key, holders)),)
            yield Happening(
                at=entry.at, kind=kind, text=text, to=to, event=entry.event, **_clocks((key,), rules)
            )
    else:
        by = ROLE_LABELS[Role(entry.role)] if entry.role else None
        basis = BY_COMMAND[act.command].basis if act else None
        yield Happening(
            at=entry.at,
            kind=kind,
            text=_label(EVENT_LABELS[entry.event]),
            by=_label(by) if by else None,
            event=entry.event,
            basis=basis,
        )


def keys_of(entry: LedgerEntry) -> tuple[str, ...]:
    """The clocks an event of time is about."""
    if entry.event == "deadline_passed":
        return (RECTIFY,)
    return tuple(entry.data.get("keys", ()))


def clock_pair(key: str) -> Pair:
    """What a clock measures, in both languages."""
    life = LIVES.get(key)
    return (life.zh, life.en) if life else (key, key)


def _clocks(keys: Sequence[str], rules: Rules) -> dict[str, object]:
    if not keys:
        return {}
    life = LIVES.get(keys[0])
    spec = rules.policy.clock((life.spec if life else None) or base_key(keys[0]))
    return {"clock": keys[0], "keys": tuple(keys), "basis": spec.basis}


def _about(event: Pair, keys: Sequence[str]) -> Label:
    pairs = [clock_pair(key) for key in keys]
    zh = "、".join(pair[0] for pair in pairs)
    en = ", ".join(pair[1] for pair in pairs)
    return Label(zh=f"{event[0]}：{zh}", en=f"{event[1]}: {en}") if keys else _label(event)


def _holder(key: str, holders: Mapping[str, Task]) -> tuple[str, str | None]:
    task = holders.get(key)
    return (task.role, task.rank) if task else (LIVES[key].owner.value, None)


def _notice(entry: LedgerEntry, notices: Sequence[Notice]) -> Happening:
    zh, en = EVENT_LABELS[entry.event]
    return Happening(
        at=entry.at,
        kind=K.NOTICE,
        text=Label(zh=f"通知：{zh}", en=f"notice: {en}"),
        to=_labels(notices),
        event=entry.event,
    )


def _refusal(at: datetime, act: Act, error: XiaohaoError) -> Happening:
    grant = BY_COMMAND[act.command]
    return Happening(
        at=at,
        kind=K.REFUSED_ANSWER,
        text=Label(zh=f"{grant.zh}被拒：{error.zh}", en=f"{grant.en} refused: {error.en}"),
        by=_label(ROLE_LABELS[act.actor.role]),
        basis=error.article,
        rule=error.rule,
    )


def _open_task(task: Task, case: Case) -> OpenTask:
    return OpenTask(
        key=task.key,
        label=_label(clock_pair(task.key)),
        to=_duty(task.role, task.rank),
        due_at=task.due_at,
        overdue=task.due_at is not None and task.due_at <= case.last_at,
    )


def _labels(notices: Iterable[Notice]) -> tuple[Label, ...]:
    return tuple(_duty(notice.audience_role, notice.rank) for notice in notices)


def _duty(role: str, rank: str | None) -> Label:
    """Whose turn it is: a rank when an approver must act, else a role."""
    return _label(RANK_LABELS[Rank(rank)] if rank else ROLE_LABELS[Role(role)])


def _state(state: str) -> Label:
    return _label(STATE_LABELS[CaseState(state)])


def _label(pair: Pair) -> Label:
    return Label(zh=pair[0], en=pair[1])
