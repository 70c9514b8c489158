"""Days that pass outside every case (届满告知): one that an enterprise set itself (自查自改), and one by which another
department was asked to answer (移送). Whoever can do something about it is told, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.actors import Role
from models.instants import midnight


class PassedDay(StrEnum):
    """What kind of day has passed; the kind of its notice."""

    OWN = "own_day_passed"
    ANSWER = "answer_day_passed"


PASSED_LABELS: Mapping[PassedDay, tuple[str, str]] = {
    PassedDay.OWN: ("自查问题已过自定的整改期限", "a finding of your own is past the day you set"),
    PassedDay.ANSWER: ("逾期未回复移送", "no answer yet to what was handed over"),
}


def told_of_own_day() -> Mapping[Role, str | None]:
    """Who is told of a finding of an enterprise's own: itself alone, for it is counted by nobody else."""
    return {Role.ENTERPRISE: None}


def told_of_answer_day(sender: Role, sender_id: str) -> Mapping[Role, str | None]:
    """Who is told that another department has not answered: whoever wrote to it, and the section heads. Role → the person
    meant, None for everybody of that role."""
    return {sender: sender_id, Role.SECTION_HEAD: None}


def ended_at(day: date) -> datetime:
    """When a day had passed (UTC), as deadlines of cases count it."""
    return midnight(day + timedelta(days=1))
