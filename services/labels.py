"""Every code an answer shows, in both languages; the words come from the models' own tables, each label made once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role, came_by_link
from models.authority import BY_COMMAND
from models.caselives import is_threshold, life_of
from models.commands import Grade, RiskColour, Source
from models.commands.base import COLOUR_LABELS, GRADE_LABELS, SOURCE_LABELS
from models.enterprise.clocks import ENTERPRISE_LIVES
from models.enterprise.event_labels import ENTERPRISE_EVENT_LABELS
from models.enterprise.grants import GRANT_OF
from models.events.labels import EVENT_LABELS
from models.explain import Label, entry_label
from models.lifecycle import STATE_LABELS, CaseState
from models.measures.kinds import KIND_LABELS, MeasureKind, MeasureState
from models.measures.kinds import STATE_LABELS as MEASURE_STATES
from models.measures.procedures import PROCEDURES
from models.policy.keys import DOCUMENT_LABELS

Pair = tuple[str, str]


@lru_cache(maxsize=4096)
def label(pair: Pair) -> Label:
    """A pair of words as the answer shows it."""
    return Label(zh=pair[0], en=pair[1])


@cache
def state_label(state: str) -> Label:
    """A state of a case."""
    return label(STATE_LABELS[CaseState(state)])


@cache
def grade_label(grade: str | None) -> Label | None:
    """A grade; None before it was determined."""
    return label(GRADE_LABELS[Grade(grade)]) if grade else None


@cache
def source_label(source: str) -> Label:
    """Where a case comes from."""
    return label(SOURCE_LABELS[Source(source)])


@cache
def colour_label(colour: str | None) -> Label | None:
    """A risk colour."""
    return label(COLOUR_LABELS[RiskColour(colour)]) if colour else None


def event_label(event: str, data: Mapping[str, Any] | None = None) -> Label:
    """An entry of the ledger; with its ``data``, one about a measure names the measure and the step."""
    return entry_label(event, data or {})


@cache
def enterprise_event_label(event: str) -> Label:
    """An entry of an enterprise's ledger."""
    return label(ENTERPRISE_EVENT_LABELS[event])


_THRESHOLD: Pair = ("升级建议时点", "when the ladder proposes something")


def clock_label(key: str, kinds: Mapping[str, MeasureKind] | None = None) -> Label:
    """A clock of a case; one of a measure or a proposal with the name of what ``kinds`` has under its prefix."""
    if is_threshold(key):
        return label(_THRESHOLD)
    life = life_of(key)
    prefix, _, rest = key.partition("/")
    kind = (kinds or {}).get(prefix) if rest else None
    if kind is None:
        return Label(zh=life.zh, en=life.en)
    zh, en = KIND_LABELS[kind]
    return Label(zh=f"{zh}：{life.zh}", en=f"{en}: {life.en}")


@cache
def enterprise_task_label(key: str) -> Label:
    """A task about an enterprise: its clock, or the accident that waits for acceptance."""
    life = ENTERPRISE_LIVES.get(key)
    if life is not None:
        return Label(zh=life.zh, en=life.en)
    return enterprise_command_label("accept_after_accident")


@cache
def enterprise_command_label(command: str) -> Label:
    """A command to an enterprise."""
    grant = GRANT_OF[command]
    return Label(zh=grant.zh, en=grant.en)


@cache
def kind_label(kind: str) -> Label:
    """A kind of measure (措施种类)."""
    return label(KIND_LABELS[MeasureKind(kind)])


@cache
def measure_state_label(state: str) -> Label:
    """Where a measure stands."""
    return label(MEASURE_STATES[MeasureState(state)])


def step_label(kind: str, step: str | None) -> Label | None:
    """A step of a measure's procedure; proposing it is one too."""
    if step is None:
        return label(EVENT_LABELS["measure_proposed"])
    row = PROCEDURES[MeasureKind(kind)].steps.get(step)
    return Label(zh=row.zh, en=row.en) if row else None


@cache
def command_label(command: str) -> Label:
    """A command."""
    grant = BY_COMMAND[command]
    return Label(zh=grant.zh, en=grant.en)


@cache
def duty_label(role: str, rank: str | None) -> Label:
    """Who must act: a rank when the turn is an approver's, else a role."""
    return label(RANK_LABELS[Rank(rank)] if rank else ROLE_LABELS[Role(role)])


_BY_LINK = Label(zh="企业（扫码办理）", en="enterprise, by link")


def role_label(role: str | None, actor_id: str | None = None) -> Label | None:
    """The role somebody acted in; of whoever came by the link of an order that they did."""
    if came_by_link(actor_id):
        return _BY_LINK
    return label(ROLE_LABELS[Role(role)]) if role else None


@cache
def instrument_label(kind: str) -> Label:
    """A document (文书), by the policy's numbering code."""
    return label(DOCUMENT_LABELS[kind])
