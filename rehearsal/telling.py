"""From what a rehearsal would append to what it tells: happenings, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role
from models.authority import BY_COMMAND
from models.batch import Batch, LedgerEntry, Notice, Task
from models.caseclocks import ClockStatus, Rules
from models.clocks import SHANGHAI
from models.errors import XiaohaoError
from models.explain import ClockView, clock_view, entry_label
from models.labels import Label, label
from models.lifecycle import STATE_LABELS, CaseState
from models.rehearsal import Happening, HappeningKind, OpenTask, RehearsalEnd, RehearsedDay
from models.snapshot import Case
from models.tasks import tasks_of
from rehearsal.people import Act

K = HappeningKind

KINDS: dict[str, HappeningKind] = {
    "deadline_passed": K.FELL_DUE,
    "clocks_missed": K.FELL_DUE,
    "windows_closed": K.FELL_DUE,
    "measure_lapsed": K.FELL_DUE,
    "reminded": K.REMINDED,
    "digested": K.DIGEST,
    "proposal_raised": K.PROPOSED,
    "lift_due": K.PROPOSED,
    "approval_escalated": K.ESCALATED,
    "proposal_escalated": K.ESCALATED,
}
"""Event that the service brings → what sort of happening it is; everything else is somebody's answer."""

SENDINGS = (K.REMINDED, K.DIGEST)
"""Happenings that are messages themselves."""

OF_MEASURES = frozenset(
    {
        "measure_proposed",
        "measure_step",
        "measure_lapsed",
        "approval_escalated",
        "proposal_raised",
        "lift_due",
    }
)
"""Events whose ``kind`` names a measure."""

RECTIFY = "rectify"
RUNNING = ClockStatus.RUNNING.value


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
                state_label=label(STATE_LABELS[CaseState(state)]),
                happenings=tuple(one for _, _, one in found),
            )
        )
    return tuple(days)


def end_of(case: Case, rules: Rules) -> RehearsalEnd:
    """Where the case stands at last."""
    scene = After(case, tasks_of(case, rules), rules)
    return RehearsalEnd(
        state=case.state.value,
        state_label=label(STATE_LABELS[case.state]),
        over=case.over,
        tasks=tuple(_open_task(task, scene) for task in scene.tasks),
        clocks=tuple(scene.view(clock.key) for clock in case.active_clocks()),
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
    told = {entry.event: [n for n in batch.notices if n.kind == entry.event] for entry in batch.entries}
    scene = After(Case.model_validate(batch.doc), batch.tasks, rules)
    act: Act | None = None
    for entry in batch.entries:
        act = acts.get(entry.command_id, act) if entry.command_id else act
        yield from _entry(entry, scene, told[entry.event], act)
    if after != before:
        zh, en = STATE_LABELS[CaseState(after)]
        text = Label(zh=f"案件转为：{zh}", en=f"the case is now: {en}")
        yield Happening(at=batch.entries[-1].at, kind=K.STATE, text=text, event=batch.entries[-1].event)
    for entry in batch.entries:
        notices = told.pop(entry.event, [])
        if notices and KINDS.get(entry.event) not in SENDINGS:
            yield _notice(entry, notices, scene)


def _entry(
    entry: LedgerEntry, scene: After, notices: Sequence[Notice], act: Act | None
) -> Iterator[Happening]:
    kind = KINDS.get(entry.event, K.ANSWER)
    keys = keys_of(entry)
    word = scene.word(entry)
    if kind is K.ANSWER:
        basis = (act.basis or BY_COMMAND[act.command].basis) if act else None
        by = label(ROLE_LABELS[Role(entry.role)]) if entry.role else None
        yield Happening(at=entry.at, kind=kind, text=word, by=by, event=entry.event, basis=basis)
        return
    for group in [keys] if kind in SENDINGS or not keys else [(key,) for key in keys]:
        yield Happening(
            at=entry.at,
            kind=kind,
            text=scene.about(word, group, said=entry.event in OF_MEASURES),
            to=_labels(notices) if kind in SENDINGS else scene.holders(group),
            event=entry.event,
            clock=group[0] if group else None,
            keys=group,
            basis=scene.view(group[0]).basis if group else None,
        )


@dataclass(frozen=True, slots=True)
class After:
    """The case as a projection left it: what its clocks and measures are called, and whose turn it is."""

    case: Case
    tasks: tuple[Task, ...]
    rules: Rules

    def word(self, entry: LedgerEntry) -> Label:
        """What happened; of a measure with the measure's and the step's name."""
        return entry_label(entry.event, entry.data)

    def about(self, word: Label, keys: Sequence[str], *, said: bool) -> Label:
        """``word`` with the names of the clocks it is about, where the word has not ``said`` it all."""
        labels = [self.view(key).label for key in keys]
        if said or not labels:
            return word
        zh, en = "、".join(one.zh for one in labels), ", ".join(one.en for one in labels)
        return Label(zh=f"{word.zh}：{zh}", en=f"{word.en}: {en}")

    def view(self, key: str) -> ClockView:
        """The clock with its law."""
        return clock_view(self.case, self.case.clocks[key], self.rules)

    def holders(self, keys: Sequence[str]) -> tuple[Label, ...]:
        """Whose duty the clocks are: the last asked, when it went up the ranks; the owner when it is over."""
        found = []
        for key in keys:
            asked = [task for task in self.tasks if task.clock == key]
            view = self.view(key)
            found.append(duty(asked[-1].role, asked[-1].rank) if asked else duty(view.owner.value, view.rank))
        return tuple(found)


def keys_of(entry: LedgerEntry) -> tuple[str, ...]:
    """The clocks an event of the service is about."""
    if entry.event == "deadline_passed":
        return (RECTIFY,)
    if "keys" in entry.data:
        return tuple(entry.data["keys"])
    if entry.event not in KINDS:
        return ()
    clocks = entry.data.get("clocks", ())
    begun = [clock["key"] for clock in clocks if clock.get("status", RUNNING) == RUNNING]
    return tuple(begun or [clock["key"] for clock in clocks])[:1]


def _notice(entry: LedgerEntry, notices: Sequence[Notice], scene: After) -> Happening:
    word = scene.word(entry)
    text = Label(zh=f"通知：{word.zh}", en=f"notice: {word.en}")
    return Happening(at=entry.at, kind=K.NOTICE, text=text, to=_labels(notices), event=entry.event)


def _refusal(at: datetime, act: Act, error: XiaohaoError) -> Happening:
    grant = BY_COMMAND[act.command]
    zh, en = act.name or (grant.zh, grant.en)
    return Happening(
        at=at,
        kind=K.REFUSED_ANSWER,
        text=Label(zh=f"{zh}被拒：{error.zh}", en=f"{en} refused: {error.en}"),
        by=label(ROLE_LABELS[act.actor.role]),
        basis=error.article,
        rule=error.rule,
    )


def _open_task(task: Task, scene: After) -> OpenTask:
    return OpenTask(
        key=task.key,
        label=scene.view(task.clock or task.key).label,
        to=duty(task.role, task.rank),
        due_at=task.due_at,
        overdue=task.due_at is not None and task.due_at <= scene.case.last_at,
    )


def _labels(notices: Iterable[Notice]) -> tuple[Label, ...]:
    return tuple(duty(notice.audience_role, notice.rank) for notice in notices)


def duty(role: str, rank: str | None) -> Label:
    """Whose turn it is: a rank when an approver must act, else a role."""
    return label(RANK_LABELS[Rank(rank)] if rank else ROLE_LABELS[Role(role)])
