"""What a rehearsal (预演) tells: day by day, what a case would bring if people answered as assumed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from models.actors import DISTRICT_ROLES, Actor
from models.errors import NotAuthorised
from models.explain import ClockView
from models.labels import Label


class HappeningKind(StrEnum):
    """What sort of thing happened."""

    FELL_DUE = "fell_due"  # a time limit ran out
    REMINDED = "reminded"
    DIGEST = "digest"
    STATE = "state"  # the case stands elsewhere from now on
    ANSWER = "answer"  # an assumed person acted
    REFUSED_ANSWER = "refused_answer"  # an assumed person acted, and the case refused
    PROPOSED = "proposed"  # the service proposes a measure
    ESCALATED = "escalated"  # nobody decided: one rank up
    NOTICE = "notice"


class Happening(BaseModel):
    """One thing that would happen.

    ``to`` is whose duty it was (fell due), whose turn it is (proposed, escalated) or who is told (reminder, digest,
    notice); ``by`` who is assumed to act. ``keys`` are all clocks it is about, ``clock`` the first of them.
    """

    at: datetime
    kind: HappeningKind
    text: Label
    by: Label | None = None
    to: tuple[Label, ...] = ()
    event: str | None = None
    """The ledger's event: what a real run would append."""
    clock: str | None = None
    keys: tuple[str, ...] = ()
    basis: str | None = None
    rule: str | None = None
    """The rule that refused."""


class RehearsedDay(BaseModel):
    """A day (Shanghai) on which something would happen, and where the case stands at its end."""

    date: date
    state: str
    state_label: Label
    happenings: tuple[Happening, ...]


class OpenTask(BaseModel):
    """What somebody would still owe."""

    key: str
    label: Label
    to: Label
    due_at: datetime | None
    overdue: bool


class RehearsalEnd(BaseModel):
    """Where the case would stand at last: its state, who owes what, and the next clocks."""

    state: str
    state_label: Label
    over: bool
    tasks: tuple[OpenTask, ...]
    clocks: tuple[ClockView, ...]


class Assumed(BaseModel):
    """One assumption as given, and in words."""

    name: str
    value: str
    text: Label


class Rehearsal(BaseModel):
    """The answer of a rehearsal; ``from``/``to`` are Shanghai days, instants are UTC."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    case_id: str
    number: str = ""
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    assumptions: tuple[Assumed, ...]
    days: tuple[RehearsedDay, ...]
    end: RehearsalEnd


class RehearsalRequest(BaseModel):
    """What ``python -m rehearsal`` reads: ``carried`` is the case as continue-as-new hands it on (case and rules)."""

    carried: dict[str, object]
    days: int = Field(default=90, ge=1, le=366)
    assumptions: tuple[str, ...] = ()
    number: str = ""


def check_may_rehearse(actor: Actor) -> None:
    """Raise unless ``actor`` may rehearse a case they see: a rehearsal tells what officials only weigh."""
    if actor.role not in DISTRICT_ROLES:
        raise NotAuthorised(
            "只有本辖区工作人员可以预演案件",
            "only officials of the district rehearse a case",
            rule="rehearsal.roles",
            article="设计规则（无法定条文）",
            remedy_zh="由执法人员、负责人或监督人员办理",
            remedy_en="let an official or an auditor do it",
        )
